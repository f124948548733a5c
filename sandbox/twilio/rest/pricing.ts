import { spellings, type Country } from '../world/types.ts'
import { countryOf, outboundPrice } from '../world/world.ts'
import { knowOnly } from './filters.ts'
import { notFound, type Operation, type RestAnswer, type RestContext } from './http.ts'
import { productPage, productUrl } from './paging.ts'

const numbers = '/pricing/v1/PhoneNumbers/Countries'
const voice = '/pricing/v2/Voice'

const named = (path: string, { name, iso }: Country): object => ({ country: name, iso_country: iso, url: productUrl(`${path}/${iso}`) })
/** Nothing is sold at another price here. */
const priced = (price: string): object => ({ base_price: price, current_price: price })

function list(context: RestContext, path: string): RestAnswer {
  knowOnly(context, [])
  const rows = context.account.world.countries.map((country) => ({ sid: country.iso, country }))
  return productPage(context, 'countries', rows, { at: () => 0, shape: ({ country }) => named(path, country) })
}

function find(context: RestContext): Country {
  const country = context.account.world.country(context.path['IsoCountry'] ?? '')
  if (!country) throw notFound(context.url)
  return country
}

const rentOf = (country: Country): object => ({
  ...named(numbers, country),
  phone_number_prices: country.offers.map(({ kind, price }) => ({ number_type: spellings[kind].pricing, ...priced(price) })),
  price_unit: 'USD',
})

const minutesOf = (country: Country): object => ({
  ...named(`${voice}/Countries`, country),
  outbound_prefix_prices: country.outbound.map(({ prefixes, price, name }) => ({
    ...priced(price),
    destination_prefixes: prefixes,
    friendly_name: name,
    origination_prefixes: ['ALL'],
  })),
  inbound_call_prices: country.offers
    .filter(({ capabilities }) => capabilities.voice)
    .map(({ kind, inbound }) => ({ number_type: spellings[kind].pricing, ...priced(inbound) })),
  price_unit: 'USD',
})

/** What calls to one number cost; what calls from it cost us, when we own it. */
function ofNumber(context: RestContext): RestAnswer {
  const destination = context.path['DestinationNumber'] ?? ''
  knowOnly(context, ['OriginationNumber'])
  const price = outboundPrice(destination)
  if (!/^\+[1-9]\d{6,14}$/.test(destination) || !price) throw notFound(context.url)
  const owned = context.account.state.numbers.find(({ phoneNumber }) => phoneNumber === destination)
  const offer = owned && countryOf(destination)?.offers.find(({ kind }) => spellings[kind].owned === owned.type)
  return {
    status: 200,
    body: {
      destination_number: destination,
      origination_number: context.query.get('OriginationNumber') || null,
      country: price.country.name,
      iso_country: price.country.iso,
      outbound_call_prices: [{ ...priced(price.price), origination_prefixes: ['ALL'] }],
      inbound_call_price: offer
        ? { ...priced(offer.inbound), number_type: spellings[offer.kind].pricing }
        : { base_price: null, current_price: null, number_type: null },
      price_unit: 'USD',
      url: productUrl(`${voice}/Numbers/${destination}`),
    },
  }
}

/** Pricing: monthly rent (v1) and minutes (v2). Prices are strings, as Twilio writes them. */
export const pricingOperations: Operation[] = [
  { method: 'GET', path: numbers, run: (context) => list(context, numbers) },
  { method: 'GET', path: `${numbers}/{IsoCountry}`, run: (context) => ({ status: 200, body: rentOf(find(context)) }) },
  { method: 'GET', path: `${voice}/Countries`, run: (context) => list(context, `${voice}/Countries`) },
  { method: 'GET', path: `${voice}/Countries/{IsoCountry}`, run: (context) => ({ status: 200, body: minutesOf(find(context)) }) },
  { method: 'GET', path: `${voice}/Numbers/{DestinationNumber}`, run: ofNumber },
]
