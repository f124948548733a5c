import { partyOf } from './party.ts'
import { identityOf } from './sid.ts'
import type { CallTimeline, TimelineEntry } from './timeline.ts'

type Params = TimelineEntry['params']
/** `client:` identities of the devices that the timeline itself names: letters and digits drawn at random, which say nothing to others. */
type Own = ReadonlySet<string>

/** Params that name people; that are an address of telephony; that somebody else wrote. */
const NAMES: ReadonlySet<string> = new Set(['userName', 'deviceName'])
const ADDRESSES: ReadonlySet<string> = new Set(['from', 'to', 'ourNumber'])
const TEXTS: ReadonlySet<string> = new Set(['detail', 'reason'])
/** A word of ours (`no-answer`), not a sentence. */
const CODE = /^[a-z0-9]+(?:-[a-z0-9]+)*$/
const HIDDEN = '…'

const digitsOf = (text: string) => text.replaceAll(/\D/g, '')
/** Short codes and emergency numbers are nobody's. */
const maskNumber = (text: string) => (digitsOf(text).length < 5 ? text : `${HIDDEN}${digitsOf(text).slice(-4)}`)
const maskClient = (address: string, own: Own) => (own.has(address) ? address : `client:${HIDDEN}`)

function maskAddress(address: string, own: Own): string {
  if (/^\+?[\d\s().-]+$/.test(address)) return maskNumber(address)
  const { kind } = partyOf(address.toLowerCase())
  if (kind === 'client') return maskClient(address, own)
  return kind === 'sip' ? `sip:${HIDDEN}` : HIDDEN
}

/** What stands in a sentence of others: SIP and client addresses with what is said before them, mail addresses, numbers as people write them. */
const maskText = (text: string, own: Own): string =>
  text
    .replaceAll(/"[^"]*"(?=\s*<)/g, `"${HIDDEN}"`)
    .replaceAll(/sips?(?::|%3a)\S*/gi, `sip:${HIDDEN}`)
    .replaceAll(/client(?::|%3a)\w*\S*/gi, (address) => maskClient(address, own))
    .replaceAll(/\S*(?:@|%40)\S*/gi, HIDDEN)
    .replaceAll(/\+?\d(?:[\s().-]{0,2}\d){4,}/g, maskNumber)

function maskParam(name: string, value: Params[string], own: Own): Params[string] {
  if (typeof value !== 'string') return value
  if (ADDRESSES.has(name)) return maskAddress(value.trim(), own)
  if (!TEXTS.has(name) || (CODE.test(value) && digitsOf(value).length < 5)) return value
  return name === 'reason' ? HIDDEN : maskText(value, own)
}

function maskEntry<T extends { params: Params }>(entry: T, own: Own): T {
  const params = Object.entries(entry.params)
    .filter(([name]) => !NAMES.has(name))
    .map(([name, value]) => [name, maskParam(name, value, own)] as const)
  return { ...entry, params: Object.fromEntries(params) }
}

const identitiesOf = ({ userId, deviceId }: Params): string[] =>
  typeof userId === 'string' && typeof deviceId === 'string' ? [`client:${identityOf(userId, deviceId)}`] : []

/**
 * For support: of numbers the last four digits only, of SIP addresses and clients that are not our devices nothing, and no names. Ids stay,
 * they say nothing to others. Pure.
 */
export function maskTimeline(timeline: CallTimeline): CallTimeline {
  const own = new Set(timeline.entries.flatMap(({ params }) => identitiesOf(params)))
  return {
    ...timeline,
    entries: timeline.entries.map((entry) => maskEntry(entry, own)),
    why: maskEntry(timeline.why, own),
    about: { ...timeline.about, isMasked: true },
  }
}
