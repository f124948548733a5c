import type { CallRecord } from '../../contract/call.ts'
import type { RecordValue } from '../../contract/record.ts'
import type { RecordingItem, RecordingState } from '../../contract/recording.ts'
import { noTranscriptReason } from '../../contract/transcript.ts'
import type { Connection } from './open-database.ts'
import { createRecordReader } from './record-reader.ts'

const states: Readonly<Record<string, RecordingState>> = {
  'in-progress': 'recording',
  paused: 'recording',
  stopped: 'processing',
  processing: 'processing',
  completed: 'ready',
  absent: 'absent',
  failed: 'failed',
  deleted: 'deleted',
}

/** How far a recording is; only a completed one that is not in the trash is ready. What Twilio has not said yet is under way. */
export function recordingState(status: string | null, record: RecordValue<'recording'> | null): RecordingState {
  if (record?.deletedAt || status === 'deleted') return 'deleted'
  if (record?.trash) return 'trashed'
  return states[status ?? 'processing'] ?? 'processing'
}

/** A recording of a call with what people, the relay and this computer have of it. `now` in ms since 1970. */
export function createRecordingItems(db: Connection) {
  const records = createRecordReader(db)
  const cached = db.prepare<[string]>('select 1 from media_cache where sid = ?')
  const position = db.prepare<[string], number>('select seconds from playback_positions where sid = ?').pluck()
  const heardBy = (sid: string) =>
    records
      .heard(sid)
      .flatMap(({ recordId, value }) => (value ? [{ userId: recordId.slice(sid.length + 1), at: value.at }] : []))
      .toSorted((a, b) => (a.at + a.userId < b.at + b.userId ? -1 : 1))
  return function item(call: CallRecord, sid: string, now: number): RecordingItem | undefined {
    const recording = call.recordings.find((one) => one.sid === sid)
    if (!recording) return undefined
    const { direction, party, ourNumber, userId, startedAt, talkSeconds } = call
    const record = records.record('recording', sid)
    const state = record?.value ?? null
    const transcript = records.record('transcript', sid)?.value ?? null
    const isVoicemail = recording.source === 'RecordVerb'
    return {
      ...recording,
      direction,
      party,
      ourNumber,
      userId,
      talkSeconds,
      isVoicemail,
      callStartedAt: startedAt,
      state: recordingState(recording.status, state),
      trash: state?.trash ?? null,
      hold: state?.hold ?? null,
      isPending: record?.isPending ?? false,
      isCached: cached.get(sid) !== undefined,
      positionSeconds: position.get(sid) ?? 0,
      heardBy: heardBy(sid),
      isRead: records.record('voicemail', sid)?.value?.isRead ?? false,
      transcript,
      noTranscript: isVoicemail ? noTranscriptReason(recording, transcript, now) : null,
    }
  }
}
