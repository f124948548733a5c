/**
 * The append-only log (RULES R19-R21) and what answers a repeated command. AUTOINCREMENT: a seq is never used twice, not even after
 * old events were dropped. JSON only in `payload`.
 */
export const migration = {
  version: 10,
  up(db: { exec(sql: string): unknown }): void {
    db.exec(`
      CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

      CREATE TABLE events (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        at TEXT NOT NULL,
        type TEXT NOT NULL,
        payload TEXT NOT NULL,
        audience TEXT NOT NULL CHECK (audience IN ('all', 'managers', 'users'))
      ) STRICT;
      CREATE INDEX events_for_all ON events (seq) WHERE audience = 'all';

      CREATE TABLE event_audience (
        user_id TEXT NOT NULL,
        seq INTEGER NOT NULL REFERENCES events (seq) ON DELETE CASCADE,
        PRIMARY KEY (user_id, seq)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX event_audience_by_seq ON event_audience (seq);

      CREATE TABLE commands (
        user_id TEXT NOT NULL,
        command_id TEXT NOT NULL,
        status TEXT NOT NULL CHECK (status IN ('applied', 'refused')),
        code TEXT,
        applied_at TEXT NOT NULL,
        PRIMARY KEY (user_id, command_id)
      ) STRICT, WITHOUT ROWID;
    `)
  },
}
