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

/**
 * Deletes calls that were not seen, some at a time from the last one looked at on. A call of which only this desktop knows stays: its
 * observations may still be in the outbox.
 */
function createCallPurge(db: Connection, { records }: Join) {
  const looked = db.prepare<[string, number], { callId: string; isGone: number }>(
    `with some as (select distinct call_id from call_facts where call_id > ? order by call_id limit ?)
     select call_id as callId,
       not exists (select 1 from snapshot_seen where entity = 'calls' and id = some.call_id)
         and exists (select 1 from call_facts as fact where fact.call_id = some.call_id and source <> 'sdk') as isGone
     from some order by call_id`,
  )
  const removeFacts = db.prepare<[string]>('delete from call_facts where call_id = ?')
  const removeCall = db.prepare<[string]>('delete from calls where call_id = ?')
  /** The last call looked at; null when all were. */
  let at: string | null = ''
  let hasGone = false
  return {
    restart(): void {
      at = ''
      hasGone = false
    },
    /** Some went since the restart. */
    hasGone: (): boolean => hasGone,
    /** Looks at `limit` more calls. Returns those that went. */
    some(limit: number): { callIds: string[]; isDone: boolean } {
      if (at === null) return { callIds: [], isDone: true }
      const rows = looked.all(at, limit)
      const gone = rows.filter(({ isGone }) => isGone === 1).map(({ callId }) => callId)
      for (const callId of gone) {
        removeFacts.run(callId)
        removeCall.run(callId)
        records.removeOf(callId)
      }
      at = rows.length < limit ? null : (rows.at(-1)?.callId ?? null)
      hasGone ||= gone.length > 0
      return { callIds: gone, isDone: at === null }
    },
  }
}

/** Deletes what else was not seen. Returns calls that lost something. */
function createPurge(db: Connection, { records, remark }: Join): () => string[] {
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
    for (const statement of others) statement.run()
    return remark(records.removeUnseen())
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
 * can be read all the while. Killed before it is finished, the replica is still stale: the snapshot is taken, and purged, again. Callers bring the transactions.
 */
export function createSnapshot(db: Connection, join: Join) {
  const puts = createPuts(db, join)
  const calls = createCallPurge(db, join)
  const purgeOthers = createPurge(db, join)
  const index = createIndexUpkeep(db)
  const clear = db.prepare<[]>('delete from snapshot_seen')
  const see = db.prepare<[SnapshotTable, string]>('insert into snapshot_seen (entity, id) values (?, ?) on conflict do nothing')
  const everything = tables.map((table) => db.prepare<[]>(`delete from ${table}`))
  return {
    begin(): void {
      calls.restart()
      clear.run()
    },
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
    purgeSome: (limit: number) => calls.some(limit),
    /** Deletes what is left to delete. Returns the calls that went, or lost something. */
    finish(): string[] {
      const gone = [...calls.some(Number.MAX_SAFE_INTEGER).callIds, ...purgeOthers()]
      if (calls.hasGone() || gone.length > 0) index.compact()
      clear.run()
      calls.restart()
      return gone
    },
    wipe(): void {
      index.clear()
      for (const statement of everything) statement.run()
    },
  }
}
