import { isDeepStrictEqual } from 'node:util'
import type { RecordKind, RecordOf, RecordValue, UserRecord } from '../../contract/record.ts'
import { mergeTags, MOST_TAGS } from '../../contract/tags.ts'
import { createCallLookups } from '../calls/queries.ts'
import { createViewerRows } from '../calls/rows.ts'
import type { Sql } from '../calls/sql.ts'
import type { Viewer } from '../calls/viewer.ts'
import type { Audience, EventLog } from '../ports.ts'
import { createRecordPages, createRecordRows, toRecord, type RecordRow } from './rows.ts'

export interface RecordDeps {
  db: Sql
  events: Pick<EventLog, 'append'>
}

/** Records about calls and numbers, latest per kind and id (RULES R18). Everything runs inside the writer's transaction. */
export interface Records {
  /**
   * Keeps a record and tells its audience: who may see its call, or its number. A call that became part of another is that other
   * one. False when nothing is new.
   */
  put<K extends RecordKind>(record: RecordOf<K>, audience?: Audience): boolean
  /** The latest; `value` is null when it was removed. */
  get<K extends RecordKind>(kind: K, recordId: string): RecordOf<K> | undefined
  /** Who made a record first. */
  authorOf(kind: RecordKind, recordId: string): string | null | undefined
  /** Those that are not gone, in the order they were made. */
  ofCall(callId: string): UserRecord[]
  ofNumber(phoneNumber: string): UserRecord[]
  /** `from` turned out to be `into`: its records go there. */
  move(from: string, into: string): void
  /** Tells all of a call's records again: somebody may see the call who could not before. */
  tell(callId: string): void
  /** Everything this viewer may see, as the payload of `record.changed`. */
  snapshotPage(viewer: Viewer, after: string | undefined, limit: number): { rows: UserRecord[]; next: string | null }
}

const isThere = (row: RecordRow) => row.value !== null

/** Whether a record says nothing new. When a missed call was closed is told by the calls, and may be learnt better. */
function isSame(known: RecordRow, record: UserRecord): boolean {
  if (known.value === null) return record.value === null
  const isAsOld = record.kind !== 'missed' || known.at === record.at
  return (
    isAsOld &&
    known.call_id === record.callId &&
    known.by_user_id === record.byUserId &&
    isDeepStrictEqual(toRecord(known).value, record.value)
  )
}

type Find = (kind: string, recordId: string) => RecordRow | undefined

/** What becomes of a record whose call became another: one that is named after the call is named anew, and joined with what is there. */
function movedTo(
  into: string,
  from: string,
  record: UserRecord,
  find: Find,
): { gone: UserRecord | undefined; kept: UserRecord | undefined } {
  const { kind, recordId } = record
  if (recordId !== from && !recordId.startsWith(`${from}:`)) return { gone: undefined, kept: { ...record, callId: into } }
  const gone = { ...record, callId: into, value: null }
  if (kind === 'missed' || record.value === null) return { gone, kept: undefined } // what the inbox says is found anew
  const moved = { ...record, recordId: into + recordId.slice(from.length), callId: into }
  const known = find(kind, moved.recordId)
  if (!known?.value) return { gone, kept: moved }
  return { gone, kept: kind === 'tags' ? { ...moved, value: bothTags(moved.value, toRecord(known).value) } : undefined }
}

/** All of both, as many as there may be. */
const bothTags = (a: unknown, b: unknown): RecordValue<'tags'> => ({
  tags: mergeTags((a as RecordValue<'tags'>).tags, [], (b as RecordValue<'tags'>).tags).slice(0, MOST_TAGS),
})

/** Who may see its call, or its number: who is assigned to it later takes a snapshot. Managers see all. */
function createAudience(db: Sql): (record: UserRecord) => Audience {
  const viewers = createViewerRows(db)
  const assigned = db.prepare('SELECT user_id FROM number_users WHERE phone_number = ? ORDER BY position')
  const usersOf = (phoneNumber: string | null) => (assigned.all(phoneNumber) as { user_id: string }[]).map((row) => row.user_id)
  return ({ callId, phoneNumber }) => {
    const userIds = callId === null ? usersOf(phoneNumber) : viewers.of(callId)
    return userIds.length > 0 ? { kind: 'users', userIds } : { kind: 'managers' }
  }
}

/** SQLite's errors pass through. */
export function createRecords({ db, events }: RecordDeps): Records {
  const rows = createRecordRows(db)
  const audienceOf = createAudience(db)
  const { resolve } = createCallLookups(db)
  const append = (record: UserRecord, audience = audienceOf(record)) =>
    void events.append({ type: 'record.changed', payload: record }, audience)

  function put(given: UserRecord, audience?: Audience): boolean {
    const record: UserRecord = given.callId === null ? given : { ...given, callId: resolve(given.callId) }
    const known = rows.find(record.kind, record.recordId)
    if (!known && record.value === null) return false
    if (known && isSame(known, record)) return false
    rows.put(record)
    append(record, audience)
    return true
  }
  return {
    put,
    move(from, into) {
      for (const row of rows.ofCall(from)) {
        const { gone, kept } = movedTo(into, from, toRecord(row), (kind, recordId) => rows.find(kind, recordId))
        for (const record of [gone, kept]) if (record) put(record)
      }
    },
    get<K extends RecordKind>(kind: K, recordId: string) {
      const row = rows.find(kind, recordId)
      return row && (toRecord(row) as RecordOf<K>)
    },
    authorOf: (kind, recordId) => rows.find(kind, recordId)?.author_id,
    ofCall: (callId) => rows.ofCall(resolve(callId)).filter(isThere).map(toRecord),
    ofNumber: (phoneNumber) => rows.ofNumber(phoneNumber).filter(isThere).map(toRecord),
    tell(callId) {
      for (const row of rows.ofCall(resolve(callId)).filter(isThere)) append(toRecord(row))
    },
    snapshotPage: createRecordPages(db),
  }
}
