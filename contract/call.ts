import { Type, type Static } from 'typebox'
import { ID_PATTERN } from './sid.ts'
import { Party } from './party.ts'

const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

/** Where a fact was learnt, weakest first; the order per field is in call-join (RULES R7). */
export const factSources = ['sdk', 'relay', 'webhook', 'rest', 'rest-final'] as const

/**
 * One thing learnt about a call. A call is the join of its facts, so their order and repetition do not matter.
 * `subject`: `call`, `leg:<our leg id>`, `leg:<CA…>` (before we know which leg it is), or `rec:<RE…>`.
 */
export const CallFact = Type.Object(
  {
    subject: Type.String({ pattern: '^(call|leg:[A-Za-z0-9_-]{1,64}|rec:RE[0-9a-f]{32})$' }),
    field: Type.String({ pattern: '^[a-z][A-Za-z]{1,40}$' }),
    value: Type.Union([Type.String({ maxLength: 512 }), Type.Number(), Type.Boolean(), Type.Null()]),
    source: Type.Enum([...factSources]),
    /** When it was learnt or happened, ISO 8601 UTC, by the clock of its source (RULES R11). */
    at: Type.String({ maxLength: 30 }),
    /** Twilio's SequenceNumber of the leg's callback, where there is one. */
    sequence: Type.Optional(Type.Integer({ minimum: 0 })),
  },
  { additionalProperties: false },
)
export type CallFact = Static<typeof CallFact>
export type FactSource = CallFact['source']

export const outcomes = ['ongoing', 'answered', 'voicemail', 'abandoned', 'missed', 'not-reached'] as const
/** Why a call was not answered (RULES R6). `not-reached` is for outgoing calls; the others of an incoming one. */
export const outcomeReasons = [
  'rang-out',
  'declined',
  'busy',
  'unreachable',
  'no-answer',
  'canceled',
  'nobody-assigned',
  'number-inactive',
  'number-held',
  'number-unknown',
  'outside-hours',
  'relay-down',
  'microphone-denied',
  'not-allowed',
  'offline',
  'failed',
] as const
export type CallOutcome = (typeof outcomes)[number]
export type OutcomeReason = (typeof outcomeReasons)[number]

/** Twilio's spelling, for history. Webhooks also say `initiated`. */
export const callStatuses = [
  'queued',
  'initiated',
  'ringing',
  'in-progress',
  'completed',
  'busy',
  'no-answer',
  'canceled',
  'failed',
] as const
export type CallStatus = (typeof callStatuses)[number]

/** `device`: one of our Devices; `party`: the person outside. */
export const LegRole = Type.Enum(['device', 'party'])

export const LegRecord = Type.Object({
  legId: Type.String(),
  sid: nullable(Type.String()),
  parentSid: nullable(Type.String()),
  role: LegRole,
  userId: nullable(Type.String()),
  deviceId: nullable(Type.String()),
  to: nullable(Type.String()),
  status: nullable(Type.Enum([...callStatuses])),
  ringAt: nullable(Type.String()),
  answerAt: nullable(Type.String()),
  endAt: nullable(Type.String()),
  durationSeconds: nullable(Type.Integer()),
  bridged: nullable(Type.Boolean()),
  errorCode: nullable(Type.Integer()),
  /** Decimal string as Twilio gives it (negative), or null while unrated. */
  price: nullable(Type.String()),
  priceUnit: nullable(Type.String()),
})
export type LegRecord = Static<typeof LegRecord>

export const RecordingRecord = Type.Object({
  sid: Type.String(),
  callId: Type.String(),
  legSid: nullable(Type.String()),
  /** DialVerb, RecordVerb (a voicemail), StartCallRecordingAPI, … */
  source: nullable(Type.String()),
  status: nullable(Type.String()),
  channels: nullable(Type.Integer()),
  durationSeconds: nullable(Type.Integer()),
  startedAt: nullable(Type.String()),
  errorCode: nullable(Type.Integer()),
  /** Who is heard in channel 1 and 2 of a dual recording (RULES R9). */
  channelRoles: nullable(Type.Tuple([Type.Enum(['us', 'them']), Type.Enum(['us', 'them'])])),
})
export type RecordingRecord = Static<typeof RecordingRecord>

/** One record per call, legs inside: what history shows. Derived from facts by call-record, never written by hand. */
export const CallRecord = Type.Object({
  callId: Type.String({ pattern: ID_PATTERN }),
  direction: Type.Enum(['incoming', 'outgoing']),
  outcome: Type.Enum([...outcomes]),
  reason: nullable(Type.Enum([...outcomeReasons])),
  party: Party,
  ourNumber: nullable(Type.String()),
  /** Who placed it, or who answered it. */
  userId: nullable(Type.String()),
  deviceId: nullable(Type.String()),
  /** When it began: the first thing known of it, ISO 8601 UTC. */
  startedAt: Type.String(),
  answeredAt: nullable(Type.String()),
  endedAt: nullable(Type.String()),
  ringSeconds: nullable(Type.Integer()),
  talkSeconds: nullable(Type.Integer()),
  /** Sum of legs, recordings and transcripts as a positive decimal string; `isFinal` once each is rated (RULES R10). Null: nothing rated yet. */
  cost: nullable(Type.Object({ amount: Type.String(), currency: Type.String(), isFinal: Type.Boolean() })),
  /** Why it should be recorded; null: it should not, or nobody said. */
  recordWanted: nullable(Type.Enum(['number', 'caller'])),
  legs: Type.Array(LegRecord),
  recordings: Type.Array(RecordingRecord),
})
export type CallRecord = Static<typeof CallRecord>
