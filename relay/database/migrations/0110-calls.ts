interface Executes {
  exec(sql: string): unknown
}

const calls = `
  CREATE TABLE calls (
    call_id TEXT PRIMARY KEY,
    direction TEXT,
    outcome TEXT,
    reason TEXT,
    our_number TEXT,
    user_id TEXT,
    device_id TEXT,
    started_at TEXT NOT NULL,
    answered_at TEXT,
    ended_at TEXT,
    ring_seconds INTEGER,
    talk_seconds INTEGER,
    cost_amount TEXT,
    cost_currency TEXT,
    is_cost_final INTEGER NOT NULL DEFAULT 0,
    status TEXT,
    merged_into TEXT REFERENCES calls (call_id)
  ) STRICT;
  CREATE INDEX calls_by_start ON calls (started_at DESC, call_id DESC) WHERE merged_into IS NULL;
  CREATE INDEX calls_by_status ON calls (status, started_at DESC, call_id DESC) WHERE merged_into IS NULL;
  CREATE INDEX calls_unsettled ON calls (started_at) WHERE merged_into IS NULL AND is_cost_final = 0;
`

const callLegs = `
  CREATE TABLE call_legs (
    call_id TEXT NOT NULL REFERENCES calls (call_id),
    leg_id TEXT NOT NULL,
    sid TEXT UNIQUE,
    parent_sid TEXT,
    role TEXT NOT NULL,
    user_id TEXT,
    device_id TEXT,
    status TEXT,
    ring_at TEXT,
    answer_at TEXT,
    end_at TEXT,
    duration_seconds INTEGER,
    price TEXT,
    price_unit TEXT,
    PRIMARY KEY (call_id, leg_id)
  ) STRICT;
`

const recordings = `
  CREATE TABLE recordings (
    sid TEXT PRIMARY KEY,
    call_id TEXT NOT NULL REFERENCES calls (call_id),
    leg_sid TEXT,
    source TEXT,
    status TEXT,
    channels INTEGER,
    duration_seconds INTEGER,
    started_at TEXT
  ) STRICT;
  CREATE INDEX recordings_by_call ON recordings (call_id);
  CREATE INDEX recordings_by_start ON recordings (started_at DESC, sid DESC);
`

const callViewers = `
  CREATE TABLE call_viewers (
    call_id TEXT NOT NULL REFERENCES calls (call_id),
    user_id TEXT NOT NULL,
    PRIMARY KEY (call_id, user_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX call_viewers_by_user ON call_viewers (user_id, call_id);
`

const callFacts = `
  CREATE TABLE call_facts (
    call_id TEXT NOT NULL REFERENCES calls (call_id),
    subject TEXT NOT NULL,
    field TEXT NOT NULL,
    value ANY,
    is_flag INTEGER NOT NULL,
    source TEXT NOT NULL,
    at TEXT NOT NULL,
    sequence INTEGER,
    PRIMARY KEY (call_id, subject, field)
  ) STRICT, WITHOUT ROWID;
`

const seenWebhooks = `
  CREATE TABLE seen_webhooks (
    key TEXT PRIMARY KEY,
    call_sid TEXT,
    callback_source TEXT,
    sequence_number INTEGER,
    answer TEXT,
    received_at TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX seen_webhooks_by_sequence ON seen_webhooks (call_sid, callback_source, sequence_number)
    WHERE sequence_number IS NOT NULL AND call_sid IS NOT NULL AND callback_source IS NOT NULL;
  CREATE INDEX seen_webhooks_by_time ON seen_webhooks (received_at);
`

/**
 * Calls, their legs and recordings, materialised from facts; and the webhooks already taken (RULES R1, R13, R18). Every leg's SID is
 * unique: it maps to one call. `call_viewers` says whose a call is, besides the managers'.
 */
export const migration = {
  version: 110,
  up(db: Executes): void {
    for (const table of [calls, callLegs, recordings, callViewers, callFacts, seenWebhooks]) db.exec(table)
  },
}
