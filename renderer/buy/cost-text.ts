import type { Money } from '../../contract/number.ts'
import { formatMonies } from '../ui/money.ts'
import type { NumberT } from '../words/index.ts'
import { totalsOf } from './model/results.ts'

/** "$2.30 a month", "$1.15 + €1.00 a month and 1 unknown price", "price unknown": an unknown price is never 0. */
export function costText(prices: readonly (Money | null)[], t: NumberT): string {
  const { sums, unpriced } = totalsOf(prices)
  const money = formatMonies(sums)
  if (sums.length === 0) return t('buy.cost.unknown', { count: unpriced })
  return unpriced === 0 ? t('buy.cost.month', { money }) : t('buy.cost.monthAnd', { money, count: unpriced })
}

/** The button that spends: "Buy 2 numbers for $2.30 a month". */
export function buyText(prices: readonly (Money | null)[], t: NumberT): string {
  const told = { count: prices.length, cost: costText(prices, t) }
  return prices.some((price) => price !== null) ? t('buy.confirm.buy', told) : t('buy.confirm.buyUnknown', told)
}
