import type { VoiceConfig } from '../engine-port.ts'
import type { AddressRequirement, Capabilities } from '../world/types.ts'

type Method = 'GET' | 'POST'

/** What every resource of the account has. Instants are ms since 1970 by the sandbox's clock. */
interface Resource {
  sid: string
  friendlyName: string
  createdAt: number
  updatedAt: number
}

/** Webhooks for messages: kept because REST shows them; the sandbox sends no messages. */
export interface MessageConfig {
  smsUrl: string
  smsMethod: Method
  smsFallbackUrl: string
  smsFallbackMethod: Method
}

/** A number the account owns. Unset URLs are ''. */
export interface OwnedNumber extends Resource, VoiceConfig, MessageConfig {
  phoneNumber: string
  smsApplicationSid: string
  voiceCallerIdLookup: boolean
  /** `local`, `mobile`, `tollfree` and so on: `world/types.ts` has them all. */
  type: string
  isoCountry: string
  capabilities: Capabilities
  addressRequirements: AddressRequirement
  beta: boolean
  addressSid: string | null
  bundleSid: string | null
  identitySid: string | null
  emergencyStatus: 'Active' | 'Inactive'
  emergencyAddressSid: string | null
  /** What is being done about the emergency address, and until when. */
  emergencyPending: { change: 'registration' | 'unregistration'; until: number } | null
  trunkSid: string | null
  voiceReceiveMode: 'voice' | 'fax'
}

/** A postal address. `friendlyName` may be ''. */
export interface Address extends Resource {
  customerName: string
  street: string
  streetSecondary: string
  city: string
  region: string
  postalCode: string
  isoCountry: string
  isEmergencyEnabled: boolean
}

/** Who uses a number, or a document about them: attributes as Twilio's JSON has them. */
export interface ComplianceItem extends Resource {
  type: string
  attributes: Record<string, unknown>
}

/** Papers handed in together. Its status follows from `submittedAt` and the review's duration. */
export interface Bundle extends Resource {
  email: string
  statusCallback: string
  regulationSid: string
  submittedAt: number | null
  /** What the reviewers made of it later, whatever it holds; none: what its papers come to. */
  verdict?: 'twilio-approved' | 'twilio-rejected'
  /** Until when it is good; none: for ever. */
  validUntil?: number | null
  items: { sid: string; objectSid: string; createdAt: number }[]
  evaluations: { sid: string; createdAt: number; results: EvaluationResult[] }[]
}

/** How one requirement of a regulation fared, in Twilio's own fields. */
export interface EvaluationResult {
  friendly_name: string
  object_type: string
  passed: boolean
  failure_reason: string
  error_code: number | null
  valid: { friendly_name: string; object_field: string }[]
  invalid: { friendly_name: string; object_field: string; failure_reason: string; error_code: number }[]
  requirement_friendly_name: string
  requirement_name: string
}

/** A TwiML app. */
export interface Application extends Resource, VoiceConfig, MessageConfig {
  smsStatusCallback: string
  messageStatusCallback: string
  voiceCallerIdLookup: boolean
  publicApplicationConnectEnabled: boolean
}

/** An API key; `secret` signs access tokens and is shown over REST only when it is made. */
export interface ApiKey extends Resource {
  secret: string
  /** A restricted key may look and change nothing. */
  isReadOnly?: boolean
}

/** A number that is not ours, but verified: it may be used as caller ID. */
export interface CallerId extends Resource {
  phoneNumber: string
}

/** The account file: everything but calls, recordings and the ledger, which grow. */
export interface AccountState {
  version: 1
  accountSid: string
  authToken: string
  /** The key, its secret and the TwiML app that the ready line names. */
  firstKeySid: string
  firstApplicationSid: string
  vapiKey: string
  friendlyName: string
  createdAt: number
  updatedAt: number
  /** How often a sandbox opened this account: part of the random seed, so that new SIDs never repeat old ones. */
  starts: number
  keys: ApiKey[]
  applications: Application[]
  numbers: OwnedNumber[]
  callerIds: CallerId[]
  type: 'Full' | 'Trial'
  /** What was paid in, in units of 0.00001 USD. */
  credit: number
  /** The world of numbers for sale is made from it. */
  numberSeed: number
  addresses: Address[]
  endUsers: ComplianceItem[]
  supportingDocuments: ComplianceItem[]
  bundles: Bundle[]
  /** Numbers for sale that somebody else has bought. */
  taken: string[]
  /** Numbers given back: for some days only their last owner gets them again. */
  released: string[]
}
