import type { TimelineEntry } from '../../../contract/timeline.ts'

/** Entries that follow on each other: one alone, or several whose order among them is not certain. */
export interface Cluster {
  isCertain: boolean
  entries: readonly TimelineEntry[]
}

/** The entries in their order, those together whose neighbours may have come before or after. Pure. */
export function clustersOf(entries: readonly TimelineEntry[]): Cluster[] {
  const clusters: { isCertain: boolean; entries: TimelineEntry[] }[] = []
  for (const entry of entries) {
    const last = clusters.at(-1)
    if (last && !last.isCertain && !entry.isOrderCertain) last.entries.push(entry)
    else clusters.push({ isCertain: entry.isOrderCertain, entries: [entry] })
  }
  // One that is uncertain towards a neighbour that is not stands alone: there is nothing to bracket.
  return clusters.map((cluster) => (cluster.entries.length === 1 ? { ...cluster, isCertain: true } : cluster))
}

/** When each stands to have been, ms since 1970: never before what led to it, whatever its own clock says. Pure. */
export function momentsOf(entries: readonly TimelineEntry[]): number[] {
  let latest = Number.NEGATIVE_INFINITY
  return entries.map(({ at }) => {
    const own = Date.parse(at)
    latest = Math.max(latest, Number.isNaN(own) ? latest : own)
    return latest
  })
}

/** Milliseconds from the call's beginning, as `+0.4 s`, `+1:05`; '' where an instant is not known. Pure. */
export function offsetText(at: string, startedAt: string): string {
  const ms = Date.parse(at) - Date.parse(startedAt)
  if (Number.isNaN(ms)) return ''
  const sign = ms < 0 ? '−' : '+'
  const seconds = Math.abs(ms) / 1000
  if (seconds < 60) return `${sign}${seconds.toFixed(1)} s`
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60]
  const rest = String(Math.floor(seconds % 60)).padStart(2, '0')
  if (hours >= 24) return `${sign}${Math.floor(hours / 24)} d`
  return hours > 0 ? `${sign}${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${sign}${minutes}:${rest}`
}
