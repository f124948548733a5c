import type { Migration } from '../migrate.ts'

/** Purchases of this desktop, beside the commands: with full durability, and not lost with the replica (RULES R29). */
export const purchases: Migration = {
  id: 20,
  sql: `
create table purchases (
  intent_id text primary key,
  workspace_id text not null,
  account_sid text not null,
  phone_number text not null,
  country text not null,
  type text not null,
  place text,
  monthly_amount text,
  monthly_currency text,
  state text not null,
  by_user_id text not null,
  buyer_user_id text,
  name text,
  note text,
  sid text,
  failure_code text,
  twilio_code integer,
  is_charged integer,
  at text not null,
  updated_at text not null,
  area_code text,
  burned integer not null,
  address_sid text,
  bundle_sid text,
  identity_sid text,
  without_relay integer not null,
  is_known integer not null,
  reported text,
  was_lost integer not null,
  looks integer not null,
  looking_since text
) strict, without rowid;
create index purchases_by_update on purchases (workspace_id, updated_at);

create table purchase_users (
  intent_id text not null references purchases on delete cascade,
  position integer not null,
  user_id text not null,
  primary key (intent_id, position)
) strict, without rowid;

create table purchase_choices (
  intent_id text not null references purchases on delete cascade,
  position integer not null,
  phone_number text not null,
  primary key (intent_id, position)
) strict, without rowid;

create table purchase_details (
  intent_id text not null references purchases on delete cascade,
  name text not null,
  value text not null,
  primary key (intent_id, name)
) strict, without rowid;

create table voice_wiring (
  workspace_id text primary key,
  voice_url text not null,
  voice_fallback_url text not null,
  status_callback text not null
) strict, without rowid;
`,
}
