import { afterEach, beforeEach, expect, test } from 'vitest'
import { factsOf } from '../../../relay/calls/facts-of-webhook.ts'
import { createTranscriptPrices, type TwilioTranscription } from '../../../relay/voicemail/transcript-prices.ts'
import { callerForm, createBench, pathIn, sidOf, type Bench } from '../calls/bench.ts'

const NUMBER = '+15005550006'
const call = sidOf('CA', 1)
const RECORDING = sidOf('RE', 1)
const MINUTE = 60_000
let bench: Bench
let rows: TwilioTranscription[] | Error
let asked: number
let lastRun: Date | undefined
beforeEach(async () => {
  bench = await createBench()
  rows = []
  asked = 0
  lastRun = bench.now
  bench.directory.putNumber({ phoneNumber: NUMBER, sid: null, name: 'Front desk', isActive: true })
  bench.directory.assignNumber(NUMBER, [bench.user('Ada').userId])
})
afterEach(() => bench.close())

const row = (changes: Partial<TwilioTranscription> = {}): TwilioTranscription => ({
  status: 'completed',
  price: null,
  priceUnit: 'USD',
  dateUpdated: bench.now,
  ...changes,
})
/** A caller leaves a message; legs and recording are rated at once. */
async function message() {
  const { body } = await bench.post('/api/twilio/twiml', callerForm(call))
  const missed = { ...callerForm(call), CallStatus: 'in-progress', DialCallStatus: 'no-answer', DialBridged: 'false' }
  const twiml = (await bench.post(pathIn(body, 'action'), missed)).body
  await bench.post(pathIn(twiml, 'recordingStatusCallback'), {
    CallSid: call,
    RecordingSid: RECORDING,
    RecordingStatus: 'completed',
    RecordingDuration: '20',
    RecordingSource: 'RecordVerb',
    RecordingStartTime: bench.now.toUTCString(),
  })
  const ended = { ...callerForm(call), CallStatus: 'completed', CallDuration: '30' }
  await bench.post('/api/twilio/status-callback', ended)
  const callId = bench.deps.calls.callOf(call) ?? ''
  const read = (subject: string, values: Record<string, string>) => factsOf(subject, 'rest-final', bench.now.toISOString(), values)
  const price = { price: '-0.01', priceUnit: 'USD' }
  const rung = bench.deps.calls.record(callId)?.legs.filter(({ role }) => role === 'device') ?? []
  const facts = [...rung.flatMap(({ legId }) => read(`leg:${legId}`, { status: 'no-answer' })), ...read('leg:party', price)]
  await bench.deps.writer.submit(() => bench.deps.events.record(callId, [...facts, ...read(`rec:${RECORDING}`, price)]))
}
const transcriptionsOf = () => {
  asked++
  return rows instanceof Error ? Promise.reject(rows) : Promise.resolve(rows)
}
/** So many minutes later the relay compares. */
async function after(minutes: number) {
  bench.now = new Date(bench.now.getTime() + minutes * MINUTE)
  await createTranscriptPrices({ ...bench.deps, db: bench.db, transcriptionsOf })(lastRun, bench.now)
  lastRun = bench.now
}
const cost = () => bench.deps.calls.record(bench.deps.calls.callOf(call) ?? '')?.cost

test('what a transcript costs comes at the ages of prices, and only then the cost is final', async () => {
  await message()
  expect(cost()).toEqual({ amount: '0.02', currency: 'USD', isFinal: false })
  rows = [row({ status: 'in-progress' })]
  await after(3)
  rows = [row()]
  await after(5)
  expect([asked, cost()?.isFinal]).toEqual([1, false])
  rows = [row({ price: '-0.05' })]
  await after(10)
  expect(cost()).toEqual({ amount: '0.07', currency: 'USD', isFinal: true })
  await after(200)
  expect(asked).toBe(2)
})

test('one that failed costs nothing', async () => {
  await message()
  rows = [row({ status: 'failed' })]
  await after(3)
  expect(cost()).toEqual({ amount: '0.02', currency: 'USD', isFinal: true })
})

test('two that were made cost both, once both are rated', async () => {
  await message()
  rows = [row({ price: '-0.05' }), row()]
  await after(3)
  expect(cost()?.isFinal).toBe(false)
  rows = [row({ price: '-0.05' }), row({ price: '-0.05' }), row({ status: 'failed' })]
  await after(15)
  expect(cost()).toEqual({ amount: '0.12', currency: 'USD', isFinal: true })
})

test('what cannot be had now is asked for at the next age; nothing found changes nothing', async () => {
  await message()
  rows = new Error('busy')
  await after(3)
  expect(bench.lines.map((line) => line.message)).toContain('what a transcript costs could not be had')
  rows = []
  await after(15)
  rows = [row({ price: '-0.05' })]
  await after(120)
  expect([asked, cost()?.isFinal]).toEqual([3, true])
})

test('where nothing is transcribed nobody asks, and the cost is final without', async () => {
  await bench.close()
  bench = await createBench({ isTranscribed: false })
  bench.directory.putNumber({ phoneNumber: NUMBER, sid: null, name: 'Front desk', isActive: true })
  bench.directory.assignNumber(NUMBER, [bench.user('Ada').userId])
  await message()
  await after(3)
  expect([asked, cost()?.isFinal]).toEqual([0, true])
})
