import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { failureCodes } from '../../../contract/failure.ts'
import { failureOfTwilio, isAborted, refusalCode } from '../../../main/twilio/failures.ts'
import { failureOf, forSale, startAccount, type TestAccount } from './kit.ts'

describe('what an answer means', () => {
  test.each([
    [401, 20003, 'account-wrong'],
    [403, 20003, 'account-forbidden'],
    [401, undefined, 'account-wrong'],
    [403, undefined, 'account-forbidden'],
    [403, 20008, 'account-forbidden'],
    [401, 20005, 'account-suspended'],
    [403, 10001, 'account-suspended'],
    [404, 20404, 'not-found'],
    [404, undefined, 'not-found'],
    [429, 20429, 'twilio-busy'],
    [429, undefined, 'twilio-busy'],
    [400, 21404, 'trial-limit'],
    [400, 21421, 'number-not-for-sale'],
    [400, 21422, 'number-taken'],
    [400, 21451, 'area-code-invalid'],
    [400, 21452, 'area-code-empty'],
    [400, 21457, 'area-code-invalid'],
    [400, 21613, 'address-required'],
    [400, 21615, 'address-required'],
    [400, 21619, 'funds-missing'],
    [400, 21631, 'address-required'],
    [400, 21649, 'bundle-required'],
    [400, 21650, 'identity-required'],
    [400, 20001, 'twilio-failed'],
    [500, 20500, 'twilio-failed'],
    [503, 21422, 'twilio-failed'], // broken is not refused, whatever it says
    [502, undefined, 'twilio-failed'],
  ])('%s with %s is %s', (status, twilioCode, code) => {
    expect(refusalCode(status, twilioCode)).toBe(code)
    expect(failureCodes).toHaveProperty([code])
  })

  test('without an answer the reason is named', () => {
    const refused = failureOfTwilio(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }))
    expect(refused).toMatchObject({ code: 'twilio-unreachable', details: { reason: 'ECONNREFUSED' } })
    expect(failureOfTwilio(new SyntaxError('Unexpected token <'))).toMatchObject({ code: 'twilio-failed' })
    expect(failureOfTwilio('what')).toMatchObject({ code: 'twilio-failed', message: 'what' })
    const own = failureOfTwilio(refused)
    expect(own).toBe(refused)
    expect(isAborted(Object.assign(new Error('canceled'), { code: 'ERR_CANCELED' }))).toBe(true)
    expect(isAborted(refused)).toBe(false)
  })
})

describe('what the sandbox refuses', () => {
  let at: TestAccount
  beforeEach(async () => {
    at = await startAccount({ retries: 1 })
  })
  afterEach(() => at.rest.close())
  const voice = { voiceUrl: 'https://relay.example.com/voice' }
  const buying = (phoneNumber: string, settings: object = {}) =>
    failureOf(at.twilio.buy({ phoneNumber, friendlyName: 'lk:1', settings: { ...voice, ...settings } }))
  const charged = () => at.rest.account.charges().length
  const addressIn = async (isoCountry: string) =>
    (
      await at.rest.client.addresses.create({
        customerName: 'Ada',
        street: '1',
        city: 'Bonn',
        region: 'NW',
        postalCode: '53111',
        isoCountry,
      })
    ).sid

  test.each([
    ['a number that somebody has', '+15005550000', 21422, 'number-taken'],
    ['a number that is none', '+15005550001', 21421, 'number-not-for-sale'],
  ])('%s', async (_what, phoneNumber, twilioCode, code) => {
    expect(await buying(phoneNumber)).toMatchObject({ code, details: { twilioCode, status: 400 } })
    expect(charged()).toBe(0)
  })

  test('a number without its papers', async () => {
    expect(await buying(forSale(at.rest, 'GB', 'Local'))).toMatchObject({ code: 'address-required', details: { twilioCode: 21631 } })
    const addressSid = await addressIn('DE')
    expect(await buying(forSale(at.rest, 'IE', 'Local'), { addressSid })).toMatchObject({
      code: 'address-required',
      details: { twilioCode: 21615 },
    })
    expect(await buying(forSale(at.rest, 'DE', 'Mobile'), { addressSid })).toMatchObject({
      code: 'bundle-required',
      details: { twilioCode: 21649 },
    })
    expect(await buying(forSale(at.rest, 'HK', 'Mobile'))).toMatchObject({ code: 'identity-required', details: { twilioCode: 21650 } })
    expect(charged()).toBe(0)
  })

  test('a second number on trial, and one that the balance does not cover', async () => {
    const phoneNumber = forSale(at.rest, 'US', 'Local')
    at.rest.account.state.type = 'Trial'
    expect(await buying(phoneNumber)).toMatchObject({ code: 'trial-limit', details: { twilioCode: 21404 } })
    Object.assign(at.rest.account.state, { type: 'Full', credit: 100_000 })
    expect(await buying(phoneNumber)).toMatchObject({ code: 'funds-missing', details: { twilioCode: 21619 } })
    expect(charged()).toBe(0)
  })

  test('credentials', async () => {
    const { accountSid } = at.credentials
    const wrong = at.over({ accountSid, authToken: 'no' })
    const works = [
      wrong.account(),
      wrong.balance(),
      wrong.numbers(),
      wrong.countries(),
      wrong.prices('US'),
      wrong.regulation('DE', 'local'),
    ]
    for (const failed of await Promise.all(works.map((work) => failureOf(work))))
      expect(failed).toMatchObject({ code: 'account-wrong', details: { twilioCode: 20003, status: 401 } })
    const other = at.over({ accountSid: `AC${'1'.repeat(32)}`, authToken: at.rest.account.authToken() })
    expect(await failureOf(other.account())).toMatchObject({ code: 'account-wrong' })
  })

  test.each([401, 403])('a key without permission, answered with %i', async (status) => {
    at.rest.switches.restrictedKeyStatus = status
    at.rest.account.state.keys.push({
      sid: `SK${'3'.repeat(32)}`,
      friendlyName: 'r',
      createdAt: 0,
      updatedAt: 0,
      secret: 's',
      isReadOnly: true,
    })
    const reader = at.over({ accountSid: at.credentials.accountSid, apiKey: `SK${'3'.repeat(32)}`, apiSecret: 's' })
    expect((await reader.numbers()).length).toBeGreaterThan(0)
    const order = { phoneNumber: forSale(at.rest, 'US', 'Local'), friendlyName: 'lk:1', settings: voice }
    const works = [reader.buy(order), reader.createKey('x'), reader.release(`PN${'1'.repeat(32)}`)]
    for (const failed of await Promise.all(works.map((work) => failureOf(work))))
      expect(failed).toMatchObject({ code: 'account-forbidden', details: { twilioCode: 20003 } })
  })

  test('a search', async () => {
    const query = { type: 'local', contains: null, locality: null, region: null, postalCode: null, nearNumber: null } as const
    const search = (country: string, areaCode: string | null, contains: string | null = null) =>
      failureOf(at.twilio.search({ ...query, country, areaCode, contains, capabilities: [], address: 'any', limit: 5 }))
    expect(await search('GB', '020')).toMatchObject({ code: 'area-code-invalid', details: { twilioCode: 21457 } })
    expect(await search('US', '12')).toMatchObject({ code: 'area-code-invalid', details: { twilioCode: 21451 } })
    expect(await search('US', null, '%%')).toMatchObject({ code: 'pattern-invalid', details: { twilioCode: 20001 } })
  })
})
