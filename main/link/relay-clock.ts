import type { Clock } from '../ports.ts'

/** The relay's time as this desktop knows it: ours plus a measured offset (RULES R11). */
export interface RelayClock extends Clock {
  /** Learns from an instant the relay gave just now. Instants that are none are ignored. */
  note: (at: string | null) => void
  offsetMs: () => number
}

export function createRelayClock(clock: Clock): RelayClock {
  let offset = 0
  return {
    now: () => new Date(clock.now().getTime() + offset),
    offsetMs: () => offset,
    note(at) {
      const measured = Date.parse(at ?? '') - clock.now().getTime()
      if (Number.isFinite(measured)) offset = measured
    },
  }
}
