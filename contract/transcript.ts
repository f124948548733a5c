import type { RecordingRecord } from './call.ts'
import type { RecordValue } from './record.ts'
import type { noTranscriptReasons } from './recording.ts'

export type NoTranscriptReason = (typeof noTranscriptReasons)[number]

/** Twilio's `<Record transcribe>` takes recordings of this length, seconds; others it fails with 13617. */
export const TRANSCRIBED_SECONDS = { least: 2, most: 120 } as const
/** Twilio takes minutes; after so long without a word nobody waits any more. */
const PATIENCE_MS = 60 * 60_000

/**
 * Why there is no transcript of a recording; null when there is one. `now` in ms since 1970. `waiting`: Twilio is still at it.
 * Only voicemails are transcribed. Pure.
 */
export function noTranscriptReason(
  recording: Pick<RecordingRecord, 'source' | 'status' | 'durationSeconds' | 'startedAt'>,
  transcript: RecordValue<'transcript'> | null,
  now: number,
): NoTranscriptReason | null {
  if (transcript?.status === 'completed') return null
  if (recording.source !== 'RecordVerb') return 'not-asked'
  const seconds = recording.durationSeconds
  if (seconds !== null && seconds < TRANSCRIBED_SECONDS.least) return 'too-short'
  if (seconds !== null && seconds > TRANSCRIBED_SECONDS.most) return 'too-long'
  if (transcript) return 'failed'
  if (recording.status !== 'completed' && recording.status !== 'processing' && recording.status !== 'in-progress') return 'not-asked'
  const began = recording.startedAt === null ? Number.NaN : Date.parse(recording.startedAt)
  return now - began > PATIENCE_MS ? 'not-asked' : 'waiting'
}
