import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startRest, type Rest } from './kit.ts'

let rest: Rest
beforeAll(async () => {
  rest = await startRest()
})
beforeEach(() => {
  rest.switches.searchCeiling = 0
  rest.account.reset()
})
afterAll(() => rest.close())

const local = (iso: string, options: object = {}) => rest.client.availablePhoneNumbers(iso).local.list(options)

test('countries, with the kinds of numbers they sell', async () => {
  const countries = await rest.client.availablePhoneNumbers.list()
  expect(countries.map(({ countryCode }) => countryCode)).toEqual(['US', 'CA', 'GB', 'DE', 'FR', 'AU', 'IE', 'NL', 'HK'])
  const britain = await rest.client.availablePhoneNumbers('GB').fetch()
  expect(Object.keys(britain.subresourceUris as object)).toEqual(['local', 'mobile', 'national', 'toll_free', 'shared_cost'])
  await expect(rest.client.availablePhoneNumbers('ZZ').fetch()).rejects.toMatchObject({ status: 404 })
  await expect(rest.client.availablePhoneNumbers('US').mobile.list()).rejects.toMatchObject({ status: 404 })
})

test('a row is as Twilio writes it', async () => {
  const [row] = (
    (await (await rest.ask('/AvailablePhoneNumbers/US/Local.json?AreaCode=808&PageSize=1')).json()) as { available_phone_numbers: object[] }
  ).available_phone_numbers
  expect(row).toMatchObject({
    phone_number: expect.stringMatching(/^\+1808\d{7}$/) as string,
    friendly_name: expect.stringMatching(/^\(808\) \d{3}-\d{4}$/) as string,
    latitude: expect.stringMatching(/^19\.\d{6}$/) as string,
    longitude: expect.stringMatching(/^-155\.\d{6}$/) as string,
    locality: 'Hilo',
    region: 'HI',
    rate_center: 'HILO',
    lata: '834',
    iso_country: 'US',
    address_requirements: 'none',
    beta: false,
    capabilities: { voice: true, sms: true, mms: true },
  })
})

test('PageSize is the limit: 50 unless told, no next page, and a ceiling when there is one', async () => {
  expect(await local('US')).toHaveLength(50)
  expect(await local('US', { limit: 200 })).toHaveLength(200)
  rest.switches.searchCeiling = 30
  expect(await local('US', { limit: 200 })).toHaveLength(30)
  const body = await (await rest.ask('/AvailablePhoneNumbers/US/Local.json')).json()
  expect(Object.keys(body as object)).toEqual(['available_phone_numbers', 'uri'])
})

const within = async (distance: number) => (await local('US', { nearNumber: '+14155550100', distance, limit: 1000 })).length

describe('every row is what was asked for, and there are some', () => {
  type Row = Awaited<ReturnType<typeof local>>[number]
  const near = { latitude: 37.77, longitude: -122.42 }
  test.each<[string, object, (row: Row) => boolean]>([
    ['US', { areaCode: 415 }, ({ phoneNumber }) => phoneNumber.startsWith('+1415')],
    ['CA', { areaCode: 416 }, ({ phoneNumber }) => phoneNumber.startsWith('+1416')],
    ['US', { contains: '+1310*****4' }, ({ phoneNumber }) => /^\+1310\d{5}4/.test(phoneNumber)],
    ['US', { contains: 'PIZZA' }, ({ phoneNumber }) => phoneNumber.includes('74992')],
    ['US', { contains: '77$' }, ({ phoneNumber }) => phoneNumber.endsWith('77')],
    ['US', { inRegion: 'tx' }, ({ region }) => region === 'TX'],
    ['US', { inLocality: 'San Francisco' }, ({ locality }) => locality === 'San Francisco'],
    ['GB', { inLocality: 'london' }, ({ locality }) => locality === 'London'],
    ['US', { inPostalCode: '90210' }, ({ postalCode }) => postalCode === '90210'],
    ['US', { inLata: '722', inRateCenter: 'OAKLAND' }, ({ locality }) => locality === 'Oakland'],
    ['US', { nearLatLong: `${near.latitude},${near.longitude}`, distance: 5 }, ({ locality }) => locality === 'San Francisco'],
    ['US', { nearNumber: '+14155550100', distance: 60, limit: 400 }, ({ region, lata }) => region === 'CA' && lata === '722'],
    ['US', { smsEnabled: true, mmsEnabled: true, voiceEnabled: true, faxEnabled: true }, ({ capabilities }) => capabilities.sms],
    ['GB', { smsEnabled: false }, ({ capabilities }) => !capabilities.sms],
    ['US', { excludeAllAddressRequired: true }, ({ addressRequirements }) => addressRequirements === 'none'],
    ['IE', { excludeForeignAddressRequired: true }, ({ addressRequirements }) => addressRequirements === 'local'],
    ['HK', { beta: true }, ({ beta }) => beta],
  ])('%s %o', async (iso, options, isRight) => {
    const rows = await local(iso, options)
    expect(rows.length).toBeGreaterThan(0)
    expect(rows.filter((row) => !isRight(row))).toEqual([])
    expect(rest.warnings()).toEqual([])
  })

  test('a wider circle finds more', async () => {
    const [close, wide] = [await within(5), await within(500)]
    expect(wide).toBeGreaterThan(close)
  })
})

test.each<[string, object]>([
  ['US', { areaCode: 917 }],
  ['US', { areaCode: 999 }],
  ['US', { contains: '415', areaCode: 310, inLocality: 'Boston' }],
  ['GB', { excludeAllAddressRequired: true }],
  ['DE', { excludeLocalAddressRequired: true }],
  ['GB', { smsEnabled: true }],
  ['HK', { beta: false }],
  ['US', { nearNumber: '+442079460018' }],
])('nothing for %s %o', async (iso, options) => {
  expect(await local(iso, options)).toEqual([])
})

test.each<[string, string, number]>([
  ['GB', 'AreaCode=415', 21457],
  ['US', 'AreaCode=41', 21451],
  ['US', 'Contains=4', 20001],
  ['US', 'Contains=4%2B15', 20001],
  ['US', 'InRateCenter=OAKLAND', 20001],
  ['US', 'NearLatLong=37', 20001],
  ['US', 'NearLatLong=137,0', 20001],
  ['US', 'NearNumber=%2B14155550100&Distance=501', 20001],
])('%s %s is refused: %d', async (iso, query, code) => {
  const answer = await rest.ask(`/AvailablePhoneNumbers/${iso}/Local.json?${query}`)
  expect(await answer.json()).toMatchObject({ code, status: 400 })
})

test.each(['NearNumber=%2B442079460018', 'InRegion=London', 'Near=here'])(
  '%s in Britain filters nothing, and is reported',
  async (query) => {
    const answer = await rest.ask(`/AvailablePhoneNumbers/GB/Local.json?${query}`)
    expect(((await answer.json()) as { available_phone_numbers: object[] }).available_phone_numbers).toHaveLength(50)
    expect(rest.warnings()).toHaveLength(1)
  },
)
