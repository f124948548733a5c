import { isDeepStrictEqual } from 'node:util'
import type { RecordKind, RecordOf, UserRecord } from '../../contract/record.ts'
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
   * Keeps a record and tells its audience: who may see its call, or everybody when it is about a number. A call that became part of another
   * is that other one. False when nothing is new.
   */
  put<K extends RecordKind>(record: RecordOf<K>, audience?: Audience): boolean
  /** The latest; `value` is null when it was removed. */
  get<K extends RecordKind>(kind: K, recordId: string): RecordOf<K> | undefined
  /** Who made a record first. */
  authorOf(kind: RecordKind, recordId: string): string | null | undefined
  /** Those that are not gone, in the order they were made. */
  ofCall(callId: string): UserRecord[]
  ofNumber(phoneNumber: string): UserRecord[]
  /** Tells all of a call's records again: somebody may see the call who could not before. */
  tell(callId: string): void
  /** Everything this viewer may see, as the payload of `record.changed`. */
  snapshotPage(viewer: Viewer, after: string | undefined, limit: number): { rows: UserRecord[]; next: string | null }
}

const isThere = (row: RecordRow) => row.value !== null

/** SQLite's errors pass through. */
export function createRecords({ db, events }: RecordDeps): Records {
  const rows = createRecordRows(db)
  const viewers = createViewerRows(db)
  const { resolve } = createCallLookups(db)

  function audienceOf(record: UserRecord): Audience {
    if (record.callId === null) return { kind: 'all' }
    const userIds = viewers.of(record.callId)
    return userIds.length > 0 ? { kind: 'users', userIds } : { kind: 'managers' }
  }
  const append = (record: UserRecord, audience = audienceOf(record)) =>
    void events.append({ type: 'record.changed', payload: record }, audience)

  return {
    put(given, audience) {
      const record: UserRecord = given.callId === null ? given : { ...given, callId: resolve(given.callId) }
      const known = rows.find(record.kind, record.recordId)
      if (!known && record.value === null) return false
      if (known && known.call_id === record.callId && isDeepStrictEqual(toRecord(known).value, record.value)) return false
      rows.put(record)
      append(record, audience)
      return true
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
