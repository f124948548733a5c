import { failureCodes, type FailureCode } from '../../contract/failure.ts'
import type { Purchase } from '../../contract/number.ts'
import type { NumberT, Words } from '../words/index.ts'

const isKnown = (code: string): code is FailureCode => Object.hasOwn(failureCodes, code)
/** A code of a later version is told as something inside that went wrong. */
export const knownCode = (code: string): FailureCode => (isKnown(code) ? code : 'internal')
export const sentenceOf = (code: string, common: Words): string => common(`failures.${knownCode(code)}.sentence`)
export const remedyOf = (code: string, common: Words): string => common(`failures.${knownCode(code)}.remedy`)

/** How far a purchase is. Failed after the money was spent is not the same as not bought. */
export const stateText = ({ state, sid }: Pick<Purchase, 'state' | 'sid'>, t: NumberT): string =>
  t(`buy.purchases.states.${state === 'failed' && sid ? 'failedBought' : state}`)

/** Shorter than a phone number: only the beginning of one that is chosen later. */
const isBeginning = (phoneNumber: string) => phoneNumber.length < 7

/** The number, or that any number beginning so is wanted. */
export const numberText = (phoneNumber: string, format: (e164: string) => string, t: NumberT): string =>
  isBeginning(phoneNumber) ? t('buy.purchases.any', { start: phoneNumber }) : format(phoneNumber)

/** Who else is buying the number, or has it, as far as it is known here: main's word, or another purchase of the same number. */
export function otherBuyer(
  purchase: Purchase,
  all: readonly Purchase[],
  nameOf: (userId: string) => string | undefined,
): string | undefined {
  if (purchase.failureCode !== 'number-leased' && purchase.failureCode !== 'number-already-ours') return undefined
  const isOwned = purchase.failureCode === 'number-already-ours'
  const isOther = (one: Purchase) =>
    one.phoneNumber === purchase.phoneNumber &&
    one.intentId !== purchase.intentId &&
    one.buyerUserId !== null &&
    (!isOwned || one.sid !== null)
  const other = all.find(isOther)
  return purchase.details?.['byName'] ?? (other?.buyerUserId ? nameOf(other.buyerUserId) : undefined)
}

/** Whether money was spent; '' while the purchase is under way. */
export function chargeText({ state, isCharged }: Pick<Purchase, 'state' | 'isCharged'>, t: NumberT): string {
  if (state !== 'failed') return ''
  return isCharged === null ? t('buy.purchases.chargeUnknown') : t(isCharged ? 'buy.purchases.charged' : 'buy.purchases.notCharged')
}
