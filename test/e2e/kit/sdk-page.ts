import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { expect, vi } from 'vitest'
import type { Leg, LegEvent } from '../../../sandbox/twilio/ports.ts'
import { tokenFor } from '../../sandbox/signaling/kit.ts'
import { heardTone, installAudioProbe } from './audio-probe.ts'

// A bare page with the unmodified Voice SDK, without any product code: what the sandbox's own journeys drive.

const SDK = readFileSync(fileURLToPath(import.meta.resolve('@twilio/voice-sdk')).replace(/(es5|esm|dist)\/.*$/, 'dist/twilio.min.js'))

interface Sdk {
  device: SdkDevice
  call: SdkCall | undefined
  events: string[]
}
interface SdkCall {
  parameters: Record<string, string>
  customParameters: Map<string, string>
  accept(): void
  reject(): void
  disconnect(): void
  mute(isMuted: boolean): void
  sendDigits(digits: string): void
  on(event: string, listener: (...values: unknown[]) => void): void
}
interface SdkDevice {
  register(): Promise<void>
  unregister(): Promise<void>
  connect(options: { params: Record<string, string> }): Promise<SdkCall>
  updateToken(token: string): void
  on(event: string, listener: (value: SdkCall) => void): void
}
declare global {
  interface Window {
    Twilio: { Device: new (token: string, options: object) => SdkDevice }
    sdk: Sdk
    /** Frames the SDK sent. */
    signalled: string[]
  }
}

/** Way A of reaching a sandbox: signaling of any Twilio host goes to the page's own server. */
const PAGE = `<!doctype html><meta charset="utf-8"><title>Voice SDK</title><script>
window.WebSocket = class extends WebSocket {
  constructor(url, protocols) {
    const { hostname, pathname } = new URL(url)
    super(hostname.endsWith('.twilio.com') && pathname === '/signal' ? 'ws://' + location.host + '/signal' : url, protocols)
  }
  send(data) {
    window.signalled.push(data)
    super.send(data)
  }
}
window.signalled = []
</script><script src="/sdk.js"></script>`

/** Answers the page, the SDK and nothing else. */
export function servePage(request: IncomingMessage, response: ServerResponse): void {
  if (request.url === '/sdk.js') response.writeHead(200, { 'content-type': 'text/javascript' }).end(SDK)
  else if (request.url === '/') response.writeHead(200, { 'content-type': 'text/html' }).end(PAGE)
  else response.writeHead(204).end()
}

// In the page.
async function startDevice(token: string): Promise<void> {
  const names = ['incoming', 'outgoing', 'disconnect', 'dtmfs', 'dtmfh', ...Array.from({ length: 10 }, (_, key) => `dtmf${key}`)]
  const quiet = 'data:audio/wav;base64,UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQIAAAAAAA=='
  const sounds = Object.fromEntries(names.map((name) => [name, quiet]))
  const options = {
    sounds,
    publishEvents: false,
    logLevel: 'silent',
    codecPreferences: ['pcmu'],
    enableImprovedSignalingErrorPrecision: true,
  }
  const device = new window.Twilio.Device(token, options)
  const events: string[] = []
  window.sdk = { device, call: undefined, events }
  for (const name of ['registered', 'unregistered', 'error']) {
    device.on(name, (value) => events.push(`device.${name}${(value as { code?: number } | undefined)?.code ?? ''}`))
  }
  device.on('incoming', (call) => {
    window.sdk.call = call
    for (const name of ['accept', 'disconnect', 'cancel', 'reject', 'reconnecting', 'reconnected']) call.on(name, () => events.push(name))
    events.push('incoming')
  })
  await device.register()
}

/** In the page: places a call. */
export async function connect(params: Record<string, string>): Promise<void> {
  const { device, events } = window.sdk
  const call = await device.connect({ params })
  window.sdk.call = call
  for (const name of ['ringing', 'accept', 'disconnect', 'cancel', 'reconnecting', 'reconnected']) call.on(name, () => events.push(name))
  call.on('error', (error) => events.push(`error${(error as { code: number }).code}`))
}

export const VOICE_HZ = 1000

/** Waits until a frequency is measured. */
export const near = async (read: () => number | Promise<number>, hz: number) =>
  vi.waitFor(async () => expect(Math.abs((await read()) - hz)).toBeLessThan(8), { timeout: 8000, interval: 100 })

/** What the SDK told the page so far. */
export const events = (page: Page) => page.evaluate(() => window.sdk.events)
export const sees = (page: Page, event: string) =>
  vi.waitFor(async () => expect(await events(page)).toContain(event), { timeout: 8000, interval: 50 })
export const heard = async (page: Page) => (await page.evaluate(heardTone)).hz
export const watch = (leg: Leg) => {
  const seen: LegEvent[] = []
  leg.on((event) => seen.push(event))
  return seen
}

/** Opens a page whose Device is registered as `identity`; its microphone gives `voiceHz`. */
export async function openDevice(browser: Browser, port: number, identity: string, voiceHz = VOICE_HZ): Promise<Page> {
  const context = await browser.newContext()
  const origin = `http://127.0.0.1:${port}`
  await context.grantPermissions(['microphone'], { origin })
  await context.addInitScript(installAudioProbe, voiceHz)
  const page = await context.newPage()
  await page.goto(origin)
  await page.evaluate(startDevice, tokenFor(identity))
  return page
}
