import twilio from 'twilio'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { NumberUsage } from '../../../contract/number-relay.ts'
import type { RestCall } from '../../../relay/calls/facts-of-rest.ts'
import { createReconciliation } from '../../../relay/calls/reconciliation.ts'
import { createApply } from '../../../relay/reconcile/apply.ts'
import { callerForm, encode, sidOf } from '../calls/bench.ts'
import { environment, makeRelay, type Enrolled, type TestRelay } from '../kit.ts'

const MAIN = '+14155550100'
const SUPPORT = '+14155550111'
const DAY_MS = 86_400_000
const numbers = () => [
  { sid: sidOf('PN', 1), phoneNumber: MAIN, name: 'Main line' },
  { sid: sidOf('PN', 2), phoneNumber: SUPPORT, name: 'Support' },
]

let relay: TestRelay
let ada: Enrolled
beforeEach(async () => {
  relay = await makeRelay({ RELAY_SESSION_MS: '86400000' }, numbers())
  // Noon, and the relay has been comparing calls for a year.
  relay.time.movedMs = DAY_MS / 2 - (Date.now() % DAY_MS)
  ada = await relay.enrolled('Ada', 'manager')
  await relay.core.numberSync.refresh()
  await relay.core.writer.submit(() => createReconciliation(relay.core.db).succeeded(ago(365)))
})
afterEach(() => relay.close())

const now = () => relay.clock.now().getTime()
const ago = (days: number) => new Date(now() - days * DAY_MS).toISOString()
const usage = async (who = ada) => (await relay.get('/api/numbers/usage', who.headers)).json<{ at: string; rows: NumberUsage[] }>()
const usageOf = async (phoneNumber = MAIN) => (await usage()).rows.find((row) => row.phoneNumber === phoneNumber)
let count = 0
/** A call that Twilio's REST remembers, of so many days ago. */
function restCall(days: number, changes: Partial<RestCall> = {}): RestCall {
  const start = now() - days * DAY_MS
  const end = new Date(start + 90_000)
  const times = { startTime: new Date(start), endTime: end, dateCreated: new Date(start), dateUpdated: end, duration: '60' }
  const row = { from: '+14155550199', to: MAIN, direction: 'inbound', status: 'completed', price: '-0.0085', priceUnit: 'USD' }
  return { sid: sidOf('CA', ++count), parentCallSid: null, ...row, ...times, ...changes }
}
/** As the reconciler does with a call that it finds. */
const compare = (...rows: RestCall[]) =>
  relay.core.writer.submit(() => {
    const apply = createApply(relay.telephony.deps)
    for (const parent of rows) apply.group({ parent, children: [] }, undefined)
  })
async function webhook(path: string, form: Record<string, string>) {
  const env = environment('unused')
  const signature = twilio.getExpectedTwilioSignature(env['TWILIO_AUTH_TOKEN'] ?? '', `https://relay.example${path}`, form)
  const headers = { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': signature }
  return relay.app.inject({ method: 'POST', url: path, headers, payload: encode(form) })
}
const form = (sid: string, changes: Record<string, string> = {}) => ({
  ...callerForm(sid),
  AccountSid: environment('unused')['TWILIO_ACCOUNT_SID'] ?? '',
  To: MAIN,
  ...changes,
})

test('a number without calls says so; every number of the directory is there', async () => {
  const { at, rows } = await usage()
  expect(at.slice(0, 13)).toBe(ago(0).slice(0, 13))
  const none = { calls30: 0, talkSeconds30: 0, perDay: [], lastUsedAt: null, unheard7: 0, fallbackAt: null }
  expect(rows).toEqual([MAIN, SUPPORT].map((phoneNumber) => ({ phoneNumber, ...none })))
})

test('calls by UTC day, oldest first; what is older counts as last used alone', async () => {
  await compare(restCall(0), restCall(0), restCall(3), restCall(29), restCall(30), restCall(80, { to: SUPPORT }))
  const found = await usageOf()
  const days = Array.from({ length: 30 }, () => 0)
  expect(found?.perDay).toEqual(Object.assign([...days], { 0: 1, 26: 1, 29: 2 }))
  expect(found).toMatchObject({ calls30: 4 })
  expect(found?.lastUsedAt?.slice(0, 10)).toBe(ago(0).slice(0, 10))
  const old = await usageOf(SUPPORT)
  expect(old).toMatchObject({ calls30: 0, perDay: [], talkSeconds30: 0 })
  expect(old?.lastUsedAt?.slice(0, 10)).toBe(ago(80).slice(0, 10))
})

test('the first of the thirty days counts from its midnight on', async () => {
  await compare(restCall(29.499), restCall(29.501))
  expect((await usageOf())?.calls30).toBe(1)
})

test.each(['incoming', 'outgoing'])('an answered call, %s: its talk time', async (direction) => {
  const { calls } = relay.telephony.deps
  const at = ago(1)
  const facts = (subject: string, source: 'webhook' | 'relay', values: Record<string, string | number | boolean>) =>
    Object.entries(values).map(([field, value]) => ({ subject, field, value, source, at }))
  const sid = sidOf('CA', 900)
  const over = { status: 'completed', answerAt: at, endAt: ago(0.999), durationSeconds: 86 }
  const roles = direction === 'incoming' ? (['party', 'device'] as const) : (['device', 'party'] as const)
  await relay.core.writer.submit(() =>
    calls.join('talked', [
      ...facts('call', 'relay', { direction, ourNumber: MAIN }),
      ...facts('call', 'webhook', { startedAt: at }),
      ...facts('leg:a', 'webhook', { ...over, role: roles[0], sid }),
      ...facts('leg:b', 'webhook', { ...over, role: roles[1], sid: sidOf('CA', 901), parentSid: sid, bridged: true }),
    ]),
  )
  const talked = calls.record('talked')?.talkSeconds
  expect(talked).toBeGreaterThan(0)
  expect(await usageOf()).toMatchObject({ calls30: 1, talkSeconds30: talked, unheard7: 0 })
})

test('calls that only REST told of are unheard; those a webhook told of are not, whatever REST adds', async () => {
  const sid = sidOf('CA', 500)
  expect((await webhook('/api/twilio/twiml', form(sid))).statusCode).toBe(200)
  await compare(restCall(0, { sid }), restCall(1), restCall(6), restCall(8), restCall(1, { to: SUPPORT }))
  await compare(restCall(1, { from: 'client:uada_d1', to: '+14155550199', direction: 'inbound' }))
  expect(await usageOf()).toMatchObject({ calls30: 4, unheard7: 2 })
  expect(await usageOf(SUPPORT)).toMatchObject({ unheard7: 1 })
})

test('before the relay first compared calls nobody was there to hear any', async () => {
  relay.core.db.exec('DELETE FROM reconciliation')
  await compare(restCall(1), restCall(3))
  expect((await usageOf())?.unheard7).toBe(0)
  await relay.core.writer.submit(() => createReconciliation(relay.core.db).succeeded(ago(2)))
  expect((await usageOf())?.unheard7).toBe(1)
})

test('when Twilio last took the fallback is kept of the number called, forged ones not', async () => {
  const failed = { ErrorCode: '11200', ErrorUrl: 'https://relay.example/api/twilio/twiml' }
  await webhook('/api/twilio/fallback', form(sidOf('CA', 600), failed))
  // It is written behind the answer.
  await expect.poll(async () => (await usageOf())?.fallbackAt).toMatch(/^\d{4}-.*Z$/)
  const first = await usageOf()
  relay.time.movedMs += 60_000
  await webhook('/api/twilio/fallback', form(sidOf('CA', 601), failed))
  await expect.poll(async () => (await usageOf())?.fallbackAt, { timeout: 15_000 }).not.toBe(first?.fallbackAt)
  const url = '/api/twilio/fallback'
  const headers = { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': 'no' }
  await relay.app.inject({ method: 'POST', url, headers, payload: encode(form(sidOf('CA', 602), { To: SUPPORT })) })
  await webhook(url, { ...form(sidOf('CA', 603)), From: 'client:uada_d1', Caller: 'client:uada_d1', To: SUPPORT })
  expect((await usageOf(SUPPORT))?.fallbackAt).toBeNull()
})

test('staff see their own numbers alone', async () => {
  const sam = await relay.enrolled('Sam', 'staff')
  expect((await usage(sam)).rows).toEqual([])
  await relay.core.admin({ command: 'assign', number: SUPPORT, users: ['Sam'] })
  await compare(restCall(1), restCall(1, { to: SUPPORT }))
  expect((await usage(sam)).rows).toMatchObject([{ phoneNumber: SUPPORT, calls30: 1, unheard7: 1 }])
})
