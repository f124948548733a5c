import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { regulations } from '../../../sandbox/twilio/world/regulations.ts'
import { startRest, type Rest } from './kit.ts'

let rest: Rest
beforeEach(async () => {
  rest = await startRest()
})
afterEach(() => rest.close())

const voiceUrl = 'http://127.0.0.1:1/voice'
const charges = () => rest.account.charges().map(({ what, amount }) => `${what} ${amount}`)
const forSale = (iso: string, kind: string, at = 0) => {
  const { world } = rest.account
  const country = world.country(iso)
  const offer = country?.offers.find((one) => one.kind === kind)
  const number = country && offer ? world.numbers(country, offer)[at] : undefined
  if (!number) throw new Error(`nothing is for sale: ${iso} ${kind}`)
  return number.phoneNumber
}
const buy = async (form: Record<string, string>, kind = '') => {
  const answer = await rest.ask(`/IncomingPhoneNumbers${kind && `/${kind}`}.json`, { VoiceUrl: voiceUrl, ...form })
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
}
const addressIn = async (isoCountry: 'US' | 'GB' | 'DE' | 'IE') => {
  const postalCode = { US: '78701', GB: 'SW1A 1AA', DE: '10115', IE: 'D02 X285' }[isoCountry]
  const region = isoCountry === 'US' ? 'TX' : 'Region'
  return (await rest.client.addresses.create({ customerName: 'Ada', street: '1 Main St', city: 'City', region, postalCode, isoCountry }))
    .sid
}

describe('a purchase', () => {
  test('is charged once, is ours, can be called from, and is for sale no more', async () => {
    const [row] = await rest.client.availablePhoneNumbers('US').local.list({ areaCode: 415, limit: 1 })
    const phoneNumber = row?.phoneNumber ?? ''
    const bought = await rest.client.incomingPhoneNumbers.create({ phoneNumber, voiceUrl, friendlyName: 'lk:1' })
    expect(bought).toMatchObject({
      phoneNumber,
      friendlyName: 'lk:1',
      voiceUrl,
      status: 'in-use',
      origin: 'twilio',
      type: 'local',
      addressRequirements: 'none',
    })
    expect(charges()).toEqual([`${phoneNumber}: one month 1.15`])
    expect((await rest.client.balance.fetch()).balance).toBe('18.85')
    expect(rest.account.ownsNumber(phoneNumber)).toBe(true)
    expect((await rest.client.incomingPhoneNumbers(bought.sid).fetch()).toJSON()).toEqual(bought.toJSON())
    expect((await rest.client.incomingPhoneNumbers.list({ phoneNumber })).map(({ sid }) => sid)).toEqual([bought.sid])
    const rows = await rest.client.availablePhoneNumbers('US').local.list({ areaCode: 415, limit: 1000 })
    expect(rows.some((other) => other.phoneNumber === phoneNumber)).toBe(false)
    expect(rest.warnings()).toEqual([])
  })

  test('of a number that is ours is an update: 201, the same SID, and no charge', async () => {
    const first = await buy({ PhoneNumber: forSale('US', 'Local'), FriendlyName: 'one' })
    const again = await buy({ PhoneNumber: String(first.body['phone_number']), FriendlyName: 'two' })
    expect([again.status, again.body['sid'], again.body['friendly_name']]).toEqual([201, first.body['sid'], 'two'])
    expect(charges()).toHaveLength(1)
    expect(rest.account.state.numbers.filter(({ phoneNumber }) => phoneNumber === first.body['phone_number'])).toHaveLength(1)
  })

  test('by two at once is made once', async () => {
    const phoneNumber = forSale('US', 'Local')
    const both = await Promise.all([buy({ PhoneNumber: phoneNumber }), buy({ PhoneNumber: phoneNumber })])
    expect(both.map(({ status }) => status)).toEqual([201, 201])
    expect(charges()).toHaveLength(1)
  })

  test('whose answer is lost was made and charged all the same; only purchases lose theirs', async () => {
    rest.faults.dropNextPurchase = 1
    const phoneNumber = forSale('US', 'Local')
    expect((await rest.client.balance.fetch()).balance).toBe('20.00')
    await expect(buy({ PhoneNumber: phoneNumber })).rejects.toThrow('fetch failed')
    expect(charges()).toHaveLength(1)
    expect(await rest.client.incomingPhoneNumbers.list({ phoneNumber })).toHaveLength(1)
    expect((await buy({ PhoneNumber: forSale('US', 'Local', 1) })).status).toBe(201)
  })

  test('is on disk before it is answered', async () => {
    await buy({ PhoneNumber: '+15005550006' })
    const folder = dirname(rest.account.mediaFolder)
    expect(readFileSync(join(folder, 'account.json'), 'utf8')).toContain('+15005550006')
    expect(readFileSync(join(folder, 'ledger.ndjson'), 'utf8')).toContain('+15005550006: one month')
  })

  test('shows in lists as late as numberListLagMs says, and in a fetch at once', async () => {
    rest.switches.numberListLagMs = [5000, 5000]
    const { body } = await buy({ PhoneNumber: '+15005550006' })
    const listed = async () => (await rest.client.incomingPhoneNumbers.list({ phoneNumber: '+15005550006' })).length
    expect((await rest.client.incomingPhoneNumbers(String(body['sid'])).fetch()).phoneNumber).toBe('+15005550006')
    expect(await listed()).toBe(0)
    rest.clock.advance(5001)
    expect(await listed()).toBe(1)
    await rest.client.incomingPhoneNumbers(String(body['sid'])).remove()
    expect(await listed()).toBe(1)
    await expect(rest.client.incomingPhoneNumbers(String(body['sid'])).fetch()).rejects.toMatchObject({ status: 404 })
    rest.clock.advance(5001)
    expect(await listed()).toBe(0)
  })

  test('by area code takes one that is free', async () => {
    const { body } = await buy({ AreaCode: '212' })
    expect(body['phone_number']).toMatch(/^\+1212/)
    for (let left = 2; left > 0; left -= 1) await buy({ AreaCode: '212' })
    expect(await buy({ AreaCode: '212' })).toMatchObject({ status: 400, body: { code: 21452, message: 'No phone numbers found' } })
    expect(charges()).toHaveLength(3)
  })

  test('without VoiceUrl gets the demo, and that is reported', async () => {
    const { body } = await buy({ PhoneNumber: '+15005550006', VoiceUrl: '' })
    expect(body['voice_url']).toBeNull()
    const answer = await rest.ask('/IncomingPhoneNumbers.json', { PhoneNumber: forSale('US', 'Local') })
    expect(((await answer.json()) as { voice_url: string }).voice_url).toContain('demo.twilio.com')
    expect(rest.warnings()).toHaveLength(1)
    const VoiceApplicationSid = rest.account.state.firstApplicationSid
    const byApp = await rest.ask('/IncomingPhoneNumbers.json', { PhoneNumber: forSale('US', 'Local', 1), VoiceApplicationSid })
    expect(await byApp.json()).toMatchObject({ voice_url: null, voice_application_sid: VoiceApplicationSid })
    expect(rest.warnings()).toHaveLength(1)
  })
})

describe('refused, and nothing is bought or charged', () => {
  const refusals: [string, number, () => Record<string, string> | Promise<Record<string, string>>, string?][] = [
    ['neither number nor area code', 20001, () => ({})],
    ['a magic number that is not available', 21422, () => ({ PhoneNumber: '+15005550000' })],
    ['a magic number that is none', 21421, () => ({ PhoneNumber: '+15005550001' })],
    ['no number at all', 21421, () => ({ PhoneNumber: 'hello' })],
    ['an impossible American number', 21421, () => ({ PhoneNumber: '+11234567890' })],
    ['a number nobody sells', 21422, () => ({ PhoneNumber: '+12025550123' })],
    ['the empty magic area code', 21452, () => ({ AreaCode: '533' })],
    ['an area code that is none', 21451, () => ({ AreaCode: '1' })],
    ['an area code for toll-free numbers', 21457, () => ({ AreaCode: '800' }), 'TollFree'],
    ['a typed purchase without number', 20001, () => ({}), 'Local'],
    ['a toll-free number as a local one', 21458, () => ({ PhoneNumber: forSale('US', 'TollFree') }), 'Local'],
    ['a wrong VoiceUrl', 21402, () => ({ PhoneNumber: '+15005550006', VoiceUrl: 'nowhere' })],
    ['a wrong method', 21403, () => ({ PhoneNumber: '+15005550006', VoiceMethod: 'PUT' })],
    ['a fallback alone', 21405, () => ({ PhoneNumber: '+15005550006', VoiceUrl: '', VoiceFallbackUrl: voiceUrl })],
    ['an unknown app', 21420, () => ({ PhoneNumber: '+15005550006', VoiceApplicationSid: `AP${'0'.repeat(32)}` })],
    ['a name too long', 20001, () => ({ PhoneNumber: '+15005550006', FriendlyName: 'x'.repeat(65) })],
    ['an address that is not ours', 22109, () => ({ PhoneNumber: '+15005550006', AddressSid: `AD${'0'.repeat(32)}` })],
    ['no address', 21631, () => ({ PhoneNumber: forSale('GB', 'Local') })],
    ['a foreign address', 21615, async () => ({ PhoneNumber: forSale('NL', 'Local'), AddressSid: await addressIn('GB') })],
    ['a domestic address', 21631, async () => ({ PhoneNumber: forSale('IE', 'National'), AddressSid: await addressIn('IE') })],
    ['no bundle', 21649, () => ({ PhoneNumber: forSale('DE', 'Local') })],
    ['a bundle that is not ours', 21649, () => ({ PhoneNumber: forSale('DE', 'Local'), BundleSid: `BU${'0'.repeat(32)}` })],
    ['no identity document', 21650, async () => ({ PhoneNumber: forSale('HK', 'Mobile'), AddressSid: await addressIn('GB') })],
  ]
  test.each(refusals)('%s: %d', async (_, code, form, kind) => {
    const before = rest.account.state.numbers.length
    expect(await buy(await form(), kind)).toMatchObject({ status: 400, body: { code, status: 400 } })
    expect(rest.account.state.numbers).toHaveLength(before)
    expect(charges()).toEqual([])
  })

  test("the wire's word for a missing bundle", async () => {
    expect((await buy({ PhoneNumber: forSale('FR', 'Local') })).body['message']).toBe('Bundle required and not provided')
  })

  test('429 was never processed, and may say when to come again', async () => {
    rest.switches.retryAfterSeconds = 2
    rest.faults.tooManyRequests = 1
    const answer = await rest.ask('/IncomingPhoneNumbers.json', { PhoneNumber: '+15005550006' })
    expect([answer.status, answer.headers.get('retry-after'), charges()]).toEqual([429, '2', []])
  })

  test('what somebody else took, before or in between: 21422', async () => {
    const [first, second] = [forSale('US', 'Local'), forSale('US', 'Local', 1)]
    rest.account.state.taken.push(first)
    expect((await buy({ PhoneNumber: first })).body['code']).toBe(21422)
    rest.faults.takenBeforePurchase = 1
    expect((await buy({ PhoneNumber: second })).body['code']).toBe(21422)
    expect((await buy({ PhoneNumber: second })).body['code']).toBe(21422)
    const rows = await rest.client.availablePhoneNumbers('US').local.list({ limit: 1000 })
    expect(rows.map(({ phoneNumber }) => phoneNumber).filter((one) => [first, second].includes(one))).toEqual([])
    expect(charges()).toEqual([])
  })

  test('a second number on trial: 21404', async () => {
    rest.account.state.type = 'Trial'
    expect((await buy({ PhoneNumber: '+15005550006' })).body['code']).toBe(21404)
    expect(charges()).toEqual([])
  })

  test('too little money', async () => {
    rest.account.state.credit = 115_000
    expect((await buy({ PhoneNumber: '+15005550006' })).status).toBe(201)
    expect(await buy({ PhoneNumber: forSale('US', 'Local') })).toMatchObject({ status: 400, body: { code: 21619 } })
    expect([(await rest.client.balance.fetch()).balance, charges().length]).toEqual(['0.00', 1])
  })

  test.each([403, 401])('a restricted key may look, not buy: 20003 (%d)', async (status) => {
    rest.switches.restrictedKeyStatus = status
    const key = await rest.client.newKeys.create({ friendlyName: 'reader' })
    Object.assign(rest.account.state.keys.find(({ sid }) => sid === key.sid) ?? {}, { isReadOnly: true })
    const headers = { authorization: `Basic ${btoa(`${key.sid}:${key.secret}`)}` }
    expect((await rest.ask('/IncomingPhoneNumbers.json', undefined, { headers })).status).toBe(200)
    const answer = await rest.ask('/IncomingPhoneNumbers.json', { PhoneNumber: '+15005550006' }, { headers })
    expect([answer.status, ((await answer.json()) as { code: number }).code]).toEqual([status, 20003])
    expect(charges()).toEqual([])
  })
})

const regulationsOf = (isoCountry: string, numberType: string) =>
  rest.client.numbers.v2.regulatoryCompliance.regulations.list({ isoCountry, numberType })

describe('papers that fit', () => {
  test('an address at home, one abroad, an identity document', async () => {
    const abroad = await addressIn('GB')
    for (const form of [
      { PhoneNumber: forSale('GB', 'SharedCost'), AddressSid: abroad },
      { PhoneNumber: forSale('IE', 'National'), AddressSid: abroad },
      { PhoneNumber: forSale('HK', 'Mobile'), AddressSid: abroad, IdentitySid: `RI${'1'.repeat(32)}` },
    ]) {
      const { status, body } = await buy(form)
      expect([status, body['address_sid']]).toEqual([201, form.AddressSid])
    }
    expect((await rest.client.addresses(abroad).dependentPhoneNumbers.list()).length).toBe(3)
    await expect(rest.client.addresses(abroad).remove()).rejects.toMatchObject({ code: 20409 })
  })

  test('a bundle from draft to approved, then the number', async () => {
    const papers = rest.client.numbers.v2.regulatoryCompliance
    const AddressSid = await addressIn('DE')
    const bundle = await papers.bundles.create({
      friendlyName: 'Berlin',
      email: 'ada@example.com',
      isoCountry: 'DE',
      numberType: 'local',
      endUserType: 'business',
    })
    const PhoneNumber = forSale('DE', 'Local')
    const order = () => buy({ PhoneNumber, AddressSid, BundleSid: bundle.sid })
    expect((await papers.bundles(bundle.sid).evaluations.create()).status).toBe('noncompliant')
    const user = { business_name: 'Ada Ltd', business_registration_number: 'HRB 1', first_name: 'Ada', last_name: 'L' }
    const items = [
      await papers.endUsers.create({ friendlyName: 'us', type: 'business', attributes: user }),
      await papers.supportingDocuments.create({ friendlyName: 'address', type: 'address', attributes: { address_sids: [AddressSid] } }),
      await papers.supportingDocuments.create({
        friendlyName: 'register',
        type: 'commercial_registrar_excerpt',
        attributes: { business_name: 'Ada Ltd' },
      }),
    ]
    for (const { sid } of items) await papers.bundles(bundle.sid).itemAssignments.create({ objectSid: sid })
    expect((await papers.bundles(bundle.sid).evaluations.create()).status).toBe('compliant')
    expect((await order()).body).toMatchObject({ code: 21649, message: expect.stringContaining('draft') as string })
    await papers.bundles(bundle.sid).update({ status: 'pending-review' })
    rest.clock.advance(rest.switches.bundlePendingMs + rest.switches.bundleReviewMs)
    expect((await papers.bundles(bundle.sid).fetch()).status).toBe('twilio-approved')
    expect((await papers.supportingDocuments(items[1]?.sid ?? '').fetch()).status).toBe('approved')
    expect((await order()).body).toMatchObject({ bundle_sid: bundle.sid, address_sid: AddressSid, type: 'local' })
    expect(charges()).toEqual([`${PhoneNumber}: one month 1.15`])
    await expect(papers.bundles(bundle.sid).remove()).rejects.toMatchObject({ code: 21648 })
    expect((await buy({ PhoneNumber: forSale('DE', 'TollFree'), AddressSid, BundleSid: bundle.sid })).body['code']).toBe(21649)
  })

  test('regulations say beforehand which numbers need a bundle', async () => {
    expect((await regulationsOf('DE', 'local')).map(({ endUserType }) => endUserType).toSorted()).toEqual(['business', 'individual'])
    expect(await regulationsOf('US', 'local')).toEqual([])
    expect(regulations.length).toBeGreaterThan(10)
  })
})

describe('a release', () => {
  test('gives the number back without money; we get it again by its number, others do not find it', async () => {
    const phoneNumber = forSale('US', 'Local')
    const { body } = await buy({ PhoneNumber: phoneNumber })
    expect(await rest.client.incomingPhoneNumbers(String(body['sid'])).remove()).toBe(true)
    expect([rest.account.ownsNumber(phoneNumber), rest.account.balance()]).toEqual([false, '18.85'])
    const rows = await rest.client.availablePhoneNumbers('US').local.list({ limit: 1000 })
    expect(rows.some((row) => row.phoneNumber === phoneNumber)).toBe(false)
    const again = await buy({ PhoneNumber: phoneNumber })
    expect(again.body['sid']).not.toBe(body['sid'])
    expect(charges()).toHaveLength(2)
  })

  test.each([
    ['+14155550100', '1.15'],
    ['+442079460018', '1.15'],
  ])('of a number that was never for sale, %s, is taken back by its number too', async (phoneNumber, price) => {
    const AddressSid = await addressIn('GB')
    const before = rest.account.state.numbers.find((number) => number.phoneNumber === phoneNumber)
    await rest.client.incomingPhoneNumbers(before?.sid ?? '').remove()
    const { status, body } = await buy({ PhoneNumber: phoneNumber, AddressSid })
    expect(status).toBe(201)
    expect(body).toMatchObject({ phone_number: phoneNumber, type: before?.type })
    expect(charges()).toEqual([`${phoneNumber}: one month ${price}`])
    await rest.client.incomingPhoneNumbers(String(body['sid'])).remove()
    rest.account.state.taken.push(phoneNumber)
    expect((await buy({ PhoneNumber: phoneNumber, AddressSid })).body).toMatchObject({ code: 21422 })
  })

  test('waits until the emergency address is gone', async () => {
    rest.switches.emergencyAddressMs = 1000
    const { sid } = await rest.client.addresses.create({
      customerName: 'Ada',
      street: '1 Main St',
      city: 'Austin',
      region: 'tx',
      postalCode: '78701',
      isoCountry: 'US',
      emergencyEnabled: true,
    })
    const number = rest.client.incomingPhoneNumbers(rest.account.state.numbers[0]?.sid ?? '')
    await expect(number.update({ emergencyStatus: 'Active' })).rejects.toMatchObject({ code: 22222 })
    const states = [(await number.update({ emergencyAddressSid: sid, emergencyStatus: 'Active' })).emergencyAddressStatus]
    await expect(number.remove()).rejects.toMatchObject({ status: 409, code: 20409 })
    rest.clock.advance(1000)
    states.push((await number.fetch()).emergencyAddressStatus)
    await expect(number.remove()).rejects.toMatchObject({ code: 20409 })
    const detached = await number.update({ emergencyAddressSid: '' })
    states.push(detached.emergencyAddressStatus)
    expect([detached.emergencyStatus, detached.emergencyAddressSid]).toEqual(['Inactive', sid])
    await expect(number.remove()).rejects.toMatchObject({ code: 20409 })
    rest.clock.advance(1000)
    states.push((await number.fetch()).emergencyAddressStatus)
    expect(states).toEqual(['pending-registration', 'registered', 'pending-unregistration', 'unregistered'])
    expect(await number.remove()).toBe(true)
  })
})
