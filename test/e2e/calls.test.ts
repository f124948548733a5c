import { readFile } from 'node:fs/promises'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, onTestFailed, test } from 'vitest'
import type { MissedEntry } from '../../contract/history.ts'
import { endCall, launchBrowser, openPhone, press, type Phone } from './kit/browser.ts'
import { eventually } from './kit/eventually.ts'
import { MAIN_LINE, startStack, type Desktop, type Stack } from './kit/stack.ts'

// Two people of one number, each with a computer: what one does about a missed call the other sees; calls are found, noted and exported.
const CALLER = '+14155552671'
const WHO = '(415) 555-2671'
const patience = { timeout: 30_000 }

let stack: Stack
let browser: Browser
let ada: Desktop
let kim: Desktop
let adaPhone: Phone
let kimPhone: Phone
beforeAll(async () => {
  stack = await startStack({ relayEnv: { RELAY_RING_SECONDS: '6' } })
  ada = await stack.desktop({ invite: await stack.invite('Ada', 'manager') })
  kim = await stack.desktop({ invite: await stack.invite('Kim', 'staff'), withoutAccount: true })
  await stack.assign(MAIN_LINE, 'Ada', 'Kim')
  browser = await launchBrowser()
  adaPhone = await openPhone(browser, ada.url)
  kimPhone = await openPhone(browser, kim.url)
}, 120_000)
afterAll(async () => {
  for (const phone of [adaPhone, kimPhone]) expect(phone?.errors.filter((text) => !text.includes('ERR_CONNECTION_REFUSED'))).toEqual([])
  await adaPhone?.close()
  await kimPhone?.close()
  await browser?.close()
  await stack?.close()
})
afterEach(async () => {
  await endCall(adaPhone)
  await endCall(kimPhone)
})

const onFailure = () => onTestFailed(() => console.error(stack.logs()))
const goto = (phone: Phone, hash: string) => phone.page.evaluate((to) => (location.hash = to), hash)
const openEntries = async (desktop: Desktop) =>
  (await desktop.request<{ entries: MissedEntry[] }>('missed.list', { limit: 50 })).entries.filter(
    ({ call }) => call.party.kind === 'number' && call.party.number === CALLER,
  )
const entry = (phone: Phone) => phone.page.getByRole('list', { name: 'Missed calls' }).getByRole('listitem').filter({ hasText: WHO })

/** Somebody calls, both computers ring, and the caller gives up. */
async function missedCall() {
  const before = (await openEntries(ada)).flatMap(({ call, others }) => [call.callId, ...others]).length
  const sid = await stack.control.incoming(CALLER, MAIN_LINE)
  for (const phone of [adaPhone, kimPhone]) await phone.page.getByRole('alertdialog', { name: 'Incoming call' }).waitFor(patience)
  await adaPhone.page.waitForTimeout(2000)
  await stack.control.hangUp(sid)
  for (const desktop of [ada, kim])
    await eventually(async () => {
      const entries = await openEntries(desktop)
      expect(entries).toHaveLength(1)
      expect([entries[0]!.call.callId, ...entries[0]!.others]).toHaveLength(before + 1)
      expect(entries[0]!.call.outcome).toBe('abandoned')
    }, 40_000)
  for (const phone of [adaPhone, kimPhone]) await phone.waitForState('Ready')
}

test('a missed call stands once in both inboxes, says how long it rang, and closes for both when one of them says done', async () => {
  onFailure()
  await missedCall()
  for (const phone of [adaPhone, kimPhone]) {
    await goto(phone, '#/calls/missed')
    await entry(phone).waitFor(patience)
    expect(await entry(phone).textContent()).toMatch(/Rang \d+ s, caller hung up · Main line/)
  }
  await entry(kimPhone).getByRole('button', { name: 'Done' }).click()
  for (const phone of [adaPhone, kimPhone]) await entry(phone).waitFor({ ...patience, state: 'detached' })
  await adaPhone.page.getByRole('checkbox', { name: 'Show done' }).check()
  await entry(adaPhone)
    .getByText(/^Done by Kim, /)
    .waitFor(patience)
  await kimPhone.page.getByRole('button', { name: 'Undo' }).click()
  await entry(kimPhone).waitFor(patience)
  await entry(adaPhone).getByRole('button', { name: 'Done' }).waitFor(patience)
  await adaPhone.page.getByRole('checkbox', { name: 'Show done' }).uncheck()
})

test('it closes itself when one calls back, from the number they called, and reaches them', async () => {
  onFailure()
  await goto(kimPhone, '#/calls/missed')
  await goto(adaPhone, '#/calls/missed')
  await entry(adaPhone).waitFor(patience)
  await entry(kimPhone).getByRole('button', { name: 'Call back' }).click()
  await kimPhone.waitForState('In call', 30_000)
  await kimPhone.page.waitForTimeout(1500)
  await press(kimPhone, 'Hang up')
  for (const phone of [adaPhone, kimPhone]) await entry(phone).waitFor({ ...patience, timeout: 60_000, state: 'detached' })
  await adaPhone.page.getByRole('checkbox', { name: 'Show done' }).check()
  await entry(adaPhone)
    .getByText(/^Kim called back, /)
    .waitFor(patience)
  await adaPhone.page.getByRole('checkbox', { name: 'Show done' }).uncheck()
})

test('a call is opened: the timeline says why it rang here; a note and a tag are found on the other computer', async () => {
  onFailure()
  await goto(adaPhone, '#/calls')
  const rows = adaPhone.page.getByRole('list', { name: 'Calls' }).getByRole('listitem')
  await rows.filter({ hasText: 'Caller hung up' }).first().getByRole('link').click()
  const why = adaPhone.page.getByTestId('why')
  await why.getByText(/^It rang \d+ s on 2 devices, then the caller hung up\./).waitFor(patience)
  await why.getByText('This computer rang.').waitFor()
  await press(adaPhone, 'Add a note')
  await adaPhone.page.getByRole('textbox', { name: 'Note', exact: true }).fill('Asks about the zebra crossing')
  await press(adaPhone, 'Save note')
  await adaPhone.page.getByRole('combobox', { name: 'Add a tag' }).fill('city')
  await adaPhone.page.keyboard.press('Enter')
  await goto(kimPhone, '#/calls')
  const search = kimPhone.page.getByRole('textbox', { name: 'Search calls' })
  const found = kimPhone.page.getByRole('list', { name: 'Calls' }).getByRole('listitem')
  await eventually(async () => {
    await search.fill('')
    await search.fill('zebra')
    await found.locator('mark', { hasText: 'zebra' }).waitFor({ timeout: 2000 })
  }, 40_000)
  expect(await found.count()).toBe(1)
  await search.fill('555 26') // a number in pieces
  await found.locator('mark', { hasText: '555-26' }).first().waitFor(patience)
  await goto(kimPhone, '#/calls?tag=city')
  await eventually(async () => expect(await found.count()).toBe(1), 30_000)
  await found.first().getByRole('link').click()
  await kimPhone.page.getByText('Asks about the zebra crossing').first().waitFor(patience)
})

test('what a filter finds is exported as CSV', async () => {
  onFailure()
  await goto(adaPhone, '#/calls?outcome=abandoned&tag=city')
  await eventually(
    async () => expect(await adaPhone.page.getByRole('list', { name: 'Calls' }).getByRole('listitem').count()).toBe(1),
    30_000,
  )
  await press(adaPhone, 'Export')
  const dialog = adaPhone.page.getByRole('dialog', { name: 'Export calls' })
  await dialog.getByText('1 call', { exact: true }).waitFor(patience)
  await dialog.getByRole('button', { name: 'Export' }).click()
  const link = dialog.getByRole('link', { name: /^Save .*\.csv$/ })
  await link.waitFor(patience)
  const [download] = await Promise.all([adaPhone.page.waitForEvent('download', patience), link.click()])
  const text = await readFile(await download.path(), 'utf8')
  expect(text.trim().split('\n')).toHaveLength(2)
  expect(text).toContain('city')
  await dialog.getByText('Saved. Export again for another copy.').waitFor(patience)
  await adaPhone.page.keyboard.press('Escape')
})

test('a timeline is saved for support with masked numbers', async () => {
  onFailure()
  await goto(adaPhone, '#/calls?tag=city')
  await adaPhone.page.getByRole('list', { name: 'Calls' }).getByRole('link').first().click()
  await press(adaPhone, 'Export timeline')
  const [download] = await Promise.all([adaPhone.page.waitForEvent('download', patience), press(adaPhone, 'Save JSON')])
  const text = await readFile(await download.path(), 'utf8')
  expect(JSON.parse(text)).toMatchObject({ about: { isMasked: true } })
  expect(text).not.toContain(CALLER)
  expect(text).not.toContain('zebra')
})
