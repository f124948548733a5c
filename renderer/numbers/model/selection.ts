/** Chosen numbers, and the one from which Shift extends. */
export interface Selection {
  chosen: ReadonlySet<string>
  anchor: string | null
}
export const nothing: Selection = { chosen: new Set(), anchor: null }

/** Adds it, or takes it away. */
export function toggle({ chosen }: Selection, number: string): Selection {
  const next = new Set(chosen)
  if (!next.delete(number)) next.add(number)
  return { chosen: next, anchor: number }
}

/** Adds everything from the anchor to `number`, both included, in the order shown. Without a visible anchor: `number` alone. */
export function extend({ chosen, anchor }: Selection, number: string, shown: readonly string[]): Selection {
  const to = shown.indexOf(number)
  const from = anchor === null ? -1 : shown.indexOf(anchor)
  const range = from < 0 || to < 0 ? [number] : shown.slice(Math.min(from, to), Math.max(from, to) + 1)
  return { chosen: new Set([...chosen, ...range]), anchor: from < 0 ? number : anchor }
}

/** All that is shown; when all of it is chosen already, nothing. */
export const toggleAll = ({ chosen }: Selection, shown: readonly string[]): Selection =>
  shown.length > 0 && shown.every((one) => chosen.has(one)) ? nothing : { chosen: new Set(shown), anchor: shown[0] ?? null }

/** What is chosen and still there: a released number must not be in the next bulk change. The same object when all are. */
export function keepKnown(selection: Selection, isKnown: (number: string) => boolean): Selection {
  const gone = [...selection.chosen].filter((one) => !isKnown(one))
  if (gone.length === 0) return selection
  const chosen = new Set([...selection.chosen].filter((one) => isKnown(one)))
  return { chosen, anchor: selection.anchor !== null && isKnown(selection.anchor) ? selection.anchor : null }
}
