// How Twilio's undocumented or varying behaviour is played (RULES R34-R35). One object, changed by profile and by the control API.

export type ProfileName = 'kind' | 'typical' | 'hostile'

export interface Switches {
  /** Milliseconds that async callbacks are late, uniformly from…to; different legs may overtake each other. */
  callbackDelayMs: [number, number]
  /** Milliseconds until a recording is completed and its callback is sent. */
  recordingDelayMs: [number, number]
  /** Milliseconds from a recording's completion until it is transcribed. */
  transcriptionDelayMs: [number, number]
  /** Milliseconds until a leg's price is known over REST. */
  priceDelayMs: [number, number]
  /** Milliseconds by which REST lists of calls and recordings lag behind; numbers have their own. */
  listLagMs: [number, number]
  numberListLagMs: [number, number]
  /** Calls per second that REST may start; more are queued. */
  callsPerSecond: number
  /** When `I-Twilio-Idempotency-Token` is sent. */
  idempotencyToken: 'always' | 'retries' | 'never'
  /** connect() parameters whose names Twilio uses itself. */
  customParams: 'override' | 'ignore' | 'duplicate'
  /** One identity registered twice: does one Device's decline end all? */
  registeredTwice: 'reject-cancels-all' | 'others-ring'
  /** A Device that vanished without goodbye still counts as registered for so long. */
  ghostRegistrationMs: number
  /** Dialling an identity nobody is registered under: `failed` at once, or `no-answer` after the timeout. */
  unregisteredClient: 'at-once' | 'after-timeout'
  /** How losers of a simultaneous ring end. */
  losers: 'canceled' | 'no-answer'
  /** Order of the two requests after a redirect of a dialling call. */
  redirectOrder: 'action-first' | 'url-first'
  /** Recording media: first answer, redirect to a host that refuses Authorization, ranges. */
  mediaFirst404: number
  mediaRedirect: boolean
  mediaRange: boolean
  /** The most rows a search for numbers answers, whatever PageSize says; 0: no limit. */
  searchCeiling: number
  /** How a restricted key is refused what it may not do: 401 or 403. */
  restrictedKeyStatus: number
  /** Until an emergency address is registered or unregistered, in ms. */
  emergencyAddressMs: number
  /** How long a submitted bundle is pending, and then in review, in ms. */
  bundlePendingMs: number
  bundleReviewMs: number
  /** What a 429 says in Retry-After, in seconds; 0: nothing. */
  retryAfterSeconds: number
  /** Share of REST requests that begin a burst of 429 (this one and the next three). */
  tooManyRequests: number
  /** Whether the concurrent-call limit (10004) may strike: legs at once, 0 = no limit. */
  concurrencyLimit: number
  /** The 5 s buffer Twilio adds to a Dial's timeout, in ms: tests shorten it. */
  dialBufferMs: number
  /** How long a client call without its socket is kept, in ms. */
  reconnectGraceMs: number
  /** Legs without RTP for so long are ended, in ms. */
  deadPeerMs: number
  /** Added to every media packet, in ms; share lost; and how late the first packet of a leg is, in ms. */
  mediaDelayMs: number
  mediaLoss: number
  mediaLateMs: number
}

const kind: Switches = {
  callbackDelayMs: [0, 0],
  recordingDelayMs: [50, 100],
  transcriptionDelayMs: [50, 100],
  priceDelayMs: [500, 1000],
  listLagMs: [0, 0],
  numberListLagMs: [0, 0],
  callsPerSecond: 100,
  idempotencyToken: 'always',
  customParams: 'override',
  registeredTwice: 'others-ring',
  ghostRegistrationMs: 0,
  unregisteredClient: 'at-once',
  losers: 'canceled',
  redirectOrder: 'action-first',
  mediaFirst404: 0,
  mediaRedirect: false,
  mediaRange: true,
  searchCeiling: 0,
  restrictedKeyStatus: 403,
  emergencyAddressMs: 0,
  bundlePendingMs: 200,
  bundleReviewMs: 400,
  retryAfterSeconds: 0,
  tooManyRequests: 0,
  concurrencyLimit: 0,
  dialBufferMs: 5000,
  reconnectGraceMs: 10_000,
  deadPeerMs: 10_000,
  mediaDelayMs: 0,
  mediaLoss: 0,
  mediaLateMs: 0,
}

const typical: Switches = {
  ...kind,
  callbackDelayMs: [50, 900],
  recordingDelayMs: [2000, 20_000],
  transcriptionDelayMs: [60_000, 180_000],
  priceDelayMs: [5000, 60_000],
  listLagMs: [500, 3000],
  numberListLagMs: [500, 5000],
  searchCeiling: 30,
  emergencyAddressMs: 3000,
  bundlePendingMs: 5000,
  bundleReviewMs: 15_000,
  callsPerSecond: 1,
}

/** Every [X] and [?] variant; those with several values are drawn from the seeded random at start. */
export function switchesOf(profile: ProfileName, random: () => number): Switches {
  if (profile === 'kind') return { ...kind }
  if (profile === 'typical') return { ...typical }
  const pick = <T>(...values: T[]): T => values[Math.floor(random() * values.length)] as T
  return {
    ...typical,
    idempotencyToken: pick('never', 'retries'),
    customParams: pick('override', 'ignore', 'duplicate'),
    registeredTwice: pick('reject-cancels-all', 'others-ring'),
    ghostRegistrationMs: 60_000,
    unregisteredClient: pick('at-once', 'after-timeout'),
    losers: pick('canceled', 'no-answer'),
    redirectOrder: pick('action-first', 'url-first'),
    mediaFirst404: 2,
    mediaRedirect: true,
    mediaRange: false,
    restrictedKeyStatus: pick(401, 403),
    retryAfterSeconds: 1,
    tooManyRequests: 0.03,
    concurrencyLimit: 12,
  }
}
