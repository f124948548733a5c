import type { CallNote } from '../../contract/history.ts'
import type { Connection } from './open-database.ts'
import { createRecordReader, ofKind } from './record-reader.ts'

const named = (rows: readonly { id: string; name: string }[]) => new Map(rows.map(({ id, name }) => [id, name]))

/** What an export says beside the calls themselves. */
export function createExportReader(db: Connection) {
  const { itemRecords } = createRecordReader(db)
  const users = db.prepare<[], { id: string; name: string }>('select user_id as id, name from users')
  const numbers = db.prepare<[], { id: string; name: string }>('select phone_number as id, name from numbers')
  const notesOf = (callId: string): CallNote[] =>
    ofKind(itemRecords(callId), 'note').flatMap(({ recordId, value, at, byUserId, isPending }) =>
      value ? [{ noteId: recordId, at, byUserId, isPending, ...value }] : [],
    )
  return {
    /** Names of users, also of those who left, and of numbers. */
    exportNames: () => ({ users: named(users.all()), numbers: named(numbers.all()) }),
    /** Notes of these calls, each call's oldest first. */
    exportNotes: (callIds: readonly string[]): Map<string, CallNote[]> => new Map(callIds.map((callId) => [callId, notesOf(callId)])),
  }
}
