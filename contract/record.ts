import { Type, type Static } from 'typebox'
import { PhoneNumber } from './number.ts'
import { ID_PATTERN, sidPattern } from './sid.ts'
import { MOST_TAGS } from './tags.ts'

// What people add to calls, recordings and numbers: shared, generic records, latest per id (RULES R18).
const Id = Type.String({ pattern: ID_PATTERN })
const Instant = Type.String({ maxLength: 40 })
const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const strict = { additionalProperties: false } as const
const Sid = Type.String({ pattern: sidPattern('RE') })

export const Tag = Type.String({ minLength: 1, maxLength: 40, pattern: '^[^\\s,][^,\\n]*$' })
const Tags = Type.Array(Tag, { maxItems: MOST_TAGS, uniqueItems: true })

/** One moment of a call's sound: seconds since its leg was answered, MOS 1…5, jitter ms, packet loss 0…1, round trip ms. */
const Sample = Type.Tuple([
  Type.Number(),
  nullable(Type.Number()),
  nullable(Type.Number()),
  nullable(Type.Number()),
  nullable(Type.Number()),
])
const TraceEntry = Type.Object(
  {
    at: Instant,
    /** The SDK's word or ours: `incoming`, `ringing`, `accept`, `reconnecting`, `warning`, `mute`, … */
    name: Type.String({ maxLength: 40 }),
    detail: nullable(Type.String({ maxLength: 200 })),
  },
  strict,
)

/** Value of each kind of record. What a record is about is its `callId` or its `phoneNumber`; its `recordId` is named beside each. */
export const recordValues = {
  /** A note, id of its own; `atSeconds`: a mark in that recording. Its author edits it, or a manager. Changed by another
   * hand since its `base`, an edit becomes a note of its own, named by the command, and a removal is refused with `conflict`. */
  note: Type.Object(
    { text: Type.String({ minLength: 1, maxLength: 4000 }), recordingSid: nullable(Sid), atSeconds: nullable(Type.Number({ minimum: 0 })) },
    strict,
  ),
  /** The call's id. Merged as a set: what a command added and removed since its `base`. */
  tags: Type.Object({ tags: Tags }, strict),
  /** The call's id. That a missed call is dealt with: by somebody's hand, or because the party was reached in `byCallId`. */
  missed: Type.Object({ how: Type.Enum(['by-hand', 'called-back', 'they-called']), byCallId: nullable(Id) }, strict),
  /** `RE…:userId`: this person listened, first then. Their own alone. */
  heard: Type.Object({ at: Instant }, strict),
  /** The recording's SID: whether a voicemail needs nobody's look any more. */
  voicemail: Type.Object({ isRead: Type.Boolean() }, strict),
  /** The recording's SID. In the trash it is hidden and cannot be played; a hold keeps it from being deleted (RULES R32). By the relay alone. */
  recording: Type.Object(
    {
      trash: nullable(Type.Object({ at: Instant, until: Instant, byUserId: nullable(Id) }, strict)),
      hold: nullable(Type.Object({ at: Instant, byUserId: Id, note: Type.String({ maxLength: 500 }) }, strict)),
      deletedAt: nullable(Instant),
    },
    strict,
  ),
  /** The recording's SID. By the relay alone, from Twilio's `<Record transcribe>` or another provider. */
  transcript: Type.Object(
    {
      status: Type.Enum(['completed', 'failed']),
      text: Type.String({ maxLength: 20_000 }),
      provider: Type.String({ maxLength: 40 }),
      sid: nullable(Type.String({ maxLength: 40 })),
    },
    strict,
  ),
  /** `callId:deviceId`: how the sound was, by the SDK's samples of that device. At most one a second, thinned to 600. */
  quality: Type.Object({ samples: Type.Array(Sample, { maxItems: 600 }) }, strict),
  /** `callId:deviceId`: what that device saw of the call, in its order. */
  trace: Type.Object({ entries: Type.Array(TraceEntry, { maxItems: 300 }) }, strict),
  /** The number: what its callers hear before the beep. Managers. `mediaId`: of the audio the relay keeps. */
  greeting: Type.Object(
    {
      kind: Type.Enum(['spoken', 'uploaded', 'recorded']),
      text: nullable(Type.String({ maxLength: 1000 })),
      mediaId: nullable(Id),
      durationSeconds: nullable(Type.Number()),
      name: nullable(Type.String({ maxLength: 120 })),
    },
    strict,
  ),
  /** The number: its recordings go to the trash after so many days. Managers. */
  retention: Type.Object({ days: Type.Integer({ minimum: 1, maximum: 3650 }) }, strict),
} as const
export type RecordKind = keyof typeof recordValues
export type RecordValue<K extends RecordKind> = Static<(typeof recordValues)[K]>
export const recordKinds = Object.keys(recordValues) as RecordKind[]
export const isRecordKind = (kind: string): kind is RecordKind => Object.hasOwn(recordValues, kind)

/** Who may send which by `record.put`; the others are the relay's own words. `managers`: about numbers. */
export const recordWriters = {
  note: 'entitled',
  tags: 'entitled',
  missed: 'entitled',
  heard: 'self',
  voicemail: 'entitled',
  quality: 'device',
  trace: 'device',
  retention: 'managers',
  recording: 'relay',
  transcript: 'relay',
  greeting: 'relay',
} as const satisfies Record<RecordKind, 'entitled' | 'self' | 'device' | 'managers' | 'relay'>

const RecordId = Type.String({ pattern: '^[A-Za-z0-9_:+-]{1,140}$' })

/** Payload of `record.changed` and row of the snapshot's `records`. `value` null: gone. Checked per kind by `isKnownRecord`; an unknown kind is kept. */
export const UserRecord = Type.Object({
  kind: Type.String({ maxLength: 40 }),
  recordId: RecordId,
  callId: nullable(Id),
  phoneNumber: nullable(PhoneNumber),
  value: Type.Unknown(),
  at: Instant,
  byUserId: nullable(Id),
})
export type UserRecord = Static<typeof UserRecord>
export type RecordOf<K extends RecordKind> = Omit<UserRecord, 'kind' | 'value'> & { kind: K; value: RecordValue<K> | null }

const put = <K extends RecordKind>(kind: K) =>
  Type.Object(
    {
      commandId: Id,
      name: Type.Literal('record.put'),
      kind: Type.Literal(kind),
      recordId: RecordId,
      /** The call it is about, or null and … */
      callId: nullable(Id),
      /** … the number. */
      phoneNumber: nullable(PhoneNumber),
      /** What the sender saw before. */
      base: nullable(recordValues[kind]),
      value: nullable(recordValues[kind]),
    },
    strict,
  )

/** Commands of the outbox about records (RULES R18). */
export const RecordCommand = Type.Union([
  put('note'),
  put('tags'),
  put('missed'),
  put('heard'),
  put('voicemail'),
  put('quality'),
  put('trace'),
  put('retention'),
  /** Into the trash for the relay's N days, or out of it; `DELETE /api/twilio/recordings/:sid` is the first. Those who may hear it. */
  Type.Object({ commandId: Id, name: Type.Literal('recording.trash'), sid: Sid, isTrashed: Type.Boolean() }, strict),
  /** Legal hold: managers. `note` null ends it. */
  Type.Object(
    { commandId: Id, name: Type.Literal('recording.hold'), sid: Sid, note: nullable(Type.String({ minLength: 1, maxLength: 500 })) },
    strict,
  ),
])
export type RecordCommand = Static<typeof RecordCommand>
