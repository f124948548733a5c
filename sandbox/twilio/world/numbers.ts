import { createRandom } from '../account/random.ts'
import { lettersToDigits } from './pattern.ts'
import type { AvailableNumber, Country, Offer, Place } from './types.ts'

/** So many numbers are for sale under one prefix. */
const perPrefix = 160
/** Area codes that are nearly or wholly sold out. */
const scarce: Record<string, number> = { '1212': 3, '1917': 0 }

/** Words that some numbers spell. */
const words = ['TAXI', 'PIZZA', 'HELLO', 'LEGAL', 'LAWYER', 'DENTIST', 'FLOWERS', 'CONTACT', 'SUPPORT']

/** The numbers one country sells of one kind: the same for the same seed, in an order that looks random. */
export function numbersOf(seed: number, country: Country, offer: Offer): AvailableNumber[] {
  const made = offer.places.flatMap((place) => place.prefixes.flatMap((prefix) => underPrefix(seed, country, offer, place, prefix)))
  const keyed = made.map((number) => ({ number, key: hash(`${seed}${number.phoneNumber}`) }))
  return keyed.toSorted((a, b) => a.key - b.key).map(({ number }) => number)
}

function underPrefix(seed: number, country: Country, offer: Offer, place: Place, prefix: string): AvailableNumber[] {
  const random = createRandom(hash(`${seed}:${prefix}`))
  const wanted = scarce[prefix] ?? perPrefix
  const found = new Set<string>()
  // Words first, so that who looks for one in an area code finds it.
  const endings = offer.digits >= 7 && wanted === perPrefix ? words.map(lettersToDigits) : []
  for (const ending of endings) found.add(subscriber(random, country, offer.digits, ending))
  while (found.size < wanted) found.add(subscriber(random, country, offer.digits))
  return [...found].map((digits) => numberAt(random, country, offer, place, `+${prefix}${digits}`))
}

/** Digits that end as asked. North American exchanges begin with 2-9, and are neither N11 nor 555. */
function subscriber(random: () => number, country: Country, length: number, ending = ''): string {
  const drawn = Array.from({ length: length - ending.length }, (_, at) => Math.floor(at === 0 ? 2 + random() * 8 : random() * 10)).join('')
  const digits = drawn + ending
  const isTaken = country.hasAreaCodes && (digits.slice(1, 3) === '11' || digits.startsWith('555'))
  return isTaken ? subscriber(random, country, length, ending) : digits
}

function numberAt(random: () => number, country: Country, offer: Offer, place: Place, phoneNumber: string): AvailableNumber {
  const near = (degrees: number | null) => (degrees === null ? null : degrees + (random() - 0.5) / 10)
  const { locality, region, rateCenter, lata } = place
  return {
    phoneNumber,
    friendlyName: friendlyName(phoneNumber),
    country,
    offer,
    locality,
    region,
    rateCenter,
    lata,
    postalCode: place.postalCode && postalCode(place.postalCode, Math.floor(random() * 9)),
    latitude: near(place.latitude),
    longitude: near(place.longitude),
  }
}

/** A ZIP code some places further on; other codes as they are. */
const postalCode = (first: string, further: number): string =>
  /^\d{5}$/.test(first) ? String(Number(first) + further).padStart(5, '0') : first

/** As Twilio names a new number: national form in North America, E.164 elsewhere. */
export function friendlyName(phoneNumber: string): string {
  const parts = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(phoneNumber)
  return parts ? `(${parts[1]}) ${parts[2]}-${parts[3]}` : phoneNumber
}

/** FNV-1a: spreads numbers, seeds and prefixes. */
export function hash(text: string): number {
  let value = 0x811c9dc5
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193)
  // A last mix, because neighbours differ in their last digits only.
  value = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d)
  return (value ^ (value >>> 13)) >>> 0
}
