import { isMissedEntry } from '../../contract/missed.ts'
import type { CallDeps } from '../calls/deps.ts'
import type { Missed } from '../records/missed.ts'

/** Calls older than this need nobody's look any more. */
export const OLD_MS = 30 * 24 * 3_600_000

export interface OldNewsDeps extends Pick<CallDeps, 'calls' | 'records' | 'clock'> {
  missed: Pick<Missed, 'byHand'>
}

/**
 * Thousands of old calls must not come up as missed and unheard today: those that the backfill brings and that began more than 30 days ago
 * are closed, and their messages read, by whoever had them read. Inside the transaction that learns of them.
 */
export function createOldNews({ calls, records, missed, clock }: OldNewsDeps) {
  const isOld = (startedAt: string) => clock.now().getTime() - Date.parse(startedAt) > OLD_MS
  return {
    call(sid: string, userId: string): void {
      const record = calls.record(calls.callOf(sid) ?? '')
      if (record && isOld(record.startedAt) && isMissedEntry(record)) missed.byHand(record.callId, true, userId, clock.now().toISOString())
    },
    recording(sid: string, userId: string): void {
      const callId = calls.callOfRecording(sid)
      const recording = callId === undefined ? undefined : calls.record(callId)?.recordings.find((one) => one.sid === sid)
      if (!callId || recording?.source !== 'RecordVerb' || !isOld(recording.startedAt ?? '') || records.get('voicemail', sid)) return
      const at = clock.now().toISOString()
      records.put({ kind: 'voicemail', recordId: sid, callId, phoneNumber: null, value: { isRead: true }, at, byUserId: userId })
    },
  }
}
export type OldNews = ReturnType<typeof createOldNews>
