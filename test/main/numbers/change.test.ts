import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Desktop } from '../kit/desktop.ts'
import { LONDON, MAIN, numberIn, online, PATIENCE, shown, startManaged, SUPPORT, trace, userId, type Managed } from './manage-kit.ts'

// Conditions are waited for up to 20 s each: the machine may be slow.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

let at: Managed
let ada: Desktop
let sam: Desktop
let adaId: string
let samId: string
beforeAll(async () => {
  at = await startManaged()
  ada = at.ada
  sam = await at.join('Sam', 'staff')
  adaId = await userId(ada)
  samId = await userId(sam)
  await online(sam)
})
afterAll(() => at.close())
beforeEach(() => void (ada.events = []))

const update = (desktop: Desktop, phoneNumber: string, patch: object) =>
  desktop.ask('numbers.update', { changes: [{ phoneNumber, patch }] })
const codes = ({ results }: Awaited<ReturnType<typeof update>>) => results.map(({ ok, failure }) => failure?.code ?? ok)
const driftOf = async (phoneNumber: string) => (await ada.ask('numbers.get', { phoneNumber })).drift
const progress = () => ada.events.filter(({ event }) => event === 'numbers.progress').map(({ payload }) => payload)

const misnamed = { '   ': 'empty', ['🙂'.repeat(33)]: 'long', 'Front\ndesk': 'control', ' lk:intent-1': 'reserved' }

describe('a rename', () => {
  test('is Twilio’s, the relay’s and the guard’s; it is no drift, and the trace has it', async () => {
    expect(codes(await update(ada, MAIN, { name: '  Front desk ' }))).toEqual([true])
    expect(at.remote(MAIN)?.friendlyName).toBe('Front desk')
    await shown(ada, MAIN, { name: 'Front desk' })
    expect(await driftOf(MAIN)).toEqual([])
    const { history } = await ada.ask('numbers.get', { phoneNumber: MAIN })
    expect(history.find(({ action }) => action === 'number.updated')).toMatchObject({
      userName: 'Ada',
      before: { name: 'Main line' },
      after: { name: 'Front desk' },
    })
    expect(history.map(({ action }) => action)).toEqual(['number.updated', 'number.configured'])
    expect(progress()).toContainEqual({ work: 'update', done: 1, total: 1 })
  })

  test('does not accept what somebody else changed', async () => {
    await at.drift(SUPPORT, { VoiceUrl: 'https://ai.example/in' })
    expect(codes(await update(ada, SUPPORT, { name: 'Help' }))).toEqual([true])
    expect((await driftOf(SUPPORT)).map(({ key }) => key)).toEqual(['voiceUrl'])
    expect((await ada.ask('numbers.drift', {})).rows).toMatchObject([{ phoneNumber: SUPPORT, name: 'Help' }])
  })

  test('that the relay refuses is taken back at Twilio', async () => {
    const before = at.remote(LONDON)?.friendlyName
    expect(codes(await update(ada, LONDON, { name: 'Nobody’s', userIds: ['nobody-there'] }))).not.toEqual([true])
    expect(at.remote(LONDON)?.friendlyName).toBe(before)
    expect((await numberIn(ada, LONDON))?.name).toBe(before)
  })

  test('that will not do fails alone, and says why; Twilio is not asked', async () => {
    const before = at.remote(MAIN)?.friendlyName
    for (const [name, reason] of Object.entries(misnamed)) {
      const changes = [
        { phoneNumber: MAIN, patch: { name, tags: ['never'] } },
        { phoneNumber: SUPPORT, patch: { name: `Help ${reason}` } },
      ]
      const { results } = await ada.ask('numbers.update', { changes })
      expect(results).toMatchObject([{ ok: false, failure: { code: 'name-invalid', details: { reason } } }, { ok: true }])
      expect(at.remote(SUPPORT)?.friendlyName).toBe(`Help ${reason}`)
    }
    expect(at.remote(MAIN)?.friendlyName).toBe(before)
    expect(await numberIn(ada, MAIN)).toMatchObject({ name: before, tags: [] })
  })

  test('of one number twice is refused before anything is done', async () => {
    const twice = [MAIN, MAIN].map((phoneNumber) => ({ phoneNumber, patch: { name: 'Twice' } }))
    expect((await ada.fails('numbers.update', { changes: twice })).code).toBe('bad-request')
    expect(at.remote(MAIN)?.friendlyName).not.toBe('Twice')
  })

  test('that Twilio refuses keeps the name; other numbers of the same request are changed', async () => {
    const key = (await at.control('/keys', { readOnly: true })) as { sid: string; secret: string }
    const eve = await at.join('Eve', 'manager', false)
    const { accountSid } = at.account
    await eve.ask('account.set', { accountSid, apiKey: key.sid, apiSecret: key.secret })
    await online(eve)
    const before = at.remote(MAIN)?.friendlyName
    const reply = await eve.ask('numbers.update', {
      changes: [
        { phoneNumber: MAIN, patch: { name: 'Eve’s', tags: ['never'] } },
        { phoneNumber: LONDON, patch: { tags: ['uk'] } },
      ],
    })
    expect(codes(reply)).toEqual(['account-forbidden', true])
    expect(at.remote(MAIN)?.friendlyName).toBe(before)
    await shown(ada, LONDON, { tags: ['uk'] })
    expect(await numberIn(ada, MAIN)).toMatchObject({ name: before, tags: [] })
  })

  test('without a Twilio account fails by itself; everything else works', async () => {
    const joe = await at.join('Joe', 'manager', false)
    await online(joe)
    const reply = await joe.ask('numbers.update', {
      changes: [
        { phoneNumber: MAIN, patch: { name: 'Joe’s' } },
        { phoneNumber: LONDON, patch: { notes: 'rings at night', isRecorded: true } },
      ],
    })
    expect(codes(reply)).toEqual(['account-missing', true])
    await shown(joe, LONDON, { notes: 'rings at night', isRecorded: true })
  })
})

describe('an assignment', () => {
  test('of several numbers at once: who answers them sees them, read-only', async () => {
    const reply = await ada.ask('numbers.assign', {
      phoneNumbers: [LONDON, SUPPORT, LONDON],
      userIds: [samId, adaId],
      ringMode: 'sequential',
    })
    expect(reply.results.map(({ phoneNumber, ok }) => [phoneNumber, ok])).toEqual([
      [LONDON, true],
      [SUPPORT, true],
      [LONDON, true],
    ])
    await shown(ada, LONDON, { userIds: [samId, adaId], ringMode: 'sequential' })
    expect(await trace(ada, LONDON)).toContain('number.assigned')
    await shown(sam, LONDON, { userIds: [samId, adaId] })
    const view = await sam.ask('numbers.get', { phoneNumber: LONDON })
    expect(view).toMatchObject({ settings: null, drift: [], seenAt: null, checks: [], history: [], number: { notes: 'rings at night' } })
    await update(ada, SUPPORT, { userIds: [] })
    await vi.waitFor(async () => expect(await numberIn(sam, SUPPORT)).toBeUndefined(), PATIENCE)
    expect((await sam.fails('numbers.get', { phoneNumber: SUPPORT })).code).toBe('not-found')
  })

  test('to somebody who is not there fails for that number', async () => {
    const { results } = await ada.ask('numbers.assign', { phoneNumbers: [MAIN], userIds: ['nobody-there'] })
    expect(results).toMatchObject([{ phoneNumber: MAIN, ok: false, failure: { code: 'bad-request' } }])
  })
})

test('staff change nothing, whatever they ask for', async () => {
  const asked: [string, object][] = [
    ['numbers.update', { changes: [{ phoneNumber: LONDON, patch: { notes: 'mine' } }] }],
    ['numbers.assign', { phoneNumbers: [LONDON], userIds: [samId] }],
    ['numbers.drift', {}],
    ['numbers.restore', { phoneNumber: LONDON, seen: [] }],
    ['numbers.acceptDrift', { phoneNumber: LONDON }],
    ['numbers.connect', { phoneNumbers: [LONDON] }],
    ['numbers.dependencies', { phoneNumbers: [LONDON] }],
    ['numbers.hold', { phoneNumbers: [LONDON], days: 7, message: null }],
    ['numbers.unhold', { phoneNumbers: [LONDON] }],
    ['numbers.release', { items: [{ phoneNumber: LONDON, lastFour: '0018' }] }],
    ['audit.list', { limit: 10 }],
  ]
  for (const [name, args] of asked) expect([name, (await sam.fails(name, args)).code]).toEqual([name, 'forbidden'])
  expect((await numberIn(ada, LONDON))?.hold).toBeNull()
})

test('the trace goes by pages, newest first', async () => {
  const first = await ada.ask('audit.list', { limit: 2 })
  expect(first.entries).toHaveLength(2)
  const second = await ada.ask('audit.list', { limit: 2, before: first.next ?? 0 })
  const ids = [...first.entries, ...second.entries].map(({ auditId }) => auditId)
  expect(ids).toEqual(ids.toSorted((one, other) => other - one))
  expect(new Set(ids).size).toBe(ids.length)
})
