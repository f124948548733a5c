import type { UnsettledCall } from '../calls/queries.ts'
import type { Span } from './twilio-history.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** How long after its end a call is asked for its price (RULES R10). After the last one it stays as it is. */
export const PRICE_AGES_MS = [2 * MINUTE, 15 * MINUTE, 2 * HOUR, 24 * HOUR, 72 * HOUR] as const
/** Calls that began earlier are not asked for: a call may last a day. */
export const OLDEST_MS = (72 + 24 + 1) * HOUR
/** Lists lag, clocks differ, and a call begins at Twilio before we hear of it. */
const MARGIN_MS = 5 * MINUTE

const startOf = (call: UnsettledCall) => Date.parse(call.startedAt)
/** Prices are made when a call is over, however long it was. */
const endOf = (call: UnsettledCall) => Date.parse(call.endedAt ?? call.startedAt)

/** Whether to ask about a call now: while it goes on, always; then once after each of the ages. */
function isDue(call: UnsettledCall, lastRun: number, now: number): boolean {
  return !call.isOver || PRICE_AGES_MS.some((age) => lastRun < endOf(call) + age && endOf(call) + age <= now)
}

/**
 * The spans of time to list: everything since the last run that succeeded (or `backfillMs` at the first), and the neighbourhood of each
 * older call that is due. Spans that touch are one.
 */
export function spansToList(calls: readonly UnsettledCall[], lastRunAt: Date | undefined, now: Date, backfillMs: number): Span[] {
  const end = now.getTime()
  const lastRun = lastRunAt?.getTime() ?? end - backfillMs
  const due = calls.filter((call) => isDue(call, lastRun, end)).map(startOf)
  const spans = [[lastRun - MARGIN_MS, end + MARGIN_MS] as const, ...due.map((at) => [at - MARGIN_MS, at + MARGIN_MS] as const)]
  const merged: [number, number][] = []
  for (const [from, to] of spans.toSorted((a, b) => a[0] - b[0])) {
    const last = merged.at(-1)
    if (last && from <= last[1]) last[1] = Math.max(last[1], to)
    else merged.push([from, to])
  }
  return merged.map(([from, to]) => ({ from: new Date(from), to: new Date(to) }))
}

/** How long until some call reaches an age at which it is asked for, at most `everyMs`. */
export function untilNextRun(calls: readonly UnsettledCall[], now: Date, everyMs: number): number {
  const waits = calls.flatMap((call) => PRICE_AGES_MS.map((age) => endOf(call) + age - now.getTime())).filter((wait) => wait > 0)
  return Math.min(everyMs, ...waits)
}
