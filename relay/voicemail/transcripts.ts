import type { Clock } from '../ports.ts'
import type { Records } from '../records/records.ts'
import type { Handle } from '../webhooks/intake.ts'
import type { Calls } from '../calls/store.ts'
import type { Transcript, TranscriptionProvider } from './transcription.ts'

export interface TranscriptDeps {
  records: Pick<Records, 'get' | 'put'>
  clock: Clock
}

/** Keeps the words of messages, in the transaction that learns them. */
export function createTranscripts({ records, clock }: TranscriptDeps) {
  return {
    has: (recordingSid: string): boolean => Boolean(records.get('transcript', recordingSid)?.value),
    /** One that was made is not unmade by a later word that it failed. The same again says nothing new, nor does a word of what was deleted. */
    keep(callId: string, recordingSid: string, value: Transcript): void {
      const known = records.get('transcript', recordingSid)?.value
      if (known?.status === 'completed' && value.status === 'failed') return
      if (records.get('recording', recordingSid)?.value?.deletedAt) return
      const at = clock.now().toISOString()
      records.put({ kind: 'transcript', recordId: recordingSid, callId, phoneNumber: null, value, at, byUserId: null })
    },
  }
}
export type Transcripts = ReturnType<typeof createTranscripts>

export interface TranscriptProgressDeps {
  calls: Pick<Calls, 'callOf' | 'callOfRecording' | 'facts'>
  transcription: TranscriptionProvider
  transcripts: Transcripts
}

/**
 * The words of a message, told minutes later. Its recording may not be known yet: its own callback comes by another way. Of a call that is not
 * known at all nothing is kept; comparing with Twilio finds it with its call.
 */
export function createTranscriptProgress({ calls, transcription, transcripts }: TranscriptProgressDeps): Handle {
  return ({ form, callSid, callId: asked }) => {
    const found = transcription.parse(form)
    if (!found) return ''
    const callId = asked ?? calls.callOf(callSid) ?? calls.callOfRecording(found.recordingSid)
    if (callId !== undefined && calls.facts(callId).length > 0) transcripts.keep(callId, found.recordingSid, found.transcript)
    return ''
  }
}
