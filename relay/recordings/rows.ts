import type { Sql } from '../calls/sql.ts'

const sids = (rows: unknown[]) => (rows as { sid: string }[]).map((row) => row.sid)

const DUE = `kind = 'recording' AND json_extract(value, '$.deletedAt') IS NULL AND json_extract(value, '$.trash.until') <= ?
  AND json_extract(value, '$.hold') IS NULL`

/** What the sweeper has to do. Its index is named: SQLite would rather read all marks there ever were. */
export function createDueRows(db: Sql) {
  // Those that Twilio was asked for come first: nobody knows whether they are still there.
  const due =
    db.prepare(`SELECT sid FROM recording_deletions UNION ALL SELECT record_id AS sid FROM records INDEXED BY records_in_trash WHERE ${DUE}
    AND record_id NOT IN (SELECT sid FROM recording_deletions) LIMIT ?`)
  const isDue = db.prepare(`SELECT 1 FROM recording_deletions WHERE sid = ? UNION ALL SELECT 1 FROM records WHERE ${DUE} AND record_id = ?`)
  const asked = db.prepare('SELECT 1 FROM recording_deletions WHERE sid = ?')
  const ask = db.prepare('INSERT INTO recording_deletions (sid, asked_at) VALUES (?, ?) ON CONFLICT DO NOTHING')
  const settle = db.prepare('DELETE FROM recording_deletions WHERE sid = ?')
  return {
    /** In the trash for long enough, and not held. */
    due: (at: string, limit: number) => sids(due.all(at, limit)),
    isDue: (sid: string, at: string) => isDue.get(sid, at, sid) !== undefined,
    isAsked: (sid: string) => asked.get(sid) !== undefined,
    ask: (sid: string, at: string) => void ask.run(sid, at),
    settle: (sid: string) => void settle.run(sid),
  }
}

export type DueRows = ReturnType<typeof createDueRows>

export interface OldRecording {
  sid: string
  callId: string
}
interface CallRow {
  call_id: string
  started_at: string
}
/** A call, by its place among those of its number. */
export interface Place {
  startedAt: string
  callId: string
}
export interface OldPage {
  recordings: OldRecording[]
  /** Where it ends; undefined when there is nothing more. */
  last: Place | undefined
}

export type RetentionRows = ReturnType<typeof createRetentionRows>

/** Numbers whose recordings are not kept for ever, and their recordings that are old. */
export function createRetentionRows(db: Sql) {
  const rules = db.prepare(`SELECT phone_number, json_extract(value, '$.days') AS days FROM records
    WHERE kind = 'retention' AND phone_number IS NOT NULL AND value IS NOT NULL`)
  const calls = db.prepare(`SELECT call_id, started_at FROM calls WHERE merged_into IS NULL AND our_number = ? AND started_at < ?
    AND (started_at, call_id) > (?, ?) ORDER BY started_at, call_id LIMIT ?`)
  // What somebody touched, and took out of the trash again, has all its days once more.
  const recordings = db.prepare(`SELECT r.sid FROM recordings r LEFT JOIN records x ON x.kind = 'recording' AND x.record_id = r.sid
    WHERE r.call_id = ? AND r.status IS NOT 'deleted' AND (x.value IS NULL OR (x.at < ? AND json_extract(x.value, '$.trash') IS NULL
    AND json_extract(x.value, '$.hold') IS NULL AND json_extract(x.value, '$.deletedAt') IS NULL))`)
  return {
    rules: () =>
      (rules.all() as { phone_number: string; days: number }[]).map((row) => ({ phoneNumber: row.phone_number, days: row.days })),
    /** Of this number's calls that began before, at most `limit` calls at a time. */
    old(phoneNumber: string, before: string, after: Place | undefined, limit: number): OldPage {
      const found = calls.all(phoneNumber, before, after?.startedAt ?? '', after?.callId ?? '', limit) as CallRow[]
      const last = found.at(-1)
      return {
        recordings: found.flatMap(({ call_id: callId }) => sids(recordings.all(callId, before)).map((sid) => ({ sid, callId }))),
        last: last && { startedAt: last.started_at, callId: last.call_id },
      }
    },
  }
}
