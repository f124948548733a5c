import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFailed, test } from 'vitest'
import type { OwnedNumber } from '../../contract/number-desktop.ts'
import { dial, launchBrowser, openPhone, press, type Phone } from './kit/browser.ts'
import { eventually, upcoming } from './kit/eventually.ts'
import { ownedNumber, twilioNumbers } from './kit/numbers.ts'
import { profilesWith } from './kit/profiles.ts'
import { startStack, type Desktop, type Stack } from './kit/stack.ts'

const CALLER = '+14155552671'
const national = (e164: string) => `(${e164.slice(2, 5)}) ${e164.slice(5, 8)}-${e164.slice(8)}`

describe.each(profilesWith(4))('a number from search to release, sandbox profile $name', ({ profile, seed }) => {
  let stack: Stack
  let browser: Browser
  let desk: Desktop
  let phone: Phone
  let bought: string
  beforeAll(async () => {
    stack = await startStack({ profile, seed })
    desk = await stack.desktop({ invite: await stack.invite('Ada', 'manager') })
    browser = await launchBrowser()
    phone = await openPhone(browser, desk.url)
  }, 60_000)
  afterAll(async () => {
    expect(phone?.errors).toEqual([])
    await phone?.close()
    await browser?.close()
    await stack?.close()
  })
  const onFailure = () => onTestFailed(() => console.error(stack.logs()))
  const row = (): Promise<OwnedNumber> => ownedNumber(desk, bought)
  const open = (link: string) => phone.page.getByRole('link', { name: link, exact: true }).click()
  const select = () =>
    phone.page
      .getByRole('row')
      .filter({ hasText: national(bought) })
      .getByText(national(bought))
      .first()
      .click()
  const detail = () => phone.page.getByRole('region', { name: national(bought) })
  const dialog = (name: string) => phone.page.getByRole('dialog', { name })

  test('searched, reviewed with its price, bought once, and assigned to who buys it', async () => {
    onFailure()
    const before = (await stack.control.charges()).length
    await open('Numbers')
    await press(phone, 'Search numbers')
    await phone.page.getByRole('textbox', { name: 'Area codes' }).fill('415')
    await press(phone, 'Search')
    const offer = phone.page.getByRole('checkbox', { name: /^\(415\)/ }).first()
    await offer.waitFor({ timeout: 30_000 })
    await offer.check()
    await press(phone, 'Review purchase')
    await dialog('Confirm purchase').waitFor()
    await dialog('Confirm purchase').getByText('$1.15').first().waitFor()
    await dialog('Confirm purchase').getByRole('checkbox', { name: 'Ada' }).check()
    await dialog('Confirm purchase')
      .getByRole('button', { name: /^Buy 1 number for / })
      .dblclick()
    await eventually(async () => {
      const [purchase] = await desk.request<{ state: string; phoneNumber: string; isCharged: boolean }[]>('numbers.purchases')
      expect(purchase).toMatchObject({ state: 'done', isCharged: true })
      bought = purchase!.phoneNumber
    }, 60_000)
    expect((await stack.control.charges()).length - before).toBe(1)
    await eventually(async () => expect((await row()).userIds).toHaveLength(1), 30_000)
    await dialog('Confirm purchase').getByRole('button', { name: 'Close' }).last().click()
  })

  test('called from, and called on: what it asks is ours', async () => {
    onFailure()
    const out = await upcoming(desk)
    await open('Phone')
    await phone.page.getByRole('combobox', { name: 'Call from' }).waitFor({ timeout: 30_000 })
    await dial(phone, '+15005550106')
    await phone.waitForState('In call')
    await phone.waitForState('Ready', 30_000)
    expect((await out.outcome('answered', null, 45_000)).ourNumber).toBe(bought)
    const next = await upcoming(desk)
    await stack.control.incoming(CALLER, bought)
    await phone.page.getByRole('alertdialog', { name: 'Incoming call' }).waitFor({ timeout: 30_000 })
    await press(phone, 'Answer')
    await phone.waitForState('In call')
    await press(phone, 'Hang up')
    await next.outcome('answered', null, 45_000)
    await phone.waitForState('Ready')
  })

  test('changed by somebody else: the difference is shown, and one click restores it', async () => {
    onFailure()
    const twilio = twilioNumbers(stack.sandbox)
    const ours = (await twilio.find(bought))!.voice_url
    await twilio.change(bought, { VoiceUrl: 'https://elsewhere.example/voice', VoiceFallbackUrl: 'https://elsewhere.example/fallback' })
    await open('Numbers')
    await select()
    await press(phone, 'Sync')
    await detail().getByText('https://elsewhere.example/voice').first().waitFor({ timeout: 45_000 })
    await detail().getByRole('button', { name: 'Restore', exact: true }).click()
    await eventually(async () => expect((await twilio.find(bought))!.voice_url).toBe(ours), 30_000)
    await detail().getByText('https://elsewhere.example/voice').first().waitFor({ state: 'detached', timeout: 30_000 })
  })

  test('held: callers hear the message, and undo makes it ring again', async () => {
    onFailure()
    await detail().getByRole('button', { name: 'Hold', exact: true }).click()
    await dialog('Hold numbers').getByRole('button', { name: 'Hold', exact: true }).click()
    await eventually(async () => expect((await row()).state).toBe('held'))
    const next = await upcoming(desk)
    const sid = await stack.control.incoming(CALLER, bought)
    const call = await next.outcome('missed', 'number-held', 45_000)
    expect(call.answeredAt).toBeNull()
    expect((await stack.control.call(sid)).legs.some((leg) => leg.kind === 'client')).toBe(false)
    await detail().getByRole('button', { name: 'Undo hold', exact: true }).click()
    await eventually(async () => expect((await row()).state).toBe('active'))
    const again = await stack.control.incoming(CALLER, bought)
    await phone.page.getByRole('alertdialog', { name: 'Incoming call' }).waitFor({ timeout: 30_000 })
    await stack.control.hangUp(again)
    await phone.waitForState('Ready')
  })

  test('released only after its last four digits were typed; its history stays', async () => {
    onFailure()
    await detail().getByRole('button', { name: 'Hold', exact: true }).click()
    await dialog('Hold numbers').getByRole('button', { name: 'Hold', exact: true }).click()
    await eventually(async () => expect((await row()).state).toBe('held'))
    await detail().getByRole('button', { name: 'Release', exact: true }).click()
    const release = dialog('Release numbers').getByRole('button', { name: /^Release \+?\(?\d/ })
    await dialog('Release numbers').getByRole('checkbox').first().check() // before the hold is over
    const digits = dialog('Release numbers').getByRole('textbox').first()
    await digits.fill('0000')
    expect(await release.isEnabled()).toBe(false)
    expect(await twilioNumbers(stack.sandbox).find(bought)).toBeDefined()
    await digits.fill(bought.slice(-4))
    await release.click()
    await eventually(async () => expect(await twilioNumbers(stack.sandbox).find(bought)).toBeUndefined(), 30_000)
    await eventually(async () => {
      const { numbers } = await desk.request<{ numbers: OwnedNumber[] }>('numbers.list', { limit: 1000 })
      expect(numbers.find((one) => one.phoneNumber === bought)?.state ?? 'left').toBe('left')
    })
    const { entries } = await desk.request<{ entries: { action: string }[] }>('audit.list', { limit: 50, subject: bought })
    expect(entries.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['number.bought', 'number.restored', 'number.held', 'number.unheld', 'number.released']),
    )
    const { calls } = await desk.request<{ calls: { ourNumber: string }[] }>('calls.page', { limit: 50 })
    expect(calls.filter(({ ourNumber }) => ourNumber === bought).length).toBeGreaterThan(2)
  })
})
