import { request } from 'node:http'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openDesktop, type Desktop } from '../desktop.ts'
import { makeRelay, type Enrolled, type TestRelay } from '../kit.ts'

let relay: TestRelay
let url: string
let ada: Enrolled
let sam: Enrolled
const start = async (env: Record<string, string> = {}) => {
  const times = { RELAY_HELLO_MS: '15000', RELAY_PING_MS: '100', RELAY_DEAD_MS: '10000' }
  relay = await makeRelay({ ...times, ...env })
  url = await relay.app.listen({ host: '127.0.0.1', port: 0 })
  ada = await relay.enrolled('Ada', 'manager')
  sam = await relay.enrolled('Sam', 'staff')
}
beforeEach(() => start())
afterEach(() => relay.close())

const events = () => relay.core.events
const say = (what: string, userIds?: string[]) =>
  relay.core.writer.submit(() =>
    events().append({ type: 'security.rejected', payload: { what } }, userIds ? { kind: 'users', userIds } : { kind: 'managers' }),
  )
const samId = () => sam.session.user.userId
const connect = (who: Enrolled) => openDesktop(url, who.headers)
const whats = (desktop: Desktop) =>
  desktop
    .events()
    .filter((event) => event.name === 'security.rejected')
    .map((event) => (event.payload as { what: string }).what)
const refusals = () => relay.lines.filter((line) => line['msg'] === 'a frame was refused')

async function statusOf(headers: Record<string, string>): Promise<number | undefined> {
  const upgrade = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
  }
  return new Promise((resolve, reject) => {
    const asked = request(`${url}/api/events`, { agent: false, headers: { ...upgrade, ...headers } })
    asked.once('response', (response) => resolve(response.resume().statusCode))
    asked.once('upgrade', (_response, socket) => resolve(void socket.destroy()))
    asked.once('error', reject).end()
  })
}

test('without a session there is no socket, nor with the token in the query', async () => {
  expect(await statusOf({})).toBe(401)
  expect(await statusOf({ authorization: 'Bearer nonsense' })).toBe(401)
  expect((await relay.get(`/api/events?token=${ada.session.token}`)).statusCode).toBe(401)
  expect(await statusOf(ada.headers)).toBeUndefined()
})

test('hello, welcome, what was missed, then what happens, in one chain per audience', async () => {
  for (const what of ['1', '2', '3']) await say(what, what === '2' ? undefined : [samId()])
  const desktop = connect(sam)
  await desktop.hello(events().head() - 2, events().epoch)
  expect(await desktop.frame('welcome')).toMatchObject({ epoch: events().epoch, head: events().head(), schema: 1 })
  await say('managers only')
  await say('4', [samId()])
  await desktop.until(() => whats(desktop).includes('4'))
  expect(whats(desktop)).toEqual(['3', '4'])
  const [first, second] = desktop.events()
  expect(first?.prev).toBe(events().head() - 4)
  expect(second?.prev).toBe(first?.seq)
})

test('thousands of events arrive complete and in order while more are written', async () => {
  await Promise.all(Array.from({ length: 1500 }, (_, index) => say(`old ${index}`, [samId()])))
  const desktop = connect(sam)
  await desktop.hello(0, events().epoch)
  const more = Promise.all(Array.from({ length: 500 }, (_, index) => say(`new ${index}`, [samId()])))
  await more
  await desktop.until(() => whats(desktop).length === 2000)
  expect(whats(desktop).toSorted()).toEqual([...new Set(whats(desktop))].toSorted())
  const chain = desktop.events()
  expect(chain.every((event, index) => index === 0 || event.prev === chain[index - 1]?.seq)).toBe(true)
})

test.each([
  ['another epoch', () => [1, 'elsewhere'] as const],
  ['beyond head', () => [events().head() + 1, events().epoch] as const],
  ['below oldest', () => [0, events().epoch] as const],
])('a cursor of %s gets a gap, not a welcome', async (reason, cursor) => {
  if (reason === 'below oldest') relay.core.db.prepare('DELETE FROM events WHERE seq < ?').run(events().head())
  const desktop = connect(ada)
  await desktop.hello(...cursor())
  expect(await desktop.frame('gap')).toMatchObject({ reason })
  await desktop.closed
  expect(desktop.frames.map((frame) => frame.type)).toEqual(['gap'])
})

test.each([
  ['no JSON', '{"type"'],
  ['an unknown type', '{"type":"subscribe"}'],
  ['an extra field', '{"type":"hello","cursor":0,"epoch":null,"schema":1,"role":"manager"}'],
  ['a negative cursor', '{"type":"hello","cursor":-1,"epoch":null,"schema":1}'],
  ['a frame before hello', '{"type":"presence","registered":true,"microphone":"granted"}'],
  ['a binary frame', Buffer.from('{"type":"hello","cursor":0,"epoch":null,"schema":1}')],
])('%s closes with 4002, one line in the log, nothing written', async (_what, text) => {
  const head = events().head()
  const desktop = connect(sam)
  await desktop.opened()
  desktop.socket.send(text)
  expect(await desktop.closed).toBe(4002)
  expect(refusals()).toHaveLength(1)
  expect(JSON.stringify(refusals())).not.toContain(samId())
  expect(events().head()).toBe(head)
})

test('an oversized frame is refused before it is read', async () => {
  const desktop = connect(sam)
  await desktop.hello()
  desktop.socket.send(`{"type":"auth","token":"${'x'.repeat(70_000)}"}`)
  expect(await desktop.closed).toBe(1009)
  expect(refusals()).toHaveLength(1)
})

test('who says nothing is closed', async () => {
  await relay.close()
  await start({ RELAY_HELLO_MS: '300' })
  const desktop = connect(sam)
  expect(await desktop.closed).toBe(4002)
})

test('pongs and claims are presence; without pongs the socket is given up', async () => {
  const { presence } = relay.hub
  const { deviceId } = sam.session.device
  expect([presence.isConnected(deviceId), presence.pongAgeMs(deviceId), presence.claim(deviceId)]).toEqual([false, Infinity, undefined])
  const desktop = connect(sam)
  await desktop.hello()
  desktop.send({ type: 'presence', registered: true, microphone: 'granted' })
  await desktop.frame('ping')
  expect(await desktop.until(() => presence.claim(deviceId))).toEqual({ registered: true, microphone: 'granted' })
  expect(presence.isConnected(deviceId)).toBe(true)
  desktop.answers.pongs = false
  relay.time.movedMs += 6000
  expect(presence.pongAgeMs(deviceId)).toBeGreaterThanOrEqual(6000)
  relay.time.movedMs += 6000
  expect(await desktop.closed).toBe(1006)
  await desktop.until(() => !presence.isConnected(deviceId))
})

test('a token is asked for before it runs out; renewed the socket stays, else it closes with 4001', async () => {
  await relay.close()
  await start({ RELAY_SESSION_MS: '8000' })
  const [renewing, idle] = [connect(sam), connect(ada)]
  await Promise.all([renewing.hello(), idle.hello()])
  const { expiresAt } = await renewing.frame('auth')
  expect(expiresAt).toBe(sam.session.expiresAt)
  renewing.send({ type: 'auth', token: (await relay.refresh(sam)).json<{ token: string }>().token })
  expect(await idle.closed).toBe(4001)
  await say('still here', [samId()])
  await renewing.until(() => whats(renewing).includes('still here'))
})

test('a token of another device, or a bad one, does not renew', async () => {
  const [other, bad] = [connect(sam), connect(sam)]
  await Promise.all([other.hello(), bad.hello()])
  other.send({ type: 'auth', token: ada.session.token })
  bad.send({ type: 'auth', token: 'nonsense' })
  expect(await other.closed).toBe(4002)
  expect(await bad.closed).toBe(4001)
})

test('changed access closes that user with 4003, after the event itself', async () => {
  const [mine, other] = [connect(sam), connect(ada)]
  await Promise.all([mine.hello(), other.hello()])
  await Promise.all([mine.frame('welcome'), other.frame('welcome')])
  await relay.core.admin({ command: 'invite', name: 'Sam', role: 'manager' })
  expect(await mine.closed).toBe(4003)
  expect(mine.events().at(-1)).toMatchObject({ name: 'access.changed', payload: { userId: samId() } })
  await say('on')
  await other.until(() => whats(other).includes('on'))
})

test('revoking a device closes its sockets with 4004 and refuses its token; its user’s other device stays', async () => {
  const second = await relay.enrolled('Sam', 'staff')
  const [revoked, kept] = [connect(sam), connect(second)]
  await Promise.all([revoked.hello(), kept.hello()])
  await Promise.all([revoked.frame('welcome'), kept.frame('welcome')])
  const { deviceId } = sam.session.device
  expect((await relay.post(`/api/devices/${deviceId}/revoke`, {}, ada.headers)).statusCode).toBe(204)
  expect(await revoked.closed).toBe(4004)
  expect(await statusOf(sam.headers)).toBe(401)
  await say('on', [samId()])
  await kept.until(() => whats(kept).includes('on'))
})

test('a user who is deactivated is out at once', async () => {
  const desktop = connect(sam)
  await desktop.hello()
  await desktop.frame('welcome')
  await relay.core.admin({ command: 'deactivate', name: 'Sam' })
  expect(await desktop.closed).toBe(4004)
  expect((await relay.get('/api/users', sam.headers)).json()).toMatchObject({ code: 'session-revoked' })
})

test('a desktop that reads too slowly is closed, and misses nothing when it comes back', async () => {
  await relay.close()
  await start({ RELAY_SOCKET_BUFFER_BYTES: '1024' })
  const desktop = connect(sam)
  await desktop.hello()
  await desktop.frame('welcome')
  desktop.socket.pause()
  const big = 'x'.repeat(60_000)
  let sent = 0
  await desktop.until(() => {
    void Promise.all(Array.from({ length: 20 }, () => say(`${++sent} ${big}`, [samId()])))
    return relay.hub.size() === 0
  })
  const cursor = desktop.events().at(-1)?.seq ?? 0
  desktop.socket.terminate()
  const again = connect(sam)
  await again.hello(cursor, events().epoch)
  await again.until(() => again.events().at(-1)?.seq === events().head())
  expect(again.events()[0]?.prev).toBe(cursor)
})

test('the relay closes its sockets when it ends', async () => {
  const desktop = connect(sam)
  await desktop.hello()
  await desktop.frame('welcome')
  await relay.close()
  expect(await desktop.closed).toBe(1001)
})
