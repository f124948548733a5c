import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { CallFact, CallRecord } from '../../../contract/call.ts'
import { recordOf } from '../../../contract/call-record.ts'
import { FailureError } from '../../../contract/failure.ts'
import { isMissedEntry } from '../../../contract/missed.ts'
import { makeRelay, type TestRelay } from '../kit.ts'

let relay: TestRelay
beforeAll(async () => (relay = await makeRelay()))
afterAll(() => relay.close())

const ends = ['missed', 'abandoned', 'declined', 'voicemail', 'answered'] as const
interface Planned {
  direction: 'incoming' | 'outgoing'
  end: (typeof ends)[number]
  /** Minutes. */
  start: number
  answersAfterSeconds: number
  isWithheld: boolean
}
const planned: fc.Arbitrary<Planned> = fc.record({
  direction: fc.constantFrom('incoming', 'outgoing'),
  end: fc.constantFrom(...ends),
  start: fc.integer({ min: 0, max: 8 }),
  answersAfterSeconds: fc.constantFrom(5, 20, 90),
  isWithheld: fc.nat(4).map((n) => n === 0),
})
const begin = Date.parse('2026-11-21T10:00:00.000Z')
const instant = (seconds: number) => new Date(begin + seconds * 1000).toISOString()
const fact = (subject: string, field: string, value: CallFact['value'], source: CallFact['source'] = 'webhook'): CallFact => {
  return { subject, field, value, source, at: instant(0) }
}

/** What is learnt of a call, piece by piece. Before its last piece it may look like something else. */
function factsOf({ direction, end, start, answersAfterSeconds, isWithheld }: Planned, party: string, sid: string): CallFact[] {
  const isIncoming = direction === 'incoming'
  const [parent, child] = isIncoming ? ['party', 'device'] : ['device', 'party']
  const other = isWithheld && isIncoming ? 'anonymous' : party
  const base = [
    fact('call', 'direction', direction, 'relay'),
    fact('call', 'startedAt', instant(start * 60)),
    fact('call', isIncoming ? 'from' : 'to', other),
    fact('call', 'endedAt', instant(start * 60 + 600)),
    fact('call', 'userId', 'ada', 'relay'),
    fact('leg:p', 'role', parent ?? '', 'relay'),
    fact('leg:p', 'status', 'completed'),
    fact('leg:c', 'role', child ?? '', 'relay'),
    fact('leg:c', 'parentSid', sid),
    fact('leg:p', 'sid', sid),
  ]
  if (end === 'answered')
    return [
      ...base,
      fact('leg:c', 'status', 'completed'),
      fact('leg:c', 'bridged', true),
      fact('leg:c', 'answerAt', instant(start * 60 + answersAfterSeconds)),
      fact('leg:c', 'userId', 'sam', 'relay'),
    ]
  const voicemail = [fact(`rec:RE${sid.slice(2)}`, 'source', 'RecordVerb'), fact(`rec:RE${sid.slice(2)}`, 'durationSeconds', 5)]
  return [
    ...base,
    fact('call', 'rangOut', end !== 'abandoned'),
    fact('leg:c', 'status', end === 'declined' ? 'busy' : 'no-answer'),
    ...(end === 'voicemail' ? voicemail : []),
  ]
}

/** The rule by the letter: the first call in which the party was reached after it called, or a person before that. */
function expected(entry: CallRecord, all: readonly CallRecord[], handAt: string | undefined) {
  const { party } = entry
  const reached = all
    .filter(
      (one) => one.outcome === 'answered' && party.kind === 'number' && one.party.kind === 'number' && one.party.number === party.number,
    )
    .map((one) => ({ one, at: one.answeredAt ?? one.startedAt, since: one.direction === 'outgoing' ? one.answeredAt : one.startedAt }))
    .filter(({ since }) => (since ?? '') > entry.startedAt)
    .toSorted((a, b) => (a.at + a.one.callId < b.at + b.one.callId ? -1 : 1))[0]
  if (reached && (handAt === undefined || reached.at <= handAt)) {
    const how = reached.one.direction === 'outgoing' ? 'called-back' : 'they-called'
    return { value: { how, byCallId: reached.one.callId }, at: reached.at, byUserId: reached.one.userId }
  }
  return handAt === undefined ? undefined : { value: { how: 'by-hand', byCallId: null }, at: handAt, byUserId: 'eve' }
}

/** False when the call is not known as missed yet. */
function closes(callId: string, at: string): boolean {
  try {
    relay.core.missed.byHand(callId, true, 'eve', at)
    return true
  } catch (error) {
    if (error instanceof FailureError) return false
    throw error
  }
}

let run = 0
/** Learns everything in this order on the real stores; gives what the inbox says at the end. */
async function learn(
  plans: readonly Planned[],
  order: readonly number[],
  hand: { call: number; minute: number; after: number } | undefined,
) {
  const id = String((run += 1))
  const party = `+1415${id.padStart(7, '0')}`
  const facts = plans.map((plan, index) => factsOf(plan, party, `CA${id.padStart(24, '0')}${String(index).padStart(8, '0')}`))
  const pieces = facts.flatMap((of, index) => of.map((one) => ({ callId: `r${id}c${index}`, one })))
  const shuffled = pieces.map((piece, index) => ({ piece, by: order[index % order.length] ?? 0 })).toSorted((a, b) => a.by - b.by)
  const handCall = `r${id}c${(hand?.call ?? 0) % plans.length}`
  const at = instant((hand?.minute ?? 0) * 60 + 30)
  const handAt = await relay.core.writer.submit(() => {
    let closedAt: string | undefined
    for (const [index, { piece }] of shuffled.entries()) {
      relay.telephony.deps.events.record(piece.callId, [piece.one])
      if (hand?.after === index && closes(handCall, at)) closedAt = at
    }
    return closedAt
  })
  const records = facts.flatMap((of, index) => recordOf(`r${id}c${index}`, of) ?? [])
  return { records, handAt, handCall }
}

const order = fc.array(fc.integer(), { minLength: 60, maxLength: 60 })
const hand = fc.option(fc.record({ call: fc.nat(5), minute: fc.integer({ min: 0, max: 20 }), after: fc.nat(60) }), { nil: undefined })

test('whatever order facts are learnt in, the inbox says the same', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(planned, { minLength: 1, maxLength: 6 }), order, hand, async (plans, by, byHand) => {
      const { records, handAt, handCall } = await learn(plans, by, byHand)
      expect(records).toHaveLength(plans.length)
      for (const record of records) {
        const kept = relay.core.records.get('missed', record.callId)
        const told = kept?.value ? { value: kept.value, at: kept.at, byUserId: kept.byUserId } : undefined
        const rule = expected(record, records, record.callId === handCall ? handAt : undefined)
        expect(told).toEqual(isMissedEntry(record) ? rule : undefined)
      }
    }),
    { numRuns: 50 },
  )
}, 180_000)
