import type { CallFact, CallRecord, RecordingRecord } from '../../contract/call.ts'
import { recordOf } from '../../contract/call-record.ts'
import type { CallStore, Clock } from '../ports.ts'
import { createJoin, type Joined } from './join.ts'
import { createCallLookups, createCallPages, type PageQuery, type RecordingPageQuery, type UnsettledCall } from './queries.ts'
import { createFactRows, createViewerRows } from './rows.ts'
import type { Sql } from './sql.ts'
import type { Viewer } from './viewer.ts'

/** The calls of the workspace: facts joined, and from them rows that can be asked. Everything runs inside the writer's transaction. */
export interface Calls extends CallStore {
  /** As `join`, and says what changed. `entitled`: who may see it besides the users of its legs. */
  apply(callId: string, facts: readonly CallFact[], entitled?: readonly string[]): Joined
  /** The id under which a call is kept now. */
  resolve(callId: string): string
  callOfRecording(sid: string): string | undefined
  /** Whether it is not over, or not known yet what became of it. */
  isOngoing(callId: string): boolean
  /** What is left of a call that was merged: where it went. */
  mergeFacts(callId: string): CallFact[]
  viewersOf(callId: string): string[]
  mayView(callId: string, viewer: Viewer): boolean
  /** Newest first. @throws FailureError `bad-request` for a foreign cursor. */
  page(viewer: Viewer, query: PageQuery): { calls: CallRecord[]; next: string | null }
  recordingsPage(viewer: Viewer, query: RecordingPageQuery): { recordings: RecordingRecord[]; next: string | null }
  /** Everything this viewer may see, by id, as the payload of `call.facts`. */
  snapshotPage(
    viewer: Viewer,
    after: string | undefined,
    limit: number,
  ): { rows: { callId: string; facts: CallFact[] }[]; next: string | null }
  /** Calls begun since (ISO) that are not over or not rated: what the reconciler asks Twilio about. */
  unsettled(from: string): UnsettledCall[]
}

/** SQLite's errors pass through. */
export function createCallStore(db: Sql, clock: Clock): Calls {
  const rows = createFactRows(db)
  const viewers = createViewerRows(db)
  const lookups = createCallLookups(db)
  const pages = createCallPages(db)
  const apply = createJoin(db, clock)
  const facts = (callId: string) => rows.of(lookups.resolve(callId))
  const record = (callId: string) => recordOf(lookups.resolve(callId), facts(callId))
  return {
    ...lookups,
    apply,
    facts,
    record,
    mergeFacts: (callId) => rows.of(callId),
    join: (callId, given) => apply(callId, given).facts.length > 0,
    viewersOf: (callId) => viewers.of(lookups.resolve(callId)),
    mayView: (callId, viewer) => lookups.mayView(lookups.resolve(callId), viewer),
    page(viewer, query) {
      const { ids, next } = pages.calls(viewer, query)
      return { calls: ids.flatMap((callId) => record(callId) ?? []), next }
    },
    recordingsPage(viewer, query) {
      const { found, next } = pages.recordings(viewer, query)
      return { recordings: found.flatMap((one) => record(one.callId)?.recordings.filter((rec) => rec.sid === one.sid) ?? []), next }
    },
    snapshotPage(viewer, after, limit) {
      const { ids, next } = pages.byId(viewer, after, limit)
      return { rows: ids.map((callId) => ({ callId, facts: rows.of(callId) })), next }
    },
  }
}
