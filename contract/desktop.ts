import { Type, type Static } from 'typebox'
import { CallFact } from './call.ts'
import { Failure } from './failure.ts'
import { historyEvents, historyRequests } from './history-requests.ts'
import { accountRequests, numberEvents, numberRequests } from './number-requests.ts'
import { PhoneNumber } from './number.ts'
import { Party } from './party.ts'
import { AccessTokenReply, VoiceEdge } from './relay.ts'
import { ID_PATTERN } from './sid.ts'

// The bridge: `request(name, args)` and `on(event, fn)` between renderer and main, over IPC or loopback HTTP alike.
const strict = { additionalProperties: false } as const
const Empty = Type.Object({}, strict)
const Id = Type.String({ pattern: ID_PATTERN })
const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

const MicrophoneState = Type.Enum(['unknown', 'granted', 'prompt', 'denied', 'missing'])
const LinkState = Type.Enum(['off', 'connecting', 'online', 'offline', 'refused'])

/** Evidence behind availability (RULES R27); instants are ISO 8601 UTC, null = never. */
export const AppStatus = Type.Object({
  registered: Type.Boolean(),
  registeredSince: nullable(Type.String()),
  relay: LinkState,
  /** Last pong exchanged with the relay. */
  relaySeenAt: nullable(Type.String()),
  microphone: MicrophoneState,
  /** Commands waiting to be sent. */
  outbox: Type.Integer(),
  version: Type.String(),
})
export type AppStatus = Static<typeof AppStatus>

/** What the page may know of the session: no token, no key. */
export const SessionView = Type.Object({
  state: Type.Enum(['first-run', 'signed-in', 'signed-out']),
  user: nullable(Type.Object({ userId: Id, name: Type.String(), role: Type.Enum(['staff', 'manager']) })),
  deviceId: nullable(Id),
  workspace: nullable(Type.Object({ name: Type.String(), isSandbox: Type.Boolean() })),
  relayUrl: nullable(Type.String()),
  /** Whether *Try the sandbox* can work: one was started beside this app. */
  canTrySandbox: Type.Boolean(),
  voice: VoiceEdge,
  /** Why the last session ended, as a failure code. */
  endedBy: nullable(Type.String()),
})
export type SessionView = Static<typeof SessionView>

export const Preferences = Type.Object({
  country: Type.String({ pattern: '^[A-Z]{2}$' }),
  callFrom: nullable(Type.String()),
  theme: Type.Enum(['system', 'light', 'dark']),
})
export type Preferences = Static<typeof Preferences>

export const UserName = Type.Object({ userId: Id, name: Type.String() })

/** name → schema of arguments and value. `GET /bridge` lists them as JSON Schema. */
export const bridgeRequests = {
  'app.status': { args: Empty, value: AppStatus },
  /** The page's Device and microphone, reported whenever they change. */
  'device.report': { args: Type.Object({ registered: Type.Boolean(), microphone: MicrophoneState }, strict), value: Empty },
  'session.get': { args: Empty, value: SessionView },
  'session.enroll': {
    args: Type.Object({ relayUrl: Type.String({ maxLength: 300 }), code: Type.String({ maxLength: 64 }) }, strict),
    value: SessionView,
  },
  'session.trySandbox': { args: Empty, value: SessionView },
  'session.signOut': { args: Empty, value: SessionView },
  /** A voice access token; a fresh one when `renew`, else a cached one with more than a quarter of its life left. */
  'voice.token': { args: Type.Object({ renew: Type.Boolean() }, strict), value: AccessTokenReply },
  /** What the SDK saw of a call: kept at once, sent to the relay through the outbox. */
  'calls.observe': { args: Type.Object({ callId: Id, facts: Type.Array(CallFact, { minItems: 1, maxItems: 100 }) }, strict), value: Empty },
  'calls.declineEverywhere': { args: Type.Object({ callId: Id }, strict), value: Empty },
  'users.list': { args: Empty, value: Type.Array(UserName) },
  'preferences.get': { args: Empty, value: Preferences },
  'preferences.set': { args: Type.Partial(Preferences, strict), value: Preferences },
  ...historyRequests,
  ...accountRequests,
  ...numberRequests,
} as const satisfies Record<string, { args: Type.TSchema; value: Type.TSchema }>
export type BridgeName = keyof typeof bridgeRequests
export type BridgeArgs<N extends BridgeName> = Static<(typeof bridgeRequests)[N]['args']>
export type BridgeValue<N extends BridgeName> = Static<(typeof bridgeRequests)[N]['value']>

/** Events of main to the page, in the past tense. */
export const bridgeEvents = {
  'status.changed': AppStatus,
  'session.changed': SessionView,
  /** These records are new or different (none: any may be): ask again for what is shown. */
  'calls.changed': Type.Object({ callIds: Type.Array(Id) }),
  'call.offered': Type.Object({
    callId: Id,
    party: Party,
    ourNumber: Type.String(),
    numberName: Type.String(),
    isForThisDevice: Type.Boolean(),
    ringSeconds: Type.Integer(),
    at: Type.String(),
  }),
  /** These, or any (null): ask again for what is shown. */
  'numbers.changed': Type.Object({ phoneNumbers: nullable(Type.Array(PhoneNumber)) }),
  ...historyEvents,
  ...numberEvents,
} as const
export type BridgeEvent = keyof typeof bridgeEvents
export type BridgeEventPayload<E extends BridgeEvent> = Static<(typeof bridgeEvents)[E]>

/** The page's side of either transport. A failure is an outcome, never an exception. */
export interface Bridge {
  request<N extends BridgeName>(
    name: N,
    args: BridgeArgs<N>,
  ): Promise<{ ok: true; value: BridgeValue<N> } | { ok: false; failure: Failure }>
  on<E extends BridgeEvent>(event: E, listener: (payload: BridgeEventPayload<E>) => void): () => void
}
