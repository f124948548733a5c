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
  const spans = TRANSCRIPT_AGES_MS.map(() => '(r.started_at > ? AND r.started_at <= ?)').join(' OR ')
  // The oldest first: if there are too many, a later age of theirs may not come.
  const missing = db.prepare(`SELECT r.sid, r.call_id FROM recordings r
    LEFT JOIN records t ON t.kind = 'transcript' AND t.record_id = r.sid AND t.value IS NOT NULL
    WHERE r.source = 'RecordVerb' AND r.status = 'completed' AND r.duration_seconds BETWEEN ? AND ?
    AND (${spans}) AND t.id IS NULL ORDER BY r.started_at LIMIT ?`)
  const { least, most } = transcription.seconds

  /** Messages that came of an age at which to ask since the last run. */
  function due(lastRun: number, now: number): MissingRow[] {
    const begun = TRANSCRIPT_AGES_MS.flatMap((age) => [Math.max(lastRun - age, now - OLDEST_MS), now - age])
    return missing.all(least, most, ...begun.map((ms) => new Date(ms).toISOString()), MOST) as MissingRow[]
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
