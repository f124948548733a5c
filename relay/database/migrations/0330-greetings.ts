interface Executes {
  exec(sql: string): unknown
}

/** What callers of a number hear before the beep, where it is sound: the record `greeting` says the rest. A new one takes the place of the old. */
export const migration = {
  version: 330,
  up(db: Executes): void {
    db.exec(`
      CREATE TABLE greeting_media (
        phone_number TEXT PRIMARY KEY,
        media_id TEXT NOT NULL UNIQUE,
        audio BLOB NOT NULL
      ) STRICT;
    `)
  },
}
