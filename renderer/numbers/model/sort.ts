import type { HealthLevel, NumberState, Row } from './row.ts'

export const sortKeys = ['number', 'name', 'owners', 'state', 'place', 'capabilities', 'lastUsed', 'used', 'monthly', 'health'] as const
export type SortKey = (typeof sortKeys)[number]
export interface Sort {
  by: SortKey
  isDescending: boolean
}

const stateOrder: Record<NumberState, number> = { active: 0, inactive: 1, held: 2, missing: 3, left: 4 }
/** Worst first: that is what one looks for. */
const healthOrder: Record<HealthLevel, number> = { bad: 0, warning: 1, unknown: 2, good: 3 }

const capabilityCount = ({ number: { capabilities } }: Row) => (capabilities ? Object.values(capabilities).filter(Boolean).length : 0)
/** Only for order within one currency: what is shown and added stays a decimal string. */
const amountOf = ({ number: { monthly } }: Row) => Number(monthly?.amount ?? 0)

const keyOf: Record<Exclude<SortKey, 'monthly'>, (row: Row) => string | number> = {
  number: (row) => row.number.phoneNumber,
  name: (row) => row.nameKey,
  owners: (row) => row.ownerKey,
  state: (row) => stateOrder[row.number.state],
  place: (row) => row.placeKey,
  capabilities: capabilityCount,
  lastUsed: (row) => row.number.lastUsedAt ?? '',
  used: (row) => row.number.calls30,
  health: (row) => healthOrder[row.number.health],
}
/** Numbers without it stand at the end, whichever way it is sorted. */
const isBlank: Partial<Record<SortKey, (row: Row) => boolean>> = {
  owners: (row) => row.ownerKey === '',
  place: (row) => row.placeKey === '',
  lastUsed: (row) => row.number.lastUsedAt === null,
  monthly: (row) => row.number.monthly === null,
}

const compare = (a: string | number, b: string | number) => (a < b ? -1 : a > b ? 1 : 0)
const byNumber = (a: Row, b: Row) => compare(a.number.phoneNumber, b.number.phoneNumber)
/** Currencies are kept apart: there is no order between their amounts. */
const byMonthly = (a: Row, b: Row) =>
  compare(a.number.monthly?.currency ?? '', b.number.monthly?.currency ?? '') || amountOf(a) - amountOf(b)

/** A sorted copy; equal rows are ordered by number. Pure. */
export function sortRows(rows: readonly Row[], { by, isDescending }: Sort): Row[] {
  const blank = isBlank[by]
  const key = by === 'monthly' ? undefined : keyOf[by]
  const up = key ? (a: Row, b: Row) => compare(key(a), key(b)) : byMonthly
  const sign = isDescending ? -1 : 1
  return rows.toSorted((a, b) => {
    const blanks = blank ? Number(blank(a)) - Number(blank(b)) : 0
    return blanks || sign * up(a, b) || byNumber(a, b)
  })
}

/** What a click on a header makes of the order: itself first, then the other way. Cost and use begin with the most. */
export function nextSort(sort: Sort, by: SortKey): Sort {
  if (sort.by === by) return { by, isDescending: !sort.isDescending }
  return { by, isDescending: by === 'used' || by === 'monthly' || by === 'lastUsed' }
}
