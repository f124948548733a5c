import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Switches } from '../../../sandbox/twilio/switches.ts'
import { openClient, registerClient } from './device.ts'
import { ACCOUNT_SID, APP_SID, callSid, claimsOf, signToken, startGateway, tokenFor, type TestGateway } from './kit.ts'

let server: TestGateway
const start = async (switches: Partial<Switches> = {}, heartbeatMs = 5000) => (server = await startGateway(switches, { heartbeatMs }))
afterEach(() => server.close())

const outgoing = (application: string) => ({ outgoing: { application_sid: application } })

describe('tokens', () => {
  beforeEach(() => start())
  const now = Math.floor(Date.now() / 1000)

  test.each([
    ['no token', '', 31204],
    ['garbage', 'a.b.c', 31204],
    ['another secret', signToken(claimsOf('ada'), 'not the secret'), 31204],
    ['an unknown key', tokenFor('ada', { iss: `SK${'f'.repeat(32)}` }), 31204],
    ['another account', tokenFor('ada', { sub: `AC${'f'.repeat(32)}` }), 31204],
    ['a life of more than a day', tokenFor('ada', { ttl: 86_401 }), 31204],
    ['no signature', signToken(claimsOf('ada'), '', { alg: 'none', typ: 'JWT' }), 31204],
    ['an identity with other characters', tokenFor('ada b'), 31204],
    ['an identity that is too long', tokenFor('a'.repeat(122)), 31204],
    ['no identity', tokenFor(''), 31204],
    ['an unknown application', tokenFor('ada', { voice: outgoing(`AP${'f'.repeat(32)}`) }), 31204],
    ['no voice grant', signToken({ ...claimsOf('ada'), grants: { identity: 'ada' } }), 31204],
    ['an expired token', tokenFor('ada', { iat: now - 100, ttl: 60 }), 31205],
  ])('%s is refused: error, close, socket closed', async (_what, token, code) => {
    const client = await openClient(server.port)
    client.send('listen', { token })
    expect((await client.take('error')).error?.code).toBe(code)
    await client.take('close')
    expect(await client.closed).toBe(1000)
    expect(client.has('connected')).toBe(false)
  })

  test('a good one is told its identity and remaining life', async () => {
    const client = await openClient(server.port)
    client.send('listen', { token: tokenFor('a'.repeat(121), { ttl: 86_400, voice: outgoing(APP_SID) }) })
    const { token, region } = (await client.take('connected')) as { token: { identity: string; ttl: number }; region: string }
    expect(token.identity).toBe('a'.repeat(121))
    expect(token.ttl).toBeGreaterThan(86_390)
    expect(region).toBe('US_EAST_VIRGINIA')
  })

  test('a renewed one on the live socket is answered with the new life; the Device stays registered', async () => {
    const client = await registerClient(server, 'ada')
    client.send('listen', { token: tokenFor('ada', { ttl: 1000 }) })
    expect(((await client.take('connected')) as { token: { ttl: number } }).token.ttl).toBeLessThanOrEqual(1000)
    expect(server.gateway.registered('ada')).toBe(1)
  })

  test('at its end the Device is no longer called, and may neither register nor call; a new token cures it', async () => {
    const client = await openClient(server.port)
    client.send('listen', { token: tokenFor('ada', { ttl: 3 }) })
    await client.take('connected')
    client.send('register', { media: { audio: true } })
    await client.take('ready')
    expect((await client.take('error')).error?.code).toBe(31205)
    expect(server.gateway.registered('ada')).toBe(0)
    client.send('register', { media: { audio: true } })
    expect((await client.take('error')).error?.code).toBe(31205)
    client.send('invite', { callsid: 'TJS1', sdp: 'v=0', twilio: {} })
    expect(await client.take('hangup')).toMatchObject({ callsid: 'TJS1', error: { code: 31205 } })
    client.send('listen', { token: tokenFor('ada') })
    await client.take('connected')
    client.send('register', { media: { audio: true } })
    await client.take('ready')
    expect(server.gateway.registered('ada')).toBe(1)
  })
})

describe('registration', () => {
  test('register, repeat, unregister', async () => {
    await start()
    const client = await registerClient(server, 'ada')
    client.send('register', { media: { audio: true } })
    await client.take('ready')
    expect(server.gateway.registered('ada')).toBe(1)
    expect(server.gateway.sockets()).toEqual([{ identity: 'ada', registered: true }])
    client.send('register', { media: { audio: false } })
    await client.take('offline')
    expect(server.gateway.registered('ada')).toBe(0)
    expect(server.gateway.sockets()).toEqual([{ identity: 'ada', registered: false }])
  })

  test('a token without incoming grant is ready but never called', async () => {
    await start()
    const client = await openClient(server.port)
    client.send('listen', { token: tokenFor('ada', { voice: { outgoing: { application_sid: APP_SID } } }) })
    await client.take('connected')
    client.send('register', { media: { audio: true } })
    await client.take('ready')
    expect(server.gateway.registered('ada')).toBe(0)
  })

  test('nothing goes before listen; broken frames are refused and change nothing', async () => {
    await start()
    const client = await openClient(server.port)
    client.send('register', { media: { audio: true } })
    expect((await client.take('error')).error?.code).toBe(31201)
    for (const frame of ['{', '[]', '"x"', 'null', '{"type":"nonsense","payload":{}}', '{"type":"listen","payload":7}']) {
      client.ws.send(frame)
      expect((await client.take('error')).error?.code).toBe(31100)
    }
    expect(server.gateway.registered('ada')).toBe(0)
  })

  test('a frame that is too large ends the socket', async () => {
    await start()
    const client = await openClient(server.port)
    client.ws.send('x'.repeat(70_000))
    expect(await client.closed).toBe(1009)
  })

  test('a Device that vanished counts as registered for the ghost time, one that said goodbye does not', async () => {
    await start({ ghostRegistrationMs: 3000 })
    const vanished = await registerClient(server, 'ada')
    const polite = await registerClient(server, 'kim')
    polite.send('register', { media: { audio: false } })
    await polite.take('offline')
    vanished.ws.terminate()
    polite.ws.close()
    await vi.waitFor(() => expect(server.gateway.sockets()).toEqual([]))
    expect(server.gateway.registered('ada')).toBe(1)
    expect(server.gateway.registered('kim')).toBe(0)
    await vi.waitFor(() => expect(server.gateway.registered('ada')).toBe(0))
  })

  test('its return ends the ghost', async () => {
    await start({ ghostRegistrationMs: 60_000 })
    const first = await registerClient(server, 'ada')
    first.ws.terminate()
    await vi.waitFor(() => expect(server.gateway.sockets()).toEqual([]))
    await registerClient(server, 'ada')
    expect(server.gateway.registered('ada')).toBe(1)
  })

  test('heartbeats come; a client that never answers is cut off', async () => {
    await start({}, 100)
    const client = await registerClient(server, 'ada')
    await client.take('heartbeat')
    const mute = await openClient(server.port)
    mute.ws.removeAllListeners('message')
    expect(await mute.closed).toBe(1006)
    expect(client.ws.readyState).toBe(client.ws.OPEN)
  })
})

describe('who may connect', () => {
  test.each([
    undefined,
    'http://127.0.0.1:5173',
    'http://localhost:1',
    'https://localhost',
    'file://',
    'http://[::1]:80',
    'app://linekeeper',
  ])('%s may', async (origin) => {
    server = await startGateway({}, { allowedOrigins: () => ['app://linekeeper'] })
    await expect(openClient(server.port, origin)).resolves.toBeDefined()
  })

  test.each(['https://evil.example', 'http://127.0.0.1.evil.example', 'http://localhost.evil.example', 'null', 'app://other'])(
    '%s is refused',
    async (origin) => {
      server = await startGateway({}, { allowedOrigins: () => ['app://linekeeper'] })
      await expect(openClient(server.port, origin)).rejects.toThrow(/403/)
    },
  )
})

describe('signaling drops', () => {
  beforeEach(() => start())

  test('all sockets at once, and new ones refused for a while', async () => {
    const [ada, kim] = [await registerClient(server, 'ada'), await registerClient(server, 'kim')]
    server.gateway.dropSignaling({ refuseMs: 2000 })
    expect(await Promise.all([ada.closed, kim.closed])).toEqual([1006, 1006])
    await expect(openClient(server.port)).rejects.toThrow(/503/)
    await vi.waitFor(() => registerClient(server, 'ada'))
  })

  test('of one identity only', async () => {
    const [ada, kim] = [await registerClient(server, 'ada'), await registerClient(server, 'kim')]
    server.gateway.dropSignaling({ identity: 'ada', refuseMs: 2000 })
    expect(await ada.closed).toBe(1006)
    const again = await openClient(server.port)
    again.send('listen', { token: tokenFor('ada') })
    await again.closed
    expect(again.has('connected')).toBe(false)
    expect(kim.ws.readyState).toBe(kim.ws.OPEN)
    await vi.waitFor(() => registerClient(server, 'ada'))
  })
})

const invitation = () => ({ sid: callSid(), from: '+15005550199', to: 'client:nobody', accountSid: ACCOUNT_SID, params: {} })

describe('nobody is there', () => {
  test('unreachable at once', async () => {
    await start({ unregisteredClient: 'at-once' })
    const events: unknown[] = []
    server.gateway.invite('nobody', invitation()).on((event) => events.push(event))
    await vi.waitFor(() => expect(events).toEqual([{ type: 'ended', why: 'unreachable' }]))
  })

  test('silent until the timeout of whoever called', async () => {
    await start({ unregisteredClient: 'after-timeout' })
    const events: unknown[] = []
    const leg = server.gateway.invite('nobody', invitation())
    leg.on((event) => events.push(event))
    await new Promise((done) => setTimeout(done, 100))
    leg.end('canceled')
    expect(events).toEqual([])
  })
})
