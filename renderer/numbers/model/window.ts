/** The items in sight, from the first to the last, as the list's scroll position has it. */
interface Sight {
  startIndex: number
  endIndex: number
  count: number
}

/**
 * The indexes of the items that are in the DOM: those in sight with `overscan` more on each side, and `here`, wherever it is, since the
 * keyboard would lose its place without it. Rising.
 */
export function windowOf({ startIndex, endIndex, count }: Sight, overscan: number, here: number): number[] {
  const first = Math.max(0, startIndex - overscan)
  const last = Math.min(count - 1, endIndex + overscan)
  const indexes = Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => first + at)
  if (here >= count || (here >= first && here <= last)) return indexes
  return here < first ? [here, ...indexes] : [...indexes, here]
}

/** Whether `here` stands apart from the others in the DOM, so that it cannot follow on them. */
export function isAside(indexes: readonly number[], here: number): boolean {
  if (indexes.length < 2) return false
  return (indexes[0] === here && indexes[1] !== here + 1) || (indexes.at(-1) === here && indexes.at(-2) !== here - 1)
}
