interface Executes {
  exec(sql: string): unknown
}

/**
 * Intents to buy a number, and which device has the lease of each (RULES R29). Whether a lease lives depends on the time, so that no index
 * can say that there is one per number: the one writer decides.
 */
export const migration = {
  version: 220,
  up(db: Executes): void {
    db.exec(`
      CREATE TABLE purchases (
        intent_id TEXT PRIMARY KEY,
        phone_number TEXT NOT NULL,
        country TEXT NOT NULL,
        type TEXT NOT NULL,
        place TEXT,
        monthly_amount TEXT,
        monthly_currency TEXT,
        state TEXT NOT NULL,
        by_user_id TEXT NOT NULL REFERENCES users (user_id),
        buyer_user_id TEXT REFERENCES users (user_id),
        name TEXT,
        note TEXT,
        sid TEXT,
        failure_code TEXT,
        twilio_code INTEGER,
        is_charged INTEGER,
        lease_device_id TEXT REFERENCES devices (device_id),
        lease_until TEXT,
        at TEXT NOT NULL,
        updated_at TEXT NOT NULL,
        CHECK ((monthly_amount IS NULL) = (monthly_currency IS NULL)),
        CHECK ((lease_device_id IS NULL) = (lease_until IS NULL))
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX purchases_by_number ON purchases (phone_number) WHERE lease_until IS NOT NULL;
      CREATE INDEX purchases_by_time ON purchases (at DESC, intent_id);
      CREATE INDEX purchases_by_user ON purchases (by_user_id, at DESC);

      CREATE TABLE purchase_users (
        intent_id TEXT NOT NULL REFERENCES purchases (intent_id),
        user_id TEXT NOT NULL,
        position INTEGER NOT NULL,
        PRIMARY KEY (intent_id, user_id)
      ) STRICT, WITHOUT ROWID;
    `)
  },
}
