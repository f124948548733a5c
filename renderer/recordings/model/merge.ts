import type { RecordingItem } from '../../../contract/recording.ts'

interface Part {
  items: readonly RecordingItem[] | null
  next: string | null
}
const instant = ({ startedAt, callStartedAt }: RecordingItem) => startedAt ?? callStartedAt

/**
 * Two lists, newest first each, as one. What is older than the end of a list that goes on is kept back: something newer may still come.
 * Null until both have come.
 */
export function mergeNewest(a: Part, b: Part): RecordingItem[] | null {
  if (!a.items || !b.items) return null
  const known = (part: Part) => (part.next !== null && part.items?.at(-1) ? instant(part.items.at(-1)!) : '')
  const edge = known(a) > known(b) ? known(a) : known(b)
  return [...a.items, ...b.items].filter((item) => instant(item) >= edge).toSorted((x, y) => (instant(x) < instant(y) ? 1 : -1))
}

/** Which of the two must go on so that the merged list grows: the one whose end is newer. */
export function growing(a: Part, b: Part): 'a' | 'b' | null {
  const end = ({ items, next }: Part) => (next === null ? '' : items?.at(-1) ? instant(items.at(-1)!) : '~')
  if (a.next === null && b.next === null) return null
  return end(a) >= end(b) ? 'a' : 'b'
}
