import { once } from 'node:events'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import type { LegReport } from '../../../sandbox/control/legs.ts'
import { startWorld, type World } from './kit.ts'

const us = '+14155550100'
const caller = '+14155552671'
let world: World
beforeAll(async () => {
  world = await startWorld({ '/voice': `<Dial callerId="${us}" answerOnBridge="true"><Number>+15005550102</Number></Dial>` })
})
afterAll(() => world.close())
afterEach(async () => {
  await world.control('/reset', {})
  world.hooks.length = 0
})

const incoming = async (script?: string) => {
  const { status, body } = await world.control('/incoming-calls', { from: caller, to: us, ...(script ? { script } : {}) })
  expect(status).toBe(201)
  return String(body['callSid'])
}
const legsOf = async (sid: string) => (await world.control(`/calls/${sid}`)).body['legs'] as LegReport[]
const statusOf = async (sid: string) => (await world.control(`/calls/${sid}`)).body['status']

describe('calls', () => {
  test('somebody calls, both sides hear each other, and either SID names the whole call', async () => {
    const sid = await incoming('tone:700')
    await vi.waitFor(
      async () => {
        const [parent, child] = await legsOf(sid)
        expect(parent).toMatchObject({ sid, parentCallSid: null, kind: 'line', status: 'in-progress', from: caller, to: us })
        expect(child).toMatchObject({ parentCallSid: sid, kind: 'line', direction: 'outbound-dial', to: '+15005550102' })
        expect(Math.round(parent?.heard?.frequencyHz ?? 0)).toBe(440)
        expect(Math.round(child?.heard?.frequencyHz ?? 0)).toBe(700)
      },
      { timeout: 8000 },
    )
    const legs = await legsOf(sid)
    expect((await legsOf(legs[1]?.sid ?? '')).map((leg) => leg.sid)).toEqual(legs.map((leg) => leg.sid))
  })

  test('digits are pressed by one and heard by the other; hanging up ends both legs', async () => {
    const sid = await incoming('silent')
    await vi.waitFor(async () => expect((await legsOf(sid))[1]).toMatchObject({ status: 'in-progress' }), { timeout: 8000 })
    expect((await world.control(`/calls/${sid}/digits`, { digits: '12#' })).status).toBe(200)
    await vi.waitFor(async () => {
      const [parent, child] = await legsOf(sid)
      expect([parent?.pressed, child?.digits]).toEqual(['12#', '12#'])
    })
    await world.control(`/calls/${sid}/hangup`, {})
    await vi.waitFor(async () => expect((await legsOf(sid)).map(({ status }) => status)).toEqual(['completed', 'completed']))
    expect((await world.control(`/calls/${sid}/hangup`, {})).body['error']).toContain('is over (completed)')
  })

  test('what somebody is told to say is heard', async () => {
    const sid = await incoming('silent')
    await vi.waitFor(async () => expect((await legsOf(sid))[1]).toMatchObject({ status: 'in-progress' }), { timeout: 8000 })
    expect((await world.control(`/calls/${sid}/say`, { frequencyHz: 1200, ms: 5000 })).status).toBe(200)
    await vi.waitFor(async () => expect(Math.round((await legsOf(sid))[1]?.heard?.frequencyHz ?? 0)).toBe(1200), { timeout: 8000 })
    expect((await world.control(`/calls/${sid}/say`, { text: 'Good morning' })).status).toBe(200)
  })

  test.each([
    ['no body at all', null],
    ['an extra field', { from: caller, to: us, mood: 'good' }],
    ['no caller', { to: us }],
    ['a caller that is no number', { from: 'ada', to: us }],
    ['a called party that is no number', { from: caller, to: '0100' }],
    ['a number for a script', { from: caller, to: us, script: 7 }],
    ['an unknown script step', { from: caller, to: us, script: 'dance' }],
  ])('%s: 400 with a sentence', async (_, body) => {
    const answer = await world.control('/incoming-calls', body)
    expect(answer.status).toBe(400)
    expect(answer.body).toEqual({ error: expect.stringMatching(/^body/) as string })
  })

  test('a number we do not own, a call that never was', async () => {
    expect(await world.control('/incoming-calls', { from: caller, to: '+14155559999' })).toMatchObject({
      status: 404,
      body: { error: 'the account does not own +14155559999' },
    })
    for (const path of ['', '/hangup', '/digits', '/say']) {
      const body = { '': undefined, '/hangup': {}, '/digits': { digits: '1' }, '/say': { text: 'x' } }[path]
      expect(await world.control(`/calls/CAx${path}`, body)).toMatchObject({ status: 404, body: { error: 'there is no call CAx' } })
    }
  })

  test.each([
    ['/digits', { digits: 'hello' }],
    ['/digits', {}],
    ['/say', {}],
    ['/say', { frequencyHz: 5 }],
    ['/hangup', { why: 'busy' }],
  ])('%s %o: 400', async (path, body) => {
    expect((await world.control(`/calls/CAx${path}`, body)).status).toBe(400)
  })
})

describe('the world', () => {
  test('the ledger tells what was charged, and the webhooks what was sent', async () => {
    const sid = await incoming('hangup:200ms')
    await vi.waitFor(async () => expect(await statusOf(sid)).toBe('completed'), { timeout: 8000 })
    await vi.waitFor(async () => {
      const { entries } = (await world.control('/ledger')).body as { entries: { kind: string; callSid?: string }[] }
      expect(entries.filter(({ kind, callSid }) => kind === 'charge' && callSid === sid)).toHaveLength(1)
      const { webhooks } = (await world.control('/webhooks')).body as { webhooks: { url: string; callSid: string }[] }
      expect(webhooks.filter(({ callSid }) => callSid === sid).map(({ url }) => new URL(url).pathname)).toEqual(['/voice', '/status'])
    })
  })

  test('callbacks may arrive twice', async () => {
    await world.control('/faults', { duplicateWebhooks: true })
    const sid = await incoming('hangup:100ms')
    const arrived = () => world.hooks.filter(({ path, form }) => path === '/status' && form.get('CallSid') === sid)
    await vi.waitFor(() => expect(arrived()).toHaveLength(2), { timeout: 8000 })
  })

  test('REST may refuse, and a reset ends that', async () => {
    expect((await world.control('/faults', { status5xx: 9, tooManyRequests: 1, mediaLoss: 0.5 })).status).toBe(200)
    const ask = async () => (await fetch(`${world.sandbox.url}/2010-04-01/Accounts.json`)).status
    expect([await ask(), await ask()]).toEqual([429, 503])
    await world.control('/reset', {})
    expect(await ask()).toBe(401)
    expect(world.sandbox.switches.mediaLoss).toBe(0)
  })

  test.each([
    [{ dropNextAnser: 1 }, 'additional properties'],
    [{ delayMs: -1 }, 'delayMs must be >= 0'],
    [{ delayMs: '5' }, 'delayMs must be number'],
    [{ mediaLoss: 2 }, 'mediaLoss must be <= 1'],
    [{ signalingDrop: { refuseMs: 'x' } }, 'refuseMs must be number'],
    [{ switches: { nope: 1 } }, 'switches/nope is not a switch; there are: callbackDelayMs'],
    [{ switches: { mediaRange: 'yes' } }, 'switches/mediaRange must be a boolean'],
    [{ switches: { callbackDelayMs: 5 } }, 'switches/callbackDelayMs must be [from, to] in ms'],
    [{ switches: { customParams: 'none' } }, 'switches/customParams must be one of override, ignore, duplicate'],
  ])('faults %o: 400, %s', async (body, sentence) => {
    const before = structuredClone(world.sandbox.switches)
    const answer = await world.control('/faults', { switches: { mediaFirst404: 3 }, ...body })
    expect([answer.status, String(answer.body['error'])]).toEqual([400, expect.stringContaining(sentence)])
    expect(world.sandbox.switches).toEqual(before)
  })

  test('signaling sockets are dropped, and refused for a while', async () => {
    const open = async () => {
      const socket = new WebSocket(`${world.sandbox.url.replace('http', 'ws')}/signal`)
      const [event] = (await Promise.race([once(socket, 'open'), once(socket, 'error')])) as [Event]
      return { socket, outcome: event.type }
    }
    const { socket, outcome } = await open()
    expect(outcome).toBe('open')
    const closed = once(socket, 'close')
    await world.control('/faults', { signalingDrop: { refuseMs: 60_000 } })
    await closed
    expect((await open()).outcome).toBe('error')
    await world.control('/clock', { advanceMs: 60_001 })
    const again = await open()
    expect(again.outcome).toBe('open')
    again.socket.close()
  })

  test('time is moved and scaled', async () => {
    const before = world.sandbox.clock.now()
    const { body } = await world.control('/clock', { advanceMs: 3_600_000, scale: 2 })
    expect(Date.parse(String(body['now']))).toBeGreaterThanOrEqual(before + 3_600_000)
    expect(body['scale']).toBe(2)
    for (const bad of [{}, { advanceMs: -1 }, { scale: 0 }, { hours: 1 }]) expect((await world.control('/clock', bad)).status).toBe(400)
  })

  test('a reset ends calls and forgets them, and keeps the account', async () => {
    const sid = await incoming('silent')
    await vi.waitFor(() => expect(world.sandbox.engine.active().length).toBeGreaterThan(0))
    await world.control('/reset', {})
    expect(world.sandbox.engine.active()).toEqual([])
    expect((await world.control(`/calls/${sid}`)).status).toBe(404)
    expect(world.sandbox.account.state.numbers).toHaveLength(3)
    expect((await world.control('/ledger')).body).toEqual({ balance: '20.00', entries: [] })
  })
})

describe('only this machine', () => {
  test.each([
    ['a page from elsewhere', { origin: 'https://evil.example' }],
    ['a page without an origin of its own', { origin: 'null' }],
  ])('%s is refused', async (_, headers) => {
    expect((await world.control('/ledger', undefined, headers)).status).toBe(403)
  })

  test('a name that was made to point here is refused', async () => {
    const { request } = await import('node:http')
    const status = await new Promise((resolve) => {
      request(`${world.sandbox.url}/control/ledger`, { headers: { host: 'evil.example' } }, (answer) => resolve(answer.statusCode)).end()
    })
    expect(status).toBe(403)
  })

  test('pages of this machine and programs are served', async () => {
    expect((await world.control('/ledger', undefined, { origin: 'http://localhost:5173' })).status).toBe(200)
  })
})

test("the SDK's sounds are audio, for pages of this machine and the app", async () => {
  for (const name of ['incoming', 'outgoing', 'disconnect', 'dtmf-0', 'dtmf-9', 'dtmf-star', 'dtmf-hash']) {
    const answer = await fetch(`${world.sandbox.url}/sounds/${name}.mp3?cache=2.18.5`, { headers: { origin: 'app://linekeeper' } })
    expect(answer.headers.get('access-control-allow-origin')).toBe('app://linekeeper')
    expect(Buffer.from(await answer.arrayBuffer()).toString('latin1', 0, 4)).toBe('RIFF')
  }
  const foreign = await fetch(`${world.sandbox.url}/sounds/incoming.mp3`, { headers: { origin: 'https://evil.example' } })
  expect(foreign.headers.get('access-control-allow-origin')).toBeNull()
  expect((await fetch(`${world.sandbox.url}/sounds/trumpet.mp3`)).status).toBe(404)
})
