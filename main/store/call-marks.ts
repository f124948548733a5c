import type { CallRecord, RecordingRecord } from '../../contract/call.ts'
import { isMissedEntry } from '../../contract/missed.ts'
import type { RecordValue } from '../../contract/record.ts'
import { isVoicemail } from '../../contract/outcome.ts'
import { auditOf, type AuditState } from '../../contract/recording.ts'
import type { Connection } from './open-database.ts'
import { ofKind, type ShownRecord } from './record-reader.ts'

/** Whether somebody still has to look after a missed call. */
type MissedMark = 'open' | 'closed' | null
type Shelf = 'recordings' | 'voicemail' | 'empty'
type Place = 'kept' | 'trash' | 'deleted'

/** Open entries of one group are shown as one: the same party to the same number. Who withholds their number is nobody twice. */
function missedGroup({ callId, party, ourNumber }: Pick<CallRecord, 'callId' | 'party' | 'ourNumber'>): string {
  if (party.kind === 'withheld') return callId
  const address = party.kind === 'number' ? party.number : party.kind === 'client' ? party.identity : party.address
  return `${party.kind}:${address} ${ourNumber ?? ''}`
}

/** A message without content leaves a missed call, not a voicemail: it is in no list. */
const shelfOf = (recording: RecordingRecord): Shelf =>
  recording.source !== 'RecordVerb' ? 'recordings' : isVoicemail(recording) ? 'voicemail' : 'empty'

/** Where a recording is listed, by what the relay and Twilio say of it. */
function placeOf(recording: RecordingRecord, state: RecordValue<'recording'> | null): Place {
  if (recording.status === 'deleted' || state?.deletedAt) return 'deleted'
  return state?.trash ? 'trash' : 'kept'
}

/** The recordings of a call that are not in the trash, as the call's records say; those that are deleted say so. Pure. */
export function untrashedRecordings({ recordings }: CallRecord, records: readonly ShownRecord[]): RecordingRecord[] {
  const states = new Map(ofKind(records, 'recording').map(({ recordId, value }) => [recordId, value]))
  return recordings.flatMap((one) => {
    const place = placeOf(one, states.get(one.sid) ?? null)
    return place === 'trash' ? [] : [place === 'deleted' ? { ...one, status: 'deleted' } : one]
  })
}

/** Likewise those that are not deleted either. Pure. */
export const keptRecordings = (call: CallRecord, records: readonly ShownRecord[]): RecordingRecord[] =>
  untrashedRecordings(call, records).filter(({ status }) => status !== 'deleted')

/**
 * What lists ask of a call, kept beside it: a function of its record and of its user records, so that it does not matter which came
 * first. Callers bring the transaction, and the call's row.
 */
export function createCallMarks(db: Connection) {
  const missed = createMissedMark(db)
  const recordings = createRecordingMarks(db)
  const audit = createAuditMark(db)
  return {
    refresh(call: CallRecord): void {
      missed(call)
      recordings(call)
      audit(call)
    },
  }
}

function createMissedMark(db: Connection): (call: CallRecord) => void {
  const closed = db
    .prepare<[string], number>("select 1 from records where call_id = ? and kind = 'missed' and value is not null limit 1")
    .pluck()
  const mark = db.prepare<[MissedMark, string | null, string, MissedMark, string | null]>(
    'update calls set missed_state = ?, missed_group = ? where call_id = ? and (missed_state is not ? or missed_group is not ?)',
  )
  return (call) => {
    const state = isMissedEntry(call) ? (closed.get(call.callId) === undefined ? 'open' : 'closed') : null
    const group = state && missedGroup(call)
    mark.run(state, group, call.callId, state, group)
  }
}

/** The shown value of the record `recording` or `voicemail` of a recording, as JSON. */
const createValueOf = (db: Connection) => {
  const value = db
    .prepare<['recording' | 'voicemail', string], string | null>('select value from records where kind = ? and record_id = ?')
    .pluck()
  return <K extends 'recording' | 'voicemail'>(kind: K, sid: string): RecordValue<K> | null => {
    const json = value.get(kind, sid)
    return json == null ? null : (JSON.parse(json) as RecordValue<K>)
  }
}

function createRecordingMarks(db: Connection): (call: CallRecord) => void {
  const valueOf = createValueOf(db)
  const put = db.prepare<[string, string, Shelf, Place, string, number]>(
    `insert into recording_list (sid, call_id, shelf, place, at, is_read) values (?, ?, ?, ?, ?, ?)
     on conflict (sid) do update set call_id = excluded.call_id, shelf = excluded.shelf, place = excluded.place, at = excluded.at,
       is_read = excluded.is_read`,
  )
  return ({ callId, startedAt, recordings }) => {
    for (const recording of recordings) {
      const isRead = valueOf('voicemail', recording.sid)?.isRead === true
      const place = placeOf(recording, valueOf('recording', recording.sid))
      put.run(recording.sid, callId, shelfOf(recording), place, startedAt, Number(isRead))
    }
  }
}

function createAuditMark(db: Connection): (call: CallRecord) => void {
  const valueOf = createValueOf(db)
  const put = db.prepare<[string, string, string | null, AuditState]>(
    `insert into recording_audit (call_id, at, ended_at, state) values (?, ?, ?, ?)
     on conflict (call_id) do update set at = excluded.at, ended_at = excluded.ended_at, state = excluded.state`,
  )
  const remove = db.prepare<[string]>('delete from recording_audit where call_id = ?')
  return (call) => {
    if (call.recordWanted === null || call.outcome !== 'answered') remove.run(call.callId)
    else put.run(call.callId, call.startedAt, call.endedAt, auditState(call, valueOf))
  }
}

type ValueOf = ReturnType<typeof createValueOf>

/** As `auditOf`, as if the call had just ended: the reader knows how late it is. */
function auditState(call: CallRecord, valueOf: ValueOf): AuditState {
  const { state, recordingSid } = auditOf(call, 0)
  return withDeeds(state, recordingSid === null ? null : valueOf('recording', recordingSid))
}

/** What became of a recording, with what somebody did to it. */
export function withDeeds(state: AuditState, record: RecordValue<'recording'> | null): AuditState {
  if (record?.deletedAt) return 'deleted'
  return record?.trash && (state === 'complete' || state === 'short') ? 'trashed' : state
}
