import type { SandboxCall, SandboxRecording, SandboxTranscription, VoiceConfig } from '../engine-port.ts'
import { hex, newSid } from './random.ts'
import { accountDefaults, numberDefaults } from './upgrade.ts'
import type { AccountState, Application, CallerId, MessageConfig, OwnedNumber } from './state.ts'

/** Webhooks of a resource nobody has configured yet. */
export const unsetVoice = (): VoiceConfig => ({
  voiceUrl: '',
  voiceMethod: 'POST',
  voiceFallbackUrl: '',
  voiceFallbackMethod: 'POST',
  statusCallback: '',
  statusCallbackMethod: 'POST',
  voiceApplicationSid: '',
})
export const unsetMessages = (): MessageConfig => ({ smsUrl: '', smsMethod: 'POST', smsFallbackUrl: '', smsFallbackMethod: 'POST' })

/** A new TwiML app. */
export function newApplication(random: () => number, now: number, friendlyName: string): Application {
  return {
    sid: newSid(random, 'AP'),
    friendlyName,
    createdAt: now,
    updatedAt: now,
    ...unsetVoice(),
    ...unsetMessages(),
    smsStatusCallback: '',
    messageStatusCallback: '',
    voiceCallerIdLookup: false,
    publicApplicationConnectEnabled: false,
  }
}

/** A number as it is when it has just been bought. */
export function newNumber(
  random: () => number,
  now: number,
  phoneNumber: string,
  over: Partial<OwnedNumber> & Pick<OwnedNumber, 'friendlyName'>,
): OwnedNumber {
  return {
    sid: newSid(random, 'PN'),
    phoneNumber,
    createdAt: now,
    updatedAt: now,
    ...unsetVoice(),
    ...unsetMessages(),
    smsApplicationSid: '',
    voiceCallerIdLookup: false,
    type: 'local',
    trunkSid: null,
    addressSid: null,
    bundleSid: null,
    ...numberDefaults(phoneNumber),
    ...over,
  }
}

const day = 86_400_000
const minute = 60_000

/** The demo workspace's account: three numbers without webhooks (the relay's set-up writes those), one key, one TwiML app, one verified caller ID. */
export function demoAccount(random: () => number, now: number): Omit<AccountState, 'numberSeed'> {
  const bought = now - 90 * day
  const key = { sid: newSid(random, 'SK'), friendlyName: 'Linekeeper', createdAt: bought, updatedAt: bought, secret: hex(random, 32) }
  const application = newApplication(random, bought, 'Linekeeper')
  const verified: CallerId = {
    sid: newSid(random, 'PN'),
    friendlyName: 'Ada (mobile)',
    phoneNumber: '+14155550190',
    createdAt: bought,
    updatedAt: bought,
  }
  return {
    version: 1,
    accountSid: newSid(random, 'AC'),
    authToken: hex(random, 32),
    firstKeySid: key.sid,
    firstApplicationSid: application.sid,
    vapiKey: [8, 4, 4, 4, 12].map((length) => hex(random, length)).join('-'),
    friendlyName: 'Linekeeper demo',
    createdAt: bought,
    updatedAt: bought,
    starts: 0,
    keys: [key],
    applications: [application],
    numbers: [
      newNumber(random, bought, '+14155550100', { friendlyName: 'Main line' }),
      newNumber(random, bought + minute, '+14155550111', { friendlyName: 'Support' }),
      newNumber(random, bought + 2 * minute, '+442079460018', { friendlyName: 'London' }),
    ],
    callerIds: [verified],
    ...accountDefaults(),
  }
}

/** A past call: who with, when, how long it rang and was talked; `client` is the Device at our end. */
export interface Past {
  kind: 'answered' | 'missed' | 'outgoing' | 'outgoing-busy'
  number: number
  party: string
  client: string
  minutesAgo: number
  rangSeconds: number
  talkedSeconds: number
}

const history: Past[] = [
  past('answered', 0, '+14155550142', 'u1_d1', 5 * 1440 + 190, 6, 187),
  past('outgoing', 0, '+14155550142', 'u1_d1', 5 * 1440 + 35, 9, 64),
  past('missed', 1, '+12125550173', 'u2_d1', 4 * 1440 + 320, 25, 0),
  past('outgoing', 1, '+12125550173', 'u2_d1', 4 * 1440 + 290, 7, 412),
  past('answered', 2, '+442079460321', 'u3_d1', 3 * 1440 + 75, 4, 95),
  past('outgoing-busy', 0, '+13105550128', 'u1_d1', 2 * 1440 + 260, 0, 0),
  past('answered', 1, '+13105550128', 'u2_d1', 1440 + 340, 8, 731),
  past('missed', 0, '+14155550165', 'u1_d1', 1440 + 15, 25, 0),
]

function past(
  kind: Past['kind'],
  number: number,
  party: string,
  client: string,
  minutesAgo: number,
  rangSeconds: number,
  talkedSeconds: number,
): Past {
  return { kind, number, party, client, minutesAgo, rangSeconds, talkedSeconds }
}

/** Per started minute, in units of 0.00001 USD. */
const rates = { incoming: 850, outgoing: 1400, client: 400 }

function price(rate: number, seconds: number): string | null {
  return seconds > 0 ? (-(Math.ceil(seconds / 60) * rate) / 100_000).toFixed(5) : null
}

/** Some days of calls, rated long ago, so that a fresh demo has something to show: pairs of parent and Dial child. */
export function demoCalls(state: Omit<AccountState, 'numberSeed'>, random: () => number, now: number): SandboxCall[] {
  return history.flatMap((one) => pastLegs(one, state, random, Math.floor((now - one.minutesAgo * minute) / 1000) * 1000))
}

/** A finished leg; a price belongs to legs that were answered. */
function leg(
  base: Pick<SandboxCall, 'sid' | 'parentCallSid' | 'accountSid' | 'to' | 'from' | 'phoneNumberSid' | 'direction' | 'status'>,
  times: { startedAt: number; answeredAt: number | null; endedAt: number },
  rate: number,
): SandboxCall {
  const seconds = times.answeredAt === null ? 0 : (times.endedAt - times.answeredAt) / 1000
  return {
    ...base,
    forwardedFrom: null,
    createdAt: times.startedAt,
    updatedAt: times.endedAt,
    ...times,
    priceAt: times.endedAt,
    price: price(rate, seconds),
    queueTimeMs: 0,
  }
}

/** The two legs of a past call that began at `startedAt` (ms since 1970, whole seconds), rated. */
export function pastLegs(one: Past, state: Omit<AccountState, 'numberSeed'>, random: () => number, startedAt: number): SandboxCall[] {
  const number = state.numbers[one.number] as OwnedNumber
  const isOutgoing = one.kind.startsWith('outgoing')
  const parent = newSid(random, 'CA')
  const dialledAt = startedAt + 1000
  const rangUntil = dialledAt + one.rangSeconds * 1000
  const endedAt = rangUntil + one.talkedSeconds * 1000
  const answeredAt = one.talkedSeconds > 0 ? rangUntil : null
  const shared = { accountSid: state.accountSid, phoneNumberSid: isOutgoing ? null : number.sid }
  const childStatus = { answered: 'completed', outgoing: 'completed', missed: 'no-answer', 'outgoing-busy': 'busy' } as const
  return [
    leg(
      {
        ...shared,
        sid: parent,
        parentCallSid: null,
        from: isOutgoing ? `client:${one.client}` : one.party,
        to: isOutgoing ? '' : number.phoneNumber,
        direction: 'inbound',
        status: 'completed',
      },
      // A missed caller was answered by the closing announcement, as answerOnBridge leaves it.
      { startedAt, answeredAt: answeredAt ?? endedAt, endedAt: answeredAt === null ? endedAt + 4000 : endedAt },
      isOutgoing ? rates.client : rates.incoming,
    ),
    leg(
      {
        ...shared,
        sid: newSid(random, 'CA'),
        parentCallSid: parent,
        from: isOutgoing ? number.phoneNumber : one.party,
        to: isOutgoing ? one.party : `client:${one.client}`,
        direction: 'outbound-dial',
        status: childStatus[one.kind],
      },
      { startedAt: dialledAt, answeredAt, endedAt },
      isOutgoing ? rates.outgoing : rates.client,
    ),
  ]
}

/** A call whose process was killed cannot go on: Twilio would have ended it. */
export function endInterrupted(call: SandboxCall): SandboxCall {
  if (!['queued', 'ringing', 'in-progress'].includes(call.status)) return call
  const status = call.status === 'in-progress' ? 'completed' : 'failed'
  return { ...call, status, endedAt: call.endedAt ?? call.updatedAt, priceAt: call.priceAt ?? call.updatedAt }
}

/** A recording that was being written when its process was killed has no usable file. */
export function dropInterrupted(recording: SandboxRecording): SandboxRecording {
  if (!['in-progress', 'paused', 'stopped', 'processing'].includes(recording.status)) return recording
  return { ...recording, status: 'absent', errorCode: 16101, file: null }
}

/** A transcription that was under way when its process was killed comes to nothing. */
export const failInterrupted = (one: SandboxTranscription): SandboxTranscription =>
  one.status === 'in-progress' ? { ...one, status: 'failed' } : one
