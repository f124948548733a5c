// The list of 10,000 numbers in Chromium: from a key in the filter until its rows are painted, and the longest task while it scrolls.
// LINEKEEPER_BENCH_NUMBERS changes how many.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { launchBrowser, openPhone } from '../test/e2e/kit/browser.ts'
import { ownedNumbers } from '../test/e2e/kit/numbers.ts'
import { startStack } from '../test/e2e/kit/stack.ts'
import { bench, type Side } from './harness.ts'

const NUMBERS = Number(process.env['LINEKEEPER_BENCH_NUMBERS'] ?? 10_000)
/** Repeats `check` until it holds. @throws its last error after `ms` (vitest's own wait works in its tests only). */
async function until(check: () => Promise<void>, ms: number): Promise<void> {
  const end = performance.now() + ms
  for (;;) {
    try {
      return await check()
    } catch (error) {
      if (performance.now() > end) throw error
      await sleep(100)
    }
  }
}

const typed = ['4', '1', '5', '5', '0', '1', '2']

/** Types a key into the filter and waits for the frame after the one in which the list stood still again. @returns ms. */
function keyToPaint(text: string): Promise<number> {
  const field = document.querySelector<HTMLInputElement>('input[type=search]')
  const table = document.querySelector('[aria-rowcount]')
  if (!field || !table) throw new Error('the list is not there')
  const value = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')
  return new Promise((resolve) => {
    const began = performance.now()
    let changedAt = began
    const observer = new MutationObserver(() => (changedAt = performance.now()))
    observer.observe(table, { attributes: true, childList: true, subtree: true, characterData: true })
    value?.set?.call(field, text)
    field.dispatchEvent(new Event('input', { bubbles: true }))
    const look = () => {
      // Still for three frames: what changed last was painted in the frame after it.
      if (performance.now() - changedAt < 50) {
        requestAnimationFrame(look)
        return
      }
      observer.disconnect()
      resolve(changedAt - began)
    }
    requestAnimationFrame(look)
  })
}

/** Scrolls from top to end and back in steps of a screen, one per frame. @returns the longest task in ms (0: none above 50). */
async function longestTask(): Promise<number> {
  const table = document.querySelector('[aria-rowcount]')
  const scroller = [table, table?.parentElement, ...(table?.querySelectorAll('*') ?? [])].find(
    (one) => one && one.scrollHeight > one.clientHeight + 10_000,
  )
  if (!scroller) throw new Error('nothing scrolls')
  let longest = 0
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longest = Math.max(longest, duration)
  })
  observer.observe({ entryTypes: ['longtask'] })
  for (let step = 0; step <= 240; step++) {
    scroller.scrollTop = (step < 120 ? step : 240 - step) * (scroller.scrollHeight / 120)
    await new Promise((resolve) => requestAnimationFrame(resolve))
  }
  observer.disconnect()
  return longest
}

const side = (count: number, measure: (page: Page) => Promise<number[]>) => async (): Promise<Side> => {
  const stack = await startStack({ profile: 'kind' })
  await stack.control.addNumbers(count)
  const desktop = await stack.desktop({ invite: await stack.invite('Bench', 'manager') })
  const browser = await launchBrowser()
  const { page } = await openPhone(browser, desktop.url, { turnOn: false })
  await page.getByRole('link', { name: 'Numbers', exact: true }).click()
  const all = (await stack.control.numbers()).length
  const known = async () => {
    if ((await ownedNumbers(desktop)).length !== all) throw new Error('not all numbers are here')
    await page
      .locator(`[aria-rowcount="${all + 1}"], [aria-rowcount="${all}"]`)
      .first()
      .waitFor({ timeout: 1000 })
  }
  await until(known, 120_000)
  return {
    round: async () => ({ samples: await measure(page) }),
    async close() {
      await browser.close()
      await stack.close()
    },
  }
}

const filter = async (page: Page) => {
  const samples: number[] = []
  for (let length = 1; length <= typed.length; length++) samples.push(await page.evaluate(keyToPaint, typed.slice(0, length).join('')))
  samples.push(await page.evaluate(keyToPaint, ''))
  return samples
}

await bench('number-list', ({ isQuick }) => {
  const count = isQuick ? 2000 : NUMBERS
  const about = { unit: 'ms', isLowerBetter: true, floor: 50, aim: 50, peer: null }
  return [
    { ...about, name: 'filter', what: `a key in the filter → its rows, ${count} numbers; result: p95`, ours: side(count, filter) },
    {
      ...about,
      name: 'scroll',
      what: `longest task while ${count} rows scroll end to end, 0 = none above 50 ms`,
      ours: side(count, async (page) => [await page.evaluate(longestTask)]),
    },
  ]
})
process.exit()
