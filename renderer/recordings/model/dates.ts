import type { CallFilter } from '../../../contract/history.ts'

export const spans = ['all', 'today', 'week', 'month', 'custom'] as const
export type Span = (typeof spans)[number]

/** A choice of days; `from` and `to`: `2026-11-21`, both included, '' where open; only of `custom`. */
export interface Dates {
  span: Span
  from: string
  to: string
}
export const anyTime: Dates = { span: 'all', from: '', to: '' }

const DAYS_BACK = { today: 0, week: 6, month: 29 } as const
/** Midnight of this computer's day, so many days from it. */
const midnight = (at: number | string, days: number) => {
  const day = typeof at === 'number' ? new Date(at) : new Date(`${at}T00:00`)
  day.setHours(0, 0, 0, 0)
  day.setDate(day.getDate() + days)
  return day
}
const isDay = (day: string) => /^\d{4}-\d\d-\d\d$/.test(day) && !Number.isNaN(midnight(day, 0).getTime())

/** The filter of a choice; undefined when the first day is after the last. `now` in ms since 1970. */
export function filterOf({ span, from, to }: Dates, now: number): CallFilter | undefined {
  if (span === 'all') return {}
  if (span !== 'custom') return { from: midnight(now, -DAYS_BACK[span]).toISOString() }
  if (isDay(from) && isDay(to) && from > to) return undefined
  return {
    ...(isDay(from) ? { from: midnight(from, 0).toISOString() } : {}),
    ...(isDay(to) ? { to: midnight(to, 1).toISOString() } : {}),
  }
}
