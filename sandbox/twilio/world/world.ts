import { countries } from './countries.ts'
import { numbersOf } from './numbers.ts'
import type { AvailableNumber, Country, Offer } from './types.ts'

/** Every number there is to buy, whoever owns it now: made from the seed, the first time somebody asks. */
export interface NumberWorld {
  countries: Country[]
  country(iso: string): Country | undefined
  /** All numbers of one offer. */
  numbers(country: Country, offer: Offer): AvailableNumber[]
  /** The number for sale of that spelling. */
  find(phoneNumber: string): AvailableNumber | undefined
  /** The country and offer a number belongs to by its digits, for sale or not. */
  whereIs(phoneNumber: string): { country: Country; offer: Offer } | undefined
}

/** Builds the world of a seed. */
export function createNumberWorld(seed: number): NumberWorld {
  const made = new Map<Offer, AvailableNumber[]>()
  const byNumber = new Map<string, AvailableNumber>()
  const numbers = (country: Country, offer: Offer) => {
    const known = made.get(offer)
    if (known) return known
    const fresh = numbersOf(seed, country, offer)
    made.set(offer, fresh)
    for (const number of fresh) byNumber.set(number.phoneNumber, number)
    return fresh
  }
  return {
    countries,
    country: (iso) => countries.find((country) => country.iso === iso),
    numbers,
    find: (phoneNumber) => {
      const place = whereIs(phoneNumber)
      if (!place) return undefined
      numbers(place.country, place.offer)
      return byNumber.get(phoneNumber)
    },
    whereIs,
  }
}

/** By the longest prefix of an offer; numbers of North America without a place are its country's local ones. */
export function whereIs(phoneNumber: string): { country: Country; offer: Offer } | undefined {
  const rows = countries.flatMap((country) =>
    country.offers.flatMap((offer) =>
      offer.places.flatMap(({ prefixes }) =>
        prefixes
          .filter((prefix) => phoneNumber.startsWith(`+${prefix}`) && phoneNumber.length === 1 + prefix.length + offer.digits)
          .map((prefix) => ({ country, offer, length: prefix.length })),
      ),
    ),
  )
  return rows.toSorted((a, b) => b.length - a.length)[0]
}

/** The country of a number by its calling code (North America: the United States unless Canada has the area code). */
export function countryOf(phoneNumber: string): Country | undefined {
  return whereIs(phoneNumber)?.country ?? countries.find(({ callingCode }) => phoneNumber.startsWith(`+${callingCode}`))
}

/** What a call to a number costs per minute: the country's longest prefix. */
export function outboundPrice(phoneNumber: string): { country: Country; price: string; prefix: string } | undefined {
  const country = countryOf(phoneNumber)
  const rows = (country?.outbound ?? []).flatMap(({ prefixes, price }) => prefixes.map((prefix) => ({ prefix, price })))
  const [best] = rows.filter(({ prefix }) => phoneNumber.startsWith(`+${prefix}`)).toSorted((a, b) => b.prefix.length - a.prefix.length)
  return country && best && { country, ...best }
}
