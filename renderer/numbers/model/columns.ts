import type { SortKey } from './sort.ts'

/** A column, its width in px, and how early it is given up when there is no room (higher = earlier). */
interface Column {
  key: SortKey
  width: number
  rank: number
  isRight?: boolean
}

/** In the order shown. `name` takes what is left over. */
const all: readonly Column[] = [
  { key: 'number', width: 150, rank: 0 },
  { key: 'name', width: 120, rank: 1 },
  { key: 'owners', width: 84, rank: 4 },
  { key: 'state', width: 84, rank: 2 },
  { key: 'capabilities', width: 92, rank: 9 },
  { key: 'place', width: 130, rank: 7 },
  { key: 'lastUsed', width: 88, rank: 8 },
  { key: 'used', width: 112, rank: 6 },
  { key: 'monthly', width: 88, rank: 5, isRight: true },
  { key: 'health', width: 92, rank: 3 },
]

const CHECK_WIDTH = 36
const GAP = 12
/** Below this a row is a card of two lines. */
const CARD_WIDTH = 560

/** What only managers are told: Twilio's word, money, and checks of both. */
const managersOnly: ReadonlySet<SortKey> = new Set(['capabilities', 'monthly', 'health'])

/** The columns that fit into a list `width` px wide and may be seen; none: a card. 0 = not known yet, taken for wide. */
export function columnsFor(width: number, isManager = true): readonly Column[] {
  if (width > 0 && width < CARD_WIDTH) return []
  let room = (width || 1400) - CHECK_WIDTH - 24
  const kept = new Set<SortKey>()
  const seen = all.filter(({ key }) => isManager || !managersOnly.has(key))
  for (const column of seen.toSorted((a, b) => a.rank - b.rank)) {
    room -= column.width + GAP
    if (room >= 0) kept.add(column.key)
    else break
  }
  return all.filter(({ key }) => kept.has(key))
}

/** As `grid-template-columns`; the first one holds the tick, where there is one. */
export function gridOf(columns: readonly Column[], hasTick: boolean): string {
  const tick = hasTick ? [`${CHECK_WIDTH}px`] : []
  if (columns.length === 0) return [...tick, 'minmax(0, 1fr)'].join(' ')
  return [...tick, ...columns.map(({ key, width }) => (key === 'name' ? `minmax(${width}px, 1fr)` : `${width}px`))].join(' ')
}
