import { isPurchaseOver, type Purchase, type RemoteNumber } from '../../../contract/number.ts'
import type { PurchaseRow } from '../../store/purchase-table.ts'
import type { TwilioAccount } from '../../twilio/port.ts'
import type { RelayNumbers } from '../relay-numbers.ts'
import { failureOf, isAccountAtFault, isTwilioAway } from './failures.ts'
import { bodyOf, byRelay, isCode, nameOf, progressOf, unanswered, type Perform } from './parts.ts'
import { leaseIdOf, type PurchaseEvent } from './steps.ts'

// What the relay is told of a number that is bought, and of the end.

/** Tells the relay: that it is bought, before which another may have come; the settings as they are to stay; whose it is. */
export const record: Perform<'record'> = async (parts, { row, memory }) => {
  const sid = row.purchase.sid ?? ''
  let account: TwilioAccount
  let now: RemoteNumber | undefined
  try {
    account = await parts.account(row.accountSid)
    now = await account.number(sid)
  } catch (error) {
    return unanswered(error)
  }
  try {
    const purchase = await claimed(parts.relay, row)
    if (now && !row.isKnown) now = await named(account, now, nameOf(purchase))
    if (now) await parts.relay.putGuard([{ phoneNumber: purchase.phoneNumber, sid, settings: now.settings, reason: 'configured' }])
    const { phoneNumber, place, type, monthly, assignTo, intentId } = purchase
    const origin = { at: purchase.at, byUserId: purchase.buyerUserId ?? purchase.byUserId, intentId, monthly, place, type }
    const patch = memory.isPlain ? {} : { patch: { name: nameOf(purchase), ...(assignTo.length > 0 ? { userIds: assignTo } : {}) } }
    const [result] = await parts.relay.changes([{ phoneNumber, action: 'number.bought', sid, origin, ...patch }])
    if (result?.status === 'applied') return { type: 'recorded' }
    return { type: 'refused', failure: { code: result?.code ?? 'relay-refused', retry: 'never' } }
  } catch (error) {
    if (isTwilioAway(error) || isAccountAtFault(error)) return unanswered(error)
    return isCode(error, 'number-already-ours') ? { type: 'beaten', failure: failureOf(error) } : byRelay(error)
  }
}

/**
 * The relay hears that it is bought, of the whole intent where it knows none: it may know the number already by listing. With what a request
 * wished for, where nothing else was said. @throws FailureError `number-already-ours` when another intent bought it, and was first
 */
async function claimed(relay: RelayNumbers, row: PurchaseRow): Promise<Purchase> {
  const { purchase } = row
  const tell = async () => {
    try {
      await relay.tellPurchase(leaseIdOf(row), progressOf(row))
    } catch (error) {
      if (!isCode(error, 'conflict')) throw error // another device has its lease: the end is told when that is over
    }
  }
  try {
    if (row.isKnown) return await tell().then(() => purchase)
  } catch (error) {
    if (!isCode(error, 'not-found')) throw error
  }
  const bought = { sid: purchase.sid ?? '', byUserId: purchase.buyerUserId ?? purchase.byUserId }
  const { purchase: theirs } = await relay.lease({ ...bodyOf(row), bought })
  await tell()
  return { ...purchase, name: purchase.name ?? theirs.name, assignTo: purchase.assignTo.length > 0 ? purchase.assignTo : theirs.assignTo }
}

/** Another who bought the same without the relay may have named it last. What Twilio does not take stays as it is. */
async function named(account: TwilioAccount, now: RemoteNumber, friendlyName: string): Promise<RemoteNumber> {
  if (now.settings.friendlyName === friendlyName) return now
  try {
    return await account.update(now.sid, { friendlyName })
  } catch (error) {
    if (isTwilioAway(error) || isAccountAtFault(error)) throw error
    return now
  }
}

/**
 * The end is told until the relay has heard it. While another device has the lease, as after another session took it up on this computer, it
 * is told again; where another desktop brought the intent to a better end, that one counts.
 */
export const report: Perform<'report'> = async ({ relay }, { row }) => {
  const { sid } = row.purchase
  const tell = async (): Promise<PurchaseEvent> => {
    await relay.tellPurchase(leaseIdOf(row), progressOf(row))
    return { type: 'reported' }
  }
  try {
    return await tell()
  } catch (error) {
    if (!isCode(error, 'conflict')) return byRelay(error)
  }
  try {
    const reply = await relay.lease(bodyOf(row))
    const { purchase, isHolder } = reply
    if (isPurchaseOver(purchase.state)) return sid === null && purchase.sid !== null ? { type: 'leased', reply } : { type: 'reported' }
    return isHolder ? await tell() : { type: 'unanswered', failure: { code: 'conflict', retry: 'later' } }
  } catch (error) {
    return byRelay(error)
  }
}
