import type { Capabilities, Money, NumberSettings, NumberType, RemoteNumber } from '../../contract/number.ts'
import { numberTypes } from '../../contract/number.ts'
import type { AvailableNumber, CountryPrices } from './port.ts'

// Twilio's shapes → the contract's. Pure. npm `twilio` types promise more than Twilio sends: what may be missing is read as unknown.

const letters = (text: string): string => text.toLowerCase().replaceAll(/[^a-z]/g, '')
const typeByLetters = new Map(numberTypes.map((type) => [letters(type), type]))

/** `tollfree`, `toll free`, `toll_free`, `TollFree` → `toll-free`; null for what we do not know. */
export const numberType = (text: unknown): NumberType | null =>
  typeof text === 'string' ? (typeByLetters.get(letters(text)) ?? null) : null

/** Twilio has written them `voice`, `Voice` and `SMS` (facts/twilio.md §A.2). */
export function capabilities(of: unknown): Capabilities {
  const byName = new Map(Object.entries(of ?? {}).map(([name, value]) => [name.toLowerCase(), value === true || value === 'true']))
  const can = (name: string) => byName.get(name) ?? false
  return { voice: can('voice'), sms: can('sms'), mms: can('mms'), fax: can('fax') }
}

const text = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''
const orNull = (value: unknown): string | null => text(value) || null

const requirements = ['none', 'any', 'local', 'foreign'] as const
const addressRequirement = (value: unknown) => requirements.find((one) => one === value) ?? 'none'

/** RFC 2822 (as the library has parsed it) → ISO 8601; null for none. */
export const instant = (value: unknown): string | null =>
  value instanceof Date && !Number.isNaN(value.getTime()) ? value.toISOString() : null

type Wire<K extends string> = Partial<Record<K, unknown>>
type WireNumber = Wire<keyof NumberSettings | 'sid' | 'phoneNumber' | 'capabilities' | 'type' | 'addressRequirements'> &
  Wire<'emergencyAddressStatus' | 'dateCreated'>

/** Unset is "" or null at Twilio, '' here. */
function settings(row: WireNumber): NumberSettings {
  return {
    friendlyName: text(row.friendlyName),
    voiceUrl: text(row.voiceUrl),
    voiceMethod: text(row.voiceMethod),
    voiceFallbackUrl: text(row.voiceFallbackUrl),
    voiceFallbackMethod: text(row.voiceFallbackMethod),
    statusCallback: text(row.statusCallback),
    statusCallbackMethod: text(row.statusCallbackMethod),
    voiceApplicationSid: text(row.voiceApplicationSid),
    trunkSid: text(row.trunkSid),
    voiceReceiveMode: text(row.voiceReceiveMode),
    voiceCallerIdLookup: text(row.voiceCallerIdLookup),
    smsUrl: text(row.smsUrl),
    smsMethod: text(row.smsMethod),
    smsFallbackUrl: text(row.smsFallbackUrl),
    smsFallbackMethod: text(row.smsFallbackMethod),
    smsApplicationSid: text(row.smsApplicationSid),
    addressSid: text(row.addressSid),
    bundleSid: text(row.bundleSid),
    identitySid: text(row.identitySid),
    emergencyStatus: text(row.emergencyStatus),
    emergencyAddressSid: text(row.emergencyAddressSid),
  }
}

/** A row of IncomingPhoneNumbers. */
export const remoteNumber = (row: WireNumber): RemoteNumber => ({
  sid: text(row.sid),
  phoneNumber: text(row.phoneNumber),
  capabilities: capabilities(row.capabilities),
  type: numberType(row.type),
  addressRequirements: addressRequirement(row.addressRequirements),
  emergencyAddressStatus: text(row.emergencyAddressStatus),
  createdAt: instant(row.dateCreated),
  settings: settings(row),
})

export type WireAvailable = Wire<
  'phoneNumber' | 'isoCountry' | 'locality' | 'region' | 'postalCode' | 'capabilities' | 'addressRequirements' | 'beta'
>

/** A row of AvailablePhoneNumbers. `country` and `type`: what was asked for. */
export const availableNumber = (row: WireAvailable, country: string, type: NumberType): AvailableNumber => ({
  phoneNumber: text(row.phoneNumber),
  country: text(row.isoCountry) || country,
  type,
  locality: orNull(row.locality),
  region: orNull(row.region),
  postalCode: orNull(row.postalCode),
  capabilities: capabilities(row.capabilities),
  addressRequirements: addressRequirement(row.addressRequirements),
  isBeta: row.beta === true,
})

const DECIMAL = /^-?\d+(\.\d{1,12})?$/
/** Twilio writes prices as strings, its schema as numbers; undefined for what is neither. */
export const decimal = (value: unknown): string | undefined => (DECIMAL.test(text(value)) ? text(value) : undefined)
const CURRENCY = /^[A-Z]{3}$/

/** An amount with its currency; null when either is missing. */
export function money(amount: unknown, currency: unknown): Money | null {
  const [units, unit] = [decimal(amount), text(currency).toUpperCase()]
  return units !== undefined && CURRENCY.test(unit) ? { amount: units, currency: unit } : null
}

interface WirePrices {
  priceUnit?: unknown
  prices: readonly Wire<'numberType' | 'currentPrice'>[]
}

const byType = ({ prices }: WirePrices): Partial<Record<NumberType, string>> =>
  Object.fromEntries(
    prices.flatMap((row) => {
      const [type, price] = [numberType(row.numberType), decimal(row.currentPrice)]
      return type && price !== undefined ? [[type, price]] : []
    }),
  )

/** Rent (Pricing v1) and incoming minutes (v2) of a country. Minutes in another currency than the rent are left out: they cannot stand beside it. */
export function countryPrices(rent: WirePrices | undefined, minutes: WirePrices | undefined): CountryPrices {
  const unit = (of: WirePrices | undefined) => text(of?.priceUnit).toUpperCase()
  const currency = unit(rent) || unit(minutes)
  return {
    currency: CURRENCY.test(currency) ? currency : '',
    monthly: rent && unit(rent) === currency ? byType(rent) : {},
    incomingMinute: minutes && unit(minutes) === currency ? byType(minutes) : {},
  }
}
