import type { CallFact, CallRecord } from './call.ts'
import { joinFacts } from './call-join.ts'
import { legsOf, subjectFacts, type DerivedLeg, type SubjectFacts } from './call-legs.ts'
import { negateDecimal, sumDecimals } from './money.ts'
import { isTerminal } from './outcome.ts'
import { TRANSCRIBED_SECONDS } from './transcript.ts'

/** What of a call has no price. `deleted-recording`: it went before Twilio said its price, or its transcript's, and nobody can tell it any more. */
export const unratedParts = ['leg', 'recording', 'transcript', 'deleted-recording'] as const
export type UnratedPart = (typeof unratedParts)[number]

/** One thing that Twilio charges for; `unrated` null: its price is known, or it costs nothing. */
interface Part {
  price: string | null
  unit: string | null
  unrated: UnratedPart | null
}

const isRated = (leg: DerivedLeg) =>
  leg.price !== null || (isTerminal(leg.status) && leg.status !== 'completed') || (leg.sid === null && leg.status !== 'in-progress')

function legPart(leg: DerivedLeg): Part {
  const isDone = isTerminal(leg.status) && isRated(leg)
  return { price: leg.price, unit: leg.priceUnit, unrated: isDone ? null : 'leg' }
}

/** What was never made costs nothing. */
const isNothing = (of: SubjectFacts) => of.text('status') === 'absent' || of.text('status') === 'failed'
const lacking = (of: SubjectFacts, part: UnratedPart): UnratedPart => (of.text('status') === 'deleted' ? 'deleted-recording' : part)

function recordingPart(of: SubjectFacts): Part {
  const price = of.text('price')
  return { price, unit: of.text('priceUnit'), unrated: price !== null || isNothing(of) ? null : lacking(of, 'recording') }
}

/** Its transcript: asked for with the call's voicemail, or found at Twilio. One that failed, or is of a length Twilio refuses, costs nothing. */
function transcriptPart(of: SubjectFacts, isAsked: boolean): Part {
  const [price, status, seconds] = [of.text('transcriptPrice'), of.text('transcriptStatus'), of.integer('durationSeconds')]
  const isRefused = seconds !== null && (seconds < TRANSCRIBED_SECONDS.least || seconds > TRANSCRIBED_SECONDS.most)
  const isWanted = isAsked && of.text('source') === 'RecordVerb' && !isRefused && !isNothing(of)
  const isOwed = price === null && status !== 'failed' && (status !== null || isWanted)
  return { price, unit: of.text('transcriptPriceUnit'), unrated: isOwed ? lacking(of, 'transcript') : null }
}

function partsOf(legs: readonly DerivedLeg[], facts: readonly CallFact[]): Part[] {
  const isAsked = facts.some(({ subject, field, value }) => subject === 'call' && field === 'transcriptAsked' && value === true)
  const recordings = Map.groupBy(
    facts.filter(({ subject }) => subject.startsWith('rec:')),
    ({ subject }) => subject,
  )
  const ofRecordings = [...recordings.values()].map(subjectFacts).flatMap((of) => [recordingPart(of), transcriptPart(of, isAsked)])
  return [...legs.map(legPart), ...ofRecordings]
}

/** What the call costs so far; final once every leg that talked, every recording and every transcript is rated (RULES R10). Facts are joined. */
export function costOf(legs: readonly DerivedLeg[], facts: readonly CallFact[]): CallRecord['cost'] {
  const parts = partsOf(legs, facts)
  const rated = parts.filter(({ price }) => price !== null)
  const currency = rated.find(({ unit }) => unit !== null)?.unit
  if (!currency) return null
  const same = rated.filter(({ unit }) => unit === currency)
  const isFinal = same.length === rated.length && parts.every(({ unrated }) => unrated === null)
  return { amount: negateDecimal(sumDecimals(same.flatMap(({ price }) => price ?? []))), currency, isFinal }
}

/** Why a call's cost is not final: what has no price, each kind once. Pure. */
export function unratedOf(known: readonly CallFact[]): UnratedPart[] {
  const facts = joinFacts(known, [])
  const found = new Set(partsOf(legsOf(facts), facts).map(({ unrated }) => unrated))
  return unratedParts.filter((part) => found.has(part))
}
