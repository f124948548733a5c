/** Who works here, on what. Names are looked up as typed, case does not matter. */
const people = `
  CREATE TABLE users (
    user_id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE COLLATE NOCASE,
    role TEXT NOT NULL CHECK (role IN ('staff', 'manager')),
    is_active INTEGER NOT NULL DEFAULT 1,
    created_at TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE devices (
    device_id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (user_id),
    name TEXT NOT NULL,
    identity TEXT NOT NULL UNIQUE,
    public_key TEXT NOT NULL,
    enrolled_at TEXT NOT NULL,
    revoked_at TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX devices_by_user ON devices (user_id, enrolled_at);

  CREATE TABLE invites (
    code_hash TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (user_id),
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    used_at TEXT,
    device_id TEXT REFERENCES devices (device_id)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE refresh_tokens (
    token_hash TEXT PRIMARY KEY,
    device_id TEXT NOT NULL REFERENCES devices (device_id),
    issued_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    first_used_at TEXT,
    retired_at TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX refresh_tokens_by_device ON refresh_tokens (device_id);
`

const numbers = `
  CREATE TABLE numbers (
    phone_number TEXT PRIMARY KEY,
    sid TEXT,
    name TEXT NOT NULL,
    is_active INTEGER NOT NULL DEFAULT 1
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE number_users (
    phone_number TEXT NOT NULL REFERENCES numbers (phone_number),
    user_id TEXT NOT NULL REFERENCES users (user_id),
    position INTEGER NOT NULL,
    PRIMARY KEY (phone_number, user_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX number_users_by_user ON number_users (user_id);
`

/** Users, devices, invites, refresh tokens and the numbers' assignment (RULES R3, R18, R22). Secrets are kept as SHA-256 only. */
export const migration = {
  version: 20,
  up(db: { exec(sql: string): unknown }): void {
    db.exec(people)
    db.exec(numbers)
  },
}
