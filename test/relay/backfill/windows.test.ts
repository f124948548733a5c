import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { begun } from '../../../relay/backfill/backfill.ts'
import type { BackfillRow } from '../../../relay/backfill/rows.ts'
import { FIRST_WINDOW_MS, isShortest, listed, narrower, nextLength, nextWindow } from '../../../relay/backfill/windows.ts'

describe('windows', () => {
  test('whatever they hold, they cover all of the time once, backwards, down to where it was asked to go', () => {
    const legs = fc.infiniteStream(fc.oneof(fc.constant(0), fc.constant(1000), fc.constant(4000), fc.constant('too-many' as const)))
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200_000 }), legs, (seconds, stream) => {
        const from = Date.UTC(2025, 0, 1)
        let [reached, length, covered] = [from + seconds * 1000, FIRST_WINDOW_MS, 0]
        for (let window = nextWindow(reached, from, length); window; window = nextWindow(reached, from, length)) {
          const found = stream.next().value
          expect(window.to.getTime() === reached).toBe(true)
          if (found === 'too-many' && !isShortest(window)) {
            length = narrower(length)
            continue
          }
          const { from: first, to: last } = listed(window)
          covered += (last.getTime() - first.getTime()) / 1000 + 1
          reached = window.from.getTime()
          length = nextLength(length, found === 'too-many' ? 9000 : found)
        }
        expect([reached, covered]).toEqual([from, seconds])
      }),
      { numRuns: 40 },
    )
  })

  test('quiet years are read in long parts, busy days in short ones', () => {
    expect(nextLength(FIRST_WINDOW_MS, 0)).toBe(2 * FIRST_WINDOW_MS)
    expect(nextLength(32 * FIRST_WINDOW_MS, 0)).toBe(32 * FIRST_WINDOW_MS)
    expect(nextLength(FIRST_WINDOW_MS, 1000)).toBe(FIRST_WINDOW_MS)
    expect(nextLength(FIRST_WINDOW_MS, 4000)).toBe(FIRST_WINDOW_MS / 2)
    expect(narrower(1000)).toBe(1000)
  })
})

const at = (day: string) => `2026-${day}T00:00:00.000Z`

const row = (over: Partial<BackfillRow>): BackfillRow => ({
  state: 'stopped',
  from_at: at('01-01'),
  reached_at: at('05-01'),
  window_ms: 7000,
  calls: 12,
  recordings: 3,
  news: 40,
  started_at: at('11-01'),
  ended_at: at('11-02'),
  by_user_id: 'kim',
  failure_code: null,
  ...over,
})

describe('where a job begins', () => {
  const now = new Date('2026-11-21T10:00:00.500Z')
  const session = { userId: 'ada', deviceId: 'd', role: 'manager' as const }
  const start = (known: BackfillRow | undefined, from: string, since?: string) =>
    begun(known, { from: Date.parse(from), now, since, session })

  test('where the relay’s own knowledge begins, or just before now when it has none, or when that is what is asked for', () => {
    expect(start(undefined, at('01-01'), at('10-10'))).toMatchObject({
      state: 'running',
      from_at: at('01-01'),
      reached_at: at('10-10'),
      calls: 0,
    })
    expect(start(undefined, at('01-01'))?.reached_at).toBe('2026-11-21T09:50:01.000Z')
    expect(start(undefined, at('11-01'), at('10-10'))?.reached_at).toBe('2026-11-21T09:50:01.000Z')
    expect(start(undefined, '2026-11-21T09:59:00.000Z')?.reached_at).toBe('2026-11-21T09:59:00.000Z')
    expect(start(undefined, at('01-01'), '2026-10-10T00:00:00.700Z')?.reached_at).toBe('2026-10-10T00:00:01.000Z')
  })

  test.each(['stopped', 'failed', 'done'] as const)('%s before it came so far: it goes on, counts and all', (state) => {
    const known = row({ state, failure_code: state === 'failed' ? 'account-wrong' : null })
    const goesOn = { state: 'running', reached_at: at('05-01'), calls: 12, news: 40, window_ms: 7000, ended_at: null, failure_code: null }
    expect(start(known, at('01-01'))).toMatchObject({ ...goesOn, by_user_id: 'ada', started_at: now.toISOString() })
    expect(start(known, '2025-01-01T00:00:00.000Z')).toMatchObject({ ...goesOn, from_at: '2025-01-01T00:00:00.000Z' })
  })

  test('once it was there, the same again begins anew', () => {
    expect(start(row({ state: 'done', reached_at: at('01-01') }), at('01-01'), at('10-10'))).toMatchObject({
      reached_at: at('10-10'),
      calls: 0,
    })
    expect(start(row({}), at('06-01'), at('10-10'))).toMatchObject({ from_at: at('06-01'), reached_at: at('10-10'), calls: 0 })
  })

  test('while it runs, the same is nothing new, and another one has to wait', () => {
    const known = row({ state: 'running', ended_at: null })
    expect(start(known, at('01-01'))).toBeUndefined()
    expect(() => start(known, at('02-01'))).toThrow('a backfill is running')
  })
})
