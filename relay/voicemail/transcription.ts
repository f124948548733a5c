import { TRANSCRIBED_SECONDS } from '../../contract/transcript.ts'
import type { RecordValue } from '../../contract/record.ts'
import { isSid } from '../../contract/sid.ts'
import type { Place, Urls } from '../twiml/urls.ts'
import { one, type Form } from '../webhooks/form.ts'

export type Transcript = RecordValue<'transcript'>

/** Who makes words of messages. Twilio is the only one there is; another would be asked by the relay once a recording is completed. */
export interface TranscriptionProvider {
  name: string
  /** Recordings of this length, in seconds, are worth asking for. */
  seconds: { least: number; most: number }
  /** What `<Record>` says so that its recording is transcribed. */
  attributes(place: Place, urls: Urls): { transcribe?: boolean; transcribeCallback?: string }
  /** What its callback says, and of which recording; undefined when it says nothing that can be used. */
  parse(form: Form): { recordingSid: string; transcript: Transcript } | undefined
}

const MOST_CHARACTERS = 20_000

/** A transcript of Twilio's: text of at most 20,000 characters; undefined while it is under way. */
export function twilioTranscript(status: string, text: string | null, sid: string): Transcript | undefined {
  if (status !== 'completed' && status !== 'failed') return undefined
  const words = status === 'completed' ? (text ?? '').toWellFormed().slice(0, MOST_CHARACTERS) : ''
  return { status, text: words, provider: 'twilio', sid: /^TR[0-9a-f]{32}$/.test(sid) ? sid : null }
}

/** Twilio's `<Record transcribe>`: English, of 2 to 120 s (13617 otherwise), told of by `transcribeCallback`. https://www.twilio.com/docs/voice/twiml/record */
export const twilioTranscription: TranscriptionProvider = {
  name: 'twilio',
  seconds: TRANSCRIBED_SECONDS,
  attributes: (place, urls) => ({ transcribe: true, transcribeCallback: urls.transcription(place) }),
  parse(form) {
    const recordingSid = one(form, 'RecordingSid')
    const transcript = twilioTranscript(one(form, 'TranscriptionStatus'), one(form, 'TranscriptionText'), one(form, 'TranscriptionSid'))
    return transcript && isSid(recordingSid, 'RE') ? { recordingSid, transcript } : undefined
  },
}
