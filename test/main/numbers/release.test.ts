import { createHmac } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Dependencies } from '../../../contract/number-desktop.ts'
import { plainDetails, type NumberHold } from '../../../contract/number.ts'
import type { NumberRow } from '../../../contract/relay.ts'
import { releaseRefusal } from '../../../main/numbers/release.ts'
import type { Desktop } from '../kit/desktop.ts'
import { MAIN, numberIn, online, PATIENCE, shown, startManaged, SUPPORT, synced, trace, userId, type Managed } from './manage-kit.ts'

// Conditions are waited for up to 20 s each: the machine may be slow.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

let at: Managed
let ada: Desktop
let adaId: string
beforeAll(async () => {
  at = await startManaged()
  ada = at.ada
  adaId = await userId(ada)
  await prepare(20)
})
afterAll(() => at.close())
afterEach(async () => {
  ada.ports.fetch = globalThis.fetch
  await at.control('/faults', { dropNextAnswer: 0, switches: { emergencyAddressMs: 0 } })
})

const hold = (phoneNumbers: string[], days = 7, message: string | null = null) => ada.ask('numbers.hold', { phoneNumbers, days, message })
const release = (phoneNumbers: string[], isEarly = true) =>
  ada.ask('numbers.release', { items: phoneNumbers.map((phoneNumber) => ({ phoneNumber, lastFour: phoneNumber.slice(-4) })), isEarly })
const codes = ({ results }: Awaited<ReturnType<typeof hold>>) => results.map(({ ok, failure }) => failure?.code ?? ok)
const settled = (phoneNumber: string) => ada.ask('numbers.get', { phoneNumber })

/** Numbers wired to the relay, each handed to one test: a number that was released would come back as the same. */
let spare: string[] = []
async function prepare(count: number): Promise<void> {
  await at.control('/numbers', { count })
  spare = at.account.state.numbers.slice(-count).map(({ phoneNumber }) => phoneNumber)
  await synced(ada)
  for (const phoneNumber of spare) await shown(ada, phoneNumber, { state: 'active', userIds: [] })
  const known = async () => codes(await ada.ask('numbers.assign', { phoneNumbers: spare, userIds: [] }))
  await vi.waitFor(async () => expect(await known()).not.toContain('not-found'), PATIENCE)
  await ada.ask('numbers.connect', { phoneNumbers: spare })
}
function one(): string {
  const phoneNumber = spare.pop()
  if (!phoneNumber) throw new Error('prepare more numbers')
  return phoneNumber
}

/** Does something in the instant before the desktop's next request to this path of the relay, which may then be lost. */
function before(path: string, work: () => Promise<unknown>, { isLost = false } = {}): void {
  ada.ports.fetch = async (input, init) => {
    const url = input instanceof Request ? input.url : String(input)
    if (!url.includes(path) || init?.method !== 'POST') return globalThis.fetch(input, init)
    if (!isLost) ada.ports.fetch = globalThis.fetch
    await work()
    if (isLost) throw new TypeError('the relay is away')
    return globalThis.fetch(input, init)
  }
}

/** What a caller hears: the relay's answer to Twilio. */
let calls = 0
async function twiml(to: string): Promise<string> {
  const url = `${at.relayUrl}/api/twilio/twiml`
  const form: Record<string, string> = {
    AccountSid: at.account.accountSid,
    ApiVersion: '2010-04-01',
    CallSid: `CA${String(++calls).padStart(32, '0')}`,
    CallStatus: 'ringing',
    Direction: 'inbound',
    From: '+14155550142',
    To: to,
  }
  const signed = Object.entries(form)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flat()
    .join('')
  const signature = createHmac('sha1', at.account.authToken())
    .update(url + signed)
    .digest('base64')
  const answer = await fetch(url, { method: 'POST', headers: { 'x-twilio-signature': signature }, body: new URLSearchParams(form) })
  return answer.text()
}

describe('before', () => {
  test('a person sees what hangs on a number: who, by default for whom, where its calls go, what it costs', async () => {
    await ada.ask('numbers.update', { changes: [{ phoneNumber: MAIN, patch: { userIds: [adaId], defaultFor: [adaId] } }] })
    await shown(ada, MAIN, { userIds: [adaId], defaultFor: [adaId] })
    const [known] = await ada.ask('numbers.dependencies', { phoneNumbers: [MAIN, '+14155559999'] })
    const wanted: Partial<Dependencies> = {
      phoneNumber: MAIN,
      owners: [{ userId: adaId, name: 'Ada' }],
      defaultFor: [{ userId: adaId, name: 'Ada' }],
      routedTo: '',
      emergencyAddressSid: null,
    }
    expect(known).toMatchObject(wanted)
    await at.drift(SUPPORT, { VoiceUrl: 'https://api.vapi.ai/in' })
    const [away] = await ada.ask('numbers.dependencies', { phoneNumbers: [SUPPORT] })
    expect(away?.routedTo).toBe('https://api.vapi.ai/in')
    await ada.ask('numbers.connect', { phoneNumbers: [SUPPORT] })
  })
})

describe('a hold', () => {
  test('parks the number: callers hear the message; undone, it works as before', async () => {
    expect(await twiml(SUPPORT)).not.toContain('moving house')
    const days = 7
    const earliest = Date.now() + days * 86_400_000 - 60_000
    expect(codes(await hold([SUPPORT], days, ' We are moving house. '))).toEqual([true])
    const held = await shown(ada, SUPPORT, { state: 'held' })
    expect(held.hold).toMatchObject({ message: 'We are moving house.', byUserId: adaId })
    expect(Date.parse(held.hold?.until ?? '')).toBeGreaterThan(earliest)
    expect(await twiml(SUPPORT)).toContain('We are moving house.')
    expect(at.remote(SUPPORT)).toBeDefined()
    expect(codes(await ada.ask('numbers.unhold', { phoneNumbers: [SUPPORT] }))).toEqual([true])
    await shown(ada, SUPPORT, { state: 'active', hold: null })
    expect(await twiml(SUPPORT)).not.toContain('moving house')
    expect(await trace(ada, SUPPORT)).toEqual(expect.arrayContaining(['number.held', 'number.unheld']))
  })

  test('of many is bulk, with progress, and unknown ones fail by themselves', async () => {
    ada.events = []
    const reply = await hold([MAIN, '+14155559999', SUPPORT])
    expect(codes(reply)).toEqual([true, 'not-found', true])
    expect(ada.events).toContainEqual({ event: 'numbers.progress', payload: { work: 'hold', done: 3, total: 3 } })
    expect(codes(await ada.ask('numbers.unhold', { phoneNumbers: [MAIN, SUPPORT] }))).toEqual([true, true])
    await shown(ada, MAIN, { hold: null })
  })
})

const now = new Date('2026-11-21T10:00:00.000Z')
const parked = (until: string): NumberHold => ({ until, message: null, at: '2026-11-14T10:00:00.000Z', byUserId: 'ada' })
const row = (details: Partial<NumberRow['details']>): NumberRow => ({
  phoneNumber: MAIN,
  sid: `PN${'1'.repeat(32)}`,
  name: 'Main line',
  isActive: true,
  userIds: [],
  details: { ...plainDetails(), ...details },
})
const due = parked('2026-11-21T10:00:00.000Z')
const notDue = parked('2026-11-21T10:00:01.000Z')
const refusals: [string, NumberRow | undefined, string, boolean, string | undefined][] = [
  ['unknown', undefined, '0100', false, 'not-found'],
  ['gone already', row({ hold: due, leftAt: '2026-11-20T00:00:00.000Z' }), '0100', true, 'not-found'],
  ['not held', row({}), '0100', true, 'number-not-held'],
  ['not due', row({ hold: notDue }), '0100', false, 'hold-not-over'],
  ['not due, but decided', row({ hold: notDue }), '0100', true, undefined],
  ['due to the second', row({ hold: due }), '0100', false, undefined],
  ['other digits', row({ hold: due }), '0111', false, 'last-four-wrong'],
  ['other digits, decided', row({ hold: notDue }), '0000', true, 'last-four-wrong'],
]
test.each(refusals)('released: %s', (_, of, lastFour, isEarly, code) => {
  expect(releaseRefusal(of, { phoneNumber: MAIN, lastFour }, now, isEarly)?.code).toBe(code)
})

describe('a release', () => {
  test('is the end of a held number: gone at Twilio, left at the relay, its history kept', async () => {
    const phoneNumber = one()
    await ada.ask('numbers.assign', { phoneNumbers: [phoneNumber], userIds: [adaId] })
    expect(codes(await release([phoneNumber]))).toEqual(['number-not-held'])
    await hold([phoneNumber])
    expect(codes(await release([phoneNumber], false))).toEqual(['hold-not-over'])
    const wrong = await ada.ask('numbers.release', { items: [{ phoneNumber, lastFour: '9999' }], isEarly: true })
    expect(codes(wrong)).toEqual(['last-four-wrong'])
    expect(at.remote(phoneNumber)).toBeDefined()
    ada.events = []
    expect(codes(await release([phoneNumber]))).toEqual([true])
    expect(at.remote(phoneNumber)).toBeUndefined()
    await shown(ada, phoneNumber, { state: 'left', monthly: null })
    await vi.waitFor(async () => expect(await trace(ada, phoneNumber)).toContain('number.released'), PATIENCE)
    const actions = await trace(ada, phoneNumber)
    expect(actions.filter((action) => action.startsWith('number.releas'))).toEqual(['number.releasing', 'number.released'])
    const view = await settled(phoneNumber)
    expect(view.checks).toEqual([])
    expect(view.history.find(({ action }) => action === 'number.releasing')?.before).toMatchObject({ userIds: [adaId] })
    expect(ada.events).toContainEqual({ event: 'numbers.progress', payload: { work: 'release', done: 1, total: 1 } })
    expect(codes(await release([phoneNumber]))).toEqual(['not-found'])
  })

  test('at the due time needs no decision to be early', async () => {
    const phoneNumber = one()
    ada.ports.fetch = (input, init) => {
      const body = typeof init?.body === 'string' ? init.body.replace(/"until":"[^"]+"/, '"until":"2026-01-01T00:00:00.000Z"') : init?.body
      return globalThis.fetch(input, { ...init, ...(body ? { body } : {}) })
    }
    await hold([phoneNumber])
    ada.ports.fetch = globalThis.fetch
    expect(codes(await release([phoneNumber], false))).toEqual([true])
  })

  test('of many: what fails leaves the others', async () => {
    const [first, second, third] = [one(), one(), one()]
    await hold([first, second])
    const items = [
      { phoneNumber: first, lastFour: '0000' },
      { phoneNumber: second, lastFour: second.slice(-4) },
      { phoneNumber: third, lastFour: third.slice(-4) },
    ]
    expect(codes(await ada.ask('numbers.release', { items, isEarly: true }))).toEqual(['last-four-wrong', true, 'number-not-held'])
    expect([first, second, third].map((phoneNumber) => at.remote(phoneNumber) !== undefined)).toEqual([true, false, true])
  })

  test('of a number whose calls somebody sent elsewhere meanwhile is a conflict, until that is accepted', async () => {
    const phoneNumber = one()
    await hold([phoneNumber])
    await at.drift(phoneNumber, { VoiceUrl: 'https://api.vapi.ai/in' })
    const { results } = await release([phoneNumber])
    expect(results).toMatchObject([{ ok: false, failure: { code: 'conflict', details: { routedTo: 'https://api.vapi.ai/in' } } }])
    expect(at.remote(phoneNumber)).toBeDefined()
    await ada.ask('numbers.acceptDrift', { phoneNumber })
    expect(codes(await release([phoneNumber]))).toEqual([true])
  })

  test('of a number that was given to somebody since it was held is a conflict, until that was seen', async () => {
    const phoneNumber = one()
    await ada.ask('numbers.assign', { phoneNumbers: [phoneNumber], userIds: [adaId] })
    await hold([phoneNumber])
    const kim = await userId(await at.join('Kim', 'staff'))
    await vi.waitFor(async () => {
      expect(codes(await ada.ask('numbers.assign', { phoneNumbers: [phoneNumber], userIds: [adaId, kim] }))).toEqual([true])
    }, PATIENCE)
    const { results } = await release([phoneNumber])
    expect(results).toMatchObject([{ ok: false, failure: { code: 'conflict', details: { changed: 'owners', owners: kim } } }])
    expect(at.remote(phoneNumber)).toBeDefined()
    expect(await trace(ada, phoneNumber)).not.toContain('number.releasing')
    const lastFour = phoneNumber.slice(-4)
    const again = (owners: string[]) =>
      ada.ask('numbers.release', { items: [{ phoneNumber, lastFour, seen: { owners, calls30: 0 } }], isEarly: true })
    expect(codes(await again([adaId]))).toEqual(['conflict'])
    expect(codes(await again([adaId, kim]))).toEqual([true])
    expect(at.remote(phoneNumber)).toBeUndefined()
  })

  test('of a number that was called since it was held is a conflict, until that was seen', async () => {
    const phoneNumber = one()
    await hold([phoneNumber])
    expect(await twiml(phoneNumber)).toContain('<Response>')
    const shownBefore = { owners: [], calls30: 0 }
    const lastFour = phoneNumber.slice(-4)
    const releaseSeen = (seen: { owners: string[]; calls30: number }) =>
      ada.ask('numbers.release', { items: [{ phoneNumber, lastFour, seen }], isEarly: true })
    expect(codes(await release([phoneNumber]))).toEqual(['conflict'])
    expect((await releaseSeen(shownBefore)).results).toMatchObject([{ failure: { details: { changed: 'calls30', calls30: 1 } } }])
    // Who looks again sees it.
    const [known] = await ada.ask('numbers.dependencies', { phoneNumbers: [phoneNumber] })
    expect(known).toMatchObject({ calls30: 1 })
    expect(codes(await releaseSeen({ owners: [], calls30: 1 }))).toEqual([true])
  })

  test('whose hold another manager ends in the same moment does not happen', async () => {
    const phoneNumber = one()
    await hold([phoneNumber])
    await shown(ada, phoneNumber, { state: 'held' })
    const max = await at.join('Max', 'manager')
    await online(max)
    before('/api/audit', async () => {
      await max.ask('numbers.unhold', { phoneNumbers: [phoneNumber] })
      await shown(ada, phoneNumber, { hold: null })
    })
    expect(codes(await release([phoneNumber]))).toEqual(['number-not-held'])
    expect(at.remote(phoneNumber)).toBeDefined()
  })

  test('whose answer is lost is looked up, not repeated as a failure', async () => {
    const phoneNumber = one()
    await hold([phoneNumber])
    before('/api/audit', () => at.control('/faults', { dropNextAnswer: 1 }))
    expect(codes(await release([phoneNumber]))).toEqual([true])
    expect(at.remote(phoneNumber)).toBeUndefined()
  })

  test('of a number that is gone from the account already is done', async () => {
    const phoneNumber = one()
    await hold([phoneNumber])
    await at.script('DELETE', `/IncomingPhoneNumbers/${at.remote(phoneNumber)?.sid ?? ''}.json`)
    expect(codes(await release([phoneNumber]))).toEqual([true])
    await shown(ada, phoneNumber, { state: 'left' })
  })

  test('the relay did not hear of is told when the link is up again, by the same name', async () => {
    const phoneNumber = one()
    await hold([phoneNumber])
    before('/api/numbers/changes', () => Promise.resolve(), { isLost: true })
    expect(codes(await release([phoneNumber]))).toEqual([true])
    expect(await trace(ada, phoneNumber)).not.toContain('number.released')
    await shown(ada, phoneNumber, { state: 'left' })
    ada.ports.fetch = globalThis.fetch
    await ada.restart()
    await online(ada)
    await vi.waitFor(async () => expect(await trace(ada, phoneNumber)).toContain('number.released'), PATIENCE)
    await shown(ada, phoneNumber, { state: 'left' })
  })

  test('needs an account here', async () => {
    const joe = await at.join('Joe', 'manager', false)
    await online(joe)
    const items = [{ phoneNumber: MAIN, lastFour: '0100' }]
    expect((await joe.fails('numbers.release', { items })).code).toBe('account-missing')
  })
})

async function attached(): Promise<{ phoneNumber: string; attach: () => Promise<unknown> }> {
  const phoneNumber = one()
  const { sid } = await at.script('POST', '/Addresses.json', {
    CustomerName: 'Linekeeper',
    Street: '1 Market St',
    City: 'San Francisco',
    Region: 'CA',
    PostalCode: '94105',
    IsoCountry: 'US',
    EmergencyEnabled: 'true',
  })
  return { phoneNumber, attach: () => at.drift(phoneNumber, { EmergencyAddressSid: String(sid), EmergencyStatus: 'Active' }) }
}

describe('an emergency address', () => {
  test('is taken back before the number is released, and Twilio is waited for', async () => {
    const { phoneNumber, attach } = await attached()
    await attach()
    const [known] = await ada.ask('numbers.dependencies', { phoneNumbers: [phoneNumber] })
    expect(known?.emergencyAddressSid).toMatch(/^AD/)
    await hold([phoneNumber])
    await at.control('/faults', { switches: { emergencyAddressMs: 200 } })
    expect(codes(await release([phoneNumber]))).toEqual([true])
    expect(at.remote(phoneNumber)).toBeUndefined()
  })

  test('that came between the check and the release is taken back too', async () => {
    const { phoneNumber, attach } = await attached()
    await hold([phoneNumber])
    before('/api/audit', attach)
    expect(codes(await release([phoneNumber]))).toEqual([true])
    expect(at.remote(phoneNumber)).toBeUndefined()
  })

  test('that Twilio does not let go of keeps the number held; the release goes on when it has', async () => {
    const { phoneNumber, attach } = await attached()
    await attach()
    await hold([phoneNumber])
    await at.control('/faults', { switches: { emergencyAddressMs: 3_600_000 } })
    const { results } = await release([phoneNumber])
    expect(results).toMatchObject([
      { ok: false, failure: { code: 'emergency-address-attached', details: { status: 'pending-unregistration' } } },
    ])
    expect((await numberIn(ada, phoneNumber))?.state).toBe('held')
    await at.control('/clock', { advanceMs: 3_600_001 })
    expect(codes(await release([phoneNumber]))).toEqual([true])
  })
})
