import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFailed, test } from 'vitest'
import type { RecordingItem } from '../../contract/recording.ts'
import { dial, endCall, launchBrowser, openPhone, press, type Phone } from './kit/browser.ts'
import { eventually } from './kit/eventually.ts'
import { look as lookAt, looks } from './kit/look.ts'
import { MAIN_LINE, startStack, type Desktop, type Stack } from './kit/stack.ts'

// Recordings, voicemail, player, trash, audit and greeting, light and dark, wide and 360 px. See kit/look.ts for the pictures.
const CALLER = '+14155552671'

let stack: Stack
let browser: Browser
let desk: Desktop
beforeAll(async () => {
  stack = await startStack()
  desk = await stack.desktop({ invite: await stack.invite('Ada', 'manager') })
  await stack.assign(MAIN_LINE, 'Ada')
  browser = await launchBrowser()
}, 90_000)
afterAll(async () => {
  await browser?.close()
  await stack?.close()
})

const onFailure = () => onTestFailed(() => console.error(stack.logs()))
const recordings = async () => (await desk.request<{ recordings: RecordingItem[] }>('recordings.page', { limit: 50 })).recordings
const voicemails = async () => (await desk.request<{ voicemails: RecordingItem[] }>('voicemail.list', { limit: 50 })).voicemails
const goto = (phone: Phone, hash: string) => phone.page.evaluate((to) => (location.hash = to), hash)

test.each(looks)('nothing yet, $name', async ({ name, colorScheme, viewport }) => {
  onFailure()
  const phone = await openPhone(browser, desk.url, { colorScheme, viewport, turnOn: false })
  await goto(phone, '#/recordings')
  await phone.page.getByRole('heading', { name: 'No recordings yet' }).waitFor({ timeout: 20_000 })
  await lookAt(phone, 'recordings-empty', name)
  expect(phone.errors).toEqual([])
  await phone.close()
})

test('two calls are recorded, one of them is noted, and a caller leaves a message', async () => {
  onFailure()
  await desk.request('numbers.update', { changes: [{ phoneNumber: MAIN_LINE, patch: { isRecorded: true } }] })
  const phone = await openPhone(browser, desk.url, { voiceHz: 1000 })
  await dial(phone, '+15005550102')
  await phone.waitForState('In call')
  await phone.page.waitForTimeout(4000)
  await endCall(phone)
  const talking = await stack.control.incoming(CALLER, MAIN_LINE, 'tone:500:2s wait:1s tone:700:2s wait')
  await phone.page.getByRole('alertdialog', { name: 'Incoming call' }).waitFor({ timeout: 20_000 })
  await press(phone, 'Answer')
  await phone.waitForState('In call')
  await phone.page.waitForTimeout(6000)
  await stack.control.hangUp(talking)
  await phone.waitForState('Ready')
  await stack.control.incoming(CALLER, MAIN_LINE, 'beep speech:Please_call_me_back_about_the_invoice_of_last_week hangup')
  await phone.page.getByRole('alertdialog', { name: 'Incoming call' }).waitFor({ timeout: 20_000 })
  await press(phone, 'Decline')
  await eventually(async () => expect((await voicemails()).filter((one) => one.state === 'ready')).toHaveLength(1), 60_000)
  await eventually(async () => expect((await recordings()).filter((one) => one.state === 'ready')).toHaveLength(2), 60_000)
  const { sid, callId } = (await recordings()).find((one) => one.direction === 'incoming')!
  await desk.request('calls.note', { callId, noteId: 'note-1', text: 'Agrees to Friday', recordingSid: sid, atSeconds: 3 })
  expect(phone.errors).toEqual([])
  await phone.close()
})

describe.each(looks)('$name', ({ name, colorScheme, viewport }) => {
  let phone: Phone
  const look = (screen: string) => lookAt(phone, screen, name)
  beforeAll(async () => {
    phone = await openPhone(browser, desk.url, { colorScheme, viewport, turnOn: false })
  })
  afterAll(async () => {
    expect(phone?.errors).toEqual([])
    await phone?.close()
  })

  test('list, player, trash', async () => {
    onFailure()
    await goto(phone, '#/recordings')
    await phone.page.getByRole('list', { name: 'Recordings' }).getByRole('listitem').first().waitFor({ timeout: 20_000 })
    await look('recordings')
    const [one] = (await recordings()).filter((item) => item.direction === 'incoming')
    await goto(phone, `#/recordings/${one!.sid}`)
    const player = phone.page.getByRole('region', { name: 'Player' })
    await player.getByRole('checkbox', { name: 'Skip silence' }).waitFor({ timeout: 20_000 })
    await eventually(async () => expect(await player.getByRole('checkbox', { name: 'Skip silence' }).isEnabled()).toBe(true), 20_000)
    const slider = player.getByRole('slider', { name: 'Position' })
    await slider.hover({ position: { x: 60, y: 20 } })
    await slider.click({ position: { x: 60, y: 20 } })
    await look('recording-player')
    await desk.request('recordings.trash', { sid: one!.sid })
    await goto(phone, `#/recordings/trash/${one!.sid}`)
    await phone.page.getByRole('button', { name: 'Restore', exact: true }).waitFor({ timeout: 20_000 })
    await look('recordings-trash')
    await desk.request('recordings.restore', { sid: one!.sid })
  })

  test('voicemail, audit', async () => {
    onFailure()
    const [voicemail] = await voicemails()
    await goto(phone, '#/recordings/voicemail')
    await phone.page.getByRole('list', { name: 'Voicemails' }).getByRole('listitem').first().waitFor({ timeout: 20_000 })
    await goto(phone, `#/recordings/voicemail/${voicemail!.sid}`)
    await phone.page.getByRole('region', { name: 'Player' }).getByRole('button', { name: 'Play' }).waitFor({ timeout: 20_000 })
    await look('voicemail')
    await goto(phone, '#/recordings/audit')
    await phone.page.getByRole('list', { name: 'Calls that should be recorded' }).getByRole('listitem').first().waitFor({ timeout: 20_000 })
    await look('recordings-audit')
  })

  test('greeting', async () => {
    onFailure()
    await goto(phone, `#/numbers/${MAIN_LINE}`)
    await press(phone, 'Change the greeting')
    const dialog = phone.page.getByRole('dialog', { name: 'Change the greeting' })
    await dialog.getByRole('radio', { name: 'Record it here' }).check()
    await dialog.getByRole('button', { name: 'Start recording' }).click()
    await phone.page.waitForTimeout(1500)
    await dialog.getByRole('button', { name: 'Stop recording' }).click()
    await dialog.getByLabel('Your greeting').waitFor({ timeout: 20_000 })
    await look('greeting')
    await phone.page.keyboard.press('Escape')
  })
})
