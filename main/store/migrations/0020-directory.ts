import type { Migration } from '../migrate.ts'

/** Who and which numbers there are, and what this person prefers on this computer. */
export const directory: Migration = {
  id: 20,
  sql: `
create table numbers (
  phone_number text primary key,
  name text not null,
  is_active integer not null
) strict, without rowid;

create table number_users (
  phone_number text not null references numbers on delete cascade,
  position integer not null,
  user_id text not null,
  primary key (phone_number, position)
) strict, without rowid;

create table users (
  user_id text primary key,
  name text not null,
  role text not null,
  is_active integer not null
) strict, without rowid;

create table devices (
  device_id text primary key,
  user_id text not null,
  name text not null,
  is_revoked integer not null
) strict, without rowid;

create table preferences (
  name text primary key,
  value text
) strict, without rowid;
`,
}
