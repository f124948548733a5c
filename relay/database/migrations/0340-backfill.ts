interface Executes {
  exec(sql: string): unknown
}

/** The one job that reads older calls from Twilio: how far it was asked to go, how far it came. It goes on when the relay starts again. */
export const migration = {
  version: 340,
  up(db: Executes): void {
    db.exec(`
      CREATE TABLE backfill (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        state TEXT NOT NULL,
        from_at TEXT NOT NULL,
        reached_at TEXT NOT NULL,
        window_ms INTEGER NOT NULL,
        calls INTEGER NOT NULL,
        recordings INTEGER NOT NULL,
        news INTEGER NOT NULL,
        started_at TEXT NOT NULL,
        ended_at TEXT,
        by_user_id TEXT NOT NULL,
        failure_code TEXT
      ) STRICT;
    `)
  },
}
