import type { Migration } from '../migrate.ts'

/**
 * The index says in which list of recordings a call is, and holds no word of a recording in the trash: calls with recordings are put
 * into it anew when the file is opened.
 */
export const callLists: Migration = {
  id: 90,
  sql: `
delete from call_docs where rowid in (
  select sort_key from calls where doc_digest is not null and call_id in (select call_id from recording_list)
);
update calls set doc_digest = null where call_id in (select call_id from recording_list);
`,
}
