import type { CallOutcome, LegRecord, OutcomeReason, RecordingRecord } from './call.ts'
import { outcomeReasons } from './call.ts'

const terminal: ReadonlySet<string | null> = new Set(['completed', 'busy', 'no-answer', 'canceled', 'failed'])

/** Whether nothing follows this status. */
export const isTerminal = (status: string | null): boolean => terminal.has(status)

/** Twilio tells instants to the second: either end may be one off (RULES R11). */
const CLOCK_TOLERANCE_MS = 2000

/** What the table needs of a leg. */
export interface OutcomeLeg extends Pick<
  LegRecord,
  'legId' | 'role' | 'status' | 'ringAt' | 'answerAt' | 'endAt' | 'durationSeconds' | 'bridged'
> {
  /** The other side's own connection to Twilio: the caller's leg, or the Device that placed the call. */
  isParent: boolean
  /** The status was read over REST after the end. */
  isFinal: boolean
  /** The person on this device chose Decline. */
  isDeclined: boolean
  isReachable: boolean | null
  sipCode: number | null
}

export interface OutcomeInput {
  direction: 'incoming' | 'outgoing'
  legs: readonly OutcomeLeg[]
  recordings: readonly Pick<RecordingRecord, 'source' | 'status' | 'durationSeconds'>[]
  /** The relay hung up, or a final status of the parent was seen in a TwiML request. */
  hasEnded: boolean
  startedAt: string
  ringSeconds: number | null
  rangOut: boolean | null
  /** Long enough after the end Twilio was asked for every leg: what is not known of them now never comes. */
  areLegsRead: boolean
  emptyReason: string | null
  declinedBy: string | null
  failure: string | null
  /** Outgoing: the person here hung up before it was answered, as far as this device told. */
  isGivenUp: boolean
}

export interface CallResult {
  outcome: CallOutcome
  reason: OutcomeReason | null
  /** The human leg that was bridged. */
  answeredLegId: string | null
}

/**
 * What became of a call: the one table of RULES R6, for relay, desktop and tests. A parent's `completed`, a Dial's `completed` or the
 * SDK's `accept` prove nothing; a leg that seems answered but for which no proof has come yet leaves the call *ongoing*, never *missed*.
 */
export function outcomeOf(input: OutcomeInput): CallResult {
  const human = input.legs.filter((leg) => !leg.isParent)
  if (!isOver(input)) return result('ongoing')
  const answered = human.filter(wasBridged).toSorted(byAnswer)[0]
  if (answered) return { outcome: 'answered', reason: null, answeredLegId: answered.legId }
  if (isUndecided(input, human)) return result('ongoing')
  if (input.direction === 'outgoing') return result('not-reached', reasonNotReached(input, human))
  if (input.recordings.some(isVoicemail)) return result('voicemail', reasonMissed(input, human))
  if (!input.emptyReason && !isRingingOver(input, human)) return result('abandoned')
  return result('missed', reasonMissed(input, human))
}

const result = (outcome: CallOutcome, reason: OutcomeReason | null = null): CallResult => ({ outcome, reason, answeredLegId: null })

function isOver(input: OutcomeInput): boolean {
  if (input.hasEnded) return true
  const parents = input.legs.filter((leg) => leg.isParent)
  const decisive = parents.length > 0 ? parents : input.legs
  return decisive.length > 0 ? decisive.every((leg) => isTerminal(leg.status)) : input.failure !== null
}

const hasTalked = (leg: OutcomeLeg) => leg.status === 'in-progress' || leg.status === 'completed'

/** Bridged by the Dial's own word, unless the leg ended otherwise; or, from REST alone, a child that talked and of which no Dial denied it. */
function wasBridged(leg: OutcomeLeg): boolean {
  if (leg.bridged !== null) return leg.bridged && (hasTalked(leg) || !isTerminal(leg.status))
  return leg.isFinal && leg.status === 'completed' && (leg.durationSeconds ?? 0) > 0
}

/**
 * Whether proof is still under way: a child that talked, or that may have, and neither the Dial's action nor REST has spoken of it yet. That
 * REST tells the parent's end says nothing of a child: its row may lag behind.
 */
function isUndecided(input: OutcomeInput, human: readonly OutcomeLeg[]): boolean {
  const hasSpoken = input.rangOut !== null || input.areLegsRead
  if (!hasSpoken && input.recordings.some(isConversation) && human.every((leg) => leg.status === null)) return true
  return human.some((leg) => {
    if (leg.bridged !== null || leg.isFinal) return false
    return hasTalked(leg) ? leg.durationSeconds !== 0 : !hasSpoken && !isTerminal(leg.status)
  })
}

const hasContent = ({ status, durationSeconds }: OutcomeInput['recordings'][number]) =>
  (durationSeconds ?? 0) > 0 && status !== 'absent' && status !== 'failed'

/** Twilio's `<Dial>` recorded two who talked. */
const isConversation = (recording: OutcomeInput['recordings'][number]) => recording.source === 'DialVerb' && hasContent(recording)

const byAnswer = (a: OutcomeLeg, b: OutcomeLeg) => ((a.answerAt ?? '~') + a.legId < (b.answerAt ?? '~') + b.legId ? -1 : 1)

/** Whether it is a message with content: Twilio's `<Record>` of more than silence. */
export const isVoicemail = (recording: OutcomeInput['recordings'][number]): boolean =>
  recording.source === 'RecordVerb' && hasContent(recording)

/**
 * Whether our ring time was over before the other side gave up. The Dial's action says so; without it, that we picked up to say
 * something proves it, and else the clock. Unknown counts as over: such a call is *missed*, which asks for a look.
 */
function isRingingOver(input: OutcomeInput, human: readonly OutcomeLeg[]): boolean {
  if (input.rangOut !== null) return input.rangOut
  if (input.declinedBy || (human.length > 0 && human.every(isDeclined))) return true
  const parent = input.legs.find((leg) => leg.isParent)
  if (input.direction === 'incoming' && parent && (parent.status === 'completed' || parent.answerAt) && parent.durationSeconds !== 0)
    return true
  const endAt = parent?.endAt
  if (!endAt || input.ringSeconds === null) return true
  return Date.parse(endAt) - Date.parse(input.startedAt) >= input.ringSeconds * 1000 - CLOCK_TOLERANCE_MS
}

// A Device is never busy by itself (allowIncomingWhileBusy): `busy` is its reject().
const isDeclined = (leg: OutcomeLeg) => leg.isDeclined || (leg.role === 'device' && leg.status === 'busy')
const hasNotRung = (leg: OutcomeLeg) => leg.status === 'failed' || (leg.isReachable === false && leg.ringAt === null)

function reasonMissed(input: OutcomeInput, human: readonly OutcomeLeg[]): OutcomeReason | null {
  const known = knownReason(input.emptyReason)
  if (known) return known
  if (input.declinedBy) return 'declined'
  if (human.some((leg) => !hasNotRung(leg) && !isDeclined(leg) && leg.status !== 'busy')) return 'rang-out'
  if (human.some(isDeclined)) return 'declined'
  if (human.some((leg) => leg.status === 'busy')) return 'busy'
  return human.length > 0 ? 'unreachable' : null
}

function reasonNotReached(input: OutcomeInput, human: readonly OutcomeLeg[]): OutcomeReason {
  const leg = human.findLast((one) => isTerminal(one.status)) ?? human.at(-1)
  if (!leg) return knownReason(input.failure) ?? knownReason(input.emptyReason) ?? (isCanceledByUs(input) ? 'canceled' : 'failed')
  if (leg.sipCode === 603 || leg.sipCode === 607) return 'declined'
  if (leg.status === 'busy') return 'busy'
  if (leg.status === 'failed') return 'unreachable'
  if (leg.status === 'no-answer') return isRingingOver(input, human) ? 'no-answer' : 'canceled'
  return 'canceled'
}

/** Nobody was dialed: that our own leg completed may as well be Twilio's word for an application that failed. */
const isCanceledByUs = (input: OutcomeInput) => input.isGivenUp || input.legs.some((leg) => leg.status === 'canceled')
const knownReason = (text: string | null): OutcomeReason | null => outcomeReasons.find((reason) => reason === text) ?? null
