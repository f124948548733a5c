import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createMediaReader, createMediaTable, type MediaEntry } from '../../../main/store/media-table.ts'
import { migrate } from '../../../main/store/migrate.ts'
import { appMigrations } from '../../../main/store/migrations/index.ts'
import { openDatabase, type Connection } from '../../../main/store/open-database.ts'
import { createReplica } from '../../../main/store/replica.ts'
import { callFacts, recordingSid } from '../kit/history.ts'
import { recordedSql } from '../../../bench/kit/recorded-sql.ts'

let folder: string
let db: Connection
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'linekeeper-media-'))
  db = openDatabase(path.join(folder, 'app.db'))
})
afterEach(() => {
  db.close()
  rmSync(folder, { recursive: true })
})

const sid = recordingSid('c1')
const entry: MediaEntry = {
  sid,
  callId: 'c1',
  file: `${sid}-1`,
  bytes: 1000,
  durationSeconds: 2.5,
  channels: 2,
  cachedAt: '2026-11-21T10:00:00.000Z',
  playedAt: '2026-11-21T10:00:00.000Z',
}
const call = (callId: string, more: object = {}) => callFacts({ callId, isRecorded: true, ...more })

test('a file of before recordings were kept has its calls and their recordings still', () => {
  migrate(
    db,
    appMigrations.filter(({ id }) => id < 60),
  )
  db.exec(`insert into calls (call_id, direction, outcome, party_kind, started_at)
    values ('c1', 'incoming', 'voicemail', 'withheld', '2026-11-21T10:00:00.000Z')`)
  db.exec(`insert into recordings (call_id, position, sid, source, status, duration_seconds)
    values ('c1', 0, '${sid}', 'RecordVerb', 'completed', 3)`)
  migrate(db, appMigrations)
  expect(createMediaReader(db).mediaRecording(sid)).toMatchObject({ sid, callId: 'c1', place: 'kept', status: 'completed', isVoicemail: 1 })
  expect(createMediaReader(db).mediaEntries()).toEqual([])
  expect(createMediaReader(db).mediaWanted('2026-11-20T00:00:00.000Z', 5)).toEqual([sid])
  migrate(db, appMigrations) // nothing is left to do
})

test('what is kept comes back, the one played longest ago first, and is forgotten by its file', () => {
  migrate(db, appMigrations)
  const [table, reader] = [createMediaTable(db), createMediaReader(db)]
  const other = { ...entry, sid: recordingSid('c2'), callId: 'c2', file: 'other' }
  table.keepMedia(entry)
  table.keepMedia(other)
  table.playedMedia(sid, '2026-11-22T10:00:00.000Z')
  expect(reader.mediaEntries().map((one) => one.sid)).toEqual([other.sid, sid])
  expect(reader.mediaEntry(sid)).toEqual({ ...entry, playedAt: '2026-11-22T10:00:00.000Z' })
  table.keepMedia({ ...entry, file: 'again' }) // fetched again, while somebody still drops the old one
  table.forgetMedia([entry])
  expect(reader.mediaEntry(sid)?.file).toBe('again')
  table.forgetMedia([{ sid, file: 'again' }, other])
  expect(reader.mediaEntries()).toEqual([])
})

test('what may no longer be heard is named: gone, in the trash, deleted', () => {
  migrate(db, appMigrations)
  const replica = createReplica(db)
  const reader = createMediaReader(db)
  for (const callId of ['c1', 'c2', 'c3']) {
    replica.observe(callId, call(callId))
    replica.keepMedia({ ...entry, sid: recordingSid(callId), callId, file: callId })
    replica.putPosition(recordingSid(callId), callId, 3)
  }
  replica.keepMedia({ ...entry, sid: `RE${'9'.repeat(32)}`, callId: 'never', file: 'never' })
  db.exec(`update recording_list set place = 'trash' where call_id = 'c2'`)
  db.exec(`update recording_list set place = 'deleted' where call_id = 'c3'`)
  expect(
    reader
      .mediaGone()
      .map((one) => one.file)
      .toSorted(),
  ).toEqual(['c2', 'c3', 'never'])
  replica.snapshotBegin()
  replica.snapshotFinish('epoch-1', 1) // shows no call any more
  expect(reader.mediaGone()).toHaveLength(4)
  expect(db.prepare('select count(*) from playback_positions').pluck().get()).toBe(0)
  replica.wipe()
  expect(reader.mediaEntries()).toEqual([])
})

test('a position is one per recording, the last one', () => {
  migrate(db, appMigrations)
  const replica = createReplica(db)
  replica.observe('c1', call('c1'))
  replica.putPosition(sid, 'c1', 3)
  replica.putPosition(sid, 'c1', 1.5)
  replica.observe('c1', [{ subject: 'call', field: 'ringSeconds', value: 9, source: 'relay', at: entry.cachedAt }])
  expect(db.prepare('select seconds from playback_positions').pluck().all()).toEqual([1.5])
})

test('what may no longer be heard is looked up one by one, not by a walk of all recordings', () => {
  migrate(db, appMigrations)
  const plans: string[] = []
  createMediaReader(
    recordedSql(db, ({ sql, values }) => {
      const plan = db.prepare<unknown[], { detail: string }>(`explain query plan ${sql}`).all(...values)
      plans.push(...plan.map(({ detail }) => detail))
    }),
  ).mediaGone()
  expect(plans).toContain('SEARCH listed USING PRIMARY KEY (sid=?)')
  expect(plans.filter((detail) => detail.startsWith('SCAN'))).toEqual(['SCAN media_cache'])
})
