import { ratioOfDecimal, sumDecimals } from '../../contract/money.ts'
import type { CostReport, OwnedNumber } from '../../contract/number-desktop.ts'
import type { Money } from '../../contract/number.ts'

type CostLine = CostReport['total']

const MONTH_MS = 30 * 24 * 3600 * 1000

/** One sum per currency, by currency: currencies are never added together. */
export function sumMoney(all: readonly Money[]): Money[] {
  const amounts = new Map<string, string[]>()
  for (const { amount, currency } of all) {
    const list = amounts.get(currency)
    if (list) list.push(amount)
    else amounts.set(currency, [amount])
  }
  return [...amounts]
    .map(([currency, list]) => ({ amount: sumDecimals(list), currency }))
    .toSorted((a, b) => (a.currency < b.currency ? -1 : 1))
}

const moneyOf = (numbers: readonly OwnedNumber[]): Money[] => numbers.flatMap(({ monthly }) => monthly ?? [])

const lineOf = (key: string, numbers: readonly OwnedNumber[]): CostLine => ({
  key,
  count: numbers.length,
  monthly: sumMoney(moneyOf(numbers)),
  unpriced: numbers.filter(({ monthly }) => monthly === null).length,
})

/** A line per key, by key; a number counts under each of its keys. */
function linesBy(numbers: readonly OwnedNumber[], keysOf: (number: OwnedNumber) => readonly string[]): CostLine[] {
  const groups = new Map<string, OwnedNumber[]>()
  for (const number of numbers) {
    for (const key of keysOf(number)) {
      const group = groups.get(key)
      if (group) group.push(number)
      else groups.set(key, [number])
    }
  }
  return [...groups].map(([key, group]) => lineOf(key, group)).toSorted((a, b) => (a.key < b.key ? -1 : 1))
}

/** What was charged at once for numbers of the last 30 days, those given back since included. */
function firstCharges(numbers: readonly OwnedNumber[], now: Date): Money[] {
  const recent = numbers.filter(({ origin, since }) => {
    const at = origin?.at ?? since
    return at !== null && now.getTime() - Date.parse(at) <= MONTH_MS
  })
  return sumMoney(recent.flatMap(({ origin, monthly }) => origin?.monthly ?? monthly ?? []))
}

/** Rent of the numbers that talked, per minute they talked, in each currency. */
function perUsedMinute(numbers: readonly OwnedNumber[]): Money[] {
  const talked = numbers.filter(({ talkSeconds30, monthly }) => talkSeconds30 > 0 && monthly !== null)
  return sumMoney(moneyOf(talked)).map(({ amount, currency }) => {
    const seconds = talked.reduce((sum, { talkSeconds30, monthly }) => (monthly?.currency === currency ? sum + talkSeconds30 : sum), 0)
    return { amount: ratioOfDecimal(amount, 60, seconds), currency }
  })
}

const unusedOf = (numbers: readonly OwnedNumber[]): CostReport['unused'] =>
  numbers
    .filter(({ calls30 }) => calls30 === 0)
    .map(({ phoneNumber, name, monthly, lastUsedAt }) => ({ phoneNumber, name, monthly, lastUsedAt }))

const isActive = ({ state }: OwnedNumber) => state === 'active'

/**
 * What the numbers cost, as decimal strings. A number that left costs nothing any more; one that is held is paid for and counts as not active; one that
 * is missing counts without a price. `isUsageKnown` false: calls were never counted, so that nothing is said to be unused. Pure.
 */
export function costReport(all: readonly OwnedNumber[], now: Date, isUsageKnown: boolean): CostReport {
  const paid = all.filter(({ state }) => state !== 'left')
  return {
    at: now.toISOString(),
    total: lineOf('total', paid),
    active: lineOf('active', paid.filter(isActive)),
    inactive: lineOf(
      'inactive',
      paid.filter((number) => !isActive(number)),
    ),
    byCountry: linesBy(paid, ({ country }) => [country ?? '']),
    byOwner: linesBy(paid, ({ userIds }) => (userIds.length > 0 ? [...new Set(userIds)] : [''])),
    byState: linesBy(paid, ({ state }) => [state]),
    first30: firstCharges(all, now),
    perUsedMinute: isUsageKnown ? perUsedMinute(paid) : [],
    unused: isUsageKnown ? unusedOf(paid) : [],
  }
}
