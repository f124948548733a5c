import { countryOf } from '../world/world.ts'
import type { AccountState, OwnedNumber } from './state.ts'

/** Paid in at the beginning: 20 USD, in units of 0.00001. */
export const startCredit = 2_000_000

/** What an account has besides the fields of the first sandboxes. */
export const accountDefaults = () => ({
  type: 'Full' as 'Full' | 'Trial',
  credit: startCredit,
  addresses: [],
  endUsers: [],
  supportingDocuments: [],
  bundles: [],
  taken: [],
  released: [],
})

/** What a number has besides the fields of the first sandboxes. */
export function numberDefaults(phoneNumber: string) {
  const isNorthAmerican = phoneNumber.startsWith('+1')
  return {
    isoCountry: countryOf(phoneNumber)?.iso ?? 'US',
    capabilities: { voice: true, sms: isNorthAmerican, mms: isNorthAmerican, fax: false },
    addressRequirements: 'none' as const,
    beta: false,
    identitySid: null,
    emergencyStatus: 'Inactive' as const,
    emergencyAddressSid: null,
    emergencyPending: null,
    voiceReceiveMode: 'voice' as const,
  }
}

/** An account written by an older sandbox, or a new one, with everything it must have. */
export function upgraded(state: Partial<AccountState> & Omit<AccountState, 'numberSeed'>, seed: number): AccountState {
  const numbers = state.numbers.map((number): OwnedNumber => ({ ...numberDefaults(number.phoneNumber), ...number }))
  return { ...accountDefaults(), numberSeed: seed, ...state, numbers }
}
