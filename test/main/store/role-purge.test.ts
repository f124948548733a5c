import { rmSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { CallFact } from '../../../contract/call.ts'
import { plainDetails } from '../../../contract/number.ts'
import type { UserRecord } from '../../../contract/record.ts'
import { snapshotTables, type SnapshotTable } from '../../../contract/relay.ts'
import { migrate } from '../../../main/store/migrate.ts'
import { appMigrations } from '../../../main/store/migrations/index.ts'
import { openDatabase, type Connection } from '../../../main/store/open-database.ts'
import { createReplica, type LinkEvent, type Replica } from '../../../main/store/replica.ts'
import { newFolder } from '../kit/desktop.ts'
import { fact, incomingFacts } from '../kit/facts.ts'
import { at, note, RE, record, tags } from '../kit/records.ts'

/** A call of the workspace; staff see theirs. Each begins at its own instant, by a party of its own. */
interface Told {
  index: number
  isMine: boolean
  hasVoicemail: boolean
  isMerged: boolean
  words: readonly UserRecord[]
}

const idOf = (index: number) => `c${index}`
const sidOf = (index: number) => RE(index.toString(16))
const facts = ({ index, hasVoicemail }: Told): CallFact[] => [
  ...incomingFacts(new Date(Date.parse(at) + index * 60_000).toISOString(), `+1415555${2000 + index}`),
  fact('call', 'endedAt', new Date(Date.parse(at) + index * 60_000 + 1000).toISOString()),
  ...(hasVoicemail
    ? [
        fact(`rec:${sidOf(index)}`, 'source', 'RecordVerb', 'webhook'),
        fact(`rec:${sidOf(index)}`, 'status', 'completed', 'webhook'),
        fact(`rec:${sidOf(index)}`, 'durationSeconds', 9, 'webhook'),
      ]
    : []),
]
const told = (calls: readonly Told[]) =>
  calls.flatMap((call): { callId: string; facts: CallFact[] }[] => {
    const row = { callId: idOf(call.index), facts: facts(call) }
    const part = { callId: `part${call.index}`, facts: [...facts(call), fact('call', 'mergedInto', idOf(call.index))] }
    return call.isMerged ? [row, part] : [row]
  })

const number = (phoneNumber: string) => ({
  phoneNumber,
  numberName: phoneNumber,
  isActive: true,
  userIds: [],
  sid: null,
  details: plainDetails(),
})
const ofNumber = (phoneNumber: string): UserRecord => ({ ...record('retention', phoneNumber, null, { days: 7 }), phoneNumber })

/** What a role is shown of the workspace, by table. */
function shown(calls: readonly Told[], role: 'staff' | 'manager'): Record<SnapshotTable, unknown[]> {
  const seen = calls.filter(({ isMine }) => isMine || role === 'manager')
  return {
    calls: told(seen),
    numbers: [number('+14155550100'), ...(role === 'manager' ? [number('+14155550101')] : [])],
    users: [{ userId: 'sam', name: 'Sam', role, isActive: true }],
    devices: role === 'manager' ? [{ deviceId: 'd1', userId: 'kim', name: 'Phone', isRevoked: false }] : [],
    records: [ofNumber('+14155550100'), ...(role === 'manager' ? [ofNumber('+14155550101')] : []), ...seen.flatMap(({ words }) => words)],
  }
}

/** `piece`: so many calls are looked at in one transaction before the end; 0: all at the end. */
function take(replica: Replica, rows: Record<SnapshotTable, unknown[]>, asOf: number, piece = 0): void {
  replica.snapshotBegin()
  for (const table of snapshotTables) {
    for (const row of rows[table]) replica.snapshotRows(table, [row])
  }
  if (piece > 0) while (!replica.snapshotPurge(piece).isDone);
  replica.snapshotFinish('e1', asOf)
}

const without = new Set(['sqlite_sequence', 'directory_version', 'number_sync'])
/** Every row of every table, what full-text search keeps included. */
function everything(db: Connection): Record<string, unknown[]> {
  const tables = db.prepare<[], string>("select name from sqlite_schema where type = 'table' order by name").pluck().all()
  const own = tables.filter((name) => !without.has(name) && !/^(call_docs|call_address_parts)/.test(name) && name !== 'call_addresses')
  const terms = (index: string) => {
    db.exec(`create virtual table temp.${index}_terms using fts5vocab('main', '${index}', 'row')`)
    return db.prepare(`select term, doc, cnt from temp.${index}_terms order by term`).all()
  }
  return {
    ...Object.fromEntries(own.map((name) => [name, db.prepare(`select * from ${name} order by 1, 2`).all()])),
    words: terms('call_docs'),
    parts: terms('call_address_parts'),
    addresses: db.prepare('select address from call_addresses order by address').all(),
  }
}

const opened = (file = ':memory:') => {
  const db = openDatabase(file)
  migrate(db, appMigrations)
  return { db, replica: createReplica(db) }
}

const wordsOf = (index: number) =>
  fc.subarray<UserRecord>([
    note(`n${index}`, idOf(index), `secret ${index}`),
    tags(idOf(index), 'vip', `t${index}`),
    record('missed', idOf(index), idOf(index), { how: 'by-hand', byCallId: null }),
    record('voicemail', sidOf(index), idOf(index), { isRead: true }),
    record('heard', `${sidOf(index)}:kim`, idOf(index), { at }),
    record('transcript', sidOf(index), idOf(index), { status: 'completed', text: `whisper ${index}`, provider: 'twilio', sid: null }),
    record('mood', `m${index}`, idOf(index), 1),
  ])
const anyWorkspace = fc
  .array(fc.record({ isMine: fc.boolean(), hasVoicemail: fc.boolean(), isMerged: fc.boolean() }), { minLength: 1, maxLength: 6 })
  .chain((calls) => fc.tuple(...calls.map((of, index) => wordsOf(index).map((words): Told => ({ ...of, index, words })))))

const live = (name: string, payload: unknown, index: number): LinkEvent => ({ seq: 21 + index, at, name, payload })

test('who was staff, then manager and staff again, keeps what a fresh profile of staff would have', () => {
  fc.assert(
    fc.property(anyWorkspace, fc.boolean(), fc.nat(3), (calls, isHeardLive, piece) => {
      const fresh = opened()
      take(fresh.replica, shown(calls, 'staff'), 90)
      const { db, replica } = opened()
      take(replica, shown(calls.slice(0, 2), 'staff'), 10)
      take(replica, shown(isHeardLive ? [] : calls, 'manager'), 20)
      if (isHeardLive) {
        const asManager = shown(calls, 'manager')
        replica.apply('e1', 'sam', [
          ...asManager.calls.map((row, index) => live('call.facts', row, index)),
          ...asManager.records.map((row, index) => live('record.changed', row, 20 + index)),
          live('later.thing', { of: 'managers' }, 60),
        ])
      }
      for (const { index, hasVoicemail } of calls) if (hasVoicemail) replica.putPosition(sidOf(index), idOf(index), 3)
      take(replica, shown(calls, 'staff'), 90, piece)
      // Where listening stopped is this computer's own: kept for what may still be heard, gone with the rest.
      const kept = db.prepare<[], string>('select call_id from playback_positions').pluck().all()
      expect(kept.toSorted()).toEqual(
        calls.flatMap(({ index, isMine, hasVoicemail }) => (isMine && hasVoicemail ? [idOf(index)] : [])).toSorted(),
      )
      db.exec('delete from playback_positions')
      const expected = everything(fresh.db)
      expect(expected['words']?.length === 0).toBe(calls.every(({ isMine }) => !isMine)) // the index is really looked into
      expect(everything(db)).toEqual(expected)
      db.close()
      fresh.db.close()
    }),
    { numRuns: 40 },
  )
})

const ids = (of: Connection) => of.prepare<[], string>('select call_id from calls order by call_id').pluck().all()

test('a large purge leaves room for others, is not over before its end, and begins again when it was killed', () => {
  const calls = Array.from({ length: 9 }, (_, index): Told => ({
    index,
    isMine: index === 4,
    hasVoicemail: true,
    isMerged: false,
    words: [],
  }))
  const folder = newFolder()
  const file = path.join(folder, 'app.db')
  const { db, replica } = opened(file)
  take(replica, shown(calls, 'manager'), 10)
  replica.markStale()
  const rows = shown(calls, 'staff')
  const begin = (of: Replica) => {
    of.snapshotBegin()
    for (const table of snapshotTables) of.snapshotRows(table, rows[table])
  }
  begin(replica)
  expect(replica.snapshotPurge(3)).toEqual({ callIds: ['c0', 'c1', 'c2'], isDone: false })
  expect(ids(db)).toEqual(['c3', 'c4', 'c5', 'c6', 'c7', 'c8'])
  replica.observe(
    'live',
    incomingFacts().map((one) => ({ ...one, source: 'sdk' })), // somebody else's turn
  )
  expect(replica.position()).toEqual({ epoch: 'e1', cursor: 10, needsSnapshot: true })
  db.close()
  const later = opened(file)
  const again = later.replica
  expect(again.position().needsSnapshot).toBe(true)
  begin(again)
  expect(again.snapshotPurge(3).callIds).toEqual(['c3', 'c5'])
  expect(again.snapshotFinish('e1', 90)).toEqual(['c6', 'c7', 'c8'])
  expect(ids(later.db)).toEqual(['c4', 'live'])
  expect(again.position()).toEqual({ epoch: 'e1', cursor: 90, needsSnapshot: false })
  later.db.close()
  rmSync(folder, { recursive: true })
})
