import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { NumberView } from '../../../contract/number-desktop.ts'
import type { Desktop } from '../kit/desktop.ts'
import { LONDON, MAIN, numberIn, online, PATIENCE, shown, startManaged, SUPPORT, trace, type Managed } from './manage-kit.ts'

// Conditions are waited for up to 20 s each: the machine may be slow.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

let at: Managed
let ada: Desktop
beforeAll(async () => {
  at = await startManaged()
  ada = at.ada
})
afterAll(() => at.close())
beforeEach(() => void (ada.events = []))

const get = (phoneNumber: string) => ada.ask('numbers.get', { phoneNumber })
const check = ({ checks }: NumberView, name: string) => checks.find((one) => one.name === name)
const seenIn = ({ drift }: NumberView) => drift.map(({ key, is }) => ({ key, is }))
const VAPI = 'https://api.vapi.ai/twilio/inbound_call'
const wired = () => `${at.relayUrl}/api/twilio/twiml`

describe('a number', () => {
  test('that setup configured has its settings, every check with evidence, and no drift', async () => {
    const view = await get(MAIN)
    expect(view).toMatchObject({ number: { phoneNumber: MAIN, state: 'active' }, drift: [], settings: { friendlyName: 'Main line' } })
    expect(view.settings?.voiceUrl).toContain(wired())
    expect(view.seenAt).not.toBeNull()
    expect(check(view, 'points-here')).toMatchObject({ level: 'good', evidence: { differs: '' } })
    expect(check(view, 'drift')).toMatchObject({ level: 'good' })
    expect(view.checks).toHaveLength(9)
  })

  test('nobody knows is not found', async () => {
    expect((await ada.fails('numbers.get', { phoneNumber: '+14155559999' })).code).toBe('not-found')
    expect((await ada.fails('numbers.restore', { phoneNumber: '+14155559999', seen: [] })).code).toBe('not-found')
    expect((await ada.fails('numbers.acceptDrift', { phoneNumber: '+14155559999' })).code).toBe('not-found')
  })

  test('is shown as it is kept while relay and Twilio are away', async () => {
    const before = await get(LONDON)
    await at.stopRelay()
    await at.control('/faults', { status5xx: 50 })
    try {
      expect(await get(LONDON)).toMatchObject({ settings: before.settings, drift: [], history: [], number: { name: 'London' } })
    } finally {
      await at.control('/faults', { status5xx: 0 })
      await at.startRelay()
      await online(ada)
    }
  })
})

describe('drift made by another script', () => {
  test('is shown, restored, and in the trace; calls come to us again', async () => {
    await at.drift(MAIN, { VoiceUrl: VAPI, FriendlyName: 'vapi-import', VoiceFallbackUrl: '' })
    const { rows } = await ada.ask('numbers.drift', {})
    expect(rows).toMatchObject([{ phoneNumber: MAIN, name: 'Main line' }])
    expect(rows[0]?.drift.map(({ key }) => key)).toEqual(['friendlyName', 'voiceUrl', 'voiceFallbackUrl'])
    const view = await get(MAIN)
    expect(view.drift).toEqual(rows[0]?.drift)
    expect(check(view, 'points-here')).toMatchObject({ level: 'bad', fix: 'connect', evidence: { is: 'api.vapi.ai' } })
    expect(check(view, 'drift')).toMatchObject({ level: 'warning', fix: 'restore', evidence: { count: 3 } })
    expect(await numberIn(ada, MAIN)).toMatchObject({ health: 'bad' })

    const restored = await ada.ask('numbers.restore', { phoneNumber: MAIN, seen: seenIn(view) })
    expect(restored).toMatchObject({ drift: [], settings: { friendlyName: 'Main line' } })
    expect(at.remote(MAIN)?.voiceUrl).toContain(wired())
    expect(at.remote(MAIN)?.voiceFallbackUrl).toContain(`${at.relayUrl}/api/twilio/fallback`)
    const line = restored.history.find(({ action }) => action === 'number.restored')
    expect(line).toMatchObject({ userName: 'Ada', subject: MAIN, before: { voiceUrl: VAPI, friendlyName: 'vapi-import' } })
    expect((await ada.ask('numbers.drift', {})).rows).toEqual([])
    await shown(ada, MAIN, { name: 'Main line' })
  })

  test('that went on since it was shown is a conflict: nothing is written, and the next answer shows it', async () => {
    await at.drift(MAIN, { VoiceUrl: VAPI })
    const view = await get(MAIN)
    await at.drift(MAIN, { VoiceUrl: `${VAPI}?2`, SmsUrl: 'https://ai.example/sms' })
    expect(await ada.fails('numbers.restore', { phoneNumber: MAIN, seen: seenIn(view) })).toMatchObject({ code: 'conflict', retry: 'now' })
    expect(at.remote(MAIN)?.voiceUrl).toBe(`${VAPI}?2`)
    const now = await get(MAIN)
    expect(now.drift.map(({ key }) => key)).toEqual(['voiceUrl', 'smsUrl'])
    expect((await ada.ask('numbers.restore', { phoneNumber: MAIN, seen: seenIn(now) })).drift).toEqual([])
  })

  test('by an application that silences the URLs is taken away again (R5)', async () => {
    const [app] = at.account.state.applications
    await at.drift(SUPPORT, { VoiceApplicationSid: app?.sid ?? '' })
    const view = await get(SUPPORT)
    expect(check(view, 'points-here')).toMatchObject({ level: 'bad', evidence: { is: app?.sid, differs: 'application' } })
    expect((await ada.ask('numbers.restore', { phoneNumber: SUPPORT, seen: seenIn(view) })).drift).toEqual([])
    expect(at.remote(SUPPORT)?.voiceApplicationSid).toBe('')
  })

  test('that is right is accepted: it is what we keep from then on', async () => {
    await at.drift(LONDON, { SmsUrl: 'https://texts.example/in' })
    expect((await get(LONDON)).drift).toMatchObject([{ key: 'smsUrl', was: '', is: 'https://texts.example/in' }])
    expect((await ada.ask('numbers.acceptDrift', { phoneNumber: LONDON })).drift).toEqual([])
    expect(await trace(ada, LONDON)).toContain('number.accepted')
    await at.drift(LONDON, { SmsUrl: '' })
    expect((await get(LONDON)).drift).toMatchObject([{ key: 'smsUrl', was: 'https://texts.example/in', is: '' }])
  })

  test('of a number that is gone from the account is not found, and nothing of it is written', async () => {
    const other = await at.control('/numbers', { count: 1 })
    expect(other['count']).toBe(1)
    const gone = at.account.state.numbers.at(-1)?.phoneNumber ?? ''
    const plan = await ada.ask('numbers.planSync', {})
    await ada.ask('numbers.applySync', { planId: plan.planId })
    await expect.poll(() => get(gone).then(({ checks }) => checks.length), PATIENCE).toBe(9)
    await expect.poll(() => ada.app.request('numbers.restore', { phoneNumber: gone, seen: [] }), PATIENCE).toMatchObject({ ok: true })
    await at.script('DELETE', `/IncomingPhoneNumbers/${at.remote(gone)?.sid ?? ''}.json`)
    expect((await ada.fails('numbers.restore', { phoneNumber: gone, seen: [] })).code).toBe('not-found')
  })
})

describe('connecting', () => {
  test('points numbers at our relay, each with its own answer; other drift is not accepted by the way', async () => {
    await at.drift(SUPPORT, { VoiceUrl: VAPI, VoiceMethod: 'GET', SmsUrl: 'https://ai.example/sms' })
    const { results } = await ada.ask('numbers.connect', { phoneNumbers: [SUPPORT, '+14155559999', MAIN] })
    expect(results).toMatchObject([
      { phoneNumber: SUPPORT, ok: true },
      { phoneNumber: '+14155559999', ok: false, failure: { code: 'not-found' } },
      { phoneNumber: MAIN, ok: true },
    ])
    const view = await get(SUPPORT)
    expect(view.settings?.voiceUrl).toContain(wired())
    expect(check(view, 'points-here')).toMatchObject({ level: 'good' })
    expect(view.drift.map(({ key }) => key)).toEqual(['smsUrl'])
    expect(await trace(ada, SUPPORT)).toContain('number.configured')
    expect(ada.events).toContainEqual({ event: 'numbers.progress', payload: { work: 'connect', done: 3, total: 3 } })
  })

  test('a number nobody ever configured points here afterwards, and that is what is kept', async () => {
    await at.control('/numbers', { count: 1, voiceUrl: VAPI })
    const other = at.account.state.numbers.at(-1)?.phoneNumber ?? ''
    const plan = await ada.ask('numbers.planSync', {})
    await ada.ask('numbers.applySync', { planId: plan.planId })
    expect((await ada.ask('numbers.connect', { phoneNumbers: [other] })).results).toMatchObject([{ ok: true }])
    expect(at.remote(other)?.voiceUrl).toContain(wired())
    expect((await get(other)).drift).toEqual([])
  })
})

test('nothing we wrote was warned about by Twilio', async () => {
  const { entries } = (await at.control('/ledger')) as { entries: { kind: string; what?: string }[] }
  const warnings = entries.filter(({ kind }) => kind === 'warning').map(({ what }) => what)
  // The one script of these tests that puts an application before the URLs is warned; we are not.
  expect(warnings).toHaveLength(1)
})
