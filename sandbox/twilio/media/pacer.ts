import { FRAME_MS, monotonicNow } from './frames.ts'

/** After a longer stall (a suspended machine) the missed frames are dropped instead of sent in one burst. */
const MAX_CATCH_UP = 25

export interface Pacer {
  /** Calls `tick` once per 20 ms until the returned function is called. `skipped`: frames lost in a stall before this one. */
  add(tick: (skipped: number) => void): () => void
  /** Stops for good. */
  close(): void
}

/**
 * One timer drives every leg: each 20 ms of real time is one tick, late ones are caught up, so that a leg sends 50 frames a second however
 * late the timer fires. `now` is a monotonic clock in ms.
 */
export function createPacer({ now = monotonicNow }: { now?: () => number } = {}): Pacer {
  const ticks = new Set<(skipped: number) => void>()
  let timer: NodeJS.Timeout | undefined
  let due = 0

  const run = () => {
    const missed = Math.floor((now() - due) / FRAME_MS) + 1
    const skipped = Math.max(0, missed - MAX_CATCH_UP)
    due += Math.max(0, missed) * FRAME_MS
    for (let i = skipped; i < missed; i++) for (const tick of ticks) tick(i === skipped ? skipped : 0)
    timer = ticks.size ? setTimeout(run, Math.max(1, due - now())) : undefined
  }

  return {
    add(tick) {
      ticks.add(tick)
      if (!timer) {
        due = now() + FRAME_MS
        timer = setTimeout(run, FRAME_MS)
      }
      return () => void ticks.delete(tick)
    },
    close() {
      ticks.clear()
      clearTimeout(timer)
      timer = undefined
    },
  }
}
