// From the click on *Call* to the SDK's connect, and from there to the first block of 440 Hz (the exchange's line …0102).
// The SDK's connect asks for the microphone first, on both pages: that request is the instant taken for it.
import type { Browser, Page } from 'playwright-core'
import { launchBrowser, turnOnCalls } from '../test/e2e/kit/browser.ts'
import { startStack, type Stack } from '../test/e2e/kit/stack.ts'
import { bench, type Comparison, type Effort, type Side } from './harness.ts'
import { readStopwatch, stopwatchScript, type Laps } from './kit/stopwatch.ts'
import { barePhone, openBarePage, ourUrl } from './kit/pages.ts'

const LINE = '+15005550102'

interface Caller {
  page: Page
  browser: Browser
  stack: Stack
}

/** A page with the stopwatch in it, on a stack of its own. Both sides have the same browser, flags and microphone. */
async function caller(open: (page: Page, stack: Stack) => Promise<void>): Promise<Caller> {
  const stack = await startStack({ profile: 'kind' })
  const browser = await launchBrowser()
  const context = await browser.newContext()
  await context.grantPermissions(['microphone'])
  await context.addInitScript({ content: stopwatchScript() })
  const page = await context.newPage()
  await open(page, stack)
  return { page, browser, stack }
}

/** One call: dial, wait for the tone, hang up, wait until the phone is ready again. */
async function lap(page: Page): Promise<Laps> {
  await page.getByRole('textbox', { name: 'Phone number' }).fill(LINE)
  await page.getByRole('button', { name: 'Call', exact: true }).click()
  const laps = await page.evaluate(readStopwatch)
  await page.getByRole('button', { name: 'Hang up', exact: true }).click()
  await page.getByRole('status', { name: 'Call state' }).getByText('Ready', { exact: true }).waitFor()
  return laps
}

const side =
  (open: (page: Page, stack: Stack) => Promise<void>, measure: (laps: Laps) => number, { isQuick }: Effort) =>
  async (): Promise<Side> => {
    const made = await caller(open)
    return {
      async round() {
        const samples: number[] = []
        for (let call = 0; call < (isQuick ? 2 : 8); call++) samples.push(measure(await lap(made.page)))
        return { samples }
      },
      async close() {
        await made.browser.close()
        await made.stack.close()
      },
    }
  }

const ours = async (page: Page, stack: Stack) => {
  await page.goto(await ourUrl(stack))
  await turnOnCalls(page)
}
const peer = async (page: Page, stack: Stack) => barePhone(page, await openBarePage(stack))

await bench('connect-to-audio', (effort): Comparison[] => [
  {
    name: 'click to connect',
    what: 'click on Call → the SDK asks for the microphone; result: p95',
    unit: 'ms',
    isLowerBetter: true,
    floor: 16,
    aim: 16,
    ours: side(ours, (laps) => laps.connectAt - laps.clickAt, effort),
    peer: null,
  },
  {
    name: 'connect to audio',
    what: 'the SDK’s connect → first block of 440 Hz',
    unit: 'ms',
    isLowerBetter: true,
    floor: 1.1,
    aim: 1.1,
    ours: side(ours, (laps) => laps.heardAt - laps.connectAt, effort),
    peer: side(peer, (laps) => laps.heardAt - laps.connectAt, effort),
  },
])
process.exit()
