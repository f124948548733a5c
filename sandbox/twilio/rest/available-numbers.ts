import { friendlyName } from '../world/numbers.ts'
import { readPattern } from '../world/pattern.ts'
import { milesBetween } from '../world/distance.ts'
import { kinds, spellings, type AvailableNumber, type Country, type Kind, type Offer } from '../world/types.ts'
import { knowOnly } from './filters.ts'
import { notFound, RestError, type Operation, type RestAnswer, type RestContext } from './http.ts'
import { pageSize } from './paging.ts'
import { availableOf } from './purchase.ts'

const path = '/Accounts/{AccountSid}/AvailablePhoneNumbers'
const northAmericanOnly = ['NearNumber', 'NearLatLong', 'Distance', 'InPostalCode', 'InRegion', 'InRateCenter', 'InLata']
const abilities = { VoiceEnabled: 'voice', SmsEnabled: 'sms', MmsEnabled: 'mms', FaxEnabled: 'fax' } as const
const searchNames = [
  'AreaCode',
  'Contains',
  'Beta',
  'InLocality',
  'ExcludeAllAddressRequired',
  'ExcludeLocalAddressRequired',
  'ExcludeForeignAddressRequired',
  ...northAmericanOnly,
  ...Object.keys(abilities),
]

function countryShape({ account }: RestContext, country: Country): object {
  const uri = `/2010-04-01/Accounts/${account.accountSid}/AvailablePhoneNumbers/${country.iso}`
  return {
    beta: country.beta,
    country: country.name,
    country_code: country.iso,
    subresource_uris: Object.fromEntries(country.offers.map(({ kind }) => [spellings[kind].subresource, `${uri}/${kind}.json`])),
    uri: `${uri}.json`,
  }
}

const decimal = (degrees: number | null): string | null => degrees?.toFixed(6) ?? null

const shape = ({ country, offer, ...number }: AvailableNumber): object => ({
  address_requirements: offer.address,
  beta: country.beta,
  capabilities: offer.capabilities,
  friendly_name: friendlyName(number.phoneNumber),
  iso_country: country.iso,
  lata: number.lata,
  latitude: decimal(number.latitude),
  locality: number.locality,
  longitude: decimal(number.longitude),
  phone_number: number.phoneNumber,
  postal_code: number.postalCode,
  rate_center: number.rateCenter,
  region: number.region,
})

function findCountry(context: RestContext): Country {
  const country = context.account.world.country(context.path['CountryCode'] ?? '')
  if (!country) throw notFound(context.url)
  return country
}

/**
 * A search: numbers nobody has, PageSize of them (50 unless told, at most `searchCeiling` if that is set), and never a next page.
 * @throws RestError 404 (no such country, or not this kind there), 21457 (AreaCode elsewhere than in US and CA), 21451, 20001
 */
function search(context: RestContext, kind: Kind): RestAnswer {
  const country = findCountry(context)
  const offer = country.offers.find((one) => one.kind === kind)
  if (!offer) throw notFound(context.url)
  knowOnly(context, searchNames)
  const { account, switches, url } = context
  const isWanted = [isNamed, isAble, isPlaced, isNear].map((test) => test(context, country, offer))
  const found = availableOf(account, account.world.numbers(country, offer)).filter((number) => isWanted.every((test) => test(number)))
  const limit = Math.min(pageSize(context), switches.searchCeiling || Infinity)
  return { status: 200, body: { available_phone_numbers: found.slice(0, limit).map(shape), uri: url } }
}

type Test = (number: AvailableNumber) => boolean
const anyNumber: Test = () => true
/** None is left: for parameters that rule out a whole offer. */
const noNumber: Test = () => false

function isNamed({ query }: RestContext, country: Country): Test {
  const [areaCode, contains] = [query.get('AreaCode'), query.get('Contains')]
  if (areaCode && !country.hasAreaCodes) throw new RestError(21457, `AreaCode Parameter not Supported in ${country.iso}`)
  if (areaCode && !/^\d{3}$/.test(areaCode)) throw new RestError(21451, `${areaCode} is not a valid area code`)
  const pattern = contains ? readPattern(contains) : /^/
  if (typeof pattern === 'string') throw new RestError(20001, pattern)
  return ({ phoneNumber }) => pattern.test(phoneNumber) && phoneNumber.startsWith(areaCode ? `+1${areaCode}` : '+')
}

const flag = ({ query }: RestContext, name: string): boolean | undefined => {
  const text = query.get(name)?.toLowerCase()
  return text ? text === 'true' : undefined
}

/** Capabilities, address requirements and Beta: the same for all numbers of an offer. */
function isAble(context: RestContext, country: Country, { capabilities, address }: Offer): Test {
  const isExcluded = (Object.entries(abilities) as [keyof typeof abilities, (typeof abilities)[keyof typeof abilities]][]).some(
    ([name, ability]) => flag(context, name) !== undefined && flag(context, name) !== capabilities[ability],
  )
  const isRequiring =
    (flag(context, 'ExcludeAllAddressRequired') && address !== 'none') ||
    (flag(context, 'ExcludeLocalAddressRequired') && address === 'local') ||
    (flag(context, 'ExcludeForeignAddressRequired') && address === 'foreign')
  const isBeta = country.beta && flag(context, 'Beta') === false
  return isExcluded || isRequiring || isBeta ? noNumber : anyNumber
}

const same = (a: string | null, b: string): boolean => a?.toLowerCase() === b.toLowerCase()

/** Where a number is: InLocality anywhere, the rest in the United States and Canada. */
function isPlaced(context: RestContext, country: Country): Test {
  const { query } = context
  const text = (name: string) => (country.hasAreaCodes || name === 'InLocality' ? (query.get(name) ?? '') : '')
  if (!country.hasAreaCodes)
    for (const name of northAmericanOnly) if (query.has(name)) context.warn(`${name} means nothing outside the United States and Canada`)
  const [locality, region, postalCode, lata, rateCenter] = ['InLocality', 'InRegion', 'InPostalCode', 'InLata', 'InRateCenter'].map(
    text,
  ) as [string, string, string, string, string]
  if (rateCenter && !lata) throw new RestError(20001, 'InRateCenter needs InLata')
  return (number) =>
    (!locality || same(number.locality, locality)) &&
    (!region || same(number.region, region)) &&
    (!postalCode || same(number.postalCode, postalCode)) &&
    (!lata || number.lata === lata) &&
    (!rateCenter || same(number.rateCenter, rateCenter))
}

/** Within Distance miles (25, at most 500) of a number or a point. */
function isNear(context: RestContext, country: Country): Test {
  const { query } = context
  if (!country.hasAreaCodes || !(query.get('NearNumber') || query.get('NearLatLong'))) return anyNumber
  const point = pointOf(context)
  const miles = Number(query.get('Distance') ?? 25)
  if (!(miles > 0 && miles <= 500)) throw new RestError(20001, 'Distance must be more than 0 and at most 500 miles')
  if (!point) return noNumber
  return ({ latitude, longitude }) => latitude !== null && longitude !== null && milesBetween(point, { latitude, longitude }) <= miles
}

/** The point that is asked for; a number is where its area code is, and nowhere when that is not of this world. */
function pointOf({ query, account }: RestContext): { latitude: number; longitude: number } | undefined {
  const text = query.get('NearLatLong')
  if (text) {
    const [latitude = NaN, longitude = NaN, ...more] = text.split(',').map((part) => (part.trim() ? Number(part) : NaN))
    if (more.length || !(Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180))
      throw new RestError(20001, `NearLatLong must be "latitude,longitude", not ${text}`)
    return { latitude, longitude }
  }
  const near = (query.get('NearNumber') ?? '').trim().replace(/^(?!\+)/, '+')
  const places = account.world.countries
    .filter(({ hasAreaCodes }) => hasAreaCodes)
    .flatMap(({ offers }) => offers.flatMap((offer) => offer.places))
  const place = places.find(({ prefixes }) => prefixes.some((prefix) => near.startsWith(`+${prefix}`)))
  return place?.latitude === null || place?.longitude === null ? undefined : (place as { latitude: number; longitude: number } | undefined)
}

/** What may be bought: countries, one country, and a search per kind. */
export const availableNumberOperations: Operation[] = [
  {
    method: 'GET',
    path: `${path}.json`,
    run: (context) => {
      knowOnly(context, [])
      const countries = context.account.world.countries.map((country) => countryShape(context, country))
      return { status: 200, body: { countries, uri: `/2010-04-01/Accounts/${context.account.accountSid}/AvailablePhoneNumbers.json` } }
    },
  },
  {
    method: 'GET',
    path: `${path}/{CountryCode}.json`,
    run: (context) => ({ status: 200, body: countryShape(context, findCountry(context)) }),
  },
  ...kinds.map((kind): Operation => ({
    method: 'GET',
    path: `${path}/{CountryCode}/${kind}.json`,
    run: (context) => search(context, kind),
  })),
]
