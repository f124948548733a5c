import type { BackfillState } from '../../contract/history.ts'
import type { Sql } from '../calls/sql.ts'

/** The job as it is kept. Instants are ISO 8601 UTC in whole seconds; calls before `reached_at` were not read yet. */
export interface BackfillRow {
  state: Exclude<BackfillState['state'], 'none'>
  from_at: string
  reached_at: string
  /** How much time is listed at once. */
  window_ms: number
  calls: number
  recordings: number
  news: number
  started_at: string
  ended_at: string | null
  by_user_id: string
  failure_code: string | null
}

export function createBackfillRow(db: Sql) {
  const select = db.prepare('SELECT * FROM backfill WHERE id = 1')
  const put = db.prepare(`INSERT OR REPLACE INTO backfill (id, state, from_at, reached_at, window_ms, calls, recordings, news, started_at,
    ended_at, by_user_id, failure_code) VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  return {
    get: () => select.get() as BackfillRow | undefined,
    put(row: BackfillRow): void {
      const counts = [row.window_ms, row.calls, row.recordings, row.news] as const
      put.run(row.state, row.from_at, row.reached_at, ...counts, row.started_at, row.ended_at, row.by_user_id, row.failure_code)
    },
  }
}

/** The job as managers see it. */
export const stateOf = (row: BackfillRow | undefined): BackfillState =>
  row
    ? {
        state: row.state,
        from: row.from_at,
        reachedAt: row.reached_at,
        calls: row.calls,
        recordings: row.recordings,
        news: row.news,
        startedAt: row.started_at,
        endedAt: row.ended_at,
        byUserId: row.by_user_id,
        failureCode: row.failure_code,
      }
    : {
        state: 'none',
        from: null,
        reachedAt: null,
        calls: 0,
        recordings: 0,
        news: 0,
        startedAt: null,
        endedAt: null,
        byUserId: null,
        failureCode: null,
      }
