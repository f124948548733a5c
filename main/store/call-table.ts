import type { CallRecord } from '../../contract/call.ts'
import { isSameInstant, keyAt, keyOf } from './call-key.ts'
import { microsOf } from './call-words.ts'
import type { Connection } from './open-database.ts'
import { callRow, legRow, recordFrom, recordingRow, type CallRow, type LegRow, type RecordingRow } from './record-rows.ts'

const callColumns =
  'call_id, direction, outcome, reason, party_kind, party_address, our_number, user_id, device_id, started_at, answered_at, ended_at, ' +
  'ring_seconds, talk_seconds, cost_amount, cost_currency, cost_is_final, record_wanted'
const legColumns =
  'call_id, position, leg_id, sid, parent_sid, role, user_id, device_id, to_address, status, ring_at, answer_at, end_at, ' +
  'duration_seconds, bridged, error_code, price, price_unit'
const recordingColumns =
  'call_id, position, sid, leg_sid, source, status, channels, duration_seconds, started_at, error_code, channel_1, channel_2'

const values = (columns: string) =>
  columns
    .split(', ')
    .map((name) => `@${name}`)
    .join(', ')
const changes = (columns: string) =>
  columns
    .split(', ')
    .slice(1)
    .map((name) => `${name} = excluded.${name}`)
    .join(', ')

/** What a call's row has beside its record: its place in every list, and its cost to compare. */
interface KeyedRow extends CallRow {
  sort_key: number
  cost_micros: number | null
}
const keyedColumns = `${callColumns}, sort_key, cost_micros`

/** Rewrites a part of a call where it differs; most parts stay as they are while others change. */
const putPart = (table: string, columns: string) => {
  const own = columns.split(', ').slice(2)
  return (
    `insert into ${table} (${columns}) values (${values(columns)}) on conflict (call_id, position) do update set ` +
    `${own.map((name) => `${name} = excluded.${name}`).join(', ')} ` +
    `where (${own.map((name) => `${table}.${name}`).join(', ')}) is not (${own.map((name) => `excluded.${name}`).join(', ')})`
  )
}

/** Writes whole records: the row, its legs, its recordings. Callers bring the transaction. */
export function createCallWriter(db: Connection) {
  const before = db.prepare<[string], { key: number }>('select sort_key as key from calls where call_id = ?')
  const taken = db.prepare<[number], { call_id: string }>('select call_id from calls where sort_key = ?')
  const call = db.prepare<[KeyedRow]>(
    // 0 is the digest of nothing: the index is refreshed with the row (`call-index`).
    `insert into calls (${keyedColumns}, doc_digest) values (${values(keyedColumns)}, 0) on conflict (call_id) do update set ` +
      `${changes(keyedColumns)}, doc_digest = case when sort_key = excluded.sort_key then doc_digest else 0 end`,
  )
  const leg = db.prepare<[LegRow]>(putPart('call_legs', legColumns))
  const recording = db.prepare<[RecordingRow]>(putPart('recordings', recordingColumns))
  const removeLegs = db.prepare<[string, number]>('delete from call_legs where call_id = ? and position >= ?')
  const removeRecordings = db.prepare<[string, number]>('delete from recordings where call_id = ? and position >= ?')
  const remove = db.prepare<[string]>('delete from calls where call_id = ?')
  /** A call keeps its key while it begins at the same instant. */
  const keyFor = ({ callId, startedAt }: CallRecord, key: number | undefined) =>
    key !== undefined && isSameInstant(key, keyAt(startedAt))
      ? key
      : keyOf(startedAt, callId, (other) => (taken.get(other)?.call_id ?? callId) !== callId)
  return {
    put(record: CallRecord): void {
      const { callId, legs, recordings, cost } = record
      const key = before.get(callId)?.key
      call.run({ ...callRow(record), sort_key: keyFor(record, key), cost_micros: cost && microsOf(cost.amount) })
      for (const [position, one] of legs.entries()) leg.run(legRow(callId, one, position))
      for (const [position, one] of recordings.entries()) recording.run(recordingRow(one, position))
      if (key === undefined) return
      removeLegs.run(callId, legs.length)
      removeRecordings.run(callId, recordings.length)
    },
    remove: (callId: string): void => void remove.run(callId),
  }
}

/** Reads records. */
export function createCallReader(db: Connection) {
  const one = db.prepare<[string], CallRow>(`select ${callColumns} from calls where call_id = ?`)
  const among = 'in (select value from json_each(?))'
  const byKeys = db.prepare<[string], CallRow>(`select ${callColumns} from calls where sort_key ${among} order by sort_key desc`)
  const someLegs = db.prepare<[string], LegRow>(`select ${legColumns} from call_legs where call_id ${among} order by call_id, position`)
  const someRecordings = db.prepare<[string], RecordingRow>(
    `select ${recordingColumns} from recordings where call_id ${among} order by call_id, position`,
  )
  const legs = db.prepare<[string], LegRow>(`select ${legColumns} from call_legs where call_id = ? order by position`)
  const recordings = db.prepare<[string], RecordingRow>(`select ${recordingColumns} from recordings where call_id = ? order by position`)
  const whole = (row: CallRow | undefined) => row && recordFrom(row, legs.all(row.call_id), recordings.all(row.call_id))
  return {
    get: (callId: string): CallRecord | undefined => whole(one.get(callId)),
    /** By their places in lists (`call-key`), newest first. */
    at(keys: readonly number[]): CallRecord[] {
      const rows = byKeys.all(JSON.stringify(keys))
      const callIds = JSON.stringify(rows.map((row) => row.call_id))
      const legsOf = Map.groupBy(someLegs.all(callIds), (row) => row.call_id)
      const recordingsOf = Map.groupBy(someRecordings.all(callIds), (row) => row.call_id)
      return rows.map((row) => recordFrom(row, legsOf.get(row.call_id) ?? [], recordingsOf.get(row.call_id) ?? []))
    },
  }
}
