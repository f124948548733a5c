import { setTimeout as wait } from 'node:timers/promises'
import { FailureError } from '../../contract/failure.ts'
import type { RemoteNumber } from '../../contract/number.ts'
import type { TwilioAccount } from '../twilio/port.ts'

/** Unregistering takes Twilio some seconds; who waits longer than this many looks tries again later. */
const LOOKS = 15

const attached = (remote: RemoteNumber) =>
  new FailureError('emergency-address-attached', `the emergency address is ${remote.emergencyAddressStatus || 'still there'}`, {
    phoneNumber: remote.phoneNumber,
    status: remote.emergencyAddressStatus,
  })

const isDetached = ({ settings, emergencyAddressStatus: status }: RemoteNumber) =>
  settings.emergencyAddressSid === '' && (status === '' || status === 'unregistered')

/**
 * Takes a number's emergency address back and waits until Twilio has done so: before that it refuses to release the number (facts/twilio.md
 * §A.15). A number that is gone has none. @throws FailureError `emergency-address-attached` when it failed or is not over yet; again later
 */
export async function detachEmergencyAddress(
  account: Pick<TwilioAccount, 'number' | 'update'>,
  sid: string,
  lookMs: number,
): Promise<void> {
  let remote = await account.number(sid)
  if (!remote || isDetached(remote)) return
  if (!remote.emergencyAddressStatus.startsWith('pending-unregistration'))
    remote = await account.update(sid, { emergencyStatus: 'Inactive', emergencyAddressSid: '' })
  for (let look = 0; look < LOOKS && !isDetached(remote); look++) {
    if (remote.emergencyAddressStatus === 'unregistration-failure') throw attached(remote)
    await wait(lookMs)
    const now = await account.number(sid)
    if (!now) return
    remote = now
  }
  if (!isDetached(remote)) throw attached(remote)
}
