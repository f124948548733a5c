import { once } from 'node:events'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { createEar } from '../../../sandbox/twilio/media/ear.ts'
import { tone } from '../../../sandbox/twilio/media/sources.ts'
import { findChromium } from '../../../scripts/lib/chromium.mjs'
import { startWorld, type World } from '../control/kit.ts'
import type { LegReport } from '../../../sandbox/control/legs.ts'

const us = '+14155550100'
let world: World
beforeAll(async () => {
  world = await startWorld({ '/voice': `<Dial callerId="${us}" answerOnBridge="true"><Number>+15005550102</Number></Dial>` })
})
afterAll(() => world.close())

const legsOf = async (sid: string) => (await world.control(`/calls/${sid}`)).body['legs'] as LegReport[]
const audioUrl = (sid: string) => `${world.sandbox.url.replace('http', 'ws')}/handset/audio?call=${sid}`

describe("the page's files", () => {
  test.each(['/', '/handset/handset.css', '/handset/start.js', '/handset/handset.js', '/handset/audio.js', '/handset/line-worklet.js'])(
    '%s is served with a policy that lets nothing in',
    async (path) => {
      const answer = await fetch(world.sandbox.url + path)
      expect(answer.status).toBe(200)
      expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'")
      expect((await answer.text()).length).toBeGreaterThan(50)
    },
  )

  test('nothing else is', async () => {
    for (const path of ['/handset/plugin.ts', '/handset/..%2fplugin.ts', '/handset/page/index.html'])
      expect((await fetch(world.sandbox.url + path)).status).toBe(404)
  })
})

/** The status with which an upgrade is refused. */
const statusOf = async (socket: WebSocket) => {
  const [, answer] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }]
  return answer.statusCode
}

describe('sound over the socket', () => {
  test('the far end is heard, and hears what is said, until the call ends', async () => {
    const { body } = await world.control('/incoming-calls', { from: '+14155552671', to: us, script: 'wait' })
    const sid = String(body['callSid'])
    const socket = new WebSocket(audioUrl(sid))
    await once(socket, 'open')
    const ear = createEar((listener) => {
      const hear = (frame: Buffer) => listener(new Uint8Array(frame))
      socket.on('message', hear)
      return () => socket.off('message', hear)
    })
    const voice = tone(900)
    const speaking = setInterval(() => {
      const frame = voice.next()
      if (frame) socket.send(frame)
    }, 20)
    await vi.waitFor(
      async () => {
        expect(Math.round(ear.frequencyHz)).toBe(440)
        const [, child] = await legsOf(sid)
        expect(Math.abs((child?.heard?.frequencyHz ?? 0) - 900)).toBeLessThan(10)
      },
      { timeout: 10_000 },
    )
    const closed = once(socket, 'close')
    await world.control(`/calls/${sid}/hangup`, {})
    await closed
    clearInterval(speaking)
  })

  test('a call that is not there, and a page from elsewhere, are refused', async () => {
    expect(await statusOf(new WebSocket(audioUrl('CAx')))).toBe(404)
    expect(await statusOf(new WebSocket(audioUrl('CAx'), { origin: 'https://evil.example' }))).toBe(403)
  })
})

const executablePath = findChromium() ?? 'chromium'

describe('in a browser', () => {
  let browser: Browser
  let page: Page
  const complaints: string[] = []
  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath,
      args: ['--no-sandbox', '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream'],
    })
    page = await browser.newPage()
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(error.message))
    await page.goto(world.sandbox.url)
  }, 30_000)
  afterAll(() => browser.close())

  test('a double click places one call', async () => {
    const before = world.sandbox.engine.active().length
    await page.getByLabel('Call', { exact: true }).selectOption(us)
    await page.getByRole('button', { name: 'Call', exact: true }).dblclick()
    await expect.poll(() => page.getByRole('status').textContent(), { timeout: 10_000 }).toBe('In call')
    expect(world.sandbox.engine.active().filter(({ parentCallSid }) => parentCallSid === null)).toHaveLength(before + 1)
    await page.getByRole('button', { name: 'Hang up' }).click()
    await expect.poll(() => page.getByRole('status').textContent()).toBe('Call ended (completed)')
  })

  test('a person calls, talks, presses keys, sees the webhooks and hangs up', async () => {
    const state = page.getByRole('status')
    await page.getByLabel('Call', { exact: true }).selectOption(us)
    await page.getByLabel('Talk with my microphone').check()
    await page.getByRole('button', { name: 'Call', exact: true }).click()
    await expect.poll(() => state.textContent(), { timeout: 10_000 }).toBe('In call')
    await expect.poll(() => page.getByRole('row', { name: /\/voice/ }).count()).toBeGreaterThan(0)
    const sid = world.sandbox.engine.active().find(({ parentCallSid }) => parentCallSid === null)?.sid ?? ''
    // Chromium's fake microphone beeps now and then.
    await expect.poll(async () => ((await legsOf(sid))[1]?.heard?.level ?? 0) > 0.005, { timeout: 10_000 }).toBe(true)
    await page.getByRole('button', { name: '5', exact: true }).click()
    await expect.poll(async () => (await legsOf(sid))[0]?.pressed).toBe('5')
    if (process.env['SCREENSHOTS']) await page.screenshot({ path: `${process.env['SCREENSHOTS']}/handset.png`, fullPage: true })
    await page.getByRole('button', { name: 'Hang up' }).click()
    await expect.poll(() => state.textContent()).toBe('Call ended (completed)')
    expect(complaints).toEqual([])
  })

  test('a refusal is told', async () => {
    await page.getByLabel('Your number').fill('nobody')
    await page.getByRole('button', { name: 'Call', exact: true }).click()
    await expect.poll(() => page.getByRole('alert').textContent()).toContain('body/from must be a number like +14155552671')
  })

  test('nothing is clipped at 360 px', async () => {
    await page.setViewportSize({ width: 360, height: 800 })
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360)
    if (process.env['SCREENSHOTS']) {
      await page.emulateMedia({ colorScheme: 'dark' })
      await page.screenshot({ path: `${process.env['SCREENSHOTS']}/handset-360-dark.png`, fullPage: true })
    }
  })
})
