interface Executes {
  exec(sql: string): unknown
}

const details = `
  ALTER TABLE numbers ADD COLUMN ring_mode TEXT NOT NULL DEFAULT 'simultaneous' CHECK (ring_mode IN ('simultaneous', 'sequential'));
  ALTER TABLE numbers ADD COLUMN is_recorded INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE numbers ADD COLUMN inactive_message TEXT;
  ALTER TABLE numbers ADD COLUMN notes TEXT NOT NULL DEFAULT '';
  ALTER TABLE numbers ADD COLUMN left_at TEXT;

  CREATE TABLE number_holds (
    phone_number TEXT PRIMARY KEY REFERENCES numbers (phone_number),
    until TEXT NOT NULL,
    message TEXT,
    at TEXT NOT NULL,
    by_user_id TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE number_origins (
    phone_number TEXT PRIMARY KEY REFERENCES numbers (phone_number),
    at TEXT NOT NULL,
    by_user_id TEXT,
    intent_id TEXT,
    monthly_amount TEXT,
    monthly_currency TEXT,
    place TEXT,
    type TEXT,
    CHECK ((monthly_amount IS NULL) = (monthly_currency IS NULL))
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE number_tags (
    phone_number TEXT NOT NULL REFERENCES numbers (phone_number),
    position INTEGER NOT NULL,
    tag TEXT NOT NULL,
    PRIMARY KEY (phone_number, position)
  ) STRICT, WITHOUT ROWID;
`

const users = `
  CREATE TABLE number_defaults (
    user_id TEXT PRIMARY KEY REFERENCES users (user_id),
    phone_number TEXT NOT NULL REFERENCES numbers (phone_number)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX number_defaults_by_number ON number_defaults (phone_number);

  CREATE TABLE number_past_users (
    phone_number TEXT NOT NULL REFERENCES numbers (phone_number),
    user_id TEXT NOT NULL REFERENCES users (user_id),
    ended_at TEXT NOT NULL,
    PRIMARY KEY (phone_number, user_id)
  ) STRICT, WITHOUT ROWID;
`

const audit = `
  CREATE TABLE audit (
    audit_id INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    user_id TEXT NOT NULL,
    user_name TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    before TEXT NOT NULL,
    after TEXT NOT NULL
  ) STRICT;
  CREATE INDEX audit_by_subject ON audit (subject, audit_id);
  CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the trace is not changed'); END;
  CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the trace is not deleted'); END;
`

// As the contract had them when this was written: a number of which nothing was said yet.
const plain = `{"ringMode":"simultaneous","isRecorded":false,"inactiveMessage":null,"notes":"","tags":[],"defaultFor":[],"hold":null,"origin":null,"leftAt":null}`

/** Events of the log get what today's have, so that a desktop that replays them understands them (RULES R20). */
const events = `
  UPDATE events SET payload = json_set(payload,
      '$.sid', (SELECT sid FROM numbers WHERE phone_number = json_extract(events.payload, '$.phoneNumber')),
      '$.details', json('${plain}'))
    WHERE type = 'number.changed' AND json_extract(payload, '$.details') IS NULL;
`

/**
 * What is kept of a number beyond name, state and users, who had it before, and the trace of who changed what (RULES R18, R31).
 * A user has one default number at most; the trace only grows.
 */
export const migration = {
  version: 210,
  up(db: Executes): void {
    for (const part of [details, users, audit, events]) db.exec(part)
  },
}
