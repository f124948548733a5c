import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFailed, test } from 'vitest'
import type { CallItem, CallView } from '../../contract/history.ts'
import { dial, endCall, launchBrowser, openPhone, press, type Phone } from './kit/browser.ts'
import { eventually } from './kit/eventually.ts'
import { look as lookAt, looks } from './kit/look.ts'
import { MAIN_LINE, startStack, SUPPORT, type Desktop, type Stack } from './kit/stack.ts'

// Calls, their details and timeline, missed calls, export and what Settings say of history, light and dark, wide and 360 px.
// See kit/look.ts for the pictures.
const CALLER = '+14155552671'
const OTHER = '+442079460321'
const patience = { timeout: 20_000 }

let stack: Stack
let browser: Browser
let desk: Desktop
let newcomer: Desktop
beforeAll(async () => {
  stack = await startStack({ relayEnv: { RELAY_RING_SECONDS: '6' } })
  desk = await stack.desktop({ invite: await stack.invite('Ada', 'manager') })
  newcomer = await stack.desktop({ invite: await stack.invite('Kim', 'staff'), withoutAccount: true })
  await stack.assign(MAIN_LINE, 'Ada')
  await stack.assign(SUPPORT, 'Ada')
  browser = await launchBrowser()
}, 180_000)
afterAll(async () => {
  await browser?.close()
  await stack?.close()
})

const onFailure = () => onTestFailed(() => console.error(stack.logs()))
const calls = async () => (await desk.request<{ calls: CallItem[] }>('calls.page', { limit: 50 })).calls
const goto = (phone: Phone, hash: string) => phone.page.evaluate((to) => (location.hash = to), hash)
/** The account has a past that is read back, too: only what was made here counts. */
const made = async (since: string) => (await calls()).filter((one) => one.startedAt >= since)

test.each(looks)('nothing yet, $name', async ({ name, colorScheme, viewport }) => {
  onFailure()
  const phone = await openPhone(browser, newcomer.url, { colorScheme, viewport, turnOn: false })
  await goto(phone, '#/calls')
  await phone.page.getByRole('heading', { name: 'No calls yet' }).waitFor(patience)
  await lookAt(phone, 'calls-empty', name)
  await goto(phone, '#/calls/missed')
  await phone.page.getByRole('heading', { name: 'Nobody waits' }).waitFor(patience)
  await lookAt(phone, 'missed-empty', name)
  expect(phone.errors).toEqual([])
  await phone.close()
})

const rings = (phone: Phone) => phone.page.getByRole('alertdialog', { name: 'Incoming call' }).waitFor(patience)

test('calls of every kind are made', async () => {
  onFailure()
  const since = new Date(Date.now() - 1000).toISOString()
  const phone = await openPhone(browser, desk.url)
  await dial(phone, '+15005550102')
  await phone.waitForState('In call')
  await phone.page.waitForTimeout(6000) // long enough for a few samples of its quality
  await endCall(phone)
  await dial(phone, '+15005550103')
  await phone.waitForState('Busy')
  await phone.waitForState('Ready')
  const talking = await stack.control.incoming(OTHER, SUPPORT, 'tone:500')
  await rings(phone)
  await press(phone, 'Answer')
  await phone.waitForState('In call')
  await phone.page.waitForTimeout(3000)
  await stack.control.hangUp(talking)
  await phone.waitForState('Ready')
  for (const from of [CALLER, 'anonymous']) {
    const sid = await stack.control.incoming(from, MAIN_LINE)
    await rings(phone)
    await phone.page.waitForTimeout(2000)
    await stack.control.hangUp(sid)
    await phone.waitForState('Ready')
  }
  await stack.control.incoming(OTHER, MAIN_LINE, 'beep speech:Please_call_me_back_about_the_invoice hangup')
  await rings(phone)
  await press(phone, 'Decline')
  await eventually(async () => expect((await made(since)).filter((one) => one.outcome !== 'ongoing')).toHaveLength(6), 60_000)
  expect(phone.errors).toEqual([])
  await phone.close()
  const answered = (await made(since)).find((one) => one.outcome === 'answered' && one.direction === 'incoming')!
  const noteId = 'note-1'
  await desk.request<CallView>('calls.note', { callId: answered.callId, noteId, text: 'Wants a new contract before Friday.' })
  await desk.request('calls.tag', { callIds: [answered.callId], add: ['vip', 'invoice'], remove: [] })
})

describe.each(looks)('$name', ({ name, colorScheme, viewport }) => {
  let phone: Phone
  const look = (screen: string) => lookAt(phone, screen, name)
  const list = () => phone.page.getByRole('list', { name: 'Calls' })
  beforeAll(async () => {
    phone = await openPhone(browser, desk.url, { colorScheme, viewport, turnOn: false })
  })
  afterAll(async () => {
    expect(phone?.errors).toEqual([])
    await phone?.close()
  })

  test('list, filters, search', async () => {
    onFailure()
    await goto(phone, '#/calls')
    await list().getByRole('listitem').nth(5).waitFor(patience)
    await look('calls-full')
    await phone.page.getByRole('button', { name: 'Outcome', exact: true }).click()
    await phone.page.getByRole('checkbox', { name: 'Voicemail' }).check()
    await look('calls-filter')
    await phone.page.keyboard.press('Escape')
    await phone.page.getByRole('textbox', { name: 'Search calls' }).fill('nobody of this name')
    await phone.page.getByRole('heading', { name: 'No call fits' }).waitFor(patience)
    await look('calls-nothing')
    await press(phone, 'Clear all')
    await phone.page.getByRole('textbox', { name: 'Search calls' }).fill('contract')
    await list().locator('mark').first().waitFor(patience)
    await look('calls-search')
    await press(phone, 'Clear all')
  })

  test('details with notes, tags and timeline', async () => {
    onFailure()
    const all = await calls()
    const answered = all.find((one) => one.party.kind === 'number' && one.party.number === '+15005550102')!
    const noted = all.find((one) => one.noteCount > 0)!
    await goto(phone, `#/calls/${noted.callId}`)
    await phone.page.getByTestId('why').waitFor(patience)
    await phone.page.getByText('Wants a new contract').first().waitFor(patience)
    await look('call-detail')
    await goto(phone, `#/calls/${answered.callId}`)
    await phone.page.getByTestId('why').waitFor(patience)
    await phone.page.getByRole('region', { name: 'Timeline' }).scrollIntoViewIfNeeded()
    await phone.page.getByTestId('why').evaluate((element) => element.scrollIntoView())
    await look('call-timeline')
    const chart = phone.page.getByRole('img', { name: /^Chart of MOS/ })
    await chart.locator('canvas').waitFor(patience)
    await chart.evaluate((element) => element.scrollIntoView({ block: 'center' }))
    await look('call-quality')
    await press(phone, 'Legs (2)')
    await phone.page.getByRole('table').last().scrollIntoViewIfNeeded()
    await look('call-facts')
  })

  test('missed calls', async () => {
    onFailure()
    await goto(phone, '#/calls/missed')
    await phone.page.getByRole('list', { name: 'Missed calls' }).getByRole('listitem').nth(1).waitFor(patience)
    await look('missed')
  })

  test('export', async () => {
    onFailure()
    await goto(phone, '#/calls')
    await press(phone, 'Export')
    const dialog = phone.page.getByRole('dialog', { name: 'Export calls' })
    await dialog.getByText(/^\d+ calls$/).waitFor(patience)
    await look('calls-export')
    await dialog.getByRole('button', { name: 'Export' }).click()
    await dialog.getByRole('link', { name: /^Save / }).waitFor(patience)
    await look('calls-exported')
    await phone.page.keyboard.press('Escape')
  })

  test('settings: history from Twilio, backup', async () => {
    onFailure()
    await desk.request('backup.make')
    await goto(phone, '#/settings')
    const backup = phone.page.getByRole('region', { name: 'Backup' })
    await backup.getByRole('list', { name: 'Copies' }).waitFor(patience)
    await phone.page.getByRole('region', { name: 'Call history from Twilio' }).evaluate((element) => element.scrollIntoView())
    await look('settings-history')
    await backup
      .getByRole('button', { name: /^Restore/ })
      .first()
      .click()
    await phone.page.getByRole('dialog', { name: /^Restore the copy/ }).waitFor(patience)
    await look('backup-restore')
    await phone.page.keyboard.press('Escape')
  })
})
