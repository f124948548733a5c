import type { RecordingAuditRow, RecordingItem } from '../../contract/recording.ts'
import { auditOf, RECORDING_SILENT_MS, type AuditState } from '../../contract/recording.ts'
import type { CallQuestion, createCallPages } from './call-page.ts'
import { createCallReader } from './call-table.ts'
import { withDeeds } from './call-marks.ts'
import { cutPage, placeAfter, type Page } from './keyset.ts'
import type { Connection } from './open-database.ts'
import { createRecordReader } from './record-reader.ts'
import { createRecordingItems } from './recording-item.ts'

interface ListRow {
  sid: string
  callId: string
  at: string
}
type Shelf = 'recordings' | 'voicemail'
type Place = 'kept' | 'trash'

export interface RecordingQuestion {
  shelf: Shelf
  place: Place
  limit: number
  after: string | undefined
  /** Milliseconds since 1970. */
  now: number
  from?: string | undefined
  to?: string | undefined
}

const columns = 'sid, call_id as callId, at'
const older = '(at, sid) < (@at, @id) order by at desc, sid desc limit @limit'

function recordingStatements(db: Connection) {
  const page = db.prepare<[object], ListRow>(
    `select ${columns} from recording_list where shelf = @shelf and place = @place and at >= @from and ${older}`,
  )
  const unread = db.prepare<[object], ListRow>(
    `select ${columns} from recording_list indexed by recording_list_unread where shelf = 'voicemail' and place = 'kept' and is_read = 0 and ${older}`,
  )
  const unreadCount = db
    .prepare<[], number>(
      "select count(*) from recording_list indexed by recording_list_unread where shelf = 'voicemail' and place = 'kept' and is_read = 0",
    )
    .pluck()
  const ofCall = db.prepare<[string, number, number], ListRow>(
    `select ${columns} from recording_list where call_id = ? and (place = 'trash') = ? order by at desc, sid desc limit ?`,
  )
  const inPlace = db.prepare<[string, Place], ListRow>(
    `select ${columns} from recording_list indexed by recording_list_by_call
     where call_id = ? and shelf = 'recordings' and place = ? order by sid desc`,
  )
  const one = db.prepare<[string], ListRow>(`select ${columns} from recording_list where sid = ?`)
  return { page, unread, unreadCount, ofCall, inPlace, one }
}

/** Recordings and voicemails, newest call first. `now` in ms since 1970, by the relay's clock. */
export function createRecordingReader(db: Connection, pages: Pick<ReturnType<typeof createCallPages>, 'withRecordings'>) {
  const { page, unread, unreadCount, ofCall, inPlace, one } = recordingStatements(db)
  const calls = createCallReader(db)
  const itemOf = createRecordingItems(db)
  const shown = (row: ListRow | undefined, now: number): RecordingItem | undefined => {
    const call = row && calls.get(row.callId)
    return call && itemOf(call, row.sid, now)
  }
  const paged = (rows: readonly ListRow[], limit: number, now: number): Page<'recordings', RecordingItem> => {
    const cut = cutPage(rows, limit, (row) => [row.at, row.sid])
    return { recordings: cut.shown.map((row) => shown(row, now)).filter((item) => item !== undefined), next: cut.next }
  }
  return {
    /** Of calls begun at or after `from`, and before `to` (ISO 8601, '' for ever). */
    recordingsPage({ shelf, place, limit, after, now, from = '', to }: RecordingQuestion): Page<'recordings', RecordingItem> {
      const begin = after === undefined && to !== undefined ? { at: to, id: '' } : placeAfter(after)
      return paged(page.all({ ...begin, shelf, place, from, limit: limit + 1 }), limit, now)
    },
    /** Of calls that a filter and a text find: all recordings of at most `limit` calls. */
    recordingsFound(question: CallQuestion, place: Place, limit: number, after: string | undefined, now: number) {
      const { callIds, next } = pages.withRecordings(question, place, limit, after)
      const rows = callIds.flatMap((callId) => inPlace.all(callId, place))
      return { recordings: paged(rows, rows.length, now).recordings, next }
    },
    unreadVoicemails: (limit: number, after: string | undefined, now: number) =>
      paged(unread.all({ ...placeAfter(after), limit: limit + 1 }), limit, now),
    unreadCount: (): number => unreadCount.get() ?? 0,
    /** All of a call, its voicemail too; those in the trash only when they are asked for. */
    recordingsOf: (callId: string, isTrash: boolean, now: number): RecordingItem[] =>
      paged(ofCall.all(callId, Number(isTrash), 200), 200, now).recordings,
    recording: (sid: string, now: number): RecordingItem | undefined => shown(one.get(sid), now),
  }
}

const troubles = ['short', 'absent', 'failed', 'missing'] as const satisfies AuditState[]

interface AuditListRow {
  callId: string
  at: string
}

/**
 * Whether calls that should be recorded are. A call's state is kept as if it had just ended; what is still pending long after it is
 * missing.
 */
export function createAuditReader(db: Connection) {
  const auditColumns = 'call_id as callId, at'
  const olderCalls = '(at, call_id) < (@at, @id) order by at desc, call_id desc limit @limit'
  const all = db.prepare<[object], AuditListRow>(`select ${auditColumns} from recording_audit where ${olderCalls}`)
  const inState = db.prepare<[object], AuditListRow>(`select ${auditColumns} from recording_audit where state = @state and ${olderCalls}`)
  const late = db.prepare<[object], AuditListRow>(
    `select ${auditColumns} from recording_audit where state = 'pending' and ended_at < @late and ${olderCalls}`,
  )
  const lateCount = db
    .prepare<[string], number>(
      "select count(*) from recording_audit indexed by recording_audit_pending where state = 'pending' and ended_at < ?",
    )
    .pluck()
  const counts = db.prepare<[], { state: AuditState; calls: number }>('select state, calls from recording_audit_counts')
  const rowOf = createAuditRows(db)

  function troubled(place: { at: string; id: string }, limit: number, lateAt: string): AuditListRow[] {
    const found = [...troubles.flatMap((state) => inState.all({ ...place, state, limit })), ...late.all({ ...place, late: lateAt, limit })]
    return found.toSorted((a, b) => (a.at + a.callId > b.at + b.callId ? -1 : 1)).slice(0, limit)
  }
  return {
    auditPage(limit: number, after: string | undefined, troubleOnly: boolean, now: number): Page<'rows', RecordingAuditRow> {
      const place = placeAfter(after)
      const rows = troubleOnly ? troubled(place, limit + 1, lateAt(now)) : all.all({ ...place, limit: limit + 1 })
      const { shown, next } = cutPage(rows, limit, (row) => [row.at, row.callId])
      return { rows: shown.flatMap(({ callId }) => rowOf(callId, now)), next }
    },
    /** Of all calls that should be recorded. What was put into the trash or deleted is neither complete nor trouble: somebody wanted it so. */
    auditCounts(now: number) {
      const of = new Map(counts.all().map(({ state, calls }) => [state, calls]))
      const missing = lateCount.get(lateAt(now)) ?? 0
      const sum = (states: readonly AuditState[]) => states.reduce((total, state) => total + (of.get(state) ?? 0), 0)
      return {
        wanted: sum([...of.keys()]),
        complete: sum(['complete']),
        pending: sum(['pending']) - missing,
        trouble: sum(troubles) + missing,
      }
    },
  }
}

const lateAt = (now: number) => new Date(now - RECORDING_SILENT_MS).toISOString()

function createAuditRows(db: Connection) {
  const calls = createCallReader(db)
  const records = createRecordReader(db)
  return (callId: string, now: number): RecordingAuditRow[] => {
    const call = calls.get(callId)
    if (!call?.recordWanted) return []
    const { startedAt, party, ourNumber, userId, recordWanted, talkSeconds } = call
    const found = auditOf(call, now)
    const record = found.recordingSid === null ? null : (records.record('recording', found.recordingSid)?.value ?? null)
    const state = withDeeds(found.state, record)
    return [{ ...found, state, callId, startedAt, party, ourNumber, userId, talkSeconds, wanted: recordWanted }]
  }
}
