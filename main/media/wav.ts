/** How the samples of a WAV file are written. */
export interface WavFormat {
  encoding: 'pcm' | 'mulaw'
  channels: number
  /** Samples a second, of each channel. */
  rate: number
  bits: 8 | 16
}
export interface WavHead {
  format: WavFormat
  /** Where the samples begin, and how many bytes they are as the file says; a program that streams cannot know: then null. */
  dataStart: number
  dataBytes: number | null
}

const TAGS: Record<number, WavFormat['encoding']> = { 1: 'pcm', 7: 'mulaw' }
const EXTENSIBLE = 0xfffe
/** What a program writes that does not know the length. */
const UNKNOWN_LENGTHS = new Set([0, 0xffffffff, 0x7fffffff])

/** Why it is not a WAV file that we can read. */
export class NotWav extends Error {
  override readonly name = 'NotWav'
}

function formatAt(view: DataView, at: number, size: number): WavFormat {
  const tag = view.getUint16(at, true)
  const encoding = TAGS[tag === EXTENSIBLE && size >= 26 ? view.getUint16(at + 24, true) : tag]
  const channels = view.getUint16(at + 2, true)
  const rate = view.getUint32(at + 4, true)
  const bits = view.getUint16(at + 14, true)
  if (!encoding) throw new NotWav(`its encoding ${tag} is neither PCM nor mu-law`)
  if ((bits !== 8 && bits !== 16) || (encoding === 'mulaw' && bits !== 8)) throw new NotWav(`${bits} bits a sample`)
  if (channels < 1 || channels > 8 || rate < 1000 || rate > 192_000) throw new NotWav(`${channels} channels at ${rate} a second`)
  return { encoding, channels, rate, bits }
}

/**
 * Reads the head of a WAV file from its first bytes. Undefined: more bytes are needed to say. Pure.
 * @throws NotWav when they are no WAV of PCM (8 or 16 bits) or mu-law
 */
export function wavHead(bytes: Uint8Array): WavHead | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const text = (at: number) => String.fromCharCode(...bytes.subarray(at, at + 4))
  if (bytes.length < 12) return undefined
  if (text(0) !== 'RIFF' || text(8) !== 'WAVE') throw new NotWav('it does not begin as one')
  let format: WavFormat | undefined
  for (let at = 12; at + 8 <= bytes.length;) {
    const size = view.getUint32(at + 4, true)
    if (text(at) === 'data') {
      if (!format) throw new NotWav('samples come before their format')
      return { format, dataStart: at + 8, dataBytes: UNKNOWN_LENGTHS.has(size) ? null : size }
    }
    if (text(at) === 'fmt ') {
      if (size < 16) throw new NotWav('its format is cut')
      if (at + 8 + size > bytes.length) return undefined
      format = formatAt(view, at + 8, size)
    }
    at += 8 + size + (size % 2)
  }
  return undefined
}

/** Bytes of one sample of every channel. */
export const frameBytes = ({ channels, bits }: WavFormat): number => (channels * bits) / 8

/** How many frames a file of `size` bytes has: what its head says, but never more than there are. Pure. */
export function framesOf({ format, dataStart, dataBytes }: WavHead, size: number): number {
  const there = Math.max(0, size - dataStart)
  return Math.floor(Math.min(there, dataBytes ?? there) / frameBytes(format))
}

export const wavSeconds = (head: WavHead, size: number): number => framesOf(head, size) / head.format.rate

/** Whether the file is shorter than its head says: it was cut on its way. Pure. */
export const isCut = ({ dataStart, dataBytes }: WavHead, size: number): boolean => dataBytes !== null && dataStart + dataBytes > size

/** G.711 mu-law to -1…1. */
function mulawLevel(code: number): number {
  const inverted = ~code & 0xff
  const magnitude = (((inverted & 0x0f) << 3) + 0x84) << ((inverted & 0x70) >> 4)
  return ((inverted & 0x80 ? -1 : 1) * (magnitude - 0x84)) / 32_768
}
const mulawLevels = (): Float32Array => Float32Array.from({ length: 256 }, (_, code) => mulawLevel(code))

/** Reads a sample at a byte, -1…1. */
export function sampleReader({ encoding, bits }: WavFormat): (view: DataView, at: number) => number {
  if (encoding === 'mulaw') {
    const levels = mulawLevels()
    return (view, at) => levels[view.getUint8(at)] ?? 0
  }
  return bits === 8 ? (view, at) => (view.getUint8(at) - 128) / 128 : (view, at) => view.getInt16(at, true) / 32_768
}
