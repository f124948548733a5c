import { FailureError } from '../../../contract/failure.ts'
import { searchLimits, type NumberCountry, type SearchQuery } from '../../../contract/number-desktop.ts'
import type { NumberType } from '../../../contract/number.ts'
import type { AvailableNumber, AvailableQuery } from '../../twilio/port.ts'
import { isNorthAmerican, numberFilter } from './pattern.ts'

/** One request of a search, or why it cannot be made. */
export interface SearchPart {
  country: string
  type: NumberType
  areaCode: string | null
  query: AvailableQuery | FailureError
  /** What Twilio cannot be asked, looked at here. */
  fits: (number: AvailableNumber) => boolean
}

const blank = (text: string | null): string | null => text?.trim() || null
const same = (a: string | null, b: string | null): boolean => b === null || a?.toLowerCase() === b.toLowerCase()

function queryOf(query: SearchQuery, country: string, type: NumberType, areaCode: string | null): AvailableQuery {
  const isNear = isNorthAmerican(country)
  if (query.nearNumber !== null && !isNear)
    throw new FailureError('bad-request', 'near a number: in the United States and Canada only', { field: 'nearNumber', country })
  const [region, postalCode] = [blank(query.region), blank(query.postalCode)]
  const isLookedAtHere = !isNear && (region !== null || postalCode !== null)
  return {
    country,
    type,
    ...numberFilter(country, areaCode, query),
    locality: blank(query.locality),
    region: isNear ? region : null,
    postalCode: isNear ? postalCode : null,
    nearNumber: query.nearNumber,
    capabilities: query.capabilities,
    address: query.address,
    limit: isLookedAtHere ? searchLimits.perSearch : query.limit,
  }
}

function partOf(query: SearchQuery, country: string, type: NumberType, areaCode: string | null): SearchPart {
  const [region, postalCode] = [blank(query.region), blank(query.postalCode)]
  const fits = (number: AvailableNumber) => isNorthAmerican(country) || (same(number.region, region) && same(number.postalCode, postalCode))
  try {
    return { country, type, areaCode, query: queryOf(query, country, type, areaCode), fits }
  } catch (error) {
    if (!(error instanceof FailureError)) throw error
    return { country, type, areaCode, query: error, fits }
  }
}

/**
 * The requests of a search: every country × type that is sold there × area code, in this order. Region and postal code mean nothing to Twilio outside
 * the United States and Canada (facts/twilio.md §A.2) and are looked at here. Pure.
 */
export function planSearch(query: SearchQuery, sold: readonly NumberCountry[]): SearchPart[] {
  const areaCodes = query.areaCodes.length > 0 ? [...new Set(query.areaCodes)] : [null]
  return [...new Set(query.countries)].flatMap((country) => {
    const types = sold.find((one) => one.country === country)?.types ?? []
    return [...new Set(query.types)]
      .filter((type) => types.includes(type))
      .flatMap((type) => areaCodes.map((areaCode) => partOf(query, country, type, areaCode)))
  })
}
