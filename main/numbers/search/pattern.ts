import { getCountryCallingCode, type CountryCode } from 'libphonenumber-js/min'
import { FailureError } from '../../../contract/failure.ts'
import type { SearchQuery } from '../../../contract/number-desktop.ts'

/** Countries whose numbers Twilio knows by area code, and near a place (facts/twilio.md §A.2). */
const NORTH_AMERICA = new Set(['US', 'CA'])
export const isNorthAmerican = (country: string): boolean => NORTH_AMERICA.has(country)

/** Of a whole `Contains`, anchors included. */
const LONGEST = 16
const invalid = (reason: string, message: string) => new FailureError('pattern-invalid', message, { reason })

/** What a person typed, upper case, without the separators that people write. @throws FailureError `pattern-invalid` with `details.reason` */
export function cleanPattern(typed: string): string {
  const pattern = typed.replaceAll(/[\s().-]/g, '').toUpperCase()
  if (!/^[0-9A-Z*]*$/.test(pattern)) throw invalid('characters', 'a pattern has digits, letters and *')
  if (pattern.replaceAll('*', '').length < 2) throw invalid('too-short', 'a pattern needs two digits or letters')
  if (pattern.length > LONGEST) throw invalid('too-long', `a pattern has at most ${LONGEST} characters`)
  return pattern
}

/** Digits of a country's calling code. @throws FailureError `area-code-invalid` for a country without one we know */
function callingCode(country: string): string {
  try {
    return getCountryCallingCode(country as CountryCode)
  } catch {
    throw new FailureError('area-code-invalid', `the calling code of ${country} is not known`, { country })
  }
}

/** How one request names its numbers. */
export interface NumberFilter {
  areaCode: string | null
  contains: string | null
}

const checked = (contains: string): string => {
  if (contains.length > LONGEST) throw invalid('too-long', `${contains} is longer than the ${LONGEST} characters of a search`)
  return contains
}

/**
 * Twilio's `AreaCode` and `Contains` for a country and one area code. Area codes outside the United States and Canada are sent as the beginning of the
 * number, since Twilio knows none there (21457); beside a pattern that may stand anywhere they cannot be said at all. `+` anchors at the beginning of the
 * E.164 number, hence the calling code before what shall stand first.
 * @throws FailureError `pattern-invalid`, `area-code-invalid`
 */
export function numberFilter(
  country: string,
  areaCode: string | null,
  { pattern: typed, position }: Pick<SearchQuery, 'pattern' | 'position'>,
): NumberFilter {
  const pattern = typed === null || typed.trim() === '' ? null : cleanPattern(typed)
  const isKnownByArea = isNorthAmerican(country)
  if (areaCode !== null && isKnownByArea && !/^[2-9]\d\d$/.test(areaCode))
    throw new FailureError('area-code-invalid', 'an area code of North America has three digits', { areaCode, country })
  const beginning = () => `+${callingCode(country)}${areaCode ?? ''}`
  if (pattern !== null && position === 'start')
    return { areaCode: isKnownByArea ? areaCode : null, contains: checked(beginning() + pattern) }
  if (areaCode !== null && !isKnownByArea) {
    if (pattern !== null) throw invalid('with-area-code', 'outside North America a pattern beside an area code has to be at the start')
    return { areaCode: null, contains: checked(beginning()) }
  }
  if (pattern === null) return { areaCode, contains: null }
  return { areaCode, contains: checked(position === 'end' ? `${pattern}$` : pattern) }
}
