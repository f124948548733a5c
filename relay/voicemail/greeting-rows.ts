import type { Database } from '../database/open.ts'

/** The audio of greetings: at most one per number. */
export function createGreetingRows(db: Database) {
  const put = db.prepare('INSERT OR REPLACE INTO greeting_media (phone_number, media_id, audio) VALUES (?, ?, ?)')
  const drop = db.prepare('DELETE FROM greeting_media WHERE phone_number = ?')
  const byId = db.prepare('SELECT audio FROM greeting_media WHERE media_id = ?')
  return {
    put: (phoneNumber: string, mediaId: string, audio: Uint8Array) => void put.run(phoneNumber, mediaId, audio),
    drop: (phoneNumber: string) => void drop.run(phoneNumber),
    audio: (mediaId: string) => (byId.get(mediaId) as { audio: Uint8Array } | undefined)?.audio,
  }
}
