import { migrations, type Migration } from './migrations/index.ts'
import type { Database } from './open.ts'

/**
 * Runs the migrations this file has not seen, each in a transaction of its own, in order. `user_version` holds the last one.
 * @throws Error when the file was written by a newer relay.
 */
export function migrate(db: Database, list: readonly Migration[] = migrations): void {
  const ordered = list.toSorted((a, b) => a.version - b.version)
  const found = Number(db.pragma('user_version', { simple: true }))
  const newest = ordered.at(-1)?.version ?? 0
  if (found > newest) throw new Error(`the database is of a newer relay (${found}, this one knows ${newest})`)
  for (const migration of ordered.filter((one) => one.version > found)) {
    db.transaction(() => {
      migration.up(db)
      db.pragma(`user_version = ${migration.version}`)
    }).immediate()
  }
}
