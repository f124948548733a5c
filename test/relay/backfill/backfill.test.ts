import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Backfill } from '../../../relay/backfill/backfill.ts'
import type { RestCall, RestRecording } from '../../../relay/calls/facts-of-rest.ts'
import { createAudit } from '../../../relay/numbers/audit.ts'
import { createBench, sidOf, type Bench } from '../calls/bench.ts'
import { backfillOn, ended, memoryPages } from './kit.ts'

const NUMBER = '+15005550006'
const FROM = '2026-09-01T00:00:00.000Z'
let bench: Bench
let ada: ReturnType<Bench['user']>
let sam: ReturnType<Bench['user']>
let kim: ReturnType<Bench['user']>
let twilio: ReturnType<typeof memoryPages>
let job: Backfill
beforeEach(async () => {
  bench = await createBench()
  ada = bench.user('Ada', 'manager')
  sam = bench.user('Sam')
  kim = bench.user('Kim')
  bench.directory.putNumber({ phoneNumber: NUMBER, sid: null, name: 'Front desk', isActive: true })
  bench.directory.assignNumber(NUMBER, [kim.userId])
  twilio = memoryPages()
  job = backfillOn(bench, twilio.pages)
})
afterEach(async () => {
  await job.close()
  await bench.close()
})

const day = (number: number, second = 0) => new Date(Date.UTC(2026, 8, number, 12, 0, second))
const parentOf = (n: number, over: Partial<RestCall> = {}): RestCall => ({
  sid: sidOf('CA', n),
  parentCallSid: null,
  from: '+15005551234',
  to: NUMBER,
  status: 'completed',
  direction: 'inbound',
  startTime: day(n),
  endTime: day(n, 30),
  dateCreated: day(n),
  dateUpdated: day(n, 31),
  duration: '28',
  price: '-0.00850',
  priceUnit: 'USD',
  ...over,
})
const childOf = (n: number, identity: string, over: Partial<RestCall> = {}): RestCall =>
  parentOf(n, {
    sid: sidOf('CA', 1000 + n),
    parentCallSid: sidOf('CA', n),
    direction: 'outbound-dial',
    to: `client:${identity}`,
    startTime: day(n, 2),
    duration: '20',
    price: '-0.00400',
    ...over,
  })
const recordingOf = (n: number, over: Partial<RestRecording> = {}): RestRecording => ({
  sid: sidOf('RE', n),
  callSid: sidOf('CA', n),
  status: 'completed',
  source: 'DialVerb',
  channels: 2,
  duration: '19',
  startTime: day(n, 5),
  dateUpdated: day(n, 33),
  errorCode: null,
  price: '-0.00250',
  priceUnit: 'USD',
  ...over,
})
const start = (from = FROM) => job.start(from, ada.session)
const recordOf = (n: number) => bench.deps.calls.record(bench.deps.calls.callOf(sidOf('CA', n)) ?? '')
const mayView = (n: number, who: typeof sam) => bench.deps.calls.mayView(bench.deps.calls.callOf(sidOf('CA', n)) ?? '', who.session)
const told = () => bench.events.flatMap((event) => (event.type === 'backfill.changed' ? [event] : []))
const trace = () => createAudit({ db: bench.db, directory: bench.directory, clock: { now: () => bench.now } }).page({ limit: 9 }).entries

test('older calls become calls: legs together, costs and recordings too, for those whom they concern', async () => {
  twilio.account.calls = [3, 10, 20].flatMap((n) => [parentOf(n), childOf(n, sam.identity)])
  twilio.account.recordings = [recordingOf(10)]
  expect(await start()).toMatchObject({ state: 'running', from: FROM, byUserId: ada.userId })
  expect(await ended(job)).toBe('done')
  expect(job.get()).toMatchObject({ reachedAt: FROM, calls: 3, recordings: 1, endedAt: bench.now.toISOString(), failureCode: null })
  expect(recordOf(10)).toMatchObject({
    outcome: 'answered',
    ourNumber: NUMBER,
    userId: sam.userId,
    talkSeconds: 20,
    cost: { currency: 'USD', isFinal: true },
    recordings: [{ sid: sidOf('RE', 10), durationSeconds: 19 }],
  })
  expect(bench.deps.calls.facts(recordOf(10)?.callId ?? '')).toContainEqual(
    expect.objectContaining({ subject: `rec:${sidOf('RE', 10)}`, field: 'price', value: '-0.00250' }),
  )
  expect(recordOf(10)?.legs).toHaveLength(2)
  // Sam answered; Kim has the number now; somebody else has nothing to do with it.
  expect([mayView(10, sam), mayView(10, kim), mayView(10, bench.user('Joe'))]).toEqual([true, true, false])
})

test('managers are told of its beginning and its end, and the trace has both hands of theirs', async () => {
  twilio.account.calls = [parentOf(3)]
  await start()
  await ended(job)
  expect(told().map(({ payload, audience }) => [payload.state, audience.kind])).toEqual([
    ['running', 'managers'],
    ['done', 'managers'],
  ])
  expect(trace()).toMatchObject([
    { action: 'history.backfill', userName: 'Ada', before: { state: 'none' }, after: { state: 'running', from: FROM } },
  ])
})

test('the same again says nothing new', async () => {
  twilio.account.calls = [parentOf(3), childOf(3, sam.identity)]
  await start()
  await ended(job)
  const facts = bench.events.length
  await start()
  await ended(job)
  expect(job.get()).toMatchObject({ calls: 1, news: 0 })
  expect(bench.events.slice(facts).every((event) => event.type === 'backfill.changed')).toBe(true)
})

test('further back than before, it goes on from where it was', async () => {
  twilio.account.calls = [parentOf(3), parentOf(20)]
  await start('2026-09-10T00:00:00.000Z')
  await ended(job)
  expect(job.get()).toMatchObject({ calls: 1, reachedAt: '2026-09-10T00:00:00.000Z' })
  await start()
  await ended(job)
  expect(job.get()).toMatchObject({ calls: 2, reachedAt: FROM })
})

test('a parent begun before what is read is asked for, and so is a recording’s call', async () => {
  const older = new Date('2026-08-31T23:59:58.000Z')
  twilio.account.calls = [
    parentOf(1, { startTime: older }),
    childOf(1, sam.identity, { startTime: new Date(FROM) }),
    parentOf(2, { startTime: older }),
  ]
  twilio.account.recordings = [recordingOf(2, { source: 'RecordVerb', channels: 1 })]
  await start()
  await ended(job)
  expect(twilio.account.asked).toContain(`call ${sidOf('CA', 1)}`)
  expect(recordOf(1)).toMatchObject({ outcome: 'answered', userId: sam.userId })
  expect(recordOf(2)).toMatchObject({ outcome: 'voicemail', recordings: [{ sid: sidOf('RE', 2) }] })
})

test('a conversation that began before what is read, but was recorded in it, is whole', async () => {
  const older = new Date('2026-08-31T23:59:58.000Z')
  twilio.account.calls = [parentOf(1, { startTime: older }), childOf(1, sam.identity, { startTime: older })]
  twilio.account.recordings = [recordingOf(1, { startTime: new Date(FROM) })]
  await start()
  await ended(job)
  expect(recordOf(1)).toMatchObject({ outcome: 'answered', userId: sam.userId, recordings: [{ sid: sidOf('RE', 1) }] })
  expect(mayView(1, sam)).toBe(true)
})

test('one whose other leg Twilio has no more does not go on for ever', async () => {
  twilio.account.calls = [parentOf(3)]
  twilio.account.recordings = [recordingOf(3)]
  await start()
  await ended(job)
  expect(recordOf(3)?.outcome).toBe('missed')
})

test('a busy day is read in halves, none left out', async () => {
  await job.close()
  job = backfillOn(bench, twilio.pages, { most: 4 })
  twilio.account.calls = Array.from({ length: 40 }, (_, n) => parentOf(500 + n, { startTime: day(5, n), endTime: day(6) }))
  await start()
  await ended(job)
  expect(job.get()).toMatchObject({ state: 'done', calls: 40 })
  expect(Array.from({ length: 40 }, (_, n) => recordOf(500 + n)?.outcome)).toEqual(Array.from({ length: 40 }, () => 'missed'))
})

test('more calls within one second than may be read at once are read all the same', async () => {
  await job.close()
  job = backfillOn(bench, twilio.pages, { most: 4 })
  twilio.account.calls = Array.from({ length: 9 }, (_, n) => parentOf(500 + n, { startTime: day(5) }))
  await start()
  await ended(job)
  expect(job.get()).toMatchObject({ state: 'done', calls: 9 })
})

const refused = (status: number, code: number) => Object.assign(new Error('refused'), { status, code })
test.each([
  ['throttling', refused(429, 20_429)],
  ['a bad day of Twilio’s', refused(503, 20_503)],
  ['no answer', new Error('ECONNREFUSED')],
])('%s passes', async (_, error) => {
  twilio.account.calls = [parentOf(3)]
  twilio.account.errors = [error, error, error]
  await start()
  expect(await ended(job)).toBe('done')
  expect(job.get()).toMatchObject({ calls: 1, failureCode: null })
})

test('for good, it is given up with the reason, and can be taken up again', async () => {
  twilio.account.calls = [parentOf(3), parentOf(20)]
  let asked = 0
  twilio.account.before = () => {
    if (++asked === 13) twilio.account.errors = [refused(401, 20_003)]
  }
  await start()
  expect(await ended(job)).toBe('failed')
  expect(job.get()).toMatchObject({ failureCode: 'account-wrong', endedAt: bench.now.toISOString() })
  const { reachedAt, calls } = job.get()
  expect(calls).toBeGreaterThan(0)
  expect(await start()).toMatchObject({ state: 'running', reachedAt, failureCode: null })
  expect(await ended(job)).toBe('done')
  expect(job.get().calls).toBe(2)
})

test('after many errors in a row it says so', async () => {
  twilio.account.errors = Array.from({ length: 8 }, () => refused(429, 20_429))
  await start()
  expect(await ended(job)).toBe('failed')
  expect(job.get().failureCode).toBe('twilio-busy')
})

test('stopped, it asks nothing more and keeps what it read; started again it goes on', async () => {
  twilio.account.calls = [parentOf(3), parentOf(20)]
  const { promise: held, resolve: release } = Promise.withResolvers<void>()
  twilio.account.before = () => (twilio.account.asked.length > 12 ? held : undefined)
  await start()
  await expect.poll(() => twilio.account.asked.length).toBe(13)
  const stopped = await job.stop(sam.session)
  expect(stopped).toMatchObject({ state: 'stopped', endedAt: bench.now.toISOString() })
  release()
  await job.close()
  expect(twilio.account.asked).toHaveLength(13)
  expect(job.get()).toEqual(stopped)
  expect((await job.stop(ada.session)).state).toBe('stopped')
  twilio.account.before = () => undefined
  await start()
  expect(await ended(job)).toBe('done')
  expect(job.get().calls).toBe(2)
  expect(trace().map((entry) => [entry.userName, entry.after['state']])).toEqual([
    ['Ada', 'running'],
    ['Sam', 'stopped'],
    ['Ada', 'running'],
  ])
})

test('killed in the middle it goes on when the relay starts, and doubles nothing', async () => {
  twilio.account.calls = [3, 10, 20].flatMap((n) => [parentOf(n), childOf(n, sam.identity)])
  const never = new Promise<void>(() => undefined)
  twilio.account.before = () => (twilio.account.asked.length > 9 ? never : undefined)
  await start()
  await expect.poll(() => twilio.account.asked.length).toBe(10)
  expect(job.get().state).toBe('running')
  // The old process is no more: its question never comes back.
  const next = memoryPages()
  next.account.calls = twilio.account.calls
  job = backfillOn(bench, next.pages)
  job.resume()
  expect(await ended(job)).toBe('done')
  expect(job.get()).toMatchObject({ calls: 3, byUserId: ada.userId })
  expect(bench.db.prepare<[], { n: number }>('SELECT count(*) AS n FROM calls').get()?.n).toBe(3)
})

test.each([['soon'], ['2007-01-01T00:00:00Z'], ['2030-01-01T00:00:00Z']])('%s is no beginning', async (from) => {
  await expect(start(from)).rejects.toMatchObject({ code: 'bad-request' })
  expect(job.get().state).toBe('none')
})

test('one at a time: the same while it runs is the one that runs, another has to wait', async () => {
  const never = new Promise<void>(() => undefined)
  twilio.account.before = () => never
  await start()
  expect(await start()).toMatchObject({ state: 'running' })
  await expect(start('2026-10-01T00:00:00.000Z')).rejects.toMatchObject({ code: 'conflict' })
  expect(trace()).toHaveLength(1)
  job = backfillOn(bench, twilio.pages)
})
