import type { Sql } from './sql.ts'

/** The webhooks already taken, by key, with the answer each got (RULES R13). */
export function createSeenWebhooks(db: Sql) {
  const select = db.prepare('SELECT answer FROM seen_webhooks WHERE key = ?')
  const insert = db.prepare('INSERT INTO seen_webhooks (key, answer, received_at) VALUES (?, ?, ?)')
  const prune = db.prepare('DELETE FROM seen_webhooks WHERE received_at < ?')
  return {
    /** The first answer ('' for a callback that gets none), or undefined for something new. */
    answerOf(key: string): string | undefined {
      const row = select.get(key) as { answer: string | null } | undefined
      return row && (row.answer ?? '')
    },
    remember: (key: string, answer: string, receivedAt: string) => void insert.run(key, answer === '' ? null : answer, receivedAt),
    /** Forgets what came before this instant: a replay of it would join into what is known and change nothing. */
    prune: (before: string) => void prune.run(before),
  }
}
export type SeenWebhooks = ReturnType<typeof createSeenWebhooks>
