import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createClock } from '../../../sandbox/control/clock.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A clock over vitest's manual time. */
const start = () => createClock(1_000_000, () => performance.now())

test('follows real time', () => {
  const clock = start()
  vi.advanceTimersByTime(1500)
  expect(clock.now()).toBe(1_001_500)
})

test('runs what is due when time is moved, in order, at once', () => {
  const clock = start()
  const ran: number[] = []
  for (const ms of [300, 100, 200, 900]) clock.later(ms, () => ran.push(ms))
  clock.advance(300)
  expect(ran).toEqual([100, 200, 300])
  vi.advanceTimersByTime(600)
  expect(ran).toEqual([100, 200, 300, 900])
})

test('runs faster when scaled, from then on', () => {
  const clock = start()
  const ran: string[] = []
  clock.later(10_000, () => ran.push('late'))
  vi.advanceTimersByTime(1000)
  clock.setScale(10)
  vi.advanceTimersByTime(890)
  expect(ran).toEqual([])
  vi.advanceTimersByTime(11)
  expect(ran).toEqual(['late'])
  expect(clock.now()).toBe(1_010_010)
})

test('what is cancelled does not run, moved or not; one timer may cancel another that is due with it', () => {
  const clock = start()
  const ran: string[] = []
  const cancelSecond = clock.later(20, () => ran.push('second'))
  clock.later(10, () => {
    ran.push('first')
    cancelSecond()
  })
  clock.later(5, () => ran.push('never'))()
  clock.advance(1000)
  expect(ran).toEqual(['first'])
})

test("a span longer than Node's timers can hold is kept", () => {
  const clock = start()
  const ran: string[] = []
  const month = 31 * 86_400_000
  clock.later(month, () => ran.push('a month'))
  vi.advanceTimersByTime(month - 1000)
  expect(ran).toEqual([])
  vi.advanceTimersByTime(1001)
  expect(ran).toEqual(['a month'])
})

test('closed, it runs nothing', () => {
  const clock = start()
  const ran: string[] = []
  clock.later(10, () => ran.push('x'))
  clock.close()
  vi.advanceTimersByTime(100)
  expect(ran).toEqual([])
})
