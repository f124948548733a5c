import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Failure } from '../../../contract/failure.ts'
import type { GreetingRow, GreetingsReply } from '../../../contract/greeting.ts'
import type { AuditEntry } from '../../../contract/number.ts'
import { wavOf } from '../../kit/wav.ts'
import { makeRelay, type Enrolled, type TestRelay } from '../kit.ts'

const MAIN = '+14155550101'
const OTHER = '+14155550102'
const numbers = [MAIN, OTHER].map((phoneNumber, nth) => ({ sid: `PN${String(nth + 1).repeat(32)}`, phoneNumber, name: `Line ${nth}` }))
let relay: TestRelay
let ada: Enrolled
let sam: Enrolled
beforeEach(async () => {
  relay = await makeRelay({}, numbers)
  await relay.core.numberSync.refresh()
  ada = await relay.enrolled('Ada', 'manager')
  sam = await relay.enrolled('Sam', 'staff')
  await relay.core.writer.submit(() => [MAIN, OTHER].map((one) => relay.core.directory.assignNumber(one, [sam.session.user.userId])))
})
afterEach(() => relay.close())

const put = (
  payload: object | Uint8Array,
  of = MAIN,
  { headers = ada.headers, query = '' }: { headers?: Enrolled['headers']; query?: string } = {},
) => {
  const type = payload instanceof Uint8Array ? 'audio/wav' : 'application/json'
  const body = payload instanceof Uint8Array ? Buffer.from(payload) : payload
  const url = `/api/greetings/${encodeURIComponent(of)}${query}`
  return relay.app.inject({ method: 'PUT', url, payload: body, headers: { ...headers, 'content-type': type } })
}
const remove = (of = MAIN) => relay.app.inject({ method: 'DELETE', url: `/api/greetings/${encodeURIComponent(of)}`, headers: ada.headers })
const list = async () => (await relay.get('/api/greetings', sam.headers)).json<GreetingsReply>().greetings
const listen = (of = MAIN) => relay.get(`/api/greetings/${encodeURIComponent(of)}/media`, sam.headers)
const told = () =>
  relay.core.events.after(0, { userId: sam.session.user.userId, role: 'staff' }, 100).flatMap((event) => {
    return event.type === 'record.changed' && event.payload.kind === 'greeting' ? [event.payload] : []
  })
const mediaCount = () => relay.core.db.prepare<[], { n: number }>('SELECT count(*) AS n FROM greeting_media').get()?.n

test('without one it is the usual sentence, and there is nothing to listen to', async () => {
  expect(await list()).toEqual([
    { phoneNumber: MAIN, greeting: null },
    { phoneNumber: OTHER, greeting: null },
  ])
  expect((await listen()).statusCode).toBe(404)
})

test('words: what can be said of them is kept, who answers the number is told, and the trace has a line', async () => {
  const reply = await put({ kind: 'spoken', text: ' You have\u0007 reached\n Sales. ' })
  const greeting = { kind: 'spoken', text: 'You have reached Sales.', mediaId: null, durationSeconds: null, name: null }
  expect([reply.statusCode, reply.json<GreetingRow>()]).toEqual([200, { phoneNumber: MAIN, greeting }])
  expect((await list())[0]).toEqual({ phoneNumber: MAIN, greeting })
  expect(told()).toMatchObject([{ recordId: MAIN, phoneNumber: MAIN, callId: null, value: greeting, byUserId: ada.session.user.userId }])
  const { entries } = (await relay.get('/api/audit', ada.headers)).json<{ entries: AuditEntry[] }>()
  expect(entries[0]).toMatchObject({
    action: 'number.greeting',
    subject: MAIN,
    userName: 'Ada',
    before: { kind: null },
    after: { kind: 'spoken' },
  })
  await put({ kind: 'spoken', text: 'You have reached Sales.' })
  expect(told()).toHaveLength(1)
})

test('sound: kept as it came, heard by desktops and by whoever knows its address, for good', async () => {
  const wav = wavOf({ seconds: 1.5, rate: 44_100, channels: 2, hz: 440 })
  const { greeting } = (await put(wav, MAIN, { query: '?kind=recorded&name=My%20voice' })).json<GreetingRow>()
  expect(greeting).toMatchObject({ kind: 'recorded', text: null, durationSeconds: 1.5, name: 'My voice' })
  expect(greeting?.mediaId).toMatch(/^[0-9a-f]{32}$/)
  const heard = await listen()
  expect([heard.statusCode, heard.headers['content-type'], heard.headers['cache-control']]).toEqual([200, 'audio/wav', 'no-store'])
  expect(new Uint8Array(heard.rawPayload)).toEqual(wav)
  const fetched = await relay.get(`/api/twilio/greetings/${greeting?.mediaId}`)
  expect([fetched.statusCode, fetched.headers['cache-control']]).toEqual([200, 'public, max-age=31536000, immutable'])
  expect(fetched.headers['x-ratelimit-limit']).toBeDefined()
  expect(new Uint8Array(fetched.rawPayload)).toEqual(wav)
  const missing = await relay.get(`/api/twilio/greetings/${'0'.repeat(32)}`)
  expect([missing.statusCode, missing.headers['cache-control']]).toEqual([404, undefined])
})

test('a new one takes the place of the old, whose sound is gone; another number’s stays', async () => {
  const first = (await put(wavOf({ seconds: 1, hz: 300 }))).json<GreetingRow>().greeting
  await put(wavOf({ seconds: 2 }), OTHER)
  const second = (await put(wavOf({ seconds: 1, hz: 300 }))).json<GreetingRow>().greeting
  expect(second).toMatchObject({ kind: 'uploaded', durationSeconds: 1, name: null })
  expect(second?.mediaId).not.toBe(first?.mediaId)
  expect((await relay.get(`/api/twilio/greetings/${first?.mediaId}`)).statusCode).toBe(404)
  expect(mediaCount()).toBe(2)
  await put({ kind: 'spoken', text: 'Hello' })
  expect([mediaCount(), (await listen()).statusCode, (await listen(OTHER)).statusCode]).toEqual([1, 404, 200])
  expect((await remove(OTHER)).statusCode).toBe(204)
  expect((await remove(OTHER)).statusCode).toBe(204)
  expect([mediaCount(), await list()]).toMatchObject([0, [{ greeting: { kind: 'spoken' } }, { greeting: null }]])
  expect(told().map((one) => [one.recordId, one.value && 'a value'])).toEqual([
    [MAIN, 'a value'],
    [OTHER, 'a value'],
    [MAIN, 'a value'],
    [MAIN, 'a value'],
    [OTHER, null],
  ])
})

test.each<[string, object | Uint8Array, number, string, string | undefined]>([
  ['half a second is missing', wavOf({ seconds: 0.4 }), 400, 'greeting-invalid', 'too-short'],
  ['longer than two minutes', wavOf({ seconds: 121 }), 400, 'greeting-invalid', 'too-long'],
  ['another rate', wavOf({ seconds: 1, rate: 11_025 }), 400, 'greeting-invalid', 'rate'],
  ['an MP3 by another name', new TextEncoder().encode('ID3 not a WAV at all'), 400, 'greeting-invalid', 'not-wav'],
  ['a file that was cut off', wavOf({ seconds: 1 }).subarray(0, 9000), 400, 'greeting-invalid', 'cut-off'],
  ['nothing', new Uint8Array(0), 400, 'greeting-invalid', 'not-wav'],
  ['more than six megabytes', new Uint8Array(6 * 1024 * 1024 + 1), 413, 'too-large', undefined],
  ['nothing that can be said', { kind: 'spoken', text: '\u0007 \u0000' }, 400, 'greeting-invalid', 'nothing-to-say'],
  ['no words', { kind: 'spoken', text: '' }, 400, 'bad-request', undefined],
  ['too many words', { kind: 'spoken', text: 'x'.repeat(1001) }, 400, 'bad-request', undefined],
  ['another kind', { kind: 'uploaded', text: 'x' }, 400, 'bad-request', undefined],
])('%s: refused, and nothing changes', async (_, payload, status, code, reason) => {
  await put({ kind: 'spoken', text: 'Before' })
  const reply = await put(payload)
  expect([reply.statusCode, reply.json<Failure>().code, reply.json<Failure>().details?.['reason']]).toEqual([status, code, reason])
  expect((await list())[0]?.greeting?.text).toBe('Before')
})

test('staff may not, a number of nobody’s has none, and other types are no greeting', async () => {
  expect((await put({ kind: 'spoken', text: 'Hi' }, MAIN, { headers: sam.headers })).statusCode).toBe(403)
  expect((await put({ kind: 'spoken', text: 'Hi' }, '+14155559999')).json<Failure>().code).toBe('not-found')
  expect((await put({ kind: 'spoken', text: 'Hi' }, 'Main')).json<Failure>().code).toBe('bad-request')
  const mp3 = {
    method: 'PUT',
    url: `/api/greetings/${encodeURIComponent(MAIN)}`,
    payload: 'x',
    headers: { ...ada.headers, 'content-type': 'audio/mpeg' },
  } as const
  expect((await relay.app.inject(mp3)).statusCode).toBe(415)
})

test('who does not answer a number learns nothing of its greeting', async () => {
  const joe = await relay.enrolled('Joe', 'staff')
  await relay.core.writer.submit(() => relay.core.directory.assignNumber(OTHER, [joe.session.user.userId]))
  await put(wavOf({ seconds: 1 }))
  await put({ kind: 'spoken', text: 'Hello' }, OTHER)
  const media = (of: string, { headers }: Enrolled) => relay.get(`/api/greetings/${encodeURIComponent(of)}/media`, headers)
  expect((await relay.get('/api/greetings', joe.headers)).json()).toMatchObject({ greetings: [{ phoneNumber: OTHER }] })
  expect((await relay.get('/api/greetings', ada.headers)).json<GreetingsReply>().greetings).toHaveLength(2)
  const statuses = [await media(MAIN, joe), await media(MAIN, ada), await listen(), await listen('+14155559999')]
  expect(statuses.map((one) => one.statusCode)).toEqual([404, 200, 200, 404])
  const heard = relay.core.events.after(0, { userId: joe.session.user.userId, role: 'staff' }, 100)
  expect(heard.flatMap((event) => (event.type === 'record.changed' ? [event.payload.recordId] : []))).toEqual([OTHER])
})
