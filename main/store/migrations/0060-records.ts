import type { Migration } from '../migrate.ts'

/** The newest open entry of a changed call's group. */
const head = (row: 'old' | 'new') =>
  `select missed_group, started_at, call_id from (
    select missed_group, started_at, call_id from calls where missed_state = 'open' and missed_group = ${row}.missed_group
    order by started_at desc, call_id desc limit 1
  ) where true`

/**
 * What people, and the relay, added to calls and numbers; and what lists ask of calls and recordings, materialised beside them.
 * The relay told none of it before, so that a snapshot is due. `missed_group`: open entries with the same one are shown as one,
 * the newest of them (`missed_heads`).
 */
export const records: Migration = {
  id: 60,
  sql: `
create table records (
  kind text not null,
  record_id text not null,
  call_id text,
  phone_number text,
  value text,
  at text not null,
  by_user_id text,
  shared text,
  shared_at text,
  shared_by text,
  is_heard integer not null,
  pending text,
  command text,
  primary key (kind, record_id)
) strict, without rowid;
create index records_by_call on records (call_id, kind) where call_id is not null;
create index records_by_number on records (phone_number, kind) where phone_number is not null;
create index records_by_pending on records (pending) where pending is not null;

create table call_tags (
  tag text not null,
  call_id text not null,
  primary key (tag, call_id)
) strict, without rowid;
create index call_tags_by_call on call_tags (call_id);

alter table calls add column record_wanted text;
alter table calls add column missed_state text;
alter table calls add column missed_group text;
update calls set record_wanted = (
  select value from call_facts as fact
  where fact.call_id = calls.call_id and fact.subject = 'call' and fact.field = 'recordWanted' and fact.value in ('number', 'caller')
);
update calls set missed_state = 'open', missed_group =
    case party_kind when 'withheld' then call_id else party_kind || ':' || party_address || ' ' || ifnull(our_number, '') end
  where direction = 'incoming'
    and (outcome in ('voicemail', 'abandoned') or (outcome = 'missed' and ifnull(reason, '') <> 'declined'));
create index calls_missed on calls (started_at, call_id) where missed_state is not null;
create index calls_missed_open on calls (missed_group, started_at, call_id) where missed_state = 'open';

create table missed_heads (
  missed_group text primary key,
  started_at text not null,
  call_id text not null
) strict, without rowid;
create index missed_heads_by_start on missed_heads (started_at, call_id);
insert into missed_heads
  select missed_group, started_at, call_id from (
    select missed_group, started_at, call_id,
      row_number() over (partition by missed_group order by started_at desc, call_id desc) as nth
    from calls where missed_state = 'open'
  ) where nth = 1;
create trigger missed_marked after update of missed_state, missed_group on calls
  when old.missed_state is not new.missed_state or old.missed_group is not new.missed_group begin
  delete from missed_heads where missed_group in (old.missed_group, new.missed_group);
  insert into missed_heads ${head('old')};
  insert into missed_heads ${head('new')} on conflict do nothing;
end;
create trigger missed_moved after update of started_at on calls
  when new.missed_state = 'open' and old.started_at <> new.started_at begin
  delete from missed_heads where missed_group = new.missed_group;
  insert into missed_heads ${head('new')};
end;
create trigger missed_gone after delete on calls when old.missed_state = 'open' begin
  delete from missed_heads where missed_group = old.missed_group;
  insert into missed_heads ${head('old')};
end;

create table recording_list (
  sid text primary key,
  call_id text not null references calls on delete cascade,
  shelf text not null check (shelf in ('recordings', 'voicemail', 'empty')),
  place text not null check (place in ('kept', 'trash', 'deleted')),
  at text not null,
  is_read integer not null
) strict, without rowid;
insert into recording_list
  select r.sid, r.call_id,
    case when ifnull(r.source, '') <> 'RecordVerb' then 'recordings'
      when r.duration_seconds > 0 and ifnull(r.status, '') not in ('absent', 'failed') then 'voicemail'
      else 'empty' end,
    case r.status when 'deleted' then 'deleted' else 'kept' end, c.started_at, 0
  from recordings as r join calls as c on c.call_id = r.call_id where true
  on conflict do nothing;
create index recording_list_by_call on recording_list (call_id);
create index recording_list_by_place on recording_list (shelf, place, at, sid);
create index recording_list_unread on recording_list (at, sid) where shelf = 'voicemail' and place = 'kept' and is_read = 0;

create table recording_audit (
  call_id text primary key references calls on delete cascade,
  at text not null,
  ended_at text,
  state text not null
) strict, without rowid;
create index recording_audit_by_start on recording_audit (at, call_id);
create index recording_audit_by_state on recording_audit (state, at, call_id);
create index recording_audit_pending on recording_audit (ended_at) where state = 'pending';
create table recording_audit_counts (
  state text primary key,
  calls integer not null
) strict, without rowid;
create trigger recording_audit_added after insert on recording_audit begin
  insert into recording_audit_counts values (new.state, 1) on conflict (state) do update set calls = calls + 1;
end;
create trigger recording_audit_changed after update of state on recording_audit when old.state <> new.state begin
  update recording_audit_counts set calls = calls - 1 where state = old.state;
  insert into recording_audit_counts values (new.state, 1) on conflict (state) do update set calls = calls + 1;
end;
create trigger recording_audit_gone after delete on recording_audit begin
  update recording_audit_counts set calls = calls - 1 where state = old.state;
end;

update replica set needs_snapshot = 1;
`,
}
