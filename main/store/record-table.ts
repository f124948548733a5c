import type { RecordCommand, UserRecord } from '../../contract/record.ts'
import type { Connection } from './open-database.ts'

/** What this person changed and the relay has not answered yet. `command`: as it waits in the outbox. */
export interface LocalRecord extends UserRecord {
  command: RecordCommand
}

/** Which record a command was about. */
export type RecordKey = Pick<UserRecord, 'kind' | 'recordId' | 'callId' | 'phoneNumber'>

interface Row {
  kind: string
  record_id: string
  call_id: string | null
  phone_number: string | null
  value: string | null
  at: string
  by_user_id: string | null
}

const rowOf = ({ kind, recordId, callId, phoneNumber, value, at, byUserId }: UserRecord): Row => ({
  kind,
  record_id: recordId,
  call_id: callId,
  phone_number: phoneNumber,
  value: value === null ? null : JSON.stringify(value),
  at,
  by_user_id: byUserId,
})

const keyOf = (row: Pick<Row, 'kind' | 'record_id' | 'call_id' | 'phone_number'>): RecordKey => ({
  kind: row.kind,
  recordId: row.record_id,
  callId: row.call_id,
  phoneNumber: row.phone_number,
})

/**
 * Records as this person sees them (`value`, `at`, `by_user_id`) beside the relay's own word (`shared…`): while a command waits for its
 * answer (`pending`), ours is shown. The log is in order for each record, so that the last word told is the latest. A `value` of null is
 * gone; its row stays only while the command that removed it waits. `is_heard`: the relay told of it since we last changed it.
 * Callers bring the transaction.
 */
export function createRecordTable(db: Connection) {
  const tell = db.prepare<[Row]>(
    `insert into records (kind, record_id, call_id, phone_number, value, at, by_user_id, shared, shared_at, shared_by, is_heard)
     values (@kind, @record_id, @call_id, @phone_number, @value, @at, @by_user_id, @value, @at, @by_user_id, 1)
     on conflict (kind, record_id) do update set call_id = excluded.call_id, phone_number = excluded.phone_number,
       shared = excluded.value, shared_at = excluded.at, shared_by = excluded.by_user_id, is_heard = 1,
       value = case when pending is null then excluded.value else value end,
       at = case when pending is null then excluded.at else at end,
       by_user_id = case when pending is null then excluded.by_user_id else by_user_id end`,
  )
  const dropGone = db.prepare<[string, string]>(
    'delete from records where kind = ? and record_id = ? and pending is null and value is null',
  )
  const before = db.prepare<[string, string], Pick<Row, 'call_id'>>('select call_id from records where kind = ? and record_id = ?')
  const retag = createTagger(db)
  return {
    ...createLocalRecords(db, retag),
    /** The relay's word. Returns the calls it changes something of: where the record was, and where it is. */
    tell(record: UserRecord): string[] {
      const was = before.get(record.kind, record.recordId)?.call_id ?? null
      tell.run(rowOf(record))
      if (record.value === null) dropGone.run(record.kind, record.recordId)
      const callIds = [...new Set([was, record.callId])].filter((callId) => callId !== null)
      if (record.kind === 'tags') callIds.forEach(retag)
      return callIds
    },
    ...createRecordMoves(db, retag),
  }
}
export type RecordTable = ReturnType<typeof createRecordTable>

/** Kinds of which a call has one, named by the call's id. */
const ofWholeCall: ReadonlySet<string> = new Set(['tags', 'missed'])

/** This person's changes, until the relay has answered. */
function createLocalRecords(db: Connection, retag: (callId: string) => void) {
  const put = db.prepare<[Row & { pending: string; command: string }]>(
    `insert into records (kind, record_id, call_id, phone_number, value, at, by_user_id, is_heard, pending, command)
     values (@kind, @record_id, @call_id, @phone_number, @value, @at, @by_user_id, 0, @pending, @command)
     on conflict (kind, record_id) do update set value = excluded.value, at = excluded.at, by_user_id = excluded.by_user_id,
       is_heard = 0, pending = excluded.pending, command = excluded.command`,
  )
  const find = db.prepare<[string], Row & { is_heard: number }>('select * from records where pending = ?')
  // Applied: the relay's word of it has come, or is on its way and will be as ours or newer.
  const keep = db.prepare<[string]>(
    `update records set shared = value, shared_at = at, shared_by = by_user_id, is_heard = 1, pending = null, command = null where pending = ?`,
  )
  const yieldTo = db.prepare<[string]>(
    `update records set value = shared, at = ifnull(shared_at, at), by_user_id = shared_by, pending = null, command = null where pending = ?`,
  )
  const dropGone = db.prepare<[string, string]>(
    'delete from records where kind = ? and record_id = ? and pending is null and value is null',
  )
  const drop = db.prepare<[string]>('delete from records where pending = ?')
  const unanswered = db.prepare<[], { command: string }>('select command from records where pending is not null order by pending')
  return {
    put(record: LocalRecord): void {
      put.run({ ...rowOf(record), pending: record.command.commandId, command: JSON.stringify(record.command) })
      if (record.kind === 'tags' && record.callId !== null) retag(record.callId)
    },
    /** The relay answered a command. Undefined when nothing waited for it: answered before, or overtaken by a later change of ours. */
    settle(commandId: string, isApplied: boolean): RecordKey | undefined {
      const row = find.get(commandId)
      if (!row) return undefined
      // Of a call that became part of another meanwhile: what the relay made of it is named after that other one.
      if (isApplied && ofWholeCall.has(row.kind) && row.record_id !== row.call_id) drop.run(commandId)
      else if (isApplied && row.is_heard === 0) keep.run(commandId)
      else yieldTo.run(commandId)
      dropGone.run(row.kind, row.record_id)
      if (row.kind === 'tags' && row.call_id !== null) retag(row.call_id)
      return keyOf(row)
    },
    /** Commands without an answer, in the order they were given. */
    unanswered: (): RecordCommand[] => unanswered.all().map((row) => JSON.parse(row.command) as RecordCommand),
  }
}

/** Records that go with their call: into another, or away. */
function createRecordMoves(db: Connection, retag: (callId: string) => void) {
  const unseen = "kind || ' ' || record_id not in (select id from snapshot_seen where entity = 'records')"
  // What waits for an answer stays, as what the relay never had.
  const unknown = db.prepare<[]>(`update records set shared = null, shared_at = null, is_heard = 1 where pending is not null and ${unseen}`)
  const unseenCalls = db
    .prepare<[], string>(`select distinct call_id from records where pending is null and call_id is not null and ${unseen}`)
    .pluck()
  const removeUnseen = db.prepare<[]>(`delete from records where pending is null and ${unseen}`)
  const move = db.prepare<[string, string]>('update records set call_id = ? where call_id = ?')
  const remove = db.prepare<[string]>('delete from records where call_id = ?')
  return {
    /** A call became part of another (RULES R1). */
    move(callId: string, target: string): void {
      if (move.run(target, callId).changes === 0) return
      retag(callId)
      retag(target)
    },
    /** A call may no longer be seen. What waits in the outbox is still sent. */
    removeOf(callId: string): void {
      if (remove.run(callId).changes > 0) retag(callId)
    },
    /** What the snapshot did not show is gone. Returns the calls it was about. */
    removeUnseen(): string[] {
      const callIds = unseenCalls.all()
      unknown.run()
      removeUnseen.run()
      callIds.forEach(retag)
      return callIds
    },
  }
}

/** Keeps `call_tags` as the call's records say: the one of its own id, and of those that were merged into it. */
function createTagger(db: Connection): (callId: string) => void {
  const clear = db.prepare<[string]>('delete from call_tags where call_id = ?')
  const add = db.prepare<[string]>(
    `insert into call_tags (tag, call_id)
     select distinct tag.value, records.call_id from records, json_each(records.value, '$.tags') as tag
     where records.call_id = ? and records.kind = 'tags' and records.value is not null and tag.type = 'text'`,
  )
  return (callId) => {
    clear.run(callId)
    add.run(callId)
  }
}
