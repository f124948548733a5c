import type { NumberCountry, relaxations, SearchQuery } from '../../../contract/number-desktop.ts'

export type Relaxation = (typeof relaxations)[number]

/** Each condition that a person set, from the one that rules out most to the one that rules out least. `position` counts with a pattern only. */
const conditions: readonly [Relaxation, (query: SearchQuery) => boolean][] = [
  ['position', ({ pattern, position }) => Boolean(pattern?.trim()) && position !== 'anywhere'],
  ['pattern', ({ pattern }) => Boolean(pattern?.trim())],
  ['postal-code', ({ postalCode }) => Boolean(postalCode?.trim())],
  ['area-code', ({ areaCodes }) => areaCodes.length > 0],
  ['locality', ({ locality }) => Boolean(locality?.trim())],
  ['near', ({ nearNumber }) => nearNumber !== null],
  ['region', ({ region }) => Boolean(region?.trim())],
  ['address', ({ address }) => address !== 'any'],
  ['capabilities', ({ capabilities }) => capabilities.length > 0],
]

/**
 * What to loosen when nothing was found, most promising first. A type that none of the countries sells comes before everything: no other change helps
 * then. `sold`: the account's countries. Pure.
 */
export function relaxOf(query: SearchQuery, sold: readonly NumberCountry[]): Relaxation[] {
  const there = sold.filter(({ country }) => query.countries.includes(country))
  const isSold = there.some(({ types }) => types.some((type) => query.types.includes(type)))
  const hasMoreTypes = there.some(({ types }) => types.some((type) => !query.types.includes(type)))
  const general: Relaxation[] = [...(hasMoreTypes ? (['type'] as const) : []), 'country']
  if (!isSold) return general
  return [...conditions.filter(([, isSet]) => isSet(query)).map(([name]) => name), ...general]
}
