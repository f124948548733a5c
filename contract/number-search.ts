import { AsYouType, getCountries, type CountryCode } from 'libphonenumber-js/min'
import { dialable } from './dialable.ts'
import { toE164 } from './e164.ts'

/** Fewer digits say nothing: every third number has them. With a plus in front two do: +44. */
const LEAST_DIGITS = 3

const known = (country: string): country is CountryCode => (getCountries() as string[]).includes(country)

/** What has been typed so far, as far as it is E.164 in this country: trunk and international prefixes understood. With its `+`. */
function internationalSoFar(typed: string, country: string): string | undefined {
  if (!known(country)) return undefined
  const parser = new AsYouType(country)
  parser.input(typed)
  return parser.getNumberValue()
}

/**
 * What to look for in addresses (E.164, `+` included) when a person typed this: an address that contains any of them is meant. A number
 * is found by every spelling: E.164, with spaces, dashes and brackets, with the international prefix or the trunk prefix of the user's
 * `country` (ISO 3166), with a zero where another country has one, and by any part of three digits or more (`+` and two). Empty: the text is no number. Pure.
 */
export function numberNeedles(text: string, country: string): string[] {
  const typed = dialable(text).replaceAll(/[*#]/g, '')
  const digits = typed.replace('+', '')
  const spelled = [toE164(text, country), internationalSoFar(typed, country)]
  if (typed.startsWith('+')) return widest([typed, ...spelled])
  if (digits.length < LEAST_DIGITS) return []
  const abroad = digits.replace(/^0+/, '')
  return widest([
    digits,
    ...(digits.startsWith('00') && abroad.length >= LEAST_DIGITS ? [`+${abroad}`] : []),
    ...(abroad.length >= LEAST_DIGITS ? [abroad] : []),
    ...spelled,
  ])
}

/** Without what another one finds anyway. */
function widest(needles: readonly (string | undefined)[]): string[] {
  const all = [...new Set(needles.filter((one) => one !== undefined && one.length >= LEAST_DIGITS))] as string[]
  return all.filter((one) => !all.some((other) => other !== one && one.includes(other)))
}

/** Whether an address (E.164) is one that was typed. */
export const isNumberFound = (address: string, needles: readonly string[]): boolean => needles.some((needle) => address.includes(needle))
