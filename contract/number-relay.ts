import { Type, type Static } from 'typebox'
import {
  Money,
  NumberHold,
  NumberOrigin,
  NumberPatch,
  NumberSettings,
  NumberType,
  PhoneNumber,
  Purchase,
  PurchaseState,
  AuditEntry,
} from './number.ts'
import { ID_PATTERN, sidPattern } from './sid.ts'

// HTTP between desktop and relay about numbers. Managers only unless said otherwise.
const strict = { additionalProperties: false } as const
const Id = Type.String({ pattern: ID_PATTERN })
const Instant = Type.String({ maxLength: 40 })
const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Sid = Type.String({ pattern: sidPattern('PN') })

/** What a change is called in the trace. */
export const numberActions = [
  'number.updated',
  'number.assigned',
  'number.held',
  'number.unheld',
  'number.bought',
  'number.released',
  'number.removed',
  'number.returned',
] as const

/** One change of one number: everything given is applied in one transaction, with one line in the trace. */
export const NumberChange = Type.Object(
  {
    phoneNumber: PhoneNumber,
    action: Type.Enum([...numberActions]),
    patch: Type.Optional(NumberPatch),
    /** null ends the hold. */
    hold: Type.Optional(nullable(Type.Pick(NumberHold, ['until', 'message'], strict))),
    origin: Type.Optional(NumberOrigin),
    /** It came (`number.bought`, `number.returned`): makes the number known when it is not. */
    sid: Type.Optional(Sid),
    /** With `number.returned`: a removal is undone, Twilio did not list it again. The trace's `after` has `undone`. */
    isUndo: Type.Optional(Type.Boolean()),
    /** It is the account's no more: inactive, kept with its history. */
    hasLeft: Type.Optional(Type.Boolean()),
  },
  strict,
)
export type NumberChange = Static<typeof NumberChange>
/** `POST /api/numbers/changes`. Each stands alone: a refused one leaves the others applied. */
export const NumberChangesBody = Type.Object({ changes: Type.Array(NumberChange, { minItems: 1, maxItems: 500 }) }, strict)
export const NumberChangesReply = Type.Object({
  results: Type.Array(
    Type.Object({ phoneNumber: Type.String(), status: Type.Enum(['applied', 'refused']), code: Type.Optional(Type.String()) }),
  ),
})
export type NumberChangesReply = Static<typeof NumberChangesReply>

/** `GET /api/numbers/usage` (everybody: managers all, staff their own numbers), from the relay's call tables. */
export const NumberUsage = Type.Object({
  phoneNumber: Type.String(),
  /** Calls in the last 30 days, both directions. */
  calls30: Type.Integer(),
  talkSeconds30: Type.Integer(),
  /** Calls per day, oldest first; 30 of them, or none when there were no calls. */
  perDay: Type.Array(Type.Integer()),
  lastUsedAt: nullable(Instant),
  /** Incoming calls of 7 days that only REST told of: our webhooks did not hear them. */
  unheard7: Type.Integer(),
  /** When Twilio last took the fallback of this number, null = never. */
  fallbackAt: nullable(Instant),
})
export type NumberUsage = Static<typeof NumberUsage>
export const NumberUsageReply = Type.Object({ at: Instant, rows: Type.Array(NumberUsage) })

/** Where a number of ours asks (RULES R5, R15): connection overrides included. */
export const VoiceWiring = Type.Object({ voiceUrl: Type.String(), voiceFallbackUrl: Type.String(), statusCallback: Type.String() })
export type VoiceWiring = Static<typeof VoiceWiring>

/** `GET /api/numbers/guard?only=<numbers, by comma>`: settings as we last set or accepted them (`baseline`), and as the relay last saw them at Twilio (`seen`). */
export const GuardRow = Type.Object({
  phoneNumber: Type.String(),
  sid: Sid,
  baseline: NumberSettings,
  baselineAt: Instant,
  seen: NumberSettings,
  seenAt: Instant,
})
export type GuardRow = Static<typeof GuardRow>
export const GuardReply = Type.Object({ wiring: VoiceWiring, listedAt: nullable(Instant), rows: Type.Array(GuardRow) })
export type GuardReply = Static<typeof GuardReply>
/** `PUT /api/numbers/guard`: these settings are ours now, as just read back from Twilio. */
export const GuardBody = Type.Object(
  {
    rows: Type.Array(
      Type.Object(
        {
          phoneNumber: PhoneNumber,
          sid: Sid,
          settings: NumberSettings,
          /** `renamed` leaves no line in the trace: the change of the name did. */
          reason: Type.Enum(['configured', 'restored', 'accepted', 'renamed']),
          /** As just read back, where not everything is as it is ours: the rest stays drift. */
          seen: Type.Optional(NumberSettings),
        },
        strict,
      ),
      { minItems: 1, maxItems: 500 },
    ),
  },
  strict,
)
export type GuardBody = Static<typeof GuardBody>

/**
 * `POST /api/numbers/purchases`: asks for the lease of a number. Staff may only send `isRequest: true`.
 * The same intent again renews the lease (its first phone number stands); another intent for a number under a live lease is 409 `number-leased`
 * with `details.byName`. With `bought` it asks for no lease: 409 `number-already-ours` with `details.byName` when another intent came first
 * with that SID. A lease lives `leaseSeconds` after its last word; then another device may take the *same* intent over.
 */
export const PurchaseBody = Type.Object(
  {
    intentId: Id,
    phoneNumber: PhoneNumber,
    country: Type.String({ pattern: '^[A-Z]{2}$' }),
    type: NumberType,
    place: nullable(Type.String({ maxLength: 120 })),
    monthly: nullable(Money),
    assignTo: Type.Array(Id, { maxItems: 50 }),
    name: nullable(Type.String({ maxLength: 64 })),
    note: nullable(Type.String({ maxLength: 500 })),
    isRequest: Type.Boolean(),
    /** Bought already, without the relay or unknown to it: it is adopted by its SID, also where a listing knew the number first (RULES R29). */
    bought: Type.Optional(Type.Object({ sid: Sid, byUserId: Id }, strict)),
  },
  strict,
)
export type PurchaseBody = Static<typeof PurchaseBody>
/** `isHolder`: this device may go on with it. */
export const PurchaseReply = Type.Object({ purchase: Purchase, isHolder: Type.Boolean(), leaseUntil: Instant })
export type PurchaseReply = Static<typeof PurchaseReply>
/** `PUT /api/numbers/purchases/:intentId`: how far it is; also `refused` or `cancelled`. Never backwards from an end. */
export const PurchaseProgressBody = Type.Object(
  {
    state: PurchaseState,
    sid: Type.Optional(Sid),
    failureCode: Type.Optional(Type.String({ maxLength: 64 })),
    twilioCode: Type.Optional(Type.Integer()),
    isCharged: Type.Optional(nullable(Type.Boolean())),
  },
  strict,
)
export type PurchaseProgressBody = Static<typeof PurchaseProgressBody>
/** `GET /api/numbers/purchases`: managers all, staff their own requests; newest first, 200 at most. */
export const PurchasesReply = Type.Array(Purchase)

/** `GET /api/audit?before=&limit=&subject=`: newest first. */
export const AuditQuery = Type.Object(
  {
    before: Type.Optional(Type.Integer()),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
    subject: Type.Optional(Type.String({ maxLength: 64 })),
  },
  strict,
)
export const AuditReply = Type.Object({ entries: Type.Array(AuditEntry), next: nullable(Type.Integer()) })
export type AuditReply = Static<typeof AuditReply>
/** What a desktop reports itself, since it alone can know; everything else in the trace is the relay's own word. */
export const toldActions = [
  'number.restored',
  'number.configured',
  'number.releasing',
  'number.not-released',
  'account.set',
  'account.key-created',
  'account.forgotten',
  'account.transfer-number-set',
] as const
export type ToldAction = (typeof toldActions)[number]
const ToldEntry = Type.Object(
  { ...Type.Omit(AuditEntry, ['auditId', 'at', 'userId', 'userName', 'action']).properties, action: Type.Enum([...toldActions]) },
  strict,
)
/** `POST /api/audit`: what a manager did with Twilio from the desktop. The relay adds who and when. */
export const AuditBody = Type.Object({ entries: Type.Array(ToldEntry, { minItems: 1, maxItems: 500 }) }, strict)
export type AuditBody = Static<typeof AuditBody>
