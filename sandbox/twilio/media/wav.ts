import { open, type FileHandle } from 'node:fs/promises'
import type { AudioSource } from '../ports.ts'
import { SAMPLE_RATE } from './frames.ts'
import { decodeMulaw } from './g711.ts'
import { toTelephoneRate } from './resample.ts'
import { pcmSource } from './sources.ts'

const HEADER_BYTES = 44
const ENCODING = { pcm: 1, float: 3, mulaw: 7, extensible: 0xfffe } as const

interface WavFormat {
  tag: number
  channels: number
  rate: number
  bits: number
}

/**
 * A WAV file (PCM 8/16/24/32, float 32/64 or mu-law; any rate, any channels) as 8 kHz mono.
 * @throws when it is no such file.
 */
export function readWav(bytes: Uint8Array): Int16Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const text = (at: number) => String.fromCharCode(...bytes.subarray(at, at + 4))
  if (bytes.length < 12 || text(0) !== 'RIFF' || text(8) !== 'WAVE') throw new Error('not a WAV file')
  let format: WavFormat | undefined
  for (let at = 12; at + 8 <= bytes.length;) {
    const size = view.getUint32(at + 4, true)
    if (text(at) === 'fmt ') format = readFormat(view, at + 8)
    // A program that streams its WAV (espeak-ng --stdout) cannot know the size: the end of the file counts.
    if (text(at) === 'data' && format) return toMono(view, at + 8, Math.min(size, bytes.length - at - 8), format)
    at += 8 + size + (size & 1)
  }
  throw new Error(format ? 'WAV file without data' : 'WAV file without format')
}

/** Plays a WAV file; see `readWav`. */
export const wavSource = (bytes: Uint8Array): AudioSource => pcmSource(readWav(bytes))

function readFormat(view: DataView, at: number): WavFormat {
  const tag = view.getUint16(at, true)
  const format = {
    tag: tag === ENCODING.extensible ? view.getUint16(at + 24, true) : tag,
    channels: view.getUint16(at + 2, true),
    rate: view.getUint32(at + 4, true),
    bits: view.getUint16(at + 14, true),
  }
  if (!format.channels || !format.rate || format.bits % 8) throw new Error('WAV file with an impossible format')
  return format
}

function toMono(view: DataView, at: number, size: number, format: WavFormat): Int16Array {
  const sampleAt = sampleReader(view, format)
  const bytesPerSample = format.bits / 8
  const block = bytesPerSample * format.channels
  const mono = new Float32Array(Math.floor(size / block))
  for (let i = 0; i < mono.length; i++) {
    let sum = 0
    for (let channel = 0; channel < format.channels; channel++) sum += sampleAt(at + i * block + channel * bytesPerSample)
    mono[i] = sum / format.channels
  }
  return Int16Array.from(toTelephoneRate(mono, format.rate), (sample) => Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_768))))
}

function sampleReader(view: DataView, { tag, bits }: WavFormat): (at: number) => number {
  if (tag === ENCODING.float && bits === 32) return (at) => view.getFloat32(at, true)
  if (tag === ENCODING.float && bits === 64) return (at) => view.getFloat64(at, true)
  if (tag === ENCODING.mulaw && bits === 8) {
    const levels = decodeMulaw(Uint8Array.from({ length: 256 }, (_, code) => code))
    return (at) => levels[view.getUint8(at)]! / 32_768
  }
  if (tag === ENCODING.pcm && bits === 8) return (at) => (view.getUint8(at) - 128) / 128
  if (tag === ENCODING.pcm && bits === 16) return (at) => view.getInt16(at, true) / 32_768
  if (tag === ENCODING.pcm && bits === 24) return (at) => (view.getInt16(at + 1, true) * 256 + view.getUint8(at)) / 8_388_608
  if (tag === ENCODING.pcm && bits === 32) return (at) => view.getInt32(at, true) / 2_147_483_648
  throw new Error(`WAV encoding ${tag} with ${bits} bits is not known`)
}

/** A whole 16-bit PCM WAV file of interleaved samples. */
export function wavBytes(pcm: Int16Array, channels: 1 | 2 = 1, rate = SAMPLE_RATE): Uint8Array {
  return Buffer.concat([header(pcm.byteLength, channels, rate), Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength)])
}

function header(dataBytes: number, channels: number, rate: number): Buffer {
  const out = Buffer.alloc(HEADER_BYTES)
  out.write('RIFF', 0)
  out.writeUInt32LE(HEADER_BYTES - 8 + dataBytes, 4)
  out.write('WAVEfmt ', 8)
  out.writeUInt32LE(16, 16)
  out.writeUInt16LE(ENCODING.pcm, 20)
  out.writeUInt16LE(channels, 22)
  out.writeUInt32LE(rate, 24)
  out.writeUInt32LE(rate * channels * 2, 28)
  out.writeUInt16LE(channels * 2, 32)
  out.writeUInt16LE(16, 34)
  out.write('data', 36)
  out.writeUInt32LE(dataBytes, 40)
  return out
}

export interface WavWriter {
  /** Appends interleaved 16-bit samples; they are on disk, header included, soon after. Errors come out of `close`. */
  write(samples: Int16Array): void
  /** Resolves with the file's size once everything is on disk. @throws what writing threw. */
  close(): Promise<number>
}

/** Streams a 16-bit, 8 kHz WAV to disk. The header is corrected after every write, so the file is valid even if the process is killed. */
export function createWavWriter(path: string, channels: 1 | 2): WavWriter {
  let dataBytes = 0
  let work: Promise<FileHandle> = open(path, 'w').then(async (file) => {
    await file.write(header(0, channels, SAMPLE_RATE), 0, HEADER_BYTES, 0)
    return file
  })
  const append = async (file: FileHandle, data: Buffer) => {
    await file.write(data, 0, data.length, HEADER_BYTES + dataBytes)
    dataBytes += data.length
    await file.write(header(dataBytes, channels, SAMPLE_RATE), 0, HEADER_BYTES, 0)
    return file
  }
  work.catch(() => undefined)
  return {
    write(samples) {
      if (!samples.length) return
      const data = Buffer.from(samples.slice().buffer)
      work = work.then((file) => append(file, data))
      work.catch(() => undefined)
    },
    async close() {
      const file = await work
      await file.close()
      return HEADER_BYTES + dataBytes
    },
  }
}
