import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest'
import { launchBrowser, openPhone, press, type Phone } from './kit/browser.ts'
import { eventually } from './kit/eventually.ts'
import { ownedNumbers } from './kit/numbers.ts'
import { startStack, type Desktop, type Stack } from './kit/stack.ts'

const MANY = 10_000

let stack: Stack
let browser: Browser
let desk: Desktop
let phone: Phone
beforeAll(async () => {
  stack = await startStack()
  desk = await stack.desktop({ invite: await stack.invite('Ada', 'manager') })
  await eventually(async () => expect(await ownedNumbers(desk)).toHaveLength(3), 30_000)
  await stack.control.addNumbers(MANY)
  browser = await launchBrowser()
  phone = await openPhone(browser, desk.url, { turnOn: false })
}, 90_000)
afterAll(async () => {
  expect(phone?.errors).toEqual([])
  await phone?.close()
  await browser?.close()
  await stack?.close()
})
const rows = () => phone.page.getByRole('row').count()

test('opening Numbers syncs 10,000 of them; few rows are in the page, at the top, in the middle, at the end', async () => {
  onTestFailed(() => console.error(stack.logs()))
  await phone.page.getByRole('link', { name: 'Numbers', exact: true }).click()
  await eventually(async () => expect(await ownedNumbers(desk)).toHaveLength(MANY + 3), 60_000)
  await eventually(async () => expect(await rows()).toBeGreaterThan(5), 30_000)
  await eventually(
    async () => expect(await phone.page.locator('[aria-rowcount]').first().getAttribute('aria-rowcount')).toMatch(/^100\d\d$/),
    30_000,
  )
  for (const share of [0, 0.5, 1]) {
    await phone.page.evaluate((at) => {
      const list = document.querySelector('[aria-rowcount]')
      const scroller = [list, list?.parentElement, ...(list?.querySelectorAll('*') ?? [])].find(
        (one) => one && one.scrollHeight > one.clientHeight + 100_000,
      )
      if (!scroller) throw new Error('nothing scrolls')
      scroller.scrollTop = at * scroller.scrollHeight
    }, share)
    await eventually(async () => expect(await rows()).toBeGreaterThan(5))
    expect(await rows()).toBeLessThanOrEqual(60)
  }
})

test('a filter finds one of them by part of its number', async () => {
  const [some] = (await ownedNumbers(desk)).slice(4321)
  const digits = some!.phoneNumber.slice(-7)
  await phone.page.getByRole('searchbox', { name: 'Filter numbers' }).fill(digits)
  await eventually(async () => expect(await rows()).toBeLessThan(6))
  await phone.page
    .getByText(`${digits.slice(0, 3)}-${digits.slice(3)}`)
    .first()
    .waitFor()
  await phone.page.getByRole('searchbox', { name: 'Filter numbers' }).fill('no such number')
  await eventually(async () => expect(await rows()).toBeLessThan(3))
  await phone.page.getByRole('searchbox', { name: 'Filter numbers' }).fill('')
})

test('numbers that left Twilio are shown before they go, and can be brought back', async () => {
  onTestFailed(() => console.error(stack.logs()))
  const gone = (await ownedNumbers(desk)).find(
    (one) => one.sid && !['+14155550100', '+14155550111', '+442079460018'].includes(one.phoneNumber),
  )!
  const { url, accountSid, authToken } = stack.sandbox
  const answer = await fetch(`${url}/2010-04-01/Accounts/${accountSid}/IncomingPhoneNumbers/${gone.sid}.json`, {
    method: 'DELETE',
    headers: { authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}` },
  })
  expect(answer.status).toBe(204)
  await press(phone, 'Sync')
  const preview = phone.page.getByRole('dialog', { name: 'Sync preview' })
  await preview.waitFor({ timeout: 45_000 })
  expect((await ownedNumbers(desk)).find((one) => one.phoneNumber === gone.phoneNumber)?.state).not.toBe('left')
  await preview.getByRole('button', { name: 'Apply' }).click()
  const state = async () => (await ownedNumbers(desk)).find((one) => one.phoneNumber === gone.phoneNumber)?.state ?? 'left'
  await eventually(async () => expect(await state()).toBe('left'), 30_000)
  await press(phone, 'Undo')
  await eventually(async () => expect(await state()).not.toBe('left'), 30_000)
})
