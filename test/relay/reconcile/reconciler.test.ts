import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { RestCall, RestRecording } from '../../../relay/calls/facts-of-rest.ts'
import { createReconciliation } from '../../../relay/calls/reconciliation.ts'
import { OLDEST_MS, PRICE_AGES_MS, spansToList, untilNextRun } from '../../../relay/reconcile/plan.ts'
import { createReconciler, type Reconciler } from '../../../relay/reconcile/reconciler.ts'
import type { TwilioHistory } from '../../../relay/reconcile/twilio-history.ts'
import { callerForm, createBench, pathIn, sidOf, type Bench } from '../calls/bench.ts'

let bench: Bench
let ada: ReturnType<Bench['user']>
let reconciler: Reconciler
/** `lagging`: what Twilio's lists do not have yet. */
let account: { calls: RestCall[]; lagging: string[]; recordings: RestRecording[]; failures: number; asked: number }
const NUMBER = '+15005550006'
const parentSid = sidOf('CA', 1)
const childSid = sidOf('CA', 2)

const inside = (moment: Date | null, { from, to }: { from: Date; to: Date }) => moment !== null && moment >= from && moment <= to

beforeEach(async () => {
  bench = await createBench()
  ada = bench.user('Ada')
  bench.directory.putNumber({ phoneNumber: NUMBER, sid: null, name: 'Front desk', isActive: true })
  bench.directory.assignNumber(NUMBER, [ada.userId])
  account = { calls: [], lagging: [], recordings: [], failures: 0, asked: 0 }
  const guarded = <T>(value: () => T): Promise<T> => {
    account.asked++
    if (account.failures-- > 0) return Promise.reject(Object.assign(new Error('busy'), { status: 503 }))
    return Promise.resolve(value())
  }
  const history: TwilioHistory = {
    calls: (span) => guarded(() => account.calls.filter((row) => inside(row.startTime, span) && !account.lagging.includes(row.sid))),
    call: (sid) => guarded(() => account.calls.find((row) => row.sid === sid)),
    children: (sid) => guarded(() => account.calls.filter((row) => row.parentCallSid === sid && !account.lagging.includes(row.sid))),
    recordings: (span) => guarded(() => account.recordings.filter((row) => inside(row.startTime, span))),
  }
  reconciler = createReconciler({ ...bench.deps, history, state: createReconciliation(bench.db), everyMs: 30, retryMs: 5 })
})
afterEach(async () => {
  await reconciler.close()
  await bench.close()
})

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 21, 9, 59, seconds))
const row = (changes: Partial<RestCall>): RestCall => ({
  sid: parentSid,
  parentCallSid: null,
  from: '+15005551234',
  to: NUMBER,
  status: 'completed',
  direction: 'inbound',
  startTime: at(0),
  endTime: at(30),
  dateCreated: at(0),
  dateUpdated: at(31),
  duration: '25',
  price: null,
  priceUnit: 'USD',
  ...changes,
})
const childRow = (changes: Partial<RestCall> = {}) =>
  row({ sid: childSid, parentCallSid: parentSid, direction: 'outbound-dial', to: `client:${ada.identity}`, duration: '20', ...changes })
const recordingRow = (changes: Partial<RestRecording>): RestRecording => ({
  sid: sidOf('RE', 1),
  callSid: parentSid,
  status: 'completed',
  source: 'RecordVerb',
  channels: 1,
  duration: '6',
  startTime: at(20),
  dateUpdated: at(30),
  errorCode: null,
  price: null,
  priceUnit: 'USD',
  ...changes,
})
const recordOf = (sid: string) => bench.deps.calls.record(bench.deps.calls.callOf(sid) ?? '')
const eventCount = () => bench.events.length

describe('a run', () => {
  test('a call nobody told us of is found, its users told, and a second run is silent', async () => {
    account.calls = [row({}), childRow()]
    expect(await reconciler.run()).toMatchObject({ legs: 2 })
    expect(recordOf(childSid)).toMatchObject({
      outcome: 'answered',
      userId: ada.userId,
      deviceId: ada.deviceId,
      talkSeconds: 20,
      ourNumber: NUMBER,
    })
    expect(bench.events.at(-1)?.audience).toEqual({ kind: 'users', userIds: [ada.userId] })
    const before = eventCount()
    expect(await reconciler.run()).toMatchObject({ facts: 0 })
    account.calls = account.calls.map((one) => ({ ...one, dateUpdated: at(59) }))
    expect(await reconciler.run()).toMatchObject({ facts: 0 })
    expect(eventCount()).toBe(before)
  })

  test('callbacks that were lost are made up for; the legs keep our ids', async () => {
    await bench.post('/api/twilio/twiml', callerForm(parentSid))
    expect(recordOf(parentSid)).toMatchObject({ outcome: 'ongoing' })
    account.calls = [row({}), childRow()]
    await reconciler.run()
    expect(recordOf(parentSid)).toMatchObject({
      outcome: 'answered',
      legs: [
        { legId: `d1-${ada.deviceId}`, sid: childSid, status: 'completed', durationSeconds: 20 },
        { legId: 'party', sid: parentSid, status: 'completed', durationSeconds: 25 },
      ],
    })
  })

  test('what came meanwhile by webhook is not undone by a list that lags', async () => {
    const { body } = await bench.post('/api/twilio/twiml', callerForm(parentSid))
    const done = { ...callerForm(childSid), ParentCallSid: parentSid, CallStatus: 'completed', CallDuration: '20' }
    await bench.post(pathIn(body, 'statusCallback'), done)
    account.calls = [
      row({ status: 'in-progress', endTime: null, duration: null }),
      childRow({ status: 'in-progress', endTime: null, duration: null }),
    ]
    await reconciler.run()
    expect(recordOf(childSid)?.legs.find((leg) => leg.sid === childSid)).toMatchObject({ status: 'completed', durationSeconds: 20 })
  })

  test('prices come later, per leg, and are final at last', async () => {
    account.calls = [row({}), childRow()]
    await reconciler.run()
    expect(recordOf(childSid)?.cost).toBeNull()
    account.calls = [row({ price: '-0.00850' }), childRow()]
    bench.now = new Date(bench.now.getTime() + 3 * 60_000)
    await reconciler.run()
    expect(recordOf(childSid)?.cost).toEqual({ amount: '0.0085', currency: 'USD', isFinal: false })
    account.calls = [row({ price: '-0.00850' }), childRow({ price: '-0.00400' })]
    bench.now = new Date(bench.now.getTime() + 15 * 60_000)
    await reconciler.run()
    expect(recordOf(childSid)?.cost).toEqual({ amount: '0.0125', currency: 'USD', isFinal: true })
    expect(bench.deps.calls.unsettled('')).toEqual([])
  })

  test('a call that reached nobody since the relay runs was missed because it was down; older ones are just missed', async () => {
    account.calls = [row({})]
    await reconciler.run()
    expect(recordOf(parentSid)).toMatchObject({ outcome: 'missed', reason: null })
    bench.now = new Date(bench.now.getTime() + 3_600_000)
    const later = new Date(bench.now.getTime() - 60_000)
    account.calls.push(row({ sid: sidOf('CA', 9), startTime: later, endTime: later }))
    await reconciler.run()
    expect(recordOf(sidOf('CA', 9))).toMatchObject({ outcome: 'missed', reason: 'relay-down' })
    expect(bench.deps.calls.mayView(bench.deps.calls.callOf(sidOf('CA', 9)) ?? '', ada.session)).toBe(true)
  })

  test('recordings join their calls, also one whose call began before what is listed', async () => {
    account.calls = [row({ startTime: new Date('2026-10-01T00:00:00.000Z') })]
    account.recordings = [recordingRow({})]
    await reconciler.run()
    expect(recordOf(parentSid)).toMatchObject({ outcome: 'voicemail', recordings: [{ sid: sidOf('RE', 1), durationSeconds: 6 }] })
  })

  test('a recorded conversation that began before what is listed is whole: its other leg is asked for', async () => {
    const before = new Date('2026-10-01T00:00:00.000Z')
    account.calls = [row({ startTime: before }), childRow({ startTime: before })]
    account.recordings = [recordingRow({ source: 'DialVerb', channels: 2 })]
    await reconciler.run()
    expect(recordOf(parentSid)).toMatchObject({ outcome: 'answered', talkSeconds: 20, recordings: [{ durationSeconds: 6 }] })
  })

  test('a conversation whose other leg is not listed yet is not missed', async () => {
    account.calls = [row({}), childRow()]
    account.recordings = [recordingRow({ source: 'DialVerb', channels: 2 })]
    account.lagging = [childSid]
    await reconciler.run()
    expect(recordOf(parentSid)?.outcome).toBe('ongoing')
    account.lagging = []
    await reconciler.run()
    expect(recordOf(parentSid)?.outcome).toBe('answered')
  })

  test('a conversation whose other leg was deleted at Twilio does not go on for ever', async () => {
    account.calls = [row({})]
    account.recordings = [recordingRow({ source: 'DialVerb', channels: 2 })]
    await reconciler.run()
    expect(recordOf(parentSid)?.outcome).toBe('ongoing')
    bench.now = new Date(bench.now.getTime() + 2 * 3_600_000)
    await reconciler.run()
    expect(recordOf(parentSid)?.outcome).toBe('missed')
    expect(await reconciler.run()).toMatchObject({ facts: 0 })
  })

  test.each([
    ['answered', {}, 'answered'],
    ['not answered', { status: 'no-answer', duration: '0' }, 'missed'],
  ])('the relay was down while it rang, and the leg that rang is listed late: open until it is known (%s)', async (_, over, outcome) => {
    const { body } = await bench.post('/api/twilio/twiml', callerForm(parentSid))
    const rings = { ...callerForm(childSid), ParentCallSid: parentSid, CallStatus: 'ringing', SequenceNumber: '1' }
    await bench.post(pathIn(body, 'statusCallback'), rings)
    account.calls = [row({}), childRow(over)]
    account.lagging = [childSid]
    await reconciler.run()
    expect(recordOf(parentSid)).toMatchObject({ outcome: 'ongoing', reason: null })
    account.lagging = []
    await reconciler.run()
    expect(recordOf(parentSid)?.outcome).toBe(outcome)
  })

  test('a leg that was planned and that Twilio does not have ends with the call, once its lists have had time', async () => {
    await bench.post('/api/twilio/twiml', callerForm(parentSid))
    account.calls = [row({})]
    await reconciler.run()
    expect(recordOf(parentSid)?.outcome).toBe('ongoing')
    bench.now = new Date(bench.now.getTime() + 60_000)
    await reconciler.run()
    expect(recordOf(parentSid)?.outcome).toBe('missed')
  })

  test('that the relay was down is said only when no leg came after all', async () => {
    await reconciler.run()
    bench.now = new Date(bench.now.getTime() + 3_600_000)
    const [startTime, endTime] = [new Date(bench.now.getTime() - 50_000), new Date(bench.now.getTime() - 20_000)]
    account.calls = [row({ startTime, endTime }), childRow({ startTime, endTime })]
    account.lagging = [childSid]
    await reconciler.run()
    expect(recordOf(parentSid)?.reason).toBeNull()
    account.lagging = []
    bench.now = new Date(bench.now.getTime() + 120_000)
    await reconciler.run()
    expect(recordOf(parentSid)).toMatchObject({ outcome: 'answered', reason: null })
  })

  test('a child without its parent in the list asks for the parent', async () => {
    account.calls = [row({ startTime: new Date('2026-10-01T00:00:00.000Z') }), childRow()]
    await reconciler.run()
    expect(recordOf(childSid)?.legs.map((leg) => leg.sid)).toEqual([parentSid, childSid].toSorted())
  })

  test('more calls than are listed at once: the span is halved until none is left out, and few are asked for at a time', async () => {
    await reconciler.close()
    const most = { listed: 0, asking: 0, atOnce: 0 }
    const rows = Array.from({ length: 40 }, (_, n) => row({ sid: sidOf('CA', 100 + n), startTime: at(n), endTime: at(n + 1) }))
    const strays = Array.from({ length: 20 }, (_, n) =>
      childRow({ sid: sidOf('CA', 300 + n), parentCallSid: sidOf('CA', 400 + n), startTime: at(n) }),
    )
    const history: TwilioHistory = {
      calls(span, limit) {
        const found = [...rows, ...strays].filter((one) => inside(one.startTime, span)).slice(0, limit)
        most.listed = Math.max(most.listed, found.length)
        return Promise.resolve(found)
      },
      async call(sid) {
        most.atOnce = Math.max(most.atOnce, ++most.asking)
        await new Promise((resolve) => setTimeout(resolve, 1))
        most.asking--
        return row({ sid, startTime: new Date('2026-10-01T00:00:00.000Z') })
      },
      children: () => Promise.resolve([]),
      recordings: () => Promise.resolve([]),
    }
    reconciler = createReconciler({ ...bench.deps, history, state: createReconciliation(bench.db), everyMs: 30, limit: 9 })
    await reconciler.run()
    expect(rows.filter((one) => recordOf(one.sid)?.outcome !== 'missed')).toEqual([])
    expect(strays.filter((one) => recordOf(one.sid) === undefined)).toEqual([])
    expect(most).toMatchObject({ listed: 9, atOnce: 4 })
    expect(bench.lines.filter((line) => line.level === 'warn')).toEqual([])
  })

  test('runs asked for at once are one; an error leaves the span for the next', async () => {
    account.calls = [row({}), childRow()]
    account.failures = 2
    await expect(reconciler.run()).rejects.toThrow('busy')
    expect(createReconciliation(bench.db).runs()).toBeUndefined()
    account.asked = 0
    await Promise.all([reconciler.run(), reconciler.run(), reconciler.run()])
    expect(account.asked).toBe(2)
    expect(recordOf(childSid)?.outcome).toBe('answered')
  })

  test('started, it goes on by itself, errors or not', async () => {
    account.failures = 3
    account.calls = [row({}), childRow()]
    reconciler.start()
    await expect.poll(() => recordOf(childSid)?.outcome, { timeout: 15_000 }).toBe('answered')
    account.calls = [row({ price: '-1' }), childRow({ price: '-1' })]
    await expect.poll(() => recordOf(childSid)?.cost?.amount, { timeout: 15_000 }).toBe('2')
    await reconciler.close()
    const asked = account.asked
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(account.asked).toBe(asked)
  })
})

describe('when to ask', () => {
  const now = new Date('2026-11-21T12:00:00.000Z')
  const minutes = (count: number) => new Date(now.getTime() - count * 60_000)
  const call = (ageMinutes: number, isOver = true, lastedMinutes = 0) => ({
    callId: 'c',
    startedAt: minutes(ageMinutes).toISOString(),
    endedAt: isOver ? minutes(ageMinutes - lastedMinutes).toISOString() : null,
    isOver,
  })
  const covers = (ageMinutes: number, calls: Parameters<typeof spansToList>[0], lastRun: Date) =>
    spansToList(calls, lastRun, now, 0).some((span) => span.from <= minutes(ageMinutes) && minutes(ageMinutes) <= span.to)

  test.each<[string, number, boolean, number, boolean]>([
    ['since the last run, always', 9, true, 10, true],
    ['a call that goes on, however old', 200, false, 10, true],
    ['two hours old since the last run: its price may be there', 125, true, 10, true],
    ['two hours old before the last run', 140, true, 10, false],
    ['a day old since the last run', 24 * 60 + 5, true, 10, true],
  ])('%s', (_name, age, isOver, lastRunAge, expected) => {
    expect(covers(age, [call(age, isOver)], minutes(lastRunAge))).toBe(expected)
  })

  test('a long call comes of age by its end: prices are made when it is over', () => {
    expect(covers(183, [call(183, true, 180)], minutes(2))).toBe(true)
    expect(covers(183, [call(183, true, 180)], minutes(0.5))).toBe(false)
    const long = call(75 * 60 + 5, true, 180)
    expect(covers(75 * 60 + 5, [long], minutes(10))).toBe(true)
    expect(now.getTime() - Date.parse(long.startedAt)).toBeLessThan(OLDEST_MS)
  })

  test('the first run looks back as far as it is told; spans that touch are one', () => {
    const spans = spansToList([call(30, false), call(33, false)], minutes(10), now, 0)
    expect(spans).toHaveLength(2)
    expect(spansToList([], undefined, now, 3_600_000)[0]?.from).toEqual(minutes(65))
  })

  test('it wakes when the next call comes of age, or at its interval', () => {
    const ages = PRICE_AGES_MS.map((ms) => ms / 60_000)
    expect(ages).toEqual([2, 15, 120, 1440, 4320])
    expect(untilNextRun([call(1)], now, 600_000)).toBe(60_000)
    expect(untilNextRun([call(16)], now, 600_000)).toBe(600_000)
    expect(untilNextRun([], now, 600_000)).toBe(600_000)
    expect(untilNextRun([call(181, true, 180)], now, 600_000)).toBe(60_000)
  })
})
