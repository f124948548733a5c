import { Type, type Static } from 'typebox'

const retries = ['now', 'later', 'never'] as const
type Retry = (typeof retries)[number]

/** Every code that may cross a process, with when trying again makes sense. `words` has a sentence and a remedy for each. */
export const failureCodes = {
  'bad-request': 'never',
  'unknown-request': 'never',
  unauthorized: 'never',
  forbidden: 'never',
  'not-found': 'never',
  'too-large': 'never',
  'rate-limited': 'later',
  conflict: 'now',
  internal: 'later',
  /** The page lives, main's loopback host does not answer. */
  'app-gone': 'later',
  'not-signed-in': 'never',
  'relay-unreachable': 'later',
  'relay-refused': 'never',
  'relay-url-invalid': 'never',
  'sandbox-not-running': 'never',
  'sandbox-invite-used': 'never',
  'invite-unknown': 'never',
  'invite-used': 'never',
  'invite-expired': 'never',
  'session-revoked': 'never',
  'session-expired': 'now',
  'number-not-assigned': 'never',
  'number-invalid': 'never',
  'emergency-number': 'never',
  'no-number': 'never',
  'microphone-denied': 'never',
  'microphone-missing': 'never',
  'microphone-busy': 'later',
  'not-registered': 'later',
  'call-in-progress': 'later',
  'call-failed': 'now',
  'line-in-use': 'never',
  'store-failed': 'later',
  /** The copy itself cannot be read; nothing was changed. */
  'backup-broken': 'never',
  'secrets-unavailable': 'never',
  'schema-too-new': 'never',
  /** No Twilio account is set up on this computer. */
  'account-missing': 'never',
  'account-sid-invalid': 'never',
  'account-key-invalid': 'never',
  /** Twilio refused the credentials (20003, 401). */
  'account-wrong': 'never',
  /** The API key may not do this (20003, 403). */
  'account-forbidden': 'never',
  'account-suspended': 'never',
  /** Another account than the relay's: its numbers would never ring here. `details.lastFour`: of the relay's. */
  'account-not-the-relays': 'never',
  'twilio-unreachable': 'later',
  'twilio-busy': 'later',
  'twilio-failed': 'later',
  'number-taken': 'never',
  'number-not-for-sale': 'never',
  'area-code-empty': 'never',
  'area-code-invalid': 'never',
  'pattern-invalid': 'never',
  'trial-limit': 'never',
  'address-required': 'never',
  'bundle-required': 'never',
  'identity-required': 'never',
  'funds-missing': 'never',
  'price-changed': 'never',
  /** Another manager is buying it: `details.byName`. */
  'number-leased': 'later',
  'number-already-ours': 'never',
  /** The answer was lost and the number is not ours after all looks: nothing was bought. */
  'purchase-not-made': 'now',
  'plan-outdated': 'now',
  /** Too long, on more than one line, or reserved: `details.reason` of `contract/number-name`. */
  'name-invalid': 'never',
  'number-not-held': 'never',
  'hold-not-over': 'never',
  /** Not kept on this computer, and the relay does not answer. */
  'recording-offline': 'later',
  /** Twilio has no audio of it yet. */
  'recording-not-ready': 'later',
  /** There is no audio: `details.twilioCode` says why, where Twilio did. */
  'recording-absent': 'never',
  /** What came is not what Twilio said would come. */
  'recording-damaged': 'later',
  /** A legal hold keeps it: it is not to be deleted. */
  'recording-held': 'never',
  /** This computer's disk has no room left. */
  'disk-full': 'later',
  'last-four-wrong': 'never',
  'emergency-address-attached': 'never',
  /** What callers shall hear cannot be used: `details.reason` of `contract/greeting`. */
  'greeting-invalid': 'never',
} as const satisfies Record<string, Retry>
export type FailureCode = keyof typeof failureCodes

/** What crosses a process when something went wrong. `message` is for logs; a person's sentence is chosen by `code`. */
export const Failure = Type.Object({
  code: Type.String(),
  retry: Type.Enum(retries),
  message: Type.Optional(Type.String()),
  /** Facts for the sentence and for support; Twilio's own code is `twilioCode`. */
  details: Type.Optional(Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()]))),
})
export type Failure = Static<typeof Failure>
export type FailureDetails = NonNullable<Failure['details']>

/** What is thrown inside a process; `toFailure` turns it into what crosses. */
export class FailureError extends Error {
  override readonly name = 'FailureError'
  readonly code: FailureCode
  readonly details: FailureDetails | undefined
  constructor(code: FailureCode, message?: string, details?: FailureDetails) {
    super(message ?? code)
    this.code = code
    this.details = details
  }
}

/** The failure of a code, with its catalogued `retry`. */
export function failure(code: FailureCode, message?: string, details?: FailureDetails): Failure {
  return { code, retry: failureCodes[code], ...(message ? { message } : {}), ...(details ? { details } : {}) }
}

/** Anything thrown, as a failure; what is not ours becomes `internal` and keeps its text for the log alone. */
export function toFailure(error: unknown): Failure {
  if (error instanceof FailureError) return failure(error.code, error.message, error.details)
  return failure('internal', error instanceof Error ? error.message : String(error))
}

export type Outcome<T> = { ok: true; value: T } | { ok: false; failure: Failure }
