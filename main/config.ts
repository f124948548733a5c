import type { Credentials } from './account/twilio-record.ts'
import type { TwilioWaits } from './twilio/request-client.ts'

/** Every wait of the app, in ms, so that tests use a tenth of them. */
export interface Timings {
  /** First ceiling and cap of the jittered wait between two attempts to reach the relay. */
  retryFirst: number
  retryCap: number
  /** A request to the relay is given up after this. */
  request: number
  /** The socket must be open and have said `welcome` within this. */
  welcome: number
  /** A link without any frame for this long is dead (RULES R27). */
  deadLink: number
  /** The session's token is renewed when it lives shorter than this. */
  tokenMargin: number
  /** How long flushing the outbox may hold up a reconnection. */
  flush: number
  /** A page that is gone for this long takes its Device's claim with it. */
  pageGone: number
  /** Between two looks at an emergency address that Twilio takes back. */
  emergencyLook: number
  /** A DELETE that nobody heard an answer to has reached Twilio after so long, or never will. */
  releaseSettles: number
  /** A number's detail waits so long for what Twilio and the relay say of it; then it is shown as it is kept. */
  detail: number
  /** A page that opens asks the relay for counts of calls only when they are older than this. */
  usageFresh: number
  /** So long after calls have changed the relay is asked for its counts. */
  usageAfterCalls: number
  /** As `usageFresh`, for the settings the relay guards. */
  guardFresh: number
  /** A link that comes back this soon after Twilio's numbers were listed does not list them again. */
  syncGap: number
  /** So long after a purchase they are listed, once for all purchases meanwhile. */
  syncAfterPurchase: number
  /** So long an applied sync waits at most for the relay to list the new numbers, too. */
  syncRelay: number
  /** What the relay could not take of numbers that left is told again after so long. */
  tellAgain: number
  /** So long after the start app.db is looked at, and copied when the newest copy is older than `backupEvery`. */
  backupFirst: number
  backupEvery: number
  checkEvery: number
  /** A recording's download during which nothing comes for so long is given up. Longer than the relay waits for Twilio. */
  mediaIdle: number
  /** So long after calls or recordings changed the recordings kept here are looked at, once for all changes meanwhile. */
  mediaCare: number
  /** So long after Twilio had no audio of a new voicemail yet it is asked again. */
  mediaAgain: number
  /** After a purchase whose answer was lost, when to look for the number (RULES R29). */
  looks: readonly number[]
}

export const defaultTimings: Timings = {
  retryFirst: 250,
  retryCap: 10_000,
  request: 10_000,
  welcome: 10_000,
  deadLink: 15_000,
  tokenMargin: 60_000,
  flush: 5_000,
  pageGone: 3_000,
  emergencyLook: 2_000,
  releaseSettles: 30_000,
  detail: 3_000,
  usageFresh: 60_000,
  usageAfterCalls: 5_000,
  guardFresh: 600_000,
  syncGap: 60_000,
  syncAfterPurchase: 1_000,
  syncRelay: 3_000,
  tellAgain: 60_000,
  backupFirst: 30_000,
  backupEvery: 86_400_000,
  checkEvery: 86_400_000,
  mediaIdle: 30_000,
  mediaCare: 500,
  mediaAgain: 10_000,
  looks: [0, 5_000, 30_000, 120_000],
}

/** How much of the recordings is kept on this computer. */
export interface MediaLimits {
  maxBytes: number
  /** Since it was last played. */
  maxDays: number
  /** New voicemails that are fetched before somebody asks for them; 0: none. */
  voicemailsAhead: number
}

export const defaultMediaLimits: MediaLimits = { maxBytes: 2 * 1024 ** 3, maxDays: 90, voicemailsAhead: 20 }

export interface AppConfig {
  /** Folder of app.db and outbox.db; it exists. */
  profile: string
  version: string
  /** How this computer is called in the relay's list of devices. */
  deviceName: string
  /** BCP 47, of the machine: gives the country that national numbers are read in. */
  locale: string
  /** The relay of a sandbox started beside this app, and an invite to it: for *Try the sandbox*. */
  sandbox?: { relayUrl: string; invite: string }
  /** Origin of a sandbox that stands in for Twilio's REST (see `twilioApiBase`); Twilio itself without. */
  twilioApiBase?: string
  /** How patiently Twilio is asked: tests. */
  twilioWaits?: Partial<TwilioWaits>
  /** The account of the sandbox that was started beside this app: a manager of its workspace gets it without typing. */
  demoAccount?: Credentials
  timings?: Partial<Timings>
  media?: Partial<MediaLimits>
  /** Values that cross the bridge are checked against their schemas too: tests. */
  checkValues?: boolean
}
