import { describe, expect, test, vi } from 'vitest'
import type { Frame } from '../../../sandbox/twilio/ports.ts'
import { bridge } from '../../../sandbox/twilio/media/bridge.ts'
import { createEar } from '../../../sandbox/twilio/media/ear.ts'
import { SILENCE } from '../../../sandbox/twilio/media/frames.ts'
import { createLegAudio } from '../../../sandbox/twilio/media/leg-audio.ts'
import { createPacer } from '../../../sandbox/twilio/media/pacer.ts'
import { silence, tone } from '../../../sandbox/twilio/media/sources.ts'
import { manualPacer, manualTap } from './kit.ts'

function startLeg(isReady?: () => boolean) {
  const pacer = manualPacer()
  const sent: { frame: Frame; skipped: number }[] = []
  const audio = createLegAudio({ send: (frame, skipped) => void sent.push({ frame, skipped }), ...(isReady && { isReady }) }, pacer)
  return { pacer, sent, audio, silent: () => sent.map(({ frame }) => frame === SILENCE) }
}
const VOICE = new Uint8Array(160).fill(1)

describe('a leg', () => {
  test('hears silence when nothing plays, so that its stream never stops', () => {
    const { pacer, sent, silent } = startLeg()
    pacer.tick(5)
    expect(silent()).toEqual([true, true, true, true, true])
    expect(sent[0]?.skipped).toBe(0)
  })

  test('playing resolves true at the end, false when replaced, stopped or closed; later plays are refused', async () => {
    const { pacer, audio } = startLeg()
    const first = audio.play(tone(440))
    const second = audio.play(silence(40))
    expect(await first).toBe(false)
    pacer.tick(3)
    expect(await second).toBe(true)
    const third = audio.play(tone(440))
    audio.stop()
    expect(await third).toBe(false)
    const fourth = audio.play(tone(440))
    audio.close()
    expect(await fourth).toBe(false)
    expect(await audio.play(tone(440))).toBe(false)
  })

  test('nothing of a prompt is lost before sound gets through', () => {
    let isReady = false
    const { pacer, audio, sent } = startLeg(() => isReady)
    const end = vi.fn<(isComplete: boolean) => void>()
    void audio.play(tone(440, 40)).then(end)
    pacer.tick(50)
    expect(sent).toEqual([])
    isReady = true
    pacer.tick(2)
    expect(sent).toHaveLength(2)
  })

  test('pushed frames go out at once, without silence between; after a pause silence again, and the stream clock jumps over the hole', () => {
    const { pacer, audio, sent, silent } = startLeg()
    const places: (number | undefined)[] = []
    audio.onHeard((_frame, at) => places.push(at))
    for (let i = 0; i < 3; i++) {
      pacer.tick()
      audio.push(VOICE)
    }
    expect(silent()).toEqual([true, false, false, false])
    pacer.tick(4)
    expect(silent().slice(4)).toEqual([true, true])
    expect(sent.map(({ skipped }) => skipped)).toEqual([0, 0, 0, 0, 2, 0])
    expect(places).toEqual([0, 160, 320, 480, 960, 1120])
  })

  test('a prompt goes before what is bridged', () => {
    const { pacer, audio, silent } = startLeg()
    void audio.play(silence(1000))
    audio.push(VOICE)
    pacer.tick(2)
    expect(silent()).toEqual([true, true])
  })

  test('a closed leg says and hears nothing more', () => {
    const { pacer, audio, sent } = startLeg()
    const heard = vi.fn<() => void>()
    audio.onVoice(heard)
    audio.close()
    audio.said(VOICE)
    audio.push(VOICE)
    pacer.tick(3)
    expect(heard).not.toHaveBeenCalled()
    expect(sent).toEqual([])
  })
})

describe('a bridge', () => {
  test('carries payload both ways unchanged, ends what played, and parts', async () => {
    const [a, b] = [startLeg(), startLeg()]
    const ringing = a.audio.play(tone(440))
    const part = bridge(a.audio, b.audio)
    expect(await ringing).toBe(false)
    const other = new Uint8Array(160).fill(2)
    a.audio.said(VOICE)
    b.audio.said(other)
    expect(b.sent.map(({ frame }) => frame)).toEqual([VOICE])
    expect(a.sent.map(({ frame }) => frame)).toEqual([other])
    part()
    a.audio.said(VOICE)
    expect(b.sent).toHaveLength(1)
  })
})

describe('an ear', () => {
  test.each([60, 350, 440.5, 700, 1000, 2345, 3800])('hears %d Hz', (hz) => {
    const { tap, say } = manualTap()
    const ear = createEar(tap)
    const source = tone(hz)
    for (let i = 0; i < 30; i++) say(source.next()!)
    expect(Math.abs(ear.frequencyHz - hz)).toBeLessThan(1)
    expect(ear.level).toBeCloseTo(8000 / Math.SQRT2 / 32_768, 2)
  })

  test('silence has no pitch; only the last 400 ms count; reset forgets', () => {
    const { tap, say, listeners } = manualTap()
    const ear = createEar(tap)
    expect([ear.frequencyHz, ear.level]).toEqual([0, 0])
    const source = tone(440)
    for (let i = 0; i < 10; i++) say(source.next()!)
    expect(Math.abs(ear.frequencyHz - 440)).toBeLessThan(2)
    for (let i = 0; i < 20; i++) say(SILENCE)
    expect([ear.frequencyHz, ear.level]).toEqual([0, 0])
    say(source.next()!)
    ear.reset()
    expect(ear.level).toBe(0)
    ear.close()
    expect(listeners()).toBe(0)
  })
})

const pacerOnFakeTime = () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  return createPacer()
}

describe('the pacer', () => {
  test('ticks every leg 50 times a second, and not after it left', () => {
    const pacer = pacerOnFakeTime()
    try {
      const counts = Array.from({ length: 16 }, () => 0)
      const leave = counts.map((_, leg) => pacer.add(() => void counts[leg]!++))
      for (let leg = 0; leg < 16; leg++) counts[leg] = 0
      vi.advanceTimersByTime(1000)
      expect(counts).toEqual(Array.from({ length: 16 }, () => 50))
      leave[3]!()
      vi.advanceTimersByTime(1000)
      expect(counts[3]).toBe(50)
      expect(counts[4]).toBe(100)
      for (const one of leave) one()
      vi.advanceTimersByTime(100)
      expect(vi.getTimerCount()).toBe(0)
    } finally {
      vi.useRealTimers()
    }
  })

  test('timers that are always a little late do not slow it down', () => {
    let now = 0
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const pacer = createPacer({ now: () => now })
      let ticks = 0
      pacer.add(() => void ticks++)
      for (; now < 1000; vi.advanceTimersToNextTimer()) now += 25
      expect(ticks).toBe(50)
      pacer.close()
    } finally {
      vi.useRealTimers()
    }
  })

  test('a late timer is caught up; after a long stall the missed frames are left out and reported', () => {
    let now = 0
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const pacer = createPacer({ now: () => now })
      const skipped: number[] = []
      pacer.add((count) => skipped.push(count))
      now = 300
      vi.advanceTimersToNextTimer()
      expect(skipped).toHaveLength(15)
      expect(skipped.some(Boolean)).toBe(false)
      now = 10_300
      vi.advanceTimersToNextTimer()
      expect(skipped).toHaveLength(15 + 25)
      expect(skipped[15]).toBe(500 - 25)
      expect(skipped.slice(16).some(Boolean)).toBe(false)
      pacer.close()
    } finally {
      vi.useRealTimers()
    }
  })
})
