import { Type, type Static } from 'typebox'
import { CallFact } from './call.ts'
import { E164_PATTERN } from './e164.ts'
import { NumberDetails } from './number.ts'
import { AuditBody } from './number-relay.ts'
import { RecordCommand } from './record.ts'
import { ID_PATTERN } from './sid.ts'

// Bodies of the relay's HTTP interface. The desktop sends and checks with the same schemas.
const strict = { additionalProperties: false } as const
const Id = Type.String({ pattern: ID_PATTERN })
const Instant = Type.String({ maxLength: 30 })
const Role = Type.Union([Type.Literal('staff'), Type.Literal('manager')])
export type Role = Static<typeof Role>

/** `POST /api/auth/enroll`. `publicKey`: Ed25519, SPKI DER, base64url. */
export const EnrollBody = Type.Object(
  {
    code: Type.String({ minLength: 8, maxLength: 64 }),
    deviceName: Type.String({ minLength: 1, maxLength: 80 }),
    publicKey: Type.String({ minLength: 40, maxLength: 200, pattern: '^[A-Za-z0-9_-]+$' }),
  },
  strict,
)
export type EnrollBody = Static<typeof EnrollBody>

/** Where the Voice SDK connects. Null: Twilio. A relay that speaks to a sandbox names its loopback addresses; others are refused. */
export const VoiceEdge = Type.Object({
  signalingUrl: Type.Union([Type.String(), Type.Null()]),
  soundsUrl: Type.Union([Type.String(), Type.Null()]),
})
export type VoiceEdge = Static<typeof VoiceEdge>

export const Session = Type.Object({
  /** Short-lived (15 min by default) bearer token for HTTP and the socket. */
  token: Type.String(),
  expiresAt: Instant,
  /** Opaque; the old one works for the same device key until the new one is first used (RULES R22). */
  refreshToken: Type.String(),
  user: Type.Object({ userId: Id, name: Type.String(), role: Role }),
  device: Type.Object({ deviceId: Id, name: Type.String(), identity: Type.String() }),
  workspace: Type.Object({ workspaceId: Id, name: Type.String(), isSandbox: Type.Boolean() }),
  voice: VoiceEdge,
})
export type Session = Static<typeof Session>

/** `POST /api/auth/refresh`. `signature`: Ed25519 over `refreshMessage`, base64url. `at` may be off by five minutes. */
export const RefreshBody = Type.Object(
  {
    deviceId: Id,
    refreshToken: Type.String({ minLength: 20, maxLength: 200 }),
    at: Instant,
    signature: Type.String({ minLength: 80, maxLength: 100, pattern: '^[A-Za-z0-9_-]+$' }),
  },
  strict,
)
export type RefreshBody = Static<typeof RefreshBody>
export const refreshMessage = (body: Pick<RefreshBody, 'deviceId' | 'refreshToken' | 'at'>) =>
  `linekeeper-refresh\n${body.deviceId}\n${body.refreshToken}\n${body.at}`

/** `POST /api/auth/logout`: ends the device's session and family. */
export const LogoutBody = Type.Object({}, strict)

export const AvailableNumber = Type.Object({ phoneNumber: Type.String(), name: Type.String(), isDefault: Type.Boolean() })
export type AvailableNumber = Static<typeof AvailableNumber>

/** `GET /api/twilio/access-token`. */
export const AccessTokenReply = Type.Object({
  token: Type.String(),
  identity: Type.String(),
  expiresAt: Instant,
  availableNumbers: Type.Array(AvailableNumber),
})
export type AccessTokenReply = Static<typeof AccessTokenReply>

/** `POST /api/calls/:callId/observations`: what the desktop saw (source `sdk`). Idempotent: facts are joined. */
export const ObservationsBody = Type.Object({ facts: Type.Array(CallFact, { minItems: 1, maxItems: 100 }) }, strict)
export type ObservationsBody = Static<typeof ObservationsBody>

/** One command of the outbox (RULES R18). Applied once per `commandId`, in order. */
export const Command = Type.Union([
  Type.Object(
    { commandId: Id, name: Type.Literal('call.observe'), callId: Id, facts: Type.Array(CallFact, { minItems: 1, maxItems: 100 }) },
    strict,
  ),
  /** Stops an incoming call's ringing on every device (RULES R3); the call goes on to voicemail. */
  Type.Object({ commandId: Id, name: Type.Literal('call.decline-everywhere'), callId: Id }, strict),
  /** Lines of the trace, as by `POST /api/audit`: of what is done whether the relay is there or not. */
  Type.Object({ commandId: Id, name: Type.Literal('audit.tell'), entries: AuditBody.properties.entries }, strict),
  ...RecordCommand.anyOf,
])
export type Command = Static<typeof Command>
export const CommandsBody = Type.Object({ commands: Type.Array(Command, { minItems: 1, maxItems: 100 }) }, strict)
/** One result per command, in order; a refused one is never sent again. */
export const CommandsReply = Type.Object({
  results: Type.Array(
    Type.Object({
      commandId: Id,
      status: Type.Union([Type.Literal('applied'), Type.Literal('refused')]),
      code: Type.Optional(Type.String()),
    }),
  ),
})
export type CommandsReply = Static<typeof CommandsReply>

/** `GET /api/sync/snapshot?table=…&after=…`: page through one table at one position of the log (RULES R19). */
/** `records` after `calls`: a record of a call that may be seen. */
export const snapshotTables = ['calls', 'numbers', 'users', 'devices', 'records'] as const
export const SnapshotQuery = Type.Object(
  { table: Type.Enum([...snapshotTables]), after: Type.Optional(Type.String({ maxLength: 128 })) },
  strict,
)
export type SnapshotTable = (typeof snapshotTables)[number]
/** Rows have the shape of the table's event payload: `call.facts`, `number.changed`, `user.changed`, `device.changed`, `record.changed`. */
export const SnapshotReply = Type.Object({
  epoch: Type.String(),
  /** The log's head when the page was read: `hello` with the *first* page's value. */
  asOf: Type.Integer(),
  rows: Type.Array(Type.Unknown()),
  next: Type.Union([Type.String(), Type.Null()]),
})
export type SnapshotReply = Static<typeof SnapshotReply>

/** `GET /api/numbers` and `GET /api/users` rows. */
export const NumberRow = Type.Object({
  phoneNumber: Type.String({ pattern: E164_PATTERN }),
  sid: Type.Union([Type.String(), Type.Null()]),
  name: Type.String(),
  isActive: Type.Boolean(),
  userIds: Type.Array(Id),
  details: NumberDetails,
})
export type NumberRow = Static<typeof NumberRow>
export const UserRow = Type.Object({ userId: Id, name: Type.String(), role: Role, isActive: Type.Boolean() })
export type UserRow = Static<typeof UserRow>
