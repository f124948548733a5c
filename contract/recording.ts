import { Type, type Static } from 'typebox'
import { RecordingRecord, type CallRecord } from './call.ts'
import { Party } from './party.ts'
import { ID_PATTERN } from './sid.ts'
import { recordValues } from './record.ts'

const Id = Type.String({ pattern: ID_PATTERN })
const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

/** How far a recording is, for a person. `unknown`: Twilio has said nothing final yet. */
export const recordingStates = ['ready', 'recording', 'processing', 'absent', 'failed', 'trashed', 'deleted'] as const
export type RecordingState = (typeof recordingStates)[number]

/** Why a voicemail has no transcript (Twilio transcribes 2-120 s of English). */
export const noTranscriptReasons = ['too-short', 'too-long', 'failed', 'not-asked', 'waiting'] as const

/** A recording with what a list shows of it. */
export const RecordingItem = Type.Object({
  ...RecordingRecord.properties,
  state: Type.Enum([...recordingStates]),
  isVoicemail: Type.Boolean(),
  direction: Type.Enum(['incoming', 'outgoing']),
  party: Party,
  ourNumber: nullable(Type.String()),
  /** Who of us is heard. */
  userId: nullable(Type.String()),
  callStartedAt: Type.String(),
  talkSeconds: nullable(Type.Integer()),
  trash: nullable(recordValues.recording.properties.trash),
  hold: nullable(recordValues.recording.properties.hold),
  /** Trash or hold were changed here, and the relay has not answered yet. */
  isPending: Type.Optional(Type.Boolean()),
  /** Kept on this computer, playable without a network. */
  isCached: Type.Boolean(),
  /** Where listening stopped last time on this computer, seconds. */
  positionSeconds: Type.Number(),
  /** Voicemail: who listened, first listener first; whether it needs nobody's look any more. */
  heardBy: Type.Array(Type.Object({ userId: Id, at: Type.String() })),
  isRead: Type.Boolean(),
  transcript: nullable(recordValues.transcript),
  noTranscript: nullable(Type.Enum([...noTranscriptReasons])),
})
export type RecordingItem = Static<typeof RecordingItem>

/**
 * Whether a call that should be recorded is: `complete`, `short` (more than 3 s of the talk are missing), `pending` (not over, or Twilio is
 * still at it), `absent` and `failed` with Twilio's code, `missing` (nothing was ever heard of it), `deleted` by us.
 */
export const auditStates = ['complete', 'short', 'pending', 'absent', 'failed', 'missing', 'trashed', 'deleted'] as const
export const RecordingAuditRow = Type.Object({
  callId: Id,
  startedAt: Type.String(),
  party: Party,
  ourNumber: nullable(Type.String()),
  userId: nullable(Type.String()),
  /** Why it should be recorded: the number's default, or the caller's choice. */
  wanted: Type.Enum(['number', 'caller']),
  state: Type.Enum([...auditStates]),
  errorCode: nullable(Type.Integer()),
  talkSeconds: nullable(Type.Integer()),
  recordedSeconds: nullable(Type.Integer()),
  recordingSid: nullable(Type.String()),
})
export type RecordingAuditRow = Static<typeof RecordingAuditRow>
export type AuditState = RecordingAuditRow['state']

/** Talk that a complete recording may lack: instants are told to the second, on both ends (RULES R11). */
const SHORT_BY_SECONDS = 3
/** Twilio tells of a recording within minutes; after so long nothing more comes by itself. */
export const RECORDING_SILENT_MS = 15 * 60_000

type Audited = Pick<CallRecord, 'outcome' | 'endedAt' | 'talkSeconds' | 'recordings'>

/** What became of the recording a call should have; `now` in ms since 1970. Only answered calls have one. Pure. */
export function auditOf(call: Audited, now: number): Pick<RecordingAuditRow, 'state' | 'errorCode' | 'recordedSeconds' | 'recordingSid'> {
  const own = call.recordings.filter((one) => one.source !== 'RecordVerb')
  const seconds = own.reduce((sum, one) => sum + (one.status === 'completed' ? (one.durationSeconds ?? 0) : 0), 0)
  const last = own.at(-1)
  const of = (state: AuditState, errorCode: number | null = null) => ({
    state,
    errorCode,
    recordedSeconds: seconds > 0 ? seconds : null,
    recordingSid: (own.find((one) => one.status === 'completed') ?? last)?.sid ?? null,
  })
  if (own.some((one) => one.status === 'deleted')) return of('deleted')
  if (seconds > 0) return of(call.talkSeconds !== null && seconds < call.talkSeconds - SHORT_BY_SECONDS ? 'short' : 'complete')
  if (last?.status === 'absent') return of('absent', last.errorCode)
  if (last?.status === 'failed') return of('failed', last.errorCode)
  const isQuiet = call.endedAt !== null && now - Date.parse(call.endedAt) > RECORDING_SILENT_MS
  return of(isQuiet ? 'missing' : 'pending')
}
