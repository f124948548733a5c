import type { PurchaseItem, Quote } from '../../../contract/number-desktop.ts'
import { negateDecimal, sumDecimals } from '../../../contract/money.ts'
import type { Money } from '../../../contract/number.ts'

/** Sums per currency, in the order in which the currencies come. Pure. */
export function totals(amounts: readonly (Money | null)[]): Money[] {
  const known = amounts.filter((one) => one !== null)
  return [...Map.groupBy(known, ({ currency }) => currency)].map(([currency, rows]) => ({
    amount: sumDecimals(rows.map(({ amount }) => amount)),
    currency,
  }))
}

/** Whether the balance covers the cost; null where that cannot be said: another currency, or a number without a price. Pure. */
function isCovered(balance: Money | null, cost: readonly Money[], unpriced: number): boolean | null {
  const [only, ...others] = cost
  if (!balance || !only || others.length > 0 || unpriced > 0 || only.currency !== balance.currency) return null
  return !sumDecimals([balance.amount, negateDecimal(only.amount)]).startsWith('-')
}

/** What a purchase costs: Twilio charges the first month at once. `monthly`: of each item, in order; null = Twilio names no price. Pure. */
export function quoteOf(items: readonly PurchaseItem[], monthly: readonly (Money | null)[], balance: Money | null): Quote {
  const cost = totals(monthly)
  const unpriced = monthly.filter((one) => one === null).length
  return {
    lines: items.flatMap(({ phoneNumber }, at) =>
      phoneNumber === undefined ? [] : [{ phoneNumber, monthly: monthly[at] ?? null, first: monthly[at] ?? null }],
    ),
    monthly: cost,
    first: cost,
    unpriced,
    balance,
    isEnough: isCovered(balance, cost, unpriced),
  }
}
