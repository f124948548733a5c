import type { CallItem, SearchHit } from '../../contract/history.ts'

/** A row of the list: a call, and where a search found its text. */
export type CallHit = SearchHit

/** How a page was asked for (`after`, main's word), and the last row before it (undefined: it is the first). */
export interface CallPage {
  after: string | undefined
  from: CallItem | undefined
}

const nowhere: SearchHit['matched'] = []
const noLegs: CallItem['legs'] = []

/** As a list keeps it: the legs of a call that is over say nothing to a row, and a million of them would be half of its memory. */
export const hitOf = (call: CallItem, matched = nowhere, snippet: string | null = null): CallHit => ({
  call: call.outcome === 'ongoing' ? call : { ...call, legs: noLegs },
  matched,
  snippet,
})

/** Newest first, as main orders them: by start, then by id. */
export const isAfter = (one: CallItem, other: CallItem) =>
  one.startedAt === other.startedAt ? one.callId < other.callId : one.startedAt < other.startedAt

/** First index whose call comes after `call`. */
function indexAfter(list: readonly CallHit[], call: CallItem): number {
  let low = 0
  let high = list.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const at = list[middle]?.call
    if (at && isAfter(at, call)) high = middle
    else low = middle + 1
  }
  return low
}

/**
 * The list with one page of it read anew: what stood between `from` (excluded) and the page's end is replaced by it; the last page ends at
 * the list's end. A row that reads as before stays the same object, so that it is not drawn again. Pure.
 */
export function mergeCalls(
  list: readonly CallHit[],
  from: CallItem | undefined,
  fresh: readonly CallHit[],
  isLast: boolean,
): readonly CallHit[] {
  const start = from === undefined ? 0 : indexAfter(list, from)
  const last = fresh.at(-1)?.call
  const end = isLast ? list.length : last === undefined ? start : Math.max(start, indexAfter(list, last))
  const known = new Map(list.slice(start, end).map((one) => [one.call.callId, one]))
  const kept = fresh.map((one) => {
    const was = known.get(one.call.callId)
    return was && JSON.stringify(was) === JSON.stringify(one) ? was : one
  })
  const isSame = kept.length === end - start && kept.every((one, index) => one === list[start + index])
  if (isSame) return list
  // A call whose beginning turned out to be another one stood elsewhere before.
  const fresher = new Set(kept.map((one) => one.call.callId))
  const others = (rows: readonly CallHit[]) =>
    rows.some((one) => fresher.has(one.call.callId)) ? rows.filter((one) => !fresher.has(one.call.callId)) : rows
  return [...others(list.slice(0, start)), ...kept, ...others(list.slice(end))]
}

/**
 * The pages in which these calls stand, and the first, where a new one would; of a list that `isWhole` the last as well, where an older
 * one that is learnt of only now would. Pure.
 */
export function pagesOf(
  pages: readonly CallPage[],
  list: readonly CallHit[],
  callIds: ReadonlySet<string>,
  isWhole = false,
): readonly CallPage[] {
  const changed = list.filter(({ call }) => callIds.has(call.callId)).map(({ call }) => call)
  const stale = new Set(changed.map((call) => pages.findLast(({ from }) => from === undefined || isAfter(call, from))))
  if (isWhole && changed.length < callIds.size) stale.add(pages.at(-1))
  return pages.filter((page, index) => index === 0 || stale.has(page))
}
