import { createHash } from 'node:crypto'
import type { SyncPlan } from '../../contract/number-desktop.ts'
import { driftOf, type RemoteNumber } from '../../contract/number.ts'
import type { RemoteWrite } from '../store/number-plans.ts'
import type { LocalNumber } from '../store/number-rows.ts'
import { rawOf } from '../store/remote-rows.ts'

/** What differs between Twilio's list and what is kept, and what applying it writes. */
export interface SyncDiff extends Omit<SyncPlan, 'planId' | 'at'> {
  writes: RemoteWrite[]
}

/** What Twilio said of a SID when it was asked for it alone: `gone` is a 404, and nothing else is. SIDs it was not asked for are unknown. */
export type SidAnswers = ReadonlyMap<string, 'here' | 'gone'>

const byPhoneNumber = (local: readonly LocalNumber[]) => new Map(local.map((one) => [one.phoneNumber, one]))

/** Counts as the account's here: seen at Twilio or known to the relay, and not left. */
const isHere = (one: LocalNumber): boolean => !one.isGone && one.directory !== 'left' && (one.raw !== null || one.directory === 'known')

/** Listed, although it is held for gone by the very same SID: Twilio's list may lag behind a release. */
const isRevenant = (one: LocalNumber, number: RemoteNumber): boolean => !isHere(one) && one.sid === number.sid

/** The SIDs that Twilio must be asked for by themselves before the plan can be made: those that are absent, or listed again (RULES R30). */
export function questionsOf(listing: readonly RemoteNumber[], local: readonly LocalNumber[], limit: number): string[] {
  const known = byPhoneNumber(local)
  const listed = new Set(listing.map((number) => number.phoneNumber))
  const absent = local.filter((one) => isHere(one) && !listed.has(one.phoneNumber)).map((one) => one.sid)
  const revenants = listing.map((number) => {
    const one = known.get(number.phoneNumber)
    return one && isRevenant(one, number) ? number.sid : null
  })
  return [...new Set([...absent, ...revenants])].filter((sid) => sid !== null).slice(0, limit)
}

/** Names of what differs, the settings' as Twilio's. */
function keysOf(was: RemoteNumber, is: RemoteNumber): string[] {
  const own = (['sid', 'type', 'addressRequirements', 'emergencyAddressStatus', 'createdAt'] as const).filter((key) => was[key] !== is[key])
  const cans = (['voice', 'sms', 'mms', 'fax'] as const).some((key) => was.capabilities[key] !== is.capabilities[key])
  return [...own, ...(cans ? ['capabilities'] : []), ...driftOf(was.settings, is.settings).map((one) => one.key)]
}

const emptyDiff = (listed: number): SyncDiff => ({ listed, added: [], removed: [], changed: [], missing: [], unchanged: 0, writes: [] })

function takeListed(diff: SyncDiff, number: RemoteNumber, raw: string, one: LocalNumber | undefined, answers: SidAnswers): void {
  const { phoneNumber, sid } = number
  const name = one?.name || number.settings.friendlyName || phoneNumber
  const write = () => diff.writes.push({ phoneNumber, sid, raw, missingSince: null, goneAt: null })
  if (!one || !isHere(one)) {
    if (one && isRevenant(one, number) && answers.get(sid) !== 'here') {
      diff.unchanged++
      return
    }
    const isBack = one !== undefined && isRevenant(one, number)
    diff.added.push({ phoneNumber, name, ...(isBack ? { isBack } : {}) })
    write()
    return
  }
  const keys = one.raw === null || one.raw === raw ? [] : keysOf(JSON.parse(one.raw) as RemoteNumber, number)
  if (keys.length > 0) diff.changed.push({ phoneNumber, name, keys })
  else diff.unchanged++
  if (one.raw !== raw || one.missingSince !== null) write()
}

function takeAbsent(diff: SyncDiff, one: LocalNumber, answers: SidAnswers, at: string): void {
  const { phoneNumber, sid, raw, missingSince } = one
  if (!isHere(one)) {
    // The relay heard from another desktop that it left: nothing to tell anybody.
    if (!one.isGone && one.directory === 'left' && raw !== null) diff.writes.push({ phoneNumber, sid, raw, missingSince: null, goneAt: at })
    return
  }
  const named = { phoneNumber, name: one.name || phoneNumber }
  if (sid !== null && answers.get(sid) === 'gone') {
    diff.removed.push(named)
    diff.writes.push({ phoneNumber, sid, raw, missingSince: null, goneAt: at })
    return
  }
  diff.missing.push(named)
  // Asked for alone it is there: the list lags, as it does after a purchase. Nothing to warn of.
  const isThere = sid !== null && answers.get(sid) === 'here'
  if (missingSince === null && !isThere) diff.writes.push({ phoneNumber, sid, raw, missingSince: at, goneAt: null })
}

/**
 * What must happen here for the kept numbers to be those that Twilio lists. A number that the relay's directory has already is not *added*, even
 * when this desktop never saw it at Twilio: it takes its settings silently. An absent number is *removed* when Twilio answers 404 to its SID, and
 * *missing* otherwise (RULES R30). Pure. `at`: when Twilio listed, ISO 8601; `textOf`: as `rawOf`, which may be known already.
 */
export function diffOf(
  listing: readonly RemoteNumber[],
  local: readonly LocalNumber[],
  answers: SidAnswers,
  at: string,
  textOf = rawOf,
): SyncDiff {
  const known = byPhoneNumber(local)
  const listed = new Map(listing.map((number) => [number.phoneNumber, number]))
  const diff = emptyDiff(listed.size)
  for (const number of [...listed.values()].toSorted((a, b) => (a.phoneNumber < b.phoneNumber ? -1 : 1)))
    takeListed(diff, number, textOf(number), known.get(number.phoneNumber), answers)
  for (const one of local) if (!listed.has(one.phoneNumber)) takeAbsent(diff, one, answers, at)
  return diff
}

/** The same for two plans that would do the same. */
export function fingerprintOf({ writes, removed, missing }: SyncDiff): string {
  const hash = createHash('sha256')
  // JSON has no line breaks: they part what is hashed.
  for (const { phoneNumber, sid, raw, goneAt } of writes) hash.update(`${phoneNumber}\n${sid}\n${raw}\n${goneAt !== null}\n`)
  return hash.update(JSON.stringify([removed, missing])).digest('base64url')
}
