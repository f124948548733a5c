import type { Sql } from './sql.ts'

/** How far the account's calls are known. */
export function createReconciliation(db: Sql) {
  const select = db.prepare('SELECT first_run_at, last_run_at FROM reconciliation WHERE id = 1')
  const upsert = db.prepare(`INSERT INTO reconciliation (id, first_run_at, last_run_at) VALUES (1, ?, ?)
    ON CONFLICT (id) DO UPDATE SET last_run_at = excluded.last_run_at`)
  return {
    /** When runs began that succeeded: the first and the last, ISO; undefined before the first. */
    runs(): { firstAt: string; lastAt: string } | undefined {
      const row = select.get() as { first_run_at: string; last_run_at: string } | undefined
      return row && { firstAt: row.first_run_at, lastAt: row.last_run_at }
    },
    succeeded: (startedAt: string) => void upsert.run(startedAt, startedAt),
  }
}
