import { isTerminal } from '../../contract/outcome.ts'
import type { NumberRow } from '../../contract/relay.ts'
import type { CallRecord, OutcomeReason } from '../../contract/call.ts'
import { isSid } from '../../contract/sid.ts'
import { spoken } from '../../words/spoken.ts'
import { hangUp, reject, sayAndHangUp } from '../twiml/build.ts'
import { one } from '../webhooks/form.ts'
import type { Effects, Handle } from '../webhooks/intake.ts'
import type { Webhook } from '../webhooks/webhook.ts'
import { factsOf, factsOfVoiceRequest } from './facts-of-webhook.ts'
import { PARTY_LEG } from './leg-ids.ts'
import { refuse, repeatedField } from './origin.ts'
import { activeUsersOf, ringFor, type RingDeps } from './ring.ts'
import type { Voicemail } from '../voicemail/voicemail.ts'
import type { Calls } from './store.ts'

export interface IncomingDeps extends RingDeps {
  calls: Calls
  voicemail: Voicemail
}

type Empty = Extract<OutcomeReason, 'number-unknown' | 'number-inactive' | 'number-held' | 'nobody-assigned'>

/** Why nobody is rung for this number, and what the caller hears instead. */
interface Silence {
  reason: Empty
  sentence: string
}

const UNKNOWN: Silence = { reason: 'number-unknown', sentence: spoken.numberUnknown }

/** What speaks against ringing anybody. A hold comes before everything that it may have been laid upon. */
export function silenceOf(number: NumberRow | undefined, userIds: readonly string[]): Silence | undefined {
  // A number that is said to have left and is called has come back: it is looked for like an unknown one.
  if (!number || number.details.leftAt !== null) return UNKNOWN
  const { hold, inactiveMessage } = number.details
  if (hold) return { reason: 'number-held', sentence: hold.message ?? spoken.numberHeld }
  if (!number.isActive) return { reason: 'number-inactive', sentence: inactiveMessage ?? spoken.numberInactive }
  return userIds.length === 0 ? { reason: 'nobody-assigned', sentence: spoken.nobodyAssigned } : undefined
}

/** Handles a call from outside to one of our numbers: rings the assigned users' Devices, else a sentence or voicemail (RULES R16). */
export function createIncoming(deps: IncomingDeps): Handle {
  return (webhook, effects) => {
    const { form, callSid } = webhook
    const repeated = repeatedField(form, false)
    if (repeated !== undefined) return refuse(webhook, effects, `field ${repeated.slice(0, 40)} is repeated`)
    if (!isSid(callSid, 'CA') || one(form, 'AccountSid') !== deps.config.accountSid) return reject()
    if (isTerminal(one(form, 'CallStatus'))) return hangUp()
    const known = deps.calls.callOf(callSid)
    if (known !== undefined && !isCallerOf(deps.calls.record(known), callSid))
      return refuse(webhook, effects, 'the CallSid is of another call')
    const callId = known ?? webhook.newCallId
    const number = deps.directory.number(one(form, 'To'))
    const userIds = number ? activeUsersOf(number, deps.directory) : []
    const silence = silenceOf(number, userIds)
    if (!number || silence) return sayWhy(webhook, effects, callId, silence ?? UNKNOWN)
    return ring(webhook, effects, callId, number, userIds, deps)
  }
}

/** Whether this SID is, as far as is known, the leg by which this call came in. */
const isCallerOf = (record: CallRecord | undefined, sid: string): boolean =>
  !record ||
  (record.direction === 'incoming' && record.legs.every((leg) => leg.sid !== sid || (leg.role === 'party' && leg.parentSid === null)))

function factsOfCaller({ form, receivedAt: at }: Webhook) {
  return [
    ...factsOf('call', 'relay', at, { direction: 'incoming', ourNumber: one(form, 'To') }),
    ...factsOf('call', 'webhook', at, { startedAt: at, from: one(form, 'From'), to: one(form, 'To') }),
    ...factsOf(`leg:${PARTY_LEG}`, 'relay', at, { role: 'party' }),
    ...factsOfVoiceRequest(form, PARTY_LEG, at),
  ]
}

function sayWhy(webhook: Webhook, effects: Effects, callId: string, { reason, sentence }: Silence): string {
  effects.facts(callId, [...factsOfCaller(webhook), ...factsOf('call', 'relay', webhook.receivedAt, { emptyReason: reason })])
  return sayAndHangUp(sentence)
}

function ring(webhook: Webhook, effects: Effects, callId: string, number: NumberRow, userIds: string[], deps: IncomingDeps): string {
  const { facts, twiml, offer } = ringFor(webhook, { callId, number, step: 1, userIds, elapsedSeconds: 0 }, deps)
  const known = [...factsOfCaller(webhook), ...facts]
  if (twiml === undefined) {
    const message = deps.voicemail(callId, number.phoneNumber, webhook.receivedAt)
    effects.facts(callId, [...known, ...message.facts], userIds)
    return message.twiml
  }
  effects.facts(callId, known, userIds)
  offer(effects)
  return twiml
}
