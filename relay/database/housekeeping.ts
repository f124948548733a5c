import type { Database } from './open.ts'

/** Commands are remembered for so long: no outbox is older. */
const COMMANDS_MS = 90 * 24 * 3_600_000

/**
 * Drops what nobody can ask for any more, a bounded piece at a time, inside a transaction of the writer: events older than `retentionMs`
 * (0 keeps all; desktops whose cursor is below `oldest` take a snapshot, RULES R19, and the newest event always stays), refresh tokens that
 * have run out, the results of very old commands. Returns how many events went.
 */
export function dropOld(db: Database, now: Date, retentionMs: number, limit = 5000): number {
  const before = (ms: number) => new Date(now.getTime() - ms).toISOString()
  db.prepare('DELETE FROM refresh_tokens WHERE expires_at < ?').run(before(0))
  db.prepare('DELETE FROM commands WHERE applied_at < ?').run(before(COMMANDS_MS))
  if (retentionMs === 0) return 0
  return db
    .prepare(
      `DELETE FROM events WHERE seq IN (SELECT seq FROM events WHERE at < ? AND seq < (SELECT max(seq) FROM events) ORDER BY seq LIMIT ?)`,
    )
    .run(before(retentionMs), limit).changes
}
