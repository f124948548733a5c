// The list of a million calls in Chromium: from a key in its search, and from a click in a filter, until the rows of the answer are
// painted; and the longest task while 5,000 rows of it scroll. LINEKEEPER_BENCH_CALLS changes how many calls.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { launchBrowser } from '../test/e2e/kit/browser.ts'
import { bench, type Side } from './harness.ts'
import { answerWatchScript, lastGesture } from './kit/answer-watch.ts'
import { searches } from './kit/searches.ts'
import { seededDesktop } from './kit/seeded-desktop.ts'

const CALLS = Number(process.env['LINEKEEPER_BENCH_CALLS'] ?? 1_000_000)
/** From one key to the next: what follows an answer, as the count, goes on meanwhile, as it does for a person. */
const KEY_MS = 180
const ROW = 44
const say = (text: string) => void process.stderr.write(`${text}\n`)

/** Names, our lines, words of notes and transcripts, numbers in their spellings: each typed key by key. */
const typed = searches.filter((_, at) => at % 21 === 0 || at % 50 === 9)

/** One key. @returns ms until its rows are painted; undefined when it asked for nothing new, as a space at the end does. */
async function press(page: Page, key: string, isAsking: boolean): Promise<number | undefined> {
  const began = performance.now()
  await page.keyboard.press(key)
  const took = isAsking ? await page.evaluate(lastGesture) : undefined
  await sleep(Math.max(0, KEY_MS - (performance.now() - began)))
  return took
}

/** Types each text over the one before. */
const typing = (texts: readonly string[]) => async (page: Page) => {
  const samples: number[] = []
  const field = page.getByRole('textbox', { name: 'Search calls', exact: true })
  for (const text of texts) {
    await field.focus()
    let shown = await field.inputValue()
    await page.keyboard.press('Control+A')
    for (const [at, key] of text.split('').entries()) {
      const now = text.slice(0, at + 1)
      const took = await press(page, key, now.trim() !== shown.trim())
      if (took !== undefined) samples.push(took)
      shown = now
    }
  }
  await field.fill('')
  return samples
}

const filters = [
  ['Outcome', 'Missed'],
  ['Outcome', 'Answered'],
  ['Direction', 'Incoming'],
  ['Has', 'A recording'],
  ['Has', 'A note'],
  ['Dates', 'Last 30 days'],
] as const

/** Opens each kind of filter, chooses, and takes the choice away again. */
const filtering = async (page: Page) => {
  const samples: number[] = []
  for (const [kind, choice] of filters) {
    await page
      .getByRole('group', { name: 'Filters', exact: true })
      .getByRole('button', { name: new RegExp(`^${kind}`) })
      .click()
    for (const name of kind === 'Dates' ? [choice, 'Any time'] : [choice, choice]) {
      await page.getByLabel(name, { exact: true }).click()
      samples.push(await page.evaluate(lastGesture))
      await sleep(KEY_MS)
    }
    await page.keyboard.press('Escape')
  }
  return samples
}

/** Scrolls down by half a screen a frame, while older calls come, and back to the top. @returns the longest task in ms (0: none above 50). */
async function longestTask(height: number): Promise<number> {
  const scroller = document.querySelector('li[data-call]')?.closest('ul')?.parentElement
  if (!scroller) throw new Error('nothing scrolls')
  let longest = 0
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longest = Math.max(longest, duration)
  })
  observer.observe({ entryTypes: ['longtask'] })
  const end = performance.now() + 120_000
  for (; scroller.scrollTop < height; await new Promise(requestAnimationFrame)) {
    if (performance.now() > end) throw new Error(`after two minutes at ${scroller.scrollTop} px`)
    scroller.scrollBy(0, scroller.clientHeight / 2)
  }
  for (; scroller.scrollTop > 0; await new Promise(requestAnimationFrame)) scroller.scrollBy(0, -scroller.clientHeight / 2)
  observer.disconnect()
  return longest
}

/** The page of *Calls*, and how to end everything. */
async function openCalls(calls: number): Promise<{ page: Page; close: () => Promise<void> }> {
  const seeded = await seededDesktop(calls, say)
  const browser = await launchBrowser()
  const context = await browser.newContext({ viewport: { width: 1080, height: 720 }, locale: 'en-US' })
  await context.addInitScript({ content: answerWatchScript() })
  const page = await context.newPage()
  await page.goto(seeded.desktop.url)
  await page.getByRole('link', { name: 'Calls', exact: true }).click()
  await page.locator('li[data-call]').first().waitFor({ timeout: 60_000 })
  return { page, close: () => browser.close().then(() => seeded.close()) }
}

let opened: ReturnType<typeof openCalls> | undefined

try {
  await bench('call-list', ({ isQuick }) => {
    const calls = isQuick ? Math.min(100_000, CALLS) : CALLS
    const about = { unit: 'ms', isLowerBetter: true, floor: 50, aim: 50, peer: null }
    const texts = isQuick ? typed.slice(0, 6) : typed
    const stored = `${calls} calls stored`
    /** All on one desktop: nothing is written to it, and it takes minutes to make. */
    const side = (measure: (page: Page) => Promise<number[]>) => async (): Promise<Side> => {
      const { page } = await (opened ??= openCalls(calls))
      return { round: async () => ({ samples: await measure(page) }), close: async () => undefined }
    }
    return [
      { ...about, name: 'search', what: `a key in Search calls → its rows painted, ${stored}; result: p95`, ours: side(typing(texts)) },
      { ...about, name: 'filter', what: `a click in a filter → its rows painted, ${stored}; result: p95`, ours: side(filtering) },
      {
        ...about,
        name: 'scroll',
        what: `longest task while 5000 rows scroll down and back, ${stored}, 0 = none above 50 ms`,
        ours: side(async (page) => [await page.evaluate(longestTask, 5000 * ROW)]),
      },
    ]
  })
} finally {
  await (await opened)?.close()
}
process.exit()
