import { Type, type Static } from 'typebox'
import { ID_PATTERN, sidPattern } from './sid.ts'
import { E164_PATTERN } from './e164-shape.ts'

const Id = Type.String({ pattern: ID_PATTERN })
const Instant = Type.String({ maxLength: 40 })
const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const strict = { additionalProperties: false } as const

export const PhoneNumber = Type.String({ pattern: E164_PATTERN })
/** A decimal string and its ISO 4217 currency, upper case. Currencies are never added together. */
export const Money = Type.Object({
  amount: Type.String({ pattern: '^-?\\d+(\\.\\d{1,12})?$' }),
  currency: Type.String({ pattern: '^[A-Z]{3}$' }),
})
export type Money = Static<typeof Money>

/** As Twilio's AvailablePhoneNumbers names them. */
export const numberTypes = ['local', 'toll-free', 'mobile', 'national', 'shared-cost', 'voip', 'machine-to-machine'] as const
export const NumberType = Type.Enum([...numberTypes])
export type NumberType = (typeof numberTypes)[number]

export const Capabilities = Type.Object({ voice: Type.Boolean(), sms: Type.Boolean(), mms: Type.Boolean(), fax: Type.Boolean() })
export type Capabilities = Static<typeof Capabilities>

export const RingMode = Type.Enum(['simultaneous', 'sequential'])
export type RingMode = Static<typeof RingMode>

/** Parked: callers hear the message (null: the usual one) until somebody decides. Nothing happens by itself at `until` (RULES R31). */
export const NumberHold = Type.Object({
  until: Instant,
  message: nullable(Type.String({ maxLength: 500 })),
  at: Instant,
  byUserId: Id,
})
export type NumberHold = Static<typeof NumberHold>

/** How the number came to us, where we bought it. */
export const NumberOrigin = Type.Object({
  at: Instant,
  byUserId: nullable(Id),
  intentId: nullable(Id),
  monthly: nullable(Money),
  /** City and region as the search named them, e.g. "San Francisco, CA". */
  place: nullable(Type.String({ maxLength: 120 })),
  type: nullable(NumberType),
})
export type NumberOrigin = Static<typeof NumberOrigin>

/** What the relay is the record of, beyond name, active and owners (RULES R18). */
export const NumberDetails = Type.Object({
  ringMode: RingMode,
  /** Calls of this number are recorded. */
  isRecorded: Type.Boolean(),
  /** What callers to the inactive number hear; null: the usual sentence. */
  inactiveMessage: nullable(Type.String({ maxLength: 500 })),
  notes: Type.String({ maxLength: 4000 }),
  tags: Type.Array(Type.String({ minLength: 1, maxLength: 40 }), { maxItems: 20 }),
  /** Users who call from this number unless they choose another. */
  defaultFor: Type.Array(Id),
  hold: nullable(NumberHold),
  origin: nullable(NumberOrigin),
  /** Since when it is not the account's any more (released, or removed by a sync); its history stays. */
  leftAt: nullable(Instant),
})
export type NumberDetails = Static<typeof NumberDetails>

export const plainDetails = (): NumberDetails => ({
  ringMode: 'simultaneous',
  isRecorded: false,
  inactiveMessage: null,
  notes: '',
  tags: [],
  defaultFor: [],
  hold: null,
  origin: null,
  leftAt: null,
})

/** Twilio's settings of a number that somebody could change behind our back. Unset is '' (Twilio says "" or null alike). */
export const settingKeys = [
  'friendlyName',
  'voiceUrl',
  'voiceMethod',
  'voiceFallbackUrl',
  'voiceFallbackMethod',
  'statusCallback',
  'statusCallbackMethod',
  'voiceApplicationSid',
  'trunkSid',
  'voiceReceiveMode',
  'voiceCallerIdLookup',
  'smsUrl',
  'smsMethod',
  'smsFallbackUrl',
  'smsFallbackMethod',
  'smsApplicationSid',
  'addressSid',
  'bundleSid',
  'identitySid',
  'emergencyStatus',
  'emergencyAddressSid',
] as const
export type SettingKey = (typeof settingKeys)[number]
const SettingValue = Type.String({ maxLength: 2048 })
export const NumberSettings = Type.Object(
  Object.fromEntries(settingKeys.map((key) => [key, SettingValue])) as Record<SettingKey, typeof SettingValue>,
)
export type NumberSettings = Static<typeof NumberSettings>

/** A number as Twilio lists it. */
export const RemoteNumber = Type.Object({
  sid: Type.String({ pattern: sidPattern('PN') }),
  phoneNumber: PhoneNumber,
  capabilities: Capabilities,
  type: nullable(NumberType),
  addressRequirements: Type.Enum(['none', 'any', 'local', 'foreign']),
  /** `registered`, `unregistered`, …: Twilio's word, '' when it says none. */
  emergencyAddressStatus: Type.String(),
  createdAt: nullable(Instant),
  settings: NumberSettings,
})
export type RemoteNumber = Static<typeof RemoteNumber>

export interface SettingDrift {
  key: SettingKey
  was: string
  is: string
}

/** What differs between the settings we keep and those seen at Twilio, in a fixed order. Pure. */
export const driftOf = (baseline: NumberSettings, seen: NumberSettings): SettingDrift[] =>
  settingKeys.filter((key) => baseline[key] !== seen[key]).map((key) => ({ key, was: baseline[key], is: seen[key] }))

/** What a manager may change of a number at once; absent fields stay. */
export const NumberPatch = Type.Partial(
  Type.Object({
    name: Type.String({ minLength: 1, maxLength: 64 }),
    isActive: Type.Boolean(),
    ringMode: RingMode,
    isRecorded: Type.Boolean(),
    inactiveMessage: nullable(Type.String({ maxLength: 500 })),
    notes: Type.String({ maxLength: 4000 }),
    tags: Type.Array(Type.String({ minLength: 1, maxLength: 40 }), { maxItems: 20 }),
    /** Who answers it, in this order. */
    userIds: Type.Array(Id, { maxItems: 50 }),
    defaultFor: Type.Array(Id, { maxItems: 50 }),
  }),
  strict,
)
export type NumberPatch = Static<typeof NumberPatch>

/** `requested`: by staff, waits for a manager. `looking`: the answer was lost, it is being looked for; nothing is bought again blindly. */
export const purchaseStates = [
  'requested',
  'refused',
  'intended',
  'leased',
  'buying',
  'looking',
  'bought',
  'configured',
  'done',
  'failed',
  'cancelled',
] as const
export const PurchaseState = Type.Enum([...purchaseStates])
export type PurchaseState = (typeof purchaseStates)[number]
export const isPurchaseOver = (state: PurchaseState) =>
  state === 'done' || state === 'failed' || state === 'cancelled' || state === 'refused'

/** One intent to buy one number, as relay and every manager's desktop know it. */
export const Purchase = Type.Object({
  intentId: Id,
  /** Only its beginning (`+1415`) while any number of an area code is wanted and none is chosen yet. */
  phoneNumber: Type.String({ pattern: '^\\+[1-9][0-9]{1,14}$' }),
  country: Type.String({ pattern: '^[A-Z]{2}$' }),
  type: NumberType,
  place: nullable(Type.String({ maxLength: 120 })),
  /** What was confirmed: the monthly rent, which is also the first charge. */
  monthly: nullable(Money),
  state: PurchaseState,
  /** Who wants it, and who buys it. */
  byUserId: Id,
  buyerUserId: nullable(Id),
  assignTo: Type.Array(Id, { maxItems: 50 }),
  name: nullable(Type.String({ maxLength: 64 })),
  note: nullable(Type.String({ maxLength: 500 })),
  sid: nullable(Type.String({ pattern: sidPattern('PN') })),
  /** A failure code of the catalogue, with Twilio's own in `twilioCode`, where it did not succeed. */
  failureCode: nullable(Type.String({ maxLength: 64 })),
  twilioCode: nullable(Type.Integer()),
  /** Facts for the failure's sentence, where this desktop knows them: `byName`, what it costs now. */
  details: Type.Optional(Type.Record(Type.String(), Type.String())),
  /** Whether money was spent: null while that is being looked for. */
  isCharged: nullable(Type.Boolean()),
  at: Instant,
  updatedAt: Instant,
})
export type Purchase = Static<typeof Purchase>

/** One line of the trace: who did what to what, before and after. Kept by the relay; never a secret in it. */
export const AuditEntry = Type.Object({
  auditId: Type.Integer(),
  at: Instant,
  userId: Id,
  userName: Type.String(),
  /** `number.updated`, `number.assigned`, `number.held`, `number.unheld`, `number.released`, `number.bought`, `number.restored`, … */
  action: Type.String({ maxLength: 64 }),
  /** A phone number, an account's SID, an intent. */
  subject: Type.String({ maxLength: 64 }),
  before: Type.Record(Type.String(), Type.Unknown()),
  after: Type.Record(Type.String(), Type.Unknown()),
})
export type AuditEntry = Static<typeof AuditEntry>
