import type { Capabilities, Money, NumberSettings, NumberType, RemoteNumber } from '../../contract/number.ts'

/** A number for sale, as a search shows it; no price in it. */
export interface AvailableNumber {
  phoneNumber: string
  country: string
  type: NumberType
  locality: string | null
  region: string | null
  postalCode: string | null
  capabilities: Capabilities
  addressRequirements: 'none' | 'any' | 'local' | 'foreign'
  isBeta: boolean
}

/** One search request: a single country, type and at most one area code. */
export interface AvailableQuery {
  country: string
  type: NumberType
  areaCode: string | null
  /** As Twilio's `Contains` wants it, anchors included. */
  contains: string | null
  locality: string | null
  region: string | null
  postalCode: string | null
  nearNumber: string | null
  capabilities: readonly ('voice' | 'sms' | 'mms' | 'fax')[]
  address: 'any' | 'none' | 'no-local' | 'no-foreign'
  limit: number
}

/** A bundle of papers: Twilio's status, or `gone`; until when it is good, ISO 8601, null when that is not limited. */
export interface BundleState {
  status: string
  validUntil: string | null
}

/** Monthly rent per type, and the price of an incoming minute per type. */
export interface CountryPrices {
  currency: string
  monthly: Partial<Record<NumberType, string>>
  incomingMinute: Partial<Record<NumberType, string>>
}

export interface PurchaseOrder {
  phoneNumber: string
  /** `lk:<intentId>`, by which a purchase whose answer was lost is recognised (RULES R29). */
  friendlyName: string
  settings: Partial<NumberSettings>
}

/**
 * What main asks of a Twilio account. Failures are FailureErrors (`account-wrong`, `account-forbidden`, `twilio-unreachable`, `twilio-busy`,
 * `twilio-failed`, `number-taken`, …) with Twilio's code in `details.twilioCode`. GETs are retried on 429, 5xx and broken connections; a POST only on
 * 429, which Twilio never processed. `twilio-unreachable` or `twilio-failed` of a POST says nothing of whether it was carried out.
 */
export interface TwilioAccount {
  readonly accountSid: string
  account(): Promise<{ name: string; isTrial: boolean; status: string }>
  balance(): Promise<Money>
  /** The secret is in this answer only. */
  createKey(friendlyName: string): Promise<{ sid: string; secret: string }>
  countries(): Promise<{ country: string; name: string; types: NumberType[] }[]>
  search(query: AvailableQuery, signal?: AbortSignal): Promise<AvailableNumber[]>
  prices(country: string): Promise<CountryPrices>
  /** What the rule for these numbers wants; `names` is empty when no bundle is needed. */
  regulation(country: string, type: NumberType): Promise<{ needsBundle: boolean; names: string[] }>
  addresses(): Promise<{ sid: string; country: string }[]>
  approvedBundles(country: string, type: NumberType): Promise<string[]>
  /** How a regulatory bundle stands; one that Twilio does not have (404) is `gone`. */
  bundle(sid: string): Promise<BundleState>
  /** Followed to the last page, or it throws; no SID twice (RULES R30). `onPage` is told how many there are so far, and each page as it comes. */
  numbers(onPage?: (listed: number, page: readonly RemoteNumber[]) => void): Promise<RemoteNumber[]>
  /** Undefined on 404 alone. */
  number(sid: string): Promise<RemoteNumber | undefined>
  /** The number of ours with exactly this phone number. Twilio's list may lag by seconds. */
  ownedNumber(phoneNumber: string): Promise<RemoteNumber | undefined>
  /** Spends money. Buying a number that is already ours is an update (201) and charges nothing. */
  buy(order: PurchaseOrder): Promise<RemoteNumber>
  update(sid: string, settings: Partial<NumberSettings>): Promise<RemoteNumber>
  /** 404 counts as done. */
  release(sid: string): Promise<void>
}
