import type { Migration } from '../migrate.ts'

/** What Twilio said that stays true for a day, and what a manager keeps of searching. Never leaves this computer. */
export const searches: Migration = {
  id: 50,
  sql: `
create table twilio_answers (
  question text primary key,
  answered_at text not null,
  answer text not null
) strict, without rowid;

create table saved_searches (
  name text primary key,
  saved_at text not null,
  query text not null
) strict, without rowid;

create table shortlist (
  phone_number text primary key,
  position integer not null,
  offer text not null
) strict, without rowid;
create index shortlist_by_position on shortlist (position);
`,
}
