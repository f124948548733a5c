/** Twilio's kinds of numbers, by the last part of a search's path. */
export type Kind = 'Local' | 'TollFree' | 'Mobile' | 'National' | 'SharedCost' | 'Voip' | 'MachineToMachine'

/** How one kind is written: `type` of an owned number, `number_type` of Pricing, subresource of AvailablePhoneNumbers, `NumberType` of Regulations. */
export const spellings: Record<Kind, { owned: string; pricing: string; subresource: string; regulation: string }> = {
  Local: { owned: 'local', pricing: 'local', subresource: 'local', regulation: 'local' },
  TollFree: { owned: 'tollfree', pricing: 'toll free', subresource: 'toll_free', regulation: 'toll-free' },
  Mobile: { owned: 'mobile', pricing: 'mobile', subresource: 'mobile', regulation: 'mobile' },
  National: { owned: 'national', pricing: 'national', subresource: 'national', regulation: 'national' },
  SharedCost: { owned: 'sharedcost', pricing: 'shared cost', subresource: 'shared_cost', regulation: 'shared-cost' },
  Voip: { owned: 'voip', pricing: 'voip', subresource: 'voip', regulation: 'voip' },
  MachineToMachine: {
    owned: 'machinetomachine',
    pricing: 'machine to machine',
    subresource: 'machine_to_machine',
    regulation: 'machine-to-machine',
  },
}
export const kinds = Object.keys(spellings) as Kind[]

export interface Capabilities {
  voice: boolean
  sms: boolean
  mms: boolean
  fax: boolean
}

export type AddressRequirement = 'none' | 'any' | 'local' | 'foreign'

/** A city or, for numbers without a place, the country: where numbers with these prefixes belong. */
export interface Place {
  prefixes: string[]
  locality: string | null
  region: string | null
  /** First postal code of the place; numbers get codes from here on. */
  postalCode: string | null
  latitude: number | null
  longitude: number | null
  rateCenter: string | null
  lata: string | null
}

/** What one country sells of one kind. Prices in USD, as Pricing writes them. */
export interface Offer {
  kind: Kind
  /** Digits after the prefix. */
  digits: number
  places: Place[]
  /** Per month. */
  price: string
  /** Per minute of incoming calls. */
  inbound: string
  capabilities: Capabilities
  address: AddressRequirement
  /** Whether a regulation asks for a bundle, or for an identity document. */
  papers: 'none' | 'bundle' | 'identity'
}

export interface Country {
  iso: string
  name: string
  callingCode: string
  beta: boolean
  offers: Offer[]
  /** Per minute of calls to it: the longest prefix counts. */
  outbound: { prefixes: string[]; price: string; name: string }[]
  /** Whether it is North American: area codes, rate centers and searches near a place. */
  hasAreaCodes: boolean
}

/** A number for sale. */
export interface AvailableNumber extends Omit<Place, 'prefixes'> {
  phoneNumber: string
  friendlyName: string
  country: Country
  offer: Offer
}
