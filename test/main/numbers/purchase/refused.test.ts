import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Purchase } from '../../../../contract/number.ts'
import type { Desktop } from '../../kit/desktop.ts'
import { startProxy, type Fate, type Proxy } from '../../kit/proxy.ts'
import { startWorkspace, type Workspace } from '../../kit/workspace.ts'
import { charges, endOf, forSale, itemOf } from './kit.ts'

let at: Workspace
let ada: Desktop
let toTwilio: Proxy
beforeAll(async () => {
  at = await startWorkspace()
  toTwilio = await startProxy(at.sandbox.url)
  ada = await at.desktop('Ada', 'manager', {
    twilioApiBase: toTwilio.url,
    twilioWaits: { timeoutMs: 1500, concurrency: 4, retries: 2, retryFirstMs: 10, retryCapMs: 50 },
  })
  await ada.online()
})
afterAll(async () => {
  await toTwilio.close()
  await at.close()
})
beforeEach(() => at.control('/reset', {}))

let sold = 0
const nextNumber = () => forSale(at, 'US', 'Local', (sold += 1))
type Over = NonNullable<Parameters<typeof itemOf>[1]>
const buy = async (phoneNumber: string, over: Over = {}): Promise<Purchase> => {
  const [purchase] = await ada.ask('numbers.purchase', { items: [itemOf({ phoneNumber }, over)], assignTo: [] })
  if (!purchase) throw new Error('no purchase')
  return purchase
}
const count = () => at.account.state.numbers.length
/** A number of another country: whatever it costs. */
const abroad = (country: string, type: NonNullable<Over['type']>): Over => ({ country, type, monthly: null })

const broke = () => at.control('/account', { balance: '0.50' })
const trial = () => at.control('/account', { type: 'Trial' })
const nothing = () => Promise.resolve()

describe('Twilio refuses: a code of our own, Twilio’s beside it, nothing charged', () => {
  test.each<[string, string, number, () => string, Over, () => Promise<unknown>]>([
    ['21422: not available', 'number-taken', 21_422, () => '+15005550000', {}, nothing],
    ['21421: not valid', 'number-not-for-sale', 21_421, () => '+15005550001', {}, nothing],
    ['21404: a trial account with a number', 'trial-limit', 21_404, nextNumber, {}, trial],
    ['21631: no address', 'address-required', 21_631, () => forSale(at, 'GB', 'Local'), abroad('GB', 'local'), nothing],
    ['21649: no bundle', 'bundle-required', 21_649, () => forSale(at, 'DE', 'Local'), abroad('DE', 'local'), nothing],
    ['21619: no funds', 'funds-missing', 21_619, nextNumber, {}, broke],
  ])('%s', async (_, failureCode, twilioCode, number, over, prepare) => {
    await prepare()
    const before = count()
    const purchase = await buy(number(), over)
    expect(purchase).toMatchObject({ state: 'failed', failureCode, twilioCode, isCharged: false, sid: null })
    expect([count(), await charges(at)]).toEqual([before, []])
    // The relay has heard of the end: the number is free for others.
    const known = (await ada.ask('numbers.purchases', {})).find((one) => one.intentId === purchase.intentId)
    expect(known).toMatchObject({ state: 'failed', failureCode, twilioCode })
  })

  test('21650: no identity document; with its papers it is bought', async () => {
    const phoneNumber = forSale(at, 'HK', 'Mobile')
    const fields = { CustomerName: 'Ada', Street: '1 Main St', City: 'Austin', Region: 'TX', PostalCode: '78701', IsoCountry: 'US' }
    const body = new URLSearchParams(fields)
    const { accountSid } = at.account
    const authorization = `Basic ${btoa(`${accountSid}:${at.account.authToken()}`)}`
    const made = await fetch(`${at.sandbox.url}/2010-04-01/Accounts/${accountSid}/Addresses.json`, {
      method: 'POST',
      headers: { authorization },
      body,
    })
    const { sid: addressSid } = (await made.json()) as { sid: string }
    const mobile = abroad('HK', 'mobile')
    expect(await buy(phoneNumber, { ...mobile, addressSid })).toMatchObject({ failureCode: 'identity-required', twilioCode: 21_650 })
    expect(await charges(at)).toEqual([])
    expect(endOf(await buy(phoneNumber, { ...mobile, addressSid, identitySid: `RI${'1'.repeat(32)}` }))).toEqual(['done', null, true])
    expect(await charges(at)).toEqual([phoneNumber])
  })

  test.each([
    [403, 'account-forbidden'],
    [401, 'account-forbidden'],
  ])('20003: a key that may look, but not buy (%i)', async (restrictedKeyStatus, failureCode) => {
    at.sandbox.switches.restrictedKeyStatus = restrictedKeyStatus
    const key = (await at.control('/keys', { friendlyName: 'reader', readOnly: true })) as { sid: string; secret: string }
    await ada.ask('account.set', { accountSid: at.account.accountSid, apiKey: key.sid, apiSecret: key.secret })
    const purchase = await buy(nextNumber())
    expect(purchase).toMatchObject({ state: 'failed', failureCode, twilioCode: 20_003, isCharged: false })
    await ada.ask('account.set', at.credentials)
  })

  test('20003: a key that is no more', async () => {
    const key = (await at.control('/keys', { friendlyName: 'gone' })) as { sid: string; secret: string }
    await ada.ask('account.set', { accountSid: at.account.accountSid, apiKey: key.sid, apiSecret: key.secret })
    at.account.state.keys = at.account.state.keys.filter(({ sid }) => sid !== key.sid)
    expect(await buy(nextNumber())).toMatchObject({ state: 'failed', failureCode: 'account-wrong', twilioCode: 20_003, isCharged: false })
    await ada.ask('account.set', at.credentials)
  })

  test('429 to the end was never processed; after a burst of it the number is bought', async () => {
    await at.control('/faults', { tooManyRequests: 2 })
    expect(endOf(await buy(nextNumber()))).toEqual(['done', null, true])
    expect(await charges(at)).toHaveLength(1)
  })
})

const posted: Parameters<Proxy['meet']>[0] = (line) => /^POST .*IncomingPhoneNumbers\.json/.test(line)
const posts = () => toTwilio.seen.filter((line) => posted(line, '')).length

describe('Twilio does not answer', () => {
  test.each<[string, Fate, (string | boolean | null)[]]>([
    ['the connection breaks before it heard', 'cut-before', ['failed', 'purchase-not-made', false]],
    ['the connection breaks after it was carried out', 'cut-after', ['done', null, true]],
    ['it says 503', 503, ['failed', 'purchase-not-made', false]],
    ['its answer never comes', 'hold-after', ['done', null, true]],
    ['it never hears', 'hold-before', ['failed', 'purchase-not-made', false]],
  ])('%s: it is looked for', async (_, fate, end) => {
    const phoneNumber = nextNumber()
    const before = posts()
    const met = toTwilio.meet(posted, fate)
    const purchase = await buy(phoneNumber)
    await met
    expect(endOf(purchase)).toEqual(end)
    expect(await charges(at)).toEqual(end[0] === 'done' ? [phoneNumber] : [])
    expect(posts()).toBe(before + 1)
  })

  test('at all: nothing was sent, and that is said at once', async () => {
    const before = posts()
    await at.control('/faults', { status5xx: 100 })
    expect(endOf(await buy(nextNumber()))).toEqual(['failed', 'twilio-failed', false])
    expect(posts()).toBe(before)
  })
})
