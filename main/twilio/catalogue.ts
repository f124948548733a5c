import type { NumberType } from '../../contract/number.ts'
import { FailureError } from '../../contract/failure.ts'
import type { TwilioAccess } from './account.ts'
import type { AvailableQuery, TwilioAccount } from './port.ts'
import { availableNumber, countryPrices, instant, numberType, type WireAvailable } from './shapes.ts'

type Catalogue = Pick<TwilioAccount, 'countries' | 'search' | 'prices' | 'regulation' | 'addresses' | 'approvedBundles' | 'bundle'>

interface Search {
  list: (parameters: ReturnType<typeof parametersOf>) => Promise<WireAvailable[]>
}

/** The search of a country and type. */
function searchOf(client: TwilioAccess['client'], { country, type }: AvailableQuery): Search {
  const of = client.availablePhoneNumbers(country)
  const searches: Record<NumberType, Search> = {
    local: of.local,
    'toll-free': of.tollFree,
    mobile: of.mobile,
    national: of.national,
    'shared-cost': of.sharedCost,
    voip: of.voip,
    'machine-to-machine': of.machineToMachine,
  }
  return searches[type]
}

const enabled = { voice: 'voiceEnabled', sms: 'smsEnabled', mms: 'mmsEnabled', fax: 'faxEnabled' } as const
const excluded = {
  any: {},
  none: { excludeAllAddressRequired: true },
  'no-local': { excludeLocalAddressRequired: true },
  'no-foreign': { excludeForeignAddressRequired: true },
} as const

/** A search has no second page: `limit` is its PageSize (facts/twilio.md §A.2). */
const parametersOf = (query: AvailableQuery) => ({
  ...(query.areaCode === null ? {} : { areaCode: Number(query.areaCode) }),
  ...(query.contains === null ? {} : { contains: query.contains }),
  ...(query.locality === null ? {} : { inLocality: query.locality }),
  ...(query.region === null ? {} : { inRegion: query.region }),
  ...(query.postalCode === null ? {} : { inPostalCode: query.postalCode }),
  ...(query.nearNumber === null ? {} : { nearNumber: query.nearNumber }),
  ...Object.fromEntries(query.capabilities.map((name) => [enabled[name], true])),
  ...excluded[query.address],
  limit: query.limit,
})

const isNotFound = (error: unknown): boolean => error instanceof FailureError && error.code === 'not-found'

/** Of what is not there: undefined. */
const ifFound = <T>(work: Promise<T>): Promise<T | undefined> =>
  work.catch((error: unknown) => {
    if (isNotFound(error)) return undefined
    throw error
  })

/** What is for sale, at what price, with which papers. */
export function createCatalogue({ client, ask, abortable }: TwilioAccess): Catalogue {
  return {
    countries: () =>
      ask(async () => {
        const rows = await client.availablePhoneNumbers.list()
        return rows.map(({ countryCode, country, subresourceUris }) => ({
          country: countryCode,
          name: country,
          types: Object.keys(subresourceUris ?? {}).flatMap((name) => numberType(name) ?? []),
        }))
      }),
    async search(query, signal) {
      const list = () => searchOf(client, query).list(parametersOf(query))
      const rows = await ifFound(ask(() => abortable(signal, list))).catch(asPattern(query))
      return (rows ?? []).map((row) => availableNumber(row, query.country, query.type)) // 404: this country has no such type
    },
    async prices(country) {
      const [rent, minutes] = await Promise.all([
        ifFound(ask(() => client.pricing.v1.phoneNumbers.countries(country).fetch())),
        ifFound(ask(() => client.pricing.v2.voice.countries(country).fetch())),
      ])
      return countryPrices(
        rent && { priceUnit: rent.priceUnit, prices: rent.phoneNumberPrices ?? [] },
        minutes && { priceUnit: minutes.priceUnit, prices: minutes.inboundCallPrices ?? [] },
      )
    },
    ...createCompliance({ client, ask }),
  }
}

/** Which papers numbers want, and which there are (facts/twilio.md §A.11). */
const createCompliance = ({
  client,
  ask,
}: Pick<TwilioAccess, 'client' | 'ask'>): Pick<Catalogue, 'regulation' | 'addresses' | 'approvedBundles' | 'bundle'> => ({
  regulation: (country, type) =>
    ask(async () => {
      const rows = await client.numbers.v2.regulatoryCompliance.regulations.list({ isoCountry: country, numberType: type })
      const rule = rows.find(({ endUserType }) => endUserType === 'business') ?? rows[0]
      return { needsBundle: rows.length > 0, names: namesIn(rule?.requirements) } // no rule: no bundle needed (facts/twilio.md §A.11)
    }),
  addresses: () => ask(async () => (await client.addresses.list()).map(({ sid, isoCountry }) => ({ sid, country: isoCountry }))),
  approvedBundles: (country, type) =>
    ask(async () => {
      const wanted = { status: 'twilio-approved', isoCountry: country, numberType: type } as const
      return (await client.numbers.v2.regulatoryCompliance.bundles.list(wanted)).map(({ sid }) => sid)
    }),
  async bundle(sid) {
    const found = await ifFound(ask(() => client.numbers.v2.regulatoryCompliance.bundles(sid).fetch()))
    return found ? { status: found.status, validUntil: instant(found.validUntil) } : { status: 'gone', validUntil: null }
  },
})

/** What Twilio objects to in a search with a pattern is the pattern (20001, 20422). */
const asPattern = (query: AvailableQuery) => (error: unknown) => {
  if (!(error instanceof FailureError)) throw error
  const isPattern = query.contains !== null && error.code === 'twilio-failed' && error.details?.['status'] === 400
  throw isPattern ? new FailureError('pattern-invalid', error.message, error.details) : error
}

interface Requirement {
  name?: unknown
  requirement_name?: unknown
}
const inWords = (name: string): string => name.replaceAll('_', ' ').replace(/^./, (first) => first.toUpperCase())

/** What a business has to show: of end user and documents, by Twilio's names. */
function namesIn(requirements: unknown): string[] {
  const { end_user: users, supporting_document: documents } = (requirements ?? {}) as { end_user?: unknown; supporting_document?: unknown }
  const rows = [users, documents].flatMap((part) => (Array.isArray(part) ? (part.flat() as Requirement[]) : []))
  const names = rows.map(({ name, requirement_name: key }) =>
    typeof name === 'string' && name ? name : inWords(typeof key === 'string' ? key : ''),
  )
  return [...new Set(names)].filter(Boolean)
}
