import { mkdirSync } from 'node:fs'
import path from 'node:path'
import SQLite from 'better-sqlite3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { migrate } from '../../../relay/database/migrate.ts'
import { migrations } from '../../../relay/database/migrations/index.ts'
import { openDatabase } from '../../../relay/database/open.ts'
import { temporaryFolder } from '../kit.ts'

let place: ReturnType<typeof temporaryFolder>
beforeEach(() => void (place = temporaryFolder()))
afterEach(() => place.remove())

// What a file of each age has, and what must be left of it.
const seeds: Record<number, { insert: string; select: string }> = {
  10: {
    insert: `INSERT INTO meta (name, value) VALUES ('epoch', 'kept');
      INSERT INTO events (seq, at, type, payload, audience) VALUES (7, 'then', 'security.rejected', '{"what":"x"}', 'users');
      INSERT INTO event_audience (user_id, seq) VALUES ('u1', 7);
      INSERT INTO commands (user_id, command_id, status, code, applied_at) VALUES ('u1', 'c1', 'refused', 'forbidden', 'then')`,
    select: `SELECT value, seq, at, type, payload, audience, a.user_id, command_id, status, code
      FROM meta, events JOIN event_audience a USING (seq), commands WHERE name = 'epoch'`,
  },
  20: {
    insert: "INSERT INTO users (user_id, name, role, created_at) VALUES ('u1', 'Ada', 'manager', 'then')",
    select: 'SELECT user_id, name, role, is_active FROM users',
  },
  210: {
    insert: `INSERT INTO numbers (phone_number, sid, name, ring_mode, is_recorded, notes, left_at) VALUES ('+1', 'PN1', 'Main', 'sequential', 1, 'n', 't');
      INSERT INTO number_holds (phone_number, until, message, at, by_user_id) VALUES ('+1', 'then', 'Moved', 'now', 'u1');
      INSERT INTO number_origins (phone_number, at, monthly_amount, monthly_currency, place) VALUES ('+1', 'then', '1.15', 'USD', 'Austin, TX');
      INSERT INTO number_tags (phone_number, position, tag) VALUES ('+1', 0, 'desk');
      INSERT INTO number_defaults (user_id, phone_number) VALUES ('u1', '+1');
      INSERT INTO number_past_users (phone_number, user_id, ended_at) VALUES ('+1', 'u1', 'then');
      INSERT INTO audit (audit_id, at, user_id, user_name, action, subject, before, after) VALUES (7, 'then', 'u1', 'Ada', 'x', '+1', '{}', '{"a":1}')`,
    select: `SELECT name, ring_mode, is_recorded, notes, left_at, until, message, monthly_amount, place, tag, d.user_id, ended_at, audit_id, after
      FROM numbers n JOIN number_holds USING (phone_number) JOIN number_origins USING (phone_number) JOIN number_tags USING (phone_number)
      JOIN number_defaults d USING (phone_number) JOIN number_past_users USING (phone_number) JOIN audit ON subject = n.phone_number`,
  },
  110: {
    insert: "INSERT INTO calls (call_id, our_number, started_at, talk_seconds) VALUES ('c1', '+14155550100', 'then', 60)",
    select: "SELECT call_id, talk_seconds FROM calls WHERE our_number = '+14155550100' AND started_at > '' AND merged_into IS NULL",
  },
  220: {
    insert: `INSERT INTO purchases (intent_id, phone_number, country, type, state, by_user_id, at, updated_at)
        VALUES ('i1', '+14155550177', 'US', 'local', 'requested', 'u1', 'then', 'then');
      INSERT INTO purchase_users (intent_id, user_id, position) VALUES ('i1', 'u1', 0)`,
    select: 'SELECT phone_number, state, lease_until, u.user_id FROM purchases JOIN purchase_users u USING (intent_id)',
  },
  230: {
    insert: `INSERT INTO number_snapshots (phone_number, sid, baseline_raw, baseline_at, seen_raw, seen_at, is_listed)
      VALUES ('+14155550100', 'PN1', '{"voiceUrl":"ours"}', 'then', '{"voiceUrl":"theirs"}', 'now', 1)`,
    select: 'SELECT * FROM number_snapshots',
  },
  240: {
    insert: "INSERT INTO number_fallbacks (phone_number, at) VALUES ('+14155550100', 'then')",
    select: 'SELECT * FROM number_fallbacks',
  },
}

test.each(migrations.map((one, index) => [one.version, index] as const))(
  'a file of before migration %i keeps its data and comes up to date',
  (_version, index) => {
    const file = path.join(place.folder, 'old.db')
    const old = new SQLite(file)
    const done = migrations.slice(0, index)
    migrate(old, done)
    const seeded = done.flatMap((one) => seeds[one.version] ?? [])
    for (const { insert } of seeded) old.exec(insert)
    const before = seeded.map(({ select }) => old.prepare(select).all())
    old.close()
    const db = openDatabase(file)
    expect(db.pragma('user_version', { simple: true })).toBe(migrations.at(-1)?.version)
    expect(seeded.map(({ select }) => db.prepare(select).all())).toEqual(before)
    expect(seeded.filter(({ select }) => db.prepare(select).all().length !== 1)).toEqual([])
    db.close()
  },
)

test('a file of a newer relay is refused with a sentence and left alone', () => {
  const file = path.join(place.folder, 'newer.db')
  openDatabase(file).close()
  const newer = new SQLite(file)
  newer.pragma('user_version = 9990')
  newer.close()
  expect(() => openDatabase(file)).toThrow('newer relay (9990')
})

test('a migration that fails leaves the version it had', () => {
  const db = new SQLite(':memory:')
  const broken = {
    version: 9000,
    up: (one: { exec(sql: string): unknown }) => void one.exec('CREATE TABLE half (a TEXT) STRICT; CREATE TABLE nonsense ('),
  }
  expect(() => migrate(db, [...migrations, broken])).toThrow('incomplete input')
  expect(db.pragma('user_version', { simple: true })).toBe(migrations.at(-1)?.version)
  expect(db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'half'").get()).toBeUndefined()
})

test('the database survives power cuts and is its owner’s alone', () => {
  mkdirSync(path.join(place.folder, 'sub'))
  const db = openDatabase(path.join(place.folder, 'sub', 'relay.db'))
  expect(db.pragma('synchronous', { simple: true })).toBe(2)
  expect(db.pragma('journal_mode', { simple: true })).toBe('wal')
  db.close()
})
