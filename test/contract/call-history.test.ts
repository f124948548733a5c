import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { outcomes, type CallFact, type CallRecord } from '../../contract/call.ts'
import { joinFacts } from '../../contract/call-join.ts'
import { recordOf } from '../../contract/call-record.ts'
import { createBench, type Bench } from '../relay/calls/bench.ts'
import { incomingScenario, outgoingScenario, type Scenario } from '../relay/calls/scenarios.ts'

let bench: Bench
const scenarios: Scenario[] = []

beforeAll(async () => {
  bench = await createBench()
  const ada = bench.user('Ada')
  const kim = bench.user('Kim')
  bench.directory.putNumber({ phoneNumber: '+15005550006', sid: null, name: 'Front desk', isActive: true })
  bench.directory.assignNumber('+15005550006', [ada.userId, kim.userId])
  for (const one of [ada, kim]) bench.presence.set(one.deviceId, { ageMs: 0, registered: true })
  const out = (...args: Parameters<typeof outgoingScenario> extends [Bench, infer N, unknown, ...infer R] ? [N, ...R] : never) =>
    scenarios.push(outgoingScenario(bench, args[0], ada, args[1], args[2]))
  out('answered', { rings: 1, answers: 4, ends: 20, status: 'completed', bridged: true }, { outcome: 'answered', reason: null })
  out('busy', { rings: 1, ends: 2, status: 'busy', bridged: false }, { outcome: 'not-reached', reason: 'busy' })
  out('nobody answers', { rings: 1, ends: 51, status: 'no-answer', bridged: false }, { outcome: 'not-reached', reason: 'no-answer' })
  out('unreachable', { ends: 2, status: 'failed', bridged: false }, { outcome: 'not-reached', reason: 'unreachable' })
  out('given up', { rings: 1, ends: 8, status: 'no-answer', bridged: false }, { outcome: 'not-reached', reason: 'canceled' })
  const into = (...args: Parameters<typeof incomingScenario> extends [Bench, ...infer R] ? R : never) =>
    scenarios.push(incomingScenario(bench, ...args))
  const lost = { rings: 1, ends: 6, status: 'canceled', device: kim }
  into(
    'answered by one of two',
    {
      legs: [{ rings: 1, answers: 5, ends: 30, status: 'completed', device: ada }, lost],
      parent: { answers: 5, ends: 30, status: 'completed' },
      dial: { at: 30, isOver: true, status: 'completed', bridged: true, child: 0 },
    },
    { outcome: 'answered', reason: null },
  )
  into(
    'rang out, message left',
    {
      legs: [ada, kim].map((device) => ({ rings: 1, ends: 26, status: 'no-answer', device })),
      parent: { answers: 26, ends: 45, status: 'completed' },
      dial: { at: 26, isOver: false, status: 'no-answer', bridged: false, child: 1 },
      voicemailSeconds: 9,
    },
    { outcome: 'voicemail', reason: 'rang-out' },
  )
  into(
    'declined by both, nothing said',
    {
      legs: [ada, kim].map((device) => ({ rings: 1, ends: 4, status: 'busy', device })),
      parent: { answers: 5, ends: 12, status: 'completed' },
      dial: { at: 5, isOver: false, status: 'busy', bridged: false, child: 0 },
    },
    { outcome: 'missed', reason: 'declined' },
  )
  into(
    'the caller gives up',
    {
      legs: [ada, kim].map((device) => ({ rings: 1, ends: 7, status: 'canceled', device })),
      parent: { ends: 7, status: 'no-answer' },
      dial: { at: 7, isOver: true, status: 'no-answer', bridged: false, child: 0 },
    },
    { outcome: 'abandoned', reason: null },
  )
})
afterAll(() => bench.close())

const names = [
  ...['answered', 'busy', 'nobody answers', 'unreachable', 'given up'].map((name) => `outgoing, ${name}`),
  ...['answered by one of two', 'rang out, message left', 'declined by both, nothing said', 'the caller gives up'].map(
    (name) => `incoming, ${name}`,
  ),
]
const scenarioOf = (name: string): Scenario => {
  const found = scenarios.find((one) => one.name === name)
  if (!found) throw new Error(`no scenario ${name}`)
  return found
}
const joined = (groups: readonly CallFact[][]) => groups.reduce<CallFact[]>((sum, facts) => joinFacts(sum, facts), [])
const record = (callId: string, groups: readonly CallFact[][]): CallRecord | undefined => recordOf(callId, joined(groups))

/** What has to be right at last, however it was learnt. Instants are left out: Twilio's REST rounds them to seconds, callbacks carry others. */
function final(one: CallRecord | undefined) {
  if (!one) return undefined
  const { direction, outcome, reason, party, ourNumber, userId, deviceId, talkSeconds, cost, legs, recordings } = one
  const parts = legs.map(({ legId, sid, parentSid, role, status, durationSeconds, price }) => ({
    legId,
    sid,
    parentSid,
    role,
    status,
    durationSeconds,
    price,
  }))
  return { direction, outcome, reason, party, ourNumber, userId, deviceId, talkSeconds, cost, parts, recordings }
}

test('a caller who gives up before any rung leg is heard of again: how long it rang is known all the same', () => {
  const { callId, told, expected } = scenarioOf('incoming, the caller gives up')
  const facts = joined(told.map((one) => one.facts)).filter((fact) => !(fact.subject.startsWith('leg:d') && fact.field === 'endAt'))
  const seen = recordOf(callId, facts)
  expect(seen).toMatchObject(expected)
  expect(seen?.ringSeconds).toBe(6)
})

describe.each(names)('%s', (name) => {
  test('webhooks alone tell it', () => {
    const { callId, told, expected } = scenarioOf(name)
    const whole = record(
      callId,
      told.map((one) => one.facts),
    )
    expect(whole).toMatchObject(expected)
    expect(whole?.legs.every((leg) => leg.status !== null && leg.sid !== null)).toBe(true)
  })

  test('REST alone tells it, as far as it can', () => {
    const { callId, rest, expected } = scenarioOf(name)
    // REST cannot tell why ringing ended when it knows not how long it was to last.
    const softened = { abandoned: 'missed' }[expected.outcome] ?? expected.outcome
    expect(record(callId, [rest])?.outcome).toBe(softened)
  })

  test('any order and repetition gives the same record', () => {
    const { callId, told, rest } = scenarioOf(name)
    const groups = [...told.map((one) => one.facts), rest]
    const whole = record(callId, groups)
    fc.assert(
      fc.property(fc.shuffledSubarray([...groups, ...groups], { minLength: 0 }), (some) => {
        const rank = new Map(groups.map((group, index) => [group, index]))
        const missing = groups.filter((group) => !some.includes(group)).toSorted((a, b) => (rank.get(b) ?? 0) - (rank.get(a) ?? 0))
        expect(record(callId, [...some, ...missing])).toEqual(whole)
      }),
    )
  })

  test('callbacks may be lost: what REST says later makes it right', () => {
    const { callId, told, rest, expected } = scenarioOf(name)
    const whole = final(record(callId, [...told.map((one) => one.facts), rest]))
    expect(whole).toMatchObject(expected)
    const [first, ...later] = told
    // What the relay itself decided is durable before it is answered: no voicemail without it.
    const asked = later.flatMap((one) => one.facts.filter(({ field }) => field === 'transcriptAsked'))
    fc.assert(
      fc.property(fc.shuffledSubarray(later), (arrived) => {
        const groups = [first?.facts ?? [], asked, ...arrived.map((one) => one.facts)]
        expect(final(record(callId, [...groups, rest]))).toEqual(whole)
        expect(final(record(callId, [rest, ...groups.toReversed()]))).toEqual(whole)
      }),
    )
  })

  test('before REST speaks, nothing lost makes an answered call anything else', () => {
    const { callId, told, expected } = scenarioOf(name)
    const possible = expected.outcome === 'answered' ? ['ongoing', 'answered'] : [...outcomes].filter((one) => one !== 'answered')
    fc.assert(
      fc.property(fc.shuffledSubarray(told.slice(1)), (arrived) => {
        const groups = [told[0]?.facts ?? [], ...arrived.map((one) => one.facts)]
        expect(possible).toContain(record(callId, groups)?.outcome)
      }),
    )
  })
})

test('a call of ours for which nobody was dialed was given up only if we hung up', () => {
  const at = '2026-11-21T10:00:00.000Z'
  const facts = (endedBy: string): CallFact[] => [
    { subject: 'call', field: 'direction', value: 'outgoing', source: 'sdk', at },
    { subject: 'call', field: 'endedBy', value: endedBy, source: 'sdk', at },
    { subject: 'leg:a', field: 'role', value: 'device', source: 'sdk', at },
    { subject: 'leg:a', field: 'status', value: 'completed', source: 'webhook', at },
  ]
  expect(recordOf('call-1', facts('them'))).toMatchObject({ outcome: 'not-reached', reason: 'failed' })
  expect(recordOf('call-1', facts('us'))).toMatchObject({ outcome: 'not-reached', reason: 'canceled' })
})
