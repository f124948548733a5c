import type { CallFact, CallRecord, LegRecord, RecordingRecord } from './call.ts'
import { costOf } from './call-cost.ts'
import { joinFacts } from './call-join.ts'
import { legsOf, subjectFacts, type DerivedLeg, type SubjectFacts } from './call-legs.ts'
import { outcomeOf, type CallResult } from './outcome.ts'
import { partyOf } from './party.ts'

type Direction = CallRecord['direction']
type Role = LegRecord['role']

/** The record of a call from everything known about it, or undefined while even its direction is unknown. Pure. */
export function recordOf(callId: string, known: readonly CallFact[]): CallRecord | undefined {
  const facts = joinFacts(known, [])
  const call = subjectFacts(facts.filter((fact) => fact.subject === 'call'))
  const legs = legsOf(facts)
  const direction = directionOf(call, legs)
  if (!direction) return undefined
  const parents = legs.filter((leg) => isParent(leg, direction))
  const recordings = recordingsOf(callId, facts, direction, legs)
  const startedAt = startOf(call, legs, facts)
  const result = outcomeOf({
    direction,
    legs: legs.map((leg) => ({ ...leg, isParent: isParent(leg, direction) })),
    recordings,
    hasEnded: call.text('endedAt') !== null,
    startedAt,
    ringSeconds: call.number('ringSeconds'),
    rangOut: call.flag('rangOut'),
    areLegsRead: call.flag('legsRead') === true,
    emptyReason: call.text('emptyReason'),
    declinedBy: call.text('declinedBy'),
    failure: call.text('failure'),
    isGivenUp: call.text('endedBy') === 'us',
  })
  const answered = legs.find((leg) => leg.legId === result.answeredLegId)
  return {
    callId,
    direction,
    outcome: result.outcome,
    reason: result.reason,
    ...addressesOf(call, legs, direction),
    ...ownerOf(call, legs, direction, answered),
    startedAt,
    ...timesOf(call, legs, parents, result, answered, startedAt),
    cost: costOf(legs, facts),
    recordWanted: wantedOf(call),
    legs: legs.map(publicLeg),
    recordings,
  }
}

/** The call this record was merged into, or undefined (RULES R1). */
export function mergedInto(facts: readonly CallFact[]): string | undefined {
  const value = facts.find((fact) => fact.subject === 'call' && fact.field === 'mergedInto')?.value
  return typeof value === 'string' ? value : undefined
}

function directionOf(call: SubjectFacts, legs: readonly DerivedLeg[]): Direction | undefined {
  const known = call.text('direction')
  if (known === 'incoming' || known === 'outgoing') return known
  const parent = legs.find((leg) => leg.parentSid === null && leg.from !== null)
  if (parent) return parent.from?.startsWith('client:') ? 'outgoing' : 'incoming'
  return undefined
}

/** The leg from which the call came to Twilio: the caller's, or the Device's that placed it. */
const isParent = (leg: DerivedLeg, direction: Direction) =>
  leg.parentSid === null && leg.role === (direction === 'incoming' ? 'party' : 'device')

function startOf(call: SubjectFacts, legs: readonly DerivedLeg[], facts: readonly CallFact[]): string {
  const known = call.text('startedAt')
  if (known) return known
  const times = legs.flatMap((leg) => [leg.ringAt, leg.answerAt, leg.endAt]).filter((at) => at !== null)
  return (times.length > 0 ? times : facts.map((fact) => fact.at)).toSorted()[0] ?? ''
}

function addressesOf(call: SubjectFacts, legs: readonly DerivedLeg[], direction: Direction): Pick<CallRecord, 'party' | 'ourNumber'> {
  if (direction === 'incoming') {
    const parent = legs.find((leg) => isParent(leg, direction))
    return {
      party: partyOf(call.text('from') ?? parent?.from ?? ''),
      ourNumber: call.text('ourNumber') ?? call.text('to') ?? parent?.to ?? null,
    }
  }
  const child = legs.find((leg) => leg.role === 'party')
  return { party: partyOf(call.text('to') ?? child?.to ?? ''), ourNumber: call.text('ourNumber') ?? child?.from ?? null }
}

function ownerOf(call: SubjectFacts, legs: readonly DerivedLeg[], direction: Direction, answered: DerivedLeg | undefined) {
  if (direction === 'incoming') return { userId: answered?.userId ?? null, deviceId: answered?.deviceId ?? null }
  const parent = legs.find((leg) => isParent(leg, direction))
  return {
    userId: call.text('userId') ?? parent?.userId ?? null,
    deviceId: call.text('deviceId') ?? parent?.deviceId ?? null,
  }
}

const earliest = (times: readonly (string | null)[]) => times.filter((at) => at !== null).toSorted()[0] ?? null
const latest = (times: readonly (string | null)[]) =>
  times
    .filter((at) => at !== null)
    .toSorted()
    .at(-1) ?? null
const secondsBetween = (from: string | null, to: string | null) =>
  from && to ? Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 1000)) : null

function timesOf(
  call: SubjectFacts,
  legs: readonly DerivedLeg[],
  parents: readonly DerivedLeg[],
  result: CallResult,
  answered: DerivedLeg | undefined,
  startedAt: string,
): Pick<CallRecord, 'answeredAt' | 'endedAt' | 'ringSeconds' | 'talkSeconds'> {
  const human = legs.filter((leg) => !parents.includes(leg))
  const endedAt =
    result.outcome === 'ongoing'
      ? null
      : (latest(parents.map((leg) => leg.endAt)) ?? call.text('endedAt') ?? latest(legs.map((leg) => leg.endAt)))
  const ringAt = earliest(human.map((leg) => leg.ringAt))
  // The caller's hang-up ends the ringing, and is often known before any word of the rung legs.
  const hungUpAt = result.outcome === 'abandoned' ? endedAt : null
  const ringEnd = answered ? answered.answerAt : (latest(human.map((leg) => leg.endAt)) ?? hungUpAt)
  return {
    answeredAt: answered ? (answered.answerAt ?? startedAt) : null,
    endedAt,
    ringSeconds: secondsBetween(ringAt, ringEnd),
    talkSeconds: answered ? answered.durationSeconds : null,
  }
}

function wantedOf(call: SubjectFacts): CallRecord['recordWanted'] {
  const wanted = call.text('recordWanted')
  return wanted === 'number' || wanted === 'caller' ? wanted : null
}

const subjectsOf = (facts: readonly CallFact[], prefix: string) =>
  [
    ...Map.groupBy(
      facts.filter((fact) => fact.subject.startsWith(prefix)),
      (fact) => fact.subject.slice(prefix.length),
    ),
  ].map(([id, own]) => [id, subjectFacts(own)] as const)

function recordingsOf(callId: string, facts: readonly CallFact[], direction: Direction, legs: readonly DerivedLeg[]): RecordingRecord[] {
  return subjectsOf(facts, 'rec:').map(([sid, of]) => {
    const legSid = of.text('legSid')
    const channels = of.integer('channels')
    const source = of.text('source')
    const role = legs.find((leg) => leg.sid !== null && leg.sid === legSid)?.role ?? null
    return {
      sid,
      callId,
      legSid,
      source,
      status: of.text('status'),
      channels,
      durationSeconds: of.integer('durationSeconds'),
      startedAt: of.text('startedAt'),
      errorCode: of.integer('errorCode'),
      channelRoles: channels === 2 ? channelRoles(direction, source, role) : null,
    }
  })
}

/**
 * Who is heard in channels 1 and 2 of a dual recording (RULES R9). A Dial's recording belongs to the parent: channel 1 is the parent,
 * channel 2 the child. One started over REST belongs to the leg named: channel 1 is that leg. Unknown legs: as for the parent.
 */
export function channelRoles(direction: Direction, source: string | null, legRole: Role | null): ['us', 'them'] | ['them', 'us'] {
  const isOurs = source === 'DialVerb' || legRole === null ? direction === 'outgoing' : legRole === 'device'
  return isOurs ? ['us', 'them'] : ['them', 'us']
}

function publicLeg(leg: DerivedLeg): LegRecord {
  const { legId, sid, parentSid, role, userId, deviceId, to, status, ringAt, answerAt, endAt, durationSeconds, bridged, errorCode } = leg
  const known = { legId, sid, parentSid, role, userId, deviceId, to, status, ringAt, answerAt, endAt, durationSeconds, bridged, errorCode }
  return { ...known, price: leg.price, priceUnit: leg.priceUnit }
}
