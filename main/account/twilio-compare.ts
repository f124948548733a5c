import { FailureError } from '../../contract/failure.ts'
import type { VoiceToken } from '../link/voice-token.ts'
import type { TwilioRecord } from './twilio-record.ts'
import { issuerOf } from './twilio-verify.ts'

/**
 * The account that the relay works with, by the voice token it makes. `renew`: not by one that was kept.
 * @throws FailureError `relay-unreachable`, `not-signed-in`, `relay-refused`: not known
 */
export async function relaysAccount(voiceToken: Pick<VoiceToken, 'get'>, renew: boolean): Promise<string> {
  const issuer = issuerOf((await voiceToken.get(renew)).token)
  if (issuer === undefined) throw new FailureError('relay-refused', 'the voice token does not say of which account it is')
  return issuer
}

/** Numbers bought in another account would never ring here, and all of ours would look gone. Undefined: it is the relay's. */
export const anotherThan = (relays: string, accountSid: string): FailureError | undefined =>
  relays === accountSid
    ? undefined
    : new FailureError('account-not-the-relays', 'the relay works with another account', { lastFour: relays.slice(-4) })

/** Nothing is asked of Twilio in the name of this workspace before this is true. */
export const isProven = (record: TwilioRecord | undefined): boolean =>
  record?.isCompared === true && record.failure?.code !== 'account-not-the-relays'

/** What is kept after a comparison; the same object when it is what was known. Pure. */
export function compared(record: TwilioRecord, refusal: FailureError | undefined, at: string): TwilioRecord {
  if (refusal) {
    const { code, message, details = {} } = refusal
    const isKnown = record.failure?.code === code && record.failure.details?.['lastFour'] === details['lastFour']
    return isKnown ? record : { ...record, isCompared: false, checkedAt: at, failure: { code, retry: 'never', message, details } }
  }
  if (isProven(record)) return record
  return { ...record, isCompared: true, failure: record.failure?.code === 'account-not-the-relays' ? null : record.failure }
}
