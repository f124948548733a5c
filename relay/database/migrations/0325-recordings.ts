interface Executes {
  exec(sql: string): unknown
}

/**
 * What is due to be deleted is found without reading all records. `recording_deletions`: recordings that Twilio was asked to delete, and of
 * which we may not have heard: written before it is asked, so that a crash in between is finished, and nobody saves what may be gone.
 */
export const migration = {
  version: 325,
  up(db: Executes): void {
    db.exec(`
      CREATE INDEX records_in_trash ON records (json_extract(value, '$.trash.until'))
        WHERE kind = 'recording' AND json_extract(value, '$.deletedAt') IS NULL;

      CREATE TABLE recording_deletions (
        sid TEXT PRIMARY KEY,
        asked_at TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;
    `)
  },
}
