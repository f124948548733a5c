import { isE164 } from '../../contract/e164.ts'
import { isTerminal } from '../../contract/outcome.ts'
import { ID_PATTERN, isSid } from '../../contract/sid.ts'
import { subjectFacts } from '../../contract/call-legs.ts'
import type { CallerId, DeviceRow, Directory } from '../ports.ts'
import { hangUp, outgoingTwiml, reject } from '../twiml/build.ts'
import type { Urls } from '../twiml/urls.ts'
import { one, type Form } from '../webhooks/form.ts'
import type { Effects, Handle } from '../webhooks/intake.ts'
import type { Webhook } from '../webhooks/webhook.ts'
import { factsOf, factsOfVoiceRequest } from './facts-of-webhook.ts'
import { DEVICE_LEG, PARTY_LEG } from './leg-ids.ts'
import { refuse, repeatedField } from './origin.ts'
import { isProof, PROOF } from './proof.ts'
import type { Calls } from './store.ts'
import { DIAL_BUFFER_SECONDS, type VoiceConfig } from './voice-config.ts'

export interface OutgoingDeps {
  config: VoiceConfig
  directory: Directory
  calls: Calls
  urls: Urls
}

const ID = new RegExp(ID_PATTERN)

/** The client whose request this is: a Device that is enrolled and not revoked, of an active user; or what speaks against it. */
function deviceBehind(form: Form, { config, directory }: OutgoingDeps): DeviceRow | string {
  const repeated = repeatedField(form, true)
  if (repeated !== undefined) return `field ${repeated.slice(0, 40)} is repeated`
  if (one(form, 'AccountSid') !== config.accountSid) return 'another account'
  if (one(form, 'ApplicationSid') !== config.twimlAppSid) return 'another TwiML app'
  const from = one(form, 'From')
  if (!from.startsWith('client:')) return 'From is no client'
  if (one(form, 'Caller') !== from) return 'Caller is not From'
  const identity = from.slice('client:'.length)
  const device = deviceOf(identity, directory)
  if (!device) return 'no such device'
  if (!isProof(config.secret, identity, one(form, PROOF))) return 'the token is not of this identity'
  if (device.isRevoked) return 'the device is revoked'
  return directory.user(device.userId)?.isActive ? device : 'the user is not active'
}

function deviceOf(identity: string, directory: Directory): DeviceRow | undefined {
  const [, deviceId] = /^u[A-Za-z0-9]+_d([A-Za-z0-9]+)$/.exec(identity) ?? []
  const device = deviceId === undefined ? undefined : directory.device(deviceId)
  return device?.identity === identity ? device : undefined
}

/** The call's id: the desktop's own, unless it is missing. A string starting with `!` says why it may not be used. */
function callIdFor({ form, newCallId }: Webhook, device: DeviceRow, deps: OutgoingDeps): { callId: string } | { refused: string } {
  const sid = one(form, 'CallSid')
  if (!isSid(sid, 'CA')) return { refused: 'no CallSid' }
  const seenIn = deps.calls.callOf(sid)
  const asked = one(form, 'LkCall')
  const callId = ID.test(asked) ? deps.calls.resolve(asked) : (seenIn ?? newCallId)
  if (seenIn !== undefined && seenIn !== callId) return { refused: 'the CallSid is of another call' }
  const facts = deps.calls.facts(callId)
  const owner = subjectFacts(facts.filter((fact) => fact.subject === 'call')).text('deviceId')
  if (facts.length > 0 && owner !== device.deviceId) return { refused: 'the call is of another device' }
  const known = subjectFacts(facts.filter((fact) => fact.subject === `leg:${DEVICE_LEG}`)).text('sid')
  return known !== null && known !== sid ? { refused: 'the call has another CallSid' } : { callId }
}

/** A number that was dialled: the only non-empty `To`, since Twilio's own is empty and may be sent beside ours. */
function destinationOf(form: Form): string | undefined {
  const given = [...new Set(form.get('To') ?? [])].filter((to) => to !== '')
  return given.length === 1 && isE164(given[0]) ? given[0] : undefined
}

/**
 * The number to call from: the one asked for if the user may call from it. Without one, or when that was the user's until somebody took,
 * parked or switched it off (a desktop may not have heard yet), the user's default, else the first. A number that never was theirs is
 * nobody's slip: `isForeign`.
 */
function callerIdFor(form: Form, userId: string, directory: Directory): { number: CallerId | undefined; isForeign: boolean } {
  const asked = one(form, 'LkCallerId')
  const number = directory.callerIdOf(userId, asked)
  if (number || asked === '') return { number, isForeign: false }
  const wasTheirs = directory.number(asked)?.userIds.includes(userId) === true || directory.wasUserOf(userId, asked)
  return wasTheirs ? { number: directory.callerIdOf(userId, ''), isForeign: false } : { number: undefined, isForeign: true }
}

/** The device that may make this call, and the call's id; or what speaks against it. */
export function authorise(webhook: Webhook, deps: OutgoingDeps): { device: DeviceRow; callId: string } | { refused: string } {
  const device = deviceBehind(webhook.form, deps)
  if (typeof device === 'string') return { refused: device }
  const found = callIdFor(webhook, device, deps)
  return 'refused' in found ? found : { device, ...found }
}

/** Handles a Device's call to the outside (RULES R4): authorised here, because everything in the form but Twilio's own is the client's word. */
export function createOutgoing(deps: OutgoingDeps): Handle {
  return (webhook, effects) => {
    const found = authorise(webhook, deps)
    return 'refused' in found ? refuse(webhook, effects, found.refused) : place(webhook, effects, found.device, found.callId, deps)
  }
}

function place(webhook: Webhook, effects: Effects, device: DeviceRow, callId: string, deps: OutgoingDeps): string {
  const { form, receivedAt: at } = webhook
  const { config, directory, urls } = deps
  const to = destinationOf(form)
  const { number, isForeign } = callerIdFor(form, device.userId, directory)
  const callerId = number?.phoneNumber
  const isAllowed = to !== undefined && callerId !== undefined
  const { userId, deviceId } = device
  const ringSeconds = config.outgoingRingSeconds
  const recordWanted = recordWantedOf(form, number, config)
  effects.facts(callId, [
    ...factsOf('call', 'relay', at, { direction: 'outgoing', ourNumber: callerId, userId, deviceId }),
    ...factsOf(
      'call',
      'relay',
      at,
      isAllowed ? { ringSeconds: ringSeconds + DIAL_BUFFER_SECONDS, recordWanted } : { failure: failureOf(to), endedAt: at },
    ),
    ...factsOf('call', 'webhook', at, { startedAt: at, from: one(form, 'From'), to }),
    ...factsOf(`leg:${DEVICE_LEG}`, 'relay', at, { role: 'device', userId, deviceId }),
    ...factsOfVoiceRequest(form, DEVICE_LEG, at),
    ...(isAllowed ? factsOf(`leg:${PARTY_LEG}`, 'relay', at, { role: 'party', parentSid: webhook.callSid, to, from: callerId }) : []),
  ])
  if (isForeign) return refuse(webhook, effects, 'the caller ID is not of this user')
  if (!isAllowed || !number) return reject()
  if (isTerminal(one(form, 'CallStatus'))) return hangUp()
  return outgoingTwiml(
    { callId, to, callerId, ringSeconds, isRecorded: recordWanted !== undefined, deviceLegId: DEVICE_LEG, partyLegId: PARTY_LEG },
    urls,
  )
}

/** Why it is recorded: by the number's default, or everybody's, else by the caller's choice. */
function recordWantedOf(form: Form, number: CallerId | undefined, { isAllRecorded }: VoiceConfig): 'number' | 'caller' | undefined {
  if (isAllRecorded || number?.isRecorded) return 'number'
  return ['true', '1'].includes(one(form, 'LkRecord')) ? 'caller' : undefined
}

const failureOf = (to: string | undefined) => (to === undefined ? 'failed' : 'not-allowed')
