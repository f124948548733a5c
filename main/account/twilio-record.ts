import { Type, type Static } from 'typebox'
import { Value } from 'typebox/value'
import { Failure, FailureError } from '../../contract/failure.ts'
import type { AccountView } from '../../contract/number-desktop.ts'
import { Money } from '../../contract/number.ts'
import { isSid } from '../../contract/sid.ts'
import type { SecretStore } from '../ports.ts'

const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

export const Credentials = Type.Union([
  Type.Object({ accountSid: Type.String(), apiKey: Type.String(), apiSecret: Type.String() }),
  Type.Object({ accountSid: Type.String(), authToken: Type.String() }),
])
export type Credentials = Static<typeof Credentials>

/** What is kept of the Twilio account: one value of the SecretStore, since most of it is one. */
const TwilioRecord = Type.Object({
  credentials: Credentials,
  name: nullable(Type.String()),
  isTrial: nullable(Type.Boolean()),
  balance: nullable(Money),
  checkedAt: Type.String(),
  /** Of the last test. */
  failure: nullable(Failure),
  /** It was found to be the relay's account. Absent: not known, the relay was away or never asked. */
  isCompared: Type.Optional(Type.Boolean()),
})
export type TwilioRecord = Static<typeof TwilioRecord>

const NAME = 'twilio'

/** The account's place in the SecretStore. What cannot be read counts as absent. */
export const createTwilioRecords = (secrets: SecretStore) => ({
  async read(): Promise<TwilioRecord | undefined> {
    const text = await secrets.get(NAME)
    if (text === undefined) return undefined
    try {
      const value: unknown = JSON.parse(text)
      return Value.Check(TwilioRecord, value) ? value : undefined
    } catch {
      return undefined
    }
  },
  save: (record: TwilioRecord) => secrets.set(NAME, JSON.stringify(record)),
  forget: () => secrets.delete(NAME),
})
export type TwilioRecords = ReturnType<typeof createTwilioRecords>

export interface TypedCredentials {
  accountSid: string
  apiKey?: string
  apiSecret?: string
  authToken?: string
}

const trimmed = (text: string | undefined): string => text?.trim() ?? ''
const invalidKey = (field: string, message: string) => new FailureError('account-key-invalid', message, { field })

/**
 * What a person typed or pasted, as credentials; an API key is preferred to an auth token.
 * @throws FailureError `account-sid-invalid`, `account-key-invalid` (`details.field`: which one): nobody has to be asked to see that
 */
export function credentialsOf(typed: TypedCredentials): Credentials {
  const [accountSid, apiKey] = [trimmed(typed.accountSid), trimmed(typed.apiKey)]
  const [apiSecret, authToken] = [trimmed(typed.apiSecret), trimmed(typed.authToken)]
  if (!isSid(accountSid, 'AC'))
    throw new FailureError('account-sid-invalid', 'an Account SID is AC and 32 hex digits', { field: 'accountSid' })
  if (apiKey || apiSecret) {
    if (!isSid(apiKey, 'SK')) throw invalidKey('apiKey', 'the SID of an API key is SK and 32 hex digits')
    if (!/^\S+$/.test(apiSecret)) throw invalidKey('apiSecret', "the API key's secret is missing or has spaces in it")
    return { accountSid, apiKey, apiSecret }
  }
  if (!/^\S+$/.test(authToken)) throw invalidKey('authToken', 'neither an API key nor an auth token was given')
  return { accountSid, authToken }
}

/** What the page may know: no secret, only last fours. */
export function accountView(record: TwilioRecord | undefined, transferNumber: string | null): AccountView {
  if (!record) {
    const nothing = {
      accountSid: null,
      name: null,
      kind: null,
      lastFour: null,
      isTrial: null,
      balance: null,
      checkedAt: null,
      failure: null,
    }
    return { state: 'none', ...nothing, transferNumber }
  }
  const { credentials, name, isTrial, balance, checkedAt, failure } = record
  const isKey = 'apiKey' in credentials
  return {
    state: failure ? 'wrong' : 'ok',
    accountSid: credentials.accountSid,
    name,
    kind: isKey ? 'api-key' : 'auth-token',
    lastFour: (isKey ? credentials.apiKey : credentials.authToken).slice(-4),
    isTrial,
    balance,
    checkedAt,
    failure,
    transferNumber,
  }
}
