import twilio from 'twilio'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { LocalRequestClient } from '../rest/kit.ts'
import { startWorld, type World } from './kit.ts'

let world: World
let client: twilio.Twilio
let http: LocalRequestClient
beforeAll(async () => {
  world = await startWorld()
  const { account, url } = world.sandbox
  http = new LocalRequestClient(url)
  client = twilio(account.accountSid, account.authToken(), { httpClient: http })
})
afterAll(() => world.close())
afterEach(() => world.control('/reset', {}))

test('10,000 numbers are there at once, cost nothing, and are listed by pages of 1,000, each once', { timeout: 30_000 }, async () => {
  const before = world.sandbox.account.state.numbers.length
  expect(await world.control('/numbers', { count: 10_000, voiceUrl: 'http://127.0.0.1:1/v' })).toEqual({
    status: 201,
    body: { count: 10_000, total: before + 10_000 },
  })
  http.seen.length = 0
  const numbers = await client.incomingPhoneNumbers.list({ pageSize: 1000 })
  expect(http.seen).toHaveLength(Math.ceil((before + 10_000) / 1000))
  expect(new Set(numbers.map(({ sid }) => sid)).size).toBe(before + 10_000)
  expect(new Set(numbers.map(({ phoneNumber }) => phoneNumber)).size).toBe(before + 10_000)
  expect(world.sandbox.account.balance()).toBe('20.00')
})

test('more numbers are none that are ours, and none that just left', async () => {
  await world.control('/numbers', { count: 30 })
  const { numbers, released } = world.sandbox.account.state
  const [first, second, third] = numbers.slice(-30)
  await client.incomingPhoneNumbers(first?.sid ?? '').remove()
  await client.incomingPhoneNumbers(second?.sid ?? '').remove()
  await world.control('/numbers/taken', { phoneNumber: `+1${Number(third?.phoneNumber.slice(2)) + 60}` })
  await world.control('/numbers', { count: 60 })
  const ours = numbers.map(({ phoneNumber }) => phoneNumber)
  expect(new Set(ours).size).toBe(ours.length)
  expect(ours.filter((one) => released.includes(one) || world.sandbox.account.state.taken.includes(one))).toEqual([])
})

test('a bundle is judged at once, and runs out when it is told to', async () => {
  const { bundles } = client.numbers.v2.regulatoryCompliance
  const of = { friendlyName: 'Berlin', email: 'a@b.example', isoCountry: 'DE', numberType: 'mobile', endUserType: 'business' } as const
  const { sid } = await bundles.create(of)
  const seen = async () => {
    const { status, validUntil } = await bundles(sid).fetch()
    return [status, validUntil?.toISOString() ?? null]
  }
  expect(await seen()).toEqual(['draft', null])
  const until = '2026-12-01T00:00:00.000Z'
  expect(await world.control(`/bundles/${sid}`, { verdict: 'twilio-approved', validUntil: until })).toMatchObject({ status: 200 })
  expect(await seen()).toEqual(['twilio-approved', until])
  await world.control(`/bundles/${sid}`, { verdict: 'twilio-rejected', validUntil: null })
  expect(await seen()).toEqual(['twilio-rejected', null])
  expect(await world.control('/bundles/BU0', { verdict: 'twilio-approved' })).toMatchObject({ status: 404 })
  expect(await world.control(`/bundles/${sid}`, {})).toMatchObject({ status: 400 })
  expect(await world.control(`/bundles/${sid}`, { validUntil: 'soon' })).toMatchObject({ status: 400 })
})

test('a later page may be slow', async () => {
  await world.control('/numbers', { count: 5 })
  await world.control('/faults', { slowPages: 1, slowPageMs: 300 })
  const started = performance.now()
  await client.incomingPhoneNumbers.list({ pageSize: 5, limit: 5 })
  const firstPage = performance.now() - started
  await client.incomingPhoneNumbers.list({ pageSize: 5, limit: 10 })
  expect(performance.now() - started - firstPage).toBeGreaterThanOrEqual(295)
  expect((await world.control('/faults', {})).body).toMatchObject({ faults: { slowPages: 0 } })
})

test('somebody else takes a number; ours they cannot have', async () => {
  const [row] = await client.availablePhoneNumbers('US').local.list({ limit: 1 })
  const phoneNumber = row?.phoneNumber ?? ''
  expect((await world.control('/numbers/taken', { phoneNumber })).body).toEqual({ taken: [phoneNumber] })
  await expect(client.incomingPhoneNumbers.create({ phoneNumber })).rejects.toMatchObject({ code: 21422 })
  expect((await world.control('/numbers/taken', { phoneNumber: '+14155550100' })).status).toBe(409)
  await world.control('/faults', { takenBeforePurchase: true })
  const [next] = await client.availablePhoneNumbers('US').local.list({ limit: 1 })
  await expect(client.incomingPhoneNumbers.create({ phoneNumber: next?.phoneNumber ?? '' })).rejects.toMatchObject({ code: 21422 })
  expect(world.sandbox.account.charges()).toEqual([])
})

test('the answer of the next purchase is lost after the charge, and the number is found', async () => {
  await world.control('/faults', { dropNextPurchase: true })
  await expect(client.incomingPhoneNumbers.create({ phoneNumber: '+15005550006' })).rejects.toMatchObject({ code: 'ECONNRESET' })
  expect((await client.incomingPhoneNumbers.list({ phoneNumber: '+15005550006' })).length).toBe(1)
  expect(world.sandbox.account.charges()).toHaveLength(1)
  expect((await world.control('/ledger')).body).toMatchObject({ balance: '18.85' })
})

test('a restricted key, a trial account, little money; a reset ends the last two', async () => {
  const { status, body } = await world.control('/keys', { friendlyName: 'reader', readOnly: true })
  const reader = twilio(String(body['sid']), String(body['secret']), { accountSid: world.sandbox.account.accountSid, httpClient: http })
  expect(status).toBe(201)
  expect((await reader.incomingPhoneNumbers.list({ limit: 1 })).length).toBe(1)
  await expect(reader.incomingPhoneNumbers.create({ phoneNumber: '+15005550007' })).rejects.toMatchObject({ status: 403, code: 20003 })
  expect((await world.control('/account', { type: 'Trial', balance: '0.50' })).body).toEqual({ type: 'Trial', balance: '0.50' })
  expect((await client.api.accounts(world.sandbox.account.accountSid).fetch()).type).toBe('Trial')
  await world.control('/account', { type: 'Full' })
  const [row] = await client.availablePhoneNumbers('US').local.list({ limit: 1 })
  await expect(client.incomingPhoneNumbers.create({ phoneNumber: row?.phoneNumber ?? '' })).rejects.toMatchObject({ code: 21619 })
  await world.control('/reset', {})
  expect((await client.balance.fetch()).balance).toBe('20.00')
})

test.each([
  ['/numbers', {}],
  ['/numbers', { count: 0 }],
  ['/numbers', { count: 20_001 }],
  ['/numbers/taken', { phoneNumber: '0100' }],
  ['/keys', { secret: 'x' }],
  ['/account', {}],
  ['/account', { balance: '-1' }],
  ['/account', { type: 'Free' }],
  ['/faults', { dropNextPurchase: 'x' }],
])('%s %o: 400 with a sentence', async (path, body) => {
  const answer = await world.control(path, body)
  expect([answer.status, typeof answer.body['error']]).toEqual([400, 'string'])
})
