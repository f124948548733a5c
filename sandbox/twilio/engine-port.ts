import type { Leg } from './ports.ts'

/** Twilio's spelling; webhooks also say `initiated`. */
export type CallStatus = 'queued' | 'ringing' | 'in-progress' | 'completed' | 'busy' | 'failed' | 'no-answer' | 'canceled'

/** A call (one leg) as the account has it: what REST shows is made from this. Instants are ms since 1970 by the sandbox clock. */
export interface SandboxCall {
  sid: string
  parentCallSid: string | null
  accountSid: string
  to: string
  from: string
  phoneNumberSid: string | null
  direction: 'inbound' | 'outbound-api' | 'outbound-dial'
  status: CallStatus
  forwardedFrom: string | null
  createdAt: number
  updatedAt: number
  /** When it was dialled or answered by Twilio's clock (second resolution in REST). */
  startedAt: number | null
  answeredAt: number | null
  endedAt: number | null
  /** ms after which REST may show the price; the price itself, a negative decimal string. */
  priceAt: number | null
  price: string | null
  queueTimeMs: number
}

export interface SandboxRecording {
  sid: string
  accountSid: string
  callSid: string
  status: 'in-progress' | 'paused' | 'stopped' | 'processing' | 'completed' | 'absent' | 'deleted'
  source: 'DialVerb' | 'RecordVerb' | 'OutboundAPI' | 'StartCallRecordingAPI'
  channels: 1 | 2
  track: 'inbound' | 'outbound' | 'both'
  startedAt: number
  createdAt: number
  updatedAt: number
  durationSeconds: number | null
  errorCode: number | null
  priceAt: number | null
  price: string | null
  /** Path of the WAV (16-bit PCM, 8 kHz), once there is one. */
  file: string | null
}

/** What Twilio made of a recording's words. */
export interface SandboxTranscription {
  sid: string
  accountSid: string
  recordingSid: string
  status: 'in-progress' | 'completed' | 'failed'
  /** '' until it is completed. */
  text: string
  durationSeconds: number
  createdAt: number
  updatedAt: number
  priceAt: number | null
  price: string | null
}

/** A number or TwiML app's webhooks. */
export interface VoiceConfig {
  voiceUrl: string
  voiceMethod: 'GET' | 'POST'
  voiceFallbackUrl: string
  voiceFallbackMethod: 'GET' | 'POST'
  statusCallback: string
  statusCallbackMethod: 'GET' | 'POST'
  voiceApplicationSid: string
}

/** POST /Calls.json, already validated and authorised. */
export interface CallOrder {
  to: string
  from: string
  url?: string
  twiml?: string
  method: 'GET' | 'POST'
  applicationSid?: string
  fallbackUrl?: string
  fallbackMethod: 'GET' | 'POST'
  statusCallback?: string
  statusCallbackMethod: 'GET' | 'POST'
  statusCallbackEvents: string[]
  timeoutSeconds: number
  timeLimitSeconds: number
  sendDigits?: string
  record: boolean
  recordingChannels: 1 | 2
  recordingStatusCallback?: string
  callerId?: string
}

export interface LiveLeg {
  call: SandboxCall
  leg: Leg
}

/** What REST and the control API ask of the running calls. */
export interface Engine {
  /** Starts (or queues, by CPS) a REST call; the record exists at once with status queued. */
  create(order: CallOrder): SandboxCall
  /** Ends a live call: completed or canceled as documented. False when it is not live. */
  hangUp(sid: string, status: 'completed' | 'canceled'): boolean
  /** Redirects a live call to a new document. False when it is not in progress. */
  redirect(sid: string, to: { url?: string; method?: 'GET' | 'POST'; twiml?: string; fallbackUrl?: string }): boolean
  /** Somebody outside calls one of the account's numbers. `script`: see exchange. */
  incoming(call: { from: string; to: string; script: string }): SandboxCall
  /** The live leg, for control (digits, say, what it heard). */
  live(sid: string): LiveLeg | undefined
  /** Live calls now. */
  active(): SandboxCall[]
}

/** The account's memory, kept in the profile: REST reads it, the engine writes calls and recordings. */
export interface Account {
  readonly accountSid: string
  authToken(): string
  /** Whether a Dial may use it as caller ID: owned or verified. */
  ownsNumber(e164: string): boolean
  numberConfig(e164: string): (VoiceConfig & { sid: string }) | undefined
  applicationConfig(sid: string): VoiceConfig | undefined
  /** Secret of an API key, for access tokens. */
  keySecret(keySid: string): string | undefined
  calls: { put(call: SandboxCall): void; get(sid: string): SandboxCall | undefined; all(): Iterable<SandboxCall> }
  recordings: { put(recording: SandboxRecording): void; get(sid: string): SandboxRecording | undefined; all(): Iterable<SandboxRecording> }
  transcriptions: {
    put(one: SandboxTranscription): void
    get(sid: string): SandboxTranscription | undefined
    all(): Iterable<SandboxTranscription>
  }
  /** Folder for WAV files. */
  mediaFolder: string
  /** One line of what was charged or warned; `GET /control/ledger` and tests read it. */
  ledger(entry: {
    kind: 'charge' | 'warning' | 'error' | 'request'
    what: string
    callSid?: string
    code?: number
    amount?: string
    details?: unknown
  }): void
}
