/** A page of a list, newest first, under its own name; `next` continues it. */
export type Page<N extends string, T> = { [K in N]: T[] } & { next: string | null }

/** After every place there is: where a list begins. */
const START = { at: '~', id: '' }

/** The place a cursor stands for: of the last row of the page before. One that is not ours begins anew. */
export function placeAfter(cursor: string | undefined): { at: string; id: string } {
  const cut = cursor?.indexOf('~') ?? -1
  return cursor === undefined || cut < 0 ? START : { at: cursor.slice(0, cut), id: cursor.slice(cut + 1) }
}

/** What of one row more than wanted is shown, and the cursor of the rest. */
export function cutPage<R>(rows: readonly R[], limit: number, place: (row: R) => readonly [string, string]) {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return { shown, next: rows.length > limit && last ? place(last).join('~') : null }
}
