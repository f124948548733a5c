import type { OwnedNumber } from '../../../contract/number-desktop.ts'

type Held = Pick<OwnedNumber, 'state' | 'hold'>

/** Held, and its hold is not over at `now` (ms since 1970). */
export const isEarlyAt = ({ state, hold }: Held, now: number) => state === 'held' && hold !== null && Date.parse(hold.until) > now
/** Held, and its hold is over: a manager is asked, nothing happens by itself (RULES R31). */
export const isDueAt = ({ state, hold }: Held, now: number) => state === 'held' && hold !== null && Date.parse(hold.until) <= now
