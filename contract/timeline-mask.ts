import type { CallTimeline, TimelineEntry } from './timeline.ts'

/** Params that name people or may hold a number. */
const NAMES: ReadonlySet<string> = new Set(['userName', 'deviceName'])
const NUMBERS: ReadonlySet<string> = new Set(['from', 'to', 'ourNumber', 'detail'])

const maskText = (text: string) => text.replaceAll(/\+?\d{5,}/g, (digits) => `…${digits.slice(-4)}`)

function maskEntry<T extends Pick<TimelineEntry, 'params'>>(entry: T): T {
  const params = Object.entries(entry.params)
    .filter(([name]) => !NAMES.has(name))
    .map(([name, value]) => [name, NUMBERS.has(name) && typeof value === 'string' ? maskText(value) : value] as const)
  return { ...entry, params: Object.fromEntries(params) }
}

/** For support: of numbers the last four digits only, and no names. Ids stay, they say nothing to others. Pure. */
export const maskTimeline = (timeline: CallTimeline): CallTimeline => ({
  ...timeline,
  entries: timeline.entries.map(maskEntry),
  why: maskEntry(timeline.why),
  about: { ...timeline.about, isMasked: true },
})
