import type { CallFact, CallRecord } from './call.ts'
import { isTerminal } from './outcome.ts'
import type { KnownRecord } from './record-check.ts'
import { recordDrafts } from './timeline-records.ts'
import { draft, entriesOf, type Draft } from './timeline-order.ts'
import type { TimelineEntry } from './timeline.ts'

type Params = TimelineEntry['params']
type Leg = CallRecord['legs'][number]
type Read = ReturnType<typeof reader>

/** Of one subject, by field. */
function reader(facts: readonly CallFact[]) {
  const byField = new Map(facts.map((fact) => [fact.field, fact]))
  return {
    fact: (field: string) => byField.get(field),
    value: (field: string) => byField.get(field)?.value ?? null,
    is: (field: string, source: CallFact['source']) => byField.get(field)?.source === source,
  }
}

/**
 * What happened in a call, in the order of cause and then of clocks (RULES R11), from everything known of it: facts of webhooks, REST and
 * the SDK, decisions of the relay, what devices witnessed, what people did after. Pure.
 */
export function timelineOf(record: CallRecord, facts: readonly CallFact[], records: readonly KnownRecord[]): TimelineEntry[] {
  const subjects = Map.groupBy(facts, (fact) => fact.subject)
  const drafts = [...subjects].flatMap(([subject, own]) => {
    const read = reader(own)
    if (subject === 'call') return callDrafts(read, record)
    if (subject.startsWith('rec:')) return recordingDrafts(read, subject.slice('rec:'.length))
    const id = subject.slice('leg:'.length)
    const leg = record.legs.find((one) => one.legId === id || one.sid === id)
    return leg ? legDrafts(read, leg, record.direction) : []
  })
  return entriesOf(withoutTwins([...drafts, ...recordDrafts(records)]))
}

/**
 * A leg's facts may stand under our id and under its SID, each with a part: what both say is said once, the end of a leg above all.
 * Twilio's last word on a leg says what its end said.
 */
function withoutTwins(drafts: readonly Draft[]): Draft[] {
  const ended = new Set(drafts.filter(isEnd).map((one) => one.legId))
  const told = drafts.filter(({ what, legId }) => what !== 'twilio-final' || !ended.has(legId))
  // Of twins the earlier stays, whatever order they came in.
  const latestFirst = told
    .map((one) => [JSON.stringify([one.at, one.source, one.params]), one] as const)
    .toSorted(([x], [y]) => (x < y ? 1 : -1))
  return [...new Map(latestFirst.map(([text, one]) => [JSON.stringify([one.what, one.legId, isEnd(one) ? '' : text]), one])).values()]
}
const isEnd = ({ what }: Draft) => what === 'leg-ended' || what === 'ended-here'

function callDrafts(read: Read, record: CallRecord): Draft[] {
  const isIncoming = record.direction === 'incoming'
  const at = (field: string, what: string, stage: number, params: Params = {}) => draft(read.fact(field), { what, stage, params })
  const wasPlacedHere = !isIncoming && read.is('startedAt', 'sdk')
  return [
    ...(isIncoming
      ? at('startedAt', 'arrived', 0, { from: read.value('from'), to: read.value('to') })
      : at('startedAt', wasPlacedHere ? 'started-here' : 'placed', 0, whoAndWhere(read))),
    ...(read.is('userId', 'relay') && !isIncoming ? at('userId', 'allowed', 1, whoAndWhere(read)) : []),
    ...at('ringSeconds', 'rings-planned', 1, { seconds: read.value('ringSeconds'), devices: dialedOf(record).length }),
    ...at('emptyReason', 'nobody-rung', 1, { reason: read.value('emptyReason') }),
    ...at('recordWanted', 'will-record', 1, { why: read.value('recordWanted'), userId: read.value('userId') }),
    ...at('failure', read.is('failure', 'relay') ? 'refused' : 'failed-here', 1, { reason: read.value('failure') }),
    ...at('declinedBy', 'declined-everywhere', 4, { userId: read.value('declinedBy') }),
    ...at('rangOut', read.value('rangOut') === true ? 'rang-out' : 'caller-gave-up', 6),
    ...(isHangUp(read, record) ? at('endedBy', 'hung-up', 5, { by: read.value('endedBy') }) : []),
    ...at('endedAt', 'relay-ended', 7),
  ]
}

/** What a desktop's clock and Twilio's, which ends a call, may be apart, ms (RULES R11). */
const END_WITHIN_MS = 3000

/**
 * Whether `endedBy` tells who hung up. A device that stops ringing is told to, whoever did what: only the end of a call that was
 * answered, or one's own of a call that one placed, was a hang-up.
 */
function isHangUp(read: Read, { direction, outcome, endedAt }: CallRecord): boolean {
  const by = read.fact('endedBy')
  if (!by) return false
  if (outcome !== 'answered') return direction === 'outgoing' && by.value === 'us'
  return endedAt === null || Date.parse(by.at) >= Date.parse(endedAt) - END_WITHIN_MS
}

const whoAndWhere = (read: Read): Params => ({
  to: read.value('to'),
  ourNumber: read.value('ourNumber'),
  userId: read.value('userId'),
  deviceId: read.value('deviceId'),
})

/** Devices that were rung, or should have been. */
const dialedOf = ({ legs, direction }: CallRecord) =>
  legs.filter((leg) => direction === 'incoming' && leg.role === 'device' && leg.deviceId !== null)

function legDrafts(read: Read, leg: Leg, direction: CallRecord['direction']): Draft[] {
  const who: Params = { role: leg.role, userId: leg.userId, deviceId: leg.deviceId, to: leg.to }
  const at = (field: string, what: string, stage: number, params: Params = {}) =>
    draft(read.fact(field), { what, stage, legId: leg.legId, params: { ...who, ...params } })
  const here = (field: string, there: string, own: string) => (read.is(field, 'sdk') ? own : there)
  return [
    ...(direction === 'incoming' && leg.role === 'device' ? dialDrafts(read, leg, at) : []),
    ...at('initiatedAt', 'leg-began', 2),
    ...at('ringAt', here('ringAt', 'leg-rang', 'rang-here'), 3),
    ...at('clicked', 'clicked', read.value('clicked') === 'hangup' ? 5 : 3.5, { what: read.value('clicked') }),
    ...at('answerAt', here('answerAt', 'leg-answered', 'answered-here'), 4),
    ...endDrafts(read, leg, at, here),
    // Said by the Dial's action, once it is over.
    ...at('bridged', read.value('bridged') === true ? 'bridged' : 'not-bridged', 6.2),
    ...soundDrafts(read, at),
    ...(read.is('status', 'rest-final') ? at('status', 'twilio-final', 8, { status: leg.status, seconds: leg.durationSeconds }) : []),
    ...at('price', 'priced', 9, { amount: read.value('price'), currency: read.value('priceUnit') }),
  ]
}

type At = (field: string, what: string, stage: number, params?: Params) => Draft[]

/** The relay's decision about a device: dialled, left out because it was known to be away, or that a person has none. */
function dialDrafts(read: Read, leg: Leg, at: At): Draft[] {
  const wasSkipped = read.is('status', 'relay') && leg.status === 'failed'
  if (leg.deviceId === null) return read.is('userId', 'relay') ? at('userId', 'user-without-device', 1.5) : []
  if (!read.is('deviceId', 'relay')) return []
  const reachable = read.value('reachable')
  return at('deviceId', wasSkipped ? 'device-skipped' : 'device-dialed', 1.5, { isReachable: reachable })
}

function endDrafts(read: Read, leg: Leg, at: At, here: (field: string, there: string, own: string) => string): Draft[] {
  if (read.is('endAt', 'relay')) return [] // a device that was left out: said so already
  const params = { status: leg.status, seconds: leg.durationSeconds, errorCode: leg.errorCode, sipCode: read.value('sipCode') }
  if (read.fact('endAt')) return at('endAt', here('endAt', 'leg-ended', 'ended-here'), 6, params)
  const isOver = isTerminal(leg.status) && !read.is('status', 'rest-final')
  return isOver ? at('status', here('status', 'leg-ended', 'ended-here'), 6, params) : []
}

const soundDrafts = (read: Read, at: At): Draft[] =>
  at('mos', 'sound', 6.5, {
    mos: read.value('mos'),
    jitterMs: read.value('jitterMs'),
    roundTripMs: read.value('roundTripMs'),
    packetLoss: read.value('packetLoss'),
  })

function recordingDrafts(read: Read, sid: string): Draft[] {
  const isVoicemail = read.value('source') === 'RecordVerb'
  const params: Params = { sid, status: read.value('status'), seconds: read.value('durationSeconds'), errorCode: read.value('errorCode') }
  const at = (field: string, what: string, stage: number, own: Params) => draft(read.fact(field), { what, stage, legId: sid, params: own })
  return [
    ...at('startedAt', isVoicemail ? 'voicemail-began' : 'recording-began', 4, { sid }),
    ...(read.value('status') === 'in-progress' ? [] : at('status', isVoicemail ? 'voicemail' : 'recording', 7, params)),
    ...at('price', 'priced', 9, { amount: read.value('price'), currency: read.value('priceUnit'), role: 'recording' }),
  ]
}
