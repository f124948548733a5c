import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { bridge } from '../../sandbox/twilio/media/bridge.ts'
import { createEar } from '../../sandbox/twilio/media/ear.ts'
import { tone } from '../../sandbox/twilio/media/sources.ts'
import { ACCOUNT_SID, callSid, startGateway, tokenFor, type TestGateway } from '../sandbox/signaling/kit.ts'
import { launchBrowser } from './kit/browser.ts'
import { VOICE_HZ, connect, events, heard, near, openDevice, sees, servePage, watch } from './kit/sdk-page.ts'

// The unmodified Voice SDK in a real browser against the sandbox's signaling and media.

describe('the Voice SDK against the sandbox', () => {
  let browser: Browser
  let server: TestGateway
  const pages: Page[] = []
  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(() => browser?.close())
  beforeEach(async () => {
    server = await startGateway({}, {}, servePage)
  })
  afterEach(async () => {
    for (const page of pages.splice(0)) await page.context().close()
    await server.close()
  })

  async function open(identity: string, voiceHz?: number): Promise<Page> {
    const page = await openDevice(browser, server.port, identity, voiceHz)
    pages.push(page)
    return page
  }

  test('registers; calls out, rings with early media, hears 440 Hz and is heard, presses keys, survives a signaling drop', async () => {
    const page = await open('ada')
    expect(server.gateway.registered('ada')).toBe(1)
    const announced = server.nextCall()
    await page.evaluate(connect, { To: '+15005550102', 'X y': 'ä&=+ 1' })
    const call = await announced
    expect(call).toMatchObject({ identity: 'ada', params: { To: '+15005550102', 'X y': 'ä&=+ 1' }, grantParams: { fromGrant: 'yes' } })
    const seen = watch(call.leg)
    const ear = createEar((listener) => call.leg.audio.onVoice(listener))

    await call.leg.ring(true)
    void call.leg.audio.play(tone(350))
    await sees(page, 'ringing')
    await near(() => heard(page), 350)
    expect(await events(page)).not.toContain('accept')

    await call.leg.answer()
    void call.leg.audio.play(tone(440))
    await sees(page, 'accept')
    await near(() => heard(page), 440)
    await near(() => ear.frequencyHz, VOICE_HZ)

    await page.evaluate(() => window.sdk.call?.sendDigits('159*#0'))
    const digits = () => seen.flatMap((event) => (event.type === 'digit' ? [event.digit] : [])).join('')
    await vi.waitFor(() => expect(digits()).toBe('159*#0'), { timeout: 8000 })

    await page.evaluate(() => window.sdk.call?.mute(true))
    await vi.waitFor(() => expect(ear.level).toBe(0), { timeout: 4000 })
    await page.evaluate(() => window.sdk.call?.mute(false))

    server.gateway.dropSignaling({})
    await sees(page, 'reconnecting')
    await sees(page, 'reconnected')
    await near(() => heard(page), 440)
    await near(() => ear.frequencyHz, VOICE_HZ)

    await page.evaluate(() => window.sdk.call?.disconnect())
    await vi.waitFor(() => expect(seen.at(-1)).toEqual({ type: 'ended', why: 'hangup' }))
  })

  test('is called: rings, accepts, both hear each other; the caller hangs up', async () => {
    const page = await open('ada')
    const sid = callSid()
    const params = { lk: 'one.two' }
    const leg = server.gateway.invite('ada', { sid, from: '+15005550199', to: 'client:ada', accountSid: ACCOUNT_SID, params })
    const seen = watch(leg)
    const ear = createEar((listener) => leg.audio.onVoice(listener))
    await sees(page, 'incoming')
    expect(seen).toEqual([{ type: 'ringing' }])
    const shown = await page.evaluate(() => ({ ...window.sdk.call!.parameters, lk: window.sdk.call!.customParameters.get('lk') }))
    expect(shown).toMatchObject({ CallSid: sid, From: '+15005550199', To: 'client:ada', lk: 'one.two' })
    await page.evaluate(() => window.sdk.call?.accept())
    await vi.waitFor(() => expect(seen).toContainEqual({ type: 'answered' }), { timeout: 4000 })
    void leg.audio.play(tone(620))
    await near(() => heard(page), 620)
    await near(() => ear.frequencyHz, VOICE_HZ)
    leg.end('hangup')
    await sees(page, 'disconnect')
  })

  test('two Devices hear each other through a bridge; a refused call says busy; a cancelled one stops ringing', async () => {
    const [ada, kim] = [await open('ada', 1000), await open('kim', 700)]
    const announced = server.nextCall()
    await ada.evaluate(connect, { To: 'client:kim' })
    const { leg: caller } = await announced
    await caller.ring(false)
    const callee = server.gateway.invite('kim', {
      sid: callSid(),
      from: 'client:ada',
      to: 'client:kim',
      accountSid: ACCOUNT_SID,
      params: {},
    })
    await sees(kim, 'incoming')
    await kim.evaluate(() => window.sdk.call?.accept())
    await sees(kim, 'accept')
    await caller.answer()
    const part = bridge(caller.audio, callee.audio)
    await near(() => heard(ada), 700)
    await near(() => heard(kim), 1000)
    part()
    callee.end('hangup')
    caller.end('hangup')
    await sees(ada, 'disconnect')

    const second = server.nextCall()
    await ada.evaluate(connect, { To: 'client:kim' })
    ;(await second).leg.end('busy')
    await sees(ada, 'error31486')

    const third = server.gateway.invite('kim', {
      sid: callSid(),
      from: 'client:ada',
      to: 'client:kim',
      accountSid: ACCOUNT_SID,
      params: {},
    })
    await vi.waitFor(async () => expect((await events(kim)).filter((event) => event === 'incoming')).toHaveLength(2))
    third.end('canceled')
    await sees(kim, 'cancel')
  })

  test('declines, unregisters; renews its token within a call unheard; a page that is left hangs up', async () => {
    const page = await open('ada')
    const invitation = { sid: callSid(), from: '+15005550199', to: 'client:ada', accountSid: ACCOUNT_SID, params: {} }
    const declined = watch(server.gateway.invite('ada', invitation))
    await sees(page, 'incoming')
    await page.evaluate(() => window.sdk.call?.reject())
    await vi.waitFor(() => expect(declined.at(-1)).toEqual({ type: 'ended', why: 'declined' }))

    const announced = server.nextCall()
    await page.evaluate(connect, { To: 'anybody' })
    const { leg } = await announced
    const seen = watch(leg)
    await leg.answer()
    void leg.audio.play(tone(440))
    await near(() => heard(page), 440)
    await page.evaluate((token) => window.sdk.device.updateToken(token), tokenFor('ada', { ttl: 600 }))
    await near(() => heard(page), 440)
    expect(await events(page)).not.toContain('reconnecting')

    await page.evaluate(() => window.sdk.device.unregister())
    expect(server.gateway.registered('ada')).toBe(0)
    await page.goto('about:blank')
    await vi.waitFor(() => expect(seen).toEqual([{ type: 'ended', why: 'hangup' }]))
  })
})
