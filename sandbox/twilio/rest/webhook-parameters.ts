import type { MessageConfig } from '../account/state.ts'
import type { VoiceConfig } from '../engine-port.ts'
import { methodParameter, urlParameter } from './body.ts'
import { RestError } from './http.ts'

/** Parameters that set the webhooks of a number or TwiML app. */
export const webhookNames = [
  'VoiceUrl',
  'VoiceMethod',
  'VoiceFallbackUrl',
  'VoiceFallbackMethod',
  'StatusCallback',
  'StatusCallbackMethod',
  'SmsUrl',
  'SmsMethod',
  'SmsFallbackUrl',
  'SmsFallbackMethod',
]

type Webhooks = Omit<VoiceConfig, 'voiceApplicationSid'> & MessageConfig

/**
 * The webhooks as they are after this request; absent parameters change nothing, empty ones unset.
 * @throws RestError 21402 (URL), 21403 (method), 21405 and 21406 (a fallback without its primary URL)
 */
export function webhooksAfter(before: Webhooks, body: URLSearchParams): Webhooks {
  const url = (name: string) => urlParameter(body, name, 21402)
  const method = (name: string) => methodParameter(body, name)
  const after: Webhooks = {
    voiceUrl: url('VoiceUrl') ?? before.voiceUrl,
    voiceMethod: method('VoiceMethod') ?? before.voiceMethod,
    voiceFallbackUrl: url('VoiceFallbackUrl') ?? before.voiceFallbackUrl,
    voiceFallbackMethod: method('VoiceFallbackMethod') ?? before.voiceFallbackMethod,
    statusCallback: url('StatusCallback') ?? before.statusCallback,
    statusCallbackMethod: method('StatusCallbackMethod') ?? before.statusCallbackMethod,
    smsUrl: url('SmsUrl') ?? before.smsUrl,
    smsMethod: method('SmsMethod') ?? before.smsMethod,
    smsFallbackUrl: url('SmsFallbackUrl') ?? before.smsFallbackUrl,
    smsFallbackMethod: method('SmsFallbackMethod') ?? before.smsFallbackMethod,
  }
  if (after.voiceFallbackUrl && !after.voiceUrl) throw new RestError(21405, 'Cannot set VoiceFallbackUrl without setting VoiceUrl')
  if (after.smsFallbackUrl && !after.smsUrl) throw new RestError(21406, 'Cannot set SmsFallbackUrl without setting SmsUrl')
  return after
}

/** The webhook fields of an answer: null, which Twilio writes as often as '', for URLs nobody set. */
export const webhookShape = (config: Webhooks): object => ({
  voice_url: config.voiceUrl || null,
  voice_method: config.voiceMethod,
  voice_fallback_url: config.voiceFallbackUrl || null,
  voice_fallback_method: config.voiceFallbackMethod,
  status_callback: config.statusCallback,
  status_callback_method: config.statusCallbackMethod,
  sms_url: config.smsUrl,
  sms_method: config.smsMethod,
  sms_fallback_url: config.smsFallbackUrl,
  sms_fallback_method: config.smsFallbackMethod,
})
