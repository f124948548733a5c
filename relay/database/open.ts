import { closeSync, openSync } from 'node:fs'
import SQLite from 'better-sqlite3'
import { migrate } from './migrate.ts'

/** The relay's SQLite connection: better-sqlite3's own. */
export type Database = SQLite.Database

/**
 * Pages in the write-ahead log (128 MiB) at which a commit checkpoints. That stalls answers for tens of ms, and is for when the checkpointer
 * does not keep up: under an unbroken flood it never finds the log at rest, and only a commit can begin it anew.
 */
const CHECKPOINT_PAGES = 32_768

/**
 * Opens (and makes) the relay's database and brings it up to date. `synchronous=FULL`: what was acknowledged survives a power cut.
 * `busyMs`: how long a commit then waits when another process has the file locked; nothing else happens meanwhile.
 * @throws Error with a sentence under a Node too old for the addon, or when the file is of a newer relay.
 */
export function openDatabase(file: string, busyMs = 250): Database {
  if (Number(process.versions['napi']) < 10) throw new Error(`the relay's database needs Node 24; this is ${process.version}`)
  if (file !== ':memory:') closeSync(openSync(file, 'a', 0o600)) // names, numbers and hashes: for its owner alone
  const db = new SQLite(file, { timeout: 5000 })
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = FULL')
  db.pragma('foreign_keys = ON')
  db.pragma('cache_size = -65536') // 64 MiB
  db.pragma('temp_store = MEMORY')
  db.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`)
  db.pragma('journal_size_limit = 67108864')
  migrate(db)
  db.pragma(`busy_timeout = ${busyMs}`)
  return db
}
