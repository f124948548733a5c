import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { callOf, recordingOf, startRest, type Rest } from './kit.ts'

// Prices, addresses, papers and usage: what is looked up around a number.
let rest: Rest
beforeEach(async () => {
  rest = await startRest()
})
afterEach(() => rest.close())

describe('pricing', () => {
  test('every country of the search has its rent, every kind of number it sells a price', async () => {
    const countries = await rest.client.pricing.v1.phoneNumbers.countries.list()
    const searched = await rest.client.availablePhoneNumbers.list()
    expect(countries.map(({ isoCountry }) => isoCountry).toSorted()).toEqual(searched.map(({ countryCode }) => countryCode).toSorted())
    const prices = await rest.client.pricing.v1.phoneNumbers.countries('US').fetch()
    expect([prices.priceUnit, prices.phoneNumberPrices]).toMatchObject([
      'USD',
      [
        { numberType: 'local', basePrice: '1.15', currentPrice: '1.15' },
        { numberType: 'toll free', basePrice: '2.15', currentPrice: '2.15' },
      ],
    ])
    await expect(rest.client.pricing.v1.phoneNumbers.countries('ZZ').fetch()).rejects.toMatchObject({ status: 404 })
  })

  test('minutes, by country and by number', async () => {
    const britain = await rest.client.pricing.v2.voice.countries('GB').fetch()
    expect(britain.outboundPrefixPrices).toHaveLength(2)
    expect(britain.inboundCallPrices.map(({ numberType }) => numberType)).toContain('toll free')
    const mobile = await rest.client.pricing.v2.voice.numbers('+447451234567').fetch({ originationNumber: '+14155550100' })
    expect([mobile.outboundCallPrices, mobile.originationNumber]).toMatchObject([
      [{ basePrice: '0.0305', currentPrice: '0.0305', originationPrefixes: ['ALL'] }],
      '+14155550100',
    ])
    const ours = await rest.client.pricing.v2.voice.numbers('+14155550100').fetch()
    expect(ours.inboundCallPrice).toMatchObject({ basePrice: '0.0085', currentPrice: '0.0085', numberType: 'local' })
    await expect(rest.client.pricing.v2.voice.numbers('+999123456789').fetch()).rejects.toMatchObject({ status: 404 })
  })

  test("product pages follow Twilio's absolute addresses", async () => {
    const all = await rest.client.pricing.v1.phoneNumbers.countries.list()
    rest.http.seen.length = 0
    const paged = await rest.client.pricing.v1.phoneNumbers.countries.list({ pageSize: 2 })
    expect(paged.map(({ isoCountry }) => isoCountry)).toEqual(all.map(({ isoCountry }) => isoCountry))
    expect(rest.http.seen).toHaveLength(Math.ceil(all.length / 2))
    const page = await rest.client.pricing.v1.phoneNumbers.countries.page({ pageSize: 4 })
    expect(page.nextPageUrl).toMatch(/^https:\/\/pricing\.twilio\.com\/v1\/PhoneNumbers\/Countries\?PageSize=4&Page=1&PageToken=/)
  })
})

const address = { customerName: 'Ada', street: '1 Main St', city: 'Austin', region: 'TX', postalCode: '78701', isoCountry: 'US' }

describe('addresses', () => {
  test('live, change, are found and die', async () => {
    const made = await rest.client.addresses.create({ ...address, friendlyName: 'Desk', streetSecondary: 'Floor 2' })
    expect(made).toMatchObject({
      ...address,
      friendlyName: 'Desk',
      streetSecondary: 'Floor 2',
      validated: true,
      verified: false,
      emergencyEnabled: false,
    })
    expect((await rest.client.addresses(made.sid).update({ city: 'Waco' })).city).toBe('Waco')
    await rest.client.addresses.create({ ...address, customerName: 'Sam' })
    expect((await rest.client.addresses.list({ customerName: 'Ada' })).map(({ sid }) => sid)).toEqual([made.sid])
    expect(await rest.client.addresses.list({ isoCountry: 'US' })).toHaveLength(2)
    expect(await rest.client.addresses.list({ emergencyEnabled: true })).toEqual([])
    expect(await rest.client.addresses(made.sid).remove()).toBe(true)
    await expect(rest.client.addresses(made.sid).fetch()).rejects.toMatchObject({ status: 404 })
  })

  test.each<[number, object]>([
    [20001, { street: ' ' }],
    [20001, { isoCountry: 'usa' }],
    [21628, { postalCode: '7870' }],
    [21628, { region: 'Texas' }],
    [21629, { region: 'tx', autoCorrectAddress: false }],
    [21628, { isoCountry: 'IE', emergencyEnabled: true }],
  ])('%d for %o, and none is made', async (code, over) => {
    await expect(rest.client.addresses.create({ ...address, ...over })).rejects.toMatchObject({ code })
    expect(await rest.client.addresses.list()).toEqual([])
  })

  test.each([
    ['US', 'tx', '78701', 'TX', '78701'],
    ['CA', 'on', 'm5h2n2', 'ON', 'M5H 2N2'],
    ['GB', 'London', 'sw1a1aa', 'London', 'SW1A 1AA'],
  ])('%s %s %s is corrected to %s %s', async (isoCountry, region, postalCode, correctRegion, correctCode) => {
    expect(await rest.client.addresses.create({ ...address, isoCountry, region, postalCode })).toMatchObject({
      region: correctRegion,
      postalCode: correctCode,
    })
  })
})

const papers = () => rest.client.numbers.v2.regulatoryCompliance

const constraints = async (includeConstraints: boolean) =>
  JSON.stringify(
    (await papers().regulations.list({ isoCountry: 'FR', includeConstraints })).map(({ requirements }) => requirements as object),
  )

const bundle = () =>
  papers().bundles.create({
    friendlyName: 'b',
    email: 'a@example.com',
    isoCountry: 'FR',
    numberType: 'mobile',
    endUserType: 'individual',
  })

describe('papers', () => {
  test.each<[string, number, () => Promise<unknown>]>([
    ['an end-user type there is not', 22212, () => papers().regulations.list({ endUserType: 'robot' as 'business' })],
    ['a number type there is not', 22213, () => papers().regulations.list({ numberType: 'fancy' })],
    ['a bundle of nothing', 22202, () => papers().bundles.create({ friendlyName: 'b', email: 'a@b.c' })],
    [
      'a bundle of no regulation',
      22201,
      () => papers().bundles.create({ friendlyName: 'b', email: 'a@b.c', isoCountry: 'US', numberType: 'local' }),
    ],
    [
      'attributes that are no JSON',
      22207,
      () => rest.client.numbers.v2.regulatoryCompliance.endUsers.create({ friendlyName: 'e', type: 'business', attributes: '{' }),
    ],
    ['a document of no type', 22210, () => papers().supportingDocuments.create({ friendlyName: 'd', type: '' })],
    [
      'an assignment of something else',
      22206,
      async () =>
        papers()
          .bundles((await bundle()).sid)
          .itemAssignments.create({ objectSid: `AD${'1'.repeat(32)}` }),
    ],
    [
      'an assignment of nothing',
      22205,
      async () =>
        papers()
          .bundles((await bundle()).sid)
          .itemAssignments.create({ objectSid: `IT${'1'.repeat(32)}` }),
    ],
    [
      'a status there is not',
      22203,
      async () =>
        papers()
          .bundles((await bundle()).sid)
          .update({ status: 'done' as 'draft' }),
    ],
    [
      'a status and a name at once',
      22204,
      async () =>
        papers()
          .bundles((await bundle()).sid)
          .update({ status: 'pending-review', friendlyName: 'x' }),
    ],
    [
      'approving it ourselves',
      20001,
      async () =>
        papers()
          .bundles((await bundle()).sid)
          .update({ status: 'twilio-approved' }),
    ],
  ])('%s: %d', async (_, code, work) => {
    await expect(work()).rejects.toMatchObject({ code, status: 400 })
  })

  test('constraints only when they are asked for', async () => {
    expect([await constraints(true), await constraints(false)].map((text) => text.includes('constraints'))).toEqual([true, false])
  })

  test('bundles are found by their status', async () => {
    const [first, second] = [await bundle(), await bundle()]
    await papers().bundles(first.sid).update({ status: 'pending-review' })
    expect((await papers().bundles.list({ status: 'pending-review' })).map(({ sid }) => sid)).toEqual([first.sid])
    expect((await papers().bundles.list({ status: 'draft' })).map(({ sid }) => sid)).toEqual([second.sid])
    await expect(papers().bundles(first.sid).remove()).rejects.toMatchObject({ code: 21647 })
    expect(await papers().bundles(second.sid).remove()).toBe(true)
  })

  test('what a bundle holds stays', async () => {
    const user = await papers().endUsers.create({ friendlyName: 'e', type: 'individual', attributes: {} })
    const { sid } = await bundle()
    const assigned = await papers().bundles(sid).itemAssignments.create({ objectSid: user.sid })
    await expect(papers().endUsers(user.sid).remove()).rejects.toMatchObject({ code: 21644 })
    expect(await papers().bundles(sid).itemAssignments(assigned.sid).remove()).toBe(true)
    expect(await papers().endUsers(user.sid).remove()).toBe(true)
  })
})

const rowsOf = (period: 'allTime' | 'today' | 'lastMonth', category: string) => {
  const { allTime, today, lastMonth } = rest.client.usage.records
  return {
    allTime: () => allTime.list({ category }),
    today: () => today.list({ category }),
    lastMonth: () => lastMonth.list({ category }),
  }[period]()
}
const usage = async (period: 'allTime' | 'today' | 'lastMonth', category: string) => {
  const [row] = await rowsOf(period, category)
  return [row?.count, row?.usage, row?.price as unknown]
}

describe('usage', () => {
  test('calls, recordings and numbers, from what was charged', async () => {
    const now = rest.clock.now()
    rest.account.calls.clear()
    const call = { createdAt: now, startedAt: now, answeredAt: now, endedAt: now + 61_000, priceAt: now }
    rest.account.calls.put(callOf(rest.account, { ...call, sid: `CA${'1'.repeat(32)}`, price: '-0.01700' }))
    rest.account.calls.put(
      callOf(rest.account, { ...call, sid: `CA${'2'.repeat(32)}`, price: '-0.02800', priceAt: now + 60_000, direction: 'outbound-dial' }),
    )
    rest.account.calls.put(callOf(rest.account, { ...call, sid: `CA${'3'.repeat(32)}`, answeredAt: null, price: null }))
    rest.account.recordings.put(recordingOf(rest.account, { createdAt: now, durationSeconds: 59, priceAt: now }))
    await rest.client.incomingPhoneNumbers.create({ phoneNumber: '+15005550006', voiceUrl: 'http://127.0.0.1:1/v' })
    expect(await usage('today', 'calls')).toEqual(['2', '4', '0.01700'])
    rest.clock.advance(60_000)
    expect(await usage('allTime', 'calls')).toEqual(['2', '4', '0.04500'])
    expect(await usage('allTime', 'calls-outbound')).toEqual(['1', '2', '0.02800'])
    expect(await usage('allTime', 'recordings')).toEqual(['1', '1', '0.00250'])
    expect(await usage('allTime', 'phonenumbers-local')).toEqual(['1', '1', '1.15000'])
    expect(await usage('allTime', 'totalprice')).toEqual(['0', '1.1975', '1.19750'])
    rest.clock.advance(31 * 86_400_000)
    expect(await usage('today', 'calls')).toEqual(['0', '0', '0.00000'])
    expect(await usage('lastMonth', 'phonenumbers')).toEqual(['1', '1', '1.15000'])
  })

  test('day by day, only days with something, the newest first, by pages', async () => {
    const days = await rest.client.usage.records.daily.list({ category: 'calls', pageSize: 2 })
    expect(days.length).toBeGreaterThan(3)
    const starts = days.map(({ startDate }) => startDate.toISOString())
    expect(starts).toEqual(starts.toSorted().toReversed())
    expect(new Set(starts).size).toBe(starts.length)
    expect(days.every(({ count }) => Number(count) > 0)).toBe(true)
  })

  test('a date that is none', async () => {
    const answer = await rest.ask('/Usage/Records.json?StartDate=yesterday')
    expect(await answer.json()).toMatchObject({ code: 20001 })
  })
})
