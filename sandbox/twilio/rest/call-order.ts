import type { SandboxAccount } from '../account/account.ts'
import type { CallOrder } from '../engine-port.ts'
import { booleanParameter, isWebhookUrl, methodParameter } from './body.ts'
import { RestError } from './http.ts'

/** Every parameter Twilio knows for POST /Calls.json. */
export const orderNames: string[] = (
  'To From Url Twiml ApplicationSid Method FallbackUrl FallbackMethod StatusCallback StatusCallbackEvent StatusCallbackMethod SendDigits ' +
  'Timeout Record RecordingChannels RecordingStatusCallback RecordingStatusCallbackMethod RecordingStatusCallbackEvent RecordingTrack ' +
  'RecordingConfigurationId Trim CallerId CallReason CallToken MachineDetection MachineDetectionTimeout MachineDetectionSpeechThreshold ' +
  'MachineDetectionSpeechEndThreshold MachineDetectionSilenceTimeout AsyncAmd AsyncAmdStatusCallback AsyncAmdStatusCallbackMethod ' +
  'SipAuthUsername SipAuthPassword Byoc Passports TimeLimit ClientNotificationUrl'
).split(' ')

const events = ['initiated', 'ringing', 'answered', 'completed']
const e164 = /^\+[1-9]\d{6,14}$/
const isNumber = (party: string) => !/^(client|sip|sips|app):/.test(party)

/** Called numbers with which Twilio's test credentials provoke each error (facts/twilio.md §A.15). */
const refusedTo: Record<string, [code: number, message: (to: string) => string]> = {
  '+15005550001': [21217, (to) => `Phone number does not appear to be valid: ${to}`],
  '+15005550002': [21214, (to) => `The phone number you are attempting to call, ${to}, cannot be reached`],
  '+15005550003': [
    21215,
    (to) =>
      `Account not authorized to call ${to}. Perhaps you need to enable some international permissions: ` +
      'https://www.twilio.com/console/voice/calls/geo-permissions/low-risk',
  ],
  '+15005550004': [21216, (to) => `Account not allowed to call ${to}`],
}

type Warn = (what: string, code?: number) => void

/** Reads and checks POST /Calls.json. @throws RestError with Twilio's code for the first thing wrong */
export function readOrder(body: URLSearchParams, account: SandboxAccount, warn: Warn): CallOrder {
  const to = readTo(body)
  const from = readFrom(body, to, account)
  const order: CallOrder = {
    to,
    from,
    ...readDocument(body, account, warn),
    method: methodParameter(body, 'Method') ?? 'POST',
    fallbackMethod: methodParameter(body, 'FallbackMethod') ?? 'POST',
    statusCallbackMethod: methodParameter(body, 'StatusCallbackMethod') ?? 'POST',
    statusCallbackEvents: readEvents(body, warn),
    timeoutSeconds: seconds(body, 'Timeout', 60, 600),
    timeLimitSeconds: seconds(body, 'TimeLimit', 14_400, 86_400),
    record: booleanParameter(body, 'Record') ?? false,
    recordingChannels: body.get('RecordingChannels') === 'dual' ? 2 : 1,
  }
  for (const [name, field] of [
    ['FallbackUrl', 'fallbackUrl'],
    ['StatusCallback', 'statusCallback'],
    ['RecordingStatusCallback', 'recordingStatusCallback'],
  ] as const) {
    const url = webhook(body, name)
    if (url) order[field] = url
  }
  const digits = body.get('SendDigits')
  if (digits) order.sendDigits = checkDigits(digits)
  const callerId = body.get('CallerId')
  if (callerId) order.callerId = callerId
  return order
}

function readTo(body: URLSearchParams): string {
  const to = body.get('To')?.trim()
  if (!to) throw new RestError(21201, "No 'To' number is specified")
  if (!isNumber(to)) return to
  const refused = refusedTo[to]
  if (refused) throw new RestError(refused[0], refused[1](to))
  if (!e164.test(to)) throw new RestError(21211, `The phone number you are attempting to call, ${to}, is not valid.`)
  return to
}

function readFrom(body: URLSearchParams, to: string, account: SandboxAccount): string {
  const from = body.get('From')?.trim()
  if (!from) throw new RestError(21213, "No 'From' number is specified")
  if (from === '+15005550001') throw new RestError(21212, `Invalid From Number (caller ID): ${from}`)
  if (from === '+15005550006') return from
  // A client may be shown another client's name or any number (facts/twilio.md §E, callerId rules).
  if (!isNumber(to) && !isNumber(from)) return from
  if (isNumber(from) && !e164.test(from)) throw new RestError(21212, `Invalid From Number (caller ID): ${from}`)
  if (!isNumber(from) || !account.ownsNumber(from))
    throw new RestError(
      21210,
      `The source phone number provided, ${from}, is not yet verified for your account. You may only make calls from phone numbers that ` +
        "you've verified or purchased from Twilio.",
    )
  return from
}

/** One of Url, Twiml and ApplicationSid; Url wins over Twiml, and the app over callbacks given beside it. */
function readDocument(body: URLSearchParams, account: SandboxAccount, warn: Warn): Pick<CallOrder, 'url' | 'twiml' | 'applicationSid'> {
  const [applicationSid, url, twiml] = [body.get('ApplicationSid'), webhook(body, 'Url'), body.get('Twiml')]
  if (applicationSid) {
    if (!account.applicationConfig(applicationSid)) throw new RestError(21218, `Invalid ApplicationSid ${applicationSid}`)
    for (const name of ['Method', 'FallbackUrl', 'FallbackMethod', 'StatusCallback', 'StatusCallbackMethod'])
      if (body.has(name)) warn(`${name} is ignored beside ApplicationSid`)
    return { applicationSid }
  }
  if (url) return { url }
  if (!twiml) throw new RestError(21205, 'Url parameter is required.')
  if (twiml.length > 4000) throw new RestError(20001, 'Twiml must be 4000 characters or less')
  return { twiml }
}

function webhook(body: URLSearchParams, name: string): string | undefined {
  const url = body.get(name)
  if (url && !isWebhookUrl(url)) throw new RestError(21205, `${name} is not a valid URL: ${url}`)
  return url ?? undefined
}

/** Twilio takes a wrong event name (joined by spaces, say), answers 201, and then sends no callback at all: warning 21626. */
function readEvents(body: URLSearchParams, warn: Warn): string[] {
  const asked = body.getAll('StatusCallbackEvent')
  if (asked.every((event) => events.includes(event))) return asked.length ? asked : ['completed']
  warn(`Invalid 'StatusCallbackEvent': ${asked.join(', ')}; no callback will be sent`, 21626)
  return []
}

function checkDigits(digits: string): string {
  if (/^[0-9*#wW]{1,32}$/.test(digits)) return digits
  throw new RestError(21208, `Invalid SendDigits: ${digits}`)
}

function seconds(body: URLSearchParams, name: string, byDefault: number, most: number): number {
  const text = body.get(name)
  if (text === null || text === '') return byDefault
  if (!/^\d+$/.test(text)) throw new RestError(20001, `${name} must be a whole number of seconds`)
  return Math.min(Number(text), most)
}
