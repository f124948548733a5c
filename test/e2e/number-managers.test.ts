import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest'
import type { NumberOffer, SearchReply } from '../../contract/number-desktop.ts'
import type { Purchase } from '../../contract/number.ts'
import { launchBrowser, openPhone, press, type Phone } from './kit/browser.ts'
import { eventually } from './kit/eventually.ts'
import { ownedNumbers } from './kit/numbers.ts'
import { startStack, type Desktop, type Stack } from './kit/stack.ts'

let stack: Stack
let browser: Browser
let ada: Desktop
let kim: Desktop
const phones: Phone[] = []
beforeAll(async () => {
  stack = await startStack()
  ada = await stack.desktop({ invite: await stack.invite('Ada', 'manager') })
  kim = await stack.desktop({ invite: await stack.invite('Kim', 'manager') })
  browser = await launchBrowser()
}, 60_000)
afterAll(async () => {
  for (const phone of phones) {
    expect(phone.errors).toEqual([])
    await phone.close()
  }
  await browser?.close()
  await stack?.close()
})
const onFailure = () => onTestFailed(() => console.error(stack.logs()))
const open = async (desk: Desktop) => {
  const phone = await openPhone(browser, desk.url, { turnOn: false })
  phones.push(phone)
  return phone
}

const query = {
  countries: ['US'],
  types: ['local'],
  areaCodes: ['415'],
  pattern: null,
  position: 'anywhere',
  locality: null,
  region: null,
  postalCode: null,
  nearNumber: null,
  capabilities: ['voice'],
  address: 'any',
  limit: 10,
}
const offers = async (desk: Desktop, searchId: string): Promise<NumberOffer[]> =>
  (await desk.request<SearchReply>('numbers.search', { searchId, query })).offers
const item = ({ phoneNumber, country, type, monthly }: NumberOffer, intentId: string) => ({
  intentId,
  phoneNumber,
  country,
  type,
  place: null,
  monthly,
  name: null,
})

test('two managers buy the same number in the same second: one has it, the other is told who', async () => {
  onFailure()
  const before = (await stack.control.charges()).length
  const [offer] = await offers(ada, 's-1')
  const buy = (desk: Desktop, intentId: string) =>
    desk.request<Purchase[]>('numbers.purchase', { items: [item(offer!, intentId)], assignTo: [], waitMs: 60_000 })
  const [first, second] = (await Promise.all([buy(ada, 'intent-ada'), buy(kim, 'intent-kim')])).map(([one]) => one!)
  const [winner, loser] = first!.state === 'done' ? [first!, second!] : [second!, first!]
  expect(winner).toMatchObject({ state: 'done', isCharged: true })
  expect(loser).toMatchObject({ state: 'failed', isCharged: false })
  expect(['number-leased', 'number-already-ours']).toContain(loser.failureCode)
  expect((await stack.control.charges()).length - before).toBe(1)
  for (const desk of [ada, kim])
    await eventually(async () => expect((await ownedNumbers(desk)).map((one) => one.phoneNumber)).toContain(offer!.phoneNumber), 30_000)
})

test('two browsers, both with the same number in hand: one buys it, the other hears why not', async () => {
  onFailure()
  const before = (await stack.control.charges()).length
  const pages = [await open(ada), await open(kim)]
  const buttons = []
  for (const { page } of pages) {
    await page.evaluate(() => (location.hash = '#/numbers/search'))
    await page.getByRole('textbox', { name: 'Area codes' }).fill('212')
    await page.getByRole('button', { name: 'Search', exact: true }).click()
    const offer = page.getByRole('checkbox', { name: /^\(212\)/ }).first()
    await offer.waitFor({ timeout: 30_000 })
    await offer.check()
    await page.getByRole('button', { name: 'Review purchase', exact: true }).click()
    const buy = page.getByRole('dialog').getByRole('button', { name: /^Buy 1 number for / })
    await buy.waitFor()
    buttons.push(buy)
  }
  await Promise.all(buttons.map((buy) => buy.click()))
  const said = await Promise.all(
    pages.map(async ({ page }) => {
      const end = page
        .getByRole('dialog')
        .getByText(/Bought|Another manager is buying|already belongs/)
        .first()
      await end.waitFor({ timeout: 60_000 })
      return end.textContent()
    }),
  )
  expect(said.filter((text) => text?.startsWith('Bought'))).toHaveLength(1)
  expect((await stack.control.charges()).length - before).toBe(1)
})

test('what one manager changes the other sees, with who did it', async () => {
  onFailure()
  const phone = await open(kim)
  await phone.page.getByRole('link', { name: 'Numbers', exact: true }).click()
  const [number] = await ownedNumbers(ada)
  await ada.request('numbers.update', { changes: [{ phoneNumber: number!.phoneNumber, patch: { name: 'Renamed by Ada' } }] })
  await phone.page.getByText('Renamed by Ada').first().waitFor({ timeout: 30_000 })
  const { entries } = await kim.request<{ entries: { action: string; userName: string }[] }>('audit.list', {
    limit: 10,
    subject: number!.phoneNumber,
  })
  expect(entries.find(({ action }) => action === 'number.updated')).toMatchObject({ userName: 'Ada' })
})

test('wrong credentials are refused before they are kept, in words, and what was typed stays', async () => {
  onFailure()
  const desk = await stack.desktop({ invite: await stack.invite('Max', 'manager'), withoutAccount: true })
  const phone = await open(desk)
  await phone.page.getByRole('link', { name: 'Settings', exact: true }).click()
  await phone.page.getByRole('textbox', { name: 'Account SID' }).fill(stack.sandbox.accountSid)
  await phone.page.getByRole('textbox', { name: 'API key', exact: true }).fill(stack.sandbox.apiKey)
  await phone.page.getByLabel('API secret').fill('wrong-wrong-wrong-wrong-wrong-1234')
  await press(phone, 'Save')
  await phone.page.getByText('Twilio does not accept these credentials.').first().waitFor({ timeout: 15_000 })
  expect(await phone.page.getByRole('textbox', { name: 'API key', exact: true }).inputValue()).toBe(stack.sandbox.apiKey)
  expect(await desk.request('account.get')).toMatchObject({ state: 'none' })
  await phone.page.getByLabel('API secret').fill(stack.sandbox.apiSecret)
  await press(phone, 'Save')
  await eventually(async () =>
    expect(await desk.request('account.get')).toMatchObject({ state: 'ok', lastFour: stack.sandbox.apiKey.slice(-4) }),
  )
  expect(await phone.page.content()).not.toContain(stack.sandbox.apiSecret)
  phone.errors.length = 0
})

test('staff see their own numbers, and can neither change, buy nor read the trace', async () => {
  onFailure()
  const desk = await stack.desktop({ invite: await stack.invite('Sam', 'staff') })
  await stack.assign('+14155550111', 'Sam')
  await eventually(async () => expect((await ownedNumbers(desk)).map((one) => one.phoneNumber)).toEqual(['+14155550111']), 30_000)
  const refused = (name: string, args: object) => expect(desk.request(name, args)).rejects.toThrow('forbidden')
  await refused('numbers.update', { changes: [{ phoneNumber: '+14155550111', patch: { name: 'Mine' } }] })
  await refused('numbers.purchase', {
    items: [{ intentId: 'sam-1', phoneNumber: '+14155550123', country: 'US', type: 'local', place: null, monthly: null, name: null }],
    assignTo: [],
  })
  await refused('numbers.hold', { phoneNumbers: ['+14155550111'], days: 7, message: null })
  await refused('audit.list', { limit: 10 })
  await refused('account.set', { accountSid: stack.sandbox.accountSid, authToken: stack.sandbox.authToken })
})
