import { createCallReader } from './call-table.ts'
import { createDirectoryReader } from './directory-table.ts'
import type { Connection } from './open-database.ts'

/** The reader's commands, on a connection that cannot write: a long list never waits for the writer. */
export function createReader(db: Connection) {
  const calls = createCallReader(db)
  const directory = createDirectoryReader(db)
  return { call: calls.get, calls: calls.page, users: directory.users, preferences: directory.preferences }
}
export type Reader = ReturnType<typeof createReader>
