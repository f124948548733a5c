import type { Migration } from '../migrate.ts'

/** Numbers that are being released from this desktop: with full durability, and not lost with the replica (RULES R31). */
export const releases: Migration = {
  id: 30,
  sql: `
create table releases (
  workspace_id text not null,
  sid text not null,
  note_id text not null,
  account_sid text not null,
  phone_number text not null,
  at text not null,
  primary key (workspace_id, sid)
) strict, without rowid;
create index releases_by_note on releases (note_id);
`,
}
