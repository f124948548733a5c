import { AsYouType, parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js/min'
import { dialable } from './dialable.ts'
import { isE164 } from './e164-shape.ts'

export { E164_PATTERN, isE164 } from './e164-shape.ts'

/**
 * What a person typed or pasted, as E.164, or undefined when it cannot be dialed. `country` is assumed for national spellings.
 * Numbers that look like a number but are in no plan (the sandbox's +1500555…) are kept when they were written internationally.
 */
export function toE164(text: string, country: string): string | undefined {
  const plain = dialable(text).replace(/^00/, '+')
  const parsed = parsePhoneNumberFromString(plain, country as CountryCode)
  if (parsed?.isPossible()) return parsed.number
  return isE164(plain) ? plain : undefined
}

/** As-you-type formatting of digits, with the country they have so far (ISO 3166, undefined while unclear). */
export function formatAsTyped(text: string, country: string): { text: string; country: string | undefined } {
  const typed = new AsYouType(country as CountryCode)
  const formatted = typed.input(text)
  return { text: /[*#]/.test(text) ? text : formatted, country: typed.getCountry() ?? (text.startsWith('+') ? undefined : country) }
}

/** For reading: national format in the user's own country, international elsewhere. What is not a number stays as it is. */
export function formatNumber(e164: string, country: string): string {
  const parsed = parsePhoneNumberFromString(e164)
  if (!parsed) return e164
  return parsed.country === country || (parsed.countryCallingCode === '1' && ['US', 'CA'].includes(country))
    ? parsed.formatNational()
    : parsed.formatInternational()
}

/** ISO 3166 country of a number, or undefined. */
export const countryOf = (e164: string): string | undefined => parsePhoneNumberFromString(e164)?.country
