import { describe, expect, test, vi } from 'vitest'
import { planDigits } from '../../../renderer/voice/digits.ts'
import { soundsAt } from '../../../renderer/voice/load-sdk.ts'
import { createMicrophone } from '../../../renderer/voice/microphone.ts'
import { createPhoneLock } from '../../../renderer/voice/phone-lock.ts'
import { installSignalingShim, loopbackSignaling } from '../../../renderer/voice/signaling-shim.ts'
import { renewAtMs, tokenLife } from '../../../renderer/voice/token-renewal.ts'
import { tokenOf } from '../kit/phone-kit.ts'

describe('the signaling shim', () => {
  test.each([
    ['ws://127.0.0.1:1/signal', true],
    ['ws://localhost:1/signal', true],
    ['ws://[::1]:1/signal', true],
    ['wss://127.0.0.1:1/signal', false],
    ['ws://192.0.2.1/signal', false],
    ['ws://127.0.0.1.example.com/signal', false],
    ['nonsense', false],
    [null, false],
  ])('%j is on this machine: %s', (url, isLocal) => expect(loopbackSignaling(url) !== undefined).toBe(isLocal))

  test('maps every Twilio edge, and nothing else', () => {
    const opened: string[] = []
    class Native {
      static readonly OPEN = 1
      constructor(url: string) {
        opened.push(url)
      }
    }
    const scope = { WebSocket: Native as never as typeof WebSocket }
    installSignalingShim(scope, 'ws://127.0.0.1:9/signal')
    const urls = [
      'wss://voice-js.roaming.twilio.com/signal',
      'wss://voice-js.ashburn.twilio.com/signal',
      'ws://127.0.0.1:1/bridge/events',
      'wss://twilio.com.evil.example/signal',
    ]
    expect(urls.map((url) => new scope.WebSocket(url))).toHaveLength(4)
    expect(opened).toEqual(['ws://127.0.0.1:9/signal', 'ws://127.0.0.1:9/signal', urls[2], urls[3]])
    expect(scope.WebSocket.OPEN).toBe(1)
  })
})

test.each([
  ['159', [{ atMs: 0, digits: '159' }]],
  [
    '1w2',
    [
      { atMs: 0, digits: '1' },
      { atMs: 880, digits: '2' },
    ],
  ],
  ['ww#', [{ atMs: 1000, digits: '#' }]],
  [
    '12ab*',
    [
      { atMs: 0, digits: '12' },
      { atMs: 610, digits: '*' },
    ],
  ],
  ['', []],
])('digits %j', (text, plan) => expect(planDigits(text).plan).toEqual(plan))

test('sounds are the sandbox’s by Twilio’s file names, or Twilio’s own', () => {
  expect(soundsAt(null)).toEqual({})
  expect(soundsAt('http://127.0.0.1:1/sounds/')).toMatchObject({
    incoming: 'http://127.0.0.1:1/sounds/incoming.mp3',
    dtmf0: 'http://127.0.0.1:1/sounds/dtmf-0.mp3',
    dtmfs: 'http://127.0.0.1:1/sounds/dtmf-star.mp3',
    dtmfh: 'http://127.0.0.1:1/sounds/dtmf-hash.mp3',
  })
})

test.each([
  [3600, false, 2700],
  [3600, true, 3300],
  [12, false, 9],
  [12, true, 10.2],
])('a token of %d s (talking: %s) is renewed after %d s', (life, isTalking, dueSeconds) => {
  const now = Date.parse('2026-11-21T09:00:00Z')
  expect(renewAtMs(tokenLife(tokenOf(life, now), now), isTalking) - now).toBeCloseTo(dueSeconds * 1000)
})

test('a token that is no JWT lives from now to its expiry', () => {
  expect(tokenLife({ token: 'opaque', expiresAt: '2026-11-21T10:00:00Z' }, 5)).toEqual({
    issuedMs: 5,
    expiresMs: Date.parse('2026-11-21T10:00:00Z'),
  })
})

/** Media devices of which the microphone may be refused. */
const devices = (error?: string, inputs = 1) => ({
  async getUserMedia() {
    if (error) throw Object.assign(new Error(error), { name: error })
    return { getTracks: () => [{ stop: () => undefined }] } as never
  },
  enumerateDevices: async () => Array.from({ length: inputs }, () => ({ kind: 'audioinput' })) as never,
  addEventListener: () => undefined,
  removeEventListener: () => undefined,
})

describe('the microphone', () => {
  test.each([
    ['NotAllowedError', 'microphone-denied', 'denied'],
    ['NotFoundError', 'microphone-missing', 'missing'],
    ['NotReadableError', 'microphone-busy', 'unknown'],
  ])('%s is %s', async (error, code, state) => {
    const microphone = createMicrophone(devices(error), undefined)
    expect((await microphone.ensure())?.code).toBe(code)
    expect(microphone.state()).toBe(state)
  })
  test('a permission withdrawn is noticed', async () => {
    const permission = Object.assign(new EventTarget(), { state: 'granted' })
    const microphone = createMicrophone(devices(), { query: async () => permission as never })
    const states: string[] = []
    microphone.onChange((state) => states.push(state))
    await vi.waitFor(() => expect(states).toEqual(['granted']))
    permission.state = 'denied'
    permission.dispatchEvent(new Event('change'))
    await vi.waitFor(() => expect(states).toEqual(['granted', 'denied']))
  })
  test('none plugged in, or none allowed to be asked for', async () => {
    const microphone = createMicrophone(devices(undefined, 0), undefined)
    await vi.waitFor(() => expect(microphone.state()).toBe('missing'))
    expect((await createMicrophone(undefined, undefined).ensure())?.code).toBe('microphone-missing')
  })
})

/** Web Locks of one origin, as two windows see them. */
function origin() {
  const queue: (() => void)[] = []
  let isHeld = false
  const next = () => {
    isHeld = false
    queue.shift()?.()
  }
  const request = (_name: string, options: LockOptions, work: (lock: Lock | null) => unknown) => {
    const hold = async () => {
      isHeld = true
      await work({} as Lock)
      next()
    }
    if (!isHeld) return hold()
    if (options.ifAvailable) return Promise.resolve(work(null))
    queue.push(() => void hold())
    return Promise.resolve()
  }
  return { request } as never as Pick<LockManager, 'request'>
}

/** Two windows, each hearing what the other says. */
function windows(isTalking: () => boolean) {
  const locks = origin()
  const channels = [new EventTarget(), new EventTarget()]
  const log: string[] = []
  const open = (me: number) =>
    createPhoneLock(
      locks,
      {
        postMessage: (data: unknown) => void channels[1 - me]!.dispatchEvent(new MessageEvent('message', { data })),
        close: () => undefined,
        addEventListener: ((type: string, listener: EventListener) => channels[me]!.addEventListener(type, listener)) as never,
      },
      { onGained: () => void log.push(`${me} gained`), onAsked: () => !isTalking(), onRefused: () => void log.push(`${me} refused`) },
    )
  return { first: open(0), second: open(1), log }
}

describe('the lock', () => {
  test('one window has it; the other takes over, but not during a call', async () => {
    let isTalking = true
    const { first, second, log } = windows(() => isTalking)
    expect(await first.acquire()).toBe(true)
    expect(await second.acquire()).toBe(false)
    second.requestTakeOver()
    expect(log).toEqual(['1 refused'])
    isTalking = false
    second.requestTakeOver()
    await vi.waitFor(() => expect(log).toEqual(['1 refused', '1 gained']))
  })
})

test('keys pressed faster than tones sound wait for one another', () => {
  const first = planDigits('1')
  const second = planDigits('5', first.endsInMs - 50)
  expect(first.plan).toEqual([{ atMs: 0, digits: '1' }])
  expect(second.plan).toEqual([{ atMs: first.endsInMs - 50, digits: '5' }])
  expect(planDigits('9', -1000).plan).toEqual([{ atMs: 0, digits: '9' }])
})
