import { Type, type Static } from 'typebox'
import { unratedParts } from './call-cost.ts'
import { CallRecord, outcomes } from './call.ts'
import { ID_PATTERN } from './sid.ts'
import { Money, PhoneNumber } from './number.ts'
import { recordValues, Tag } from './record.ts'
import { Failure } from './failure.ts'

// What the bridge says of calls, missed calls, backfill, export and backup (`history-requests.ts`).
const strict = { additionalProperties: false } as const
const Id = Type.String({ pattern: ID_PATTERN })
const Instant = Type.String({ maxLength: 40 })
const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const seconds = Type.Integer({ minimum: 0, maximum: 1_000_000 })

/** Fields that are absent ask nothing; a list asks for any of its values. */
export const CallFilter = Type.Partial(
  Type.Object({
    /** Begun at or after, and before. */
    from: Instant,
    to: Instant,
    directions: Type.Array(Type.Enum(['incoming', 'outgoing']), { maxItems: 2 }),
    outcomes: Type.Array(Type.Enum([...outcomes]), { maxItems: outcomes.length }),
    ourNumbers: Type.Array(PhoneNumber, { maxItems: 100 }),
    userIds: Type.Array(Id, { maxItems: 100 }),
    tags: Type.Array(Tag, { maxItems: 20 }),
    hasRecording: Type.Boolean(),
    hasVoicemail: Type.Boolean(),
    hasNote: Type.Boolean(),
    /** Of the calls whose cost is known, in this currency. */
    costAtLeast: Money,
    costAtMost: Money,
    talkAtLeast: seconds,
    talkAtMost: seconds,
    /** Calls with this other side alone: E.164. */
    party: PhoneNumber,
  }),
  strict,
)
export type CallFilter = Static<typeof CallFilter>

/** Missed call inbox: `open` needs somebody; null: never was in it. */
export const MissedState = Type.Object({
  state: Type.Enum(['open', 'closed']),
  how: nullable(recordValues.missed.properties.how),
  byUserId: nullable(Id),
  byCallId: nullable(Id),
  at: nullable(Instant),
})
export type MissedState = Static<typeof MissedState>

export const CallNote = Type.Object({
  noteId: Id,
  text: Type.String(),
  at: Instant,
  byUserId: nullable(Id),
  recordingSid: nullable(Type.String()),
  atSeconds: nullable(Type.Number()),
  /** Not at the relay yet. */
  isPending: Type.Boolean(),
})
export type CallNote = Static<typeof CallNote>

/** A call with what a list shows of it. */
export const CallItem = Type.Object({
  ...CallRecord.properties,
  tags: Type.Array(Type.String()),
  noteCount: Type.Integer(),
  missed: nullable(MissedState),
})
export type CallItem = Static<typeof CallItem>

export const CallsPage = Type.Object({ calls: Type.Array(CallItem), next: nullable(Type.String()) })
export type CallsPage = Static<typeof CallsPage>

/** Where a search found its text: the parts of a hit's row to mark. */
export const matchPlaces = ['number', 'name', 'note', 'tag', 'transcript'] as const
export const SearchHit = Type.Object({
  call: CallItem,
  matched: Type.Array(Type.Enum([...matchPlaces])),
  /** Of a note or transcript, with the found words between U+2068 and U+2069. */
  snippet: nullable(Type.String()),
})
export type SearchHit = Static<typeof SearchHit>

/** A call opened. */
export const CallView = Type.Object({
  ...CallItem.properties,
  notes: Type.Array(CallNote),
  /** Why its cost is not final. */
  unrated: Type.Optional(Type.Array(Type.Enum([...unratedParts]))),
})
export type CallView = Static<typeof CallView>

/** One open entry stands for all missed calls of that party to that number since it was last dealt with: newest first. */
export const MissedEntry = Type.Object({
  call: CallItem,
  /** The older ones of the same party and number that are open, too. */
  others: Type.Array(Id),
})
export type MissedEntry = Static<typeof MissedEntry>

/** The relay's job that reads older calls from Twilio. */
export const BackfillState = Type.Object({
  state: Type.Enum(['none', 'running', 'done', 'stopped', 'failed']),
  /** How far back it was asked to go, and how far it has come. */
  from: nullable(Instant),
  reachedAt: nullable(Instant),
  calls: Type.Integer(),
  recordings: Type.Integer(),
  /** Facts that were not known. */
  news: Type.Integer(),
  startedAt: nullable(Instant),
  endedAt: nullable(Instant),
  byUserId: nullable(Id),
  failureCode: nullable(Type.String()),
})
export type BackfillState = Static<typeof BackfillState>

/** An export under way or over. `url`: to download it from, once, within ten minutes. */
export const ExportProgress = Type.Object({
  exportId: Id,
  done: Type.Integer(),
  total: Type.Integer(),
  state: Type.Enum(['running', 'done', 'cancelled', 'failed']),
  url: nullable(Type.String()),
  fileName: nullable(Type.String()),
  failure: nullable(Failure),
})
export type ExportProgress = Static<typeof ExportProgress>

/** Copies of this profile's history on this computer, and how the last check went. */
export const BackupView = Type.Object({
  backups: Type.Array(Type.Object({ backupId: Id, at: Instant, bytes: Type.Integer(), calls: Type.Integer() })),
  isRunning: Type.Boolean(),
  checkedAt: nullable(Instant),
  check: Type.Enum(['unknown', 'running', 'ok', 'corrupt']),
  /** The file was found broken and put aside: rebuilt from the backup of `from` (null: from the relay alone). Kept until dismissed. */
  recovered: nullable(Type.Object({ at: Instant, from: nullable(Instant), asideName: Type.String() })),
  failure: nullable(Failure),
})
export type BackupView = Static<typeof BackupView>
