import VoiceResponse from 'twilio/lib/twiml/VoiceResponse.js'
import { spoken } from '../../words/spoken.ts'
import type { Place, Urls } from './urls.ts'

// Pure builders: what Twilio is told to do. All waits are Twilio's own.

const EVENTS: ('initiated' | 'ringing' | 'answered' | 'completed')[] = ['initiated', 'ringing', 'answered', 'completed']

export const hangUp = (): string => {
  const twiml = new VoiceResponse()
  twiml.hangup()
  return twiml.toString()
}

/** Refuses before anything was answered or billed; must be the first verb. */
export const reject = (): string => {
  const twiml = new VoiceResponse()
  twiml.reject()
  return twiml.toString()
}

/** Says one sentence and ends the call. */
export const sayAndHangUp = (text: string): string => {
  const twiml = new VoiceResponse()
  twiml.say(text)
  twiml.hangup()
  return twiml.toString()
}

export interface OutgoingPlan {
  callId: string
  to: string
  callerId: string
  ringSeconds: number
  isRecorded: boolean
  deviceLegId: string
  partyLegId: string
}

/** A Device calls a number: its leg is the parent, the number's the child. */
export function outgoingTwiml(plan: OutgoingPlan, urls: Urls): string {
  const { callId } = plan
  const place: Place = { callId, legId: plan.deviceLegId, step: '1' }
  const twiml = new VoiceResponse()
  const dial = twiml.dial({
    answerOnBridge: true,
    callerId: plan.callerId,
    timeout: plan.ringSeconds,
    action: urls.dialAction(place),
    ...(plan.isRecorded ? recorded(urls.recording(place)) : {}),
  })
  dial.number({ statusCallback: urls.status({ callId, legId: plan.partyLegId, step: '1' }), statusCallbackEvent: EVENTS }, plan.to)
  return twiml.toString()
}

/** Said as it begins too: who is in the call must be able to see that it is recorded. */
const recorded = (callback: string) => ({
  record: 'record-from-answer-dual' as const,
  recordingStatusCallback: callback,
  recordingStatusCallbackEvent: ['in-progress' as const, 'completed' as const, 'absent' as const],
})

export interface RingPlan {
  callId: string
  partyLegId: string
  step: number
  ringSeconds: number
  isRecorded: boolean
  clients: readonly { legId: string; identity: string }[]
}

/** Rings Devices, all at once; the caller hears ringing and is not billed until one answers, because Dial is the first verb (R16). */
export function ringTwiml(plan: RingPlan, urls: Urls): string {
  const { callId } = plan
  const step = String(plan.step)
  const place: Place = { callId, legId: plan.partyLegId, step }
  const twiml = new VoiceResponse()
  const dial = twiml.dial({
    answerOnBridge: true,
    timeout: plan.ringSeconds,
    action: urls.dialAction(place),
    ...(plan.isRecorded ? recorded(urls.recording(place)) : {}),
  })
  for (const { legId, identity } of plan.clients) {
    const client = dial.client({ statusCallback: urls.status({ callId, legId, step }), statusCallbackEvent: EVENTS })
    client.identity(identity)
    client.parameter({ name: 'lk', value: `${callId}.${legId}` })
  }
  return twiml.toString()
}

/** What a caller hears before the beep: words, or sound at an address; null: the usual sentence. */
export type SpokenOrPlayed = { say: string } | { play: string } | null

export interface VoicemailPlan {
  place: Place
  maxSeconds: number
  greeting: SpokenOrPlayed
  /** What `<Record>` needs besides for a transcript. */
  transcription: { transcribe?: boolean; transcribeCallback?: string }
}

/** Greeting, beep, recording. What follows the Record is heard only when nothing was said: its action is not asked for then (R16). */
export function voicemailTwiml({ place, maxSeconds, greeting, transcription }: VoicemailPlan, urls: Urls): string {
  const twiml = new VoiceResponse()
  if (greeting && 'play' in greeting) twiml.play(greeting.play)
  else twiml.say(greeting?.say ?? spoken.voicemailGreeting)
  twiml.record({
    ...transcription,
    maxLength: maxSeconds,
    playBeep: true,
    finishOnKey: '#',
    action: urls.voicemailAction(place),
    recordingStatusCallback: urls.recording(place),
    recordingStatusCallbackEvent: ['completed', 'absent'],
  })
  twiml.say(spoken.voicemailEmpty)
  twiml.hangup()
  return twiml.toString()
}
