import { FailureError } from '../../contract/failure.ts'

/** Why Twilio's word could not be had, for the person who asked for it: whatever the client throws, as a failure. */
export function failureOfTwilio(error: unknown): FailureError {
  if (error instanceof FailureError) return error
  const { status, code, message } = error as { status?: unknown; code?: unknown; message?: unknown }
  const text = typeof message === 'string' ? message : undefined
  if (typeof status !== 'number') return new FailureError('twilio-unreachable', text)
  const details = typeof code === 'number' ? { twilioCode: code } : {}
  if (status === 401) return new FailureError('account-wrong', text, details)
  return new FailureError(status === 429 ? 'twilio-busy' : 'twilio-failed', text, details)
}
