import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { dominantFrequency, levelOf } from '../../../sandbox/twilio/media/ear.ts'
import { SILENCE } from '../../../sandbox/twilio/media/frames.ts'
import { beep, pcmSource, sequence, silence, tone } from '../../../sandbox/twilio/media/sources.ts'
import { framesOf, samplesOf, sine } from './kit.ts'

test('a tone has its length and frequency, and no seam between frames', () => {
  const samples = samplesOf(framesOf(tone(443, 400)))
  expect(samples).toHaveLength(3200)
  expect(dominantFrequency(samples)).toBeCloseTo(443, 0)
  const steps = Array.from(samples.subarray(1), (sample, i) => Math.abs(sample - samples[i]!))
  // The steepest step of such a sine, and mu-law's rounding.
  expect(Math.max(...steps)).toBeLessThan(8000 * ((2 * Math.PI * 443) / 8000) + 600)
})

test('a tone without length does not end', () => expect(framesOf(tone(440), 500)).toHaveLength(500))

test('the beep is half a second of about 1 kHz', () => {
  const samples = samplesOf(framesOf(beep()))
  expect(samples).toHaveLength(4000)
  expect(Math.abs(dominantFrequency(samples) - 1000)).toBeLessThan(20)
})

test('silence is silent and as long as asked', () => expect(framesOf(silence(100))).toEqual(Array.from({ length: 5 }, () => SILENCE)))

test('samples of any length come out whole, the last frame filled with silence', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2000 }), (count) => {
      const frames = framesOf(pcmSource(sine(300, 8000, count)))
      expect(frames).toHaveLength(Math.ceil(count / 160))
      expect(frames.every((frame) => frame.length === 160)).toBe(true)
      expect(levelOf(samplesOf(frames).subarray(count))).toBe(0)
    }),
  )
})

test('a sequence plays one after the other and then ends', () => {
  const frames = framesOf(sequence(silence(40), pcmSource(new Int16Array(0)), tone(440, 60), silence(20)))
  expect(frames.map((frame) => frame === SILENCE)).toEqual([true, true, false, false, false, true])
})
