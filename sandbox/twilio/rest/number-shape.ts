import type { OwnedNumber } from '../account/state.ts'
import { rfc2822, type RestContext } from './http.ts'
import { webhookShape } from './webhook-parameters.ts'

export type EmergencyAddressStatus = 'registered' | 'unregistered' | 'pending-registration' | 'pending-unregistration'

/** How a number's emergency address stands now: registering and unregistering take a while. */
export function emergencyOf(number: OwnedNumber, now: number): { sid: string | null; status: EmergencyAddressStatus } {
  const { emergencyAddressSid: sid, emergencyPending: pending } = number
  if (pending && now < pending.until) return { sid, status: `pending-${pending.change}` }
  if (sid === null || pending?.change === 'unregistration') return { sid: null, status: 'unregistered' }
  return { sid, status: 'registered' }
}

/** A number as every list shows it. */
function common(number: OwnedNumber, { account, clock }: RestContext): object {
  return {
    account_sid: account.accountSid,
    address_requirements: number.addressRequirements,
    api_version: '2010-04-01',
    capabilities: number.capabilities,
    date_created: rfc2822(number.createdAt),
    date_updated: rfc2822(number.updatedAt),
    emergency_address_sid: emergencyOf(number, clock.now()).sid,
    emergency_status: number.emergencyStatus,
    friendly_name: number.friendlyName,
    phone_number: number.phoneNumber,
    sid: number.sid,
    sms_application_sid: number.smsApplicationSid,
    trunk_sid: number.trunkSid,
    uri: `/2010-04-01/Accounts/${account.accountSid}/IncomingPhoneNumbers/${number.sid}.json`,
    voice_application_sid: number.voiceApplicationSid,
    voice_caller_id_lookup: number.voiceCallerIdLookup,
    ...webhookShape(number),
  }
}

/** A number as /IncomingPhoneNumbers shows it; `type` only on the main resource, not on the typed lists. */
export const shapeIn =
  (context: RestContext, isTyped = false) =>
  (number: OwnedNumber): object => ({
    ...common(number, context),
    address_sid: number.addressSid,
    beta: number.beta,
    bundle_sid: number.bundleSid,
    emergency_address_status: emergencyOf(number, context.clock.now()).status,
    identity_sid: number.identitySid,
    origin: 'twilio',
    status: 'in-use',
    voice_receive_mode: number.voiceReceiveMode,
    ...(isTyped ? {} : { type: number.type }),
  })

/** A number as an address' DependentPhoneNumbers shows it. */
export const dependentShapeIn =
  (context: RestContext) =>
  (number: OwnedNumber): object =>
    common(number, context)
