import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFailed, test } from 'vitest'
import { launchBrowser, openPhone, press, type Phone } from './kit/browser.ts'
import { eventually } from './kit/eventually.ts'
import { look as lookAt, looks } from './kit/look.ts'
import { ownedNumbers, twilioNumbers } from './kit/numbers.ts'
import { MAIN_LINE, startStack, SUPPORT, type Desktop, type Stack } from './kit/stack.ts'

// The number manager's screens, light and dark, wide and 360 px. See kit/look.ts for the pictures.
const LONDON = '+442079460018'

let stack: Stack
let browser: Browser
let desk: Desktop
beforeAll(async () => {
  stack = await startStack()
  await stack.control.addNumbers(24)
  desk = await stack.desktop({ invite: await stack.invite('Ada', 'manager') })
  await stack.invite('Kim', 'staff')
  await stack.assign(MAIN_LINE, 'Ada', 'Kim')
  await stack.assign(SUPPORT, 'Kim')
  await desk.request('numbers.planSync')
  await eventually(async () => expect((await ownedNumbers(desk)).length).toBeGreaterThan(20), 30_000)
  const tags = { tags: ['reception'], notes: 'On the website and on the vans.' }
  await desk.request('numbers.update', { changes: [{ phoneNumber: MAIN_LINE, patch: tags }] })
  await desk.request('numbers.hold', { phoneNumbers: [LONDON], days: 7, message: 'We have moved.' })
  await twilioNumbers(stack.sandbox).change(SUPPORT, { VoiceUrl: 'https://elsewhere.example/voice' })
  browser = await launchBrowser()
}, 90_000)
afterAll(async () => {
  await browser?.close()
  await stack?.close()
})

const onFailure = () => onTestFailed(() => console.error(stack.logs()))

describe.each(looks)('$name', ({ name, colorScheme, viewport }) => {
  let phone: Phone
  const look = (screen: string) => lookAt(phone, screen, name)
  const goto = (hash: string) => phone.page.evaluate((to) => (location.hash = to), hash)
  const row = (text: string) => phone.page.getByRole('row').filter({ hasText: text }).getByText(text).first()
  beforeAll(async () => {
    phone = await openPhone(browser, desk.url, { colorScheme, viewport, turnOn: false })
  })
  afterAll(async () => {
    expect(phone?.errors).toEqual([])
    await phone?.close()
  })

  test('list, detail with drift, hold', async () => {
    onFailure()
    await goto('#/numbers')
    await row('(206) 612-0004').waitFor({ timeout: 20_000 })
    await press(phone, 'Sync')
    await phone.page
      .getByText(/just now/)
      .first()
      .waitFor({ timeout: 20_000 })
    await look('numbers')
    await phone.page.getByRole('searchbox', { name: 'Filter numbers' }).fill('555 01')
    await row('(415) 555-0111').click()
    await phone.page.getByText('https://elsewhere.example/voice').first().waitFor({ timeout: 20_000 })
    await look('number-detail')
    await phone.page.getByRole('region', { name: '(415) 555-0111' }).getByRole('button', { name: 'Hold', exact: true }).click()
    await phone.page
      .getByRole('dialog', { name: 'Hold numbers' })
      .getByText(/calls? in 30 days|no calls/i)
      .first()
      .waitFor()
    await look('number-hold')
    await phone.page.keyboard.press('Escape')
  })

  test('search, results, confirm', async () => {
    onFailure()
    await goto('#/numbers/search')
    await phone.page.getByRole('button', { name: 'Search', exact: true }).waitFor()
    await look('number-search-empty')
    await phone.page.getByRole('textbox', { name: 'Area codes' }).fill('415, 212')
    await press(phone, 'Search')
    const offers = phone.page.getByRole('checkbox', { name: /^\(415\)/ })
    await offers.first().waitFor({ timeout: 20_000 })
    await offers.nth(0).check()
    await offers.nth(1).check()
    await look('number-search')
    await press(phone, 'Review purchase')
    await phone.page
      .getByRole('dialog', { name: 'Confirm purchase' })
      .getByRole('button', { name: /^Buy 2 numbers for / })
      .waitFor()
    await look('number-confirm')
    await phone.page.keyboard.press('Escape')
  })

  test('settings: the Twilio account and the trace', async () => {
    onFailure()
    await goto('#/settings')
    await phone.page.getByRole('button', { name: 'Test', exact: true }).waitFor({ timeout: 20_000 })
    await look('settings')
  })
})

test.each(looks)('sync preview, $name', async ({ name, colorScheme, viewport }) => {
  onFailure()
  const { url, accountSid, authToken } = stack.sandbox
  const rest = `${url}/2010-04-01/Accounts/${accountSid}/IncomingPhoneNumbers`
  const headers = { authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}` }
  const gone = (await ownedNumbers(desk)).find((one) => one.state === 'active' && ![MAIN_LINE, SUPPORT, LONDON].includes(one.phoneNumber))!
  await fetch(`${rest}/${gone.sid}.json`, { method: 'DELETE', headers })
  const phone = await openPhone(browser, desk.url, { colorScheme, viewport, turnOn: false })
  await phone.page.evaluate(() => (location.hash = '#/numbers'))
  await phone.page.getByRole('dialog', { name: 'Sync preview' }).waitFor({ timeout: 30_000 })
  await lookAt(phone, 'number-sync', name)
  await phone.page.getByRole('dialog', { name: 'Sync preview' }).getByRole('button', { name: 'Apply' }).click()
  await phone.page.getByRole('dialog', { name: 'Sync preview' }).waitFor({ state: 'detached' })
  expect(phone.errors).toEqual([])
  await phone.close()
})
