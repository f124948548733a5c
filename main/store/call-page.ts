import type { CallFilter, CallsPage, SearchHit } from '../../contract/history.ts'
import { expressionOf, queryOf, quoted, type CallQuery, type Condition } from './call-filter.ts'
import { matchOf } from './call-hits.ts'
import { createCallItems } from './call-item.ts'
import { createCallNames } from './call-names.ts'
import { createCallSearch, type SoughtPart, type Way } from './call-search.ts'
import { createCallReader } from './call-table.ts'
import { typedParts } from './call-text.ts'
import { marks } from './call-words.ts'
import type { Connection } from './open-database.ts'

/** What is asked for: a filter, and a text typed by somebody who is at home in `country` (ISO 3166). */
export interface CallQuestion {
  filter?: CallFilter | undefined
  text?: string | undefined
  country: string
}

/** One list of calls, newest first; what is found is in any of several. */
interface Branch {
  index: string | undefined
  rows: Condition[]
  isSeek: boolean
}

/** More parts with two ways each are looked at row by row: of eight lists every one is short. */
const MOST_BRANCHES = 8

/** By index or by row, without a list of its own. */
function asCondition(ways: readonly Way[]): Condition {
  const all = ways.map(
    ({ index, row }): Condition =>
      row ?? { sql: 'c.sort_key in (select rowid from call_docs where call_docs match ?)', values: [index ?? ''] },
  )
  return { sql: `(${all.map(({ sql }) => sql).join(' or ')})`, values: all.flatMap(({ values }) => values) }
}

/** All ways of all parts, as lists. Pure. */
function branchesOf(query: CallQuery, parts: readonly SoughtPart[]): Branch[] {
  let combined: Way[][] = [[]]
  for (const { ways } of parts) {
    const choices: readonly Way[] = combined.length * ways.length > MOST_BRANCHES ? [{ row: asCondition(ways) }] : ways
    combined = combined.flatMap((chosen) => choices.map((way) => [...chosen, way]))
  }
  return combined.map((ways) => ({
    index: expressionOf([...query.index, ...ways.flatMap(({ index }) => (index === undefined ? [] : [index]))], query.without),
    rows: [...query.rows, ...ways.flatMap(({ row }) => (row ? [row] : []))],
    isSeek: ways.some((way) => way.isSeek),
  }))
}

function sqlOf({ index, rows, isSeek }: Branch): string {
  const conditions = rows.map(({ sql }) => ` and ${sql}`).join('')
  if (index === undefined) {
    const by = isSeek ? 'calls_by_party' : 'calls_by_key'
    return `select c.sort_key from calls as c indexed by ${by} where c.sort_key >= ? and c.sort_key < ?${conditions} order by c.sort_key desc limit ?`
  }
  const from = rows.length > 0 ? 'call_docs as d cross join calls as c on c.sort_key = d.rowid' : 'call_docs as d'
  return `select d.rowid from ${from} where d.rowid >= ? and d.rowid < ? and d.call_docs match ?${conditions} order by d.rowid desc limit ?`
}

const newestFirst = (a: number, b: number) => b - a

/** Keys of the calls that answer a question, newest first. */
function createCallKeys(db: Connection) {
  const sought = createCallSearch(db, createCallNames(db))
  const prepared = new Map<string, ReturnType<typeof prepare>>()
  const prepare = (sql: string) => db.prepare<(string | number)[], number>(sql).pluck()
  function statement(sql: string) {
    const known = prepared.get(sql)
    if (known) return known
    if (prepared.size >= 100) prepared.clear() // as many forms as there are combinations of filters; most are asked for once
    const made = prepare(sql)
    prepared.set(sql, made)
    return made
  }
  return {
    /** The parts of a text; undefined: nothing was typed. */
    parts: ({ text, country }: CallQuestion): SoughtPart[] | undefined => typedParts(text ?? '', country)?.map(sought),
    /** Those older than `before`, at most `limit`; with a property that they must have, as a word of the index. */
    keys: (
      filter: CallFilter,
      parts: readonly SoughtPart[] | undefined,
      before: number | undefined,
      limit: number,
      only?: string,
    ): number[] => {
      if (parts?.length === 0) return [] // only signs were typed, which nothing has
      const query = queryOf(filter)
      if (only !== undefined) query.index.push(quoted(only))
      const below = Math.min(query.below, before ?? Number.MAX_SAFE_INTEGER)
      const lists = branchesOf(query, parts ?? []).map((branch) =>
        statement(sqlOf(branch)).all(
          query.least,
          below,
          ...(branch.index === undefined ? [] : [branch.index]),
          ...branch.rows.flatMap(({ values }) => values),
          limit,
        ),
      )
      return lists.length === 1 ? (lists[0] ?? []) : [...new Set(lists.flat())].toSorted(newestFirst).slice(0, limit)
    },
  }
}

/** Where the next page begins: `next` of the page before, as the store has made it. */
const keyOfCursor = (after: string | undefined) => (after === undefined ? undefined : Number(after))

/** Lists of calls: newest first, by key, so that a new call does not shift what follows. Read only. */
export function createCallPages(db: Connection) {
  const { keys, parts } = createCallKeys(db)
  const stored = createCallReader(db)
  const shape = createCallItems(db)
  /** Rows of a page, and where the next one begins. */
  function rows(found: readonly number[], limit: number): { items: ReturnType<typeof shape.items>; next: string | null } {
    const shown = found.slice(0, limit)
    const items = shape.items(stored.at(shown))
    const last = shown.at(-1)
    return { items, next: found.length > limit && last !== undefined ? String(last) : null }
  }
  return {
    /** `after`: the `next` of the page before. */
    page: (limit: number, after?: string, filter: CallFilter = {}): CallsPage => {
      const { items, next } = rows(keys(filter, undefined, keyOfCursor(after), limit + 1), limit)
      return { calls: items.map(({ item }) => item), next }
    },
    search: (question: CallQuestion, limit: number, after?: string): { hits: SearchHit[]; next: string | null } => {
      const sought = parts(question)
      const { items, next } = rows(keys(question.filter ?? {}, sought, keyOfCursor(after), limit + 1), limit)
      return { hits: items.map(({ item, records }) => ({ call: item, ...matchOf(item, records, sought ?? []) })), next }
    },
    /** Of the calls that have a recording in this place: at most `limit` calls. From the index, however few of either there are. */
    withRecordings(
      question: CallQuestion,
      place: 'kept' | 'trash',
      limit: number,
      after?: string,
    ): { callIds: string[]; next: string | null } {
      const found = keys(question.filter ?? {}, parts(question), keyOfCursor(after), limit + 1, marks.listed(place))
      const { items, next } = rows(found, limit)
      return { callIds: items.map(({ item }) => item.callId), next }
    },
    /** How many there are from `after` on, up to `most`; and where to go on. Counting a million takes a second: ask for some at a time. */
    count: (question: CallQuestion, most: number, after?: string): { count: number; next: string | null } => {
      const found = keys(question.filter ?? {}, parts(question), keyOfCursor(after), most)
      return { count: found.length, next: found.length < most ? null : String(found.at(-1)) }
    },
  }
}
