import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import * as fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { dominantFrequency, levelOf } from '../../../sandbox/twilio/media/ear.ts'
import { SILENCE } from '../../../sandbox/twilio/media/frames.ts'
import { encodeMulaw } from '../../../sandbox/twilio/media/g711.ts'
import { createLegAudio } from '../../../sandbox/twilio/media/leg-audio.ts'
import { createRecorder, heardBy, voiceOf, type RecorderOptions } from '../../../sandbox/twilio/media/recorder.ts'
import { beep, sequence, tone } from '../../../sandbox/twilio/media/sources.ts'
import { manualPacer, manualTap } from './kit.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'recorder-'))
afterAll(() => rmSync(folder, { recursive: true }))

let files = 0
/** A recorder on a clock that the test moves, and its channels afterwards. */
function startRecorder(options: Partial<RecorderOptions> = {}) {
  const file = path.join(folder, `${files++}.wav`)
  const [left, right] = [manualTap(), manualTap()]
  const clock = { ms: 5000, now: () => clock.ms }
  const channels = options.channels ?? 2
  const recorder = createRecorder({ file, channels, left: left.tap, right: right.tap, clock, ...options })
  const stop = async () => {
    const result = await recorder.stop()
    const bytes = readFileSync(file)
    const all = new Int16Array(bytes.buffer, bytes.byteOffset + 44, (bytes.length - 44) / 2)
    const channel = (which: number) => all.filter((_, i) => i % channels === which)
    return { ...result, size: bytes.length, left: channel(0), right: channel(1) }
  }
  return { left, right, clock, recorder, stop }
}

const LOUD = encodeMulaw(new Int16Array(160).fill(8000))
/** Where sound is, as [first, last] samples. */
const soundOf = (samples: Int16Array) => [samples.findIndex((one) => one !== 0), samples.findLastIndex((one) => one !== 0)]

describe('alignment', () => {
  test('each channel has its sound where it was said, whenever its first packet came', async () => {
    const { left, right, clock, stop } = startRecorder()
    clock.ms += 1020
    left.say(LOUD, 77_000)
    clock.ms += 1000
    right.say(LOUD, 5)
    clock.ms += 1000
    left.say(LOUD, 77_000 + 16_000)
    clock.ms += 480
    const done = await stop()
    expect(done.durationSeconds).toBeCloseTo(3.5, 3)
    expect(done.left).toHaveLength(28_000)
    expect(soundOf(done.left)).toEqual([8000, 8000 + 16_159])
    expect(soundOf(done.right)).toEqual([16_000, 16_159])
    expect(levelOf(done.left.subarray(8160, 24_000))).toBe(0)
    expect(done.size).toBe(done.bytes)
    expect(done.isSilent).toBe(false)
  })

  test('jitter of arrival moves nothing: the stream has a clock', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 20, maxLength: 60 }), async (delays) => {
        const { left, clock, stop } = startRecorder()
        const start = clock.ms
        let last = start + 20
        for (const [i, delay] of delays.entries()) {
          // Packets keep their order; the first one sets the anchor.
          last = Math.max(last, start + 20 + i * 20 + (i ? delay : 0))
          clock.ms = last
          left.say(LOUD, i * 160)
        }
        clock.ms = start + 3000
        const done = await stop()
        expect(soundOf(done.left)).toEqual([0, delays.length * 160 - 1])
        expect(done.left.subarray(0, delays.length * 160).every((sample) => sample > 7000)).toBe(true)
      }),
      { numRuns: 20 },
    )
  })

  test('a stream without a clock is continuous through jitter and jumps over pauses', async () => {
    const { left, clock, stop } = startRecorder()
    for (const step of [20, 60, 0, 0, 20, 1000]) {
      clock.ms += step
      left.say(LOUD)
    }
    clock.ms += 100
    const { left: samples } = await stop()
    expect(soundOf(samples.subarray(0, 4000))).toEqual([0, 799])
    expect(soundOf(samples.subarray(4000))).toEqual([1100 * 8 - 160 - 4000, 1100 * 8 - 1 - 4000])
  })

  test('a stream whose clock began anew is anchored again', async () => {
    const { left, clock, stop } = startRecorder()
    clock.ms += 20
    left.say(LOUD, 1_000_000)
    clock.ms += 2000
    left.say(LOUD, 160)
    const { left: samples } = await stop()
    expect(soundOf(samples)).toEqual([0, 2020 * 8 - 1])
  })
})

describe('what is kept', () => {
  test('mono mixes both, without a right leg the second channel is silent', async () => {
    const mono = startRecorder({ channels: 1 })
    mono.clock.ms += 20
    mono.left.say(LOUD, 0)
    mono.right.say(LOUD, 0)
    const mixed = await mono.stop()
    expect(mixed.left).toHaveLength(160)
    expect(mixed.left[0]).toBeGreaterThan(15_000)
    const alone = manualTap()
    const single = createRecorder({ file: path.join(folder, 'single.wav'), channels: 2, left: alone.tap })
    alone.say(LOUD)
    expect((await single.stop()).isSilent).toBe(false)
    expect(alone.listeners()).toBe(0)
  })

  test.each([
    ['skip', 2, [1600, 1759]],
    ['silence', 12, [1600 + 80_000, 1759 + 80_000]],
  ] as const)('a pause with %s', async (behavior, seconds, lastSound) => {
    const { left, clock, recorder, stop } = startRecorder()
    clock.ms += 20
    left.say(LOUD, 0)
    clock.ms += 80
    recorder.pause(behavior)
    clock.ms += 5000
    left.say(LOUD, 160)
    clock.ms += 5000
    recorder.resume()
    clock.ms += 120
    left.say(LOUD, 160 + 8 * 10_180)
    clock.ms += 1780
    const done = await stop()
    expect(done.durationSeconds).toBeCloseTo(seconds, 3)
    expect(soundOf(done.left.subarray(160)).map((place) => place + 160)).toEqual(lastSound)
  })

  test('silence and faint noise are silent, a word is not', async () => {
    const faint = encodeMulaw(Int16Array.from({ length: 160 }, (_, i) => (i % 2 ? 24 : -24)))
    const quiet = startRecorder()
    for (let i = 0; i < 100; i++) {
      quiet.clock.ms += 20
      quiet.left.say(i % 2 ? SILENCE : faint, i * 160)
    }
    expect((await quiet.stop()).isSilent).toBe(true)
    const spoken = startRecorder()
    spoken.clock.ms += 20
    spoken.right.say(LOUD, 0)
    expect((await spoken.stop()).isSilent).toBe(false)
  })

  test('stopping twice gives one answer', async () => {
    const { recorder, clock } = startRecorder()
    clock.ms += 250
    const [first, second] = await Promise.all([recorder.stop(), recorder.stop()])
    expect(first).toBe(second)
    expect(first.durationSeconds).toBe(0.25)
  })

  test('of a leg: what it says is one channel, prompt and beep that it hears the other', async () => {
    const pacer = manualPacer()
    const clock = { ms: 0, now: () => clock.ms }
    const audio = createLegAudio({ send: () => undefined }, pacer, clock.now)
    const file = path.join(folder, 'leg.wav')
    const recorder = createRecorder({ file, channels: 2, left: voiceOf(audio), right: heardBy(audio), clock })
    const voice = tone(700)
    void audio.play(sequence(tone(440, 1000), beep()))
    for (let i = 0; i < 100; i++) {
      clock.ms += 20
      pacer.tick()
      audio.said(voice.next()!)
    }
    await recorder.stop()
    const bytes = readFileSync(file)
    const all = new Int16Array(bytes.buffer, bytes.byteOffset + 44, (bytes.length - 44) / 2)
    const [said, heard] = [all.filter((_, i) => i % 2 === 0), all.filter((_, i) => i % 2 === 1)]
    expect(dominantFrequency(said.subarray(0, 8000))).toBeCloseTo(700, 0)
    expect(dominantFrequency(heard.subarray(0, 8000))).toBeCloseTo(440, 0)
    expect(dominantFrequency(heard.subarray(8000, 12_000))).toBeCloseTo(1000, 0)
    expect(levelOf(heard.subarray(12_000))).toBe(0)
  })
})
