import { parsePhoneNumberFromString } from 'libphonenumber-js'
import type { SandboxCall } from '../engine-port.ts'
import type { Pairs } from '../webhooks/sign.ts'

/** More than the standard set that some flows carry. */
export interface FlowFields {
  /** The TwiML app a Device called. */
  applicationSid?: string
  /** A call from the telephone network: it has a token and a verdict on its caller ID. */
  isFromNetwork?: boolean
}

/** The standard parameters of every voice webhook about a call. https://www.twilio.com/docs/voice/twiml#request-parameters */
export function standardFields(call: SandboxCall, flow: FlowFields, status: string = call.status): [string, string][] {
  const isPlaced = flow.applicationSid !== undefined
  return [
    ['AccountSid', call.accountSid],
    ['ApiVersion', '2010-04-01'],
    ...(flow.applicationSid === undefined ? [] : ([['ApplicationSid', flow.applicationSid]] as [string, string][])),
    ['CallSid', call.sid],
    ['CallStatus', status],
    ['Called', call.to],
    ['Caller', call.from],
    ['Direction', call.direction],
    ['From', call.from],
    ['To', call.to],
    ...(isPlaced ? [] : [...geography(call.from, 'From', 'Caller'), ...geography(call.to, 'To', 'Called')]),
    ...(call.parentCallSid ? ([['ParentCallSid', call.parentCallSid]] as [string, string][]) : []),
    ...(call.forwardedFrom ? ([['ForwardedFrom', call.forwardedFrom]] as [string, string][]) : []),
    ...(flow.isFromNetwork ? networkFields(call) : []),
  ]
}

const networkFields = (call: SandboxCall): [string, string][] => [
  ['CallToken', Buffer.from(JSON.stringify({ parentCallInfoToken: call.sid })).toString('base64url')],
  ['StirVerstat', call.from.startsWith('+') ? 'TN-Validation-Passed-A' : 'No-TN-Validation'],
]

/** Always a whole set, empty where unknown; only for telephone numbers. */
function geography(party: string, ...prefixes: string[]): [string, string][] {
  if (!/^\+\d+$/.test(party)) return []
  const country = parsePhoneNumberFromString(party)?.country ?? (party.startsWith('+1') ? 'US' : '')
  return prefixes.flatMap((prefix): [string, string][] => [
    [`${prefix}City`, ''],
    [`${prefix}Country`, country],
    [`${prefix}State`, ''],
    [`${prefix}Zip`, ''],
  ])
}

/**
 * What a Device's `connect` parameters make of the standard fields. A name that Twilio leaves empty (To) is replaced, as captured; for names
 * Twilio fills itself nobody documents what happens, hence the switch.
 */
export function withCustomParams(standard: Pairs, params: Record<string, string>, mode: 'override' | 'ignore' | 'duplicate'): Pairs {
  const filled = new Map(standard)
  const extra = Object.entries(params)
  const collides = (name: string) => filled.has(name) && filled.get(name) !== ''
  const kept = standard.filter(([name]) => !Object.hasOwn(params, name) || (mode !== 'override' && collides(name)))
  return [...kept, ...extra.filter(([name]) => mode !== 'ignore' || !collides(name))]
}
