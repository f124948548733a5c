import { pino } from 'pino'
import type { Twilio } from 'twilio'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { driftOf } from '../../../contract/number.ts'
import type { GuardReply, PurchaseReply } from '../../../contract/number-relay.ts'
import { createTwilioClient } from '../../../relay/twilio/client.ts'
import { settingsOf } from '../../../relay/twilio/numbers.ts'
import { createSandbox, type Sandbox } from '../../../sandbox/app.ts'
import { makeRelay, type Enrolled, type TestRelay } from '../kit.ts'

const MAIN = '+14155550100'
let sandbox: Sandbox
let relay: TestRelay
let ada: Enrolled
/** A script of the company that knows nothing of us. */
let script: Twilio
beforeEach(async () => {
  sandbox = await createSandbox({ port: 0, profile: 'kind', seed: 5, log: pino({ level: 'silent' }) })
  const { account } = sandbox
  const [key, app] = [account.state.keys[0], account.state.applications[0]]
  if (!key || !app) throw new Error('the demo account has a key and an app')
  const env = {
    TWILIO_ACCOUNT_SID: account.accountSid,
    TWILIO_AUTH_TOKEN: account.authToken(),
    TWILIO_API_KEY: key.sid,
    TWILIO_API_SECRET: key.secret,
    TWILIO_TWIML_APP_SID: app.sid,
    TWILIO_API_BASE: sandbox.url,
  }
  relay = await makeRelay(env, [], { overRest: true })
  ada = await relay.enrolled('Ada', 'manager')
  script = createTwilioClient(relay.config.twilio)
})
afterEach(async () => {
  await relay.close()
  await sandbox.close()
})

const writes = () => Number(relay.core.db.prepare<[], { n: number }>('SELECT total_changes() AS n').get()?.n)
const later = () => void (relay.time.movedMs += 60_000)
const refresh = async () => {
  later()
  expect((await relay.post('/api/numbers/refresh', {}, ada.headers)).statusCode).toBe(200)
}
const guard = async () => (await relay.get('/api/numbers/guard', ada.headers)).json<GuardReply>()
async function rowOf(phoneNumber = MAIN) {
  const row = (await guard()).rows.find((one) => one.phoneNumber === phoneNumber)
  if (!row) throw new Error('no such row')
  return row
}
const drift = async () => {
  const { baseline, seen } = await rowOf()
  return driftOf(baseline, seen)
}

test('setup leaves every number as the wiring says, and no drift', async () => {
  await relay.core.admin({ command: 'setup' })
  await refresh()
  const { rows, wiring } = await guard()
  expect(rows).toHaveLength(sandbox.account.state.numbers.length)
  for (const { baseline, seen } of rows) {
    expect(baseline).toMatchObject({ ...wiring, voiceMethod: 'POST', statusCallbackMethod: 'POST', voiceApplicationSid: '' })
    expect(driftOf(baseline, seen)).toEqual([])
  }
  const { sid, seen } = await rowOf()
  expect(settingsOf(await script.incomingPhoneNumbers(sid).fetch())).toEqual(seen)
})

test('what a script changes is drift until it is put back or accepted', async () => {
  await relay.core.admin({ command: 'setup' })
  const { sid, baseline } = await rowOf()
  const app = relay.config.twilio.twimlAppSid
  await script.incomingPhoneNumbers(sid).update({ voiceUrl: 'https://other.example/', friendlyName: 'AI', voiceApplicationSid: app })
  await refresh()
  expect((await drift()).map(({ key, is }) => [key, is])).toEqual([
    ['friendlyName', 'AI'],
    ['voiceUrl', 'https://other.example/'],
    ['voiceApplicationSid', app],
  ])
  expect(relay.core.directory.number(MAIN)?.name).toBe('AI')
  const { voiceUrl, friendlyName } = baseline
  const after = settingsOf(await script.incomingPhoneNumbers(sid).update({ voiceUrl, friendlyName, voiceApplicationSid: '' }))
  const payload = { rows: [{ phoneNumber: MAIN, sid, settings: after, reason: 'restored' }] }
  const put = { method: 'PUT', url: '/api/numbers/guard', payload, headers: ada.headers } as const
  expect((await relay.app.inject(put)).statusCode).toBe(204)
  await refresh()
  expect(await drift()).toEqual([])
  expect(relay.core.directory.number(MAIN)?.name).toBe(friendlyName)
})

test('a number released by a script has left; bought again it is back under its new SID, and may not be leased', async () => {
  const [offer] = await script.availablePhoneNumbers('US').local.list({ limit: 1 })
  const phoneNumber = offer?.phoneNumber ?? ''
  const { sid } = await script.incomingPhoneNumbers.create({ phoneNumber, friendlyName: 'Sales' })
  await refresh()
  expect((await rowOf(phoneNumber)).sid).toBe(sid)
  await script.incomingPhoneNumbers(sid).remove()
  await refresh()
  expect(relay.core.directory.number(phoneNumber)?.details.leftAt).not.toBeNull()
  const wanted = { intentId: 'i1', phoneNumber, country: 'US', type: 'local', place: null, monthly: null, assignTo: [] }
  const body = { ...wanted, name: null, note: null, isRequest: false }
  const lease = await relay.post('/api/numbers/purchases', body, ada.headers)
  expect(lease.json<PurchaseReply>().isHolder).toBe(true)
  const bought = await script.incomingPhoneNumbers.create({ phoneNumber, friendlyName: 'lk:i1' })
  await refresh()
  const number = relay.core.directory.number(phoneNumber)
  expect(number).toMatchObject({ isActive: true, name: 'Sales', sid: bought.sid, details: { leftAt: null } })
  expect(bought.sid).not.toBe(sid)
  expect((await relay.post('/api/numbers/purchases', { ...body, intentId: 'i2' }, ada.headers)).statusCode).toBe(409)
  expect((await relay.post('/api/numbers/purchases', body, ada.headers)).statusCode).toBe(200)
})

test('thousands are listed page by page, and nothing is written for those that did not change', async () => {
  const seed = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ count: 2200 }) }
  expect((await fetch(`${sandbox.url}/control/numbers`, seed)).status).toBe(201)
  await refresh()
  const { rows } = await guard()
  expect(rows).toHaveLength(sandbox.account.state.numbers.length)
  const before = writes()
  await refresh()
  expect(writes() - before).toBe(1)
})
