import SQLite from 'better-sqlite3'
import { Compile } from 'typebox/compile'
import { expect, test } from 'vitest'
import { eventPayloads } from '../../../contract/event.ts'
import { plainDetails } from '../../../contract/number.ts'
import { migration as numbers } from '../../../relay/database/migrations/0210-numbers.ts'
import { migrations } from '../../../relay/database/migrations/index.ts'
import { migrate } from '../../../relay/database/migrate.ts'

const SID = `PN${'1'.repeat(32)}`
/** A file of before numbers had details: two numbers, one of them assigned, and the log that told of them. */
function older() {
  const db = new SQLite(':memory:')
  migrate(
    db,
    migrations.filter((one) => one.version < numbers.version),
  )
  db.exec(`
    INSERT INTO users (user_id, name, role, created_at) VALUES ('u1', 'Ada', 'manager', 'then');
    INSERT INTO numbers (phone_number, sid, name, is_active) VALUES ('+14155550100', '${SID}', 'Main', 1), ('+14155550111', NULL, 'Old', 0);
    INSERT INTO number_users (phone_number, user_id, position) VALUES ('+14155550100', 'u1', 0);
  `)
  const event = db.prepare("INSERT INTO events (at, type, payload, audience) VALUES ('then', ?, ?, 'managers')")
  event.run('number.changed', JSON.stringify({ phoneNumber: '+14155550100', numberName: 'Main', isActive: true, userIds: ['u1'] }))
  event.run('number.changed', JSON.stringify({ phoneNumber: '+14155550111', numberName: 'Old', isActive: false, userIds: [] }))
  event.run('security.rejected', JSON.stringify({ what: 'x' }))
  return db
}

test('numbers of an older file keep what they had and get plain details; the log’s events too', () => {
  const db = older()
  migrate(db)
  expect(db.prepare('SELECT phone_number, sid, name, is_active, ring_mode, is_recorded, notes, left_at FROM numbers').all()).toEqual([
    {
      phone_number: '+14155550100',
      sid: SID,
      name: 'Main',
      is_active: 1,
      ring_mode: 'simultaneous',
      is_recorded: 0,
      notes: '',
      left_at: null,
    },
    {
      phone_number: '+14155550111',
      sid: null,
      name: 'Old',
      is_active: 0,
      ring_mode: 'simultaneous',
      is_recorded: 0,
      notes: '',
      left_at: null,
    },
  ])
  expect(db.prepare('SELECT user_id FROM number_users').all()).toEqual([{ user_id: 'u1' }])
  const payloads = db.prepare<[], { payload: string }>('SELECT payload FROM events ORDER BY seq').all()
  expect(payloads.map(({ payload }) => JSON.parse(payload) as unknown)).toEqual([
    { phoneNumber: '+14155550100', numberName: 'Main', isActive: true, userIds: ['u1'], sid: SID, details: plainDetails() },
    { phoneNumber: '+14155550111', numberName: 'Old', isActive: false, userIds: [], sid: null, details: plainDetails() },
    { what: 'x' },
  ])
  const replayed = payloads.slice(0, 2).map(({ payload }) => Compile(eventPayloads['number.changed']).Check(JSON.parse(payload)))
  expect(replayed).toEqual([true, true])
  expect(db.pragma('foreign_key_check')).toEqual([])
  db.close()
})
