import twilio from 'twilio'
import { FailureError } from '../../contract/failure.ts'
import { createCatalogue } from './catalogue.ts'
import { failureOfTwilio, isAborted } from './failures.ts'
import { createOwnNumbers } from './own-numbers.ts'
import { withoutLag } from './list-lag.ts'
import type { TwilioAccount } from './port.ts'
import { PatientRequestClient, twilioWaits, type TwilioWaits } from './request-client.ts'
import { money } from './shapes.ts'

export type TwilioCredentials = { accountSid: string; apiKey: string; apiSecret: string } | { accountSid: string; authToken: string }

export interface TwilioAccountOptions {
  /** Origin of a sandbox (see `twilioApiBase`); Twilio itself without. */
  apiBase?: string | undefined
  waits?: Partial<TwilioWaits> | undefined
  /** Twilio did not let us in (`account-wrong`, `account-suspended`), whatever was asked. */
  onRefused?: (() => void) | undefined
}

/** What the parts of the account share: the client, and `ask`, which turns what it throws into failures. */
export interface TwilioAccess {
  client: twilio.Twilio
  ask: <T>(work: () => Promise<T>) => Promise<T>
  /** For requests that change something: says `account-forbidden` where Twilio answers a key without permission with 401. */
  change: <T>(work: () => Promise<T>) => Promise<T>
  abortable: PatientRequestClient['abortable']
}

/**
 * A Twilio account over REST, as `port.ts` says. Nothing is asked before the first call; one account should have one of these, which bounds its
 * requests. The process' environment is not read (facts/twilio.md §B.1).
 */
export function createTwilioAccount(
  credentials: TwilioCredentials,
  { apiBase, waits, onRefused }: TwilioAccountOptions = {},
): TwilioAccount {
  const { accountSid } = credentials
  const access = createAccess(credentials, new PatientRequestClient({ ...twilioWaits, ...waits }, apiBase), onRefused)
  const { client, ask, change } = access
  return {
    accountSid,
    account: () =>
      ask(async () => {
        const { friendlyName, type, status } = await client.api.v2010.accounts(accountSid).fetch()
        return { name: friendlyName, isTrial: type === 'Trial', status }
      }),
    balance: () =>
      ask(async () => {
        const { balance, currency } = await client.balance.fetch()
        const amount = money(balance, currency)
        if (!amount) throw new FailureError('twilio-failed', `the balance is no amount: ${balance} ${currency}`)
        return amount
      }),
    createKey: (friendlyName) =>
      change(async () => {
        const { sid, secret } = await client.newKeys.create({ friendlyName })
        return { sid, secret }
      }),
    ...createCatalogue(access),
    ...withoutLag(createOwnNumbers(access)),
  }
}

function createAccess(credentials: TwilioCredentials, httpClient: PatientRequestClient, onRefused: (() => void) | undefined): TwilioAccess {
  const { accountSid } = credentials
  const [user, secret] = 'authToken' in credentials ? [accountSid, credentials.authToken] : [credentials.apiKey, credentials.apiSecret]
  const client = twilio(user, secret, { accountSid, httpClient, env: {} })
  const ask: TwilioAccess['ask'] = async (work) => {
    try {
      return await work()
    } catch (error) {
      if (isAborted(error)) throw error
      const failure = failureOfTwilio(error)
      if (failure.code === 'account-wrong' || failure.code === 'account-suspended') onRefused?.()
      throw failure
    }
  }
  const isLetIn = () =>
    ask(() => client.balance.fetch()).then(
      () => true,
      () => false,
    )
  const change: TwilioAccess['change'] = async (work) => {
    try {
      return await ask(work)
    } catch (error) {
      if (error instanceof FailureError && error.code === 'account-wrong' && (await isLetIn()))
        throw new FailureError('account-forbidden', error.message, error.details)
      throw error
    }
  }
  return { client, ask, change, abortable: (signal, work) => httpClient.abortable(signal, work) }
}
