import type { CallRecord } from '../../contract/call.ts'
import { FailureError } from '../../contract/failure.ts'
import type { RecordValue } from '../../contract/record.ts'
import type { CallDeps } from '../calls/deps.ts'
import type { Sql } from '../calls/sql.ts'
import type { Viewer } from '../calls/viewer.ts'
import { RELAY, type Audit } from '../numbers/audit.ts'
import { factsOf } from '../calls/facts-of-webhook.ts'
import type { Records } from '../records/records.ts'
import { createDueRows, type DueRows } from './rows.ts'

type Mark = RecordValue<'recording'>
const unmarked: Mark = { trash: null, hold: null, deletedAt: null }

/** Whether a recording is in the trash or gone: nobody lists or plays it (RULES R32). */
export function isHidden(records: Pick<Records, 'get'>, sid: string): boolean {
  const mark = records.get('recording', sid)?.value
  return mark ? mark.trash !== null || mark.deletedAt !== null : false
}

export interface TrashDeps extends Pick<CallDeps, 'calls' | 'events' | 'clock'> {
  db: Sql
  records: Records
  audit: Pick<Audit, 'appendAudit'>
  /** How long a recording stays in the trash. */
  trashMs: number
}

/**
 * The trash of recordings and their legal hold (RULES R32). A person decides, by hand or by a number's retention; the sweeper only carries
 * out. Everything runs inside the writer's transaction, and leaves a line in the trace. @throws FailureError
 */
export interface Trash {
  /** Those who may hear it; of the staff, who spoke in the call, or anybody concerned by a voicemail. Twice is once. */
  put(sid: string, who: Viewer): void
  restore(sid: string, who: Viewer): void
  /** Managers. `note` null ends it. */
  hold(sid: string, note: string | null, who: Viewer): void
  /** By a number's retention, unless something speaks against it: no line for each. */
  putOld(sid: string, callId: string): boolean
  /** It is gone at Twilio. */
  deleted(sid: string): void
}

interface Found {
  call: CallRecord
  mark: Mark
}

type Write = (sid: string, callId: string, value: Mark, byUserId: string | null) => void
type Tell = (action: string, sid: string, call: CallRecord, who: { userId: string }, after?: Record<string, unknown>) => void

/** SQLite's errors pass through. */
export function createTrash(deps: TrashDeps): Trash {
  const { records, audit, clock, trashMs } = deps
  const due = createDueRows(deps.db)
  const now = () => clock.now().toISOString()
  const trashOf = (byUserId: string | null) => ({ at: now(), until: new Date(clock.now().getTime() + trashMs).toISOString(), byUserId })
  const write: Write = (sid, callId, value, byUserId) =>
    void records.put({ kind: 'recording', recordId: sid, callId, phoneNumber: null, value, at: now(), byUserId })
  const tell: Tell = (action, sid, { callId }, who, after = {}) =>
    audit.appendAudit({ action, subject: sid, before: {}, after: { callId, ...after } }, who)
  return {
    ...createByPeople(deps, { due, now, trashOf, write, tell }),
    putOld(sid, callId) {
      const mark = records.get('recording', sid)?.value ?? unmarked
      if (mark.trash || mark.hold || mark.deletedAt) return false
      write(sid, callId, { ...mark, trash: trashOf(null) }, null)
      return true
    },
    deleted: createDeleted(deps, due, write),
  }
}

interface Hands {
  due: DueRows
  now: () => string
  trashOf: (byUserId: string) => NonNullable<Mark['trash']>
  write: Write
  tell: Tell
}

function createByPeople(deps: TrashDeps, { due, now, trashOf, write, tell }: Hands): Pick<Trash, 'put' | 'restore' | 'hold'> {
  const find = createFind(deps)
  return {
    put(sid, who) {
      const { call, mark } = find(sid, who)
      requireVoice(call, sid, who)
      if (mark.trash || mark.deletedAt) return
      if (mark.hold) throw new FailureError('recording-held', 'the recording is under legal hold')
      const trash = trashOf(who.userId)
      write(sid, call.callId, { ...mark, trash }, who.userId)
      tell('recording.trashed', sid, call, who, { until: trash.until })
    },
    restore(sid, who) {
      const { call, mark } = find(sid, who)
      requireVoice(call, sid, who)
      requireThere(due, sid, mark)
      if (!mark.trash) return
      write(sid, call.callId, { ...mark, trash: null }, who.userId)
      tell('recording.restored', sid, call, who)
    },
    hold(sid, note, who) {
      if (who.role !== 'manager') throw new FailureError('forbidden', 'for managers')
      const { call, mark } = find(sid, who)
      requireThere(due, sid, mark)
      if ((mark.hold?.note ?? null) === note) return
      const hold = note === null ? null : { at: now(), byUserId: who.userId, note }
      write(sid, call.callId, { ...mark, hold }, who.userId)
      tell(hold ? 'recording.held' : 'recording.unheld', sid, call, who, { note })
    },
  }
}

function createFind({ calls, records }: TrashDeps) {
  return (sid: string, who: Viewer): Found => {
    const callId = calls.callOfRecording(sid)
    const call = callId !== undefined && calls.mayView(callId, who) ? calls.record(callId) : undefined
    if (!call) throw new FailureError('not-found', 'no such recording')
    return { call, mark: records.get('recording', sid)?.value ?? unmarked }
  }
}

/** Who was rung may hear what a colleague said, but it is not theirs to throw away. @throws FailureError `forbidden` */
function requireVoice({ userId, recordings }: CallRecord, sid: string, who: Viewer): void {
  const isMessage = recordings.some((one) => one.sid === sid && one.source === 'RecordVerb')
  if (who.role !== 'manager' && userId !== who.userId && !isMessage)
    throw new FailureError('forbidden', 'a recording of somebody else’s call')
}

/** @throws FailureError `not-found` when it is gone, `conflict` when Twilio was asked to delete it: it may be gone. */
function requireThere(due: DueRows, sid: string, { deletedAt }: Mark): void {
  if (deletedAt) throw new FailureError('not-found', 'the recording is deleted')
  if (due.isAsked(sid)) throw new FailureError('conflict', 'the recording is being deleted')
}

function createDeleted({ calls, events, records, audit, clock }: TrashDeps, due: DueRows, write: Write): Trash['deleted'] {
  return (sid) => {
    due.settle(sid)
    const callId = calls.callOfRecording(sid)
    const mark = records.get('recording', sid)?.value ?? unmarked
    if (callId === undefined || mark.deletedAt) return
    const at = clock.now().toISOString()
    write(sid, callId, { ...mark, deletedAt: at }, mark.trash?.byUserId ?? null)
    // Its words go with it.
    records.put({ kind: 'transcript', recordId: sid, callId, phoneNumber: null, value: null, at, byUserId: null })
    // Twilio told us so by its answer, and tells nobody else any more.
    events.record(callId, factsOf(`rec:${sid}`, 'rest-final', at, { status: 'deleted' }))
    const before = { trashedAt: mark.trash?.at ?? null, byUserId: mark.trash?.byUserId ?? null }
    audit.appendAudit({ action: 'recording.deleted', subject: sid, before, after: { callId } }, RELAY)
  }
}
