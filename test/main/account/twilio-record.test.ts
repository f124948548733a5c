import { expect, test } from 'vitest'
import { accountView, createTwilioRecords, credentialsOf, type TwilioRecord } from '../../../main/account/twilio-record.ts'
import { issuerOf, verifyAccount } from '../../../main/account/twilio-verify.ts'
import { FailureError } from '../../../contract/failure.ts'
import { memorySecrets } from '../kit/memory-ports.ts'

const hex = (digit: string) => digit.repeat(32)
const accountSid = `AC${hex('1')}`
const key = { accountSid, apiKey: `SK${hex('2')}`, apiSecret: 'secret' }

test.each([
  ['no Account SID', { accountSid: 'PN123', authToken: hex('0') }, 'account-sid-invalid', 'accountSid'],
  ['an Account SID that is cut', { accountSid: accountSid.slice(1), authToken: hex('0') }, 'account-sid-invalid', 'accountSid'],
  ['no credentials', { accountSid }, 'account-key-invalid', 'authToken'],
  ['a token of spaces', { accountSid, authToken: '  ' }, 'account-key-invalid', 'authToken'],
  ['a key that is none', { accountSid, apiKey: 'AC123', apiSecret: 'x' }, 'account-key-invalid', 'apiKey'],
  ['a secret without its key', { accountSid, apiSecret: 'x' }, 'account-key-invalid', 'apiKey'],
  ['a key without its secret', { accountSid, apiKey: key.apiKey }, 'account-key-invalid', 'apiSecret'],
  ['a secret of two lines', { accountSid, apiKey: key.apiKey, apiSecret: 'ab\ncd' }, 'account-key-invalid', 'apiSecret'],
])('%s is refused, by the field', (_what, typed, code, field) => {
  expect(() => credentialsOf(typed)).toThrow(expect.objectContaining({ code, details: { field } }) as Error)
})

test('a key is preferred to a token', () => {
  expect(credentialsOf({ ...key, authToken: hex('0') })).toEqual(key)
  expect(credentialsOf({ accountSid: ` ${accountSid} `, authToken: `${hex('0')}\n` })).toEqual({ accountSid, authToken: hex('0') })
})

test('what is kept is one secret; what is damaged is as if never set; the view has last fours only', async () => {
  const secrets = memorySecrets()
  const records = createTwilioRecords(secrets)
  expect(await records.read()).toBeUndefined()
  const checkedAt = '2026-11-21T10:00:00.000Z'
  const record: TwilioRecord = { credentials: key, name: 'Ours', isTrial: null, balance: null, checkedAt, failure: null }
  await records.save(record)
  expect([...secrets.values.keys()]).toEqual(['twilio'])
  expect(await records.read()).toEqual(record)
  expect(JSON.stringify(accountView(record, null))).not.toContain(key.apiSecret)
  expect(accountView({ ...record, credentials: { accountSid, authToken: 'abcdef' } }, '+14155550142')).toMatchObject({
    kind: 'auth-token',
    lastFour: 'cdef',
    transferNumber: '+14155550142',
  })
  for (const damaged of ['', '{', '{"credentials":{}}', 'null']) {
    secrets.values.set('twilio', damaged)
    expect(await records.read()).toBeUndefined()
  }
})

const says = {
  account: () => Promise.resolve({ name: 'Ours', isTrial: false, status: 'active' }),
  balance: () => Promise.resolve({ amount: '1.00', currency: 'USD' }),
  countries: () => Promise.resolve([]),
}
const suspended = () => Promise.resolve({ name: 'Ours', isTrial: false, status: 'suspended' })
const refuses = (code: 'account-wrong' | 'account-forbidden' | 'twilio-unreachable') => () => Promise.reject(new FailureError(code))

test('a key that may see neither the account nor its balance is right when it sees what is for sale', async () => {
  const blind = { ...says, account: refuses('account-forbidden'), balance: refuses('account-wrong') }
  expect(await verifyAccount({ ...says, account: refuses('account-wrong') })).toMatchObject({ name: null, balance: { amount: '1.00' } })
  expect(await verifyAccount(blind)).toEqual({ name: null, isTrial: null, balance: null })
  await expect(verifyAccount({ ...blind, countries: refuses('account-wrong') })).rejects.toMatchObject({ code: 'account-wrong' })
  await expect(verifyAccount({ ...says, balance: refuses('twilio-unreachable') })).rejects.toMatchObject({ code: 'twilio-unreachable' })
  await expect(verifyAccount({ ...says, account: suspended })).rejects.toMatchObject({
    code: 'account-suspended',
    details: { status: 'suspended' },
  })
})

test('the account of a voice token is its `sub`; what is no token says nothing', () => {
  const claims = Buffer.from(JSON.stringify({ sub: accountSid })).toString('base64url')
  expect(issuerOf(`x.${claims}.y`)).toBe(accountSid)
  for (const token of ['', 'x', 'x.y.z', `x.${Buffer.from('{}').toString('base64url')}.y`]) expect(issuerOf(token)).toBeUndefined()
})
