import type { Twilio } from 'twilio'
import type { CallLog } from '../calls/deps.ts'
import type { Sql } from '../calls/sql.ts'
import type { Writer } from '../ports.ts'
import { twilioTranscript, type Transcript, type TranscriptionProvider } from './transcription.ts'
import type { Transcripts } from './transcripts.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** Ages of a message at which its words are asked for when nobody told them: they take minutes, and their callback may be lost (RULES R15). */
export const TRANSCRIPT_AGES_MS = [5 * MINUTE, 15 * MINUTE, 2 * HOUR, 24 * HOUR] as const
const OLDEST_MS = 73 * HOUR
/** Messages that are asked for in one run. */
const MOST = 100

/** Where words are that were made: undefined when there are none, or not yet. */
export type TranscriptSource = (recordingSid: string) => Promise<Transcript | undefined>

/** Over REST: of several the one that was made last, a completed one before all. */
export const createTwilioTranscripts =
  (client: Twilio): TranscriptSource =>
  async (recordingSid) => {
    const rows = await client
      .recordings(recordingSid)
      .transcriptions.list({ limit: 20 })
      .catch((error: unknown) => {
        if ((error as { status?: unknown }).status === 404) return []
        throw error
      })
    const done = rows.flatMap((row) => twilioTranscript(row.status, row.transcriptionText, row.sid) ?? [])
    return done.find((one) => one.status === 'completed') ?? done[0]
  }

interface MissingRow {
  sid: string
  call_id: string
  started_at: string
}

export interface MissingTranscriptDeps {
  db: Sql
  writer: Writer
  transcripts: Transcripts
  transcription: TranscriptionProvider
  source: TranscriptSource
  log: CallLog
}

/** Finds out the words of messages that were not told, with the comparing of calls. */
export function createMissingTranscripts({ db, writer, transcripts, transcription, source, log }: MissingTranscriptDeps) {
  const missing = db.prepare(`SELECT r.sid, r.call_id, r.started_at FROM recordings r
    LEFT JOIN records t ON t.kind = 'transcript' AND t.record_id = r.sid AND t.value IS NOT NULL
    WHERE r.source = 'RecordVerb' AND r.status = 'completed' AND r.duration_seconds BETWEEN ? AND ?
    AND r.started_at >= ? AND r.started_at < ? AND t.id IS NULL ORDER BY r.started_at DESC LIMIT ?`)
  const { least, most } = transcription.seconds

  /** Messages that came of an age at which to ask since the last run. */
  function due(lastRun: number, now: number): MissingRow[] {
    const span = [new Date(now - OLDEST_MS).toISOString(), new Date(now - TRANSCRIPT_AGES_MS[0]).toISOString()] as const
    const rows = missing.all(least, most, ...span, MOST) as MissingRow[]
    return rows.filter((row) =>
      TRANSCRIPT_AGES_MS.some((age) => {
        const at = Date.parse(row.started_at) + age
        return lastRun < at && at <= now
      }),
    )
  }
  /** How many were found. What cannot be had now is asked for at the next age. */
  return async function find(lastRun: Date | undefined, now: Date): Promise<number> {
    let found = 0
    for (const { sid, call_id: callId } of due(lastRun?.getTime() ?? -Infinity, now.getTime())) {
      try {
        const transcript = await source(sid)
        if (!transcript) continue
        await writer.submit(() => transcripts.keep(callId, sid, transcript))
        found++
      } catch (error) {
        log.warn({ err: error, recordingSid: sid }, 'the words of a message could not be had')
      }
    }
    return found
  }
}
export type FindTranscripts = ReturnType<typeof createMissingTranscripts>
