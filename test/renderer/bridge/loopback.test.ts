import { expect, test, vi } from 'vitest'
import { createLoopbackBridge, takeToken } from '../../../renderer/bridge/loopback.ts'

class FakeSocket extends EventTarget {
  static all: FakeSocket[] = []
  readonly url: string
  readonly protocols: string[]
  constructor(url: string, protocols: string[]) {
    super()
    this.url = url
    this.protocols = protocols
    FakeSocket.all.push(this)
  }
  close = () => this.dispatchEvent(new Event('close'))
  say = (frame: object) => this.dispatchEvent(new MessageEvent('message', { data: JSON.stringify(frame) }))
}

function bridgeWith(answer: () => Promise<Response>) {
  FakeSocket.all = []
  const fetched: { url: string; init: RequestInit }[] = []
  const bridge = createLoopbackBridge({
    origin: 'http://127.0.0.1:9',
    token: 'secret',
    fetch: ((url: string, init: RequestInit) => (fetched.push({ url, init }), answer())) as typeof fetch,
    WebSocket: FakeSocket as never,
  })
  return { bridge, fetched }
}

const refused = () => Promise.resolve(Response.json({ ok: false, failure: { code: 'unauthorized', retry: 'never' } }))

test('a request goes by POST with the token in a header, and its outcome comes back', async () => {
  const { bridge, fetched } = bridgeWith(() => Promise.resolve(Response.json({ ok: true, value: {} })))
  expect(await bridge.request('device.report', { registered: true, microphone: 'granted' })).toEqual({ ok: true, value: {} })
  expect(fetched[0]?.url).toBe('http://127.0.0.1:9/bridge/device.report')
  expect(fetched[0]?.init).toMatchObject({
    method: 'POST',
    headers: { authorization: 'Bearer secret', 'x-linekeeper-page': FakeSocket.all[0]?.protocols[2] },
    body: '{"registered":true,"microphone":"granted"}',
  })
  bridge.close()
})

test('what was observed of a call outlives the page that says it', async () => {
  const { bridge, fetched } = bridgeWith(() => Promise.resolve(Response.json({ ok: true, value: {} })))
  await bridge.request('calls.observe', { callId: 'a', facts: [] })
  await bridge.request('app.status', {})
  expect(fetched.map(({ init }) => init.keepalive)).toEqual([true, false])
  bridge.close()
})

test('main not there is a failure, never an exception', async () => {
  const { bridge } = bridgeWith(() => Promise.reject(new TypeError('Failed to fetch')))
  expect(await bridge.request('app.status', {})).toMatchObject({ ok: false, failure: { code: 'app-gone' } })
  bridge.close()
})

test('events come over one socket that opens again', async () => {
  vi.useFakeTimers()
  const { bridge } = bridgeWith(() => Promise.resolve(Response.json({})))
  const heard: unknown[] = []
  const reopened: string[] = []
  const off = bridge.on('calls.changed', (payload) => heard.push(payload))
  bridge.onReopen(() => reopened.push('again'))
  expect(FakeSocket.all[0]).toMatchObject({
    url: 'ws://127.0.0.1:9/bridge/events',
    protocols: ['linekeeper', 'secret', expect.stringMatching(/^[\w-]{36}$/)],
  })
  FakeSocket.all[0]!.dispatchEvent(new Event('open'))
  FakeSocket.all[0]!.say({ event: 'calls.changed', payload: { callIds: ['a'] } })
  FakeSocket.all[0]!.close()
  await vi.advanceTimersByTimeAsync(1000)
  FakeSocket.all[1]!.dispatchEvent(new Event('open'))
  FakeSocket.all[1]!.say({ event: 'calls.changed', payload: { callIds: ['b'] } })
  off()
  FakeSocket.all[1]!.say({ event: 'calls.changed', payload: { callIds: ['c'] } })
  expect(heard).toEqual([{ callIds: ['a'] }, { callIds: ['b'] }])
  expect(reopened).toEqual(['again'])
  bridge.close()
  await vi.advanceTimersByTimeAsync(10_000)
  expect(FakeSocket.all).toHaveLength(2)
  vi.useRealTimers()
})

test('the token leaves the address and survives a reload', () => {
  const kept = new Map<string, string>()
  const replaced: unknown[] = []
  const page = (hash: string) => ({
    location: { hash, pathname: '/', search: '' } as Location,
    history: { replaceState: (_state: unknown, _title: string, url: string) => void replaced.push(url) } as never,
    sessionStorage: {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
    } as never,
  })
  expect(takeToken(page('#token=abc'))).toBe('abc')
  expect(replaced).toEqual(['/'])
  expect(takeToken(page('#/calls'))).toBe('abc')
  expect(replaced).toEqual(['/'])
})

test.each(['', 'no good', 'ü'])(
  'a token that no socket could carry (%j) is asked with all the same: main refuses it, and the page says so',
  async (token) => {
    const protocols: string[][] = []
    class StrictSocket extends FakeSocket {
      constructor(url: string, asked: string[]) {
        super(url, asked)
        protocols.push(asked)
      }
    }
    const bridge = createLoopbackBridge({ origin: 'http://127.0.0.1:9', token, fetch: refused, WebSocket: StrictSocket as never })
    for (const one of protocols.flat()) expect(one).toMatch(/^[\w-]+$/)
    expect(await bridge.request('session.get', {})).toMatchObject({ ok: false, failure: { code: 'unauthorized' } })
    bridge.close()
  },
)
