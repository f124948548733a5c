import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { RemoteNumber } from '../../../contract/number.ts'
import type { AvailableQuery } from '../../../main/twilio/port.ts'
import { forSale, startAccount, type TestAccount } from './kit.ts'

let at: TestAccount
beforeEach(async () => {
  at = await startAccount()
})
afterEach(() => at.rest.close())

const anything: AvailableQuery = {
  country: 'US',
  type: 'local',
  areaCode: null,
  contains: null,
  locality: null,
  region: null,
  postalCode: null,
  nearNumber: null,
  capabilities: ['voice'],
  address: 'any',
  limit: 10,
}
const voice = { voiceUrl: 'https://relay.example.com/voice', voiceMethod: 'POST' }
const buy = (phoneNumber: string) => at.twilio.buy({ phoneNumber, friendlyName: 'lk:1', settings: voice })

describe('the account', () => {
  test('says its name, its kind and its balance', async () => {
    expect(await at.twilio.account()).toEqual({ name: at.rest.account.state.friendlyName, isTrial: false, status: 'active' })
    at.rest.account.state.type = 'Trial'
    expect((await at.twilio.account()).isTrial).toBe(true)
    expect(await at.twilio.balance()).toEqual({ amount: '20.00', currency: 'USD' })
  })

  test('makes a key that is let in', async () => {
    const { sid, secret } = await at.twilio.createKey('Linekeeper Laptop')
    expect(at.rest.account.state.keys.at(-1)).toMatchObject({ sid, secret, friendlyName: 'Linekeeper Laptop' })
    const byKey = at.over({ accountSid: at.credentials.accountSid, apiKey: sid, apiSecret: secret })
    expect((await byKey.account()).status).toBe('active')
  })
})

describe('the catalogue', () => {
  test('names countries with their types', async () => {
    const countries = await at.twilio.countries()
    expect(countries.find(({ country }) => country === 'US')).toEqual({
      country: 'US',
      name: 'United States',
      types: ['local', 'toll-free'],
    })
    expect(countries.find(({ country }) => country === 'GB')?.types).toEqual(['local', 'mobile', 'national', 'toll-free', 'shared-cost'])
  })

  test('finds numbers by every condition', async () => {
    const of = async (over: Partial<AvailableQuery>) => (await at.twilio.search({ ...anything, ...over })).map((one) => one.phoneNumber)
    expect(await of({ limit: 3 })).toHaveLength(3)
    for (const number of await of({ areaCode: '415' })) expect(number).toMatch(/^\+1415/)
    for (const number of await of({ contains: '+1415' })) expect(number).toMatch(/^\+1415/)
    for (const number of await of({ type: 'toll-free' })) expect(number).toMatch(/^\+18/)
    const places = await at.twilio.search({ ...anything, country: 'GB', locality: 'London', limit: 5 })
    expect(places.map(({ locality, country }) => `${locality ?? ''} ${country}`)).toEqual(Array(5).fill('London GB'))
    expect(await of({ country: 'GB', address: 'none' })).toEqual([])
    expect(await of({ type: 'toll-free', capabilities: ['fax'] })).toEqual([])
    expect(await of({ type: 'mobile' })).toEqual([]) // not sold in the United States: Twilio says 404
    const [one] = await at.twilio.search({ ...anything, areaCode: '415', limit: 1 })
    expect(one).toMatchObject({ country: 'US', type: 'local', addressRequirements: 'none', isBeta: false })
    expect(one?.capabilities).toEqual({ voice: true, sms: true, mms: true, fax: true })
  })

  test('ends a search when it is told to', async () => {
    at.rest.faults.delayMs = 60_000
    const end = new AbortController()
    const search = at.twilio.search(anything, end.signal)
    end.abort()
    await expect(search).rejects.toMatchObject({ name: expect.stringMatching(/AbortError|CanceledError/) as string })
  })

  test('prices rent and minutes by type, and what it does not know not at all', async () => {
    expect(await at.twilio.prices('US')).toEqual({
      currency: 'USD',
      monthly: { local: '1.15', 'toll-free': '2.15' },
      incomingMinute: { local: '0.0085', 'toll-free': '0.0220' },
    })
    expect(await at.twilio.prices('ZZ')).toEqual({ currency: '', monthly: {}, incomingMinute: {} })
  })

  test('says which papers a rule wants, and which of them the account has', async () => {
    expect(await at.twilio.regulation('US', 'local')).toEqual({ needsBundle: false, names: [] })
    const rule = await at.twilio.regulation('DE', 'mobile')
    expect(rule).toEqual({ needsBundle: true, names: ['Business', 'Address', 'Business Name'] })
    expect(await at.twilio.approvedBundles('DE', 'mobile')).toEqual([])
    const address = { customerName: 'Ada', street: '1 Main St', city: 'Austin', region: 'TX', postalCode: '78701', isoCountry: 'US' }
    const { sid } = await at.rest.client.addresses.create(address)
    expect(await at.twilio.addresses()).toContainEqual({ sid, country: 'US' })
  })
})

describe('numbers of the account', () => {
  test('are listed whole, page by page', { timeout: 60_000 }, async () => {
    const { state } = at.rest.account
    const [like] = state.numbers
    if (!like) throw new Error('the demo account has numbers')
    const before = state.numbers.length
    const many = Array.from({ length: 2100 }, (_, n) => ({
      ...like,
      sid: `PN${String(n).padStart(32, '0')}`,
      phoneNumber: `+1212${5_550_000 + n}`,
    }))
    state.numbers.push(...many)
    at.rest.listed.numbersSeeded(many)
    const pages: number[] = []
    const listed = await at.twilio.numbers((count) => pages.push(count))
    expect(pages).toEqual([1000, 2000, 2100 + before])
    expect(new Set(listed.map(({ sid }) => sid)).size).toBe(2100 + before)
  })

  test('a page that fails once is asked for again; a list whose page goes on failing is none', async () => {
    const whole = await at.twilio.numbers()
    at.rest.faults.status5xx = 2
    expect(await at.twilio.numbers()).toEqual(whole)
    at.rest.faults.status5xx = 1000
    await expect(at.twilio.numbers()).rejects.toMatchObject({ code: 'twilio-failed', details: { status: 503, twilioCode: 20503 } })
  })

  test('are bought, read, changed and released', async () => {
    const phoneNumber = forSale(at.rest, 'US', 'Local')
    const bought = await buy(phoneNumber)
    expect(bought).toMatchObject({ phoneNumber, type: 'local', addressRequirements: 'none', settings: { friendlyName: 'lk:1', ...voice } })
    expect(bought.settings).toMatchObject({ voiceApplicationSid: '', trunkSid: '', addressSid: '', voiceCallerIdLookup: 'false' })
    expect(bought.createdAt).toMatch(/^\d{4}-\d\d-\d\dT/)
    expect(await at.twilio.number(bought.sid)).toEqual(bought)
    expect(await at.twilio.ownedNumber(phoneNumber)).toEqual(bought)
    expect(await at.twilio.ownedNumber(phoneNumber.slice(0, -1))).toBeUndefined() // Twilio matches parts, we do not
    const changes = { friendlyName: 'Front desk', voiceUrl: '', voiceFallbackUrl: '', voiceCallerIdLookup: 'true', smsMethod: '' }
    const changed = await at.twilio.update(bought.sid, changes)
    expect(changed.settings).toMatchObject({ friendlyName: 'Front desk', voiceUrl: '', voiceCallerIdLookup: 'true', smsMethod: 'POST' })
    await at.twilio.release(bought.sid)
    await at.twilio.release(bought.sid) // gone is done
    expect(await at.twilio.number(bought.sid)).toBeUndefined()
    expect(await at.twilio.ownedNumber(phoneNumber)).toBeUndefined()
  })

  test('what was read can be written back', async () => {
    const bought = await buy(forSale(at.rest, 'US', 'Local'))
    const again: RemoteNumber = await at.twilio.update(bought.sid, bought.settings)
    expect(again).toEqual(bought)
  })

  test('a registered emergency address forbids the release', async () => {
    const bought = await buy(forSale(at.rest, 'US', 'Local'))
    const address = { customerName: 'Ada', street: '1 Main St', city: 'Austin', region: 'TX', postalCode: '78701', isoCountry: 'US' }
    const { sid } = await at.rest.client.addresses.create({ ...address, emergencyEnabled: true })
    await at.twilio.update(bought.sid, { emergencyStatus: 'Active', emergencyAddressSid: sid })
    await expect(at.twilio.release(bought.sid)).rejects.toMatchObject({
      code: 'emergency-address-attached',
      details: { twilioCode: 20409 },
    })
    const without = await at.twilio.update(bought.sid, { emergencyStatus: 'Inactive', emergencyAddressSid: '' })
    expect(without.emergencyAddressStatus).toBe('unregistered')
    await at.twilio.release(bought.sid)
  })
})
