/** Tags a call may have at most. */
export const MOST_TAGS = 20

/**
 * Tags after an edit made upon `base`: what it added is there, what it removed is not, and what others did meanwhile stays. Edits of different
 * tags commute, and the same edit twice is one. Sorted by code unit; may be longer than a call may have. Pure.
 */
export function mergeTags(current: readonly string[], base: readonly string[], value: readonly string[]): string[] {
  const removed = new Set(base.filter((tag) => !value.includes(tag)))
  const added = value.filter((tag) => !base.includes(tag))
  const kept = current.filter((tag) => !removed.has(tag))
  return [...new Set([...kept, ...added])].toSorted((a, b) => (a < b ? -1 : 1))
}
