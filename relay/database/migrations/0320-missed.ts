interface Executes {
  exec(sql: string): unknown
}

/**
 * Missed calls and what closes them: written when a call is over. `closed_at` of one that is open is '9999', so that it is later than everything.
 * `party`: a number in E.164, or NULL for who cannot be recognised. `since`: a call that reached the party closes what began before.
 */
export const migration = {
  version: 320,
  up(db: Executes): void {
    db.exec(`
      CREATE TABLE missed_calls (
        call_id TEXT PRIMARY KEY,
        party TEXT,
        started_at TEXT NOT NULL,
        closed_at TEXT NOT NULL DEFAULT '9999',
        by_call_id TEXT
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX missed_calls_by_party ON missed_calls (party, closed_at) WHERE party IS NOT NULL;
      CREATE INDEX missed_calls_by_closing ON missed_calls (by_call_id) WHERE by_call_id IS NOT NULL;

      CREATE TABLE reached_calls (
        call_id TEXT PRIMARY KEY,
        party TEXT NOT NULL,
        direction TEXT NOT NULL,
        user_id TEXT,
        since TEXT NOT NULL,
        answered_at TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX reached_calls_by_party ON reached_calls (party, answered_at, call_id);

      CREATE TABLE missed_by_hand (
        call_id TEXT PRIMARY KEY,
        reopened_at TEXT,
        reopened_by TEXT,
        closed_at TEXT,
        closed_by TEXT
      ) STRICT, WITHOUT ROWID;
    `)
  },
}
