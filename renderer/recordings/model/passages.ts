/** Seconds from and to. */
export type Passage = readonly [number, number]

/** What is left of a silence on each side, so that speech does not sound cut. */
const MARGIN = 0.15
/** A jump over less than this is heard as a stumble. */
const LEAST = 0.4

/** Where listening goes on when `at` lies in a silence; undefined while somebody speaks, or where a jump is not worth it. Passages rise. */
export function afterSilence(silences: readonly Passage[], at: number): number | undefined {
  let low = 0
  let high = silences.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (silences[middle]![1] <= at) low = middle + 1
    else high = middle
  }
  const [from, to] = silences[low] ?? [Infinity, Infinity]
  const end = to - MARGIN
  return at >= from + MARGIN && end - at >= LEAST ? end : undefined
}

/** What is repeated; `to` null: until the end. */
export interface Loop {
  from: number
  to: number | null
}
export const wholeLoop: Loop = { from: 0, to: null }
/** A passage shorter than this cannot be followed. */
const SHORTEST_LOOP = 0.5

/** The loop with another beginning or end; the other mark moves out of the way. */
export function loopWith(loop: Loop, mark: 'from' | 'to', at: number): Loop {
  if (mark === 'from') return { from: at, to: loop.to !== null && loop.to - at < SHORTEST_LOOP ? null : loop.to }
  return { from: at - loop.from < SHORTEST_LOOP ? 0 : loop.from, to: Math.max(SHORTEST_LOOP, at) }
}

/** Whether playing on from `before` to `now` ran over the loop's end; a seek beyond it does not. */
export const isLoopOver = ({ to }: Loop, before: number, now: number) => to !== null && before < to && now >= to
