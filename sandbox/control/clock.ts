import type { Clock } from '../twilio/ports.ts'

/** The sandbox's time: real time, moved and scaled at will. */
export interface ManualClock extends Clock {
  /** Moves time forward; what becomes due runs at once, in order of its time. */
  advance(ms: number): void
  /** How much faster than real time it runs from now on (> 0). */
  setScale(scale: number): void
  scale(): number
  /** Drops all timers. */
  close(): void
}

interface Timer {
  at: number
  work: () => void
  handle: NodeJS.Timeout | undefined
}

/** Node's timers take at most 2^31 - 1 ms: longer ones are armed again when they fire. */
const longestMs = 2_147_483_647

/** Time that follows `real`, from `start` on, at a scale. */
function createTime(start: number, real: () => number) {
  let [base, since, scale] = [start, real(), 1]
  const now = () => base + (real() - since) * scale
  return {
    now,
    scale: () => scale,
    /** Goes on from `at` at another scale. */
    jump: (at: number, next: number) => {
      base = at
      since = real()
      scale = next
    },
  }
}

/** A clock that starts at `start` (ms since 1970). `real` is the time it follows, for tests. */
export function createClock(start: number = Date.now(), real: () => number = () => performance.now()): ManualClock {
  const timers = new Set<Timer>()
  const time = createTime(start, real)
  const arm = (timer: Timer) => {
    clearTimeout(timer.handle)
    timer.handle = setTimeout(() => fire(timer), Math.min(Math.max(0, (timer.at - time.now()) / time.scale()), longestMs))
  }
  const run = (timer: Timer) => {
    clearTimeout(timer.handle)
    if (timers.delete(timer)) timer.work()
  }
  // Node's timers may fire a little early.
  const fire = (timer: Timer) => (timer.at - time.now() > 1 ? arm(timer) : run(timer))
  const jump = (at: number, scale: number) => {
    time.jump(at, scale)
    const due = [...timers].filter((timer) => timer.at <= at).toSorted((a, b) => a.at - b.at)
    for (const timer of due) run(timer)
    for (const timer of timers) arm(timer)
  }
  return {
    now: () => Math.floor(time.now()),
    later: (ms, work) => {
      const timer: Timer = { at: time.now() + Math.max(0, ms), work, handle: undefined }
      timers.add(timer)
      arm(timer)
      return () => {
        clearTimeout(timer.handle)
        timers.delete(timer)
      }
    },
    advance: (ms) => jump(time.now() + ms, time.scale()),
    setScale: (scale) => jump(time.now(), scale),
    scale: time.scale,
    close: () => {
      for (const timer of timers) clearTimeout(timer.handle)
      timers.clear()
    },
  }
}
