import Database from 'better-sqlite3'

/** The connection, named: TypeScript cannot name better-sqlite3's own type in another room's declarations (TS4058). */
export type Connection = Database.Database

/** Lists and searches of a million calls touch the upper pages of a dozen indexes: they stay in memory. */
const READ_CACHE_KIB = 65_536
/** A snapshot makes the log of writes large once; afterwards its file is cut to so many bytes. */
const WAL_LIMIT = 67_108_864

/**
 * The only way to open a database file. WAL, so that a reader does not wait for the writer. `durability` full: a commit survives a
 * power cut; normal: the last ones may be lost then, which a replica gets again from the relay.
 * @throws Error on Node 20: better-sqlite3 needs N-API 10, and there the first `new Database` ends the process without a word.
 */
export function openDatabase(file: string, { durability = 'normal', readonly = false }: OpenOptions = {}): Connection {
  if (Number(process.versions['napi']) < 10)
    throw new Error(`Node 24 is needed (this is ${process.version}); run it with npm start / npm test`)
  const connection = new Database(file, { readonly, fileMustExist: readonly })
  if (!readonly) connection.pragma('journal_mode = WAL')
  connection.pragma(`synchronous = ${durability}`)
  connection.pragma('foreign_keys = ON')
  connection.pragma('busy_timeout = 5000')
  connection.pragma('temp_store = memory')
  if (readonly) connection.pragma(`cache_size = -${READ_CACHE_KIB}`)
  else connection.pragma(`journal_size_limit = ${WAL_LIMIT}`)
  return connection
}

export interface OpenOptions {
  durability?: 'normal' | 'full'
  readonly?: boolean
}
