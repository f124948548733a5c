import { Type } from 'typebox'
import { BackfillState, BackupView, CallFilter, CallNote, CallsPage, CallView, ExportProgress, MissedEntry, SearchHit } from './history.ts'
import { Failure } from './failure.ts'
import { PhoneNumber } from './number.ts'
import { recordValues, Tag } from './record.ts'
import { RecordingAuditRow, RecordingItem } from './recording.ts'
import { ID_PATTERN, sidPattern } from './sid.ts'
import { CallTimeline } from './timeline.ts'

// The bridge's requests and events about what happened. Managers see the workspace, staff their own.
const strict = { additionalProperties: false } as const
const Empty = Type.Object({}, strict)
const Id = Type.String({ pattern: ID_PATTERN })
const Sid = Type.String({ pattern: sidPattern('RE') })
const Cursor = Type.Optional(Type.String({ maxLength: 200 }))
const Limit = Type.Integer({ minimum: 1, maximum: 200 })
const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const request = <A extends Type.TSchema, V extends Type.TSchema>(args: A, value: V) => ({ args, value })
const one = Type.Object({ sid: Sid }, strict)

export const historyRequests = {
  'calls.page': request(Type.Object({ limit: Limit, after: Cursor, filter: Type.Optional(CallFilter) }, strict), CallsPage),
  'calls.get': request(Type.Object({ callId: Id }, strict), CallView),
  /** Names, numbers in any spelling, notes, tags, transcripts; all words must be found. Newest first. */
  'calls.search': request(
    Type.Object({ text: Type.String({ maxLength: 200 }), limit: Limit, after: Cursor, filter: Type.Optional(CallFilter) }, strict),
    Type.Object({ hits: Type.Array(SearchHit), next: nullable(Type.String()) }),
  ),
  /** How many calls a filter and text find, up to `most`. */
  'calls.count': request(
    Type.Object(
      { filter: CallFilter, text: Type.Optional(Type.String({ maxLength: 200 })), most: Type.Integer({ minimum: 1, maximum: 1_000_000 }) },
      strict,
    ),
    Type.Object({ count: Type.Integer() }),
  ),
  /** What this device's SDK saw and measured of a call that is over: shared as records `trace` and `quality`. */
  'calls.witness': request(
    Type.Object(
      {
        callId: Id,
        trace: nullable(recordValues.trace),
        quality: nullable(recordValues.quality),
      },
      strict,
    ),
    Empty,
  ),
  /** `mask`, for support: of numbers the last four digits only; no names of people, computers or SIP users, no notes. Our own ids stay. */
  'calls.timeline': request(Type.Object({ callId: Id, mask: Type.Optional(Type.Boolean()) }, strict), CallTimeline),
  /**
   * Writes a note, or a new text of it; null removes it. `seen`: the text that is changed. If it is another by now, the new text
   * becomes a note of its own, and a removal fails with `conflict`.
   */
  'calls.note': request(
    Type.Object(
      {
        callId: Id,
        noteId: Id,
        text: nullable(Type.String({ maxLength: 4000 })),
        seen: Type.Optional(Type.String({ maxLength: 4000 })),
        recordingSid: Type.Optional(Sid),
        atSeconds: Type.Optional(Type.Number({ minimum: 0 })),
      },
      strict,
    ),
    Type.Array(CallNote),
  ),
  'calls.tag': request(
    Type.Object(
      {
        callIds: Type.Array(Id, { minItems: 1, maxItems: 200 }),
        add: Type.Array(Tag, { maxItems: 20 }),
        remove: Type.Array(Tag, { maxItems: 20 }),
      },
      strict,
    ),
    Empty,
  ),
  /** Tags in use, the most used first. */
  'calls.tags': request(Empty, Type.Array(Type.Object({ tag: Type.String(), count: Type.Integer() }))),
  /** Begins an export of what filter and text find; goes on without a page. Progress is `calls.exported`. */
  'calls.export': request(
    Type.Object(
      {
        exportId: Id,
        format: Type.Enum(['csv', 'json']),
        filter: CallFilter,
        text: Type.Optional(Type.String({ maxLength: 200 })),
      },
      strict,
    ),
    ExportProgress,
  ),
  'calls.cancelExport': request(Type.Object({ exportId: Id }, strict), ExportProgress),

  /** Open entries, newest first. */
  'missed.list': request(
    Type.Object({ limit: Limit, after: Cursor, includeClosed: Type.Optional(Type.Boolean()) }, strict),
    Type.Object({ entries: Type.Array(MissedEntry), next: nullable(Type.String()), openCount: Type.Integer() }),
  ),
  /** By hand: closes these, or opens them again. */
  'missed.resolve': request(
    Type.Object({ callIds: Type.Array(Id, { minItems: 1, maxItems: 200 }), isResolved: Type.Boolean() }, strict),
    Empty,
  ),

  /** Newest first; without those in the trash, unless it is asked for. Voicemails are `voicemail.list`. */
  'recordings.page': request(
    Type.Object(
      {
        limit: Limit,
        after: Cursor,
        callId: Type.Optional(Id),
        trash: Type.Optional(Type.Boolean()),
        filter: Type.Optional(CallFilter),
        text: Type.Optional(Type.String({ maxLength: 200 })),
      },
      strict,
    ),
    Type.Object({ recordings: Type.Array(RecordingItem), next: nullable(Type.String()) }),
  ),
  'recordings.get': request(one, RecordingItem),
  /**
   * Makes a recording playable: from the cache, or through the relay. `url` is this recording's alone, for ten minutes, with ranges.
   * `peaks`: per channel, 0…1, over the whole length; `silences`: seconds from-to in which nobody speaks. Both null until it is whole in the cache:
   * then `recordings.cached` tells.
   */
  'recordings.open': request(
    one,
    Type.Object({
      recording: RecordingItem,
      url: Type.String(),
      durationSeconds: nullable(Type.Number()),
      channels: nullable(Type.Integer()),
      peaks: nullable(Type.Array(Type.Array(Type.Number()))),
      silences: nullable(Type.Array(Type.Tuple([Type.Number(), Type.Number()]))),
    }),
  ),
  /** An address to save the whole file from, once. */
  'recordings.download': request(one, Type.Object({ url: Type.String(), fileName: Type.String() })),
  /** Where listening stopped, on this computer. */
  'recordings.position': request(Type.Object({ sid: Sid, seconds: Type.Number({ minimum: 0 }) }, strict), Empty),
  'recordings.trash': request(one, Empty),
  'recordings.restore': request(one, Empty),
  /** Legal hold; note null ends it. Managers. */
  'recordings.hold': request(Type.Object({ sid: Sid, note: nullable(Type.String({ minLength: 1, maxLength: 500 })) }, strict), Empty),
  /** Days that a number's recordings are kept; null: until somebody deletes them. Managers. */
  'recordings.retention': request(
    Type.Object({ phoneNumber: PhoneNumber, days: nullable(Type.Integer({ minimum: 1, maximum: 3650 })) }, strict),
    Empty,
  ),
  'recordings.audit': request(
    Type.Object({ limit: Limit, after: Cursor, troubleOnly: Type.Optional(Type.Boolean()) }, strict),
    Type.Object({
      rows: Type.Array(RecordingAuditRow),
      next: nullable(Type.String()),
      counts: Type.Object({ wanted: Type.Integer(), complete: Type.Integer(), pending: Type.Integer(), trouble: Type.Integer() }),
    }),
  ),

  'voicemail.list': request(
    Type.Object({ limit: Limit, after: Cursor, unreadOnly: Type.Optional(Type.Boolean()), trash: Type.Optional(Type.Boolean()) }, strict),
    Type.Object({ voicemails: Type.Array(RecordingItem), next: nullable(Type.String()), unread: Type.Integer() }),
  ),
  /** `heard`: this person listened, which also makes it read. */
  'voicemail.mark': request(Type.Object({ sid: Sid, mark: Type.Enum(['heard', 'read', 'unread']) }, strict), Empty),
  'voicemail.trash': request(one, Empty),

  'greetings.list': request(
    Empty,
    Type.Array(
      Type.Object({
        phoneNumber: PhoneNumber,
        greeting: nullable(recordValues.greeting),
        retentionDays: nullable(Type.Integer()),
      }),
    ),
  ),
  /** What callers of a number hear before the beep; null: the usual sentence. `wav`: PCM, base64, at most 2 minutes. Managers, with the relay. */
  'greetings.set': request(
    Type.Object(
      {
        phoneNumber: PhoneNumber,
        greeting: nullable(
          Type.Union([
            Type.Object({ kind: Type.Literal('spoken'), text: Type.String({ minLength: 1, maxLength: 1000 }) }, strict),
            Type.Object(
              {
                kind: Type.Enum(['uploaded', 'recorded']),
                name: nullable(Type.String({ maxLength: 120 })),
                wav: Type.String({ maxLength: 8_000_000, pattern: '^[A-Za-z0-9+/]+={0,2}$' }),
              },
              strict,
            ),
          ]),
        ),
      },
      strict,
    ),
    Type.Object({ greeting: nullable(recordValues.greeting) }),
  ),
  /** To listen to a greeting's audio. */
  'greetings.open': request(Type.Object({ phoneNumber: PhoneNumber }, strict), Type.Object({ url: Type.String() })),

  /** `from`: how far back, ISO 8601. Starting one that was stopped with the same `from` goes on where it was. Managers. */
  'history.backfill': request(
    Type.Union([
      Type.Object({ action: Type.Literal('get') }, strict),
      Type.Object({ action: Type.Literal('start'), from: Type.String({ maxLength: 40 }) }, strict),
      Type.Object({ action: Type.Literal('stop') }, strict),
    ]),
    BackfillState,
  ),

  'backup.get': request(Empty, BackupView),
  'backup.make': request(Empty, BackupView),
  /** Puts a copy in place of the history here, then takes what is newer from the relay. Unsent commands stay. */
  'backup.restore': request(Type.Object({ backupId: Id }, strict), BackupView),
  'backup.dismiss': request(Empty, BackupView),
} as const satisfies Record<string, { args: Type.TSchema; value: Type.TSchema }>

export const historyEvents = {
  'calls.exported': ExportProgress,
  /** Notes, tags, missed calls, voicemails, recordings' state: ask again for what is shown. */
  'records.changed': Type.Object({ callIds: Type.Array(Id), kinds: Type.Array(Type.String()) }),
  /** The relay took a change of this person's back: what is shown is as it was. `recordId` of the kind; `callId` null: about a number. */
  'records.refused': Type.Object({ kind: Type.String(), recordId: Type.String(), callId: nullable(Id), failure: Failure }),
  /** This recording is whole in the cache now, or no longer. */
  'recordings.cached': Type.Object({ sid: Sid, isCached: Type.Boolean() }),
  'history.backfillChanged': BackfillState,
  'backup.changed': BackupView,
} as const
