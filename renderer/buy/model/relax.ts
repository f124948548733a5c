import type { NumberCountry, SearchQuery, SearchReply } from '../../../contract/number-desktop.ts'
import type { NumberType } from '../../../contract/number.ts'
import { limits } from './query.ts'

export type Relaxation = SearchReply['relax'][number]

const none: Partial<Record<Relaxation, Partial<SearchQuery>>> = {
  'area-code': { areaCodes: [] },
  pattern: { pattern: null, position: 'anywhere' },
  position: { position: 'anywhere' },
  locality: { locality: null },
  region: { region: null },
  'postal-code': { postalCode: null },
  near: { nearNumber: null },
  capabilities: { capabilities: [] },
  address: { address: 'any' },
}

/** The types that these countries have, in the order of the first that has them. */
export const typesOf = (countries: readonly NumberCountry[], chosen: readonly string[]): NumberType[] => [
  ...new Set(countries.filter(({ country }) => chosen.includes(country)).flatMap(({ types }) => types)),
]

/** How many requests to Twilio a query is: country × type it has × area code. */
export function searchCount(
  { countries: chosen, types, areaCodes }: Pick<SearchQuery, 'countries' | 'types' | 'areaCodes'>,
  countries: readonly NumberCountry[],
) {
  const pairs = chosen.flatMap((code) => {
    const has = countries.find(({ country }) => country === code)?.types
    return types.filter((type) => !has || has.includes(type))
  })
  return pairs.length * Math.max(1, areaCodes.length)
}

/** A query with one condition loosened. `countries`: those of the account. */
export function relaxed(query: SearchQuery, how: Relaxation, countries: readonly NumberCountry[]): SearchQuery {
  if (how === 'type') return { ...query, types: typesOf(countries, query.countries) }
  if (how === 'country') {
    const others = countries.filter(({ types }) => types.some((type) => query.types.includes(type))).map(({ country }) => country)
    return { ...query, countries: [...new Set([...query.countries, ...others])].slice(0, limits.countries) }
  }
  return { ...query, ...none[how] }
}
