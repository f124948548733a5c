import type { HealthCheck, OwnedNumber } from '../../contract/number-desktop.ts'
import type { GuardRow, NumberUsage, VoiceWiring } from '../../contract/number-relay.ts'
import type { BundleState } from '../twilio/port.ts'
import { driftOf, type Money, type NumberHold, type NumberSettings, type RemoteNumber } from '../../contract/number.ts'

/** What is known of a number; null: not known (no Twilio account here, the relay was never asked). Unknown is never read as good. */
export interface HealthInput {
  isActive: boolean
  userIds: readonly string[]
  hold: NumberHold | null
  /** Since when it is not ours any more: nothing of it is checked then. */
  leftAt: string | null
  /** Since when it is ours. */
  since: string | null
  monthly: Money | null
  /** As Twilio last showed it to this desktop, and when. */
  remote: Pick<RemoteNumber, 'addressRequirements' | 'emergencyAddressStatus' | 'settings'> | null
  remoteAt: string | null
  /** When this desktop last asked for, or wrote, the number itself; without: it was listed only. */
  remoteAskedAt?: string | undefined
  /** What the relay keeps and last saw. */
  guard: (Pick<GuardRow, 'baseline' | 'seen' | 'seenAt'> & Partial<Pick<GuardRow, 'baselineAt'>>) | null
  wiring: VoiceWiring | null
  usage: Pick<NumberUsage, 'calls30' | 'lastUsedAt' | 'unheard7' | 'fallbackAt'> | null
  usageAt: string | null
  /** Whether the rule of its country and type wants a bundle. */
  needsBundle: boolean | null
  /** How the bundle that is set stands; null: not known, or none is set. */
  bundle: BundleState | null
}

export interface HealthLimits {
  /** Paid without a call for so many days is waste. */
  unusedDays: number
  /** A number younger than this need not have been used yet, in days. */
  settleDays: number
  /** A bundle that runs out within so many days should be renewed. */
  bundleDays: number
}
export const healthLimits: HealthLimits = { unusedDays: 60, settleDays: 7, bundleDays: 30 }

const DAY = 86_400_000
const daysBetween = (from: string, now: Date) => Math.floor((now.getTime() - Date.parse(from)) / DAY)

interface Known extends HealthInput {
  now: Date
  limits: HealthLimits
  /** The newer of what desktop and relay saw at Twilio. */
  settings: NumberSettings | null
  settingsAt: string | null
}
type Check = (of: Known) => HealthCheck
type Rest = Partial<Omit<HealthCheck, 'name' | 'level'>>
const check = (name: HealthCheck['name'], level: HealthCheck['level'], rest: Rest = {}): HealthCheck => ({
  name,
  level,
  evidence: rest.evidence ?? {},
  at: rest.at ?? null,
  fix: level === 'bad' || level === 'warning' ? (rest.fix ?? null) : null,
})

const hostOf = (url: string): string => (url === '' ? '' : (URL.parse(url)?.host ?? url.slice(0, 80)))

/** Why Twilio does not ask our voice URL, in one word; '' when it does (RULES R5: an application or a trunk silences the URLs). */
function detour(is: NumberSettings, wiring: VoiceWiring): string {
  if (is.voiceApplicationSid) return 'application'
  if (is.trunkSid) return 'trunk'
  if (is.voiceReceiveMode === 'fax') return 'fax'
  if (!is.voiceUrl) return 'unset'
  if (hostOf(is.voiceUrl) !== hostOf(wiring.voiceUrl)) return 'host'
  if (is.voiceUrl.split('#')[0] !== wiring.voiceUrl.split('#')[0]) return 'path'
  if (is.voiceUrl !== wiring.voiceUrl) return 'overrides'
  return is.voiceMethod === 'GET' ? 'method' : ''
}

const pointsHere: Check = ({ settings, settingsAt: at, wiring }) => {
  if (!settings || !wiring) return check('points-here', 'unknown', { at })
  const differs = detour(settings, wiring)
  const is = differs === 'application' ? settings.voiceApplicationSid : differs === 'trunk' ? settings.trunkSid : hostOf(settings.voiceUrl)
  const evidence = { is, expected: hostOf(wiring.voiceUrl), differs }
  // With other overrides calls still come, only later when we are slow (RULES R15).
  const level = differs === '' ? 'good' : differs === 'overrides' ? 'warning' : 'bad'
  return check('points-here', level, { evidence, at, fix: 'connect' })
}

const fallback: Check = ({ settings, settingsAt: at, wiring }) => {
  if (!settings || !wiring) return check('fallback', 'unknown', { at })
  const evidence = { is: hostOf(settings.voiceFallbackUrl), expected: hostOf(wiring.voiceFallbackUrl) }
  return check('fallback', settings.voiceFallbackUrl === wiring.voiceFallbackUrl ? 'good' : 'warning', { evidence, at, fix: 'connect' })
}

/** A parked or inactive number answers with a message: it needs nobody. */
const owner: Check = ({ userIds, isActive, hold, now }) => {
  const evidence = { owners: userIds.length, isActive, isHeld: hold !== null }
  const isFine = userIds.length > 0 || !isActive || hold !== null
  return check('owner', isFine ? 'good' : 'warning', { evidence, at: now.toISOString(), fix: 'assign' })
}

const used: Check = ({ usage, usageAt: at, since, now, limits }) => {
  if (!usage) return check('used', 'unknown', { at })
  const days = since === null ? null : daysBetween(since, now)
  const evidence = { lastUsedAt: usage.lastUsedAt, calls30: usage.calls30, days, since }
  if (usage.lastUsedAt !== null) return check('used', 'good', { evidence, at })
  // Too young to have proved anything, or nobody knows how old.
  if (days === null || days < limits.settleDays) return check('used', 'unknown', { evidence, at })
  return check('used', 'warning', { evidence, at, fix: 'assign' })
}

const paidUnused: Check = ({ usage, usageAt: at, since, monthly, hold, now, limits }) => {
  if (!usage) return check('paid-unused', 'unknown', { at })
  const from = usage.lastUsedAt ?? since
  const days = from === null ? null : daysBetween(from, now)
  const evidence = { days, since, limit: limits.unusedDays, monthly: monthly?.amount ?? null, currency: monthly?.currency ?? null }
  const isUnproved = usage.lastUsedAt === null && days !== null && days < limits.unusedDays
  if (days === null || isUnproved) return check('paid-unused', 'unknown', { evidence, at })
  const fix = hold ? null : 'hold'
  return check('paid-unused', days >= limits.unusedDays ? 'warning' : 'good', { evidence, at, fix })
}

/** What is wrong with a bundle that is set, in one word, and how bad that is; '' when nothing is (states: facts/twilio.md §A.11). */
function bundleTrouble({ status, validUntil }: BundleState, now: Date, { bundleDays }: HealthLimits): [string, HealthCheck['level']] {
  const left = validUntil === null ? Infinity : -daysBetween(validUntil, now)
  switch (status) {
    case 'twilio-approved':
    case 'provisionally-approved':
      if (validUntil !== null && Date.parse(validUntil) <= now.getTime()) return ['expired', 'bad']
      return left <= bundleDays ? ['expires', 'warning'] : ['', 'good']
    case 'pending-review':
    case 'in-review':
      return ['review', 'warning']
    case 'draft':
      return ['draft', 'bad']
    case 'twilio-rejected':
      return ['rejected', 'bad']
    case 'gone':
      return ['gone', 'bad']
    default:
      return ['status', 'unknown'] // a state that Twilio has added since
  }
}

const papers: Check = ({ remote, settings, settingsAt: at, needsBundle, bundle, now, limits }) => {
  if (!remote || !settings) return check('papers', 'unknown', { at })
  const { addressSid, bundleSid } = settings
  const wants = { address: remote.addressRequirements, addressSid, needsBundle, bundleSid }
  if (bundleSid) {
    const [problem, level] = bundle ? bundleTrouble(bundle, now, limits) : ['', 'unknown' as const]
    const evidence = { ...wants, problem, bundleStatus: bundle?.status ?? null, validUntil: bundle?.validUntil ?? null }
    return check('papers', level, { evidence, at, fix: 'bundle' })
  }
  // A bundle, had it one, would carry its own address.
  const lacks = needsBundle === true || (remote.addressRequirements !== 'none' && !addressSid)
  return check('papers', lacks ? 'bad' : needsBundle === null ? 'unknown' : 'good', { evidence: wants, at, fix: 'papers' })
}

function emergencyLevel(status: string, settings: NumberSettings): HealthCheck['level'] {
  if (status === 'registration-failure' || status === 'unregistration-failure') return 'bad'
  if (settings.emergencyAddressSid === '') return settings.emergencyStatus === 'Active' ? 'warning' : 'good'
  if (status === 'registered') return 'good'
  return status === 'unregistered' ? 'bad' : 'unknown' // still pending, or Twilio said nothing
}
const emergencyAddress: Check = ({ remote, settings, settingsAt: at }) => {
  if (!remote || !settings) return check('emergency-address', 'unknown', { at })
  const { emergencyAddressStatus: status } = remote
  const { emergencyStatus, emergencyAddressSid } = settings
  const evidence = { status, emergencyStatus, emergencyAddressSid }
  return check('emergency-address', emergencyLevel(status, settings), { evidence, at, fix: 'papers' })
}

const webhooks: Check = ({ usage, usageAt, settings, wiring, now }) => {
  const isDeaf = settings && wiring ? settings.statusCallback !== wiring.statusCallback : null
  const fallbackDays = usage?.fallbackAt ? daysBetween(usage.fallbackAt, now) : null
  const evidence = { unheard7: usage?.unheard7 ?? null, fallbackAt: usage?.fallbackAt ?? null, isDeaf }
  if (usage && usage.unheard7 > 0) return check('webhooks', 'bad', { evidence, at: usageAt, fix: isDeaf ? 'connect' : 'check-relay' })
  if (fallbackDays !== null && fallbackDays < 7) return check('webhooks', 'warning', { evidence, at: usageAt, fix: 'check-relay' })
  if (isDeaf) return check('webhooks', 'warning', { evidence, at: usageAt, fix: 'connect' })
  // Nothing failed, but nothing came either: no call, no proof.
  return check('webhooks', usage && usage.lastUsedAt !== null ? 'good' : 'unknown', { evidence, at: usageAt })
}

const drift: Check = ({ guard, settings, settingsAt: at }) => {
  if (!guard || !settings) return check('drift', 'unknown', { at })
  const keys = driftOf(guard.baseline, settings).map((one) => one.key)
  return check('drift', keys.length > 0 ? 'warning' : 'good', {
    evidence: { count: keys.length, keys: keys.join(', ') },
    at,
    fix: 'restore',
  })
}

const checks: readonly Check[] = [pointsHere, fallback, owner, used, paidUnused, papers, emergencyAddress, webhooks, drift]

/** Twilio's lists may show a number as it was so long ago (RULES R34), in ms. */
const LIST_LAG = 15_000

/** From when on what a list showed is certain; what was read of the number itself is at once. */
const sureOf = (listedAt: string | null, askedAt: string | undefined): number =>
  Math.max(listedAt === null ? -Infinity : Date.parse(listedAt) - LIST_LAG, askedAt === undefined ? -Infinity : Date.parse(askedAt))

/**
 * The newer of what this desktop and the relay saw of the number at Twilio. A list counts as older than it is: its lag would bring back
 * what was changed a moment before. The relay's look is of the number itself where its settings became ours by it.
 */
export function newestSettings({
  remote,
  remoteAt,
  remoteAskedAt,
  guard,
}: Pick<HealthInput, 'remote' | 'remoteAt' | 'remoteAskedAt' | 'guard'>) {
  const guardSure = guard ? sureOf(guard.seenAt, guard.baselineAt === guard.seenAt ? guard.seenAt : undefined) : -Infinity
  const isRelays = guard && (!remote || remoteAt === null || guardSure > sureOf(remoteAt, remoteAskedAt))
  if (isRelays) return { settings: guard.seen, settingsAt: guard.seenAt }
  return { settings: remote?.settings ?? null, settingsAt: remote ? remoteAt : null }
}

/** Every check of a number with its evidence, when that was seen, and what would fix it; none of a number that left. Pure. */
export function healthOf(input: HealthInput, now: Date, limits: HealthLimits = healthLimits): HealthCheck[] {
  if (input.leftAt !== null) return []
  const known: Known = { ...input, ...newestSettings(input), now, limits }
  return checks.map((one) => one(known))
}

/**
 * One word for all checks: the worst known one. `unknown` only when nothing is wrong and where calls go is not known; other
 * unknowns (nobody set up a Twilio account here) do not hide that the rest is good. Of a number that left nothing is known. Pure.
 */
export function healthLevel(all: readonly HealthCheck[]): Pick<OwnedNumber, 'health' | 'troubles'> {
  const troubles = all.filter(({ level }) => level === 'bad' || level === 'warning')
  const isUnknown = all.length === 0 || all.some(({ name, level }) => name === 'points-here' && level === 'unknown')
  const health = troubles.some(({ level }) => level === 'bad') ? 'bad' : troubles.length > 0 ? 'warning' : isUnknown ? 'unknown' : 'good'
  return { health, troubles: troubles.map(({ name }) => name) }
}
