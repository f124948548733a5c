import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, onTestFailed, test } from 'vitest'
import type { CallRecord } from '../../contract/call.ts'
import { dial, endCall, launchBrowser, openPhone, press, type Phone } from './kit/browser.ts'
import { eventually, upcoming } from './kit/eventually.ts'
import { installPlaybackProbe } from './kit/playback-probe.ts'
import { hearsOnly, openCall, pause, playLooped } from './kit/player.ts'
import { profilesWith } from './kit/profiles.ts'
import { MAIN_LINE, startStack, type Desktop, type Stack } from './kit/stack.ts'

const VOICE_HZ = 1000
const CALLER_HZ = 700

const recorded = (next: Awaited<ReturnType<typeof upcoming>>) =>
  eventually(async () => {
    const call = await next.outcome('answered')
    expect(call.recordings.map((one) => one.status)).toEqual(['completed'])
    return call
  }, 40_000)

describe.each(profilesWith(4))('recordings, sandbox profile $name', ({ profile, seed }) => {
  let stack: Stack
  let browser: Browser
  let ada: Desktop
  let phone: Phone
  let outgoing: CallRecord
  beforeAll(async () => {
    stack = await startStack({ profile, seed, relayEnv: { RELAY_RING_SECONDS: '6', RELAY_RECORD_ALL: '1' } })
    await stack.control.faults({ switches: { recordingDelayMs: [200, 800] } })
    ada = await stack.desktop({ invite: await stack.invite('Ada', 'manager') })
    await stack.assign(MAIN_LINE, 'Ada')
    browser = await launchBrowser()
    phone = await openPhone(browser, ada.url, { voiceHz: VOICE_HZ, initScript: installPlaybackProbe })
  }, 60_000)
  afterAll(async () => {
    expect(phone?.errors.filter((text) => !text.includes('ERR_CONNECTION_REFUSED'))).toEqual([])
    await phone?.close()
    await browser?.close()
    await stack?.close()
  })
  afterEach(() => endCall(phone))
  const onFailure = () => onTestFailed(() => console.error(stack.logs()))

  test('an outgoing call is played: you are channel 1, they are channel 2', async () => {
    onFailure()
    const next = await upcoming(ada)
    await dial(phone, '+15005550102')
    await phone.waitForState('In call')
    await phone.page.waitForTimeout(4000)
    await press(phone, 'Hang up')
    outgoing = await recorded(next)
    await openCall(phone, outgoing.callId)
    await playLooped(phone)
    await hearsOnly(phone, 'You', [VOICE_HZ])
    await hearsOnly(phone, 'Them', [440])
    await hearsOnly(phone, 'Both', [440, VOICE_HZ])
    await pause(phone)
  })

  test('an incoming call is played: they are channel 1, you are channel 2', async () => {
    onFailure()
    const next = await upcoming(ada)
    const sid = await stack.control.incoming('+14155552671', MAIN_LINE, `tone:${CALLER_HZ}`)
    await phone.page.getByRole('alertdialog', { name: 'Incoming call' }).waitFor()
    await press(phone, 'Answer')
    await phone.waitForState('In call')
    await phone.page.waitForTimeout(4000)
    await stack.control.hangUp(sid)
    const call = await recorded(next)
    await openCall(phone, call.callId)
    await playLooped(phone)
    await hearsOnly(phone, 'Them', [CALLER_HZ])
    await hearsOnly(phone, 'You', [VOICE_HZ])
    await pause(phone)
  })

  test('without the relay: calls are found, a note is written, what was heard before is heard again; then the note is everybody’s', async () => {
    onFailure()
    await stack.stopRelay('SIGKILL')
    const calls = await ada.request<{ hits: { call: CallRecord }[] }>('calls.search', { text: '500 555-0102', limit: 10 })
    expect(calls.hits.map((hit) => hit.call.callId)).toEqual([outgoing.callId])
    await openCall(phone, outgoing.callId)
    await playLooped(phone)
    await hearsOnly(phone, 'Them', [440])
    await pause(phone)
    await ada.request('calls.note', { callId: outgoing.callId, noteId: 'note-offline', text: 'They hum at 440' })
    await stack.startRelay()
    const kim = await stack.desktop({ invite: await stack.invite('Kim', 'manager') })
    await eventually(async () => {
      const { notes } = await kim.request<{ notes: { text: string; isPending: boolean }[] }>('calls.get', { callId: outgoing.callId })
      expect(notes).toMatchObject([{ text: 'They hum at 440', isPending: false }])
    }, 40_000)
    const found = await kim.request<{ hits: { matched: string[] }[] }>('calls.search', { text: 'hum', limit: 10 })
    expect(found.hits.map((hit) => hit.matched)).toEqual([['note']])
  })
})
