import type { Connection } from './open-database.ts'

/** A number that is being given back to Twilio from here: written before the DELETE, dropped when what became of it is known and kept. */
export interface ReleaseNote {
  noteId: string
  workspaceId: string
  /** The Twilio account it belongs to; no other is ever asked about it. */
  accountSid: string
  phoneNumber: string
  sid: string
  at: string
}

/** Releases under way, beside the purchases. Each call is one transaction, on the disk when it returns (synchronous=FULL). */
export function createReleaseTable(db: Connection) {
  const put = db.prepare<[ReleaseNote]>(
    `insert into releases (note_id, workspace_id, account_sid, phone_number, sid, at)
     values (@noteId, @workspaceId, @accountSid, @phoneNumber, @sid, @at)
     on conflict (workspace_id, sid) do update set note_id = excluded.note_id, account_sid = excluded.account_sid,
       phone_number = excluded.phone_number, at = excluded.at`,
  )
  const drop = db.prepare<[string]>('delete from releases where note_id = ?')
  const of = db.prepare<[string], ReleaseNote>(
    `select note_id as noteId, workspace_id as workspaceId, account_sid as accountSid, phone_number as phoneNumber, sid, at
     from releases where workspace_id = ? order by at, note_id`,
  )
  return {
    /** The newest note of a number takes the place of an older one. */
    putRelease: (note: ReleaseNote): void => void put.run(note),
    dropRelease: (noteId: string): void => void drop.run(noteId),
    /** Of a workspace, whatever the account; oldest first. */
    releases: (workspaceId: string): ReleaseNote[] => of.all(workspaceId),
  }
}
export type ReleaseTable = ReturnType<typeof createReleaseTable>
