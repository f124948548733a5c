import type { Migration } from '../migrate.ts'

/** Commands on their way to the relay, in a file of their own: it survives a rebuild of the replica. */
export const outbox: Migration = {
  id: 10,
  sql: `
create table commands (
  position integer primary key autoincrement,
  command_id text not null unique,
  queued_at text not null,
  payload text not null
) strict;
`,
}
