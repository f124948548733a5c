import type { Row } from './row.ts'

export const groupings = ['none', 'country', 'owner', 'state'] as const
export type Grouping = (typeof groupings)[number]

/** What the list shows, top to bottom: headings and rows. `key` tells them apart; a number of two owners stands in both groups. */
export type Item =
  { kind: 'group'; key: string; value: string; count: number; isOpen: boolean } | { kind: 'row'; key: string; row: Row; index: number }

const valuesOf: Record<Exclude<Grouping, 'none'>, (row: Row) => readonly string[]> = {
  country: ({ number }) => [number.country ?? ''],
  owner: ({ number }) => (number.userIds.length === 0 ? [''] : number.userIds),
  state: ({ number }) => [number.state],
}

/**
 * Rows under headings, in their order; groups in the order of `label`, the one of '' (nobody, unknown) last. `closed` groups show
 * their heading only. Pure.
 */
export function groupRows(rows: readonly Row[], by: Grouping, label: (value: string) => string, closed: ReadonlySet<string>): Item[] {
  if (by === 'none') return rows.map((row, index) => ({ kind: 'row', key: row.number.phoneNumber, row, index }))
  const groups = new Map<string, Row[]>()
  for (const row of rows)
    for (const value of valuesOf[by](row)) {
      const group = groups.get(value)
      if (group) group.push(row)
      else groups.set(value, [row])
    }
  const order = [...groups.keys()].toSorted((a, b) => Number(a === '') - Number(b === '') || label(a).localeCompare(label(b)))
  const items: Item[] = []
  let index = 0
  for (const value of order) {
    const group = groups.get(value) ?? []
    const isOpen = !closed.has(value)
    items.push({ kind: 'group', key: `group ${value}`, value, count: group.length, isOpen })
    if (!isOpen) continue
    for (const row of group) items.push({ kind: 'row', key: `${value} ${row.number.phoneNumber}`, row, index: index++ })
  }
  return items
}
