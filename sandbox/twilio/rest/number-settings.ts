import type { Address, OwnedNumber } from '../account/state.ts'
import { booleanParameter, friendlyNameParameter } from './body.ts'
import { RestError, type RestContext } from './http.ts'
import { emergencyOf } from './number-shape.ts'
import { webhookNames, webhooksAfter } from './webhook-parameters.ts'

/** Parameters with which a number is bought as well as changed. */
export const settingNames = [
  ...webhookNames,
  'AddressSid',
  'ApiVersion',
  'BundleSid',
  'EmergencyAddressSid',
  'EmergencyStatus',
  'FriendlyName',
  'IdentitySid',
  'SmsApplicationSid',
  'TrunkSid',
  'VoiceApplicationSid',
  'VoiceCallerIdLookup',
  'VoiceReceiveMode',
]

/** An app that takes over a number's calls or messages. @throws RestError 21420 */
function applicationSid({ account, body }: RestContext, name: string): string | undefined {
  const sid = body.get(name)
  if (sid && !account.applicationConfig(sid)) throw new RestError(21420, `${name} ${sid} is not accessible`)
  return sid ?? undefined
}

/** An address of the account: undefined when none is named, null when it is to be unset. @throws RestError 22109 */
function addressParameter({ account, body }: RestContext, name: string): Address | null | undefined {
  const sid = body.get(name)
  if (!sid) return sid === '' ? null : undefined
  const address = account.state.addresses.find((one) => one.sid === sid)
  if (!address) throw new RestError(22109, `${name} ${sid} is not an address of this account`)
  return address
}

/** One of two spellings, or undefined. @throws RestError 20001 */
function oneOf<T extends string>(body: URLSearchParams, name: string, ...values: T[]): T | undefined {
  const text = body.get(name)
  if (text === null || text === '') return undefined
  const found = values.find((value) => value === text)
  if (!found) throw new RestError(20001, `${name} must be ${values.join(' or ')}, not ${text}`)
  return found
}

/** A trunk beside an app beside the number's own URLs: setting one of the first two unsets the other, and both silence the third. */
function takeover(context: RestContext, number: OwnedNumber): Pick<OwnedNumber, 'voiceApplicationSid' | 'trunkSid'> {
  const application = applicationSid(context, 'VoiceApplicationSid')
  const trunk = context.body.get('TrunkSid') ?? undefined
  if (trunk && !/^TK[0-9a-f]{32}$/.test(trunk)) throw new RestError(20001, `TrunkSid ${trunk} is not the SID of a trunk`)
  if (trunk) context.warn('the sandbox has no trunks: TrunkSid is kept, and calls are answered as before')
  const after = {
    voiceApplicationSid: application ?? (trunk ? '' : number.voiceApplicationSid),
    trunkSid: trunk === undefined ? (application ? null : number.trunkSid) : trunk || null,
  }
  if (after.voiceApplicationSid && (number.voiceUrl || context.body.get('VoiceUrl')))
    context.warn('VoiceApplicationSid makes the number ignore its own voice URLs')
  return after
}

type Emergency = Pick<OwnedNumber, 'emergencyStatus' | 'emergencyAddressSid' | 'emergencyPending'>

/**
 * Emergency calling: registering an address and taking it back take `emergencyAddressMs`.
 * @throws RestError 22109 (no such address, or not one for emergencies), 22222 (Active without an address)
 */
function emergencyAfter(context: RestContext, number: OwnedNumber): Emergency {
  const { body, clock, switches } = context
  const now = emergencyOf(number, clock.now())
  const until = clock.now() + switches.emergencyAddressMs
  const address = addressParameter(context, 'EmergencyAddressSid')
  if (address && !address.isEmergencyEnabled)
    throw new RestError(22109, `EmergencyAddressSid ${address.sid} is not enabled for emergency calls`)
  let after: Emergency = { ...number, emergencyStatus: oneOf(body, 'EmergencyStatus', 'Active', 'Inactive') ?? number.emergencyStatus }
  if (address && address.sid !== now.sid)
    after = { ...after, emergencyAddressSid: address.sid, emergencyPending: { change: 'registration', until } }
  if (address === null && now.sid !== null)
    after = { ...after, emergencyStatus: 'Inactive', emergencyPending: { change: 'unregistration', until } }
  const hasAddress = address ?? (address === undefined && now.sid !== null)
  if (body.get('EmergencyStatus') === 'Active' && !hasAddress)
    throw new RestError(22222, 'Emergency Status cannot be updated: the number has no emergency address')
  const { emergencyStatus, emergencyAddressSid, emergencyPending } = after
  return { emergencyStatus, emergencyAddressSid, emergencyPending }
}

/**
 * A number's settings as they are after this request; absent parameters change nothing.
 * @throws RestError when one of them is refused: then nothing is to be changed
 */
export function settingsAfter(context: RestContext, number: OwnedNumber): Partial<OwnedNumber> {
  const { body, account, clock } = context
  const address = addressParameter(context, 'AddressSid')
  const bundleSid = body.get('BundleSid')
  if (bundleSid && !account.state.bundles.some(({ sid }) => sid === bundleSid))
    throw new RestError(21649, `BundleSid ${bundleSid} is not a bundle of this account`)
  return {
    ...webhooksAfter(number, body),
    ...takeover(context, number),
    ...emergencyAfter(context, number),
    smsApplicationSid: applicationSid(context, 'SmsApplicationSid') ?? number.smsApplicationSid,
    friendlyName: friendlyNameParameter(body) ?? number.friendlyName,
    voiceCallerIdLookup: booleanParameter(body, 'VoiceCallerIdLookup') ?? number.voiceCallerIdLookup,
    voiceReceiveMode: oneOf(body, 'VoiceReceiveMode', 'voice', 'fax') ?? number.voiceReceiveMode,
    addressSid: address === undefined ? number.addressSid : (address?.sid ?? null),
    bundleSid: bundleSid === null ? number.bundleSid : bundleSid || null,
    identitySid: body.get('IdentitySid') === null ? number.identitySid : body.get('IdentitySid') || null,
    updatedAt: clock.now(),
  }
}
