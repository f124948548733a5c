import type { Migration } from '../migrate.ts'

/** Where we are in the relay's log, what is known of each call, and the records derived from it. */
export const calls: Migration = {
  id: 10,
  sql: `
create table replica (
  id integer primary key check (id = 1),
  epoch text,
  cursor integer not null,
  needs_snapshot integer not null
) strict;
insert into replica values (1, null, 0, 1);

create table events_kept (
  seq integer primary key,
  at text not null,
  name text not null,
  payload text not null
) strict;

create table call_facts (
  call_id text not null,
  subject text not null,
  field text not null,
  kind text not null check (kind in ('text', 'number', 'flag', 'null')),
  value any,
  source text not null,
  at text not null,
  sequence integer,
  primary key (call_id, subject, field)
) strict, without rowid;

create table calls (
  call_id text primary key,
  direction text not null,
  outcome text not null,
  reason text,
  party_kind text not null,
  party_address text,
  our_number text,
  user_id text,
  device_id text,
  started_at text not null,
  answered_at text,
  ended_at text,
  ring_seconds integer,
  talk_seconds integer,
  cost_amount text,
  cost_currency text,
  cost_is_final integer
) strict, without rowid;
create index calls_by_start on calls (started_at, call_id);

create table call_legs (
  call_id text not null references calls on delete cascade,
  position integer not null,
  leg_id text not null,
  sid text,
  parent_sid text,
  role text not null,
  user_id text,
  device_id text,
  to_address text,
  status text,
  ring_at text,
  answer_at text,
  end_at text,
  duration_seconds integer,
  bridged integer,
  error_code integer,
  price text,
  price_unit text,
  primary key (call_id, position)
) strict, without rowid;

create table recordings (
  call_id text not null references calls on delete cascade,
  position integer not null,
  sid text not null,
  leg_sid text,
  source text,
  status text,
  channels integer,
  duration_seconds integer,
  started_at text,
  error_code integer,
  channel_1 text,
  channel_2 text,
  primary key (call_id, position)
) strict, without rowid;
create index recordings_by_sid on recordings (sid);

create table snapshot_seen (
  entity text not null,
  id text not null,
  primary key (entity, id)
) strict, without rowid;
`,
}
