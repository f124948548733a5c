import { FailureError } from '../../contract/failure.ts'
import type { Sql } from './sql.ts'
import type { Viewer } from './viewer.ts'

export interface PageQuery {
  limit: number
  /** Where the page before ended, as it said. */
  after?: string | undefined
  /** Twilio's status of the call. */
  status?: string | undefined
}
export type RecordingPageQuery = Omit<PageQuery, 'status'>

/** A call that is not over, or not rated. */
export interface UnsettledCall {
  callId: string
  startedAt: string
  /** Null while it goes on. */
  endedAt: string | null
  isOver: boolean
}

interface UnsettledRow {
  call_id: string
  started_at: string
  ended_at: string | null
  outcome: string | null
}

const cursorOf = (at: string, id: string) => `${at}~${id}`

/** @throws FailureError `bad-request` for a cursor that was not ours. */
function parseCursor(after: string | undefined): [string, string] {
  if (after === undefined) return ['9999', '~']
  const [at, id, ...rest] = after.split('~')
  if (at === undefined || !id || rest.length > 0) throw new FailureError('bad-request', 'not a cursor of this list')
  return [at, id]
}

const callIdOf = (row: unknown) => (row as { call_id: string | null } | undefined)?.call_id

/** The cursor after a full page; null at the end. */
function nextOf<T>(rows: readonly T[], limit: number, cursor: (row: T) => string): string | null {
  const last = rows.at(-1)
  return rows.length === limit && last ? cursor(last) : null
}

/** Which call something belongs to. */
export function createCallLookups(db: Sql) {
  const merged = db.prepare('SELECT merged_into FROM calls WHERE call_id = ?')
  const leg = db.prepare(`SELECT coalesce((SELECT call_id FROM call_legs WHERE sid = ?),
    (SELECT call_id FROM recordings WHERE leg_sid = ? LIMIT 1)) AS call_id`)
  const recording = db.prepare('SELECT call_id FROM recordings WHERE sid = ?')
  const ongoing = db.prepare(`SELECT 1 FROM calls WHERE call_id = ? AND outcome = 'ongoing'`)
  const visible = db.prepare(`SELECT 1 FROM calls c WHERE c.call_id = ? AND c.merged_into IS NULL AND (? = 'manager'
    OR EXISTS (SELECT 1 FROM call_viewers v WHERE v.call_id = c.call_id AND v.user_id = ?))`)
  const unsettled = db.prepare(`SELECT call_id, started_at, ended_at, outcome FROM calls WHERE merged_into IS NULL AND is_cost_final = 0
    AND started_at >= ? ORDER BY started_at`)
  // Calls merged into each other would only be in a file that was put together by hand: the first by id then stands for all.
  const follow = (callId: string, passed: readonly string[]): string | undefined => {
    const row = merged.get(callId) as { merged_into: string | null } | undefined
    if (!row?.merged_into) return row && callId
    return passed.includes(callId) ? passed.slice(passed.indexOf(callId)).toSorted()[0] : follow(row.merged_into, [...passed, callId])
  }
  const kept = (callId: string) => follow(callId, [])
  return {
    /** The id under which a call is kept; undefined when nothing is. */
    kept,
    resolve: (callId: string) => kept(callId) ?? callId,
    callOf: (sid: string) => callIdOf(leg.get(sid, sid)) ?? undefined,
    callOfRecording: (sid: string) => callIdOf(recording.get(sid)) ?? undefined,
    isOngoing: (callId: string) => ongoing.get(callId) !== undefined,
    mayView: (callId: string, viewer: Viewer) => visible.get(callId, viewer.role, viewer.userId) !== undefined,
    unsettled: (from: string): UnsettledCall[] =>
      (unsettled.all(from) as UnsettledRow[]).map((row) => ({
        callId: row.call_id,
        startedAt: row.started_at,
        endedAt: row.ended_at,
        isOver: row.outcome !== null && row.outcome !== 'ongoing',
      })),
  }
}

// A manager sees everything. Others see what they placed, were offered or answered: their few calls among very many are found by whose they
// are, never by looking at all. `CROSS JOIN` keeps SQLite to that order. Their recordings come in the order of their calls.
const everybodys = {
  page: `SELECT c.call_id, c.started_at FROM calls c WHERE c.merged_into IS NULL AND c.direction IS NOT NULL
    AND (c.started_at, c.call_id) < (?, ?) AND (? IS NULL OR c.status = ?) ORDER BY c.started_at DESC, c.call_id DESC LIMIT ?`,
  recordings: `SELECT r.sid, r.call_id, coalesce(r.started_at, '') AS at FROM recordings r WHERE coalesce(r.started_at, '') <= ?
    AND (coalesce(r.started_at, ''), r.sid) < (?, ?) ORDER BY coalesce(r.started_at, '') DESC, r.sid DESC LIMIT ?`,
  byId: 'SELECT c.call_id FROM calls c WHERE c.merged_into IS NULL AND c.call_id > ? ORDER BY c.call_id LIMIT ?',
}
const own: typeof everybodys = {
  page: `SELECT v.call_id, v.started_at FROM call_viewers v CROSS JOIN calls c ON c.call_id = v.call_id WHERE v.user_id = ?
    AND c.merged_into IS NULL AND c.direction IS NOT NULL AND (v.started_at, v.call_id) < (?, ?) AND (? IS NULL OR c.status = ?)
    ORDER BY v.started_at DESC, v.call_id DESC LIMIT ?`,
  recordings: `SELECT r.sid, r.call_id, v.started_at AS at FROM call_viewers v CROSS JOIN recordings r ON r.call_id = v.call_id
    WHERE v.user_id = ? AND v.started_at <= ? AND (v.started_at, r.sid) < (?, ?) ORDER BY v.started_at DESC, r.sid DESC LIMIT ?`,
  byId: `SELECT v.call_id FROM call_viewers v CROSS JOIN calls c ON c.call_id = v.call_id WHERE v.user_id = ?
    AND c.merged_into IS NULL AND v.call_id > ? ORDER BY v.call_id LIMIT ?`,
}

const createLists = (db: Sql, { page, recordings, byId }: typeof everybodys) => ({
  page: db.prepare(page),
  recordings: db.prepare(recordings),
  byId: db.prepare(byId),
})

/** Lists of calls and recordings, by cursor. */
export function createCallPages(db: Sql) {
  const [ofAll, ofOne] = [createLists(db, everybodys), createLists(db, own)]
  const ask = (list: keyof typeof everybodys, { role, userId }: Viewer, ...values: (string | number | null)[]): unknown[] =>
    role === 'manager' ? ofAll[list].all(...values) : ofOne[list].all(userId, ...values)
  return {
    calls(viewer: Viewer, { limit, after, status }: PageQuery) {
      const rows = ask('page', viewer, ...parseCursor(after), status ?? null, status ?? null, limit)
      const found = rows as { call_id: string; started_at: string }[]
      return { ids: found.map((row) => row.call_id), next: nextOf(found, limit, (row) => cursorOf(row.started_at, row.call_id)) }
    },
    recordings(viewer: Viewer, { limit, after }: RecordingPageQuery) {
      const [at, sid] = parseCursor(after)
      const found = ask('recordings', viewer, at, at, sid, limit) as { sid: string; call_id: string; at: string }[]
      return {
        found: found.map((row) => ({ sid: row.sid, callId: row.call_id })),
        next: nextOf(found, limit, (row) => cursorOf(row.at, row.sid)),
      }
    },
    byId(viewer: Viewer, after: string | undefined, limit: number) {
      const ids = (ask('byId', viewer, after ?? '', limit) as { call_id: string }[]).map((row) => row.call_id)
      return { ids, next: nextOf(ids, limit, (callId) => callId) }
    },
  }
}
