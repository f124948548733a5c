import type { Migration } from '../migrate.ts'

/** Which recordings are kept in PROFILE/media, and where listening stopped. Of this computer alone. */
export const media: Migration = {
  id: 80,
  sql: `
create table media_cache (
  sid text primary key,
  call_id text not null,
  file text not null,
  bytes integer not null,
  duration_seconds real not null,
  channels integer not null,
  cached_at text not null,
  played_at text not null
) strict, without rowid;
create index media_cache_by_played on media_cache (played_at);

create table playback_positions (
  sid text primary key,
  call_id text not null,
  seconds real not null
) strict, without rowid;
create index playback_positions_by_call on playback_positions (call_id);

create trigger playback_positions_follow_call after delete on calls begin
  delete from playback_positions where call_id = old.call_id;
end;
`,
}
