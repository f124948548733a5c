import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startRest, type Rest } from './kit.ts'

let rest: Rest
beforeEach(async () => {
  rest = await startRest()
})
afterEach(() => rest.close())

const firstNumber = () => rest.account.state.numbers[0]?.sid ?? ''
const numbersBy = async (query: string) => {
  const { incoming_phone_numbers: rows } = (await (await rest.ask(`/IncomingPhoneNumbers.json?${query}`)).json()) as {
    incoming_phone_numbers: { phone_number: string }[]
  }
  return rows.map(({ phone_number }) => phone_number).toSorted()
}

describe('numbers', () => {
  test('the demo account owns three, with names and without webhooks', async () => {
    const numbers = await rest.client.incomingPhoneNumbers.list()
    expect(numbers.map(({ phoneNumber, friendlyName }) => `${phoneNumber} ${friendlyName}`).toSorted()).toEqual([
      '+14155550100 Main line',
      '+14155550111 Support',
      '+442079460018 London',
    ])
    for (const number of numbers)
      expect([number.voiceUrl || null, number.statusCallback || null, number.voiceApplicationSid]).toEqual([null, null, ''])
  })

  test.each([
    ['PhoneNumber=415555', ['+14155550100', '+14155550111']],
    ['PhoneNumber=%2B44', ['+442079460018']],
    ['PhoneNumber=5551*', []],
    ['PhoneNumber=5550**1', ['+14155550111']],
    ['FriendlyName=Support', ['+14155550111']],
    ['FriendlyName=support', []],
    ['Origin=hosted', []],
  ])('%s', async (query, found) => {
    expect(await numbersBy(query)).toEqual(found)
  })

  test('the typed lists', async () => {
    expect(await rest.client.incomingPhoneNumbers.local.list()).toHaveLength(3)
    expect(await rest.client.incomingPhoneNumbers.tollFree.list()).toEqual([])
    expect(await rest.client.incomingPhoneNumbers.mobile.list()).toEqual([])
  })

  test('webhooks are set, kept and unset', async () => {
    const number = rest.client.incomingPhoneNumbers(firstNumber())
    await number.update({
      voiceUrl: 'http://127.0.0.1:1/v#rc=2',
      voiceMethod: 'GET',
      voiceFallbackUrl: 'https://x.example/f',
      statusCallback: 'http://127.0.0.1:1/s',
    })
    const after = await number.update({ friendlyName: 'Front desk' })
    expect(after).toMatchObject({
      friendlyName: 'Front desk',
      voiceUrl: 'http://127.0.0.1:1/v#rc=2',
      voiceMethod: 'GET',
      voiceFallbackUrl: 'https://x.example/f',
    })
    expect(rest.account.numberConfig('+14155550100')).toMatchObject({
      voiceUrl: 'http://127.0.0.1:1/v#rc=2',
      statusCallback: 'http://127.0.0.1:1/s',
    })
    const unset = await number.update({ voiceUrl: '', voiceFallbackUrl: '' })
    expect([unset.voiceUrl, unset.voiceFallbackUrl]).toEqual([null, null])
  })

  test.each<[number, Record<string, string>]>([
    [21402, { VoiceUrl: 'nowhere' }],
    [21402, { VoiceUrl: 'http://under_score.example/' }],
    [21402, { StatusCallback: 'ftp://x' }],
    [21403, { VoiceUrl: 'http://a/', VoiceMethod: 'PUT' }],
    [21405, { VoiceFallbackUrl: 'http://a/' }],
    [21406, { SmsFallbackUrl: 'http://a/' }],
    [21420, { VoiceApplicationSid: `AP${'0'.repeat(32)}` }],
    [20001, { FriendlyName: 'x'.repeat(65) }],
    [20001, { VoiceCallerIdLookup: 'perhaps' }],
  ])('%d for %o, and nothing is changed', async (code, form) => {
    const before = await rest.client.incomingPhoneNumbers(firstNumber()).fetch()
    const answer = await rest.ask(`/IncomingPhoneNumbers/${firstNumber()}.json`, { FriendlyName: 'half done', ...form })
    expect(await answer.json()).toMatchObject({ code, status: 400 })
    expect((await rest.client.incomingPhoneNumbers(firstNumber()).fetch()).toJSON()).toEqual(before.toJSON())
  })

  test('an application may take a number over; its own URLs stay, unused, and that is reported', async () => {
    const number = rest.client.incomingPhoneNumbers(firstNumber())
    await number.update({ voiceUrl: 'http://127.0.0.1:1/v' })
    const after = await number.update({ voiceApplicationSid: rest.account.state.firstApplicationSid })
    expect(after.voiceUrl).toBe('http://127.0.0.1:1/v')
    expect(rest.warnings()).toHaveLength(1)
    expect((await number.update({ voiceApplicationSid: '' })).voiceApplicationSid).toBe('')
  })

  test('lists of numbers lag by a switch of their own', async () => {
    rest.switches.numberListLagMs = [4000, 4000]
    await rest.client.incomingPhoneNumbers(firstNumber()).update({ friendlyName: 'Renamed' })
    expect(await numbersBy('FriendlyName=Renamed')).toEqual([])
    expect((await rest.client.incomingPhoneNumbers(firstNumber()).fetch()).friendlyName).toBe('Renamed')
    rest.clock.advance(4001)
    expect(await numbersBy('FriendlyName=Renamed')).toEqual(['+14155550100'])
  })
})

describe('applications, keys, caller IDs, account', () => {
  test('an application lives, changes and dies', async () => {
    const made = await rest.client.applications.create({ friendlyName: 'Desk', voiceUrl: 'http://127.0.0.1:1/v' })
    expect((await rest.client.applications(made.sid).update({ voiceFallbackUrl: 'http://127.0.0.1:1/f' })).voiceUrl).toBe(
      'http://127.0.0.1:1/v',
    )
    expect((await rest.client.applications.list({ friendlyName: 'Desk' })).map(({ sid }) => sid)).toEqual([made.sid])
    expect(rest.account.applicationConfig(made.sid)).toMatchObject({ voiceFallbackUrl: 'http://127.0.0.1:1/f' })
    expect(await rest.client.applications(made.sid).remove()).toBe(true)
    await expect(rest.client.applications(made.sid).fetch()).rejects.toMatchObject({ status: 404 })
    expect(rest.account.applicationConfig(made.sid)).toBeUndefined()
  })

  test('a refused application is not made', async () => {
    const answer = await rest.ask('/Applications.json', { FriendlyName: 'bad', VoiceUrl: 'nowhere' })
    expect(await answer.json()).toMatchObject({ code: 21402 })
    expect(await rest.client.applications.list({ friendlyName: 'bad' })).toEqual([])
  })

  test('a key tells its secret once', async () => {
    const key = await rest.client.newSigningKeys.create({ friendlyName: 'CI' })
    expect(key.secret).toMatch(/^\w{32}$/)
    const shown = JSON.stringify(await (await rest.ask(`/SigningKeys/${key.sid}.json`)).json())
    expect(shown).toContain('CI')
    expect(shown).not.toContain(key.secret)
    expect((await rest.client.keys(key.sid).update({ friendlyName: 'CI 2' })).friendlyName).toBe('CI 2')
    expect((await rest.client.keys.list()).map(({ friendlyName }) => friendlyName)).toContain('CI 2')
  })

  test('a verified caller ID may be a From until it is deleted', async () => {
    const [callerId] = await rest.client.outgoingCallerIds.list()
    expect(rest.account.ownsNumber(callerId?.phoneNumber ?? '')).toBe(true)
    await rest.client.outgoingCallerIds(callerId?.sid ?? '').remove()
    expect(rest.account.ownsNumber(callerId?.phoneNumber ?? '')).toBe(false)
  })

  test('the account is renamed, and listed by name', async () => {
    const { accountSid } = rest.account
    expect((await rest.client.api.accounts(accountSid).update({ friendlyName: 'Ours' })).friendlyName).toBe('Ours')
    expect(await rest.client.api.accounts.list({ friendlyName: 'Ours' })).toHaveLength(1)
    expect(await rest.client.api.accounts.list({ friendlyName: 'Theirs' })).toEqual([])
  })

  test('charges lower the balance', async () => {
    rest.account.ledger({ kind: 'charge', what: 'a call', amount: '-0.01400' })
    rest.account.ledger({ kind: 'charge', what: 'a recording', amount: '-0.00250' })
    rest.account.ledger({ kind: 'warning', what: 'costs nothing', amount: '5' })
    expect((await rest.client.balance.fetch()).balance).toBe('19.9835')
  })
})
