interface Executes {
  exec(sql: string): unknown
}

/** How far the calls of the account are known, over relay restarts (RULES R15). One row. */
export const migration = {
  version: 120,
  up(db: Executes): void {
    db.exec(`
      CREATE TABLE reconciliation (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        first_run_at TEXT NOT NULL,
        last_run_at TEXT NOT NULL
      ) STRICT;
    `)
  },
}
