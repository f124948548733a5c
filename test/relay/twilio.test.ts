import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createTwilioClient } from '../../relay/twilio/client.ts'
import { settingKeys } from '../../contract/number.ts'
import { createTwilioNumbers, settingsOf } from '../../relay/twilio/numbers.ts'

const accountSid = `AC${'1'.repeat(32)}`
const access = { accountSid, apiKey: `SK${'2'.repeat(32)}`, apiSecret: 'secret', timeoutMs: 15_000 }
let server: Server
let asked: { method: string; url: string; body: string; authorization: string }[]
let answers: ({ status: number; body: object; headers?: Record<string, string> } | 'silence')[]
let base: string

beforeEach(async () => {
  asked = []
  answers = []
  server = createServer((request, response) => void reply(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(() => {
  server.closeAllConnections()
  server.close()
})
async function reply(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = '', url = '', headers } = request
  asked.push({ method, url, body: await bodyOf(request), authorization: headers.authorization ?? '' })
  const answer = answers.shift() ?? { status: 200, body: {} }
  if (answer === 'silence') return
  response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers }).end(JSON.stringify(answer.body))
}
async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text
}
const numbers = (timeoutMs = access.timeoutMs) =>
  createTwilioNumbers(createTwilioClient({ ...access, apiBase: base, timeoutMs }), `AP${'3'.repeat(32)}`)
const row = (digit: string) => ({ sid: `PN${digit.repeat(32)}`, phone_number: `+1415555010${digit}`, friendly_name: `Line ${digit}` })
const page = (rows: object[], next: string | null) => ({
  status: 200,
  body: { incoming_phone_numbers: rows, next_page_uri: next, page: 0 },
})
const path = `/2010-04-01/Accounts/${accountSid}`

test('lists to the last page, by API key', async () => {
  answers = [page([row('1')], `${path}/IncomingPhoneNumbers.json?Page=1&PageToken=x`), page([row('2')], null)]
  expect((await numbers().list()).map((number) => number.name)).toEqual(['Line 1', 'Line 2'])
  expect(asked[0]?.authorization).toBe(`Basic ${Buffer.from(`${access.apiKey}:secret`).toString('base64')}`)
  expect(asked[1]?.url).toContain('PageToken=x')
})

test('a listing in which a number comes twice, or a page fails, is no listing', async () => {
  answers = [page([row('1')], `${path}/IncomingPhoneNumbers.json?Page=1`), page([row('1')], null)]
  await expect(numbers().list()).rejects.toThrow('changed while it was read')
  answers = [page([row('1')], `${path}/IncomingPhoneNumbers.json?Page=1`), { status: 503, body: { code: 20503, message: 'no' } }]
  await expect(numbers().list()).rejects.toThrow('no')
})

test('a number is gone only when Twilio says 404', async () => {
  const sid = row('1').sid
  answers = [{ status: 404, body: { code: 20404, message: 'not found', status: 404 } }]
  expect(await numbers().exists(sid)).toBe(false)
  answers = [{ status: 500, body: { code: 20500, message: 'oops', status: 500 } }]
  await expect(numbers().exists(sid)).rejects.toThrow('oops')
  answers = [{ status: 200, body: row('1') }]
  expect(await numbers().exists(sid)).toBe(true)
})

test('URLs are posted, and an application that would hide them is taken off', async () => {
  const urls = { voiceUrl: 'https://r/v#rc=1', voiceFallbackUrl: 'https://r/f', statusCallback: 'https://r/s' }
  const settings = settingsOf({ voiceApplicationSid: `AP${'4'.repeat(32)}` })
  const number = { sid: row('1').sid, phoneNumber: '+14155550101', name: 'x', settings }
  answers = [
    { status: 200, body: { ...row('1'), voice_url: urls.voiceUrl, voice_caller_id_lookup: false, sms_url: null } },
    { status: 200, body: row('1') },
  ]
  const after = await numbers().configureNumber(number, urls)
  expect(after).toMatchObject({ voiceUrl: urls.voiceUrl, friendlyName: 'Line 1', voiceCallerIdLookup: 'false', smsUrl: '', trunkSid: '' })
  expect(Object.keys(after)).toEqual(settingKeys)
  await numbers().configureNumber({ ...number, settings: settingsOf({}) }, urls)
  const [first, second] = asked.map(({ body }) => new URLSearchParams(body))
  expect(Object.fromEntries(first ?? [])).toMatchObject({
    VoiceUrl: urls.voiceUrl,
    VoiceMethod: 'POST',
    StatusCallback: urls.statusCallback,
  })
  expect(first?.get('VoiceApplicationSid')).toBe('')
  expect(second?.has('VoiceApplicationSid')).toBe(false)
})

test('what does not answer is given up', async () => {
  answers = ['silence']
  await expect(numbers(300).list()).rejects.toThrow(/timeout/i)
})

const tooMany = (seconds: string) => ({ status: 429, body: { code: 20429, message: 'slow down' }, headers: { 'retry-after': seconds } })

test('who is told to come later comes not before, with a POST too: Twilio did nothing', async () => {
  answers = [tooMany('1'), { status: 200, body: row('1') }]
  const begun = performance.now()
  await createTwilioClient({ ...access, apiBase: base })
    .incomingPhoneNumbers(row('1').sid)
    .update({ friendlyName: 'x' })
  expect(performance.now() - begun).toBeGreaterThan(950) // a timer may be late, not early
  expect(asked.map(({ method, body }) => `${method} ${body}`)).toEqual(['POST FriendlyName=x', 'POST FriendlyName=x'])
})

test('no wait is longer than the cap, and after six more tries it is given up', async () => {
  answers = Array.from({ length: 9 }, () => tooMany('3600'))
  const client = createTwilioClient({ ...access, apiBase: base }, { retries: 6, firstMs: 1, capMs: 20 })
  await expect(client.incomingPhoneNumbers(row('1').sid).fetch()).rejects.toMatchObject({ status: 429 })
  expect(asked).toHaveLength(7)
})

test('with a sandbox configured nothing else is reached', async () => {
  const client = createTwilioClient({ ...access, apiBase: base })
  answers = [{ status: 200, body: { country: 'X', iso_country: 'US', phone_number_prices: [], price_unit: 'usd', url: '' } }]
  await client.pricing.v1.phoneNumbers.countries('US').fetch()
  expect(asked[0]?.url).toBe('/pricing/v1/PhoneNumbers/Countries/US')
  expect(() => client.httpClient.request({ method: 'get', uri: 'https://example.com/' })).toThrow('not Twilio')
})
