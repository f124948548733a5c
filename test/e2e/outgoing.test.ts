import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFailed, test } from 'vitest'
import { dial, launchBrowser, openPhone, press, type Phone } from './kit/browser.ts'
import { eventually, upcoming } from './kit/eventually.ts'
import { profilesWith } from './kit/profiles.ts'
import { MAIN_LINE, startStack, type Desktop, type Stack } from './kit/stack.ts'

const VOICE_HZ = 1000

describe.each(profilesWith(4))('outgoing calls, sandbox profile $name', ({ profile, seed }) => {
  let stack: Stack
  let browser: Browser
  let ada: Desktop
  let phone: Phone
  beforeAll(async () => {
    stack = await startStack({ profile, seed, relayEnv: { RELAY_OUTGOING_RING_SECONDS: '5' } })
    await stack.control.faults({ switches: { dialBufferMs: 500, recordingDelayMs: [200, 800] } })
    const invite = await stack.invite('Ada', 'manager')
    await stack.assign(MAIN_LINE, 'Ada')
    ada = await stack.desktop({ invite })
    browser = await launchBrowser()
    phone = await openPhone(browser, ada.url, { voiceHz: VOICE_HZ })
  }, 60_000)
  afterAll(async () => {
    expect(phone?.errors).toEqual([])
    await phone?.close()
    await browser?.close()
    await stack?.close()
  })
  const onFailure = () => onTestFailed(() => console.error(stack.logs()))

  test('…0102 is heard as 440 Hz, and hears us on the other end', async () => {
    onFailure()
    const next = await upcoming(ada)
    await dial(phone, '+15005550102')
    await phone.waitForState('In call')
    const heard = await eventually(async () => {
      const { hz, level } = await phone.hears()
      expect(level).toBeGreaterThan(0.01)
      return hz
    })
    expect(heard).toBeGreaterThan(435)
    expect(heard).toBeLessThan(445)
    await press(phone, 'Hang up')
    await phone.waitForState(/Call ended|Ready/)
    const call = await next.outcome('answered')
    expect(call.direction).toBe('outgoing')
    expect(call.party).toEqual({ kind: 'number', number: '+15005550102' })
    expect(call.ourNumber).toBe(MAIN_LINE)
    expect(call.talkSeconds).toBeGreaterThanOrEqual(0)
    expect(call.legs.map((leg) => leg.role).toSorted()).toEqual(['device', 'party'])
  })

  test('…0101 echoes our own voice: both directions carry sound', async () => {
    onFailure()
    const next = await upcoming(ada)
    await dial(phone, '+15005550101')
    await phone.waitForState('In call')
    await eventually(async () => expect(Math.abs((await phone.hears()).hz - VOICE_HZ)).toBeLessThan(10))
    await press(phone, 'Hang up')
    await next.outcome('answered')
  })

  test.each([
    ['…0103 is busy', '+15005550103', 'Busy', 'busy'],
    ['…0104 never answers', '+15005550104', 'No answer', 'no-answer'],
    ['…0105 cannot be reached', '+15005550105', 'Not reachable', 'unreachable'],
  ] as const)('%s', async (_name, number, state, reason) => {
    onFailure()
    const next = await upcoming(ada)
    await dial(phone, number)
    await phone.waitForState(state, 20_000)
    await next.outcome('not-reached', reason)
    await phone.waitForState('Ready', 10_000)
  })

  test('…0106 answers and hangs up by itself', async () => {
    onFailure()
    const next = await upcoming(ada)
    await dial(phone, '+15005550106')
    await phone.waitForState('In call')
    await phone.waitForState(/Call ended|Ready/, 10_000)
    const call = await next.outcome('answered')
    expect(call.talkSeconds).toBeGreaterThanOrEqual(2)
  })

  test('…0107 greets, then beeps', async () => {
    onFailure()
    const next = await upcoming(ada)
    await dial(phone, '+15005550107')
    await phone.waitForState('In call')
    await eventually(async () => expect((await phone.hears()).level).toBeGreaterThan(0.01))
    await press(phone, 'Hang up')
    await next.outcome('answered')
  })

  test('any other number rings, answers after two seconds and talks', async () => {
    onFailure()
    const next = await upcoming(ada)
    await dial(phone, '(415) 555-2671')
    await phone.waitForState('Ringing')
    await phone.waitForState('In call')
    await eventually(async () => expect((await phone.hears()).level).toBeGreaterThan(0.01))
    await press(phone, 'Hang up')
    const call = await next.outcome('answered')
    expect(call.party).toEqual({ kind: 'number', number: '+14155552671' })
  })

  test('a call given up while it rings is not called anything else', async () => {
    onFailure()
    const next = await upcoming(ada)
    await dial(phone, '+15005550104')
    await phone.waitForState('Ringing')
    await press(phone, 'Hang up')
    await next.outcome('not-reached', 'canceled')
  })
})
