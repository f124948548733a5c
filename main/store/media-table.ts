import type { Party } from '../../contract/party.ts'
import type { Connection } from './open-database.ts'

/** A recording that is whole in PROFILE/media. */
export interface MediaEntry {
  sid: string
  callId: string
  /** Name of its file, without extension. */
  file: string
  /** Of the audio, not of the encrypted file. */
  bytes: number
  durationSeconds: number
  channels: number
  /** ISO 8601 UTC, as `playedAt`. */
  cachedAt: string
  playedAt: string
}

/** What is kept of recordings here; each command runs inside the writer's transaction. */
export function createMediaTable(db: Connection) {
  const keep = db.prepare<[MediaEntry]>(
    `insert into media_cache (sid, call_id, file, bytes, duration_seconds, channels, cached_at, played_at)
     values (@sid, @callId, @file, @bytes, @durationSeconds, @channels, @cachedAt, @playedAt)
     on conflict (sid) do update set call_id = excluded.call_id, file = excluded.file, bytes = excluded.bytes,
       duration_seconds = excluded.duration_seconds, channels = excluded.channels, cached_at = excluded.cached_at, played_at = excluded.played_at`,
  )
  const played = db.prepare<[string, string]>('update media_cache set played_at = ? where sid = ?')
  const forget = db.prepare<[string, string]>('delete from media_cache where sid = ? and file = ?')
  const position = db.prepare<[string, string, number]>(
    `insert into playback_positions (sid, call_id, seconds) values (?, ?, ?)
     on conflict (sid) do update set call_id = excluded.call_id, seconds = excluded.seconds`,
  )
  return {
    keepMedia: (entry: MediaEntry): void => void keep.run(entry),
    playedMedia: (sid: string, at: string): void => void played.run(at, sid),
    /** By name too: what was fetched again meanwhile stays. */
    forgetMedia(entries: readonly Pick<MediaEntry, 'sid' | 'file'>[]): void {
      for (const { sid, file } of entries) forget.run(sid, file)
    },
    putPosition: (sid: string, callId: string, seconds: number): void => void position.run(sid, callId, seconds),
  }
}

/** A recording as playing it needs it. */
export interface MediaRecording {
  sid: string
  callId: string
  /** In the trash it is not played, and deleted there is nothing to play. */
  place: 'kept' | 'trash' | 'deleted'
  status: string | null
  errorCode: number | null
  durationSeconds: number | null
  isVoicemail: number
  callStartedAt: string
  endedAt: string | null
  partyKind: Party['kind']
  partyAddress: string | null
  ourNumber: string | null
}

const columns =
  'sid, call_id as callId, file, bytes, duration_seconds as durationSeconds, channels, cached_at as cachedAt, played_at as playedAt'

/** The read side. */
export function createMediaReader(db: Connection) {
  const one = db.prepare<[string], MediaEntry>(`select ${columns} from media_cache where sid = ?`)
  const all = db.prepare<[], MediaEntry>(`select ${columns} from media_cache order by played_at, sid`)
  const gone = db.prepare<[], MediaEntry>(
    `select ${columns} from media_cache
     where not exists (select 1 from recording_list as listed where listed.sid = media_cache.sid and listed.place = 'kept')`,
  )
  const recording = db.prepare<[string], MediaRecording>(
    `select listed.sid, listed.call_id as callId, place, status, error_code as errorCode, duration_seconds as durationSeconds,
       shelf = 'voicemail' as isVoicemail, calls.started_at as callStartedAt, ended_at as endedAt, party_kind as partyKind,
       party_address as partyAddress, our_number as ourNumber
     from recording_list as listed join calls on calls.call_id = listed.call_id
       join recordings on recordings.call_id = listed.call_id and recordings.sid = listed.sid
     where listed.sid = ?`,
  )
  const wanted = db
    .prepare<[string, number], string>(
      `select listed.sid from recording_list as listed
         join recordings on recordings.call_id = listed.call_id and recordings.sid = listed.sid
       where shelf = 'voicemail' and place = 'kept' and at > ? and status = 'completed' and listed.sid not in (select sid from media_cache)
       order by at desc, listed.sid desc limit ?`,
    )
    .pluck()
  return {
    mediaEntry: (sid: string): MediaEntry | undefined => one.get(sid),
    /** The one played longest ago first. */
    mediaEntries: (): MediaEntry[] => all.all(),
    /** Kept of recordings that this person may no longer hear: gone from the replica, in the trash, deleted. */
    mediaGone: (): MediaEntry[] => gone.all(),
    mediaRecording: (sid: string): MediaRecording | undefined => recording.get(sid),
    /** Voicemails of calls after `since` that are not kept here yet, newest first. */
    mediaWanted: (since: string, limit: number): string[] => wanted.all(since, limit),
  }
}
