import SQLite from 'better-sqlite3'
import { expect, test } from 'vitest'
import { migration as calls } from '../../../relay/database/migrations/0110-calls.ts'
import { migration as reconciliation } from '../../../relay/database/migrations/0120-reconciliation.ts'
import { migration as fewerPages } from '../../../relay/database/migrations/0130-fewer-pages.ts'
import { migrate } from '../../../relay/database/migrate.ts'
import { migrations } from '../../../relay/database/migrations/index.ts'
import { createSeenWebhooks } from '../../../relay/calls/seen.ts'
import { createReconciliation } from '../../../relay/calls/reconciliation.ts'
import { createCallStore } from '../../../relay/calls/store.ts'
import { sidOf } from './bench.ts'

const clock = { now: () => new Date('2026-11-21T10:00:00.000Z') }

test('a file from before calls were kept gets their tables', () => {
  const db = new SQLite(':memory:')
  migrate(
    db,
    migrations.filter((one) => one.version < calls.version),
  )
  expect(() => createCallStore(db, clock)).toThrow('no such table')
  migrate(db)
  expect(createCallStore(db, clock).callOf(sidOf('CA', 1))).toBeUndefined()
  db.close()
})

test('a file with calls from before they were compared keeps them', () => {
  const db = new SQLite(':memory:')
  migrate(
    db,
    migrations.filter((one) => one.version < reconciliation.version),
  )
  const at = clock.now().toISOString()
  db.prepare('INSERT INTO calls (call_id, started_at) VALUES (?, ?)').run('c1', at)
  db.prepare(
    `INSERT INTO call_facts (call_id, subject, field, value, is_flag, source, at) VALUES ('c1', ?, 'from', '+15005551234', 0, 'webhook', ?)`,
  ).run(`leg:${sidOf('CA', 1)}`, at)
  migrate(db)
  expect(createCallStore(db, clock).record('c1')).toMatchObject({
    direction: 'incoming',
    party: { kind: 'number', number: '+15005551234' },
  })
  const state = createReconciliation(db)
  expect(state.runs()).toBeUndefined()
  state.succeeded('2026-11-21T10:00:00.000Z')
  state.succeeded('2026-11-21T11:00:00.000Z')
  expect(state.runs()).toEqual({ firstAt: '2026-11-21T10:00:00.000Z', lastAt: '2026-11-21T11:00:00.000Z' })
  db.close()
})

test('webhooks taken before they had one key are still known', () => {
  const db = new SQLite(':memory:')
  migrate(
    db,
    migrations.filter((one) => one.version < fewerPages.version),
  )
  const insert = db.prepare('INSERT INTO seen_webhooks VALUES (?, ?, ?, ?, ?, ?)')
  const at = clock.now().toISOString()
  insert.run('hash of a callback', sidOf('CA', 1), 'call-progress-events', 3, null, at)
  insert.run('hash of a question', sidOf('CA', 1), null, null, '<Response/>', at)
  migrate(db)
  const seen = createSeenWebhooks(db)
  expect(seen.answerOf(`${sidOf('CA', 1)} call-progress-events 3`)).toBe('')
  expect(seen.answerOf('hash of a question')).toBe('<Response/>')
  seen.prune('2027')
  expect(seen.answerOf('hash of a question')).toBeUndefined()
  db.close()
})
