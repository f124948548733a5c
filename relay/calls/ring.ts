import type { CallFact } from '../../contract/call.ts'
import { partyOf } from '../../contract/party.ts'
import type { NumberRow } from '../../contract/relay.ts'
import type { Directory, Presence } from '../ports.ts'
import { ringTwiml } from '../twiml/build.ts'
import type { Urls } from '../twiml/urls.ts'
import { one } from '../webhooks/form.ts'
import type { Effects } from '../webhooks/intake.ts'
import type { Webhook } from '../webhooks/webhook.ts'
import { factsOf } from './facts-of-webhook.ts'
import { deviceLegId, PARTY_LEG, userLegId } from './leg-ids.ts'
import type { Candidate } from './reachability.ts'
import { planRing, type RingStep } from './ring-plan.ts'
import type { VoiceConfig } from './voice-config.ts'

export interface RingDeps {
  config: VoiceConfig
  directory: Directory
  presence: Presence
  urls: Urls
}

/** Which step of ringing comes for which call. */
export interface RingTurn {
  callId: string
  number: NumberRow
  /** 1 for the first. */
  step: number
  /** Who has not been rung yet, in order. */
  userIds: readonly string[]
  elapsedSeconds: number
}

/** What a step of ringing means: its facts, what Twilio is told (undefined when nobody rings), and whom else to tell. */
export interface Ring {
  facts: CallFact[]
  twiml: string | undefined
  offer: (effects: Effects) => void
}

/** Who of the number's users may be called at all. */
export const activeUsersOf = ({ userIds }: NumberRow, directory: Directory): string[] =>
  userIds.filter((userId) => directory.user(userId)?.isActive)

/** Plans a step of ringing. Changes nothing. */
export function ringFor(webhook: Webhook, turn: RingTurn, deps: RingDeps): Ring {
  const { config, directory, presence, urls } = deps
  const { callId, number, step, elapsedSeconds } = turn
  const users = turn.userIds.map((userId) => ({ userId, devices: directory.devicesOf(userId) }))
  const plan = planRing({ mode: number.details.ringMode, users, presence, elapsedSeconds, ringSeconds: config.incomingRingSeconds })
  const { rung, ringSeconds } = plan
  const isRecorded = config.isAllRecorded || number.details.isRecorded
  const clients = rung.map(({ device }) => ({ legId: deviceLegId(step, device.deviceId), identity: device.identity }))
  return {
    facts: [...factsOfStep(webhook, step, plan), ...(isRecorded && rung.length > 0 ? factsOfRecordWanted(webhook) : [])],
    twiml: rung.length === 0 ? undefined : ringTwiml({ callId, partyLegId: PARTY_LEG, step, ringSeconds, isRecorded, clients }, urls),
    offer: (effects) => offer(webhook, effects, turn, plan),
  }
}

function factsOfStep(webhook: Webhook, step: number, { rung, skipped, without, totalSeconds }: RingStep): CallFact[] {
  // The time of a later step without anybody is no news: what was planned before it has passed.
  const isNews = step === 1 || rung.length > 0
  return [
    ...(isNews ? factsOf('call', 'relay', webhook.receivedAt, { ringSeconds: totalSeconds }) : []),
    ...rung.flatMap((candidate) => factsOfCandidate(webhook, step, candidate)),
    ...skipped.flatMap((candidate) => [
      ...factsOfCandidate(webhook, step, candidate),
      ...absent(webhook, deviceLegId(step, candidate.device.deviceId)),
    ]),
    ...without.flatMap((userId) => factsOfUser(webhook, step, userId)),
  ]
}

/** The number's default, or everybody's: nobody asks for it call by call. */
const factsOfRecordWanted = ({ receivedAt: at }: Webhook) => factsOf('call', 'relay', at, { recordWanted: 'number' })

/** Those whose turn it is; in one step with everybody, everybody. */
function offer({ form }: Webhook, effects: Effects, { callId, number, userIds }: RingTurn, { rung, ringSeconds }: RingStep): void {
  const payload = {
    callId,
    party: partyOf(one(form, 'From')),
    ourNumber: number.phoneNumber,
    numberName: number.name,
    deviceIds: rung.map(({ device }) => device.deviceId),
    ringSeconds,
  }
  const inTurn = new Set(rung.map(({ device }) => device.userId))
  const concerned = number.details.ringMode === 'sequential' ? userIds.filter((userId) => inTurn.has(userId)) : userIds
  effects.event({ type: 'call.offered', payload }, { kind: 'users', userIds: concerned })
}

function factsOfCandidate({ form, callSid, receivedAt: at }: Webhook, step: number, { device, isReachable }: Candidate) {
  const { userId, deviceId, identity } = device
  const values = { role: 'device', userId, deviceId, parentSid: callSid, from: one(form, 'From'), to: `client:${identity}` }
  return factsOf(`leg:${deviceLegId(step, deviceId)}`, 'relay', at, { ...values, reachable: isReachable })
}

/** Not dialled: the timeline says so. */
const absent = ({ receivedAt: at }: Webhook, legId: string) =>
  factsOf(`leg:${legId}`, 'relay', at, { status: 'failed', reachable: false, endAt: at })

function factsOfUser(webhook: Webhook, step: number, userId: string) {
  const legId = userLegId(step, userId)
  const values = { role: 'device', userId, parentSid: webhook.callSid }
  return [...factsOf(`leg:${legId}`, 'relay', webhook.receivedAt, values), ...absent(webhook, legId)]
}
