import type { CallRecord } from '../../contract/call.ts'
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

/** Writes whole records: the row, its legs, its recordings. */
export function createCallWriter(db: Connection) {
  const call = db.prepare<[CallRow]>(
    `insert into calls (${callColumns}) values (${values(callColumns)}) on conflict (call_id) do update set ${changes(callColumns)}`,
  )
  const leg = db.prepare<[LegRow]>(`insert into call_legs (${legColumns}) values (${values(legColumns)})`)
  const recording = db.prepare<[RecordingRow]>(`insert into recordings (${recordingColumns}) values (${values(recordingColumns)})`)
  const removeLegs = db.prepare<[string]>('delete from call_legs where call_id = ?')
  const removeRecordings = db.prepare<[string]>('delete from recordings where call_id = ?')
  const remove = db.prepare<[string]>('delete from calls where call_id = ?')
  return {
    put(record: CallRecord): void {
      call.run(callRow(record))
      removeLegs.run(record.callId)
      removeRecordings.run(record.callId)
      for (const [position, one] of record.legs.entries()) leg.run(legRow(record.callId, one, position))
      for (const [position, one] of record.recordings.entries()) recording.run(recordingRow(one, position))
    },
    remove: (callId: string): void => void remove.run(callId),
  }
}

const cursorOf = (row: CallRow) => `${row.started_at}~${row.call_id}`

/** Reads records. */
export function createCallReader(db: Connection) {
  const one = db.prepare<[string], CallRow>(`select ${callColumns} from calls where call_id = ?`)
  const newest = db.prepare<[number], CallRow>(`select ${callColumns} from calls order by started_at desc, call_id desc limit ?`)
  const older = db.prepare<[string, string, number], CallRow>(
    `select ${callColumns} from calls where (started_at, call_id) < (?, ?) order by started_at desc, call_id desc limit ?`,
  )
  const legs = db.prepare<[string], LegRow>(`select ${legColumns} from call_legs where call_id = ? order by position`)
  const recordings = db.prepare<[string], RecordingRow>(`select ${recordingColumns} from recordings where call_id = ? order by position`)
  const whole = (row: CallRow) => recordFrom(row, legs.all(row.call_id), recordings.all(row.call_id))
  return {
    get: (callId: string): CallRecord | undefined => {
      const row = one.get(callId)
      return row && whole(row)
    },
    /** Newest first; `after` is the `next` of the page before. A keyset, so that a new call does not shift what follows. */
    page: (limit: number, after?: string): { calls: CallRecord[]; next: string | null } => {
      const at = after?.indexOf('~') ?? -1
      const rows = after === undefined ? newest.all(limit + 1) : older.all(after.slice(0, at), after.slice(at + 1), limit + 1)
      const shown = rows.slice(0, limit)
      const last = shown.at(-1)
      return { calls: shown.map(whole), next: rows.length > limit && last ? cursorOf(last) : null }
    },
  }
}
