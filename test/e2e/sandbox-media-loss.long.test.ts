import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { createEar } from '../../sandbox/twilio/media/ear.ts'
import { tone } from '../../sandbox/twilio/media/sources.ts'
import type { Leg } from '../../sandbox/twilio/ports.ts'
import { ACCOUNT_SID, callSid, startGateway, type TestGateway } from '../sandbox/signaling/kit.ts'
import { launchBrowser } from './kit/browser.ts'
import { VOICE_HZ, connect, events, heard, near, openDevice, sees, servePage } from './kit/sdk-page.ts'

// Media that stops for a while: the SDK restarts ICE after 5 s, and the sandbox repeats its description.

describe('the Voice SDK restarts ICE', () => {
  let browser: Browser
  let server: TestGateway
  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(() => browser?.close())
  beforeEach(async () => {
    server = await startGateway({ deadPeerMs: 60_000 }, {}, servePage)
  })
  afterEach(() => server.close())

  test.each(['outgoing', 'incoming'])('in an %s call: both directions of sound come back', async (direction) => {
    const page = await openDevice(browser, server.port, 'ada')
    let leg: Leg
    if (direction === 'outgoing') {
      const announced = server.nextCall()
      await page.evaluate(connect, { To: 'anybody' })
      leg = (await announced).leg
      await leg.answer()
    } else {
      leg = server.gateway.invite('ada', { sid: callSid(), from: '+15005550199', to: 'client:ada', accountSid: ACCOUNT_SID, params: {} })
      await sees(page, 'incoming')
      await page.evaluate(() => window.sdk.call?.accept())
    }
    const ear = createEar((listener) => leg.audio.onVoice(listener))
    void leg.audio.play(tone(440))
    await near(() => heard(page), 440)
    await near(() => ear.frequencyHz, VOICE_HZ)

    server.switches.mediaLoss = 1
    await vi.waitFor(async () => expect(await events(page)).toContain('reconnecting'), { timeout: 20_000, interval: 100 })
    server.switches.mediaLoss = 0
    ear.reset()
    await vi.waitFor(async () => expect(await events(page)).toContain('reconnected'), { timeout: 30_000, interval: 100 })
    await near(() => heard(page), 440)
    await near(() => ear.frequencyHz, VOICE_HZ)
    expect(await page.evaluate(() => window.signalled.some((frame) => frame.includes('"reinvite"')))).toBe(true)
    await page.context().close()
  })
})
