import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { failure } from '../../../contract/failure.ts'
import { closeCodes } from '../../../contract/frames.ts'
import { Desktop } from '../kit/desktop.ts'
import { fastTimings } from '../kit/memory-ports.ts'
import { startFakeRelay, type FakeRelay } from '../kit/fake-relay.ts'
import { fact, incomingFacts } from '../kit/facts.ts'

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

const enroll = async () => {
  await desktop.ask('session.enroll', { relayUrl: relay.url, code: 'GOOD-CODE-1' })
  await desktop.online()
}
const callIds = async () => (await desktop.ask('calls.page', { limit: 50 })).calls.map((call) => call.callId)
const offered = (callId: string, from?: string) => ({
  type: 'call.facts' as const,
  payload: { callId, facts: incomingFacts(undefined, from) },
})
const eventually = <T>(check: () => T | Promise<T>) => vi.waitFor(check, 20_000)

describe('following the log', () => {
  test('a new desktop takes a snapshot and then follows from its first position', async () => {
    relay.state.snapshotHead = 40
    relay.state.rows['calls'] = [offered('c1').payload, offered('c2').payload]
    relay.state.rows['users'] = [{ userId: 'ada', name: 'Ada', role: 'manager', isActive: true }]
    await enroll()
    expect(relay.state.hellos[0]).toMatchObject({ cursor: 40, epoch: 'epoch-1' })
    expect(await callIds()).toEqual(['c2', 'c1'])
    expect(await desktop.ask('users.list', {})).toEqual([{ userId: 'ada', name: 'Ada' }])
    relay.push(offered('c3'))
    await eventually(async () => expect(await callIds()).toEqual(['c3', 'c2', 'c1']))
    expect(desktop.events).toContainEqual({ event: 'calls.changed', payload: { callIds: ['c3'] } })
  })

  test('a snapshot whose pages are refused, or lost, for now goes on with the same page', async () => {
    relay.state.rows['calls'] = ['c1', 'c2', 'c3'].map((callId) => offered(callId).payload)
    const asked: string[] = []
    relay.state.answer = (request, response) => {
      const page = /^\/api\/sync\/snapshot\?(.*)$/.exec(request.url ?? '')?.[1]
      if (page === undefined) return false
      asked.push(page)
      if (page === 'table=calls&after=1' && asked.length < 4)
        response.writeHead(429, { 'retry-after': '0' }).end(JSON.stringify(failure('rate-limited')))
      else if (page === 'table=calls&after=2' && asked.length < 6) response.writeHead(503).end()
      else if (page === 'table=calls&after=2' && asked.length < 7) response.destroy()
      else return false
      return true
    }
    await enroll()
    expect(await callIds()).toEqual(['c3', 'c2', 'c1'])
    const [first, second, third] = ['table=calls', 'table=calls&after=1', 'table=calls&after=2']
    expect(asked.slice(0, 7)).toEqual([first, second, second, second, third, third, third])
    expect(asked.filter((page) => page === first)).toHaveLength(1)
  })

  test('what happened while it was off is read after a restart, from where it was', async () => {
    await enroll()
    relay.push(offered('c1'))
    await eventually(async () => expect(await callIds()).toEqual(['c1']))
    await desktop.app.close()
    relay.push(offered('c2'))
    await desktop.start()
    await eventually(async () => expect(await callIds()).toEqual(['c2', 'c1']))
    expect(relay.state.hellos.at(-1)?.cursor).toBe(1)
  })

  test('the relay goes away and comes back: offline is said, then everything missed is there', async () => {
    await enroll()
    await relay.stop()
    await eventually(async () => expect((await desktop.ask('app.status', {})).relay).toBe('offline'))
    relay.push(offered('c1'))
    await relay.start()
    await eventually(async () => expect(await callIds()).toEqual(['c1']))
    await desktop.online()
  })

  test('an event sent twice counts once; a missing one reconnects from the cursor', async () => {
    await enroll()
    relay.push(offered('c1'))
    await eventually(async () => expect(await callIds()).toEqual(['c1']))
    relay.raw({ type: 'event', seq: 1, prev: 0, at: new Date().toISOString(), name: 'call.facts', payload: offered('wrong').payload })
    // Into the log, but not to the listener: the next one's prev shows that it is missing.
    relay.state.events.push({ seq: 2, at: new Date().toISOString(), name: 'call.facts', payload: offered('c2').payload })
    relay.push(offered('c3'))
    await eventually(async () => expect(await callIds()).toEqual(['c3', 'c2', 'c1']))
    expect(relay.state.hellos.map((hello) => hello.cursor)).toEqual([0, 1])
  })

  test('a frame that is none is refused, and the link goes on with a new socket', async () => {
    await enroll()
    relay.raw({ type: 'event', seq: 'x' })
    await eventually(() => expect(relay.state.hellos).toHaveLength(2))
    relay.push(offered('c1'))
    await eventually(async () => expect(await callIds()).toEqual(['c1']))
  })

  test('another epoch: a new snapshot, and what it no longer shows is gone', async () => {
    await enroll()
    relay.push(offered('old'))
    await eventually(async () => expect(await callIds()).toEqual(['old']))
    await relay.stop()
    Object.assign(relay.state, { epoch: 'epoch-2', events: [], snapshotHead: 7 })
    relay.state.rows['calls'] = [offered('new').payload]
    await relay.start()
    await eventually(async () => expect(await callIds()).toEqual(['new']))
    // The snapshot's rows show before the log is followed from it.
    await eventually(() => expect(relay.state.hellos.at(-1)).toMatchObject({ epoch: 'epoch-2', cursor: 7 }))
  })

  test('4003: what may no longer be seen is deleted, also when we were ended in between', async () => {
    relay.state.rows['calls'] = [offered('mine').payload, offered('theirs').payload]
    await enroll()
    expect(await callIds()).toEqual(['theirs', 'mine'])
    relay.state.rows['calls'] = [offered('mine').payload]
    relay.push({ type: 'access.changed', payload: { userId: 'ada' } })
    relay.closeAll(closeCodes.accessChanged)
    await eventually(async () => expect(await callIds()).toEqual(['mine']))
    await eventually(() => expect(desktop.events.some(({ event }) => event === 'numbers.changed')).toBe(true))
  })

  test('an access change applied just before the process dies still leads to a new snapshot', async () => {
    relay.state.rows['calls'] = [offered('theirs').payload]
    await enroll()
    relay.state.refuse.set('/api/sync/snapshot', 'internal')
    const seq = relay.push({ type: 'access.changed', payload: { userId: 'ada' } })
    await eventually(() => expect(relay.state.requests.filter((one) => one.includes('snapshot')).length).toBeGreaterThan(4))
    await desktop.app.close()
    relay.state.refuse.clear()
    relay.state.rows['calls'] = []
    await desktop.start()
    await eventually(async () => expect(await callIds()).toEqual([]))
    await eventually(() => expect(relay.state.hellos.at(-1)?.cursor).toBe(seq))
  })

  test('an event type of a later version is kept and harms nothing', async () => {
    await enroll()
    relay.push({ type: 'call.painted', payload: { colour: 'green' } })
    relay.push(offered('c1'))
    await eventually(async () => expect(await callIds()).toEqual(['c1']))
  })
})

describe('life of the link', () => {
  test('a silent relay is dead after a while, and tried again', async () => {
    await desktop.end()
    desktop = await new Desktop({ timings: { ...fastTimings, deadLink: 400 } }).start()
    await enroll()
    relay.state.isSilent = true
    await eventually(() => expect(relay.state.hellos.length).toBeGreaterThan(1))
  })

  test('pongs are exchanged, and are the evidence', async () => {
    await enroll()
    const { relaySeenAt } = await desktop.ask('app.status', {})
    await eventually(async () => expect((await desktop.ask('app.status', {})).relaySeenAt! > relaySeenAt!).toBe(true))
    await eventually(() => expect(relay.state.frames.some((frame) => frame.type === 'pong')).toBe(true))
  })

  test('the network coming back ends the waiting', async () => {
    await desktop.end()
    desktop = await new Desktop({
      timings: { retryFirst: 60_000, retryCap: 60_000, flush: 15_000, request: 15_000, welcome: 15_000 },
    }).start()
    desktop.ports.random = () => 0.99
    await enroll()
    await relay.stop()
    await eventually(async () => expect((await desktop.ask('app.status', {})).relay).toBe('offline'))
    await relay.start()
    desktop.ports.wake()
    await desktop.online()
  })

  test('the network that comes back while an attempt is failing is not waited for', async () => {
    await desktop.end()
    desktop = await new Desktop({ timings: { ...fastTimings, retryFirst: 600_000, retryCap: 600_000 } }).start()
    desktop.ports.random = () => 0.999
    await enroll()
    const { openSocket } = desktop.ports
    let tries = 0
    desktop.ports.openSocket = (...given) => {
      tries += 1
      if (tries > 1) return openSocket(...given)
      desktop.ports.wake()
      throw new Error('the network is away')
    }
    relay.closeAll(1001)
    await eventually(async () => expect((await desktop.ask('app.status', {})).relay).toBe('offline'))
    desktop.ports.wake()
    await desktop.online()
    expect(tries).toBe(2)
  })

  test('a network that came back long ago does not shorten the next wait', async () => {
    await desktop.end()
    desktop = await new Desktop({ timings: { ...fastTimings, retryFirst: 600_000, retryCap: 600_000 } }).start()
    desktop.ports.random = () => 0.999
    await enroll()
    desktop.ports.wake() // it is online: nothing to do
    relay.closeAll(1001)
    await eventually(async () => expect((await desktop.ask('app.status', {})).relay).toBe('offline'))
    expect(relay.state.hellos).toHaveLength(1)
    desktop.ports.wake()
    await desktop.online()
    expect(relay.state.hellos).toHaveLength(2)
  })

  test('4001 and the auth frame bring a new token', async () => {
    await enroll()
    const refreshes = () => relay.state.requests.filter((one) => one.endsWith('/refresh')).length
    relay.raw({ type: 'auth', expiresAt: new Date().toISOString() })
    await eventually(() => expect(relay.state.frames.some((frame) => frame.type === 'auth')).toBe(true))
    expect(refreshes()).toBe(1)
    relay.expireTokens()
    relay.closeAll(closeCodes.expired)
    await eventually(() => expect(relay.state.hellos).toHaveLength(2))
    expect(refreshes()).toBe(2)
  })

  test('a token refused at the upgrade is renewed', async () => {
    await enroll()
    relay.expireTokens()
    relay.closeAll(1001)
    await eventually(() => expect(relay.state.hellos).toHaveLength(2))
    await desktop.online()
  })

  test('revoked: signed out with the reason, and nothing of the workspace stays', async () => {
    await enroll()
    relay.push(offered('c1'))
    await eventually(async () => expect(await callIds()).toEqual(['c1']))
    relay.state.isRevoked = true
    relay.closeAll(closeCodes.revoked)
    await eventually(async () =>
      expect(await desktop.ask('session.get', {})).toMatchObject({ state: 'signed-out', endedBy: 'session-revoked' }),
    )
    await eventually(async () => expect(await callIds()).toEqual([]))
    await eventually(async () => expect((await desktop.ask('app.status', {})).relay).toBe('off'))
  })

  test('the page’s Device is reported, and again after each reconnection', async () => {
    await enroll()
    await desktop.ask('device.report', { registered: true, microphone: 'granted' })
    const claims = () => relay.state.frames.filter((frame) => frame.type === 'presence' && frame.registered)
    await eventually(() => expect(claims()).toHaveLength(1))
    relay.closeAll(1001)
    await eventually(() => expect(claims()).toHaveLength(2))
    desktop.app.pageGone()
    await eventually(() => expect(relay.state.frames.findLast((frame) => frame.type === 'presence')).toMatchObject({ registered: false }))
  })
})

const offer = (deviceIds: string[]) => ({
  type: 'call.offered' as const,
  payload: {
    callId: 'c9',
    party: { kind: 'number' as const, number: '+14155552671' },
    ourNumber: '+14155550100',
    numberName: 'Main line',
    deviceIds,
    ringSeconds: 20,
  },
})
const offers = () => desktop.events.filter(({ event }) => event === 'call.offered')

describe('call.offered', () => {
  test('reaches the page at once and says whether it is for this device', async () => {
    await enroll()
    relay.push(offer(['laptop']))
    relay.push(offer(['other']))
    await eventually(() => expect(offers()).toHaveLength(2))
    expect(offers().map(({ payload }) => (payload as { isForThisDevice: boolean }).isForThisDevice)).toEqual([true, false])
  })

  test('is not shown when its ringing is long over, by the relay’s clock', async () => {
    desktop.ports.skewMs = 3_600_000 // our clock is an hour ahead; `welcome` says so
    await enroll()
    relay.push(offer(['laptop']))
    await eventually(() => expect(offers()).toHaveLength(1))
    relay.push(offer(['laptop']), new Date(Date.now() - 60_000).toISOString())
    relay.push(offered('after'))
    await eventually(async () => expect(await callIds()).toEqual(['after']))
    expect(offers()).toHaveLength(1)
  })
})

test('observations are seen at once, and the relay’s word wins where it knows better', async () => {
  await enroll()
  await relay.stop()
  await desktop.ask('calls.observe', {
    callId: 'own',
    facts: [
      fact('call', 'direction', 'outgoing', 'sdk'),
      fact('call', 'to', '+15005550102', 'sdk'),
      fact('call', 'startedAt', '2026-11-21T10:00:00.500Z', 'sdk'),
    ],
  })
  expect((await desktop.ask('calls.get', { callId: 'own' })).startedAt).toBe('2026-11-21T10:00:00.500Z')
  await relay.start()
  relay.push({ type: 'call.facts', payload: { callId: 'own', facts: [fact('call', 'startedAt', '2026-11-21T10:00:00.000Z', 'relay')] } })
  await eventually(async () => expect((await desktop.ask('calls.get', { callId: 'own' })).startedAt).toBe('2026-11-21T10:00:00.000Z'))
  await eventually(() => expect(relay.state.applied).toMatchObject([{ name: 'call.observe', callId: 'own' }]))
})
