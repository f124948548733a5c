import type { RestContext } from './http.ts'

/** Names every list understands. */
const paging = ['PageSize', 'Page', 'PageToken']

/** Warns of query parameters a list does not know: Twilio ignores them, and so the caller believes in a filter that is none. */
export function knowOnly(context: RestContext, names: string[]): void {
  for (const name of new Set(context.query.keys()))
    if (!names.includes(name) && !paging.includes(name)) context.warn(`unknown list parameter ${name}`, 20001)
}

/** The three names of a date filter: the sign is part of the parameter's name on the wire (`StartTime>=2026-01-01`). */
export const dateNames = (name: string): string[] => [name, `${name}<`, `${name}>`]

/**
 * A test for one date field: `Name=DAY` that UTC day, `Name<` on or before, `Name>` on or after; a date without time means its midnight.
 * Rows whose field is null match no date filter. Seconds count, as in the API's own answers.
 */
export function dateFilter(context: RestContext, name: string): (at: number | null) => boolean {
  const read = (sign: string) => {
    const text = context.query.get(name + sign)
    if (text === null || text === '') return undefined
    const at = Date.parse(text)
    if (Number.isNaN(at)) context.warn(`${name}${sign}=${text} is not a date`, 20001)
    return Number.isNaN(at) ? undefined : { at, isDay: /^\d{4}-\d{2}-\d{2}$/.test(text) }
  }
  const [on, before, after] = [read(''), read('<'), read('>')]
  if (!on && !before && !after) return () => true
  return (instant) => {
    if (instant === null) return false
    const at = Math.floor(instant / 1000) * 1000
    if (before && at > before.at) return false
    if (after && at < after.at) return false
    return !on || (on.isDay ? at >= on.at && at < on.at + 86_400_000 : at === on.at)
  }
}

/** A test for fields that must equal the parameter when it is given. */
export function equals(context: RestContext, name: string): (value: string | null) => boolean {
  const wanted = context.query.get(name)
  return (value) => wanted === null || wanted === '' || value === wanted
}
