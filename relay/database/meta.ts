import { randomBytes } from 'node:crypto'
import type { Database } from './open.ts'

/** Named values of the database itself: its epoch, the workspace's id. `make` gives one that is not there yet. */
export function metaValue(db: Database, name: string, make: () => string): string {
  const found = db.prepare<[string], { value: string }>('SELECT value FROM meta WHERE name = ?').get(name)
  if (found) return found.value
  const value = make()
  db.prepare('INSERT INTO meta (name, value) VALUES (?, ?)').run(name, value)
  return value
}

/** Gives the log a new epoch, after a backup was restored (RULES R19): every desktop takes a snapshot. For the relay's next start. */
export function renewEpoch(db: Database): string {
  const epoch = newEpoch()
  db.prepare("INSERT INTO meta (name, value) VALUES ('epoch', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value").run(epoch)
  return epoch
}

/** A random epoch. */
export const newEpoch = (): string => randomBytes(12).toString('hex')

/** Writes the instant of the last probe: proves that the disk takes writes. Inside a transaction of the writer. */
export function writeProbe(db: Database, at: Date): void {
  db.prepare("INSERT INTO meta (name, value) VALUES ('probed_at', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value").run(
    at.toISOString(),
  )
}
