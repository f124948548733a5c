import { nameProblem } from '../../../contract/number-name.ts'
import type { FailureError } from '../../../contract/failure.ts'
import { formatNumber } from '../../../contract/e164.ts'
import type { PurchaseBody, PurchaseProgressBody, VoiceWiring } from '../../../contract/number-relay.ts'
import type { Purchase } from '../../../contract/number.ts'
import type { Clock } from '../../ports.ts'
import type { PurchaseRow } from '../../store/purchase-table.ts'
import type { TwilioAccount } from '../../twilio/port.ts'
import type { RelayNumbers } from '../relay-numbers.ts'
import { failureOf, isAway, isTwilioAway } from './failures.ts'
import { leaseIdOf, type PurchaseEffect, type PurchaseEvent, type Run } from './steps.ts'

/** What the effects of purchases need of the world. */
export interface EffectParts {
  relay: RelayNumbers
  /** The account a purchase began in. @throws FailureError `account-missing` when it is not the one there is */
  account: (accountSid: string) => Promise<TwilioAccount>
  /** Where numbers ask (RULES R5), as last heard. @throws FailureError `relay-unreachable` when it was never heard */
  wiring: () => Promise<VoiceWiring>
  /** Takes a number out of those chosen for an area code; false when another purchase of ours has it. */
  reserve: (phoneNumber: string, intentId: string) => boolean
  /** Resolves when the relay says something of the intent, or after `ms`. */
  heard: (intentId: string, ms: number, signal: AbortSignal) => Promise<void>
  clock: Clock
  /** ms after the lost answer at which the number is looked for (RULES R29). */
  looksMs: readonly number[]
}

type Effect<T extends PurchaseEffect['type']> = Extract<PurchaseEffect, { type: T }>
export type Perform<T extends PurchaseEffect['type']> = (
  parts: EffectParts,
  run: Run,
  effect: Effect<T>,
  signal: AbortSignal,
) => Promise<PurchaseEvent>

export const refused = (error: unknown): PurchaseEvent => ({ type: 'refused', failure: failureOf(error) })
export const unanswered = (error: unknown): PurchaseEvent => ({ type: 'unanswered', failure: failureOf(error) })
export const byRelay = (error: unknown): PurchaseEvent => (isAway(error) ? unanswered(error) : refused(error))
export const byTwilio = (error: unknown): PurchaseEvent => (isTwilioAway(error) ? unanswered(error) : refused(error))
export const isCode = (error: unknown, ...codes: FailureError['code'][]) => codes.some((code) => failureOf(error).code === code)

export const bodyOf = (row: PurchaseRow): PurchaseBody => {
  const { phoneNumber, country, type, place, monthly, assignTo, name, note } = row.purchase
  return { intentId: leaseIdOf(row), phoneNumber, country, type, place, monthly, assignTo, name, note, isRequest: false }
}

/** What a number is called without a wish: by itself. */
export const plainNameOf = ({ phoneNumber, country }: Purchase): string => formatNumber(phoneNumber, country)
/** What people call it: as wished where that will do, else the number itself. */
export const nameOf = (purchase: Purchase): string => {
  const { name } = purchase
  return name !== null && nameProblem(name) === null ? name : plainNameOf(purchase)
}

/** How far a purchase is, for the relay. */
export function progressOf({ purchase }: Pick<PurchaseRow, 'purchase'>): PurchaseProgressBody {
  const { state, sid, failureCode, twilioCode, isCharged } = purchase
  return {
    state,
    ...(sid === null ? {} : { sid }),
    ...(failureCode === null ? {} : { failureCode }),
    ...(twilioCode === null ? {} : { twilioCode }),
    isCharged,
  }
}
