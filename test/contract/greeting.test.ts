import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FailureError } from '../../contract/failure.ts'
import { GREETING_LIMITS, greetingProblems, greetingSeconds } from '../../contract/greeting.ts'
import { wavOf } from '../kit/wav.ts'

function reasonOf(bytes: Uint8Array): unknown {
  try {
    return greetingSeconds(bytes)
  } catch (error) {
    if (error instanceof FailureError && error.code === 'greeting-invalid') return error.details?.['reason']
    throw error
  }
}

describe('a WAV that may be a greeting', () => {
  test.each([
    [{ rate: 8000, channels: 1, seconds: 0.5 }, 0.5],
    [{ rate: 16_000, channels: 2, seconds: 3 }, 3],
    [{ rate: 44_100, channels: 1, seconds: 2 }, 2],
    [{ rate: 48_000, channels: 2, seconds: 20 }, 20],
    [{ rate: 8000, channels: 1, seconds: 120 }, 120],
    [{ rate: 8000, seconds: 1, before: [['LIST', 7] as [string, number]] }, 1],
    [{ rate: 8000, seconds: 1, tag: 0xfffe, formatBytes: 40 }, 1],
  ])('%o lasts %s s', (of, seconds) => expect(reasonOf(wavOf(of))).toBe(seconds))

  test.each([
    [wavOf({ seconds: 0.49 }), 'too-short'],
    [wavOf({ seconds: 0 }), 'too-short'],
    [wavOf({ seconds: 120.5 }), 'too-long'],
    [wavOf({ seconds: 1, rate: 22_050 }), 'rate'],
    [wavOf({ seconds: 1, channels: 3 }), 'channels'],
    [wavOf({ seconds: 1, channels: 0 }), 'channels'],
    [wavOf({ seconds: 1, bits: 24 }), 'bits'],
    [wavOf({ seconds: 1, bits: 8 }), 'bits'],
    [wavOf({ seconds: 1, tag: 3, bits: 32 }), 'not-pcm'],
    [wavOf({ seconds: 1, tag: 7, bits: 8 }), 'not-pcm'],
    [wavOf({ seconds: 1 }).subarray(0, 8000), 'cut-off'],
    [wavOf({ seconds: 1 }).subarray(0, 40), 'cut-off'],
    [wavOf({ seconds: 1 }).subarray(0, 20), 'not-wav'],
    [new TextEncoder().encode('ID3 this is an MP3'), 'not-wav'],
    [new Uint8Array(0), 'not-wav'],
    [new Uint8Array(GREETING_LIMITS.bytes + 1), 'too-large'],
  ])('what is wrong with others is said (%#)', (bytes, reason) => expect(reasonOf(bytes)).toBe(reason))

  test('bytes of any kind are refused with a reason, or last a time', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.nat(120), (noise, at) => {
        const bytes = wavOf({ seconds: 0.6 }).slice()
        bytes.set(noise, at)
        const found = reasonOf(bytes)
        expect(typeof found === 'number' || (greetingProblems as readonly unknown[]).includes(found)).toBe(true)
      }),
    )
  })
})
