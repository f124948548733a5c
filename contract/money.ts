// Decimal strings as Twilio gives them, added without a float: "-0.0085" and "-0.014" are -0.0225, not -0.022500000000000003.

const SCALE = 12

function toUnits(amount: string): bigint {
  const [whole = '0', fraction = ''] = amount.replace('-', '').split('.')
  const units = BigInt(whole + fraction.padEnd(SCALE, '0').slice(0, SCALE))
  return amount.startsWith('-') ? -units : units
}

function fromUnits(units: bigint): string {
  const digits = (units < 0n ? -units : units).toString().padStart(SCALE + 1, '0')
  const fraction = digits.slice(-SCALE).replace(/0+$/, '')
  return `${units < 0n ? '-' : ''}${digits.slice(0, -SCALE)}${fraction ? `.${fraction}` : ''}`
}

/** The sum of decimal strings (up to 12 decimals), as a decimal string. */
export const sumDecimals = (amounts: readonly string[]): string => fromUnits(amounts.reduce((sum, one) => sum + toUnits(one), 0n))

/** Twilio's prices are what the account loses (negative); a cost is positive. */
export const negateDecimal = (amount: string): string => fromUnits(-toUnits(amount))

/**
 * `amount` × `times` ÷ `by` (whole numbers), rounded half away from zero to `decimals` places (12 at most), as a decimal string.
 * @throws RangeError when `by` is zero
 */
export function ratioOfDecimal(amount: string, times: number, by: number, decimals = 4): string {
  if (by === 0) throw new RangeError('division by zero')
  const step = 10n ** BigInt(SCALE - decimals)
  const [above, below] = [toUnits(amount) * BigInt(times), BigInt(by) * step]
  const isNegative = above < 0n !== below < 0n
  const [dividend, divisor] = [above < 0n ? -above : above, below < 0n ? -below : below]
  const rounded = ((dividend * 2n + divisor) / (divisor * 2n)) * step
  return fromUnits(isNegative ? -rounded : rounded)
}
