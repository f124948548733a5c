import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, onTestFailed, test } from 'vitest'
import { dial, endCall, launchBrowser, openPhone, press, type Phone } from './kit/browser.ts'
import { eventually, history, upcoming } from './kit/eventually.ts'
import { profilesWith } from './kit/profiles.ts'
import { channelTones } from './kit/recording.ts'
import { MAIN_LINE, startStack, type Desktop, type Stack } from './kit/stack.ts'

const VOICE_HZ = 1000
const CALLER_HZ = 700

describe.each(profilesWith(8))('in a call, sandbox profile $name', ({ profile, seed }) => {
  let stack: Stack
  let browser: Browser
  let ada: Desktop
  let token: string
  let phone: Phone
  beforeAll(async () => {
    stack = await startStack({ profile, seed, relayEnv: { RELAY_RING_SECONDS: '6', RELAY_RECORD_ALL: '1' } })
    await stack.control.faults({ switches: { recordingDelayMs: [200, 800] } })
    ada = await stack.desktop({ invite: await stack.invite('Ada', 'manager') })
    await stack.assign(MAIN_LINE, 'Ada')
    token = await stack.session('Ada', 'manager')
    browser = await launchBrowser()
    phone = await openPhone(browser, ada.url, { voiceHz: VOICE_HZ })
  }, 60_000)
  afterAll(async () => {
    expect(phone?.errors).toEqual([])
    await phone?.close()
    await browser?.close()
    await stack?.close()
  })
  afterEach(() => endCall(phone))
  const onFailure = () => onTestFailed(() => console.error(stack.logs()))

  test('DTMF: keypad digits arrive at the other end in order, once each', async () => {
    onFailure()
    await dial(phone, '+15005550101')
    await phone.waitForState('In call')
    await press(phone, 'Keypad')
    const keypad = phone.page.getByRole('group', { name: 'Call keypad' })
    for (const name of ['1', '5', '9', 'Star', '0', 'Pound']) await keypad.getByRole('button', { name, exact: true }).click()
    await eventually(async () => {
      const sid = (await history(ada))[0]?.legs.find((leg) => leg.sid)?.sid ?? ''
      const { legs } = await stack.control.call(sid)
      expect(legs.find((leg) => leg.kind === 'line')?.digits).toBe('159*0#')
    })
  })

  test('levels move both ways; mute silences us for the other end and no longer after', async () => {
    onFailure()
    await dial(phone, '+15005550101')
    await phone.waitForState('In call')
    await eventually(async () => expect((await phone.hears()).level).toBeGreaterThan(0.01))
    // The SDK measures levels only while its AudioContext runs: a suspended one gives neither levels nor a ringtone.
    for (const name of ['You', 'Them']) {
      const meter = phone.page.getByRole('meter', { name, exact: true })
      await eventually(async () => expect(Number(await meter.getAttribute('value'))).toBeGreaterThan(0.02))
    }
    const mute = phone.page.getByRole('button', { name: 'Mute', exact: true })
    await mute.click()
    expect(await mute.getAttribute('aria-pressed')).toBe('true')
    await eventually(async () => expect((await phone.hears()).level).toBeLessThan(0.005))
    await mute.click()
    expect(await mute.getAttribute('aria-pressed')).toBe('false')
    await eventually(async () => expect(Math.abs((await phone.hears()).hz - VOICE_HZ)).toBeLessThan(10))
  })

  test('a recorded outgoing call has us in channel 1 and them in channel 2', async () => {
    onFailure()
    const next = await upcoming(ada)
    await dial(phone, '+15005550102')
    await phone.waitForState('In call')
    await phone.page.getByText('Recorded', { exact: true }).waitFor()
    await phone.page.waitForTimeout(2500)
    await press(phone, 'Hang up')
    const [ours, theirs] = await recordedTones(next, ['us', 'them'])
    expect(Math.abs(ours - VOICE_HZ)).toBeLessThan(15)
    expect(Math.abs(theirs - 440)).toBeLessThan(15)
  })

  test('a recorded incoming call has them in channel 1 and us in channel 2', async () => {
    onFailure()
    const next = await upcoming(ada)
    const sid = await stack.control.incoming('+14155552671', MAIN_LINE, `tone:${CALLER_HZ}`)
    await phone.page.getByRole('alertdialog', { name: 'Incoming call' }).waitFor()
    await press(phone, 'Answer')
    await phone.waitForState('In call')
    await phone.page.waitForTimeout(2500)
    await stack.control.hangUp(sid)
    const [theirs, ours] = await recordedTones(next, ['them', 'us'])
    expect(Math.abs(theirs - CALLER_HZ)).toBeLessThan(15)
    expect(Math.abs(ours - VOICE_HZ)).toBeLessThan(15)
  })

  /** Waits for the call's recording and measures its channels, which must be named `roles`. */
  async function recordedTones(next: Awaited<ReturnType<typeof upcoming>>, roles: string[]): Promise<[number, number]> {
    const recording = await eventually(async () => {
      const call = await next.outcome('answered')
      const done = call.recordings.find((one) => one.status === 'completed')
      if (!done) throw new Error(`no completed recording yet: ${JSON.stringify(call.recordings)}`)
      return done
    }, 30_000)
    expect(recording.channelRoles).toEqual(roles)
    return channelTones(stack, token, recording.sid)
  }
})
