import { createTwilioAccount, type TwilioCredentials } from '../../../main/twilio/account.ts'
import type { TwilioWaits } from '../../../main/twilio/request-client.ts'
import type { FailureError } from '../../../contract/failure.ts'
import { startRest, type Rest } from '../../sandbox/rest/kit.ts'

/** A tenth, or less, of what the product waits; the timeout stays generous. */
export const fastWaits: Partial<TwilioWaits> = { timeoutMs: 30_000, retryFirstMs: 5, retryCapMs: 30 }

/** The real sandbox's REST with an account of ours over it. */
export async function startAccount(waits: Partial<TwilioWaits> = {}) {
  const rest = await startRest()
  const credentials: TwilioCredentials = { accountSid: rest.account.accountSid, authToken: rest.account.authToken() }
  const over = (other: TwilioCredentials, apiBase = rest.url) => createTwilioAccount(other, { apiBase, waits: { ...fastWaits, ...waits } })
  return { rest, credentials, twilio: over(credentials), over }
}
export type TestAccount = Awaited<ReturnType<typeof startAccount>>

/** What Twilio was asked, e.g. `POST /IncomingPhoneNumbers.json`. */
export const requestsOf = ({ account }: Rest): string[] =>
  account
    .entries()
    .filter(({ kind }) => kind === 'request')
    .map(({ what }) => (what ?? '').replace(/^(\w+) \/2010-04-01\/Accounts\/AC\w+/, '$1 ').replace(/\?.*$/, ''))

/** The failure of what must fail. */
export const failureOf = (work: Promise<unknown>): Promise<FailureError> =>
  work.then(
    () => {
      throw new Error('it did not fail')
    },
    (error: unknown) => error as FailureError,
  )

/** Numbers of the world that nobody has. */
export function forSale({ account }: Rest, iso: string, kind: string, at = 0): string {
  const country = account.world.country(iso)
  const offer = country?.offers.find((one) => one.kind === kind)
  const number = country && offer ? account.world.numbers(country, offer)[at] : undefined
  if (!number) throw new Error(`nothing is for sale: ${iso} ${kind}`)
  return number.phoneNumber
}
