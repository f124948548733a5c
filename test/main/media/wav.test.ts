import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ShapeReader, silencesOf, type Shape } from '../../../main/media/shape.ts'
import { framesOf, isCut, NotWav, wavHead, wavSeconds } from '../../../main/media/wav.ts'
import { tone, wavOf, type WavShape } from './kit.ts'

function shapeOf(file: Buffer, cuts: readonly number[] = []): Shape {
  const head = wavHead(file)
  if (!head) throw new Error('no head')
  const reader = new ShapeReader(head.format, framesOf(head, file.length))
  const places = [head.dataStart, ...cuts.map((cut) => head.dataStart + cut).filter((cut) => cut < file.length), file.length]
  const sorted = places.toSorted((a, b) => a - b)
  for (let i = 1; i < sorted.length; i++) reader.add(file.subarray(sorted[i - 1], sorted[i]))
  return reader.shape()
}

/** How many frames it has, why it is no WAV, or undefined when more bytes are needed to say. */
function framesOrRefusal(bytes: Buffer): number | NotWav | undefined {
  try {
    const head = wavHead(bytes)
    return head && framesOf(head, bytes.length)
  } catch (error) {
    if (error instanceof NotWav) return error
    throw error
  }
}

describe('the head of a WAV', () => {
  test.each<[string, WavShape]>([
    ['16 bits', {}],
    ['8 bits', { encoding: 'pcm8' }],
    ['mu-law', { encoding: 'mulaw' }],
    ['two channels', { channels: 2 }],
    ['another rate', { rate: 44_100 }],
    ['chunks before the samples', { extra: 51 }],
  ])('%s', (_name, shape) => {
    const { rate = 8000, channels = 1 } = shape
    const file = wavOf(tone(0.5, [0.5, 0.2], rate), shape)
    const head = wavHead(file)
    expect(head?.format).toMatchObject({ rate, channels })
    expect(head && wavSeconds(head, file.length)).toBeCloseTo(0.5, 5)
    expect(head && isCut(head, file.length)).toBe(false)
    expect(head && isCut(head, file.length - 1)).toBe(true)
    expect(head && file.subarray(head.dataStart - 8, head.dataStart - 4).toString()).toBe('data')
  })

  test('is read from as many bytes as it needs, and asks for more before', () => {
    const file = wavOf(tone(0.1, [0.5]), { extra: 30 })
    const start = wavHead(file)?.dataStart ?? 0
    for (let length = 0; length < start; length++) expect(wavHead(file.subarray(0, length))).toBeUndefined()
    expect(wavHead(file.subarray(0, start))?.dataStart).toBe(start)
  })

  test('a program that streams cannot know the length: the end of the file counts', () => {
    for (const says of [0, 0xffffffff]) {
      const file = wavOf(tone(0.5, [0.5]), { says })
      const head = wavHead(file)
      expect(head && wavSeconds(head, file.length)).toBe(0.5)
      expect(head && isCut(head, file.length)).toBe(false)
    }
  })

  test.each([
    ['a web page', Buffer.from('<html><body>not found</body></html>')],
    ['MP3', Buffer.from('ID3\u0004 and what follows it, more than twelve bytes')],
    ['another encoding', wavOf([[0]]).fill(17, 20, 21)],
    ['24 bits', wavOf([[0]]).fill(24, 34, 35)],
    ['no channel', wavOf([[0]]).fill(0, 22, 23)],
  ])('%s is none', (_name, bytes) => expect(() => wavHead(bytes)).toThrow(NotWav))

  test('any bytes give a head, a refusal, or a wish for more', () => {
    const start = wavOf([[0]])
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(44), (bytes, keep) => {
        const frames = framesOrRefusal(Buffer.concat([start.subarray(0, keep), bytes]))
        expect(frames === undefined || frames instanceof NotWav || frames >= 0).toBe(true)
      }),
    )
  })
})

describe('the shape', () => {
  test('peaks are of each channel, relative to the loudest of the file', () => {
    const { peaks } = shapeOf(wavOf([...tone(1, [0.5, 0.1]), ...tone(1, [0.1, 0.25])], { channels: 2 }))
    expect(peaks.map((channel) => channel.length)).toEqual([1000, 1000])
    const at = (channel: number, from: number, to: number) => Math.max(...(peaks[channel]?.slice(from, to) ?? []))
    expect(at(0, 0, 490)).toBeCloseTo(1, 2)
    expect(at(0, 510, 1000)).toBeCloseTo(0.2, 2)
    expect(at(1, 0, 490)).toBeCloseTo(0.2, 2)
    expect(at(1, 510, 1000)).toBeCloseTo(0.5, 2)
  })

  test.each(['pcm16', 'pcm8', 'mulaw'] as const)('silence in %s is where neither speaks, for at least 0.8 s', (encoding) => {
    const frames = [
      ...tone(1, [0.5, 0]),
      ...tone(1, [0, 0]),
      ...tone(0.5, [0, 0.5]),
      ...tone(0.5, [0, 0]),
      ...tone(1, [0.4, 0.4]),
      ...tone(2, [0, 0]),
    ]
    expect(shapeOf(wavOf(frames, { channels: 2, encoding })).silences).toEqual([
      [1, 2],
      [4, 6],
    ])
  })

  test('hiss is silence, a quiet voice is not', () => {
    const { silences } = shapeOf(wavOf([...tone(1, [0.5]), ...tone(1, [0.003]), ...tone(1, [0.06])]))
    expect(silences).toEqual([[1, 2]])
    expect(shapeOf(wavOf(tone(2, [0.01]))).silences).toEqual([])
  })

  test('a silent and an empty file have one', () => {
    expect(shapeOf(wavOf(tone(2, [0])))).toMatchObject({ silences: [[0, 2]] })
    expect(shapeOf(wavOf([], { says: 0 }))).toEqual({ peaks: [[]], silences: [] })
  })

  test('does not depend on how the samples come', () => {
    const frames = fc.array(fc.tuple(fc.double({ min: -1, max: 1, noNaN: true }), fc.double({ min: -1, max: 1, noNaN: true })), {
      minLength: 1,
      maxLength: 600,
    })
    fc.assert(
      fc.property(frames, fc.array(fc.nat(2400)), fc.constantFrom('pcm16' as const, 'pcm8' as const), (all, cuts, encoding) => {
        const file = wavOf(all, { channels: 2, encoding, rate: 1000 })
        const whole = shapeOf(file)
        expect(shapeOf(file, cuts)).toEqual(whole)
        for (const channel of whole.peaks) for (const peak of channel) expect(peak >= 0 && peak <= 1).toBe(true)
        const flat = whole.peaks.flat()
        expect([0, 1]).toContain(Math.max(...flat))
      }),
    )
  })

  test('silences are apart, in order, and quiet throughout', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(0, 0, 0, 0, 0.5), { maxLength: 300 }), (levels) => {
        const seconds = levels.length * 0.02
        const found = silencesOf(Float32Array.from(levels), 0.02, seconds)
        let last = -1
        for (const [from, to] of found) {
          expect(from > last && to - from >= 0.79 && to <= seconds + 0.01).toBe(true)
          expect(levels.slice(Math.round(from / 0.02), Math.round(to / 0.02)).every((level) => level === 0)).toBe(true)
          last = to
        }
      }),
    )
  })
})
