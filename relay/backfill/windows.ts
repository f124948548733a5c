import type { Span } from '../reconcile/twilio-history.ts'

const DAY = 24 * 3_600_000
/** Twilio tells instants to the second. */
const SECOND = 1000
export const FIRST_WINDOW_MS = DAY
const LONGEST_MS = 32 * DAY
/** Legs in a window: with fewer than the one the next is twice as long, with more than the other half as long. */
const FEW = 400
const MANY = 3000

/** `at` (ms since 1970) as ISO 8601 UTC, whole seconds. */
export const atSecond = (ms: number): string => new Date(Math.floor(ms / SECOND) * SECOND).toISOString()

/** The window before `reached`, at most `windowMs` long: from and before, in whole seconds; undefined when `from` is reached. Pure. */
export function nextWindow(reached: number, from: number, windowMs: number): Span | undefined {
  if (reached <= from) return undefined
  return { from: new Date(Math.max(from, reached - windowMs)), to: new Date(reached) }
}

/** How long the next window is after one with so many legs: busy times are read in small parts, quiet years in large ones. Pure. */
export function nextLength(windowMs: number, legs: number): number {
  if (legs < FEW) return Math.min(LONGEST_MS, windowMs * 2)
  return legs > MANY ? narrower(windowMs) : windowMs
}

/** Half as long, a second at least. Pure. */
export const narrower = (windowMs: number): number => Math.max(SECOND, Math.floor(windowMs / 2 / SECOND) * SECOND)

/** As Twilio lists it: both ends belong to what it lists, so that the last second is the one before `to`. Pure. */
export const listed = ({ from, to }: Span): Span => ({ from, to: new Date(to.getTime() - SECOND) })

/** Whether the window cannot be made shorter. */
export const isShortest = ({ from, to }: Span): boolean => to.getTime() - from.getTime() <= SECOND
