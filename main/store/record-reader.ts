import { isKnownRecord, type KnownRecord } from '../../contract/record-check.ts'
import type { RecordKind, RecordOf } from '../../contract/record.ts'
import type { Connection } from './open-database.ts'

/** A record as this person sees it. `isPending`: the relay has not answered for it yet. */
export type ShownRecord = KnownRecord & { isPending: boolean }

interface Row {
  kind: string
  record_id: string
  call_id: string | null
  phone_number: string | null
  value: string
  at: string
  by_user_id: string | null
  pending: string | null
}
const columns = 'kind, record_id, call_id, phone_number, value, at, by_user_id, pending'

/** The record of a row; undefined when a later version wrote it in a way this one does not know. */
function shown(row: Row): ShownRecord | undefined {
  const record = {
    kind: row.kind,
    recordId: row.record_id,
    callId: row.call_id,
    phoneNumber: row.phone_number,
    value: JSON.parse(row.value) as unknown,
    at: row.at,
    byUserId: row.by_user_id,
  }
  return isKnownRecord(record) ? { ...record, isPending: row.pending !== null } : undefined
}

const isOf =
  <K extends RecordKind>(kind: K) =>
  (record: ShownRecord | undefined): record is Extract<ShownRecord, { kind: K }> =>
    record?.kind === kind

/** Those of one kind, as they are. */
export const ofKind = <K extends RecordKind>(records: readonly ShownRecord[], kind: K) => records.filter(isOf(kind))

/** Reads records as this person sees them; those that are gone are not there. */
export function createRecordReader(db: Connection) {
  const one = db.prepare<[string, string], Row>(`select ${columns} from records where kind = ? and record_id = ? and value is not null`)
  const ofCall = db.prepare<[string], Row>(
    `select ${columns} from records where call_id = ? and value is not null order by at, kind, record_id`,
  )
  const ofItem = db.prepare<[string], Row>(
    `select ${columns} from records where call_id = ? and kind in ('missed', 'note', 'recording', 'tags') and value is not null order by at, record_id`,
  )
  const heard = db.prepare<[string, string], Row>(
    `select ${columns} from records where kind = 'heard' and record_id > ? and record_id < ? and value is not null`,
  )
  const ofCalls = db.prepare<[string], Row & { call_id: string }>(
    `select ${columns} from records where call_id in (select value from json_each(?)) and value is not null order by at, kind, record_id`,
  )
  const ofNumbers = db.prepare<[], Row>(`select ${columns} from records where phone_number is not null and value is not null`)
  const tags = db.prepare<[], { tag: string; count: number }>(
    'select tag, count(*) as count from call_tags group by tag order by count(*) desc, tag limit 1000',
  )
  const phoneNumbers = db.prepare<[], string>('select phone_number from numbers where left_at is null order by phone_number').pluck()
  const all = (rows: readonly Row[]) => rows.map(shown).filter((record) => record !== undefined)
  return {
    record<K extends RecordKind>(kind: K, recordId: string): (RecordOf<K> & { isPending: boolean }) | undefined {
      const row = one.get(kind, recordId)
      return row && (shown(row) as (RecordOf<K> & { isPending: boolean }) | undefined)
    },
    /** Everything people, and the relay, added to a call: the oldest first. */
    recordsOf: (callId: string): ShownRecord[] => all(ofCall.all(callId)),
    /** Likewise of several calls, by call; those without any are not there. */
    recordsOfAll: (callIds: readonly string[]): ReadonlyMap<string, ShownRecord[]> =>
      new Map(
        Array.from(
          Map.groupBy(ofCalls.all(JSON.stringify(callIds)), (row) => row.call_id),
          ([callId, rows]) => [callId, all(rows)],
        ),
      ),
    /** What a list shows of a call's records. */
    itemRecords: (callId: string): ShownRecord[] => all(ofItem.all(callId)),
    /** Who listened to a recording. */
    heard: (sid: string) => ofKind(all(heard.all(`${sid}:`, `${sid};`)), 'heard'),
    /** Tags in use, the most used first. */
    tags: () => tags.all(),
    /** Numbers of the workspace, in their order. */
    phoneNumbers: (): string[] => phoneNumbers.all(),
    /** What was added to numbers. */
    numberRecords: (): ShownRecord[] => all(ofNumbers.all()),
  }
}
