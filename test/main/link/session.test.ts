import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { plainDetails } from '../../../contract/number.ts'
import { Desktop } from '../kit/desktop.ts'
import { startFakeRelay, type FakeRelay } from '../kit/fake-relay.ts'
import { fastTimings, testPorts } from '../kit/memory-ports.ts'

let relay: FakeRelay
let desktop: Desktop
beforeEach(async () => {
  relay = await startFakeRelay()
  desktop = await new Desktop().start()
})
afterEach(async () => {
  await desktop.end()
  await relay.stop()
})
/** Waits for the link, too: what it still asks would race with what a test does to the relay. */
const enroll = async () => {
  const view = await desktop.ask('session.enroll', { relayUrl: relay.url, code: 'GOOD-CODE-1' })
  await desktop.online()
  return view
}
const refreshes = () => relay.state.requests.filter((one) => one.endsWith('/refresh')).length

describe('enrollment', () => {
  test('signs in; neither token nor key is in anything the page sees', async () => {
    const view = await enroll()
    expect(view).toMatchObject({
      state: 'signed-in',
      user: { name: 'Ada', role: 'manager' },
      workspace: { name: 'Demo' },
      deviceId: 'laptop',
    })
    const secret = JSON.parse((await desktop.secrets.get('session'))!) as { privateKey: string; refreshToken: string }
    const seen = JSON.stringify([view, desktop.events, desktop.ports.lines])
    expect(seen).not.toContain(secret.privateKey)
    expect(seen).not.toContain(secret.refreshToken)
    expect(desktop.events).toContainEqual({ event: 'session.changed', payload: view })
  })

  test('a lost answer: the same code works again, with the same key', async () => {
    relay.state.lose.set('/api/auth/enroll', 1)
    expect(await desktop.fails('session.enroll', { relayUrl: relay.url, code: 'GOOD-CODE-1' })).toMatchObject({ code: 'relay-unreachable' })
    await desktop.restart()
    expect((await enroll()).state).toBe('signed-in')
  })

  test('a wrong code, a relay that is none, and one that is not there are told apart', async () => {
    expect((await desktop.fails('session.enroll', { relayUrl: relay.url, code: 'WRONG-CODE' })).code).toBe('invite-unknown')
    relay.state.refuse.set('/api/auth/enroll', 'unknown-request')
    expect((await desktop.fails('session.enroll', { relayUrl: relay.url, code: 'GOOD-CODE-1' })).code).toBe('unknown-request')
    await relay.stop()
    expect((await desktop.fails('session.enroll', { relayUrl: relay.url, code: 'GOOD-CODE-1' })).code).toBe('relay-unreachable')
    expect((await desktop.ask('session.get', {})).state).toBe('first-run')
  })

  test('a relay that sends calls elsewhere than Twilio or this machine is refused', async () => {
    relay.state.voice = { signalingUrl: 'ws://evil.example/signal', soundsUrl: null }
    expect((await desktop.fails('session.enroll', { relayUrl: relay.url, code: 'GOOD-CODE-1' })).code).toBe('relay-refused')
    expect((await desktop.ask('session.get', {})).state).toBe('first-run')
  })

  test('the sandbox is tried with what was started beside the app, and only when something was', async () => {
    expect((await desktop.fails('session.trySandbox', {})).code).toBe('sandbox-not-running')
    await desktop.end()
    desktop = await new Desktop({ sandbox: { relayUrl: relay.url, invite: 'GOOD-CODE-1' } }).start()
    expect((await desktop.ask('session.get', {})).canTrySandbox).toBe(true)
    expect(await desktop.ask('session.trySandbox', {})).toMatchObject({ state: 'signed-in', canTrySandbox: false })
  })
})

describe('refresh', () => {
  test('after ten lost answers in a row, restarts between them, the user is still signed in', async () => {
    await enroll()
    relay.state.lose.set('/api/auth/refresh', 10)
    relay.expireTokens()
    for (let lost = 0; lost < 10; lost++) {
      if (lost % 4 === 3) await desktop.restart()
      await desktop.app.request('voice.token', { renew: true })
    }
    relay.state.lose.clear()
    expect(await desktop.ask('voice.token', { renew: true })).toMatchObject({ identity: 'uada_dlaptop' })
    expect((await desktop.ask('session.get', {})).state).toBe('signed-in')
  })

  test('the new refresh token is on the disk before it is used', async () => {
    await enroll()
    const order: string[] = []
    const { set } = desktop.secrets
    desktop.secrets.set = async (name, value) => {
      order.push(`write ${(JSON.parse(value) as { refreshToken: string }).refreshToken}`)
      await set(name, value)
    }
    const { fetch } = desktop.ports
    desktop.ports.fetch = (input, init) => {
      const body = typeof init?.body === 'string' ? (JSON.parse(init.body) as { refreshToken?: string }) : {}
      if (body.refreshToken) order.push(`use ${body.refreshToken}`)
      return fetch(input, init)
    }
    await desktop.restart()
    for (let round = 0; round < 3; round++) {
      relay.expireTokens()
      await desktop.ask('voice.token', { renew: true })
    }
    const use = order.flatMap((line, index) => (line.startsWith('use ') ? [{ token: line.slice(4), index }] : []))
    const [first] = use // that of the enrollment, written before we began to watch
    const unwritten = use.filter(({ token, index }) => token !== first?.token && !order.slice(0, index).includes(`write ${token}`))
    expect(unwritten).toEqual([])
    expect(use.length).toBeGreaterThanOrEqual(3)
  })

  test('many requests at once renew once', async () => {
    await enroll()
    const before = refreshes()
    relay.expireTokens()
    await Promise.all(Array.from({ length: 8 }, () => desktop.ask('voice.token', { renew: true })))
    await desktop.ask('voice.token', { renew: true })
    expect(refreshes()).toBe(before + 1)
  })

  test('a clock that is hours off does not sign out', async () => {
    await desktop.end()
    desktop = new Desktop()
    desktop.ports.skewMs = 5 * 3_600_000
    await desktop.start()
    await enroll()
    expect(await desktop.ask('voice.token', { renew: false })).toMatchObject({ identity: 'uada_dlaptop' })
    await desktop.ask('voice.token', { renew: false })
    expect(relay.state.requests.filter((one) => one.endsWith('/access-token')).length).toBeLessThanOrEqual(2)
  })

  test.each([
    ['a proxy’s page', '<html>Log in to the network</html>'],
    ['a body that only looks like a refusal', '{"code":"session-revoked"}'],
    ['nothing', ''],
  ])('a 401 with %s is not the relay’s word: still signed in, and tried again', async (_what, body) => {
    await enroll()
    const { fetch } = desktop.ports
    desktop.ports.fetch = () => Promise.resolve(new Response(body, { status: 401 }))
    relay.expireTokens()
    expect(await desktop.fails('voice.token', { renew: true })).toMatchObject({ code: 'relay-unreachable', retry: 'later' })
    expect((await desktop.ask('session.get', {})).state).toBe('signed-in')
    desktop.ports.fetch = fetch
    expect(await desktop.ask('voice.token', { renew: true })).toMatchObject({ identity: 'uada_dlaptop' })
  })

  test('revoked: signed out, with the reason, for good', async () => {
    await enroll()
    relay.state.isRevoked = true
    expect((await desktop.fails('voice.token', { renew: true })).code).toBe('session-revoked')
    await desktop.restart()
    expect(await desktop.ask('session.get', {})).toMatchObject({ state: 'signed-out', endedBy: 'session-revoked', user: null })
    expect(desktop.secrets.values.has('session')).toBe(false)
    expect((await desktop.fails('voice.token', { renew: false })).code).toBe('not-signed-in')
  })
})

describe('sign-out', () => {
  test('ends the session at the relay and here, also when the relay is away', async () => {
    await enroll()
    expect(await desktop.ask('session.signOut', {})).toMatchObject({ state: 'signed-out', endedBy: null })
    expect(relay.state.requests).toContain('POST /api/auth/logout')
    relay.state.codes.add('GOOD-CODE-1')
    await enroll()
    await relay.stop()
    expect((await desktop.ask('session.signOut', {})).state).toBe('signed-out')
    expect((await desktop.fails('session.signOut', {})).code).toBe('not-signed-in')
  })
})

describe('a relay on another port', () => {
  test('a sandbox’s is followed, any other is not', async () => {
    await enroll()
    const other = await startFakeRelay()
    other.state = relay.state // the same relay, listening elsewhere
    await desktop.app.moveSandbox(other.url)
    expect((await desktop.ask('session.get', {})).relayUrl).toBe(other.url)
    relay.state.isSandbox = false
    relay.expireTokens()
    other.expireTokens()
    await desktop.ask('voice.token', { renew: true })
    await desktop.app.moveSandbox(relay.url)
    expect((await desktop.ask('session.get', {})).relayUrl).toBe(other.url)
    await other.stop()
  })
})

const asked = () => relay.state.requests.filter((one) => one.endsWith('/access-token')).length

describe('voice token', () => {
  test('is kept while more than a quarter of its life is left; renew asks in any case', async () => {
    await enroll()
    const before = asked()
    const first = await desktop.ask('voice.token', { renew: false })
    expect((await desktop.ask('voice.token', { renew: false })).token).toBe(first.token)
    expect(asked()).toBe(before + 1)
    expect((await desktop.ask('voice.token', { renew: true })).token).not.toBe(first.token)
    desktop.ports.skewMs = 3600 * 1000 * 0.8 // four fifths of its life later
    await desktop.ask('voice.token', { renew: false })
    expect(asked()).toBe(before + 3)
  })

  test('one request at a time; without the relay an older one is better than none', async () => {
    await enroll()
    const before = asked()
    await Promise.all([desktop.ask('voice.token', { renew: true }), desktop.ask('voice.token', { renew: true })])
    expect(asked()).toBe(before + 1)
    await relay.stop()
    desktop.ports.skewMs = 3600 * 1000 * 0.8
    expect((await desktop.ask('voice.token', { renew: false })).identity).toBe('uada_dlaptop')
    expect((await desktop.fails('voice.token', { renew: true })).code).toBe('relay-unreachable')
  })

  test('a change of numbers asks anew', async () => {
    await enroll()
    await desktop.ask('voice.token', { renew: false })
    const before = asked()
    const told = () => desktop.events.filter(({ event }) => event === 'numbers.changed').length
    const toldBefore = told()
    relay.push({
      type: 'number.changed',
      payload: { phoneNumber: '+14155550100', numberName: 'Main', isActive: true, userIds: ['ada'], sid: null, details: plainDetails() },
    })
    await expect.poll(told).toBe(toldBefore + 1)
    await desktop.ask('voice.token', { renew: false })
    expect(asked()).toBe(before + 1)
  })
})

test('a slow relay is given up with a failure that says try later', async () => {
  await desktop.end()
  desktop = await new Desktop({ timings: { ...fastTimings, request: 300 } }).start()
  relay.state.delayMs = 5000
  expect(await desktop.fails('session.enroll', { relayUrl: relay.url, code: 'GOOD-CODE-1' })).toMatchObject({
    code: 'relay-unreachable',
    retry: 'later',
  })
})

test('secrets that cannot be kept stop the sign-in before the invite is spent', async () => {
  await desktop.end()
  const ports = testPorts({
    get: () => Promise.resolve(undefined),
    set: () => Promise.reject(new Error('no keyring')),
    delete: () => Promise.resolve(),
  })
  desktop = new Desktop()
  desktop.ports = ports
  await desktop.start()
  expect((await desktop.fails('session.enroll', { relayUrl: relay.url, code: 'GOOD-CODE-1' })).code).toBe('internal')
  expect(relay.state.codes.has('GOOD-CODE-1')).toBe(true)
})
