import { driftOf, settingKeys, type NumberSettings, type SettingKey } from '../../contract/number.ts'
import type { GuardBody, VoiceWiring } from '../../contract/number-relay.ts'
import type { Database } from '../database/open.ts'
import type { Clock } from '../ports.ts'
import type { Actor, Audit } from './audit.ts'
import { createGuardRows, type GuardRows, type Snapshot } from './guard-rows.ts'

/** A number as a listing shows it. */
export interface Sighting {
  phoneNumber: string
  sid: string
  settings: NumberSettings
}
/** ISO instants before Twilio was asked and when its answer was there; and the numbers that had left: what they are now is theirs. */
export interface Listing {
  startedAt: string
  at: string
  back: ReadonlySet<string>
}
/** What a piece of a listing said that was not known: settings that changed at Twilio, all of them at first sight. */
export interface Sighted {
  news: Map<string, readonly SettingKey[]>
  /** Numbers that are now otherwise than we left them, and were not (so) before. */
  drifted: { sid: string; keys: SettingKey[] }[]
}

/**
 * Settings of the numbers at Twilio, ours (`baseline`) against those last read (`seen`); RULES R18, R31. What changes runs inside a
 * transaction of the writer; a listing of unchanged numbers writes one row. A listing may come in pieces: `saw` for each, and `listed` once all
 * are in; one that breaks off is no listing, and what it had seen already the next one finds as it is.
 */
export interface Guard {
  saw(piece: readonly Sighting[], when: Listing): Sighted
  /** The listing is complete: Twilio has these numbers, and no other. */
  listed(phoneNumbers: ReadonlySet<string>, at: string): void
  /** These settings are ours now, as just read back. Gives the numbers whose name at Twilio is another than was known. */
  keep(rows: GuardBody['rows'], actor: Actor): { phoneNumber: string; friendlyName: string }[]
  /** When the numbers were last listed, ISO; null: never. */
  listedAt(): string | null
  /** JSON of a GuardReply, of the numbers (of these alone) that have not left: as text, since 20 MB of it would take seconds to make otherwise. */
  replyText(wiring: VoiceWiring, only?: readonly string[]): string
}

/** Twilio's list may show settings of some seconds ago; what was read back from the number itself is newer (RULES R34: 5 s). */
const LAG_MS = 15_000

/** Settings as text, always in the same order. */
const rawOf = (settings: NumberSettings): string => JSON.stringify(Object.fromEntries(settingKeys.map((key) => [key, settings[key]])))
const settingsOf = (raw: string) => JSON.parse(raw) as NumberSettings
const keysOf = (was: string, is: string): SettingKey[] => driftOf(settingsOf(was), settingsOf(is)).map(({ key }) => key)

/** The guard over SQLite. */
export function createGuard({ db, audit, clock }: { db: Database; audit: Pick<Audit, 'appendAudit'>; clock: Clock }): Guard {
  const rows = createGuardRows(db)
  return {
    saw: (piece, when) => saw(rows, piece, when),
    listed: (phoneNumbers, at) => listed(rows, phoneNumbers, at),
    keep: (given, actor) => given.flatMap((row) => keep(rows, audit, row, actor, clock.now().toISOString())),
    listedAt: rows.listedAt,
    replyText: (wiring, only) => replyText(rows, wiring, only),
  }
}

function saw(rows: GuardRows, piece: readonly Sighting[], { startedAt, at, back }: Listing): Sighted {
  const newest = new Date(Date.parse(startedAt) - LAG_MS).toISOString()
  const sighted: Sighted = { news: new Map(), drifted: [] }
  for (const { phoneNumber, sid, settings } of piece) {
    const before = back.has(phoneNumber) ? undefined : rows.get(phoneNumber)
    const seenRaw = rawOf(settings)
    const isSame = before?.seenRaw === seenRaw && before.sid === sid
    if (before && isSame && before.isListed) continue
    if (before && !isSame && !before.isListed && before.seenAt > newest) continue
    const seenAt = before && isSame ? before.seenAt : at
    const { baselineRaw, baselineAt } = before ?? { baselineRaw: seenRaw, baselineAt: at }
    rows.put({ phoneNumber, sid, baselineRaw, baselineAt, seenRaw, seenAt, isListed: true })
    if (isSame) continue
    sighted.news.set(phoneNumber, before ? keysOf(before.seenRaw, seenRaw) : settingKeys)
    if (seenRaw !== baselineRaw) sighted.drifted.push({ sid, keys: keysOf(baselineRaw, seenRaw) })
  }
  return sighted
}

function listed(rows: GuardRows, phoneNumbers: ReadonlySet<string>, at: string): void {
  const before = rows.listedAt()
  for (const { phoneNumber, seenAt } of rows.listed()) if (!phoneNumbers.has(phoneNumber)) rows.missed(phoneNumber, before ?? seenAt)
  rows.putListedAt(at)
}

function keep(rows: GuardRows, audit: Pick<Audit, 'appendAudit'>, row: GuardBody['rows'][number], actor: Actor, at: string) {
  const { phoneNumber, sid, settings, seen = settings, reason } = row
  const before = rows.get(phoneNumber)
  const raw = rawOf(settings)
  const isSame = before?.baselineRaw === raw && before.sid === sid
  const baselineAt = isSame ? before.baselineAt : at
  rows.put({ phoneNumber, sid, baselineRaw: raw, baselineAt, seenRaw: rawOf(seen), seenAt: at, isListed: false })
  if (before?.baselineRaw !== raw) trace(audit, reason, phoneNumber, before, settings, actor)
  const isRenamed = before !== undefined && settingsOf(before.seenRaw).friendlyName !== seen.friendlyName
  return isRenamed ? [{ phoneNumber, friendlyName: seen.friendlyName }] : []
}

/** Of settings that nobody knew before, those that are set. A new name has its line already; whatever else comes with it has not. */
function trace(
  audit: Pick<Audit, 'appendAudit'>,
  reason: GuardBody['rows'][number]['reason'],
  subject: string,
  before: Snapshot | undefined,
  settings: NumberSettings,
  actor: Actor,
): void {
  const unset = Object.fromEntries(settingKeys.map((key) => [key, ''])) as NumberSettings
  const drift = driftOf(before ? settingsOf(before.baselineRaw) : unset, settings)
  if (reason === 'renamed' && drift.every(({ key }) => key === 'friendlyName')) return
  const action = `number.${reason === 'renamed' ? 'configured' : reason}`
  const was = Object.fromEntries(before ? drift.map((one) => [one.key, one.was]) : [])
  audit.appendAudit({ action, subject, before: was, after: Object.fromEntries(drift.map((one) => [one.key, one.is])) }, actor)
}

function replyText(rows: GuardRows, wiring: VoiceWiring, only?: readonly string[]): string {
  const listedAt = rows.listedAt()
  const texts = rows.ofOurs(only).map(({ phoneNumber, sid, baselineRaw, baselineAt, seenRaw, seenAt, isListed }) => {
    const when = JSON.stringify({ phoneNumber, sid, baselineAt, seenAt: isListed ? (listedAt ?? seenAt) : seenAt })
    return `${when.slice(0, -1)},"baseline":${baselineRaw},"seen":${seenRaw}}`
  })
  const head = JSON.stringify({ wiring, listedAt })
  return `${head.slice(0, -1)},"rows":[${texts.join(',')}]}`
}
