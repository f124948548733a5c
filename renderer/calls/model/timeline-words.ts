import { outcomeReasons } from '../../../contract/call.ts'
import type { CallTimeline, TimelineEntry } from '../../../contract/timeline.ts'
import type { CallDesk } from '../desk.tsx'
import { formatMoney } from '../../ui/money.ts'
import { formatDuration } from '../../ui/time.ts'
import { enCalls } from '../../../words/en-calls.ts'

type Params = TimelineEntry['params']
type Words = typeof enCalls.timeline
type Direction = 'incoming' | 'outgoing'
type What = keyof Words['what']
type Why = keyof Words['why']
type Desk = Pick<CallDesk, 't' | 'common' | 'names' | 'format' | 'oursOf' | 'deviceId'>

const { timeline } = enCalls
const isWhat = (what: string): what is What => Object.hasOwn(timeline.what, what)
const isWhy = (what: string): what is Why => Object.hasOwn(timeline.why, what)
const text = (value: Params[string] | undefined) => (typeof value === 'string' && value !== '' ? value : undefined)
const number = (value: Params[string] | undefined) => (typeof value === 'number' ? value : undefined)

/** How an outside number, a withheld one, or one of our own clients is called. */
function addressText(value: Params[string] | undefined, { t, format }: Desk): string {
  const address = text(value)
  if (!address) return t('timeline.outside')
  if (/^\+\d/.test(address)) return format(address)
  if (/^(anonymous|unknown|restricted|unavailable)$/i.test(address)) return t('timeline.withheld')
  return address
}

const userOf = (params: Params, { names }: Desk) => names[text(params['userId']) ?? ''] ?? text(params['userName'])

function deviceText(params: Params, desk: Desk): string {
  const { t, deviceId } = desk
  const id = text(params['deviceId'])
  const name = userOf(params, desk)
  const device = text(params['deviceName'])
  if (id && id === deviceId) return t('timeline.thisDevice')
  if (device) return name ? t('timeline.deviceOf', { name, device }) : device
  return name ?? t('timeline.aDevice')
}

/** Whether a leg is the one from which the call came to Twilio. */
const isParent = ({ role }: Params, direction: Direction) => role === (direction === 'incoming' ? 'party' : 'device')

/** Who a leg is of: one of our devices, the caller, or the other side. */
function legText(params: Params, desk: Desk, direction: Direction): string {
  if (params['role'] === 'device') return deviceText(params, desk)
  if (isParent(params, direction)) return desk.t('timeline.caller')
  const to = text(params['to'])
  return to?.startsWith('+') && params['role'] === 'party' ? desk.format(to) : desk.t('timeline.outside')
}

const timeOf = (value: Params[string] | undefined) => {
  const seconds = number(value)
  if (seconds === undefined) return undefined
  return seconds < 60 ? `${seconds} s` : formatDuration(seconds)
}

const isReason = (value: string) => outcomeReasons.some((one) => one === value)
function reasonText(value: Params[string] | undefined, { common }: Desk): string {
  const reason = text(value) ?? ''
  return isReason(reason) ? common(`calls.reason.${reason as (typeof outcomeReasons)[number]}`) : reason
}

/** "completed after 12 s (code 31003)". */
function statusText(params: Params, words: Readonly<Record<string, string>>, desk: Desk): string {
  const { t } = desk
  const status = words[text(params['status']) ?? 'unknown'] ?? String(params['status'])
  const time = timeOf(params['seconds'])
  const sipCode = number(params['sipCode']) ?? 0
  const code = number(params['errorCode']) ?? (sipCode < 300 ? 0 : sipCode) // what went well needs no code
  const timed = time === undefined || params['seconds'] === 0 ? status : t('timeline.withTime', { text: status, time })
  return code ? t('timeline.withCode', { text: timed, code }) : timed
}

/** MOS, jitter, loss and round trip, as far as they were measured. */
function soundText(params: Params, { t }: Desk): string {
  const mos = number(params['mos'])
  const jitter = number(params['jitterMs'])
  const loss = number(params['packetLoss'])
  const delay = number(params['roundTripMs'])
  return [
    mos === undefined ? '' : t('timeline.sound.mos', { value: mos.toFixed(1) }),
    jitter === undefined ? '' : t('timeline.sound.jitter', { value: jitter.toFixed(0) }),
    loss === undefined ? '' : t('timeline.sound.loss', { value: (loss * 100).toFixed(1) }),
    delay === undefined ? '' : t('timeline.sound.delay', { value: delay.toFixed(0) }),
  ]
    .filter(Boolean)
    .join(', ')
}

function moneyText(params: Params): string {
  const amount = text(params['amount'])?.replace(/^-/, '')
  const currency = text(params['currency'])
  return amount && currency && /^\d+(\.\d+)?$/.test(amount) ? formatMoney({ amount, currency }) : (amount ?? '?')
}

function eventText(params: Params, { t }: Desk): string {
  const name = text(params['name']) ?? '?'
  const events: Readonly<Record<string, string>> = timeline.event
  const event = name !== 'detail' && Object.hasOwn(events, name) ? (events[name] ?? name) : name
  const detail = text(params['detail'])
  return detail ? t('timeline.event.detail', { event, detail }) : event
}

/** The sentence of a `what`, finer where its params say more. */
function keyOf(what: string, params: Params, direction: Direction): string {
  const finer: Readonly<Record<string, string | undefined>> = {
    'device-dialed': params['isReachable'] === false ? 'device-dialed-away' : undefined,
    'rings-planned': direction === 'outgoing' ? 'rings-planned-out' : undefined,
    bridged: params['role'] === 'party' ? 'bridged-party' : undefined,
    'not-bridged': params['role'] === 'party' ? 'not-bridged-party' : undefined,
    clicked: `clicked-${String(params['what'])}`,
    'dealt-with': `dealt-with-${String(params['how'])}`,
    transcribed: params['status'] === 'failed' ? 'transcribed-failed' : undefined,
    priced: params['role'] === 'recording' ? 'priced-recording' : undefined,
  }
  const candidate = finer[what] ?? (isParent(params, direction) ? `${what}-parent` : undefined)
  return candidate !== undefined && isWhat(candidate) ? candidate : what
}

/** Everything a sentence may name, in words. */
function fillingOf(params: Params, desk: Desk, direction: Direction) {
  const { t, common } = desk
  const ours = text(params['ourNumber'])
  const user = userOf(params, desk) ?? t('timeline.somebody')
  const wanted = params['why'] === 'number' || params['why'] === 'caller' ? t(`timeline.wanted.${params['why']}`, { user }) : ''
  const statuses = enCalls.history.status
  return {
    from: /^(anonymous|unknown)?$/i.test(String(params['from'] ?? '')) ? t('timeline.withheld') : addressText(params['from'], desk),
    to: text(params['to'])?.startsWith('client:') ? t('timeline.outside') : addressText(params['to'], desk),
    ours: ours ? desk.oursOf(ours) : t('timeline.ourNumber'),
    user,
    device: deviceText(params, desk),
    leg: legText(params, desk, direction),
    devices: t('timeline.devices', { count: number(params['rung']) ?? number(params['devices']) ?? 0 }),
    time: timeOf(params['seconds']) ?? t('timeline.unknownTime'),
    reason: reasonText(params['reason'], desk),
    why: wanted,
    by: params['by'] === 'us' || params['by'] === 'them' ? t(`timeline.by.${params['by']}`) : t('timeline.somebody'),
    what: text(params['what']) ?? '',
    status: statusText(params, statuses, desk),
    recording: statusText({ ...params, seconds: null }, timeline.recordStatus, desk),
    sound: soundText(params, desk),
    money: moneyText(params),
    provider: text(params['provider']) === 'twilio' ? 'Twilio' : (text(params['provider']) ?? common('shell.name')),
    event: eventText(params, desk),
  }
}

const capital = (sentence: string) => sentence.slice(0, 1).toUpperCase() + sentence.slice(1)

/** An entry in plain words. What a later version calls by another name is said as it is. */
export function sentenceOf({ what, params }: Pick<TimelineEntry, 'what' | 'params'>, desk: Desk, direction: Direction): string {
  const key = keyOf(what, params, direction)
  if (!isWhat(key)) return desk.t('timeline.later', { what })
  return capital(desk.t(`timeline.what.${key}`, fillingOf(params, desk, direction)))
}

const HERE = ['rang', 'dialed', 'skipped', 'none'] as const
const isHere = (value: unknown): value is (typeof HERE)[number] => HERE.some((one) => one === value)

function whyKeyOf(what: string, params: Params): string {
  const key = what.replace(/^why-/, '')
  const seconds = number(params['seconds'])
  if ((key === 'answered' || key === 'reached') && seconds === undefined) return `${key}-noTime`
  if ((key === 'rang-out' || key === 'abandoned') && (params['rung'] === 0 || seconds === undefined)) return `${key}-none`
  if (key === 'not-reached' && !text(params['reason'])) return 'not-reached-plain'
  return key
}

/** The answer to "why did it (not) ring?": what became of the call, whether there is a voicemail, what this computer did. */
export function whySentences({ what, params }: CallTimeline['why'], desk: Desk): string[] {
  const key = whyKeyOf(what, params)
  const here = params['here']
  return [
    isWhy(key) ? desk.t(`timeline.why.${key}`, fillingOf(params, desk, 'incoming')) : desk.t('timeline.later', { what }),
    ...(params['isVoicemail'] === true ? [desk.t('timeline.voicemailToo')] : []),
    ...(isHere(here) ? [desk.t(`timeline.here.${here}`)] : []),
  ]
}
