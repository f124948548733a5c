import { isTerminal } from '../../contract/outcome.ts'
import { partyOf } from '../../contract/party.ts'
import type { NumberRow } from '../../contract/relay.ts'
import type { CallRecord, OutcomeReason } from '../../contract/call.ts'
import { isSid } from '../../contract/sid.ts'
import { spoken } from '../../words/spoken.ts'
import type { Directory, Presence } from '../ports.ts'
import { hangUp, reject, ringTwiml, sayAndHangUp, voicemailTwiml } from '../twiml/build.ts'
import type { Urls } from '../twiml/urls.ts'
import { one } from '../webhooks/form.ts'
import type { Effects, Handle } from '../webhooks/intake.ts'
import type { Webhook } from '../webhooks/webhook.ts'
import { factsOf, factsOfVoiceRequest } from './facts-of-webhook.ts'
import { deviceLegId, PARTY_LEG, userLegId } from './leg-ids.ts'
import { refuse, repeatedField } from './origin.ts'
import { chooseDevices, type Candidate } from './reachability.ts'
import type { Calls } from './store.ts'
import { DIAL_BUFFER_SECONDS, type VoiceConfig } from './voice-config.ts'

export interface IncomingDeps {
  config: VoiceConfig
  directory: Directory
  calls: Calls
  presence: Presence
  urls: Urls
}

type Empty = Extract<OutcomeReason, 'number-unknown' | 'number-inactive' | 'nobody-assigned'>
const sentences: Record<Empty, string> = {
  'number-unknown': spoken.numberUnknown,
  'number-inactive': spoken.numberInactive,
  'nobody-assigned': spoken.nobodyAssigned,
}

function emptyReason(number: NumberRow | undefined, userIds: readonly string[]): Empty | undefined {
  if (!number) return 'number-unknown'
  if (!number.isActive) return 'number-inactive'
  return userIds.length === 0 ? 'nobody-assigned' : undefined
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
    const userIds = (number?.userIds ?? []).filter((userId) => deps.directory.user(userId)?.isActive)
    const empty = emptyReason(number, userIds)
    if (!number || empty) return sayWhy(webhook, effects, callId, empty ?? 'number-unknown')
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

function sayWhy(webhook: Webhook, effects: Effects, callId: string, reason: Empty): string {
  effects.facts(callId, [...factsOfCaller(webhook), ...factsOf('call', 'relay', webhook.receivedAt, { emptyReason: reason })])
  return sayAndHangUp(sentences[reason])
}

function ring(webhook: Webhook, effects: Effects, callId: string, number: NumberRow, userIds: string[], deps: IncomingDeps): string {
  const { config, directory, presence, urls } = deps
  const ringSeconds = config.incomingRingSeconds
  const { rung, skipped } = chooseDevices(
    userIds.flatMap((userId) => directory.devicesOf(userId)),
    presence,
  )
  const without = userIds.filter((userId) => ![...rung, ...skipped].some(({ device }) => device.userId === userId))
  const facts = [
    ...factsOfCaller(webhook),
    ...factsOf('call', 'relay', webhook.receivedAt, { ringSeconds: rung.length > 0 ? ringSeconds + DIAL_BUFFER_SECONDS : 0 }),
    ...rung.flatMap((candidate) => factsOfCandidate(webhook, candidate)),
    ...skipped.flatMap((candidate) => [
      ...factsOfCandidate(webhook, candidate),
      ...absent(webhook, deviceLegId(1, candidate.device.deviceId)),
    ]),
    ...without.flatMap((userId) => factsOfUser(webhook, userId)),
  ]
  effects.facts(callId, facts, userIds)
  if (rung.length === 0) return voicemailTwiml({ callId, legId: PARTY_LEG, step: 'vm' }, config.voicemailMaxSeconds, urls)
  offer(webhook, effects, callId, number, userIds, rung, ringSeconds)
  const clients = rung.map(({ device }) => ({ legId: deviceLegId(1, device.deviceId), identity: device.identity }))
  return ringTwiml({ callId, partyLegId: PARTY_LEG, step: 1, ringSeconds, isRecorded: config.isAllRecorded, clients }, urls)
}

function offer(
  { form }: Webhook,
  effects: Effects,
  callId: string,
  number: NumberRow,
  userIds: readonly string[],
  rung: readonly Candidate[],
  ringSeconds: number,
): void {
  const payload = {
    callId,
    party: partyOf(one(form, 'From')),
    ourNumber: number.phoneNumber,
    numberName: number.name,
    deviceIds: rung.map(({ device }) => device.deviceId),
    ringSeconds,
  }
  effects.event({ type: 'call.offered', payload }, { kind: 'users', userIds })
}

function factsOfCandidate({ form, callSid, receivedAt: at }: Webhook, { device, isReachable }: Candidate) {
  const { userId, deviceId, identity } = device
  const values = { role: 'device', userId, deviceId, parentSid: callSid, from: one(form, 'From'), to: `client:${identity}` }
  return factsOf(`leg:${deviceLegId(1, deviceId)}`, 'relay', at, { ...values, reachable: isReachable })
}

/** Not dialled: the timeline says so. */
const absent = ({ receivedAt: at }: Webhook, legId: string) =>
  factsOf(`leg:${legId}`, 'relay', at, { status: 'failed', reachable: false, endAt: at })

function factsOfUser(webhook: Webhook, userId: string) {
  const legId = userLegId(1, userId)
  const values = { role: 'device', userId, parentSid: webhook.callSid }
  return [...factsOf(`leg:${legId}`, 'relay', webhook.receivedAt, values), ...absent(webhook, legId)]
}
