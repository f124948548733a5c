import type { OwnedNumber } from '../../contract/number-desktop.ts'

/** How a page is asked for (`after`, main's word), and the last number before it (undefined: it is the first). */
export interface Page {
  after: string | undefined
  from: string | undefined
}

/** First index whose number is greater than `number`; numbers are ASCII, ordered as SQLite orders them. */
function indexAfter(list: readonly OwnedNumber[], number: string): number {
  let low = 0
  let high = list.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((list[middle]?.phoneNumber ?? '') <= number) low = middle + 1
    else high = middle
  }
  return low
}

/**
 * The list with one page of it read anew: what stood between `from` (excluded) and the page's end is replaced by it; the last page ends
 * at the list's end. A number that reads as before stays the same object, so nothing is drawn or indexed again for it. Pure.
 */
export function mergePage(
  list: readonly OwnedNumber[],
  from: string | undefined,
  fresh: readonly OwnedNumber[],
  isLast: boolean,
): OwnedNumber[] {
  const start = from === undefined ? 0 : indexAfter(list, from)
  const last = fresh.at(-1)?.phoneNumber
  const end = isLast ? list.length : last === undefined ? start : indexAfter(list, last)
  const known = new Map(list.slice(start, end).map((one) => [one.phoneNumber, one]))
  const kept = fresh.map((one) => {
    const was = known.get(one.phoneNumber)
    return was && JSON.stringify(was) === JSON.stringify(one) ? was : one
  })
  return [...list.slice(0, start), ...kept, ...list.slice(end)]
}

/** The pages in which these numbers stand, or would stand. Pure. */
export function pagesOf(pages: readonly Page[], numbers: Iterable<string>): Page[] {
  const found = new Set<Page>()
  for (const number of numbers) {
    const page = pages.findLast((one) => one.from === undefined || one.from < number)
    if (page) found.add(page)
  }
  return pages.filter((page) => found.has(page))
}
