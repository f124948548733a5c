import { Compile } from 'typebox/compile'
import { eventPayloads } from '../../contract/event.ts'
import type { SnapshotTable } from '../../contract/relay.ts'
import { createIndexUpkeep } from './call-index.ts'
import { createDirectoryTable } from './directory-table.ts'
import type { Join } from './join.ts'
import type { Connection } from './open-database.ts'

/** What a row did: its id and the calls it changed; undefined when it is not understood. */
type Put = (row: unknown) => { id: string; callIds: string[] } | undefined

const call = Compile(eventPayloads['call.facts'])
const number = Compile(eventPayloads['number.changed'])
const user = Compile(eventPayloads['user.changed'])
const device = Compile(eventPayloads['device.changed'])
const record = Compile(eventPayloads['record.changed'])

/** One row of each table into the replica. */
function createPuts(db: Connection, { join, told }: Join): Record<SnapshotTable, Put> {
  const directory = createDirectoryTable(db)
  return {
    calls: (row) => (call.Check(row) ? { id: row.callId, callIds: join(row.callId, row.facts) } : undefined),
    numbers(row) {
      if (!number.Check(row)) return undefined
      directory.putNumber(row)
      return { id: row.phoneNumber, callIds: [] }
    },
    users(row) {
      if (!user.Check(row)) return undefined
      directory.putUser(row)
      return { id: row.userId, callIds: [] }
    },
    devices(row) {
      if (!device.Check(row)) return undefined
      directory.putDevice(row)
      return { id: row.deviceId, callIds: [] }
    },
    records: (row) => (record.Check(row) ? { id: `${row.kind} ${row.recordId}`, callIds: told(row) } : undefined),
  }
}

/** Deletes what was not seen. A call of which only this desktop knows stays: its observations may still be in the outbox. */
function createPurge(db: Connection, { records, remark }: Join): () => string[] {
  const unseenCalls = db.prepare<[], { callId: string }>(
    `select distinct call_id as callId from call_facts
     where source <> 'sdk' and call_id not in (select id from snapshot_seen where entity = 'calls')`,
  )
  const removeFacts = db.prepare<[string]>('delete from call_facts where call_id = ?')
  const removeCall = db.prepare<[string]>('delete from calls where call_id = ?')
  const others = [
    `delete from numbers where phone_number not in (select id from snapshot_seen where entity = 'numbers')`,
    // Counts of numbers that may no longer be seen; they come anew.
    'delete from number_usage where phone_number not in (select phone_number from numbers)',
    `delete from users where user_id not in (select id from snapshot_seen where entity = 'users')`,
    `delete from devices where device_id not in (select id from snapshot_seen where entity = 'devices')`,
    // Of a log, or of a time, in which this person may have seen more; the version that knows their type begins with a snapshot.
    'delete from events_kept',
  ].map((sql) => db.prepare<[]>(sql))
  return () => {
    const gone = unseenCalls.all().map((row) => row.callId)
    for (const callId of gone) {
      removeFacts.run(callId)
      removeCall.run(callId)
      records.removeOf(callId)
    }
    for (const statement of others) statement.run()
    return [...gone, ...remark(records.removeUnseen())]
  }
}

const tables = [
  'calls',
  'call_facts',
  'numbers',
  'number_usage',
  'users',
  'devices',
  'events_kept',
  'snapshot_seen',
  'records',
  'call_tags',
  'media_cache',
  'playback_positions',
]

/**
 * Takes a snapshot in page by page and then deletes what it did not show: another epoch, or less access (RULES R19, R20). The replica
 * can be read all the while. Callers bring the transactions.
 */
export function createSnapshot(db: Connection, join: Join) {
  const puts = createPuts(db, join)
  const purge = createPurge(db, join)
  const index = createIndexUpkeep(db)
  const clear = db.prepare<[]>('delete from snapshot_seen')
  const see = db.prepare<[SnapshotTable, string]>('insert into snapshot_seen (entity, id) values (?, ?) on conflict do nothing')
  const everything = tables.map((table) => db.prepare<[]>(`delete from ${table}`))
  return {
    begin: (): void => void clear.run(),
    rows(table: SnapshotTable, rows: readonly unknown[]): string[] {
      const changed: string[] = []
      for (const row of rows) {
        const done = puts[table](row)
        if (!done) throw new Error(`a snapshot row of ${table} is not understood`)
        see.run(table, done.id)
        changed.push(...done.callIds)
      }
      return changed
    },
    finish(): string[] {
      const gone = purge()
      if (gone.length > 0) index.compact()
      clear.run()
      return gone
    },
    wipe(): void {
      index.clear()
      for (const statement of everything) statement.run()
    },
  }
}
