import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser } from 'playwright-core'
import twilio from 'twilio'
import { afterAll, beforeAll, describe, expect, onTestFailed, test } from 'vitest'
import type { CallRecord } from '../../contract/call.ts'
import { launchBrowser, openPhone, press, dial } from './kit/browser.ts'
import { eventually, history, upcoming } from './kit/eventually.ts'
import { hostileCall } from './kit/hostile-client.ts'
import { profilesWith } from './kit/profiles.ts'
import { MAIN_LINE, SUPPORT, startStack, type Desktop, type Stack } from './kit/stack.ts'

const OUTSIDE = '+14155552671'
const lk = () => crypto.randomUUID()

describe.each(profilesWith(8))('sandbox profile $name', ({ profile, seed }) => {
  let stack: Stack
  let browser: Browser
  let ada: Desktop
  let sam: Desktop
  beforeAll(async () => {
    stack = await startStack({ profile, seed })
    ada = await stack.desktop({ invite: await stack.invite('Ada', 'manager') })
    sam = await stack.desktop({ invite: await stack.invite('Sam', 'staff') })
    await stack.assign(MAIN_LINE, 'Ada')
    await stack.assign(SUPPORT, 'Sam')
    browser = await launchBrowser()
  }, 60_000)
  afterAll(async () => {
    await browser?.close()
    await stack?.close()
  })
  const onFailure = () => onTestFailed(() => console.error(stack.logs()))

  describe.each(['override', 'ignore', 'duplicate'] as const)('a hostile client, custom parameters %s', (customParams) => {
    test('cannot call as somebody else, nor from a number that is not its own', async () => {
      onFailure()
      await stack.control.faults({ switches: { customParams } })
      const { token } = await sam.request<{ token: string }>('voice.token', { renew: true })
      const { identity: victim } = await ada.request<{ identity: string }>('voice.token', { renew: false })
      const call = (...params: [string, string][]) => hostileCall(stack.sandbox.url, token, params)
      // Whoever is dialled, from whichever number: by the sandbox's own books, which no list lags behind.
      const dialed = async () => (await stack.control.calls()).filter((one) => one.direction === 'outbound-dial').length
      const offered = async () => (await history(ada)).filter((one) => one.direction === 'incoming' && one.userId === null).length
      const incomingBefore = await offered()
      const before = await dialed()
      await call(['To', OUTSIDE], ['LkCallerId', MAIN_LINE], ['LkCall', lk()])
      await call(['To', OUTSIDE], ['LkCallerId', MAIN_LINE], ['LkCall', lk()], ['From', `client:${victim}`], ['Caller', `client:${victim}`])
      await call(['To', OUTSIDE], ['LkCallerId', MAIN_LINE], ['LkCall', lk()], ['From', OUTSIDE], ['Direction', 'inbound'])
      await call(['To', OUTSIDE], ['LkCallerId', MAIN_LINE], ['LkCall', lk()], ['CallSid', `CA${'0'.repeat(32)}`])
      await call(['To', MAIN_LINE], ['LkCallerId', MAIN_LINE], ['From', OUTSIDE], ['Caller', OUTSIDE], ['ApplicationSid', ''])
      expect(await dialed()).toBe(before)
      expect(await offered()).toBe(incomingBefore)
      // Nor does any of it stand in the victim's history as hers.
      const { calls } = await ada.request<{ calls: CallRecord[] }>('calls.page', { limit: 50 })
      const { user } = await ada.request<{ user: { userId: string } }>('session.get')
      expect(calls.filter((one) => one.userId === user.userId && one.direction === 'outgoing')).toEqual([])
      // From a number of its own it may call, whatever Twilio makes of parameters.
      await call(['To', OUTSIDE], ['LkCallerId', SUPPORT], ['LkCall', lk()])
      await eventually(async () => expect(await dialed()).toBe(before + 1))
    })
  })

  test('a forged webhook is refused and writes nothing; a repeated one gets the same bytes', async () => {
    onFailure()
    const params = {
      CallSid: `CA${'a'.repeat(32)}`,
      AccountSid: stack.sandbox.accountSid,
      From: OUTSIDE,
      To: MAIN_LINE,
      Caller: OUTSIDE,
      Called: MAIN_LINE,
      CallStatus: 'ringing',
      Direction: 'inbound',
      ApiVersion: '2010-04-01',
    }
    const url = `${stack.relayUrl}/api/twilio/twiml`
    const post = (signature: string) =>
      fetch(url, {
        method: 'POST',
        headers: { 'x-twilio-signature': signature, 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams(params),
      })
    const known = async () => (await history(ada)).filter((call) => call.legs.some((leg) => leg.sid === params.CallSid)).length
    expect((await post(twilio.getExpectedTwilioSignature('wrong token', url, params))).status).toBe(403)
    await sleep(500)
    expect(await known()).toBe(0)

    const signature = twilio.getExpectedTwilioSignature(stack.sandbox.authToken, url, params)
    const [first, second] = [await post(signature), await post(signature)]
    expect(first.status).toBe(200)
    const bytes = await first.text()
    expect(bytes).toContain('<Client')
    expect(await second.text()).toBe(bytes)
    await eventually(async () => expect(await known()).toBe(1))
  })

  test('a denied microphone is said before the call, and the call is in history with the reason', async () => {
    onFailure()
    const phone = await openPhone(browser, ada.url, { microphone: 'denied', turnOn: false })
    const next = await upcoming(ada)
    await phone.page.getByRole('button', { name: 'Turn on calls' }).click()
    await phone.page
      .getByText(/microphone/i)
      .first()
      .waitFor()
    await dial(phone, OUTSIDE)
    await phone.waitForState(/Failed|Ready/)
    await next.outcome('not-reached', 'microphone-denied')
    await phone.close()
  })

  test('first-run: sign in with relay URL and invite code, after being told what was wrong', async () => {
    onFailure()
    const kim = await stack.desktop({ firstRun: true })
    const phone = await openPhone(browser, kim.url, { turnOn: false })
    const { page } = phone
    await page.getByRole('textbox', { name: 'Relay URL', exact: true }).fill(stack.relayUrl)
    await page.getByRole('textbox', { name: 'Invite code', exact: true }).fill('WRONG-CODE-1234')
    await press(phone, 'Sign in')
    await page.getByRole('alert').filter({ hasText: /code/i }).waitFor()
    expect(await page.getByRole('textbox', { name: 'Relay URL', exact: true }).inputValue()).toBe(stack.relayUrl)
    await page.getByRole('textbox', { name: 'Invite code', exact: true }).fill(await stack.invite('Kim', 'staff'))
    await press(phone, 'Sign in')
    await page.getByRole('button', { name: 'Turn on calls' }).waitFor({ timeout: 15_000 })
    expect(await kim.request('session.get')).toMatchObject({ state: 'signed-in', user: { name: 'Kim', role: 'staff' } })
    await phone.close()
  })
})
