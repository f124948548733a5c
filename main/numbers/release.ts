import { FailureError } from '../../contract/failure.ts'
import type { BulkReply, ReleaseSeen } from '../../contract/number-desktop.ts'
import type { GuardRow, NumberUsage, VoiceWiring } from '../../contract/number-relay.ts'
import type { RemoteNumber } from '../../contract/number.ts'
import type { NumberRow } from '../../contract/relay.ts'
import { requireManager } from '../account/manager.ts'
import type { KeptNumber } from '../store/number-rows.ts'
import type { TwilioAccount } from '../twilio/port.ts'
import { eachNumber, inOrder } from './change-each.ts'
import { keptNumbers, progressOf, sidOf, type NumberParts } from './change-parts.ts'
import { checkUnchanged, givenSinceHold, isTraceNeeded } from './release-check.ts'
import { detachEmergencyAddress } from './release-emergency.ts'
import { keepReleased, type ReleaseNotes } from './release-notes.ts'

export interface ReleaseParts extends NumberParts {
  /** Waits between two looks at an emergency address that is being taken back, in ms. */
  emergencyLook: number
  releaseNotes: Pick<ReleaseNotes, 'around'>
  /** Tells the relay what is kept for it: released numbers among that. False when it was not reached; it is told later then. */
  tellRelay: () => Promise<boolean>
}

export interface ReleaseItem {
  phoneNumber: string
  /** As typed by the person. */
  lastFour: string
  /** What the person was shown of it (`numbers.dependencies`). */
  seen?: ReleaseSeen | undefined
}

/**
 * Why this number may not be released, by the relay's word of it; undefined when it may. A number with calls or owners may, when they are
 * those the person knew of (`checkUnchanged`). Pure.
 */
export function releaseRefusal(row: NumberRow | undefined, { phoneNumber, lastFour }: ReleaseItem, now: Date, isEarly: boolean) {
  if (!row || row.details.leftAt !== null) return new FailureError('not-found', 'the relay knows no such number', { phoneNumber })
  const { hold } = row.details
  if (!hold) return new FailureError('number-not-held', 'a number is held before it is released', { phoneNumber })
  if (!isEarly && Date.parse(hold.until) > now.getTime())
    return new FailureError('hold-not-over', `held until ${hold.until}`, { phoneNumber, until: hold.until })
  if (!phoneNumber.endsWith(lastFour)) return new FailureError('last-four-wrong', 'other digits than typed', { phoneNumber })
  return undefined
}

/** What the trace keeps of a number that is about to go. */
const lastWords = (row: NumberRow, { sid, settings }: RemoteNumber) => ({
  sid,
  name: row.name,
  userIds: row.userIds,
  voiceUrl: settings.voiceUrl,
  emergencyAddressSid: settings.emergencyAddressSid,
  heldUntil: row.details.hold?.until ?? null,
})

/** DELETE, once more after taking the emergency address back where Twilio asks for that. A lost answer is looked up before it is a failure. */
async function giveBack(parts: ReleaseParts, account: TwilioAccount, remote: RemoteNumber): Promise<void> {
  const detach = () => detachEmergencyAddress(account, remote.sid, parts.emergencyLook)
  if (remote.settings.emergencyAddressSid) await detach()
  try {
    await account.release(remote.sid)
  } catch (error) {
    if (!(error instanceof FailureError)) throw error
    if (error.code === 'emergency-address-attached') {
      await detach()
      return account.release(remote.sid)
    }
    const isLost = error.code === 'twilio-unreachable' || error.code === 'twilio-failed'
    if (!isLost || (await account.number(remote.sid))) throw error
  }
  return undefined
}

/** Lines of a number's trace that are looked through. */
const TRACE = 200

interface Known {
  rows: ReadonlyMap<string, NumberRow>
  guards: ReadonlyMap<string, GuardRow>
  usage: ReadonlyMap<string, NumberUsage>
  wiring: VoiceWiring
  isEarly: boolean
}

/** Somebody ended the hold, or gave the number to somebody, while others were released: this desktop has heard it by the link. */
async function checkStillHeld(parts: ReleaseParts, row: NumberRow, before: KeptNumber | undefined): Promise<void> {
  const { phoneNumber } = row
  const kept = (await keptNumbers(parts, [phoneNumber])).get(phoneNumber)
  if (before?.relay?.details.hold && kept?.relay && !kept.relay.details.hold)
    throw new FailureError('number-not-held', 'the hold was ended meanwhile', { phoneNumber })
  const known = new Set([...row.userIds, ...(before?.relay?.userIds ?? [])])
  const given = (kept?.relay?.userIds ?? []).filter((userId) => !known.has(userId))
  if (given.length > 0)
    throw new FailureError('conflict', 'it was given to somebody meanwhile', { phoneNumber, changed: 'owners', owners: given.join() })
}

/** Owners, users by default, calls, routing and emergency address as they are now. @throws FailureError `conflict`, `relay-unreachable` */
async function checkAgain(parts: ReleaseParts, row: NumberRow, remote: RemoteNumber, { seen }: ReleaseItem, known: Known): Promise<void> {
  const { phoneNumber } = row
  const entries = isTraceNeeded(row, seen) ? (await parts.relay.audit({ subject: phoneNumber, limit: TRACE })).entries : []
  const [guard, usage] = [known.guards.get(phoneNumber), known.usage.get(phoneNumber)]
  checkUnchanged({ row, remote, guard, usage, wiring: known.wiring, seen, given: givenSinceHold(entries) })
}

/** The number as Twilio has it; undefined when it is gone already, by its SID and by its number: that is what is wanted. */
async function stillOurs(account: TwilioAccount, phoneNumber: string, sid: string | undefined): Promise<RemoteNumber | undefined> {
  const remote = sid === undefined ? undefined : await account.number(sid)
  if (remote && remote.phoneNumber !== phoneNumber) throw new FailureError('conflict', 'the SID is another number now', { phoneNumber })
  return remote ?? account.ownedNumber(phoneNumber)
}

async function releaseOne(parts: ReleaseParts, item: ReleaseItem, known: Known): Promise<void> {
  const { accounts, relay, clock, releaseNotes } = parts
  const { phoneNumber } = item
  const row = known.rows.get(phoneNumber)
  const refusal = releaseRefusal(row, item, clock.now(), known.isEarly)
  if (refusal || !row) throw refusal ?? new FailureError('not-found')
  const account = await accounts.current()
  const kept = (await keptNumbers(parts, [phoneNumber])).get(phoneNumber)
  const remote = await stillOurs(account, phoneNumber, sidOf(kept) ?? row.sid ?? undefined)
  if (!remote) return keepReleased(parts, phoneNumber)
  await checkAgain(parts, row, remote, item, known)
  // Before, not after: whoever lets a number go is known, whatever happens to this computer then.
  await relay.tellAudit([{ action: 'number.releasing', subject: phoneNumber, before: lastWords(row, remote), after: {} }])
  await checkStillHeld(parts, row, kept)
  return releaseNotes.around(account, remote, async () => {
    await giveBack(parts, account, remote)
    await keepReleased(parts, phoneNumber)
  })
}

const byNumber = <T extends { phoneNumber: string }>(rows: readonly T[]) => new Map(rows.map((row) => [row.phoneNumber, row]))

/** The relay's word of this moment. */
async function knownNow({ relay, store }: ReleaseParts, asked: readonly string[], isEarly: boolean): Promise<Known> {
  const [numbers, guard, usage] = await Promise.all([relay.numbers(), relay.guard(asked), relay.usage()])
  await store.replica.putUsage(usage) // what a refusal is about is what is shown then
  return { rows: byNumber(numbers), guards: byNumber(guard.rows), usage: byNumber(usage.rows), wiring: guard.wiring, isEarly }
}

async function release(parts: ReleaseParts, items: readonly ReleaseItem[], isEarly: boolean): Promise<BulkReply> {
  requireManager(parts.session)
  await parts.accounts.current()
  const asked = items.map(({ phoneNumber }) => phoneNumber)
  const known = await knownNow(parts, asked, isEarly)
  const wanted = [...new Map(items.map((item) => [item.phoneNumber, item])).values()]
  const onDone = progressOf(parts, 'release', wanted.length)
  const done = await eachNumber(wanted, (item) => releaseOne(parts, item, known), { log: parts.log, onDone })
  await parts.tellRelay()
  return { results: inOrder(asked, done) }
}

/** Gives numbers back to Twilio: held, due (or early by decision), with their last four digits typed. It cannot be undone. */
export const createReleases = (parts: ReleaseParts) => ({
  /**
   * One that fails leaves the others. Failures of a number: `number-not-held`, `hold-not-over`, `last-four-wrong`, `not-found`, `conflict` (it
   * was given to somebody, called or sent elsewhere since it was held, and the person does not say to have seen it: `details.changed`), `emergency-address-attached` (still being taken back: again later), Twilio's.
   * @throws FailureError `forbidden`, `not-signed-in`, `account-missing`, `relay-unreachable`: nothing was released then
   */
  release: ({ items, isEarly = false }: { items: readonly ReleaseItem[]; isEarly?: boolean | undefined }) => release(parts, items, isEarly),
})
