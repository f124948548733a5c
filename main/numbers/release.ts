import { FailureError } from '../../contract/failure.ts'
import type { BulkReply } from '../../contract/number-desktop.ts'
import type { GuardRow } from '../../contract/number-relay.ts'
import { driftOf, type RemoteNumber } from '../../contract/number.ts'
import type { NumberRow } from '../../contract/relay.ts'
import { requireManager } from '../account/manager.ts'
import type { TwilioAccount } from '../twilio/port.ts'
import { eachNumber, inOrder } from './change-each.ts'
import { keepRemote, keptNumbers, progressOf, sidOf, type NumberParts } from './change-parts.ts'
import { detachEmergencyAddress } from './release-emergency.ts'

export interface ReleaseParts extends NumberParts {
  /** Waits between two looks at an emergency address that is being taken back, in ms. */
  emergencyLook: number
  /** Tells the relay what is kept for it: released numbers among that. False when it was not reached; it is told later then. */
  tellRelay: () => Promise<boolean>
}

export interface ReleaseItem {
  phoneNumber: string
  /** As typed by the person. */
  lastFour: string
}

/** Settings that say where calls go: changed during the hold, somebody has put the number to another use. */
const routing: ReadonlySet<string> = new Set(['voiceUrl', 'voiceApplicationSid', 'trunkSid'])

/**
 * Why this number may not be released, by the relay's word of it; undefined when it may. A number with calls or owners may: the person was
 * shown both before (`numbers.dependencies`), and it is parked. Pure.
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

/** The check of the moment, at Twilio. @throws FailureError `conflict` when the number's calls were sent elsewhere since we last set or accepted them */
function checkRouting({ phoneNumber, settings }: RemoteNumber, kept: GuardRow | undefined): void {
  const changed = kept ? driftOf(kept.baseline, settings).filter(({ key }) => routing.has(key)) : []
  if (changed.length === 0) return
  const routedTo = settings.voiceApplicationSid || settings.trunkSid || settings.voiceUrl
  throw new FailureError('conflict', 'somebody has sent its calls elsewhere', { phoneNumber, routedTo })
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

interface Known {
  rows: ReadonlyMap<string, NumberRow>
  guards: ReadonlyMap<string, GuardRow>
  isEarly: boolean
}

/** Somebody ended the hold while others were released: this desktop has heard it by the link. */
async function checkStillHeld(parts: ReleaseParts, phoneNumber: string, wasHeld: boolean): Promise<void> {
  const kept = (await keptNumbers(parts, [phoneNumber])).get(phoneNumber)
  if (wasHeld && kept?.relay && !kept.relay.details.hold)
    throw new FailureError('number-not-held', 'the hold was ended meanwhile', { phoneNumber })
}

/** The number as Twilio has it; undefined when it is gone already, by its SID and by its number: that is what is wanted. */
async function stillOurs(account: TwilioAccount, phoneNumber: string, sid: string | undefined): Promise<RemoteNumber | undefined> {
  const remote = sid === undefined ? undefined : await account.number(sid)
  if (remote && remote.phoneNumber !== phoneNumber) throw new FailureError('conflict', 'the SID is another number now', { phoneNumber })
  return remote ?? account.ownedNumber(phoneNumber)
}

async function releaseOne(parts: ReleaseParts, item: ReleaseItem, { rows, guards, isEarly }: Known): Promise<void> {
  const { accounts, relay, store, clock, onNumbers } = parts
  const { phoneNumber } = item
  const row = rows.get(phoneNumber)
  const refusal = releaseRefusal(row, item, clock.now(), isEarly)
  if (refusal || !row) throw refusal ?? new FailureError('not-found')
  const account = await accounts.current()
  const kept = (await keptNumbers(parts, [phoneNumber])).get(phoneNumber)
  const remote = await stillOurs(account, phoneNumber, sidOf(kept) ?? row.sid ?? undefined)
  if (remote) {
    checkRouting(remote, guards.get(phoneNumber))
    // Before, not after: whoever lets a number go is known, whatever happens to this computer then.
    await relay.tellAudit([{ action: 'number.releasing', subject: phoneNumber, before: lastWords(row, remote), after: {} }])
    await checkStillHeld(parts, phoneNumber, Boolean(kept?.relay?.details.hold))
    await giveBack(parts, account, remote).catch(async (error: unknown) => {
      const now = await account.number(remote.sid).catch(() => undefined)
      if (now) await keepRemote(parts, [now])
      throw error
    })
  }
  await store.replica.markGone([phoneNumber], clock.now().toISOString(), 'number.released')
  onNumbers([phoneNumber])
}

async function release(parts: ReleaseParts, items: readonly ReleaseItem[], isEarly: boolean): Promise<BulkReply> {
  requireManager(parts.session)
  await parts.accounts.current()
  const [numbers, guard] = await Promise.all([parts.relay.numbers(), parts.relay.guard(items.map(({ phoneNumber }) => phoneNumber))])
  const rows = new Map(numbers.map((row) => [row.phoneNumber, row]))
  const guards = new Map(guard.rows.map((row) => [row.phoneNumber, row]))
  const wanted = [...new Map(items.map((item) => [item.phoneNumber, item])).values()]
  const onDone = progressOf(parts, 'release', wanted.length)
  const done = await eachNumber(wanted, (item) => releaseOne(parts, item, { rows, guards, isEarly }), { log: parts.log, onDone })
  await parts.tellRelay()
  const asked = items.map(({ phoneNumber }) => phoneNumber)
  return { results: inOrder(asked, done) }
}

/** Gives numbers back to Twilio: held, due (or early by decision), with their last four digits typed. It cannot be undone. */
export const createReleases = (parts: ReleaseParts) => ({
  /**
   * One that fails leaves the others. Failures of a number: `number-not-held`, `hold-not-over`, `last-four-wrong`, `not-found`, `conflict` (its
   * calls were sent elsewhere since), `emergency-address-attached` (still being taken back: again later), Twilio's.
   * @throws FailureError `forbidden`, `not-signed-in`, `account-missing`, `relay-unreachable`: nothing was released then
   */
  release: ({ items, isEarly = false }: { items: readonly ReleaseItem[]; isEarly?: boolean | undefined }) => release(parts, items, isEarly),
})
