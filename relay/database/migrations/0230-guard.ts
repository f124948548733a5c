interface Executes {
  exec(sql: string): unknown
}

/**
 * Each number's settings at Twilio: as we last set or accepted them (`baseline_raw`), and as they were last read (`seen_raw`), both JSON of
 * the contract's NumberSettings. `seen_at`: when they were first read so; `is_listed`: and the last listing found them unchanged.
 */
export const migration = {
  version: 230,
  up(db: Executes): void {
    db.exec(`
      CREATE TABLE number_snapshots (
        phone_number TEXT PRIMARY KEY,
        sid TEXT NOT NULL,
        baseline_raw TEXT NOT NULL,
        baseline_at TEXT NOT NULL,
        seen_raw TEXT NOT NULL,
        seen_at TEXT NOT NULL,
        is_listed INTEGER NOT NULL
      ) STRICT;
    `)
  },
}
