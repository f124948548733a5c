import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Witness } from '../../../renderer/voice/witness.ts'
import { OURS, phoneKit } from '../kit/phone-kit.ts'

beforeEach(() => vi.useFakeTimers({ now: Date.parse('2026-11-21T09:00:00Z') }))
afterEach(() => vi.useRealTimers())

const sample = { mos: 4.2, jitter: 3, rtt: 41, packetsLostFraction: 2 }

describe('what a device tells of a call that is over', () => {
  test('what the SDK said, in order, and how the sound was', async () => {
    const kit = phoneKit()
    await kit.phone.turnOn()
    kit.phone.connect('+15005550102', OURS)
    await vi.advanceTimersByTimeAsync(0)
    const call = kit.device().connects[0]?.call
    call?.ring()
    call?.open()
    call?.emit('sample', sample)
    await vi.advanceTimersByTimeAsync(1000)
    call?.emit('sample', { ...sample, mos: null, jitter: 12.34 })
    call?.emit('warning', 'high-jitter')
    call?.emit('warning-cleared', 'high-jitter')
    expect(kit.witnessed).toEqual([])
    call?.end()
    expect(kit.witnessed).toHaveLength(1)
    const [told] = kit.witnessed
    expect(told?.trace?.entries.map((one) => [one.name, one.detail])).toEqual([
      ['ringing', null],
      ['accept', null],
      ['warning', 'high-jitter'],
      ['warning-cleared', 'high-jitter'],
      ['disconnect', null],
    ])
    expect(told?.quality?.samples).toEqual([
      [0, 4.2, 3, 0.02, 41],
      [1, null, 12.3, 0.02, 41],
    ])
  })

  test('a call the SDK never had is not witnessed', async () => {
    const kit = phoneKit({ microphone: 'denied' })
    await kit.phone.turnOn()
    kit.phone.connect('+15005550102', OURS)
    await vi.advanceTimersByTimeAsync(0)
    kit.phone.hangUp()
    expect(kit.witnessed.flatMap((one) => one.trace?.entries ?? [])).toEqual([])
  })

  test('however long the call, at most 600 samples, spread over all of it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20_000 }), (seconds) => {
        vi.setSystemTime(0)
        const witness = new Witness()
        for (let second = 0; second < seconds; second++) {
          vi.setSystemTime(second * 1000)
          witness.sampled(sample)
        }
        const at = (witness.testimony().quality?.samples ?? []).map(([from]) => from)
        const gaps = at.slice(1).map((one, index) => one - (at[index] ?? 0))
        expect(at.length).toBeLessThan(600)
        expect(at[0]).toBe(0)
        expect(new Set(gaps).size).toBeLessThanOrEqual(2)
        expect(seconds - 1 - (at.at(-1) ?? 0)).toBeLessThanOrEqual(Math.max(1, ...gaps) * 2)
      }),
      { numRuns: 30 },
    )
  })

  test('no more than 300 events', () => {
    const witness = new Witness()
    for (let count = 0; count < 1000; count++) witness.saw('warning', 'x'.repeat(500))
    const { trace, quality } = witness.testimony()
    expect(trace?.entries).toHaveLength(300)
    expect(trace?.entries[0]?.detail).toHaveLength(200)
    expect(quality).toBeNull()
  })
})
