import type { CallFact } from '../../contract/call.ts'
import type { Greeting } from './greetings.ts'
import type { TranscriptionProvider } from './transcription.ts'
import { voicemailTwiml, type SpokenOrPlayed } from '../twiml/build.ts'
import { sayable } from '../twiml/sayable.ts'
import { factsOf } from '../calls/facts-of-webhook.ts'
import { PARTY_LEG } from '../calls/leg-ids.ts'
import type { Urls } from '../twiml/urls.ts'

export interface VoicemailDeps {
  /** What callers of a number hear; null: the usual sentence. */
  greetingOf: (phoneNumber: string) => Greeting | null
  /** Undefined: messages are not transcribed. */
  transcription: TranscriptionProvider | undefined
  maxSeconds: number
  urls: Urls
}

/** The TwiML by which a caller leaves a message for the number that was called, and what is to be known of that at `at`: a transcript costs. */
export type Voicemail = (callId: string, phoneNumber: string, at: string) => { twiml: string; facts: CallFact[] }

export function createVoicemail({ greetingOf, transcription, maxSeconds, urls }: VoicemailDeps): Voicemail {
  return (callId, phoneNumber, at) => {
    const place = { callId, legId: PARTY_LEG, step: 'vm' }
    const greeting = heard(greetingOf(phoneNumber), urls)
    const attributes = transcription?.attributes(place, urls) ?? {}
    const facts = factsOf('call', 'relay', at, { transcriptAsked: attributes.transcribe })
    return { twiml: voicemailTwiml({ place, maxSeconds, greeting, transcription: attributes }, urls), facts }
  }
}

function heard(greeting: Greeting | null, urls: Urls): SpokenOrPlayed {
  if (greeting?.mediaId) return { play: urls.greeting(greeting.mediaId) }
  const say = sayable(greeting?.text ?? null)
  return say === null ? null : { say }
}
