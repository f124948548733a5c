import { afterAll, beforeAll, expect, test } from 'vitest'
import { failureCodes, type Failure } from '../../../contract/failure.ts'
import { makeRelay, type Enrolled, type TestRelay } from '../kit.ts'

let relay: TestRelay
let ada: Enrolled
let sam: Enrolled
beforeAll(async () => {
  relay = await makeRelay()
  await relay.app.ready()
  ada = await relay.enrolled('Ada', 'manager')
  sam = await relay.enrolled('Sam', 'staff')
})
afterAll(() => relay.close())

type Who = 'anybody' | 'twilio' | 'user' | 'manager'
/** Every route there is, and whom it lets in. A new route fails the walk until it is written here. */
const routes: Record<string, Who> = {
  'GET /healthz': 'anybody',
  'GET /readyz': 'anybody',
  'POST /api/auth/enroll': 'anybody',
  'POST /api/auth/refresh': 'anybody',
  'POST /api/auth/logout': 'user',
  'GET /api/events': 'user',
  'GET /api/sync/snapshot': 'user',
  'POST /api/commands': 'user',
  'GET /api/users': 'user',
  'GET /api/numbers': 'user',
  'GET /api/numbers/guard': 'manager',
  'PUT /api/numbers/guard': 'manager',
  'POST /api/numbers/refresh': 'manager',
  'GET /api/numbers/usage': 'user',
  'GET /api/numbers/purchases': 'user',
  'POST /api/numbers/purchases': 'user',
  'PUT /api/numbers/purchases/:intentId': 'user',
  'POST /api/numbers/changes': 'manager',
  'GET /api/audit': 'manager',
  'POST /api/audit': 'manager',
  'GET /api/devices': 'user',
  'POST /api/devices/:id/revoke': 'manager',
  'GET /api/calls/:callId': 'user',
  'POST /api/calls/:callId/observations': 'user',
  'GET /api/twilio/access-token': 'user',
  'GET /api/twilio/call-logs': 'user',
  'GET /api/twilio/call-logs/:callSid': 'user',
  'GET /api/twilio/recordings': 'user',
  'GET /api/twilio/recordings/:sid': 'user',
  'GET /api/twilio/recordings/:sid/media': 'user',
  'DELETE /api/twilio/recordings/:sid': 'user',
  'POST /api/twilio/twiml': 'twilio',
  'POST /api/twilio/fallback': 'twilio',
  'POST /api/twilio/dial-action': 'twilio',
  'POST /api/twilio/voicemail-callback': 'twilio',
  'POST /api/twilio/status-callback': 'twilio',
  'POST /api/twilio/recording-callback': 'twilio',
  'POST /api/twilio/transcription-callback': 'twilio',
  'GET /api/twilio/greetings/:mediaId': 'anybody',
  'GET /api/backfill': 'manager',
  'POST /api/backfill': 'manager',
  'POST /api/backfill/stop': 'manager',
  'GET /api/greetings': 'user',
  'GET /api/greetings/:phoneNumber/media': 'user',
  'PUT /api/greetings/:phoneNumber': 'manager',
  'DELETE /api/greetings/:phoneNumber': 'manager',
}

/** Fastify's tree of routes, flat: `METHOD /path`. */
function existing(): string[] {
  const stack: string[] = []
  return relay.app
    .printRoutes({ commonPrefix: false })
    .split('\n')
    .flatMap((line) => {
      const match = /^([│ ├└─]*)(\S+)(?: \(([A-Z, ]+)\))?/.exec(line)
      if (!match?.[2]) return []
      const depth = (match[1] ?? '').length / 4
      stack.splice(depth - 1, stack.length, match[2])
      const methods = (match[3] ?? '').split(', ').filter((method) => method && method !== 'HEAD')
      return methods.map((method) => `${method} ${stack.join('')}`)
    })
}

const ask = (route: string, headers: Record<string, string> = {}, payload?: string) => {
  const [method = 'GET', path = '/'] = route.split(' ')
  const url = path
    .replace(':callId', 'c1')
    .replace(/:(callSid|sid)/, `CA${'0'.repeat(32)}`)
    .replace(':id', 'nobody')
  return relay.app.inject({ method: method as 'GET', url, headers, ...(payload === undefined ? {} : { payload }) })
}
const json = { 'content-type': 'application/json' }
const codeOf = (reply: { body: string }) => (JSON.parse(reply.body) as Failure).code
const rows = () =>
  relay.core.db.prepare<[], { n: number }>('SELECT (SELECT count(*) FROM events) + (SELECT count(*) FROM calls) AS n').get()?.n

test('every route is known to this walk', () => {
  expect(existing().toSorted()).toEqual(Object.keys(routes).toSorted())
})

const only = (...who: Who[]) => Object.keys(routes).filter((route) => who.includes(routes[route] ?? 'anybody'))

test.each(only('user', 'manager'))('%s asks for a session before anything else', async (route) => {
  const body = route.startsWith('POST') ? '{}' : undefined
  for (const authorization of [undefined, 'Bearer x.y.z', 'Basic YTpi', `bearer ${sam.session.token}x`]) {
    const reply = await ask(route, { ...json, ...(authorization ? { authorization } : {}) }, body)
    expect([reply.statusCode, codeOf(reply)]).toEqual([401, 'unauthorized'])
  }
})

test.each(only('manager'))('%s is not for staff', async (route) => {
  expect(codeOf(await ask(route, { ...json, ...sam.headers }, '{}'))).toBe('forbidden')
  expect((await ask(route, { ...json, ...ada.headers }, '{}')).statusCode).not.toBe(403)
})

test.each(only('twilio'))('%s: unsigned or wrongly signed is 403 and writes nothing', async (route) => {
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  const before = rows()
  for (const headers of [form, { ...form, 'x-twilio-signature': 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=' }, { ...form, ...ada.headers }])
    expect((await ask(route, headers, `CallSid=CA${'1'.repeat(32)}&AccountSid=AC${'1'.repeat(32)}`)).statusCode).toBe(403)
  expect(rows()).toBe(before)
})

test.each(Object.keys(routes).filter((route) => route.startsWith('POST')))(
  '%s refuses what is too large or malformed, in one line',
  async (route) => {
    const isForm = routes[route] === 'twilio'
    const type = isForm ? { 'content-type': 'application/x-www-form-urlencoded' } : json
    const before = rows()
    const refusal = async (payload: string, headers: Record<string, string> = type) => {
      const lines = relay.lines.length
      const reply = await ask(route, { ...headers, ...ada.headers }, payload)
      expect(relay.lines.slice(lines)).toHaveLength(1)
      expect(failureCodes).toHaveProperty(codeOf(reply))
      return [reply.statusCode, codeOf(reply)]
    }
    const tooLarge = isForm ? `a=${'x'.repeat(300_000)}` : `{"a":"${'x'.repeat(300_000)}"}`
    expect(await refusal(tooLarge)).toEqual([413, 'too-large'])
    const malformed = isForm ? [] : ['{"a":', '{"__proto__":{"role":"manager"}}']
    for (const payload of malformed) expect(await refusal(payload)).toEqual([400, 'bad-request'])
    expect(await refusal('<xml/>', { 'content-type': 'text/xml' })).toEqual([415, 'bad-request'])
    expect(rows()).toBe(before)
  },
)

test('an unknown route is a failure, with one line, and counts against the limit', async () => {
  const lines = relay.lines.length
  const reply = await relay.get('/api/nothing?number=%2B14155550100')
  expect([reply.statusCode, reply.json<Failure>()]).toEqual([404, { code: 'unknown-request', retry: 'never', message: 'no such route' }])
  expect(reply.headers['x-ratelimit-limit']).toBeDefined()
  expect(relay.lines.slice(lines)).toHaveLength(1)
  expect(JSON.stringify(relay.lines)).not.toContain('14155550100')
  expect((await ask('DELETE /healthz')).statusCode).toBe(404)
})

test('health: alive, and ready only while the database takes writes', async () => {
  expect((await relay.get('/healthz')).json()).toEqual({ ok: true })
  const ready = (await relay.get('/readyz')).json<object>()
  expect(ready).toMatchObject({ ok: true, database: true, callsComparedAt: null })
  expect(ready).toHaveProperty('numbersListedAt')
  relay.core.db.pragma('query_only = 1')
  // Anybody may ask, so that the disk is asked once a second at most.
  expect((await relay.get('/readyz')).statusCode).toBe(200)
  relay.time.movedMs += 1000
  const reply = await relay.get('/readyz')
  expect([reply.statusCode, reply.json<{ ok: boolean }>().ok]).toEqual([503, false])
  relay.core.db.pragma('query_only = 0')
})

test('no reply invites another origin', async () => {
  const reply = await relay.get('/api/users', { ...ada.headers, origin: 'https://evil.example' })
  expect(Object.keys(reply.headers).filter((name) => name.startsWith('access-control'))).toEqual([])
})
