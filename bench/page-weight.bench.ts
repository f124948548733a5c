// gzip of all JavaScript and CSS that a browser loads until the Device is registered and a call can be made.
import { gzipSync } from 'node:zlib'
import type { Page } from 'playwright-core'
import { launchBrowser, turnOnCalls } from '../test/e2e/kit/browser.ts'
import { startStack, type Stack } from '../test/e2e/kit/stack.ts'
import { bench, type Side } from './harness.ts'
import { barePhone, openBarePage, ourUrl } from './kit/pages.ts'

/** Loads a page until it is registered; resolves with kB of gzip. */
async function weigh(open: (page: Page) => Promise<void>): Promise<number> {
  const browser = await launchBrowser()
  try {
    const context = await browser.newContext()
    await context.grantPermissions(['microphone'])
    const page = await context.newPage()
    const bodies: Promise<Buffer>[] = []
    page.on('response', (response) => {
      if (['script', 'stylesheet'].includes(response.request().resourceType())) bodies.push(response.body())
    })
    await open(page)
    const sizes = (await Promise.all(bodies)).map((body) => gzipSync(body, { level: 9 }).length)
    return sizes.reduce((sum, size) => sum + size, 0) / 1000
  } finally {
    await browser.close()
  }
}

const side = (open: (stack: Stack) => Promise<(page: Page) => Promise<void>>) => async (): Promise<Side> => {
  const stack = await startStack({ profile: 'kind' })
  const opener = await open(stack)
  return { round: async () => ({ samples: [await weigh(opener)] }), close: () => stack.close() }
}

await bench('page-weight', () => [
  {
    name: 'page weight',
    what: 'gzip of JS and CSS until the Device is registered',
    unit: 'kB',
    isLowerBetter: true,
    floor: 1.6,
    aim: 1.6,
    ours: side(async (stack) => {
      const url = await ourUrl(stack)
      return async (page) => {
        await page.goto(url)
        await turnOnCalls(page)
      }
    }),
    peer: side(async (stack) => {
      const url = await openBarePage(stack)
      return (page) => barePhone(page, url)
    }),
  },
])
process.exit()
