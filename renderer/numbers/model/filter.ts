import { isDueAt } from './due.ts'
import { searchWords, type Row } from './row.ts'

/** What a list is narrowed to; an empty list of a kind narrows nothing. '' as an owner means nobody. */
export interface Filter {
  query: string
  states: readonly string[]
  owners: readonly string[]
  countries: readonly string[]
  health: readonly string[]
  capabilities: readonly string[]
  /** Any of them. */
  tags: readonly string[]
}
export const noFilter: Filter = { query: '', states: [], owners: [], countries: [], health: [], capabilities: [], tags: [] }
export type FilterKind = Exclude<keyof Filter, 'query'>
export const filterKinds: readonly FilterKind[] = ['states', 'owners', 'countries', 'health', 'capabilities', 'tags']

/** Held, and the hold is over: a choice among the states, though no state of its own. */
export const DUE = 'due'

/** Numbers that left are history: shown only when they are asked for. */
const isIn = (states: readonly string[], number: Row['number'], now: number) =>
  states.length === 0 ? number.state !== 'left' : states.includes(number.state) || (states.includes(DUE) && isDueAt(number, now))
const isOwner = (owners: readonly string[], userIds: readonly string[]) =>
  owners.length === 0 || (userIds.length === 0 ? owners.includes('') : userIds.some((id) => owners.includes(id)))
const hasAll = (wanted: readonly string[], has: Row['number']['capabilities']) =>
  wanted.every((one) => has !== null && has[one as keyof typeof has])

function fits({ number }: Row, filter: Filter, now: number): boolean {
  return (
    isIn(filter.states, number, now) &&
    (filter.countries.length === 0 || filter.countries.includes(number.country ?? '')) &&
    (filter.health.length === 0 || filter.health.includes(number.health)) &&
    isOwner(filter.owners, number.userIds) &&
    hasAll(filter.capabilities, number.capabilities) &&
    (filter.tags.length === 0 || number.tags.some((tag) => filter.tags.includes(tag)))
  )
}

/** The rows that fit at `now` (ms since 1970; only what is due depends on it). Pure. */
export function filterRows(rows: readonly Row[], filter: Filter, now: number): Row[] {
  const words = searchWords(filter.query)
  return rows.filter((row) => fits(row, filter, now) && words.every((word) => row.text.includes(word)))
}

/** Whether everything that fits `now` fitted `before` already: only the query differs, and it grew at its end. */
const isNarrower = (before: Filter, now: Filter) =>
  filterKinds.every((kind) => before[kind] === now[kind]) &&
  now.query.startsWith(before.query) &&
  searchWords(before.query).every((word) => searchWords(now.query).some((one) => one.includes(word)))

/** `filterRows` that looks only through the last result while one types on. */
export function createFilter() {
  let last: { rows: readonly Row[]; filter: Filter; now: number; result: Row[] } | undefined
  return (rows: readonly Row[], filter: Filter, now: number): Row[] => {
    const from = last?.rows === rows && last.now === now && isNarrower(last.filter, filter) ? last.result : rows
    const result = filterRows(from, filter, now)
    last = { rows, filter, now, result }
    return result
  }
}

export interface Facet {
  key: string
  count: number
}
const sorted = (map: ReadonlyMap<string, number>) =>
  [...map].map(([key, count]) => ({ key, count })).toSorted((a, b) => b.count - a.count || (a.key < b.key ? -1 : 1))

/** Whether anything is narrowed at all. */
export const isFiltered = (filter: Filter) => filter.query.trim() !== '' || filterKinds.some((kind) => filter[kind].length > 0)

/** What there is to choose from of each kind, with how many numbers have it; most numerous first, then by key. */
export function facetsOf(rows: readonly Row[], now: number): Record<FilterKind, Facet[]> {
  const counts = Object.fromEntries(filterKinds.map((kind) => [kind, new Map<string, number>()])) as Record<FilterKind, Map<string, number>>
  const add = (kind: FilterKind, key: string) => counts[kind].set(key, (counts[kind].get(key) ?? 0) + 1)
  for (const { number } of rows) {
    add('states', number.state)
    if (isDueAt(number, now)) add('states', DUE)
    if (number.state === 'left') continue
    add('health', number.health)
    add('countries', number.country ?? '')
    for (const tag of number.tags) add('tags', tag)
    for (const id of number.userIds.length === 0 ? [''] : number.userIds) add('owners', id)
    for (const [name, has] of Object.entries(number.capabilities ?? {})) if (has) add('capabilities', name)
  }
  return Object.fromEntries(filterKinds.map((kind) => [kind, sorted(counts[kind])])) as Record<FilterKind, Facet[]>
}
