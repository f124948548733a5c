import { singleFlight } from '../../base/single-flight.ts'
import { RELAY, type Audit } from '../numbers/audit.ts'
import { differencesOf } from '../numbers/change.ts'
import type { Guard, Listing, Sighted } from '../numbers/guard.ts'
import { asBefore } from '../numbers/returns.ts'
import type { Clock, Writer } from '../ports.ts'
import type { TwilioNumber, TwilioNumbers } from '../twilio/numbers.ts'
import type { DirectoryReads, DirectoryWrites } from './directory.ts'
import { afterListing, rowAfter, type NumberBrief } from './listing.ts'

export interface NumberSyncDeps {
  twilio: Pick<TwilioNumbers, 'list' | 'exists'>
  directory: Pick<DirectoryReads & DirectoryWrites, 'number' | 'saveNumber' | 'user' | 'defaultNumberOf'>
  /** Numbers that the directory knows, all or those of these, in brief. */
  briefs(only?: readonly string[]): NumberBrief[]
  guard: Pick<Guard, 'saw' | 'listed' | 'listedAt'>
  audit: Pick<Audit, 'appendAudit' | 'page'>
  writer: Writer
  clock: Clock
  log: { info(details: object, message: string): void; warn(details: object, message: string): void }
  everyMs: number
  /** Unknown numbers ask for a list at most this often. */
  leastMs?: number
}

/**
 * Keeps the directory's numbers, and what is known of their settings, as Twilio lists them (RULES R18, R30): at start, hourly, when asked,
 * and when a call comes in for an unknown one. A number that is absent is asked for by SID and has left only on a 404.
 */
export function createNumberSync(deps: NumberSyncDeps) {
  const { clock, log, everyMs, leastMs = 5000 } = deps
  let timer: NodeJS.Timeout | undefined
  let askedAt = -Infinity
  const refresh = singleFlight(() => listAndApply(deps))
  const refreshQuietly = () => {
    askedAt = clock.now().getTime()
    void refresh().catch((error: unknown) => log.warn({ err: error }, 'numbers could not be listed'))
  }
  return {
    /** One at a time: who asks while it runs gets its result. */
    refresh,
    /** A call came in for a number that the directory does not know. Returns at once. */
    refreshSoon: () => (clock.now().getTime() - askedAt >= leastMs ? refreshQuietly() : undefined),
    start(): void {
      refreshQuietly()
      timer = setInterval(refreshQuietly, everyMs)
    },
    stop: () => clearInterval(timer),
    /** ISO; of an earlier run of the relay, too. Null: never. */
    listedAt: () => deps.guard.listedAt(),
  }
}
export type NumberSync = ReturnType<typeof createNumberSync>

/** Numbers of a listing written at once: ten thousand new ones take a second or two, and webhooks wait for the writer too (RULES R14). */
const PIECE = 250

async function listAndApply(deps: NumberSyncDeps): Promise<TwilioNumber[]> {
  const { twilio, writer, clock, log } = deps
  const startedAt = clock.now().toISOString()
  const all = await twilio.list()
  const denied = await deniedOf(deps, all)
  const listed = all.filter(({ sid }) => !denied.has(sid))
  const when = { startedAt, at: clock.now().toISOString() }
  const seen = new Set<string>()
  const drifted: Sighted['drifted'] = []
  for (let from = 0; from < listed.length; from += PIECE) {
    const some = listed.slice(from, from + PIECE)
    const piece = await writer.submit(() => applySome(deps, some, when))
    for (const phoneNumber of piece.phoneNumbers) seen.add(phoneNumber)
    drifted.push(...piece.drifted)
  }
  const gone = await writer.submit(() => applyEnd(deps, seen, denied, when.at))
  log.info({ listed: listed.length, gone }, 'numbers listed')
  if (drifted.length > 0)
    log.warn({ count: drifted.length, numbers: drifted.slice(0, 20) }, 'settings at Twilio are no longer what we left them at')
  return listed
}

/**
 * SIDs that Twilio denies (404): of numbers that are absent, and of those that left and are listed still under the SID they left with,
 * since a list lags behind. One request each, one after the other.
 */
async function deniedOf(deps: NumberSyncDeps, listed: readonly TwilioNumber[]): Promise<Set<string>> {
  const sids = new Map(listed.map(({ phoneNumber, sid }) => [phoneNumber, sid]))
  const doubtful = deps.briefs().filter(({ phoneNumber, sid, leftAt }) => {
    const now = sids.get(phoneNumber)
    return leftAt === null ? now === undefined : now === sid
  })
  const denied = new Set<string>()
  for (const { sid } of doubtful) if (sid !== null && !(await deps.twilio.exists(sid))) denied.add(sid)
  return denied
}

type When = Omit<Listing, 'back'>

/** A piece of a listing in one transaction; only what changed is read whole and written. */
function applySome(deps: NumberSyncDeps, listed: readonly TwilioNumber[], when: When) {
  const { startedAt } = when
  const briefs = deps.briefs(listed.map(({ phoneNumber }) => phoneNumber))
  const known = new Map(briefs.map((number) => [number.phoneNumber, number]))
  // What left after the listing began is in it and yet gone.
  const current = listed.filter(({ phoneNumber }) => (known.get(phoneNumber)?.leftAt ?? '') < startedAt)
  const back = new Set(current.flatMap(({ phoneNumber }) => (known.get(phoneNumber)?.leftAt ? [phoneNumber] : [])))
  const { news, drifted } = deps.guard.saw(current, { ...when, back })
  for (const one of current) {
    const after = afterListing(known.get(one.phoneNumber), one, news.get(one.phoneNumber))
    if (after) save(deps, after)
  }
  return { phoneNumbers: current.map(({ phoneNumber }) => phoneNumber), drifted }
}

/** All pieces are in: what Twilio denied has left. Gives how many. A listing that broke off before has removed nothing; the next repairs it. */
function applyEnd(deps: NumberSyncDeps, seen: ReadonlySet<string>, denied: ReadonlySet<string>, at: string): number {
  deps.guard.listed(seen, at)
  const gone = deps.briefs().filter((one) => one.leftAt === null && one.sid !== null && denied.has(one.sid))
  for (const one of gone) save(deps, { ...one, isActive: false, leftAt: at })
  return gone.length
}

/** That a number left or came back is traced as the relay's word. */
function save({ directory, audit, clock }: NumberSyncDeps, after: NumberBrief): void {
  const before = directory.number(after.phoneNumber)
  const row = asBefore(before, rowAfter(before, after), clock.now().toISOString(), { directory, audit })
  directory.saveNumber(row)
  if (!before || before.details.leftAt === row.details.leftAt) return
  const facts = ({ sid, isActive, details: { leftAt } }: typeof row) => ({ sid, isActive, leftAt })
  const action = row.details.leftAt === null ? 'number.returned' : 'number.removed'
  const differences = differencesOf(before, row)
  const was = { ...facts(before), ...differences?.before }
  audit.appendAudit({ action, subject: after.phoneNumber, before: was, after: { ...facts(row), ...differences?.after } }, RELAY)
}
