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
