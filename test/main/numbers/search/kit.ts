import type { NumberOffer, PurchaseItem, SearchQuery } from '../../../../contract/number-desktop.ts'

/** Any American local number with voice. */
export const queryOf = (over: Partial<SearchQuery> = {}): SearchQuery => ({
  countries: ['US'],
  types: ['local'],
  areaCodes: [],
  pattern: null,
  position: 'anywhere',
  locality: null,
  region: null,
  postalCode: null,
  nearNumber: null,
  capabilities: ['voice'],
  address: 'any',
  limit: 10,
  ...over,
})

export const itemOf = (over: Partial<PurchaseItem> = {}): PurchaseItem => ({
  intentId: 'i1',
  phoneNumber: '+14155550199',
  country: 'US',
  type: 'local',
  place: null,
  monthly: null,
  name: null,
  ...over,
})

export const offerLike = (over: Partial<NumberOffer> = {}): NumberOffer => ({
  phoneNumber: '+14155550199',
  country: 'US',
  type: 'local',
  locality: 'San Francisco',
  region: 'CA',
  postalCode: '94105',
  capabilities: { voice: true, sms: true, mms: true, fax: false },
  monthly: { amount: '1.15', currency: 'USD' },
  perMinute: { amount: '0.0085', currency: 'USD' },
  papers: { address: 'none', bundle: 'none', wants: [], addressSid: null, bundleSid: null },
  isBeta: false,
  ...over,
})
