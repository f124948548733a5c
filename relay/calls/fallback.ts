import type { CallFact } from '../../contract/call.ts'
import { isTerminal } from '../../contract/outcome.ts'
import { spoken } from '../../words/spoken.ts'
import type { DeviceRow } from '../ports.ts'
import { hangUp, sayAndHangUp } from '../twiml/build.ts'
import { one } from '../webhooks/form.ts'
import type { Effects, Handle } from '../webhooks/intake.ts'
import type { Webhook } from '../webhooks/webhook.ts'
import type { CallLog } from './deps.ts'
import { factsOf, factsOfVoiceRequest } from './facts-of-webhook.ts'
import { DEVICE_LEG, PARTY_LEG } from './leg-ids.ts'
import { isFromClient } from './origin.ts'
import { authorise, type OutgoingDeps } from './outgoing.ts'
import type { Calls } from './store.ts'

const pathOf = (url: string) => URL.parse(url)?.pathname ?? ''

/** One line about an answer of ours that Twilio could not get or run: why, and which. */
export function logFallback({ form, callSid }: Webhook, log: CallLog): void {
  const errorCode = one(form, 'ErrorCode').slice(0, 10)
  log.warn({ callSid: callSid.slice(0, 40), errorCode, path: pathOf(one(form, 'ErrorUrl')).slice(0, 80) }, 'Twilio asked the fallback')
}

/** Twilio's 11xxx: the answer was not fetched (in time). Others are about what it says, and would come again. */
const wasNotFetched = ({ form }: Webhook) => /^11\d{3}$/.test(one(form, 'ErrorCode'))

/** Whether the call got further than its first answer: then nothing may be said or dialled any more (RULES R17). */
function hasGoneOn({ form }: Webhook, facts: readonly CallFact[]): boolean {
  const path = pathOf(one(form, 'ErrorUrl'))
  if (path !== '' && !path.endsWith('/twiml')) return true
  const parents = new Set(facts.flatMap((fact) => (fact.field === 'parentSid' ? [fact.subject] : [])))
  return facts.some(
    ({ subject, field, value }) =>
      ['bridged', 'rangOut'].includes(field) ||
      subject.startsWith('rec:') ||
      (parents.has(subject) && (field === 'answerAt' || value === 'in-progress' || value === 'completed')),
  )
}

/**
 * Twilio could not get or run an answer of ours. A call that has not begun to talk, and whose answer just came too late, is answered as if
 * asked for the first time, which plans the same legs; one whose answer Twilio cannot run, or whose first request never came, is told that
 * we cannot be reached. After a conversation, or a Dial, nothing is said (RULES R17).
 */
export function createFallback(deps: OutgoingDeps, begin: Handle): Handle {
  const { calls } = deps
  return (webhook, effects) => {
    const { form, callSid } = webhook
    const known = calls.callOf(callSid)
    const facts = known === undefined ? [] : calls.facts(known)
    if (isTerminal(one(form, 'CallStatus')) || hasGoneOn(webhook, facts)) return hangUp()
    if (known !== undefined && wasNotFetched(webhook)) return begin(webhook, effects)
    if (isFromClient(form)) return failOutgoing(webhook, effects, deps)
    failIncoming(webhook, effects, known, calls)
    return sayAndHangUp(spoken.unavailable)
  }
}

function failOutgoing(webhook: Webhook, effects: Effects, deps: OutgoingDeps): string {
  const found = authorise(webhook, deps)
  if ('refused' in found) return hangUp()
  effects.facts(found.callId, [...factsOfOutgoing(webhook, found.device), ...notDialled(webhook, found.callId, deps.calls)])
  return sayAndHangUp(spoken.unavailable)
}

function factsOfOutgoing({ form, receivedAt: at }: Webhook, { userId, deviceId }: DeviceRow): CallFact[] {
  return [
    ...factsOf('call', 'relay', at, { direction: 'outgoing', userId, deviceId, failure: 'failed', endedAt: at }),
    ...factsOf('call', 'webhook', at, { startedAt: at, from: one(form, 'From') }),
    ...factsOf(`leg:${DEVICE_LEG}`, 'relay', at, { role: 'device', userId, deviceId }),
    ...factsOfVoiceRequest(form, DEVICE_LEG, at),
  ]
}

function failIncoming(webhook: Webhook, effects: Effects, known: string | undefined, calls: Calls): void {
  const { form, newCallId, receivedAt: at } = webhook
  effects.facts(known ?? newCallId, [
    ...factsOf('call', 'relay', at, { direction: 'incoming', ourNumber: one(form, 'To'), emptyReason: 'relay-down' }),
    ...factsOf('call', 'webhook', at, { startedAt: at, from: one(form, 'From'), to: one(form, 'To') }),
    ...factsOf(`leg:${PARTY_LEG}`, 'relay', at, { role: 'party' }),
    ...factsOfVoiceRequest(form, PARTY_LEG, at),
    ...(known === undefined ? [] : notDialled(webhook, known, calls)),
  ])
}

/** The legs that were planned and never came to be: without a word about them the call would stay open until REST tells. */
function notDialled({ receivedAt: at }: Webhook, callId: string, calls: Calls): CallFact[] {
  const planned = (calls.record(callId)?.legs ?? []).filter((leg) => leg.parentSid !== null && leg.status === null)
  return planned.flatMap((leg) => factsOf(`leg:${leg.legId}`, 'relay', at, { status: 'failed', endAt: at }))
}
