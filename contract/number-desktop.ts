import { Type, type Static } from 'typebox'
import { Failure } from './failure.ts'
import { AuditEntry, Capabilities, Money, NumberHold, NumberOrigin, NumberSettings, NumberType, PhoneNumber, RingMode } from './number.ts'
import { ID_PATTERN } from './sid.ts'

// What the bridge's requests and events about the Twilio account and its numbers carry (`number-requests.ts`).
const strict = { additionalProperties: false } as const
const Id = Type.String({ pattern: ID_PATTERN })
const Instant = Type.String({ maxLength: 40 })
const Country = Type.String({ pattern: '^[A-Z]{2}$' })
const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

/** What may be shown of the Twilio account: no secret, only last fours. */
export const AccountView = Type.Object({
  state: Type.Enum(['none', 'ok', 'wrong']),
  accountSid: nullable(Type.String()),
  name: nullable(Type.String()),
  kind: nullable(Type.Enum(['api-key', 'auth-token'])),
  /** Last four of the API key's SID, or of the auth token. */
  lastFour: nullable(Type.String()),
  isTrial: nullable(Type.Boolean()),
  balance: nullable(Money),
  checkedAt: nullable(Instant),
  /** Why it is `wrong`. */
  failure: nullable(Failure),
  /** Where calls go that an assistant cannot take. */
  transferNumber: nullable(Type.String()),
})
export type AccountView = Static<typeof AccountView>

/** `createKey`: with the auth token, makes an API key of our own and keeps that instead of the token. */
export const AccountSetArgs = Type.Object(
  {
    accountSid: Type.String({ maxLength: 64 }),
    apiKey: Type.Optional(Type.String({ maxLength: 64 })),
    apiSecret: Type.Optional(Type.String({ maxLength: 128 })),
    authToken: Type.Optional(Type.String({ maxLength: 128 })),
    createKey: Type.Optional(Type.Boolean()),
  },
  strict,
)

/** A country numbers can be bought in, with the types it has. */
export const NumberCountry = Type.Object({ country: Country, name: Type.String(), types: Type.Array(NumberType) })
export type NumberCountry = Static<typeof NumberCountry>

export const searchLimits = { countries: 10, areaCodes: 20, perSearch: 50 } as const
/** What to look for; every country × type × area code is one request to Twilio. */
export const SearchQuery = Type.Object(
  {
    countries: Type.Array(Country, { minItems: 1, maxItems: searchLimits.countries }),
    types: Type.Array(NumberType, { minItems: 1, maxItems: 7 }),
    areaCodes: Type.Array(Type.String({ pattern: '^\\d{1,6}$' }), { maxItems: searchLimits.areaCodes }),
    /** 2-16 digits, letters, `*` for any one; null: any number. */
    pattern: nullable(Type.String({ maxLength: 16 })),
    position: Type.Enum(['anywhere', 'start', 'end']),
    locality: nullable(Type.String({ maxLength: 80 })),
    region: nullable(Type.String({ maxLength: 80 })),
    postalCode: nullable(Type.String({ maxLength: 20 })),
    nearNumber: nullable(PhoneNumber),
    capabilities: Type.Array(Type.Enum(['voice', 'sms', 'mms', 'fax'])),
    /** Only numbers that ask for no more address than this. */
    address: Type.Enum(['any', 'none', 'no-local', 'no-foreign']),
    /** Numbers per request to Twilio (R10's default 10, at most 50). */
    limit: Type.Integer({ minimum: 1, maximum: searchLimits.perSearch }),
  },
  strict,
)
export type SearchQuery = Static<typeof SearchQuery>

/** What has to be shown to the regulator before buying, and what the account has of it. */
export const Papers = Type.Object({
  address: Type.Enum(['none', 'any', 'local', 'foreign']),
  /** Whether a regulatory bundle is asked for; unknown when Twilio could not be asked. */
  bundle: Type.Enum(['none', 'required', 'unknown']),
  /** Names of what the rule wants, e.g. "Proof of address". */
  wants: Type.Array(Type.String()),
  /** Address and approved bundle of the account that fit, if any. */
  addressSid: nullable(Type.String()),
  bundleSid: nullable(Type.String()),
})
export type Papers = Static<typeof Papers>

export const NumberOffer = Type.Object({
  phoneNumber: PhoneNumber,
  country: Country,
  type: NumberType,
  locality: nullable(Type.String()),
  region: nullable(Type.String()),
  postalCode: nullable(Type.String()),
  capabilities: Capabilities,
  /** Monthly rent, which is also the first charge; null = Twilio names no price. */
  monthly: nullable(Money),
  /** Per minute of an incoming call. */
  perMinute: nullable(Money),
  papers: Papers,
  isBeta: Type.Boolean(),
})
export type NumberOffer = Static<typeof NumberOffer>

export const relaxations = [
  'area-code',
  'pattern',
  'position',
  'locality',
  'region',
  'postal-code',
  'near',
  'capabilities',
  'address',
  'type',
  'country',
] as const
export const SearchReply = Type.Object({
  searchId: Id,
  offers: Type.Array(NumberOffer),
  /** Requests that failed, each with what it asked for; the others' offers stand. */
  failures: Type.Array(Type.Object({ country: Country, type: NumberType, areaCode: nullable(Type.String()), failure: Failure })),
  isCancelled: Type.Boolean(),
  /** When nothing was found: which conditions to loosen, most promising first. */
  relax: Type.Array(Type.Enum([...relaxations])),
})
export type SearchReply = Static<typeof SearchReply>

export const SavedSearch = Type.Object({ name: Type.String({ minLength: 1, maxLength: 60 }), query: SearchQuery, savedAt: Instant })
export type SavedSearch = Static<typeof SavedSearch>

/** `anywhere`: the first fitting number of an area code is searched for, then bought. */
export const PurchaseItem = Type.Object(
  {
    /** Made by who asks; the same again is the same purchase. */
    intentId: Id,
    phoneNumber: Type.Optional(PhoneNumber),
    areaCode: Type.Optional(Type.String({ pattern: '^\\d{3}$' })),
    country: Country,
    type: NumberType,
    place: nullable(Type.String({ maxLength: 120 })),
    /** What the person saw and agreed to; a different price at the moment of buying stops it (`price-changed`). */
    monthly: nullable(Money),
    addressSid: Type.Optional(Type.String({ maxLength: 64 })),
    bundleSid: Type.Optional(Type.String({ maxLength: 64 })),
    identitySid: Type.Optional(Type.String({ maxLength: 64 })),
    name: nullable(Type.String({ maxLength: 64 })),
  },
  strict,
)
export type PurchaseItem = Static<typeof PurchaseItem>

/** What a purchase would cost, per currency. */
export const Quote = Type.Object({
  lines: Type.Array(Type.Object({ phoneNumber: PhoneNumber, monthly: nullable(Money), first: nullable(Money) })),
  monthly: Type.Array(Money),
  first: Type.Array(Money),
  /** Numbers without a known price. */
  unpriced: Type.Integer(),
  balance: nullable(Money),
  /** Null when balance and cost are in different currencies or unknown. */
  isEnough: nullable(Type.Boolean()),
})
export type Quote = Static<typeof Quote>

export const numberStates = ['active', 'inactive', 'held', 'missing', 'left'] as const
export const healthNames = [
  'points-here',
  'fallback',
  'owner',
  'used',
  'paid-unused',
  'papers',
  'emergency-address',
  'webhooks',
  'drift',
] as const
export const fixNames = ['connect', 'restore', 'assign', 'hold', 'papers', 'bundle', 'check-relay'] as const
export const HealthCheck = Type.Object({
  name: Type.Enum([...healthNames]),
  level: Type.Enum(['good', 'warning', 'bad', 'unknown']),
  evidence: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()])),
  at: nullable(Instant),
  fix: nullable(Type.Enum([...fixNames])),
})
export type HealthCheck = Static<typeof HealthCheck>

/** A row of *Numbers*: what Twilio says, what the relay keeps, and what follows from both. */
export const OwnedNumber = Type.Object({
  phoneNumber: PhoneNumber,
  sid: nullable(Type.String()),
  name: Type.String(),
  state: Type.Enum([...numberStates]),
  country: nullable(Country),
  type: nullable(NumberType),
  place: nullable(Type.String()),
  capabilities: nullable(Capabilities),
  userIds: Type.Array(Id),
  defaultFor: Type.Array(Id),
  ringMode: RingMode,
  isRecorded: Type.Boolean(),
  inactiveMessage: nullable(Type.String()),
  notes: Type.String(),
  tags: Type.Array(Type.String()),
  hold: nullable(NumberHold),
  origin: nullable(NumberOrigin),
  /** When Twilio got it for us, else when we first saw it. */
  since: nullable(Instant),
  lastUsedAt: nullable(Instant),
  calls30: Type.Integer(),
  talkSeconds30: Type.Integer(),
  perDay: Type.Array(Type.Integer()),
  monthly: nullable(Money),
  health: Type.Enum(['good', 'warning', 'bad', 'unknown']),
  /** Names of the checks that are not good. */
  troubles: Type.Array(Type.Enum([...healthNames])),
})
export type OwnedNumber = Static<typeof OwnedNumber>

export const NumberView = Type.Object({
  number: OwnedNumber,
  /** Null without a Twilio account here, or for staff. */
  settings: nullable(NumberSettings),
  drift: Type.Array(Type.Object({ key: Type.String(), was: Type.String(), is: Type.String() })),
  /** When Twilio was last asked. */
  seenAt: nullable(Instant),
  checks: Type.Array(HealthCheck),
  history: Type.Array(AuditEntry),
})
export type NumberView = Static<typeof NumberView>

/** Of each number asked for, in order; one that failed leaves the others done. */
export const BulkReply = Type.Object({
  results: Type.Array(Type.Object({ phoneNumber: Type.String(), ok: Type.Boolean(), failure: Type.Optional(Failure) })),
})
export type BulkReply = Static<typeof BulkReply>

const Named = Type.Object({ phoneNumber: Type.String(), name: Type.String() })
export const SyncPlan = Type.Object({
  planId: Id,
  at: Instant,
  listed: Type.Integer(),
  /** `isBack`: it had left, and is listed under the same SID again. */
  added: Type.Array(Type.Object({ ...Named.properties, isBack: Type.Optional(Type.Boolean()) })),
  /** Twilio answered 404 to their SID. */
  removed: Type.Array(Named),
  changed: Type.Array(Type.Object({ phoneNumber: Type.String(), name: Type.String(), keys: Type.Array(Type.String()) })),
  /** Absent from the list, but not (yet) known to be gone. */
  missing: Type.Array(Named),
  unchanged: Type.Integer(),
})
export type SyncPlan = Static<typeof SyncPlan>

/** What a person should know before a number goes. */
export const Dependencies = Type.Object({
  phoneNumber: PhoneNumber,
  owners: Type.Array(Type.Object({ userId: Id, name: Type.String() })),
  /** Users who call from it by default. */
  defaultFor: Type.Array(Type.Object({ userId: Id, name: Type.String() })),
  /** Where its calls go instead, when Twilio routes them past us: '' = to us. */
  routedTo: Type.String(),
  emergencyAddressSid: nullable(Type.String()),
  calls30: Type.Integer(),
  lastUsedAt: nullable(Instant),
  monthly: nullable(Money),
})
export type Dependencies = Static<typeof Dependencies>

/** What `numbers.dependencies` said of a number, as the person who releases it was shown it. Owners by user id. */
export const ReleaseSeen = Type.Object(
  {
    owners: Type.Array(Id, { maxItems: 1000 }),
    calls30: Type.Integer({ minimum: 0 }),
    defaultFor: Type.Optional(Type.Array(Id, { maxItems: 1000 })),
    routedTo: Type.Optional(Type.String({ maxLength: 2048 })),
    emergencyAddressSid: Type.Optional(nullable(Type.String({ maxLength: 64 }))),
  },
  { additionalProperties: false },
)
export type ReleaseSeen = Static<typeof ReleaseSeen>

const CostLine = Type.Object({ key: Type.String(), count: Type.Integer(), monthly: Type.Array(Money), unpriced: Type.Integer() })
export const CostReport = Type.Object({
  at: Instant,
  total: CostLine,
  active: CostLine,
  inactive: CostLine,
  byCountry: Type.Array(CostLine),
  /** Key: a user id, or '' for nobody. A number of several owners counts whole for each; the total counts it once. */
  byOwner: Type.Array(CostLine),
  byState: Type.Array(CostLine),
  /** First charges of the last 30 days. */
  first30: Type.Array(Money),
  /** Rent of the numbers that talked, divided by their minutes of 30 days; none when nothing was used. */
  perUsedMinute: Type.Array(Money),
  /** Paid, without a call in 30 days. */
  unused: Type.Array(
    Type.Object({ phoneNumber: Type.String(), name: Type.String(), monthly: nullable(Money), lastUsedAt: nullable(Instant) }),
  ),
})
export type CostReport = Static<typeof CostReport>
