import { isTerminal } from '../../contract/outcome.ts'
import { spoken } from '../../words/spoken.ts'
import { hangUp, sayAndHangUp, voicemailTwiml } from '../twiml/build.ts'
import type { Urls } from '../twiml/urls.ts'
import { one, type Form } from '../webhooks/form.ts'
import type { Handle } from '../webhooks/intake.ts'
import { factsOf, factsOfDial, factsOfRecording, factsOfStatus, factsOfVoicemail, factsOfVoiceRequest } from './facts-of-webhook.ts'
import { DEVICE_LEG, PARTY_LEG } from './leg-ids.ts'
import type { Calls } from './store.ts'
import type { VoiceConfig } from './voice-config.ts'

export interface FollowUpDeps {
  config: VoiceConfig
  calls: Calls
  urls: Urls
}

/** Whether somebody talked, as far as the flow is concerned; DialCallStatus decides only when Twilio does not say. */
function wasBridged(form: Form): boolean {
  const bridged = one(form, 'DialBridged')
  return bridged === '' ? ['completed', 'answered'].includes(one(form, 'DialCallStatus')) : bridged === 'true'
}

/** What comes after a Dial: nothing when the call is over or somebody talked, else voicemail for who called us (RULES R6). */
export function createAfterDial({ config, calls, urls }: FollowUpDeps): Handle {
  return ({ form, callSid, callId: asked, newCallId, legId = PARTY_LEG, receivedAt: at }, effects) => {
    const callId = asked ?? calls.callOf(callSid) ?? newCallId
    const isOutgoing = legId === DEVICE_LEG
    const facts = [...factsOfVoiceRequest(form, legId, at), ...factsOfDial(form, at, isOutgoing)]
    const isOver = isOutgoing || isTerminal(one(form, 'CallStatus')) || wasBridged(form)
    effects.facts(callId, isOver ? [...facts, ...factsOf('call', 'relay', at, { endedAt: at })] : facts)
    if (isOver) return hangUp()
    return voicemailTwiml({ callId, legId: PARTY_LEG, step: 'vm' }, config.voicemailMaxSeconds, urls)
  }
}

/** What comes after a voicemail: thanks, unless the caller has gone. Not asked for when nothing was said. */
export function createAfterVoicemail({ calls }: FollowUpDeps): Handle {
  return ({ form, callSid, callId: asked, newCallId, legId = PARTY_LEG, receivedAt: at }, effects) => {
    const callId = asked ?? calls.callOf(callSid) ?? newCallId
    effects.facts(callId, [...factsOfVoiceRequest(form, legId, at), ...factsOfVoicemail(form, at)])
    return isTerminal(one(form, 'CallStatus')) ? hangUp() : sayAndHangUp(spoken.voicemailThanks)
  }
}

/** Progress of a leg. Callbacks of a number or of the TwiML app carry no ids of ours: the SID says whose they are. */
export function createProgress({ calls }: FollowUpDeps): Handle {
  return ({ form, callSid, callId: asked, newCallId, legId, receivedAt: at }, effects) => {
    const parent = one(form, 'ParentCallSid')
    const callId = asked ?? calls.callOf(callSid) ?? (parent === '' ? undefined : calls.callOf(parent)) ?? newCallId
    effects.facts(callId, factsOfStatus(form, legId, at))
    return ''
  }
}

/** State of a recording. */
export function createRecordingProgress({ calls }: FollowUpDeps): Handle {
  return ({ form, callSid, callId: asked, newCallId, receivedAt: at }, effects) => {
    const facts = factsOfRecording(form, at)
    if (facts.length > 0) effects.facts(asked ?? calls.callOf(callSid) ?? newCallId, facts)
    return ''
  }
}
