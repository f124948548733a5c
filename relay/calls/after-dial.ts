import { isTerminal } from '../../contract/outcome.ts'
import { spoken } from '../../words/spoken.ts'
import { hangUp, sayAndHangUp } from '../twiml/build.ts'
import { one, type Form } from '../webhooks/form.ts'
import type { Handle } from '../webhooks/intake.ts'
import type { Webhook } from '../webhooks/webhook.ts'
import { factsOf, factsOfDial, factsOfRecording, factsOfStatus, factsOfVoicemail, factsOfVoiceRequest } from './facts-of-webhook.ts'
import { silenceOf } from './incoming.ts'
import { DEVICE_LEG, PARTY_LEG } from './leg-ids.ts'
import { activeUsersOf, ringFor, type Ring, type RingDeps } from './ring.ts'
import type { Voicemail } from '../voicemail/voicemail.ts'
import type { Calls } from './store.ts'

export interface FollowUpDeps {
  calls: Calls
}
export type AfterDialDeps = FollowUpDeps & RingDeps & { voicemail: Voicemail }

/** Whether somebody talked, as far as the flow is concerned; DialCallStatus decides only when Twilio does not say. */
function wasBridged(form: Form): boolean {
  const bridged = one(form, 'DialBridged')
  return bridged === '' ? ['completed', 'answered'].includes(one(form, 'DialCallStatus')) : bridged === 'true'
}

/** The next of a number's users, when they are rung one after another: undefined when that is over, or somebody declined for all. */
function nextRing(webhook: Webhook, callId: string, deps: AfterDialDeps): Ring | undefined {
  const { calls, directory } = deps
  const number = directory.number(one(webhook.form, 'To'))
  const record = calls.record(callId)
  const step = /^\d{1,3}$/.test(webhook.step) ? Number(webhook.step) + 1 : 0
  if (!record || !number || number.details.ringMode !== 'sequential' || step === 0) return undefined
  if (calls.facts(callId).some((fact) => fact.field === 'declinedBy')) return undefined
  const rung = new Set(record.legs.map((leg) => leg.userId))
  const userIds = activeUsersOf(number, directory)
  if (silenceOf(number, userIds)) return undefined
  const elapsedSeconds = Math.max(0, Math.ceil((Date.parse(webhook.receivedAt) - Date.parse(record.startedAt)) / 1000))
  const turn = { callId, number, step, userIds: userIds.filter((userId) => !rung.has(userId)), elapsedSeconds }
  return ringFor(webhook, turn, deps)
}

/** What comes after a Dial: nothing when the call is over or somebody talked, else who is rung next, else voicemail (RULES R6, R16). */
export function createAfterDial(deps: AfterDialDeps): Handle {
  const { calls, voicemail } = deps
  return (webhook, effects) => {
    const { form, callSid, legId = PARTY_LEG, receivedAt: at } = webhook
    const callId = webhook.callId ?? calls.callOf(callSid) ?? webhook.newCallId
    const isOutgoing = legId === DEVICE_LEG
    const isOver = isOutgoing || isTerminal(one(form, 'CallStatus')) || wasBridged(form)
    const next = isOver ? undefined : nextRing(webhook, callId, deps)
    const goesOn = next?.twiml !== undefined
    const message = isOver || goesOn ? undefined : voicemail(callId, one(form, 'To'), at)
    const facts = [...factsOfVoiceRequest(form, legId, at), ...factsOfDial(form, at, { hasOneChild: isOutgoing, goesOn })]
    const end = isOver ? factsOf('call', 'relay', at, { endedAt: at }) : (message?.facts ?? [])
    effects.facts(callId, [...facts, ...(next?.facts ?? []), ...end])
    if (message) return message.twiml
    if (next?.twiml === undefined) return hangUp()
    next.offer(effects)
    return next.twiml
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
