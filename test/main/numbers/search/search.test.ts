import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { SearchReply } from '../../../../contract/number-desktop.ts'
import type { Desktop } from '../../kit/desktop.ts'
import { startWorkspace, type Workspace } from '../../kit/workspace.ts'
import { itemOf, offerLike, queryOf } from './kit.ts'

vi.setConfig({ testTimeout: 60_000 }) // restarts and several desktops, perhaps beside a browser
let at: Workspace
let ada: Desktop
beforeAll(async () => {
  at = await startWorkspace()
  ada = await at.desktop('Ada', 'manager')
})
afterAll(() => at.close())
beforeEach(() => void (ada.events.length = 0))

const requests = (part: string) => at.account.entries().filter(({ kind, what }) => kind === 'request' && what?.includes(part)).length
const search = (over: Parameters<typeof queryOf>[0] = {}, searchId = 's1') => ada.ask('numbers.search', { searchId, query: queryOf(over) })
/** Somebody deleted them in the console. */
async function withoutKeys(work: () => Promise<void>): Promise<void> {
  const keys = at.account.state.keys.splice(0)
  await work()
  at.account.state.keys.push(...keys)
}
/** How often Twilio was asked for countries, rent, minutes and rules of two; those of the owned numbers are looked after behind. */
const asked = () => [
  requests('/AvailablePhoneNumbers.json'),
  ...['US', 'DE']
    .map((iso) => [requests(`/pricing/v1/PhoneNumbers/Countries/${iso}`), requests(`/pricing/v2/Voice/Countries/${iso}`), rules(iso)])
    .reduce((one, other) => one.map((count, n) => count + (other[n] ?? 0))),
]
const rules = (iso: string) => requests(`/Regulations?IsoCountry=${iso}`)
const priced = () => requests('/pricing/v1/PhoneNumbers/Countries/US')
const numbersOf = ({ offers }: SearchReply) => offers.map(({ phoneNumber }) => phoneNumber)
const address = (isoCountry: string) => ({
  CustomerName: 'Ada',
  Street: '1',
  City: 'Bonn',
  Region: 'NW',
  PostalCode: '53111',
  IsoCountry: isoCountry,
})
const post = async (path: string, form: Record<string, string>) => {
  const authorization = `Basic ${btoa(`${at.account.accountSid}:${at.account.authToken()}`)}`
  const answer = await fetch(`${at.sandbox.url}/2010-04-01/Accounts/${at.account.accountSid}${path}`, {
    method: 'POST',
    headers: { authorization },
    body: new URLSearchParams(form),
  })
  return (await answer.json()) as { sid: string }
}

describe('a search', () => {
  test('goes over countries, types and area codes at once, merged, priced, with progress', async () => {
    const reply = await search({ countries: ['US', 'CA'], types: ['local', 'toll-free'], areaCodes: ['415', '416', '888'], limit: 3 })
    expect(reply).toMatchObject({ searchId: 's1', failures: [], isCancelled: false, relax: [] })
    const numbers = numbersOf(reply)
    expect(new Set(numbers).size).toBe(numbers.length)
    const groups = Map.groupBy(reply.offers, ({ country, type, phoneNumber }) => `${country} ${type} ${phoneNumber.slice(2, 5)}`)
    expect([...groups].map(([group, offers]) => `${group}: ${offers.length}`)).toEqual([
      'US local 415: 3',
      'US toll-free 888: 3',
      'CA local 416: 3',
    ])
    const [local, tollFree] = [reply.offers[0], reply.offers[3]]
    expect(local).toMatchObject({ locality: 'San Francisco', region: 'CA', monthly: { amount: '1.15', currency: 'USD' } })
    expect(local).toMatchObject({ perMinute: { amount: '0.0085', currency: 'USD' }, papers: { address: 'none', bundle: 'none' } })
    expect(tollFree).toMatchObject({ monthly: { amount: '2.15' }, perMinute: { amount: '0.0220' } })
    const progress = ada.events.filter(({ event }) => event === 'numbers.searched').map(({ payload }) => payload)
    expect(progress).toHaveLength(12)
    expect(progress.at(-1)).toEqual({ searchId: 's1', done: 12, total: 12, found: 9 })
  })

  test('finds a vanity word by its keys', async () => {
    const [some] = numbersOf(await search())
    const end = (some ?? '').slice(-3)
    const word = end.replaceAll('2', 'A').replaceAll('3', 'd').replaceAll('4', 'G').replaceAll('5', 'J').replaceAll('6', 'm')
    const found = numbersOf(await search({ pattern: word, position: 'end', limit: 50 }))
    expect(found).toContain(some)
    for (const number of found) expect(number.endsWith(end)).toBe(true)
    for (const number of numbersOf(await search({ countries: ['GB'], areaCodes: ['20'] }))) expect(number).toMatch(/^\+4420/)
  })

  test('shows the papers a number wants, and which of them are there', async () => {
    const here = await post('/Addresses.json', address('DE'))
    const abroad = await post('/Addresses.json', address('US'))
    const reply = await search({ countries: ['DE', 'IE', 'GB'], types: ['local', 'national'], limit: 2 })
    const papers = Object.fromEntries(reply.offers.map((offer) => [`${offer.country} ${offer.type}`, offer.papers]))
    expect(papers['DE local']).toEqual({
      address: 'local',
      bundle: 'required',
      wants: ['Business', 'Address', 'Business Name'],
      addressSid: here.sid,
      bundleSid: null,
    })
    expect(papers['IE local']).toMatchObject({ address: 'local', bundle: 'none', wants: [], addressSid: null })
    expect([here.sid, abroad.sid]).toContain(papers['IE national']?.addressSid)
    expect(papers['GB local']?.bundle).toBe('none')
  })

  test('what one part refuses leaves the others', async () => {
    const reply = await search({ countries: ['US', 'GB'], areaCodes: ['415', '12'], limit: 2 })
    expect(reply.offers.map(({ country }) => country)).toEqual(['US', 'US', 'GB', 'GB'])
    expect(reply.failures).toMatchObject([
      { country: 'US', type: 'local', areaCode: '12', failure: { code: 'area-code-invalid', details: { areaCode: '12', country: 'US' } } },
    ])
    const near = await search({ countries: ['US', 'DE'], nearNumber: '+14155550100' })
    expect(near.failures).toMatchObject([{ country: 'DE', failure: { code: 'bad-request', details: { field: 'nearNumber' } } }])
    expect(near.offers.length).toBeGreaterThan(0)
  })

  test('that finds nothing because parts were refused says so, and what to loosen all the same', async () => {
    const reply = await search({ pattern: '5' })
    expect(reply).toMatchObject({ offers: [], failures: [{ failure: { code: 'pattern-invalid' } }] })
    expect(reply.relax).toEqual(['pattern', 'capabilities', 'type', 'country'])
    const mixed = await search({ areaCodes: ['907', '12'], pattern: '0000000', position: 'end' })
    expect(mixed).toMatchObject({ offers: [], failures: [{ areaCode: '12', failure: { code: 'area-code-invalid' } }] })
    expect(mixed.relax).toEqual(['position', 'pattern', 'area-code', 'capabilities', 'type', 'country'])
  })

  test('that finds nothing says what to loosen', async () => {
    const reply = await search({ areaCodes: ['907'], pattern: '0000000', position: 'end' })
    expect(reply).toMatchObject({
      offers: [],
      failures: [],
      relax: ['position', 'pattern', 'area-code', 'capabilities', 'type', 'country'],
    })
    expect((await search({ types: ['voip'] })).relax).toEqual(['type', 'country'])
    expect((await search({ countries: ['ZZ'] })).relax).toEqual(['country'])
  })

  test('is ended when it is told to, and answers with what is in', async () => {
    await ada.ask('numbers.countries', {}) // kept, so that the search begins at once
    const before = requests('/AvailablePhoneNumbers/')
    at.sandbox.faults.delayMs = 60_000
    const running = search({ countries: ['US', 'CA'], areaCodes: ['415', '416', '212'] })
    await vi.waitFor(() => expect(requests('/AvailablePhoneNumbers/')).toBeGreaterThan(before), 10_000)
    await ada.ask('numbers.cancelSearch', { searchId: 's1' })
    expect(await running).toEqual({ searchId: 's1', offers: [], failures: [], isCancelled: true, relax: [] })
    await ada.ask('numbers.cancelSearch', { searchId: 'nobody' })
    at.sandbox.faults.delayMs = 0
    expect((await search({}, 's2')).offers).toHaveLength(10)
  })

  test('with credentials that are wrong is over at once, by their failure', async () => {
    await ada.ask('numbers.countries', {})
    const args = { searchId: 's1', query: queryOf({ countries: ['US', 'GB'], types: ['local', 'toll-free'] }) }
    await withoutKeys(async () =>
      expect(await ada.fails('numbers.search', args)).toMatchObject({ code: 'account-wrong', details: { twilioCode: 20003 } }),
    )
  })

  test('buys and reserves nothing', async () => {
    const first = await search()
    expect(await search()).toEqual(first)
    expect(at.account.charges()).toEqual([])
    expect(
      at.account
        .entries()
        .filter(({ kind, what }) => kind === 'request' && what?.startsWith('POST') && what.includes('/IncomingPhoneNumbers.json')),
    ).toEqual([])
  })
})

describe('what is kept for a day', () => {
  test('countries, prices and rules are asked once, even over a restart; then again', async () => {
    const from = asked()
    const kim = await at.desktop('Kim', 'manager')
    const since = () => asked().map((count, n) => count - (from[n] ?? 0))
    const look = (...where: string[]) => kim.ask('numbers.search', { searchId: 's1', query: queryOf({ countries: where }) })
    const countries = await kim.ask('numbers.countries', {})
    expect(countries.map(({ country }) => country)).toContain('IE')
    expect(countries.map(({ name }) => name)).toEqual(countries.map(({ name }) => name).toSorted((a, b) => a.localeCompare(b, 'en')))
    await look('US', 'DE')
    expect(since()).toEqual([1, 2, 2, 2])
    await kim.restart()
    expect(await kim.ask('numbers.countries', {})).toEqual(countries)
    await look('US', 'DE')
    expect(since()).toEqual([1, 2, 2, 2])
    kim.ports.skewMs += 25 * 3_600_000
    await look('US')
    expect(since()).toEqual([2, 3, 3, 3])
  })

  test('belongs to one account: forgotten with it', async () => {
    await search()
    const before = priced()
    await ada.ask('account.forget', {})
    await ada.ask('account.set', at.credentials)
    await search()
    expect(priced()).toBe(before + 1)
  })
})

describe('a quote', () => {
  test('says what it costs now, and whether the balance covers it', async () => {
    const items = [itemOf({ intentId: 'a' }), itemOf({ intentId: 'b', phoneNumber: '+18005550199', type: 'toll-free' })]
    expect(await ada.ask('numbers.quote', { items })).toEqual({
      lines: items.map(({ phoneNumber = '' }, n) => {
        const price = { amount: n === 0 ? '1.15' : '2.15', currency: 'USD' }
        return { phoneNumber, monthly: price, first: price }
      }),
      monthly: [{ amount: '3.3', currency: 'USD' }],
      first: [{ amount: '3.3', currency: 'USD' }],
      unpriced: 0,
      balance: { amount: '20.00', currency: 'USD' },
      isEnough: true,
    })
    await at.control('/account', { balance: '3.29' })
    expect(await ada.ask('numbers.quote', { items })).toMatchObject({ isEnough: false, balance: { amount: '3.29' } })
    const [first] = items
    if (!first) throw new Error('there are two')
    const odd = await ada.ask('numbers.quote', { items: [{ ...first, type: 'voip' }] })
    expect(odd).toMatchObject({ unpriced: 1, monthly: [], isEnough: null, lines: [{ monthly: null }] })
  })

  test('with wrong credentials fails by them', async () => {
    await withoutKeys(async () => expect(await ada.fails('numbers.quote', { items: [itemOf()] })).toMatchObject({ code: 'account-wrong' }))
  })
})

describe('kept on this computer', () => {
  test('saved searches are named, replaced, removed, and there after a restart', async () => {
    const [first, second] = [queryOf(), queryOf({ countries: ['GB'], pattern: 'TAXI', position: 'end' })]
    await ada.ask('numbers.savedSearches', { save: { name: 'Taxi', query: second } })
    await ada.ask('numbers.savedSearches', { save: { name: 'Any', query: second } })
    await ada.ask('numbers.savedSearches', { save: { name: 'Any', query: first } })
    await ada.restart()
    const saved = await ada.ask('numbers.savedSearches', {})
    expect(saved).toMatchObject([
      { name: 'Any', query: first },
      { name: 'Taxi', query: second },
    ])
    expect(await ada.ask('numbers.savedSearches', { remove: 'Any' })).toHaveLength(1)
    expect(await ada.ask('numbers.savedSearches', { remove: 'nobody' })).toHaveLength(1)
  })

  test('the shortlist keeps its order and its numbers, and buys nothing', async () => {
    const [a, b, c] = ['+14155550191', '+14155550192', '+14155550193'].map((phoneNumber) => offerLike({ phoneNumber })) as [
      ReturnType<typeof offerLike>,
      ReturnType<typeof offerLike>,
      ReturnType<typeof offerLike>,
    ]
    expect(await ada.ask('numbers.shortlist', { add: [c, a] })).toEqual([c, a])
    const dearer = { ...c, monthly: { amount: '9.00', currency: 'USD' } }
    expect(await ada.ask('numbers.shortlist', { add: [b, dearer] })).toEqual([dearer, a, b])
    await ada.restart()
    expect(await ada.ask('numbers.shortlist', { remove: [a.phoneNumber] })).toEqual([dearer, b])
    expect(at.account.charges()).toEqual([])
  })

  test('both go with the person', async () => {
    const leaving = await at.desktop('Lea', 'manager')
    await leaving.ask('numbers.savedSearches', { save: { name: 'Any', query: queryOf() } })
    await leaving.ask('numbers.shortlist', { add: [offerLike()] })
    await leaving.ask('session.signOut', {})
    await leaving.ask('session.enroll', { relayUrl: at.relayUrl, code: await at.invite('Eve', 'manager') })
    await vi.waitFor(async () => {
      expect(await leaving.ask('numbers.savedSearches', {})).toEqual([])
      expect(await leaving.ask('numbers.shortlist', {})).toEqual([])
    }, 10_000)
  })
})
