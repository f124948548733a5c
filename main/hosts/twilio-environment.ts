import type { AppConfig } from '../config.ts'
import { twilioApiBase } from '../twilio/api-base.ts'

/** What `npm start` and the tests say of Twilio. */
export interface TwilioEnvironment {
  /** A sandbox on this computer instead of Twilio. */
  TWILIO_API_BASE?: string
  /** Of the sandbox that was started beside the app, all three or none. */
  LINEKEEPER_TWILIO_ACCOUNT_SID?: string
  LINEKEEPER_TWILIO_API_KEY?: string
  LINEKEEPER_TWILIO_API_SECRET?: string
}

/** The part of the app's configuration that is about Twilio. @throws Error with a sentence when the sandbox named is not on this computer */
export function twilioConfig(environment: TwilioEnvironment): Pick<AppConfig, 'twilioApiBase' | 'demoAccount'> {
  const apiBase = twilioApiBase(environment.TWILIO_API_BASE)
  const {
    LINEKEEPER_TWILIO_ACCOUNT_SID: accountSid,
    LINEKEEPER_TWILIO_API_KEY: apiKey,
    LINEKEEPER_TWILIO_API_SECRET: apiSecret,
  } = environment
  return {
    ...(apiBase ? { twilioApiBase: apiBase } : {}),
    ...(apiBase && accountSid && apiKey && apiSecret ? { demoAccount: { accountSid, apiKey, apiSecret } } : {}),
  }
}
