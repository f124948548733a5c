interface Executes {
  exec(sql: string): unknown
}

/**
 * How much a number is used is read from its index alone, talk time included; and when Twilio last took its fallback, which no call says.
 */
export const migration = {
  version: 240,
  up(db: Executes): void {
    db.exec(`
      CREATE INDEX calls_by_number ON calls (our_number, started_at, talk_seconds) WHERE merged_into IS NULL;

      CREATE TABLE number_fallbacks (
        phone_number TEXT PRIMARY KEY,
        at TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;
    `)
  },
}
