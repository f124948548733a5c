import type { Sql } from '../calls/sql.ts'

/** An entry of the inbox. Instants are ISO 8601 UTC with milliseconds, so that they compare as text. */
export interface MissedRow {
  call_id: string
  party: string | null
  started_at: string
}

/** A call in which the party was reached. */
export interface ReachedRow {
  call_id: string
  party: string
  direction: string
  user_id: string | null
  since: string
  answered_at: string
}

/** What people said of an entry: when it was opened again last, and when it was first closed after that. */
export interface HandRow {
  call_id: string
  reopened_at: string | null
  reopened_by: string | null
  closed_at: string | null
  closed_by: string | null
}

const ids = (rows: unknown[]) => (rows as { call_id: string }[]).map((row) => row.call_id)

export function createMissedRows(db: Sql) {
  const one = db.prepare('SELECT call_id, party, started_at FROM missed_calls WHERE call_id = ?')
  const put = db.prepare(`INSERT INTO missed_calls (call_id, party, started_at) VALUES (?, ?, ?)
    ON CONFLICT (call_id) DO UPDATE SET party = excluded.party, started_at = excluded.started_at`)
  const close = db.prepare("UPDATE missed_calls SET closed_at = coalesce(?, '9999'), by_call_id = ? WHERE call_id = ?")
  const drop = db.prepare('DELETE FROM missed_calls WHERE call_id = ?')
  const closedBy = db.prepare('SELECT call_id FROM missed_calls WHERE by_call_id = ?')
  const closable = db.prepare('SELECT call_id FROM missed_calls WHERE party = ? AND closed_at > ? AND started_at < ?')
  return {
    find: (callId: string) => one.get(callId) as MissedRow | undefined,
    put: (row: MissedRow) => void put.run(row.call_id, row.party, row.started_at),
    /** Both null: open. */
    close: (callId: string, at: string | null, byCallId: string | null) => void close.run(at, byCallId, callId),
    drop: (callId: string) => void drop.run(callId),
    closedBy: (callId: string) => ids(closedBy.all(callId)),
    /** Open, or closed later than this call would. */
    closableBy: (reached: ReachedRow) => ids(closable.all(reached.party, reached.answered_at, reached.since)),
  }
}

export function createReachedRows(db: Sql) {
  const one = db.prepare('SELECT * FROM reached_calls WHERE call_id = ?')
  const put = db.prepare(
    'INSERT OR REPLACE INTO reached_calls (call_id, party, direction, user_id, since, answered_at) VALUES (?, ?, ?, ?, ?, ?)',
  )
  const drop = db.prepare('DELETE FROM reached_calls WHERE call_id = ?')
  const first = db.prepare(`SELECT * FROM reached_calls WHERE party = ? AND answered_at > ? AND since > ?
    ORDER BY answered_at, call_id LIMIT 1`)
  return {
    find: (callId: string) => one.get(callId) as ReachedRow | undefined,
    put: (row: ReachedRow) => void put.run(row.call_id, row.party, row.direction, row.user_id, row.since, row.answered_at),
    drop: (callId: string) => void drop.run(callId),
    /** The first in which a party was reached that called at `startedAt`, and after `after`. */
    firstOf: (party: string, startedAt: string, after: string) => first.get(party, after, startedAt) as ReachedRow | undefined,
  }
}

export function createHandRows(db: Sql) {
  const one = db.prepare('SELECT * FROM missed_by_hand WHERE call_id = ?')
  const put = db.prepare(
    'INSERT OR REPLACE INTO missed_by_hand (call_id, reopened_at, reopened_by, closed_at, closed_by) VALUES (?, ?, ?, ?, ?)',
  )
  const drop = db.prepare('DELETE FROM missed_by_hand WHERE call_id = ?')
  return {
    find: (callId: string) => one.get(callId) as HandRow | undefined,
    put: (row: HandRow) => void put.run(row.call_id, row.reopened_at, row.reopened_by, row.closed_at, row.closed_by),
    drop: (callId: string) => void drop.run(callId),
  }
}
