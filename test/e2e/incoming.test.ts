import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFailed, test } from 'vitest'
import { launchBrowser, openPhone, press, type Phone } from './kit/browser.ts'
import { eventually, upcoming } from './kit/eventually.ts'
import { profilesWith } from './kit/profiles.ts'
import { MAIN_LINE, startStack, type Desktop, type Stack } from './kit/stack.ts'

const CALLER = '+14155552671'
const CALLER_HZ = 700
const VOICE_HZ = 1000

describe.each(profilesWith(10))('incoming calls, sandbox profile $name', ({ profile, seed }) => {
  let stack: Stack
  let browser: Browser
  let desk: Desktop
  let laptop: Desktop
  let phone: Phone
  beforeAll(async () => {
    stack = await startStack({ profile, seed, relayEnv: { RELAY_RING_SECONDS: '6' } })
    await stack.control.faults({ switches: { dialBufferMs: 500, recordingDelayMs: [200, 800] } })
    desk = await stack.desktop({ invite: await stack.invite('Ada', 'manager') })
    await stack.assign(MAIN_LINE, 'Ada')
    browser = await launchBrowser()
    phone = await openPhone(browser, desk.url, { voiceHz: VOICE_HZ })
  }, 60_000)
  afterAll(async () => {
    expect(phone?.errors).toEqual([])
    await phone?.close()
    await browser?.close()
    await stack?.close()
  })
  const onFailure = () => onTestFailed(() => console.error(stack.logs()))
  const ringing = (which: Phone = phone) => which.page.getByRole('alertdialog', { name: 'Incoming call' }).waitFor({ timeout: 20_000 })

  test('answered: both hear each other, and history says answered', async () => {
    onFailure()
    const next = await upcoming(desk)
    const sid = await stack.control.incoming(CALLER, MAIN_LINE, `tone:${CALLER_HZ}`)
    await ringing()
    expect(await phone.state()).toBe('Incoming call')
    await press(phone, 'Answer')
    await phone.waitForState('In call')
    await eventually(async () => expect(Math.abs((await phone.hears()).hz - CALLER_HZ)).toBeLessThan(10))
    await eventually(async () => {
      const { legs } = await stack.control.call(sid)
      expect(legs.some((leg) => leg.kind === 'line' && Math.abs((leg.heard?.frequencyHz ?? 0) - VOICE_HZ) < 20)).toBe(true)
    })
    await stack.control.hangUp(sid)
    await phone.waitForState(/Call ended|Ready/)
    const call = await next.outcome('answered')
    expect(call.party).toEqual({ kind: 'number', number: CALLER })
    expect(call.direction).toBe('incoming')
    await phone.waitForState('Ready')
  })

  test('declined: the caller is sent to voicemail; an empty message leaves a missed call with the reason', async () => {
    onFailure()
    const next = await upcoming(desk)
    const sid = await stack.control.incoming(CALLER, MAIN_LINE, 'silent')
    await ringing()
    await press(phone, 'Decline')
    await eventually(async () => expect((await stack.control.call(sid)).status).toBe('in-progress')) // the greeting answers
    await stack.control.hangUp(sid)
    await next.outcome('missed', 'declined')
    await phone.waitForState('Ready')
  })

  test('ignored: rings out into voicemail, and a message makes it a voicemail', async () => {
    onFailure()
    const next = await upcoming(desk)
    const sid = await stack.control.incoming(CALLER, MAIN_LINE, 'voicemail')
    await ringing()
    await phone.page.getByRole('alertdialog', { name: 'Incoming call' }).waitFor({ state: 'detached', timeout: 20_000 })
    const call = await next.outcome('voicemail', 'rang-out', 45_000)
    expect(call.recordings.map((one) => one.source)).toEqual(['RecordVerb'])
    expect((await stack.control.call(sid)).status).toBe('completed')
    await phone.waitForState('Ready')
  })

  test('cancelled by the caller while it rings: abandoned, never missed', async () => {
    onFailure()
    const next = await upcoming(desk)
    const sid = await stack.control.incoming(CALLER, MAIN_LINE)
    await ringing()
    await stack.control.hangUp(sid)
    await phone.page.getByRole('alertdialog', { name: 'Incoming call' }).waitFor({ state: 'detached', timeout: 10_000 })
    await next.outcome('abandoned')
    await eventually(async () => expect((await next.record()).ringSeconds).toBeLessThan(6)) // the word that it rang may come later
    await phone.waitForState('Ready')
  })

  test('a second device of the same user stops ringing and shows no missed call', async () => {
    onFailure()
    const invite = await stack.invite('Ada', 'manager')
    laptop = await stack.desktop({ invite })
    const second = await openPhone(browser, laptop.url, { voiceHz: 1300 })
    const nextOnLaptop = await upcoming(laptop)
    const next = await upcoming(desk)
    const sid = await stack.control.incoming(CALLER, MAIN_LINE, `tone:${CALLER_HZ}`)
    await Promise.all([ringing(), ringing(second)])
    await press(second, 'Answer')
    await second.waitForState('In call')
    await phone.page.getByRole('alertdialog', { name: 'Incoming call' }).waitFor({ state: 'detached', timeout: 12_000 })
    await stack.control.hangUp(sid)
    await second.waitForState(/Call ended|Ready/)
    const [one, two] = await Promise.all([next.outcome('answered'), nextOnLaptop.outcome('answered')])
    expect(one).toEqual(two)
    await phone.page.getByRole('link', { name: 'Calls' }).click()
    expect(await phone.page.getByRole('listitem').first().textContent()).not.toMatch(/missed/i)
    await phone.page.getByRole('link', { name: 'Phone' }).click()
    expect(second.errors).toEqual([])
    await second.close()
  })

  test('declined everywhere: other devices stop ringing at once, and the caller is sent to voicemail', async () => {
    onFailure()
    const second = await openPhone(browser, laptop.url, { voiceHz: 1300 })
    const next = await upcoming(desk)
    const sid = await stack.control.incoming(CALLER, MAIN_LINE, 'silent')
    await Promise.all([ringing(), ringing(second)])
    await press(second, 'Decline everywhere')
    await phone.page.getByRole('alertdialog', { name: 'Incoming call' }).waitFor({ state: 'detached', timeout: 12_000 })
    await eventually(async () => expect((await stack.control.call(sid)).status).toBe('in-progress')) // the greeting answers
    await stack.control.hangUp(sid)
    await next.outcome('missed', 'declined')
    await phone.waitForState('Ready')
    expect(second.errors).toEqual([])
    await second.close()
  })
})
