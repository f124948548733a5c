import * as fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import type { CallFact } from '../../../contract/call.ts'
import { joinFacts } from '../../../contract/call-join.ts'
import { recordOf } from '../../../contract/call-record.ts'
import { createAfterDial, createProgress } from '../../../relay/calls/after-dial.ts'
import { factsOfRestCall, factsOfRestParent, type RestCall } from '../../../relay/calls/facts-of-rest.ts'
import { createIncoming } from '../../../relay/calls/incoming.ts'
import type { Form } from '../../../relay/webhooks/form.ts'
import type { Handle } from '../../../relay/webhooks/intake.ts'
import { webhookOf } from '../../../relay/webhooks/webhook.ts'
import { callerForm, createBench, sidOf, type Bench } from './bench.ts'

// A number that rings its users one after another: whatever is lost or late on the way, the call is told right in the end (RULES R6, R7).

let bench: Bench
afterEach(() => bench.close())

const START = Date.parse('2026-11-21T10:00:00.000Z')
const PARENT = sidOf('CA', 1)
const CALL = 'in-turn'
const NUMBER = '+15005550006'
const iso = (seconds: number) => new Date(START + seconds * 1000).toISOString()
const date = (seconds: number) => new Date(START + seconds * 1000)
const rfc2822 = (seconds: number) => new Date(START + seconds * 1000).toUTCString().replace('GMT', '+0000')

interface Leg {
  rings: number
  answers?: number
  ends: number
  status: string
}
interface Plot {
  legs: [Leg] | [Leg, Leg]
  /** How the last Dial ended, and the caller's leg. */
  dial: { isOver: boolean; status: string; bridged: boolean }
  parent: { answers?: number; ends: number; status: string }
  expected: { outcome: string; reason: string | null }
}

const plots: Record<string, Plot> = {
  'answered by the first': {
    legs: [{ rings: 1, answers: 4, ends: 30, status: 'completed' }],
    dial: { isOver: true, status: 'completed', bridged: true },
    parent: { answers: 4, ends: 30, status: 'completed' },
    expected: { outcome: 'answered', reason: null },
  },
  'answered by the second': {
    legs: [
      { rings: 1, ends: 25, status: 'no-answer' },
      { rings: 26, answers: 30, ends: 60, status: 'completed' },
    ],
    dial: { isOver: true, status: 'completed', bridged: true },
    parent: { answers: 30, ends: 60, status: 'completed' },
    expected: { outcome: 'answered', reason: null },
  },
  'declined by the first, rung out at the second': {
    legs: [
      { rings: 1, ends: 3, status: 'busy' },
      { rings: 4, ends: 28, status: 'no-answer' },
    ],
    dial: { isOver: false, status: 'no-answer', bridged: false },
    parent: { answers: 29, ends: 40, status: 'completed' },
    expected: { outcome: 'missed', reason: 'rang-out' },
  },
  'given up at the second': {
    legs: [
      { rings: 1, ends: 25, status: 'no-answer' },
      { rings: 26, ends: 30, status: 'canceled' },
    ],
    dial: { isOver: true, status: 'no-answer', bridged: false },
    parent: { ends: 30, status: 'no-answer' },
    expected: { outcome: 'abandoned', reason: null },
  },
}

interface Told {
  kind: 'request' | 'callback'
  facts: CallFact[]
}

async function play({ legs, dial, parent }: Plot) {
  bench = await createBench()
  const users = [bench.user('Ada'), bench.user('Kim')]
  for (const { deviceId } of users) bench.presence.set(deviceId, { ageMs: 0, registered: true })
  bench.directory.putNumber({ phoneNumber: NUMBER, sid: null, name: 'Front desk', isActive: true })
  const number = bench.directory.assignNumber(
    NUMBER,
    users.map(({ userId }) => userId),
  )
  bench.directory.saveNumber({ ...number, details: { ...number.details, ringMode: 'sequential' } })
  const told: Told[] = []
  const rest: CallFact[] = []
  const tell = (kind: Told['kind'], handle: Handle, fields: Record<string, string>, seconds: number, query = '') => {
    const facts: CallFact[] = []
    const form: Form = new Map(Object.entries(fields).map(([name, value]) => [name, [value]]))
    // What comes next depends on what was stored.
    const answer = bench.db.transaction(() =>
      handle(webhookOf(`/api/twilio/x${query}`, form, iso(seconds), CALL), {
        facts(callId, more) {
          facts.push(...more)
          bench.deps.calls.join(callId, more)
        },
        event: () => undefined,
      }),
    )()
    told.push({ kind, facts })
    return answer
  }
  const remember = (sid: string, leg: Omit<Leg, 'rings'>, fields: Partial<RestCall>) => {
    const talked = leg.answers === undefined ? 0 : leg.ends - leg.answers
    const row: RestCall = {
      sid,
      parentCallSid: null,
      from: '+15005551234',
      to: NUMBER,
      status: leg.status,
      direction: 'inbound',
      priceUnit: 'USD',
      startTime: date(0),
      endTime: date(leg.ends),
      dateCreated: date(0),
      dateUpdated: date(leg.ends + 1),
      duration: String(talked),
      price: talked > 0 ? '-0.0085' : null,
      ...fields,
    }
    rest.push(...factsOfRestCall(row, sid), ...(row.parentCallSid ? [] : factsOfRestParent(row)))
  }
  const answers = [tell('request', createIncoming(bench.deps), callerForm(PARENT), 0)]
  for (const [index, leg] of legs.entries()) {
    const sid = sidOf('CA', 10 + index)
    const step = index + 1
    const { deviceId = '', identity = '' } = users[index] ?? {}
    const steps: [string, number | undefined][] = [
      ['initiated', leg.rings - 0.5],
      ['ringing', leg.rings],
      ['in-progress', leg.answers],
      [leg.status, leg.ends],
    ]
    for (const [sequence, [CallStatus, seconds]] of steps.entries())
      if (seconds !== undefined)
        tell(
          'callback',
          createProgress(bench.deps),
          {
            ...callerForm(sid, { CallStatus, To: `client:${identity}`, ParentCallSid: PARENT, Direction: 'outbound-dial' }),
            Timestamp: rfc2822(seconds),
            SequenceNumber: String(sequence),
            CallbackSource: 'call-progress-events',
            ...(CallStatus === leg.status ? { CallDuration: String(leg.answers === undefined ? 0 : leg.ends - leg.answers) } : {}),
          },
          seconds + 0.3,
          `?c=${CALL}&l=d${step}-${deviceId}&s=${step}`,
        )
    const isLast = step === legs.length
    const { isOver, status, bridged } = isLast ? dial : { isOver: false, status: leg.status, bridged: false }
    const action = { DialCallStatus: status, DialCallSid: sid, DialBridged: String(bridged), CallStatus: isOver ? 'completed' : 'ringing' }
    answers.push(
      tell('request', createAfterDial(bench.deps), { ...callerForm(PARENT), ...action }, leg.ends + 0.2, `?c=${CALL}&l=party&s=${step}`),
    )
    remember(sid, leg, { to: `client:${identity}`, parentCallSid: PARENT, direction: 'outbound-dial' })
  }
  const over = {
    CallStatus: parent.status,
    Timestamp: rfc2822(parent.ends),
    CallDuration: String(parent.answers === undefined ? 0 : parent.ends - parent.answers),
  }
  tell('callback', createProgress(bench.deps), { ...callerForm(PARENT), ...over }, parent.ends + 0.3)
  remember(PARENT, parent, {})
  return { told, rest, answers }
}

const joined = (groups: readonly CallFact[][]) => groups.reduce<CallFact[]>((sum, facts) => joinFacts(sum, facts), [])
const record = (groups: readonly CallFact[][]) => recordOf(CALL, joined(groups))
function final(groups: readonly CallFact[][]) {
  const one = record(groups)
  const legs = one?.legs.map(({ legId, sid, role, userId, status, durationSeconds }) => [legId, sid, role, userId, status, durationSeconds])
  return one && { outcome: one.outcome, reason: one.reason, userId: one.userId, deviceId: one.deviceId, talkSeconds: one.talkSeconds, legs }
}
const factsIn = (told: readonly Told[]) => told.map((one) => one.facts)

describe.each(Object.entries(plots))('%s', (_name, plot) => {
  test('webhooks alone tell it, step by step', async () => {
    const { told, answers } = await play(plot)
    expect(record(factsIn(told))).toMatchObject(plot.expected)
    expect(answers.map((answer) => /<(Dial|Record|Hangup)/.exec(answer)?.[1])).toEqual([
      ...plot.legs.map(() => 'Dial'),
      plot.dial.isOver ? 'Hangup' : 'Record',
    ])
  })

  test('any order and repetition gives the same record', async () => {
    const { told, rest } = await play(plot)
    const groups = [...factsIn(told), rest]
    const whole = record(groups)
    fc.assert(
      fc.property(fc.shuffledSubarray([...groups, ...groups]), (some) => {
        expect(record([...some, ...groups.filter((group) => !some.includes(group)).toReversed()])).toEqual(whole)
      }),
    )
  })

  test('callbacks may be lost: what REST says later makes it right, and until then nothing is told wrong', async () => {
    const { told, rest } = await play(plot)
    const whole = final([...factsIn(told), rest])
    expect(whole).toMatchObject(plot.expected)
    const isAnswered = plot.expected.outcome === 'answered'
    // Twilio waits for requests: without them there is no next step.
    const requests = factsIn(told.filter((one) => one.kind === 'request'))
    fc.assert(
      fc.property(fc.shuffledSubarray(told.filter((one) => one.kind === 'callback')), (arrived) => {
        const groups = [...requests, ...factsIn(arrived)]
        expect(final([...groups, rest])).toEqual(whole)
        expect(final([rest, ...groups.toReversed()])).toEqual(whole)
        const { outcome = 'ongoing' } = record(groups) ?? {}
        expect(outcome === 'ongoing' || (outcome === 'answered') === isAnswered).toBe(true)
      }),
    )
  })
})
