import { failure, FailureError, toFailure, type Failure } from '../../../contract/failure.ts'

const away = new Set([
  'relay-unreachable',
  'rate-limited',
  'not-signed-in',
  'unauthorized',
  'session-expired',
  'session-revoked',
  'internal',
])
const twilioAway = new Set(['twilio-unreachable', 'twilio-busy', 'twilio-failed'])
const account = new Set(['account-missing', 'account-wrong', 'account-forbidden', 'account-suspended', 'account-key-invalid'])
/** Ways of a connection never to have come about: nothing was sent. */
const unsent = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'])

/** Whether asking the relay again may help: it was not reached, or does not know us at the moment. */
export const isAway = (error: unknown): boolean => !(error instanceof FailureError) || away.has(error.code)
/** Whether asking Twilio again may help. 4xx that we have no name for are refusals. */
export const isTwilioAway = (error: unknown): boolean => {
  if (!(error instanceof FailureError)) return true
  const status = error.details?.['status']
  const isRefusal = error.code === 'twilio-failed' && typeof status === 'number' && status >= 400 && status < 500
  return twilioAway.has(error.code) && !isRefusal
}
/** Whether the credentials are at fault, which a person can put right. */
export const isAccountAtFault = (error: unknown): boolean => error instanceof FailureError && account.has(error.code)

/**
 * Whether a POST that failed so was certainly not carried out: Twilio refused it (4xx), 429 to the end, or no connection came about. After a
 * timeout, a broken connection or a 5xx nobody knows.
 */
export function isCertain(error: unknown): boolean {
  if (!(error instanceof FailureError)) return false
  if (error.code === 'twilio-unreachable') return unsent.has(String(error.details?.['reason']))
  return error.code === 'twilio-busy' || !isTwilioAway(error)
}

/** What of an error is kept with a purchase; our own mistakes are `internal`. */
export const failureOf = (error: unknown): Failure =>
  error instanceof FailureError ? toFailure(error) : failure('internal', String(error))
