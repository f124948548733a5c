import type { Config } from '../config.ts'

/** What calls need of the relay's configuration. */
export interface VoiceConfig {
  accountSid: string
  /** Tokens that may sign webhooks: the current one, and the other during rotation. The first is for REST. */
  authTokens: readonly string[]
  apiKeySid: string
  apiKeySecret: string
  twimlAppSid: string
  /** Public base URL, without a slash at its end. */
  serverUrl: string
  /** Of Twilio's REST API. */
  apiBase: string
  /** The relay's own secret: proves that a voice request came with a token of ours. */
  secret: string
  /** Life of a voice access token, at most 3600. */
  voiceTokenSeconds: number
  /** Dial timeouts. Twilio adds 5 s to each. */
  incomingRingSeconds: number
  outgoingRingSeconds: number
  voicemailMaxSeconds: number
  /** Messages are made words of, where Twilio's limits allow. */
  isTranscribed: boolean
  /** Every answered call is recorded, not only those a desktop asks for. */
  isAllRecorded: boolean
  /** How long a voice answer, or a callback's, may wait for the commit (RULES R14). */
  answerBudgetMs: number
  webhooksPerMinute: number
}

/** Twilio waits so much longer than a Dial's timeout says. */
export const DIAL_BUFFER_SECONDS = 5

export function voiceConfigOf({ twilio, calls, limits, serverUrl, secret }: Config): VoiceConfig {
  return {
    accountSid: twilio.accountSid,
    authTokens: [twilio.authToken, ...(twilio.authTokenSecondary === undefined ? [] : [twilio.authTokenSecondary])],
    apiKeySid: twilio.apiKey,
    apiKeySecret: twilio.apiSecret,
    twimlAppSid: twilio.twimlAppSid,
    serverUrl,
    apiBase: twilio.apiBase ?? 'https://api.twilio.com',
    secret,
    voiceTokenSeconds: calls.voiceTokenSeconds,
    incomingRingSeconds: calls.ringSeconds,
    outgoingRingSeconds: calls.outgoingRingSeconds,
    voicemailMaxSeconds: 120,
    isTranscribed: calls.transcribe,
    isAllRecorded: calls.recordAll,
    answerBudgetMs: 1500,
    webhooksPerMinute: limits.webhooksPerMinute,
  }
}
