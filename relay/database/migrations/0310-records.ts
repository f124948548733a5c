interface Executes {
  exec(sql: string): unknown
}

/**
 * What people, and the relay, add to calls and numbers (RULES R18): latest per kind and id. A `value` of NULL was removed; its row stays, for
 * it says whose it was. `author_id`: who made it first.
 */
export const migration = {
  version: 310,
  up(db: Executes): void {
    db.exec(`
      CREATE TABLE records (
        id INTEGER PRIMARY KEY,
        kind TEXT NOT NULL,
        record_id TEXT NOT NULL,
        call_id TEXT,
        phone_number TEXT,
        value TEXT,
        at TEXT NOT NULL,
        by_user_id TEXT,
        author_id TEXT,
        UNIQUE (kind, record_id)
      ) STRICT;
      CREATE INDEX records_by_call ON records (call_id, id) WHERE call_id IS NOT NULL;
      CREATE INDEX records_by_number ON records (phone_number) WHERE phone_number IS NOT NULL;
    `)
  },
}
