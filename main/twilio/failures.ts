import { FailureError, type FailureCode, type FailureDetails } from '../../contract/failure.ts'

/** Twilio's codes that mean something to a person (facts: Twilio's error dictionary; 21619 is not documented, the balance is what it speaks of). */
const byCode: Record<number, FailureCode> = {
  10001: 'account-suspended',
  20005: 'account-suspended',
  20008: 'account-forbidden',
  20403: 'account-forbidden',
  20404: 'not-found',
  20429: 'twilio-busy',
  21401: 'number-not-for-sale',
  21404: 'trial-limit',
  21421: 'number-not-for-sale',
  21422: 'number-taken',
  21451: 'area-code-invalid',
  21452: 'area-code-empty',
  21457: 'area-code-invalid',
  21613: 'address-required',
  21615: 'address-required',
  21619: 'funds-missing',
  21631: 'address-required',
  21649: 'bundle-required',
  21650: 'identity-required',
  21651: 'bundle-required',
}

/** For answers whose code says nothing: by HTTP status. */
const byStatus: Record<number, FailureCode> = {
  401: 'account-wrong',
  403: 'account-forbidden',
  404: 'not-found',
  429: 'twilio-busy',
}

const UNAUTHENTICATED = 20003

/**
 * The failure that an answer of Twilio's means. 20003 is a wrong key with 401, and a key without permission with 403. What no row names is `twilio-failed`,
 * of which `details.status` tells whether it was refused (4xx: nothing was carried out) or broke (5xx: unknown).
 */
export function refusalCode(status: number, twilioCode: number | undefined): FailureCode {
  if (twilioCode === UNAUTHENTICATED) return status === 403 ? 'account-forbidden' : 'account-wrong'
  return (status < 500 ? byCode[twilioCode ?? 0] : undefined) ?? byStatus[status] ?? 'twilio-failed'
}

const numberIn = (value: unknown): number | undefined => (typeof value === 'number' && Number.isFinite(value) ? value : undefined)

/** Whether the request was given up on our own wish. */
export const isAborted = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'AbortError' || (error as { code?: unknown }).code === 'ERR_CANCELED')

/**
 * Whatever npm `twilio` throws, as a failure with `details.twilioCode`, `details.status` (of an answer) or `details.reason` (without one: `ECONNREFUSED`,
 * `ECONNABORTED` = timeout, …). An answer that is no JSON of Twilio's is `twilio-failed`.
 */
export function failureOfTwilio(error: unknown): FailureError {
  if (error instanceof FailureError) return error
  const { status, code, message } = error as { status?: unknown; code?: unknown; message?: unknown }
  const text = typeof message === 'string' ? message : String(error)
  const answered = numberIn(status)
  if (answered !== undefined) {
    const twilioCode = numberIn(code) || undefined
    const details: FailureDetails = { status: answered, ...(twilioCode === undefined ? {} : { twilioCode }) }
    return new FailureError(refusalCode(answered, twilioCode), text, details)
  }
  if (typeof code === 'string') return new FailureError('twilio-unreachable', text, { reason: code })
  return new FailureError('twilio-failed', text)
}
