import type { Money } from '../../contract/number.ts'
import { sumDecimals } from '../../contract/money.ts'

const formats = new Map<string, Intl.NumberFormat>()

/** At least the currency's own decimals; more where the amount has them, since prices per minute are fractions of a cent. */
function moneyFormat(currency: string, decimals: number, locale: string | undefined): Intl.NumberFormat {
  const key = `${currency} ${decimals} ${locale}`
  const known = formats.get(key)
  if (known) return known
  const own = new Intl.NumberFormat(locale, { style: 'currency', currency })
  const usual = own.resolvedOptions().maximumFractionDigits ?? 2
  const format = decimals > usual ? new Intl.NumberFormat(locale, { style: 'currency', currency, maximumFractionDigits: decimals }) : own
  formats.set(key, format)
  return format
}

const texts = new Map<string, string>()
const REMEMBERED = 1000

/** "$1.15", "€0.0085": the decimal string as it is, never through a float; at most 6 decimals. */
export function formatMoney({ amount, currency }: Money, locale?: string): string {
  // Lists show few different prices many times, and formatting one costs as much as drawing it.
  const key = `${amount} ${currency} ${locale}`
  const known = texts.get(key)
  if (known) return known
  const decimals = Math.min(6, amount.split('.')[1]?.replace(/0+$/, '').length ?? 0)
  const text = moneyFormat(currency, decimals, locale).format(amount as `${number}`)
  if (texts.size >= REMEMBERED) texts.clear()
  texts.set(key, text)
  return text
}

/** Money that lies somewhere, to the currency's own decimals: fractions of a cent say nothing about a balance. */
export const formatBalance = ({ amount, currency }: Money, locale?: string): string =>
  moneyFormat(currency, 0, locale).format(amount as `${number}`)

/** Several currencies side by side: they are never added together. */
export const formatMonies = (monies: readonly Money[], locale?: string) => monies.map((one) => formatMoney(one, locale)).join(' + ')

/** The sums per currency, in the order they are met. Unknown amounts are not in it: count them beside it. */
export function sumMonies(monies: readonly (Money | null)[]): Money[] {
  const sums = new Map<string, string[]>()
  for (const one of monies) if (one) sums.set(one.currency, [...(sums.get(one.currency) ?? []), one.amount])
  return [...sums].map(([currency, amounts]) => ({ currency, amount: sumDecimals(amounts) }))
}
