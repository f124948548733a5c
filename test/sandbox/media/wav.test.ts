import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { dominantFrequency, levelOf } from '../../../sandbox/twilio/media/ear.ts'
import { encodeMulaw } from '../../../sandbox/twilio/media/g711.ts'
import { createWavWriter, readWav, wavBytes, wavSource } from '../../../sandbox/twilio/media/wav.ts'
import { framesOf, samplesOf, sine } from './kit.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'wav-'))
afterAll(() => rmSync(folder, { recursive: true }))

interface Shape {
  tag: number
  bits: number
  rate: number
  channels: number
}

const chunk = (name: string, body: Uint8Array, size = body.length) => {
  const head = Buffer.alloc(8)
  head.write(name)
  head.writeUInt32LE(size, 4)
  return Buffer.concat([head, body, Buffer.alloc(body.length % 2)])
}

/** A WAV of any encoding, written by hand; `extra` bytes of format and a foreign chunk before the data. */
function wavOf({ tag, bits, rate, channels }: Shape, data: Uint8Array, isExtensible = false, dataSize = data.length): Uint8Array {
  const format = Buffer.alloc(isExtensible ? 40 : 16)
  format.writeUInt16LE(isExtensible ? 0xfffe : tag, 0)
  format.writeUInt16LE(channels, 2)
  format.writeUInt32LE(rate, 4)
  format.writeUInt32LE((rate * channels * bits) / 8, 8)
  format.writeUInt16LE((channels * bits) / 8, 12)
  format.writeUInt16LE(bits, 14)
  if (isExtensible) format.writeUInt16LE(tag, 24)
  const body = Buffer.concat([Buffer.from('WAVE'), chunk('fmt ', format), chunk('LIST', Buffer.from('odd')), chunk('data', data, dataSize)])
  return chunk('RIFF', body)
}

function encode(samples: Int16Array, tag: number, bits: number): Uint8Array {
  if (tag === 7) return encodeMulaw(samples)
  const out = Buffer.alloc((samples.length * bits) / 8)
  for (const [i, sample] of samples.entries()) {
    const at = (i * bits) / 8
    if (tag === 3 && bits === 32) out.writeFloatLE(sample / 32_768, at)
    else if (tag === 3) out.writeDoubleLE(sample / 32_768, at)
    else if (bits === 8) out.writeUInt8((sample >> 8) + 128, at)
    else out.writeIntLE(sample * 2 ** (bits - 16), at, bits / 8)
  }
  return out
}

describe('reading', () => {
  test.each([
    [1, 8],
    [1, 16],
    [1, 24],
    [1, 32],
    [3, 32],
    [3, 64],
    [7, 8],
  ])('encoding %i with %i bits keeps pitch and level', (tag, bits) => {
    const samples = readWav(wavOf({ tag, bits, rate: 8000, channels: 1 }, encode(sine(440, 8000, 8000), tag, bits)))
    expect(samples).toHaveLength(8000)
    expect(dominantFrequency(samples)).toBeCloseTo(440, 0)
    expect(levelOf(samples)).toBeCloseTo(levelOf(sine(440, 8000, 8000)), 2)
  })

  test.each([8000, 11_025, 16_000, 22_050, 44_100, 48_000, 96_000])(
    '%i Hz is brought to 8 kHz: speech stays, what would fold back goes',
    (rate) => {
      const speech = readWav(wavBytes(sine(1000, rate, rate), 1, rate))
      expect(speech.length).toBeGreaterThanOrEqual(7999)
      expect(dominantFrequency(speech)).toBeCloseTo(1000, 0)
      expect(levelOf(speech)).toBeCloseTo(levelOf(sine(1000, 8000, 8000)), 2)
      if (rate < 16_000) return
      const hiss = readWav(wavBytes(sine(5000, rate, rate), 1, rate))
      expect(levelOf(hiss.subarray(200, -200))).toBeLessThan(levelOf(speech) / 200)
    },
  )

  test('stereo becomes the mean of its channels', () => {
    const left = sine(500, 8000, 8000)
    const both = Int16Array.from({ length: 16_000 }, (_, i) => (i % 2 ? 0 : left[i / 2]!))
    expect(levelOf(readWav(wavBytes(both, 2)))).toBeCloseTo(levelOf(left) / 2, 3)
  })

  test('an extensible format, and a streamed file whose size was not known, are read', () => {
    const shape = { tag: 1, bits: 16, rate: 8000, channels: 1 }
    const data = encode(sine(440, 8000, 1600), 1, 16)
    expect(readWav(wavOf(shape, data, true))).toHaveLength(1600)
    expect(readWav(wavOf(shape, data, false, 0x7f_ff_f0_00))).toHaveLength(1600)
  })

  test.each([
    ['no WAV at all', Buffer.from('MP3 or whatever')],
    ['nothing', new Uint8Array(0)],
    ['an encoding we do not know', wavOf({ tag: 85, bits: 16, rate: 8000, channels: 1 }, new Uint8Array(4))],
    ['no channels', wavOf({ tag: 1, bits: 16, rate: 8000, channels: 0 }, new Uint8Array(4))],
    ['a format and no data', wavOf({ tag: 1, bits: 16, rate: 8000, channels: 1 }, new Uint8Array(0)).subarray(0, 44)],
  ])('%s is refused', (_what, bytes) => expect(() => readWav(bytes)).toThrow(/WAV/))

  test('a WAV plays as frames', () => {
    const samples = samplesOf(framesOf(wavSource(wavBytes(sine(440, 22_050, 22_050), 1, 22_050))))
    expect(dominantFrequency(samples.subarray(0, 3200))).toBeCloseTo(440, 0)
  })
})

describe('writing', () => {
  test('what is written can be read, and the size is right', async () => {
    const file = path.join(folder, 'whole.wav')
    const writer = createWavWriter(file, 1)
    const samples = sine(440, 8000, 4000)
    writer.write(samples.subarray(0, 1000))
    writer.write(samples.subarray(1000))
    expect(await writer.close()).toBe(44 + 8000)
    expect(readWav(readFileSync(file))).toEqual(samples)
  })

  test('the file is valid before it is closed: a killed process loses nothing that was written', async () => {
    const file = path.join(folder, 'killed.wav')
    const writer = createWavWriter(file, 2)
    writer.write(sine(440, 8000, 1600))
    await vi.waitFor(() => {
      const bytes = readFileSync(file)
      expect(bytes.readUInt32LE(40)).toBe(3200)
      expect(bytes.readUInt32LE(4)).toBe(bytes.length - 8)
    })
    await writer.close()
  })

  test('a disk that refuses is reported at the end, not before', async () => {
    const writer = createWavWriter(path.join(folder, 'no', 'such', 'folder.wav'), 1)
    writer.write(sine(440, 8000, 160))
    await expect(writer.close()).rejects.toThrow(/ENOENT/)
  })
})
