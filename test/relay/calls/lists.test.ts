import SQLite from 'better-sqlite3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { CallFact } from '../../../contract/call.ts'
import { createCallPages } from '../../../relay/calls/queries.ts'
import { createCallStore } from '../../../relay/calls/store.ts'
import { migration as lists } from '../../../relay/database/migrations/0345-lists.ts'
import { migrate } from '../../../relay/database/migrate.ts'
import { migrations } from '../../../relay/database/migrations/index.ts'
import { sidOf } from './bench.ts'

const clock = { now: () => new Date('2026-11-21T10:00:00.000Z') }
const boss = { userId: 'boss', role: 'manager' } as const
const ada = { userId: 'ada', role: 'staff' } as const
const kim = { userId: 'kim', role: 'staff' } as const
let db: SQLite.Database
beforeEach(() => {
  db = new SQLite(':memory:')
  migrate(db)
})
afterEach(() => db.close())

const startOf = (n: number) => new Date(Date.UTC(2026, 10, 21, 10, n)).toISOString()
const fact = (subject: string, field: string, value: CallFact['value'], source: CallFact['source'] = 'rest'): CallFact => ({
  subject,
  field,
  value,
  source,
  at: startOf(0),
})
/** Call `n` began at minute `n`, was recorded at once, and every third is Ada's. */
function fill(count: number) {
  const store = createCallStore(db, clock)
  for (let n = 1; n <= count; n++) {
    const rec = `rec:${sidOf('RE', n)}`
    const call = [
      fact('call', 'direction', 'incoming'),
      fact('call', 'startedAt', startOf(n)),
      fact(`leg:${sidOf('CA', n)}`, 'from', '+15005551234'),
    ]
    store.apply(
      `c${n}`,
      [...call, fact(rec, 'legSid', sidOf('CA', n)), fact(rec, 'startedAt', startOf(n))],
      n % 3 === 0 ? ['ada'] : ['kim'],
    )
  }
  return store
}

test('no page of a list, whoever asks, is found by looking at all, or sorted as a whole', () => {
  const asked: string[] = []
  createCallPages({
    prepare(sql: string) {
      asked.push(sql)
      return db.prepare(sql)
    },
  })
  const plans = asked.map((sql) => {
    const values = Array.from({ length: sql.split('?').length - 1 }, () => 'a')
    return (db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values) as { detail: string }[]).map((step) => step.detail)
  })
  expect(plans).toHaveLength(6)
  expect(plans.flat().filter((step) => step.startsWith('SCAN') || step === 'USE TEMP B-TREE FOR ORDER BY')).toEqual([])
})

test('page after page, everybody gets what is theirs, once and in order', () => {
  const store = fill(20)
  for (const [viewer, numbers] of [
    [boss, Array.from({ length: 20 }, (_, n) => 20 - n)],
    [ada, [18, 15, 12, 9, 6, 3]],
    [kim, [20, 19, 17, 16, 14, 13, 11, 10, 8, 7, 5, 4, 2, 1]],
  ] as const) {
    const [calls, recordings, ids]: [string[], string[], string[]] = [[], [], []]
    for (let after: string | undefined | null; after !== null;) {
      const page = store.page(viewer, { limit: 4, after })
      calls.push(...page.calls.map((one) => one.callId))
      after = page.next
    }
    for (let after: string | undefined | null; after !== null;) {
      const page = store.recordingsPage(viewer, { limit: 4, after })
      recordings.push(...page.recordings.map((one) => one.sid))
      after = page.next
    }
    for (let after: string | undefined | null; after !== null;) {
      const page = store.snapshotPage(viewer, after, 4)
      ids.push(...page.rows.map((one) => one.callId))
      after = page.next
    }
    expect(calls).toEqual(numbers.map((n) => `c${n}`))
    expect(recordings).toEqual(numbers.map((n) => sidOf('RE', n)))
    expect(ids).toEqual(calls.toSorted())
  }
})

test('a call that turns out to have begun at another time takes its place', () => {
  const store = fill(6)
  store.apply('c3', [fact('call', 'startedAt', startOf(30), 'webhook')])
  expect(store.page(ada, { limit: 9 }).calls.map((one) => one.callId)).toEqual(['c3', 'c6'])
})

test('a file from before: what was somebody’s is found in order', () => {
  const old = new SQLite(':memory:')
  migrate(
    old,
    migrations.filter((one) => one.version < lists.version),
  )
  const insert = old.prepare('INSERT INTO calls (call_id, direction, started_at) VALUES (?, ?, ?)')
  for (const n of [2, 1, 3]) insert.run(`c${n}`, 'incoming', startOf(n))
  old.exec(`INSERT INTO call_viewers SELECT call_id, 'ada' FROM calls`)
  migrate(old)
  expect(createCallPages(old).calls(ada, { limit: 9 }).ids).toEqual(['c3', 'c2', 'c1'])
  old.close()
})
