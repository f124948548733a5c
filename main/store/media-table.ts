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

const columns =
  'sid, call_id as callId, file, bytes, duration_seconds as durationSeconds, channels, cached_at as cachedAt, played_at as playedAt'

/** The read side. */
export function createMediaReader(db: Connection) {
  const one = db.prepare<[string], MediaEntry>(`select ${columns} from media_cache where sid = ?`)
  const all = db.prepare<[], MediaEntry>(`select ${columns} from media_cache order by played_at, sid`)
  return {
    mediaEntry: (sid: string): MediaEntry | undefined => one.get(sid),
    /** The one played longest ago first. */
    mediaEntries: (): MediaEntry[] => all.all(),
  }
}
