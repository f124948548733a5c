import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, onTestFailed, test } from 'vitest'
import type { AppStatus } from '../../contract/desktop.ts'
import { launchBrowser, openPhone, press, turnOnCalls, type Phone } from './kit/browser.ts'
import { eventually, upcoming } from './kit/eventually.ts'
import { MAIN_LINE, startStack, type Desktop, type Stack } from './kit/stack.ts'

const CALLER = '+14155552671'
const CALLER_HZ = 700
let stack: Stack
let browser: Browser
let desk: Desktop
let first: Phone
let second: Page
const errors: string[] = []
beforeAll(async () => {
  stack = await startStack({ relayEnv: { RELAY_RING_SECONDS: '6' } })
  desk = await stack.desktop({ invite: await stack.invite('Ada', 'manager') })
  await stack.assign(MAIN_LINE, 'Ada')
  browser = await launchBrowser()
  first = await openPhone(browser, desk.url)
  second = await first.context.newPage()
  second.on('pageerror', (error) => errors.push(error.message))
  await second.goto(desk.url)
  await second.getByRole('button', { name: 'Turn on calls' }).click()
  await takeOver(second).waitFor()
}, 60_000)
afterAll(async () => {
  expect([...errors, ...first.errors]).toEqual([])
  await browser?.close()
  await stack?.close()
})
afterEach(async () => {
  const hangUp = first.page.getByRole('button', { name: 'Hang up', exact: true })
  if (!first.page.isClosed() && (await hangUp.isVisible())) await hangUp.click()
})
const onFailure = () => onTestFailed(() => console.error(stack.logs()))

const takeOver = (page: Page) => page.getByRole('button', { name: 'Take over here', exact: true })
const ring = (page: Page) => page.getByRole('alertdialog', { name: 'Incoming call' })
const stateOf = (page: Page, state: string) => page.getByRole('status', { name: 'Call state' }).getByText(state, { exact: true }).waitFor()
const availability = (page: Page, text: string) => page.getByRole('status', { name: 'Availability' }).getByText(text, { exact: true })
/** What main holds of this computer, and the relay goes by. */
const claims = (registered: boolean) =>
  eventually(async () => expect(await desk.request<AppStatus>('app.status')).toMatchObject({ registered, microphone: 'granted' }))

/** Somebody calls, and exactly this tab rings; the caller hangs up. */
async function ringsOn(page: Page, ...others: Page[]): Promise<void> {
  const next = await upcoming(desk)
  const sid = await stack.control.incoming(CALLER, MAIN_LINE)
  await ring(page).waitFor({ timeout: 20_000 })
  for (const other of others) expect(await ring(other).count()).toBe(0)
  await stack.control.hangUp(sid)
  await ring(page).waitFor({ state: 'detached', timeout: 20_000 })
  await next.outcome('abandoned')
  await stateOf(page, 'Ready')
}

test('two tabs: the first rings and answers; the second offers to take over and is refused during the call', async () => {
  onFailure()
  await claims(true)
  expect(await availability(second, 'Calls are on in another window').isVisible()).toBe(true)
  const next = await upcoming(desk)
  const sid = await stack.control.incoming(CALLER, MAIN_LINE, `tone:${CALLER_HZ}`)
  await ring(first.page).waitFor({ timeout: 20_000 })
  expect(await ring(second).count()).toBe(0)
  await press(first, 'Answer')
  await first.waitForState('In call')
  await takeOver(second).click()
  await second.getByText('The other window is in a call.', { exact: false }).waitFor()
  await eventually(async () => expect(Math.abs((await first.hears()).hz - CALLER_HZ)).toBeLessThan(10))
  expect(await first.state()).toBe('In call')
  await stack.control.hangUp(sid)
  await next.outcome('answered')
  await first.waitForState('Ready')
})

test('the second tab takes over when no call is in progress, and rings from then on', async () => {
  onFailure()
  await takeOver(second).click()
  await availability(second, 'Available').waitFor()
  await availability(first.page, 'Calls are on in another window').waitFor()
  await claims(true)
  await ringsOn(second, first.page)
})

test('a third tab that does nothing takes nothing away', async () => {
  onFailure()
  const third = await first.context.newPage()
  await third.goto(desk.url)
  await third.getByRole('button', { name: 'Turn on calls' }).waitFor()
  await third.waitForTimeout(1000) // time for whatever a page reports on its own
  await claims(true)
  await ringsOn(second, third)
  await third.close()
  await claims(true)
})

test('the owner closes: the other tab has the phone, and main says so', async () => {
  onFailure()
  await second.close()
  await availability(first.page, 'Available').waitFor()
  await claims(true)
  await ringsOn(first.page)
})

test('the last tab closes: nothing here rings any more', async () => {
  onFailure()
  await first.page.close()
  await eventually(async () => expect(await desk.request<AppStatus>('app.status')).toMatchObject({ registered: false }))
})

test('a page that reloads in the phone’s tab has it again after a click', async () => {
  onFailure()
  const page = await first.context.newPage()
  await page.goto(desk.url)
  await turnOnCalls(page)
  await page.reload()
  await turnOnCalls(page)
  await claims(true)
  await ringsOn(page)
})
