import { describe, expect, test } from 'vitest'
import { callStatuses, outcomeReasons, outcomes, type CallStatus } from '../../contract/call.ts'
import { isTerminal, outcomeOf, type OutcomeInput, type OutcomeLeg } from '../../contract/outcome.ts'

const statuses: readonly (CallStatus | null)[] = [null, ...callStatuses]
const parent = (direction: OutcomeInput['direction'], status: CallStatus | null): OutcomeLeg => ({
  ...leg(status, null),
  legId: 'parent',
  role: direction === 'incoming' ? 'party' : 'device',
  isParent: true,
})
function leg(status: CallStatus | null, bridged: boolean | null, changes: Partial<OutcomeLeg> = {}): OutcomeLeg {
  return {
    legId: 'child',
    role: 'device',
    status,
    ringAt: null,
    answerAt: null,
    endAt: null,
    durationSeconds: null,
    bridged,
    isParent: false,
    isFinal: false,
    isDeclined: false,
    isReachable: null,
    sipCode: null,
    ...changes,
  }
}
const input = (changes: Partial<OutcomeInput>): OutcomeInput => ({
  direction: 'incoming',
  legs: [],
  recordings: [],
  hasEnded: false,
  startedAt: '2026-11-21T10:00:00.000Z',
  ringSeconds: 25,
  rangOut: null,
  areLegsRead: false,
  emptyReason: null,
  declinedBy: null,
  failure: null,
  isGivenUp: false,
  ...changes,
})
const incoming = (legs: OutcomeLeg[], changes: Partial<OutcomeInput> = {}) =>
  outcomeOf(input({ legs: [parent('incoming', 'completed'), ...legs], ...changes }))
const outgoing = (legs: OutcomeLeg[], changes: Partial<OutcomeInput> = {}) =>
  outcomeOf(
    input({
      direction: 'outgoing',
      legs: [parent('outgoing', 'completed'), ...legs.map((one) => ({ ...one, role: 'party' as const }))],
      ...changes,
    }),
  )

/** The table of RULES R6 for a call with one child whose ring time was over: outcome and reason. */
function expected(
  direction: OutcomeInput['direction'],
  parentStatus: CallStatus | null,
  child: CallStatus | null,
  bridged: boolean | null,
) {
  const hasTalked = child === 'in-progress' || child === 'completed'
  if (!isTerminal(parentStatus) || (hasTalked && bridged === null)) return ['ongoing', null]
  if (bridged && (hasTalked || !isTerminal(child))) return ['answered', null]
  const reasons = direction === 'incoming' ? missedReasons : notReachedReasons
  const otherwise = direction === 'incoming' ? 'rang-out' : 'canceled'
  return [direction === 'incoming' ? 'missed' : 'not-reached', reasons[String(child)] ?? otherwise]
}
const missedReasons: Record<string, string> = { busy: 'declined', failed: 'unreachable' }
const notReachedReasons: Record<string, string> = { busy: 'busy', failed: 'unreachable', 'no-answer': 'no-answer' }

describe('the outcome table', () => {
  for (const direction of ['incoming', 'outgoing'] as const) {
    for (const bridged of [true, false, null]) {
      test.each(statuses.flatMap((one) => statuses.map((other) => [one, other] as const)))(
        `${direction}, bridged ${bridged}: parent %s, child %s`,
        (parentStatus, childStatus) => {
          const role = direction === 'incoming' ? 'device' : 'party'
          const legs = [parent(direction, parentStatus), leg(childStatus, bridged, { role })]
          const { outcome, reason } = outcomeOf(input({ direction, legs, rangOut: true }))
          expect([outcome, reason]).toEqual(expected(direction, parentStatus, childStatus, bridged))
        },
      )
    }
  }

  test('every input yields a word of the vocabulary, and none throws', () => {
    let count = 0
    for (const direction of ['incoming', 'outgoing'] as const)
      for (const parentStatus of statuses)
        for (const childStatus of statuses)
          for (const bridged of [true, false, null])
            for (const rangOut of [true, false, null])
              for (const isFinal of [true, false])
                for (const durationSeconds of [null, 0, 5])
                  for (const failure of [null, 'microphone-denied', 'nonsense']) {
                    const child = leg(childStatus, bridged, { isFinal, durationSeconds })
                    const result = outcomeOf(input({ direction, legs: [parent(direction, parentStatus), child], rangOut, failure }))
                    if (!outcomes.includes(result.outcome)) throw new Error(`no outcome ${result.outcome}`)
                    if (result.reason !== null && !outcomeReasons.includes(result.reason)) throw new Error(`no reason ${result.reason}`)
                    count++
                  }
    expect(count).toBe(2 * 10 * 10 * 3 * 3 * 2 * 3 * 3)
  })
})

describe('what proves an answer', () => {
  test("a parent's completed, a Dial's completed or the SDK's accept alone do not", () => {
    expect(incoming([]).outcome).toBe('missed')
    expect(incoming([leg('completed', false, { durationSeconds: 9 })]).outcome).toBe('missed')
    expect(incoming([leg('completed', null, { durationSeconds: 9 })]).outcome).toBe('ongoing')
  })
  test('REST alone: a child that talked, unless the Dial denied it', () => {
    const talked = { isFinal: true, durationSeconds: 9 }
    expect(incoming([leg('completed', null, talked)]).outcome).toBe('answered')
    expect(incoming([leg('completed', false, talked)]).outcome).toBe('missed')
    expect(incoming([leg('completed', null, { isFinal: true, durationSeconds: 0 })]).outcome).toBe('missed')
  })
  test('a child last heard ringing: the end of its parent, even read over REST, does not say that nobody answered', () => {
    const ended = { ...parent('incoming', 'completed'), isFinal: true }
    for (const status of [null, 'initiated', 'ringing'] as const) {
      const legs = [ended, leg(status, null)]
      expect(outcomeOf(input({ legs })).outcome).toBe('ongoing')
      expect(outcomeOf(input({ legs, rangOut: true })).outcome).toBe('missed')
      expect(outcomeOf(input({ legs, areLegsRead: true })).outcome).toBe('missed')
    }
    expect(outcomeOf(input({ legs: [ended, leg('no-answer', null, { isFinal: true })] })).outcome).toBe('missed')
    expect(outcomeOf(input({ legs: [ended, leg('completed', null, { isFinal: true, durationSeconds: 9 })] })).outcome).toBe('answered')
  })
  test.each<[string, Partial<OutcomeInput>, OutcomeLeg[], string]>([
    ['no child known', {}, [], 'ongoing'],
    ['one that was planned alone', {}, [leg(null, null)], 'ongoing'],
    ['no child to be had', { areLegsRead: true }, [], 'missed'],
    ['the Dial spoke', { rangOut: true }, [], 'missed'],
    ['nothing in it', { recordings: [{ source: 'DialVerb', status: 'completed', durationSeconds: 0 }] }, [], 'missed'],
    ['a message', { recordings: [{ source: 'RecordVerb', status: 'completed', durationSeconds: 8 }] }, [], 'voicemail'],
    ['a child that rang', {}, [leg('no-answer', null, { isFinal: true })], 'missed'],
  ])('a recorded conversation: %s', (_name, changes, legs, outcome) => {
    const recordings = [{ source: 'DialVerb', status: 'completed', durationSeconds: 8 }]
    expect(incoming(legs, { recordings, ...changes }).outcome).toBe(outcome)
  })
  test('the first of two that were bridged answered it', () => {
    const first = leg('completed', true, { legId: 'b', answerAt: '2026-11-21T10:00:05.000Z' })
    const second = leg('completed', true, { legId: 'a', answerAt: '2026-11-21T10:00:09.000Z' })
    expect(incoming([second, first]).answeredLegId).toBe('b')
  })
})

const voicemail = { source: 'RecordVerb', status: 'completed', durationSeconds: 4 }
describe('an incoming call that was not answered', () => {
  test.each([
    ['a message was left', [voicemail], 'voicemail'],
    ['nothing was said', [{ ...voicemail, durationSeconds: 0 }], 'missed'],
    ['the message is absent', [{ ...voicemail, status: 'absent' }], 'missed'],
    ['another recording', [{ ...voicemail, source: 'DialVerb' }], 'missed'],
  ])('%s', (_name, recordings, outcome) => {
    expect(incoming([leg('no-answer', false)], { recordings, rangOut: true }).outcome).toBe(outcome)
  })

  test.each<[string, Partial<OutcomeInput>, Partial<OutcomeLeg>, string]>([
    ["the Dial's action says that the caller left first", { rangOut: false }, {}, 'abandoned'],
    ['the Dial says that ringing was over', { rangOut: true }, {}, 'missed'],
    ['by the clock, before our time', {}, { status: 'no-answer', endAt: '2026-11-21T10:00:10.000Z', durationSeconds: 0 }, 'abandoned'],
    ['by the clock, after our time', {}, { status: 'no-answer', endAt: '2026-11-21T10:00:30.000Z', durationSeconds: 0 }, 'missed'],
    ['we picked up to speak', {}, { status: 'completed', endAt: '2026-11-21T10:00:10.000Z', durationSeconds: 3 }, 'missed'],
    ['nothing is known', { ringSeconds: null }, { status: 'no-answer' }, 'missed'],
    ['declined for everybody', { declinedBy: 'ada' }, { status: 'no-answer', endAt: '2026-11-21T10:00:10.000Z' }, 'missed'],
  ])('gave up or missed: %s', (_name, changes, caller, outcome) => {
    const legs = [{ ...parent('incoming', 'completed'), ...caller }, leg('canceled', null)]
    expect(outcomeOf(input({ legs, ...changes })).outcome).toBe(outcome)
  })

  test.each<[string, OutcomeLeg[], Partial<OutcomeInput>, string | null]>([
    ['rang out', [leg('no-answer', false)], {}, 'rang-out'],
    ['one declined, another rang out', [leg('busy', false), leg('no-answer', null, { legId: 'b' })], {}, 'rang-out'],
    ['all declined', [leg('busy', false), leg('canceled', null, { legId: 'b', isDeclined: true })], {}, 'declined'],
    ['declined everywhere', [leg('canceled', null)], { declinedBy: 'ada' }, 'declined'],
    ['a forwarded number was busy', [leg('busy', false, { role: 'party' })], {}, 'busy'],
    ['no device could be reached', [leg('failed', false)], {}, 'unreachable'],
    ['it never rang where nobody was', [leg('no-answer', false, { isReachable: false })], {}, 'unreachable'],
    ['it did ring there', [leg('no-answer', false, { isReachable: false, ringAt: '2026-11-21T10:00:01.000Z' })], {}, 'rang-out'],
    ['nobody assigned', [], { emptyReason: 'nobody-assigned' }, 'nobody-assigned'],
    ['the relay was down', [], { emptyReason: 'relay-down' }, 'relay-down'],
    ['unknown', [], {}, null],
  ])('why: %s', (_name, legs, changes, reason) => {
    expect(incoming(legs, { rangOut: true, ...changes })).toMatchObject({ outcome: 'missed', reason })
  })
})

describe('an outgoing call that was not answered', () => {
  test.each<[string, OutcomeLeg[], Partial<OutcomeInput>, string]>([
    ['busy', [leg('busy', false)], {}, 'busy'],
    ['declined', [leg('busy', false, { sipCode: 603 })], {}, 'declined'],
    ['nobody answered', [leg('no-answer', false)], { rangOut: true }, 'no-answer'],
    ['we gave up', [leg('no-answer', false)], { rangOut: false }, 'canceled'],
    ['we gave up, says the leg', [leg('canceled', false)], {}, 'canceled'],
    ['unreachable', [leg('failed', false)], {}, 'unreachable'],
    ['refused', [], { failure: 'not-allowed' }, 'not-allowed'],
    ['nobody was dialed and nobody hung up', [], {}, 'failed'],
    ['nobody was dialed: we hung up before', [], { isGivenUp: true }, 'canceled'],
    ['nobody was dialed since the relay was down', [], { emptyReason: 'relay-down' }, 'relay-down'],
  ])('why: %s', (_name, legs, changes, reason) => {
    expect(outgoing(legs, changes)).toMatchObject({ outcome: 'not-reached', reason })
  })
  test('nobody was dialed: our own leg says that it was given up', () => {
    const legs = [parent('outgoing', 'canceled')]
    expect(outcomeOf(input({ direction: 'outgoing', legs }))).toMatchObject({ outcome: 'not-reached', reason: 'canceled' })
  })
  test('it never reached Twilio', () => {
    for (const failure of ['microphone-denied', 'offline'] as const)
      expect(outcomeOf(input({ direction: 'outgoing', failure }))).toMatchObject({ outcome: 'not-reached', reason: failure })
  })
})
