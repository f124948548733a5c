import type { CallFact, CallRecord } from '../../../contract/call.ts'
import type { CallItem } from '../../../contract/history.ts'
import type { AccessTokenReply } from '../../../contract/relay.ts'
import { failure, type Failure } from '../../../contract/failure.ts'
import type { Microphone } from '../../../renderer/model/phone.ts'
import { createPhone, type PhonePorts } from '../../../renderer/voice/phone.ts'
import type { PhoneLock, PhoneLockEvents } from '../../../renderer/voice/phone-lock.ts'
import { phoneTiming } from '../../../renderer/voice/timing.ts'
import type { Testimony } from '../../../renderer/voice/witness.ts'
import { fakeSdk, FakeCall, type FakeDevice } from './fake-sdk.ts'

export const OURS = '+14155550100'
export const SID = 'CA00000000000000000000000000000001'

/** A token whose claims say how long it lives. */
export function tokenOf(lifeSeconds: number, nowMs = Date.now()) {
  const iat = Math.floor(nowMs / 1000)
  const claims = btoa(JSON.stringify({ iat, exp: iat + lifeSeconds }))
  return {
    token: `h.${claims}.s`,
    identity: 'uAda_dDesk',
    expiresAt: new Date((iat + lifeSeconds) * 1000).toISOString(),
    availableNumbers: [{ phoneNumber: OURS, name: 'Main line', isDefault: true }],
  }
}

export interface Options {
  onRegister?: (device: FakeDevice) => Promise<void>
  lifeSeconds?: number
  microphone?: Microphone
  microphoneProblem?: Failure
  lockIsFree?: boolean
  /** What the relay announced. */
  offer?: PhonePorts['offer']
  /** Which numbers the token's reply carries. */
  numbers?: () => AccessTokenReply['availableNumbers']
}

/** A phone over a fake SDK, with everything it told the outside. */
export function phoneKit({
  onRegister,
  lifeSeconds = 3600,
  microphone = 'granted',
  microphoneProblem,
  lockIsFree = true,
  offer = () => undefined,
  numbers = () => tokenOf(0).availableNumbers,
}: Options = {}) {
  const { sdk, devices, device, resumedFor } = fakeSdk(onRegister)
  const observed: { callId: string; facts: CallFact[] }[] = []
  const witnessed: ({ callId: string } & Testimony)[] = []
  const reports: { registered: boolean; microphone: Microphone }[] = []
  const changed = new Set<(ids: string[]) => void>()
  const records = new Map<string, CallRecord>()
  const asked: boolean[] = []
  const declined: string[] = []
  const microphoneChanged = new Set<(state: Microphone) => void>()
  let lockEvents: PhoneLockEvents | undefined
  let tokenFailure = false
  const ports: PhonePorts = {
    sdk: () => Promise.resolve(sdk),
    token(renew) {
      asked.push(renew)
      return tokenFailure ? Promise.reject(new Error('offline')) : Promise.resolve({ ...tokenOf(lifeSeconds), availableNumbers: numbers() })
    },
    observe: (callId, facts) => void observed.push({ callId, facts }),
    witness: (callId, testimony) => void witnessed.push({ callId, ...testimony }),
    record: (callId) => Promise.resolve(records.get(callId)),
    onCallsChanged(listener) {
      changed.add(listener)
      return () => void changed.delete(listener)
    },
    declineEverywhere: (callId) => void declined.push(callId),
    offer,
    report: (registered, state) => void reports.push({ registered, microphone: state }),
    microphone: {
      state: () => microphone,
      ensure: () => Promise.resolve(microphoneProblem),
      onChange(listener) {
        microphoneChanged.add(listener)
        return () => void microphoneChanged.delete(listener)
      },
      close: () => undefined,
    },
    lock(events): PhoneLock {
      lockEvents = events
      return {
        acquire: () => Promise.resolve(lockIsFree),
        requestTakeOver: () => undefined,
        release: () => undefined,
        close: () => undefined,
      }
    },
    newId: () => '0190a0c0-0000-7000-8000-000000000001',
    timing: { ...phoneTiming, drawAfterMs: 0 },
  }
  const phone = createPhone(ports)
  const facts = () => observed.flatMap((one) => one.facts)
  return {
    phone,
    devices,
    device,
    resumedFor,
    observed,
    witnessed,
    reports,
    asked,
    declined,
    lock: () => lockEvents!,
    /** Plugs in, allows or withdraws the microphone. */
    changeMicrophone: (state: Microphone) => microphoneChanged.forEach((listener) => listener(state)),
    loseTokens: (isLost: boolean) => (tokenFailure = isLost),
    tell(known: CallRecord) {
      records.set(known.callId, known)
      changed.forEach((listener) => listener([known.callId]))
    },
    fact: (field: string) => facts().findLast((fact) => fact.field === field)?.value,
    ring(lk = 'call-1.leg-1', from = '+14155552671', sid = SID) {
      const call = new FakeCall({ CallSid: sid, From: from }, lk)
      device().emit('incoming', call)
      return call
    },
    /** Begins an outgoing call; the SDK's call is the fake's newest. */
    async dial(to = '+15005550102') {
      phone.connect(to, OURS)
      await Promise.resolve()
      await Promise.resolve()
      return device().connects.at(-1)!.call
    },
  }
}

export const microphoneDenied = failure('microphone-denied')

/** A record as the relay's joined facts would give it. */
export function record(change: Partial<CallRecord>): CallRecord {
  return {
    callId: 'call-1',
    direction: 'incoming',
    outcome: 'ongoing',
    reason: null,
    party: { kind: 'number', number: '+14155552671' },
    ourNumber: OURS,
    userId: null,
    deviceId: null,
    startedAt: '2026-11-21T09:00:00.000Z',
    answeredAt: null,
    endedAt: null,
    ringSeconds: null,
    talkSeconds: null,
    cost: null,
    recordWanted: null,
    legs: [],
    recordings: [],
    ...change,
  }
}

/** A call as a list shows it. */
export const item = (change: Partial<CallItem>): CallItem => ({ ...record(change), tags: [], noteCount: 0, missed: null, ...change })
