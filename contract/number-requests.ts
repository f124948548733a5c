import { Type, type Static } from 'typebox'
import {
  AccountSetArgs,
  AccountView,
  NumberCountry,
  SearchQuery,
  SearchReply,
  SavedSearch,
  NumberOffer,
  PurchaseItem,
  Quote,
  OwnedNumber,
  NumberView,
  BulkReply,
  SyncPlan,
  Dependencies,
  ReleaseSeen,
  CostReport,
} from './number-desktop.ts'
import { AuditEntry, NumberPatch, PhoneNumber, Purchase, RemoteNumber, RingMode } from './number.ts'
import { ID_PATTERN } from './sid.ts'

// The bridge's requests and events about the Twilio account and its numbers. Managers only, but for reading one's own.
const strict = { additionalProperties: false } as const
const Empty = Type.Object({}, strict)
const Id = Type.String({ pattern: ID_PATTERN })
const Instant = Type.String({ maxLength: 40 })
const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Numbers = Type.Array(PhoneNumber, { minItems: 1, maxItems: 10_000 })

/** Held numbers whose hold is over: a manager decides what becomes of them (RULES R31). */
export const DueHolds = Type.Object({
  count: Type.Integer(),
  /** When the last of these holds ended; null when none did. */
  latest: nullable(Instant),
})
export type DueHolds = Static<typeof DueHolds>

const request = <A extends Type.TSchema, V extends Type.TSchema>(args: A, value: V) => ({ args, value })

export const accountRequests = {
  'account.get': request(Empty, AccountView),
  /** Verified with Twilio before it is kept; what was kept stays when it is wrong. */
  'account.set': request(AccountSetArgs, AccountView),
  'account.test': request(Empty, AccountView),
  'account.forget': request(Empty, AccountView),
  'account.setTransferNumber': request(Type.Object({ transferNumber: nullable(Type.String({ maxLength: 40 })) }, strict), AccountView),
} as const

export const numberRequests = {
  /** The account's numbers as Twilio lists them now, whole. */
  'numbers.listRemote': request(Empty, Type.Array(RemoteNumber)),
  'numbers.countries': request(Empty, Type.Array(NumberCountry)),
  'numbers.search': request(Type.Object({ searchId: Id, query: SearchQuery }, strict), SearchReply),
  'numbers.cancelSearch': request(Type.Object({ searchId: Id }, strict), Empty),
  'numbers.savedSearches': request(
    Type.Object({ save: Type.Optional(Type.Pick(SavedSearch, ['name', 'query'], strict)), remove: Type.Optional(Type.String()) }, strict),
    Type.Array(SavedSearch),
  ),
  /** Adds, removes, answers what is on it. Buys nothing. */
  'numbers.shortlist': request(
    Type.Object(
      { add: Type.Optional(Type.Array(NumberOffer, { maxItems: 200 })), remove: Type.Optional(Type.Array(PhoneNumber, { maxItems: 200 })) },
      strict,
    ),
    Type.Array(NumberOffer),
  ),
  'numbers.quote': request(Type.Object({ items: Type.Array(PurchaseItem, { minItems: 1, maxItems: 50 }) }, strict), Quote),
  /** Returns when every item is over or `waitMs` has passed; progress comes as `purchases.changed`. Once begun it goes on without a page. */
  'numbers.purchase': request(
    Type.Object(
      {
        items: Type.Array(PurchaseItem, { minItems: 1, maxItems: 50 }),
        assignTo: Type.Array(Id, { maxItems: 50 }),
        /** Buy although the relay cannot be asked whether another manager is buying it. */
        withoutRelay: Type.Optional(Type.Boolean()),
        waitMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 600_000 })),
      },
      strict,
    ),
    Type.Array(Purchase),
  ),
  'numbers.purchases': request(Empty, Type.Array(Purchase)),
  /** Staff ask for a number; a manager approves by `numbers.purchase` with the same intent, or refuses. */
  'numbers.request': request(Type.Object({ item: PurchaseItem, note: nullable(Type.String({ maxLength: 500 })) }, strict), Purchase),
  'numbers.refuse': request(Type.Object({ intentId: Id }, strict), Purchase),
  /** Ordered by number; staff see their own. */
  'numbers.list': request(
    Type.Object({ after: Type.Optional(Type.String({ maxLength: 32 })), limit: Type.Integer({ minimum: 1, maximum: 1000 }) }, strict),
    Type.Object({ numbers: Type.Array(OwnedNumber), next: nullable(Type.String()), syncedAt: nullable(Instant) }),
  ),
  'numbers.get': request(Type.Object({ phoneNumber: PhoneNumber }, strict), NumberView),
  'numbers.update': request(
    Type.Object(
      { changes: Type.Array(Type.Object({ phoneNumber: PhoneNumber, patch: NumberPatch }, strict), { minItems: 1, maxItems: 10_000 }) },
      strict,
    ),
    BulkReply,
  ),
  'numbers.assign': request(
    Type.Object({ phoneNumbers: Numbers, userIds: Type.Array(Id, { maxItems: 50 }), ringMode: Type.Optional(RingMode) }, strict),
    BulkReply,
  ),
  'numbers.planSync': request(Empty, SyncPlan),
  'numbers.applySync': request(Type.Object({ planId: Id }, strict), Type.Object({ plan: SyncPlan, undoId: Id })),
  /** Undoes what the last applied plan did here; Twilio is not touched. */
  'numbers.undoSync': request(Type.Object({ undoId: Id }, strict), Empty),
  /** Numbers whose settings at Twilio are not as we left them, as just listed. */
  'numbers.drift': request(
    Empty,
    Type.Object({
      at: Instant,
      rows: Type.Array(
        Type.Object({
          phoneNumber: PhoneNumber,
          name: Type.String(),
          baselineAt: Instant,
          drift: Type.Array(Type.Object({ key: Type.String(), was: Type.String(), is: Type.String() })),
        }),
      ),
    }),
  ),
  /** Reads the number again, writes the kept settings back, reads once more. `conflict` when it is not as it was shown (`seen`). */
  'numbers.restore': request(
    Type.Object({ phoneNumber: PhoneNumber, seen: Type.Array(Type.Object({ key: Type.String(), is: Type.String() }, strict)) }, strict),
    NumberView,
  ),
  /** The settings at Twilio are right: they are what we keep from now on. */
  'numbers.acceptDrift': request(Type.Object({ phoneNumber: PhoneNumber }, strict), NumberView),
  /** Points the numbers at our relay (RULES R5, R15). */
  'numbers.connect': request(Type.Object({ phoneNumbers: Numbers }, strict), BulkReply),
  'numbers.dependencies': request(Type.Object({ phoneNumbers: Numbers }, strict), Type.Array(Dependencies)),
  'numbers.hold': request(
    Type.Object(
      { phoneNumbers: Numbers, days: Type.Integer({ minimum: 1, maximum: 365 }), message: nullable(Type.String({ maxLength: 500 })) },
      strict,
    ),
    BulkReply,
  ),
  'numbers.unhold': request(Type.Object({ phoneNumbers: Numbers }, strict), BulkReply),
  /** Nobody's for staff. Changes come as `numbers.dueChanged`. */
  'numbers.due': request(Empty, DueHolds),
  /**
   * Held numbers only, each with its last four digits typed. Before the hold's end only with `isEarly`. What has changed since the number was
   * held (an owner more, calls, where its calls go) is a `conflict` with `details.changed`, unless `seen` says that the person was shown it.
   */
  'numbers.release': request(
    Type.Object(
      {
        items: Type.Array(
          Type.Object(
            { phoneNumber: PhoneNumber, lastFour: Type.String({ pattern: '^\\d{4}$' }), seen: Type.Optional(ReleaseSeen) },
            strict,
          ),
          { minItems: 1, maxItems: 500 },
        ),
        isEarly: Type.Optional(Type.Boolean()),
      },
      strict,
    ),
    BulkReply,
  ),
  /** CSV, RFC 4180, with a header; of these numbers, or of all. */
  'numbers.export': request(
    Type.Object({ phoneNumbers: Type.Optional(Numbers) }, strict),
    Type.Object({ fileName: Type.String(), text: Type.String() }),
  ),
  'numbers.cost': request(Empty, CostReport),
  'audit.list': request(
    Type.Object(
      {
        before: Type.Optional(Type.Integer()),
        limit: Type.Integer({ minimum: 1, maximum: 200 }),
        subject: Type.Optional(Type.String({ maxLength: 64 })),
      },
      strict,
    ),
    Type.Object({ entries: Type.Array(AuditEntry), next: nullable(Type.Integer()) }),
  ),
} as const

export const numberEvents = {
  'account.changed': AccountView,
  /** A part of a running search is in. */
  'numbers.searched': Type.Object({ searchId: Id, done: Type.Integer(), total: Type.Integer(), found: Type.Integer() }),
  /** A hold is over, or a number whose hold was over is held no more. */
  'numbers.dueChanged': DueHolds,
  'purchases.changed': Type.Object({ purchases: Type.Array(Purchase) }),
  /** A sync or another long work on numbers moves on. */
  'numbers.progress': Type.Object({
    work: Type.Enum(['sync', 'update', 'hold', 'release', 'connect']),
    done: Type.Integer(),
    total: nullable(Type.Integer()),
  }),
} as const
