import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'
import { findChromium } from '../../../scripts/lib/chromium.mjs'
import { heardTone, installAudioProbe, listenForGaps } from './audio-probe.ts'

// No --use-fake-ui-for-media-stream: the permission is granted per origin, as a person does, so that a denied one can be tested.
const flags = [
  '--use-fake-device-for-media-stream',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--allow-loopback-in-peer-connection',
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  ...(process.platform === 'linux' ? ['--disable-dev-shm-usage'] : []),
]

/** Debian's Chromium, headless, with sound. */
export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: findChromium()!, args: flags, ignoreDefaultArgs: ['--mute-audio'] })

export interface Phone {
  page: Page
  context: BrowserContext
  /** Console errors and CSP violations so far: every journey ends with none. */
  errors: string[]
  state(): Promise<string>
  waitForState(state: string | RegExp, timeoutMs?: number): Promise<void>
  /** What the person at this page hears: dominant frequency over half a second, and its level 0…1. */
  hears(): Promise<{ hz: number; level: number }>
  /** Listens from now on; the result tells the longest silence in ms so far. */
  listen(): Promise<() => Promise<number>>
  /** @throws Error when the page broke its Content Security Policy. */
  close(): Promise<void>
}

export interface PhoneOptions {
  /** Tone that this page's microphone gives; a sine is easy to find again at the other end. */
  voiceHz?: number
  microphone?: 'granted' | 'denied'
  viewport?: { width: number; height: number }
  colorScheme?: 'light' | 'dark'
  turnOn?: boolean
  /** Runs in the page before its own scripts. */
  initScript?: () => void
}

/** Opens a desktop's page as a person would, turns calls on, and waits until its Device is registered. */
export async function openPhone(browser: Browser, url: string, options: PhoneOptions = {}): Promise<Phone> {
  const { voiceHz = 1000, microphone = 'granted', viewport = { width: 1080, height: 720 }, colorScheme = 'light', turnOn = true } = options
  const context = await browser.newContext({ viewport, colorScheme, locale: 'en-US' })
  if (microphone === 'granted') await context.grantPermissions(['microphone', 'notifications'], { origin: new URL(url).origin })
  await context.addInitScript(installAudioProbe, microphone === 'granted' ? voiceHz : 0)
  if (options.initScript) await context.addInitScript(options.initScript)
  const page = await context.newPage()
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(error.message))
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()))
  await page.goto(url)
  const status = page.getByRole('status', { name: 'Call state', exact: true })
  const phone: Phone = {
    page,
    context,
    errors,
    state: async () => (await status.textContent()) ?? '',
    waitForState: async (state, timeoutMs = 15_000) => {
      const wanted = typeof state === 'string' ? new RegExp(`^${state}$`) : state
      try {
        await page.waitForFunction(
          ([source]) => new RegExp(source!).test(document.querySelector('[role=status][aria-label="Call state"]')?.textContent ?? ''),
          [wanted.source],
          { timeout: timeoutMs, polling: 20 },
        )
      } catch {
        throw new Error(
          `expected state ${String(state)}, but it is ${JSON.stringify(await status.textContent({ timeout: 500 }).catch(() => null))}`,
        )
      }
    },
    hears: () => page.evaluate(heardTone),
    listen: async () => {
      await page.evaluate(listenForGaps)
      return () => page.evaluate(() => window.audioProbe?.longestSilenceMs ?? Infinity)
    },
    close: async () => {
      await context.close()
      const violations = errors.filter((text) => text.includes('Content Security Policy'))
      if (violations.length > 0) throw new Error(violations.join('\n'))
    },
  }
  if (turnOn) await turnOnCalls(page)
  return phone
}

/** The first gesture of a visit: makes the Device (a browser lets sound begin only then). */
export async function turnOnCalls(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Turn on calls' }).click()
  await page
    .getByRole('status', { name: 'Availability' })
    .getByText(/^Available/)
    .waitFor({ timeout: 30_000 })
}

export async function dial(phone: Phone, number: string): Promise<void> {
  await phone.page.getByRole('textbox', { name: 'Phone number', exact: true }).fill(number)
  await phone.page.getByRole('button', { name: 'Call', exact: true }).click()
}

export const press = (phone: Phone, name: string) => phone.page.getByRole('button', { name, exact: true }).click()

/** After a journey, whatever became of it: hangs up, so that a failed one does not take the next ones with it. */
export async function endCall(phone: Phone): Promise<void> {
  const hangUp = phone.page.getByRole('button', { name: 'Hang up', exact: true })
  if (await hangUp.isVisible()) await hangUp.click()
  await phone.waitForState('Ready')
}
