import SQLite from 'better-sqlite3'
import twilio from 'twilio'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { callerForm, createBench, encode } from '../calls/bench.ts'
import { environment, makeRelay, type TestRelay } from '../kit.ts'

const NUMBER = '+15005550006'
let relay: TestRelay
let other: SQLite.Database
beforeEach(async () => {
  relay = await makeRelay({}, [{ sid: `PN${'4'.repeat(32)}`, phoneNumber: NUMBER, name: 'Front desk' }])
  await relay.enrolled('Ada', 'staff')
  await relay.core.admin({ command: 'setup' })
  await relay.core.admin({ command: 'assign', number: NUMBER, users: ['Ada'] })
  // As a backup, or somebody's sqlite3, would.
  other = new SQLite(relay.config.database)
  other.exec('BEGIN IMMEDIATE')
})
afterEach(async () => {
  other.close()
  await relay.close()
})

const env = environment('unused')
async function post(path: string, form: Record<string, string>) {
  const signature = twilio.getExpectedTwilioSignature(env['TWILIO_AUTH_TOKEN'] ?? '', `https://relay.example${path}`, form)
  const headers = { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': signature }
  const startedAt = performance.now()
  const reply = await relay.app.inject({ method: 'POST', url: path, headers, payload: encode(form) })
  return { status: reply.statusCode, body: reply.body, ms: performance.now() - startedAt }
}
const form = (digit: string, more: Record<string, string> = {}) => ({
  AccountSid: env['TWILIO_ACCOUNT_SID'] ?? '',
  CallSid: `CA${digit.repeat(32)}`,
  CallStatus: 'ringing',
  Direction: 'inbound',
  From: '+14155550123',
  To: NUMBER,
  ...more,
})
const callCount = () => relay.core.db.prepare<[], { n: number }>('SELECT count(*) AS n FROM calls').get()?.n
const counters = () => relay.telephony.deps.intake.counters

test('a file that another process has locked: callers are put through in time, callbacks are asked to come again', async () => {
  const replies = await Promise.all(['1', '2', '3'].map((digit) => post('/api/twilio/twiml', form(digit))))
  for (const { status, body, ms } of replies) {
    expect(status).toBe(200)
    expect(body).toContain('<Client')
    expect(ms).toBeLessThan(10_000) // Twilio gives up after 15 s
  }
  const callback = form('1', { CallStatus: 'completed', CallbackSource: 'call-progress-events', SequenceNumber: '3' })
  expect((await post('/api/twilio/status-callback', callback)).status).toBe(503)
  expect(counters()).toMatchObject({ emergencies: 3, refused: 1, taken: 0 })
  expect(callCount()).toBe(0)
})

test('unlocked, a repeated request gets the answer of the emergency, and the call is kept under its id', async () => {
  const first = await post('/api/twilio/twiml', form('1'))
  const callId = /[?&]c=([\w-]+)/.exec(first.body)?.[1] ?? ''
  expect((await post('/api/twilio/twiml', form('1'))).body).toBe(first.body)
  other.exec('ROLLBACK')
  for (let n = 0; n < 2; n++) expect((await post('/api/twilio/twiml', form('1'))).body).toBe(first.body)
  expect(callCount()).toBe(1)
  expect(relay.telephony.deps.calls.callOf(`CA${'1'.repeat(32)}`)).toBe(callId)
  expect(counters()).toMatchObject({ emergencies: 2, taken: 1, repeated: 1 })
})

test('what is stored late is what was answered meanwhile', async () => {
  const gate = Promise.withResolvers<void>()
  const bench = await createBench({
    answerBudgetMs: 20,
    writer: (real) => ({ ...real, submit: (work) => gate.promise.then(() => real.submit(work)) }),
  })
  const { userId } = bench.user('Ada')
  bench.directory.putNumber({ phoneNumber: NUMBER, sid: null, name: 'Front desk', isActive: true })
  bench.directory.assignNumber(NUMBER, [userId])
  const sid = `CA${'1'.repeat(32)}`
  const ask = async () => (await bench.post('/api/twilio/twiml', callerForm(sid))).body
  const [first, second] = await Promise.all([ask(), ask()])
  expect(second).toBe(first)
  // Decided again after this, it would ring two.
  bench.directory.addDevice(userId, 'Laptop', 'key')
  gate.resolve()
  await expect.poll(() => bench.deps.calls.callOf(sid)).toBe(/[?&]c=([\w-]+)/.exec(first)?.[1])
  expect(await ask()).toBe(first)
  expect(bench.deps.intake.counters).toMatchObject({ emergencies: 2, taken: 1, repeated: 2 })
  await bench.close()
})
