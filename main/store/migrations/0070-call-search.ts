import type { Migration } from '../migrate.ts'

/**
 * Calls by one integer (`call-key`), and an index of their properties and texts. The index keeps no text that can be read back. What
 * goes, goes from it in the same transaction, whoever deletes. Calls without `doc_digest` are put into it when the file is opened.
 */
export const callSearch: Migration = {
  id: 70,
  sql: `
alter table calls add column sort_key integer;
alter table calls add column cost_micros integer;
alter table calls add column doc_digest integer;
update calls set
  cost_micros = cast(round(cost_amount * 1000000) as integer),
  sort_key = keys.at * 4096 + keys.slot
from (
  select call_id, at, row_number() over (partition by at order by call_id) - 1 as slot
  from (
    select call_id, max(0, cast(round((coalesce(unixepoch(started_at, 'subsec'), 0) - 946684800) * 1000) as integer)) as at from calls
  )
) as keys where keys.call_id = calls.call_id;
drop index calls_by_start;
create index calls_by_key on calls (sort_key, party_address);
create index calls_by_party on calls (party_address, sort_key);
create index calls_not_indexed on calls (call_id) where doc_digest is null;

create virtual table call_docs using fts5(doc, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 2');
create table call_addresses (
  id integer primary key,
  address text not null unique
) strict;
create virtual table call_address_parts using fts5(address, content='', contentless_delete=1, tokenize='trigram');

create trigger call_gone after delete on calls begin
  delete from call_docs where rowid = old.sort_key;
  delete from call_addresses
    where address = old.party_address and not exists (select 1 from calls where party_address = old.party_address);
end;
create trigger call_moved after update of sort_key on calls when old.sort_key is not new.sort_key begin
  delete from call_docs where rowid = old.sort_key;
end;
create trigger call_readdressed after update of party_address on calls when old.party_address is not new.party_address begin
  delete from call_addresses
    where address = old.party_address and not exists (select 1 from calls where party_address = old.party_address);
end;
create trigger call_address_gone after delete on call_addresses begin
  delete from call_address_parts where rowid = old.id;
end;

create table directory_version (
  id integer primary key check (id = 1),
  version integer not null
) strict;
insert into directory_version values (1, 1);
create trigger user_added after insert on users begin update directory_version set version = version + 1; end;
create trigger user_renamed after update of name on users when old.name <> new.name begin update directory_version set version = version + 1; end;
create trigger user_gone after delete on users begin update directory_version set version = version + 1; end;
create trigger number_added after insert on numbers begin update directory_version set version = version + 1; end;
create trigger number_renamed after update of name on numbers when old.name <> new.name begin
  update directory_version set version = version + 1;
end;
create trigger number_gone after delete on numbers begin update directory_version set version = version + 1; end;
`,
}
