import type { Connection } from './open-database.ts'

/**
 * Looks after a file on a connection of its own that cannot write, in a thread of its own: neither the writer nor the reader waits for
 * it. One is started for a job and closed after.
 */
export function createKeeper(db: Connection) {
  return {
    /** What SQLite finds wrong with the file; nothing when it is sound. */
    check: (): string[] => (db.pragma('quick_check(20)') as { quick_check: string }[]).flatMap(problemOf),
    /** Writes the file as it is now, whole and compact, to another that is not there yet. */
    copyTo: (file: string): void => void db.prepare('vacuum into ?').run(file),
    calls: (): number => db.prepare<[], { total: number }>('select count(*) as total from calls').get()?.total ?? 0,
    /** What this user was when the file was last told of it; undefined when it never was. */
    roleOf: (userId: string): string | undefined =>
      db.prepare<[string], { role: string }>('select role from users where user_id = ?').get(userId)?.role,
    version: (): number => Number(db.pragma('user_version', { simple: true })),
  }
}
export type Keeper = ReturnType<typeof createKeeper>

const problemOf = (row: { quick_check: string }) => (row.quick_check === 'ok' ? [] : [row.quick_check])
