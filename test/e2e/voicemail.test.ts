import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFailed, test } from 'vitest'
import type { CallItem, MissedEntry } from '../../contract/history.ts'
import type { RecordingItem } from '../../contract/recording.ts'
import { launchBrowser, openPhone, press, type Phone } from './kit/browser.ts'
import { eventually, upcoming } from './kit/eventually.ts'
import { installPlaybackProbe } from './kit/playback-probe.ts'
import { hearsTones, loop } from './kit/player.ts'
import { MAIN_LINE, startStack, type Desktop, type Stack } from './kit/stack.ts'
import { toneWav } from './kit/tone.ts'

const CALLER = '+14155552671'
const SECOND = '+14155552672'
const GREETING_HZ = 880
const MESSAGE_HZ = 700

/** The inbox's entry of this party; the demo account has an older one of another. */
async function entriesOf(of: Desktop, party: string, includeClosed = false): Promise<MissedEntry[]> {
  const { entries } = await of.request<{ entries: MissedEntry[] }>('missed.list', { limit: 50, includeClosed })
  return entries.filter(({ call }) => call.party.kind === 'number' && call.party.number === party)
}
const voicemails = (of: Desktop) => of.request<{ voicemails: RecordingItem[]; unread: number }>('voicemail.list', { limit: 50 })

describe('voicemail and missed calls', () => {
  let stack: Stack
  let browser: Browser
  let desk: Desktop
  let laptop: Desktop
  let phone: Phone
  beforeAll(async () => {
    stack = await startStack({ profile: 'typical', seed: 1, relayEnv: { RELAY_RING_SECONDS: '5' } })
    await stack.control.faults({ switches: { dialBufferMs: 500, recordingDelayMs: [200, 800] } })
    desk = await stack.desktop({ invite: await stack.invite('Ada', 'manager') })
    laptop = await stack.desktop({ invite: await stack.invite('Ada', 'manager') })
    await stack.assign(MAIN_LINE, 'Ada')
    browser = await launchBrowser()
    phone = await openPhone(browser, desk.url, { initScript: installPlaybackProbe })
  }, 60_000)
  afterAll(async () => {
    expect(phone?.errors).toEqual([])
    await phone?.close()
    await browser?.close()
    await stack?.close()
  })
  const onFailure = () => onTestFailed(() => console.error(stack.logs()))

  test('the greeting of a number is heard by its caller, and the message appears, plays, and is written down', async () => {
    onFailure()
    const wav = Buffer.from(toneWav(GREETING_HZ, 4)).toString('base64')
    await desk.request('greetings.set', { phoneNumber: MAIN_LINE, greeting: { kind: 'uploaded', name: 'greeting.wav', wav } })
    const next = await upcoming(desk)
    const sid = await stack.control.incoming(CALLER, MAIN_LINE, `beep tone:${MESSAGE_HZ}:4s hangup`)
    await eventually(async () => {
      const { legs } = await stack.control.call(sid)
      expect(legs.map((leg) => Math.round((leg.heard?.frequencyHz ?? 0) / 20) * 20)).toContain(GREETING_HZ)
    }, 40_000)
    const call = await next.outcome('voicemail', 'rang-out', 60_000)
    for (const desktop of [desk, laptop])
      await eventually(async () => {
        expect(await entriesOf(desktop, CALLER)).toMatchObject([{ call: { callId: call.callId }, others: [] }])
        expect(await voicemails(desktop)).toMatchObject({ unread: 1, voicemails: [{ state: 'ready', isRead: false }] })
      }, 40_000)
    await phone.page.getByRole('link', { name: 'Recordings', exact: true }).click()
    await phone.page.getByRole('tab', { name: /^Voicemail/ }).click()
    await phone.page.getByRole('button', { name: /^Play the voicemail of/ }).click()
    await loop(phone)
    await hearsTones(phone, [MESSAGE_HZ])
    await eventually(async () => {
      const { unread, voicemails: list } = await voicemails(laptop)
      expect(unread).toBe(0)
      expect(list[0]?.heardBy).toHaveLength(1)
      expect(list[0]?.transcript?.status ?? list[0]?.noTranscript).toMatch(/completed|waiting|failed/)
    }, 40_000)
  })

  test('called back from the number they called, and reached: the entry closes itself, on every device', async () => {
    onFailure()
    await phone.page.getByRole('link', { name: 'Calls', exact: true }).click()
    await phone.page.getByRole('tab', { name: /^Missed/ }).click()
    const row = phone.page.locator('li[data-call]').filter({ hasText: '555-2671' })
    const next = await upcoming(desk)
    await row.getByRole('button', { name: 'Call back', exact: true }).click()
    await phone.waitForState('In call', 20_000)
    await phone.page.waitForTimeout(1500)
    await press(phone, 'Hang up')
    const call = await next.outcome('answered')
    expect(call.ourNumber).toBe(MAIN_LINE)
    for (const desktop of [desk, laptop])
      await eventually(async () => {
        expect(await entriesOf(desktop, CALLER)).toEqual([])
        const [entry] = await entriesOf(desktop, CALLER, true)
        expect(entry?.call.missed).toMatchObject({ state: 'closed', how: 'called-back', byCallId: call.callId })
      }, 40_000)
    await phone.waitForState('Ready')
    expect(await row.count()).toBe(0)
  })

  test('an empty message leaves a missed call and no voicemail; it is closed by hand, with who and when', async () => {
    onFailure()
    const before = (await voicemails(desk)).voicemails.length
    const next = await upcoming(desk)
    await stack.control.incoming(SECOND, MAIN_LINE, 'beep hangup')
    const call = await next.outcome('missed', 'rang-out', 60_000)
    await eventually(async () => expect(await entriesOf(laptop, SECOND)).toMatchObject([{ call: { callId: call.callId } }]), 20_000)
    expect((await voicemails(desk)).voicemails).toHaveLength(before)
    await phone.page.getByRole('link', { name: 'Calls', exact: true }).click()
    await phone.page.getByRole('tab', { name: /^Missed/ }).click()
    await phone.page.locator(`li[data-call="${call.callId}"]`).getByRole('button', { name: 'Done', exact: true }).click()
    await eventually(async () => {
      const view = await laptop.request<CallItem>('calls.get', { callId: call.callId })
      expect(view.missed).toMatchObject({ state: 'closed', how: 'by-hand' })
      expect(view.missed?.byUserId).not.toBeNull()
      expect(view.missed?.at).not.toBeNull()
    }, 20_000)
  })
})
