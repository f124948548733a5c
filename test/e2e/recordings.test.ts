import { readFileSync } from 'node:fs'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFailed, test } from 'vitest'
import type { RecordingItem } from '../../contract/recording.ts'
import { encodeWav } from '../../renderer/recordings/model/wav.ts'
import { endCall, launchBrowser, openPhone, press, type Phone } from './kit/browser.ts'
import { eventually } from './kit/eventually.ts'
import { MAIN_LINE, startStack, type Desktop, type Stack } from './kit/stack.ts'

// What a person does with recordings, voicemail and greetings on their screens, in a real browser.
const CALLER = '+14155552671'
const OURS_HZ = 1000

let stack: Stack
let browser: Browser
let desk: Desktop
let phone: Phone
beforeAll(async () => {
  stack = await startStack()
  desk = await stack.desktop({ invite: await stack.invite('Ada', 'manager') })
  await stack.assign(MAIN_LINE, 'Ada')
  await desk.request('numbers.update', { changes: [{ phoneNumber: MAIN_LINE, patch: { isRecorded: true } }] })
  browser = await launchBrowser()
  phone = await openPhone(browser, desk.url, { voiceHz: OURS_HZ })
}, 120_000)
afterAll(async () => {
  await phone?.close()
  await browser?.close()
  await stack?.close()
})

const onFailure = () => onTestFailed(() => console.error(phone.errors, stack.logs()))
const goto = (hash: string) => phone.page.evaluate((to) => (location.hash = to), hash)
const player = () => phone.page.getByRole('region', { name: 'Player', exact: true })
const row = (list: string) => phone.page.getByRole('list', { name: list, exact: true }).getByRole('listitem').first()
const recordings = async () => (await desk.request<{ recordings: RecordingItem[] }>('recordings.page', { limit: 50 })).recordings
const voicemails = async () => (await desk.request<{ voicemails: RecordingItem[] }>('voicemail.list', { limit: 50 })).voicemails
const ready = async (list: () => Promise<RecordingItem[]>) => {
  await eventually(async () => expect((await list()).map(({ state }) => state)).toEqual(['ready']), 60_000)
  return (await list())[0]!
}

async function ring(script: string): Promise<string> {
  const sid = await stack.control.incoming(CALLER, MAIN_LINE, script)
  await phone.page.getByRole('alertdialog', { name: 'Incoming call' }).waitFor({ timeout: 20_000 })
  return sid
}

test('a recording comes to the list, plays, takes a note, is saved, trashed and taken back', async () => {
  onFailure()
  await goto('#/recordings')
  await phone.page.getByRole('heading', { name: 'No recordings yet' }).waitFor({ timeout: 20_000 })
  const sid = await ring('tone:700')
  await press(phone, 'Answer')
  await phone.waitForState('In call')
  await phone.page.waitForTimeout(5000)
  await stack.control.hangUp(sid)
  await phone.waitForState('Ready')
  const recording = await ready(recordings)
  await row('Recordings')
    .getByRole('button', { name: /^Play the recording/ })
    .click({ timeout: 20_000 })
  const slider = player().getByRole('slider', { name: 'Position' })
  await eventually(async () => expect(Number(await slider.getAttribute('aria-valuenow'))).toBeGreaterThan(1), 20_000)
  await slider.press(' ')
  await player().getByRole('button', { name: 'Play', exact: true }).waitFor()
  await player()
    .getByRole('button', { name: /^Note at / })
    .click()
  await player().getByRole('textbox', { name: 'Note' }).fill('Agrees to Friday')
  await player().getByRole('button', { name: 'Save note' }).click()
  await player()
    .getByRole('button', { name: /^Note at 0:0\d: Agrees to Friday$/ })
    .waitFor({ timeout: 20_000 })
  const [file] = await Promise.all([phone.page.waitForEvent('download'), player().getByRole('button', { name: 'Download' }).click()])
  expect(file.suggestedFilename()).toMatch(/\.wav$/)
  expect(readFileSync(await file.path()).toString('latin1', 0, 4)).toBe('RIFF')
  await player().getByRole('button', { name: 'Move to trash' }).click()
  await player().getByText('In the trash by Ada').waitFor({ timeout: 20_000 })
  await phone.page.getByRole('button', { name: 'Undo' }).click()
  await player().getByRole('button', { name: 'Play', exact: true }).waitFor({ timeout: 20_000 })
  await eventually(
    async () => expect((await recordings())[0]).toMatchObject({ sid: recording.sid, state: 'ready', isCached: true }),
    20_000,
  )
  expect(phone.errors).toEqual([])
})

test('a voicemail is unread until it was listened to, and called back from the number they called', async () => {
  onFailure()
  await goto('#/recordings/voicemail')
  await ring('beep tone:500:4s hangup')
  await press(phone, 'Decline')
  const tab = phone.page.getByRole('tab', { name: 'Voicemail' })
  await eventually(async () => expect(await tab.getAttribute('aria-description')).toBe('1 unread'), 60_000)
  const { sid } = await ready(voicemails)
  await row('Voicemails')
    .getByRole('button', { name: /^Play the voicemail/ })
    .click()
  await phone.page.getByText(/^Listened: Ada, /).waitFor({ timeout: 30_000 })
  await eventually(async () => expect(await tab.getAttribute('aria-description')).toBeNull(), 20_000)
  expect((await voicemails())[0]).toMatchObject({ sid, isRead: true })
  await phone.page.getByRole('button', { name: 'Call back', exact: true }).click()
  await phone.waitForState('In call')
  await player().getByText('Paused while you are in a call.').waitFor()
  await endCall(phone)
  expect(phone.errors).toEqual([])
})

const dialog = () => phone.page.getByRole('dialog', { name: 'Change the greeting' })
const choose = async (way: string) => {
  await goto(`#/numbers/${MAIN_LINE}`)
  await press(phone, 'Change the greeting')
  await dialog().getByRole('radio', { name: way }).check()
}
const save = async () => {
  await dialog().getByLabel('Your greeting').waitFor({ timeout: 20_000 })
  await dialog().getByRole('button', { name: 'Save greeting' }).click()
  await dialog().waitFor({ state: 'detached', timeout: 20_000 })
}

/** Whoever calls and is declined hears a greeting of this tone. */
const callerHears = async (hz: number) => {
  const sid = await ring('silent')
  await press(phone, 'Decline')
  await eventually(async () => {
    const { legs } = await stack.control.call(sid)
    const heard = legs.map((leg) => leg.heard?.frequencyHz ?? 0)
    expect(
      heard.some((one) => Math.abs(one - hz) < 20),
      `heard ${heard.join(', ')} Hz`,
    ).toBe(true)
  }, 20_000)
  await stack.control.hangUp(sid)
  await phone.waitForState('Ready')
}

describe('a greeting is heard by the caller', () => {
  test('uploaded', async () => {
    onFailure()
    const tone = Float32Array.from({ length: 5 * 8000 }, (_, at) => 0.5 * Math.sin((2 * Math.PI * 880 * at) / 8000))
    await choose('A WAV file')
    await phone.page
      .locator('input[type=file]')
      .setInputFiles({ name: 'tone.wav', mimeType: 'audio/wav', buffer: Buffer.from(encodeWav(tone, 8000)) })
    await save()
    await phone.page.getByText('A sound file: tone.wav, 0:05').waitFor({ timeout: 20_000 })
    await callerHears(880)
    expect(phone.errors).toEqual([])
  })

  test('recorded here', async () => {
    onFailure()
    await choose('Record it here')
    await dialog().getByRole('button', { name: 'Start recording' }).click()
    await dialog().getByText('Recording 0:05 of 2:00').waitFor({ timeout: 20_000 })
    await dialog().getByRole('button', { name: 'Stop recording' }).click()
    await save()
    await phone.page.getByText(/^Recorded here, 0:0\d$/).waitFor({ timeout: 20_000 })
    await callerHears(OURS_HZ)
    expect(phone.errors).toEqual([])
  })
})
