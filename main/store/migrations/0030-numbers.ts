import type { Migration } from '../migrate.ts'

/**
 * The manager's numbers: what the relay keeps of each, how Twilio listed it, how it should be set, how much it is used, and what
 * the relay has yet to hear.
 * What the relay told of numbers before said less than it does now, so that a snapshot is due.
 */
export const numbers: Migration = {
  id: 30,
  sql: `
alter table numbers add column sid text;
alter table numbers add column ring_mode text not null default 'simultaneous' check (ring_mode in ('simultaneous', 'sequential'));
alter table numbers add column is_recorded integer not null default 0;
alter table numbers add column inactive_message text;
alter table numbers add column notes text not null default '';
alter table numbers add column hold_until text;
alter table numbers add column hold_message text;
alter table numbers add column hold_at text;
alter table numbers add column hold_by_user_id text;
alter table numbers add column origin_at text;
alter table numbers add column origin_by_user_id text;
alter table numbers add column origin_intent_id text;
alter table numbers add column origin_amount text;
alter table numbers add column origin_currency text;
alter table numbers add column origin_place text;
alter table numbers add column origin_type text;
alter table numbers add column left_at text;
update replica set needs_snapshot = 1;

create table number_tags (
  phone_number text not null references numbers on delete cascade,
  position integer not null,
  tag text not null,
  primary key (phone_number, position)
) strict, without rowid;

create table number_defaults (
  phone_number text not null references numbers on delete cascade,
  position integer not null,
  user_id text not null,
  primary key (phone_number, position)
) strict, without rowid;

create table remote_numbers (
  phone_number text primary key,
  sid text,
  raw text,
  first_seen_at text not null,
  seen_at text not null,
  missing_since text,
  gone_at text
) strict;

create table number_usage (
  phone_number text primary key,
  calls30 integer not null,
  talk_seconds30 integer not null,
  per_day text not null,
  last_used_at text,
  unheard7 integer not null,
  fallback_at text
) strict, without rowid;

create table number_guards (
  phone_number text primary key,
  sid text not null,
  baseline_raw text not null,
  baseline_at text not null,
  seen_raw text,
  seen_at text not null
) strict;

create table number_reports (
  phone_number text primary key,
  payload text not null
) strict, without rowid;

create table number_sync (
  id integer primary key check (id = 1),
  revision integer not null,
  synced_at text,
  usage_at text,
  guard_at text,
  voice_url text,
  voice_fallback_url text,
  status_callback text,
  undo_id text
) strict;
insert into number_sync (id, revision) values (1, 0);

create table number_undo (
  phone_number text primary key,
  raw text not null
) strict, without rowid;
`,
}
