import { FailureError } from '../../contract/failure.ts'
import type { Money } from '../../contract/number.ts'
import type { TwilioAccount } from '../twilio/port.ts'

export interface Verified {
  /** Null where the key may not see the account itself. */
  name: string | null
  isTrial: boolean | null
  balance: Money | null
}

const isRefused = (error: unknown): boolean =>
  error instanceof FailureError && (error.code === 'account-wrong' || error.code === 'account-forbidden')

/**
 * Asks Twilio whether these credentials are let in. A Standard or restricted key may see neither the account nor its balance and be right all the same:
 * then what is for sale decides, without which no number can be bought.
 * @throws FailureError `account-wrong`, `account-forbidden`, `account-suspended`, `twilio-unreachable`, `twilio-busy`, `twilio-failed`
 */
export async function verifyAccount(twilio: Pick<TwilioAccount, 'account' | 'balance' | 'countries'>): Promise<Verified> {
  const [account, balance] = await Promise.allSettled([twilio.account(), twilio.balance()])
  for (const asked of [account, balance]) if (asked.status === 'rejected' && !isRefused(asked.reason)) throw asked.reason
  if (account.status === 'rejected' && balance.status === 'rejected') await twilio.countries()
  const of = account.status === 'fulfilled' ? account.value : undefined
  if (of && of.status !== 'active') throw new FailureError('account-suspended', `the account is ${of.status}`, { status: of.status })
  return { name: of?.name ?? null, isTrial: of?.isTrial ?? null, balance: balance.status === 'fulfilled' ? balance.value : null }
}

/** The account that issued a voice access token (`sub` of the JWT), or undefined when the token does not say. The relay made it, so nothing is verified. */
export function issuerOf(token: string): string | undefined {
  try {
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as { sub?: unknown }
    return typeof claims.sub === 'string' ? claims.sub : undefined
  } catch {
    return undefined
  }
}
