import { FailureError } from '../../contract/failure.ts'
import { isPurchaseOver, type Purchase, type PurchaseState } from '../../contract/number.ts'
import type { PurchaseBody, PurchaseProgressBody } from '../../contract/number-relay.ts'

/** Which device may go on with an intent, and until when (ISO). */
export interface Lease {
  deviceId: string
  until: string
}
export interface LeasedPurchase {
  purchase: Purchase
  /** The last one given, over or not; null: nobody has begun to buy. */
  lease: Lease | null
}
/** Who says or asks something, now. */
export interface Asker {
  userId: string
  deviceId: string
  isManager: boolean
  at: string
}

const order: Record<PurchaseState, number> = {
  requested: 0,
  intended: 1,
  leased: 2,
  buying: 3,
  looking: 4,
  bought: 5,
  configured: 6,
  done: 7,
  failed: 8,
  cancelled: 8,
  refused: 8,
}
const hasNumber = (state: PurchaseState) => state === 'bought' || state === 'configured' || state === 'done'
const isBegun = (state: PurchaseState) => order[state] >= order.buying

export const isLive = (lease: Lease | null, at: string): lease is Lease => lease !== null && lease.until > at
/** Whether this device may go on with it. */
export const isHeldBy = ({ purchase, lease }: LeasedPurchase, { deviceId, at }: Pick<Asker, 'deviceId' | 'at'>) =>
  !isPurchaseOver(purchase.state) && isLive(lease, at) && lease.deviceId === deviceId

/** Whether an intent may go from one state to another. Only a lease moves a request, and nothing moves what is over. */
export function mayFollow(from: PurchaseState, to: PurchaseState): boolean {
  if (isPurchaseOver(from)) return false
  if (to === 'refused') return from === 'requested'
  if (to === 'cancelled') return !isBegun(from)
  if (from === 'requested') return false
  return order[to] > order[from]
}

/** An intent as it is first heard of: asked for by staff, or leased by who buys. */
export function newPurchase(body: PurchaseBody, { userId, at }: Asker): Purchase {
  const { isRequest, bought: _bought, ...wanted } = { ...body, assignTo: [...new Set(body.assignTo)] }
  const nothingYet = { sid: null, failureCode: null, twilioCode: null, isCharged: false }
  const state = isRequest ? 'requested' : 'leased'
  return { ...wanted, ...nothingYet, state, byUserId: userId, buyerUserId: isRequest ? null : userId, at, updatedAt: at }
}

/** A request as a manager approves it, on the terms that were confirmed; its number stands, and the wish where nothing else was said. */
export function approved(known: Purchase, body: PurchaseBody, { userId, at }: Asker): Purchase {
  const assignTo = body.assignTo.length > 0 ? [...new Set(body.assignTo)] : known.assignTo
  const terms = { monthly: body.monthly, name: body.name ?? known.name, place: body.place ?? known.place, assignTo }
  return { ...known, ...terms, state: 'leased', buyerUserId: userId, updatedAt: at }
}

/** An intent that was bought already: money was spent, whatever was thought of it before. `byUserId`: who confirmed it. */
export const adopted = (purchase: Purchase, sid: string, byUserId: string, at: string): Purchase => ({
  ...purchase,
  state: 'bought',
  sid,
  buyerUserId: byUserId,
  failureCode: null,
  twilioCode: null,
  isCharged: true,
  updatedAt: at,
})

/** Who takes over what another device left: the buyer is whoever spends. */
export const takenOver = (known: Purchase, { userId, at }: Asker): Purchase =>
  isBegun(known.state) || known.buyerUserId === userId ? known : { ...known, buyerUserId: userId, updatedAt: at }

/** Staff may take back what they asked for, until a manager begins to buy it. */
function requireMay({ purchase }: LeasedPurchase, { state }: PurchaseProgressBody, { userId, isManager }: Asker): void {
  if (isManager) return
  if (purchase.byUserId !== userId) throw new FailureError('not-found', 'no such purchase')
  if (state !== 'cancelled') throw new FailureError('forbidden', 'only managers buy')
  if (!isPurchaseOver(purchase.state) && purchase.state !== 'requested') throw new FailureError('conflict', 'a manager is buying it')
}

function chargedIn(state: PurchaseState, known: Purchase): boolean | null {
  if (hasNumber(state)) return true
  return state === 'buying' || state === 'looking' ? null : known.isCharged
}

/**
 * What a report makes of an intent; the same object when it says nothing new. Pure.
 * @throws FailureError `not-found` (another's, for staff), `forbidden` (staff may cancel alone), `conflict` (backwards, over, or another device
 * has the lease), `bad-request` (bought, but no SID was told)
 */
export function progressed(known: LeasedPurchase, report: PurchaseProgressBody, asker: Asker): Purchase {
  requireMay(known, report, asker)
  const { purchase, lease } = known
  const { state } = report
  const isSame = state === purchase.state
  if (isSame && isPurchaseOver(state)) return purchase
  if (!isSame && !mayFollow(purchase.state, state)) throw new FailureError('conflict', `${purchase.state} does not become ${state}`)
  if (isLive(lease, asker.at) && lease.deviceId !== asker.deviceId) throw new FailureError('conflict', 'another device has the lease')
  const sid = report.sid ?? purchase.sid
  if (purchase.sid !== null && sid !== purchase.sid) throw new FailureError('conflict', 'it has another SID already')
  if (hasNumber(state) && sid === null) throw new FailureError('bad-request', 'a number that was bought has a SID')
  const next: Purchase = {
    ...purchase,
    state,
    sid,
    failureCode: report.failureCode ?? purchase.failureCode,
    twilioCode: report.twilioCode ?? purchase.twilioCode,
    isCharged: report.isCharged === undefined ? chargedIn(state, purchase) : report.isCharged,
  }
  const hasChanged = (Object.keys(next) as (keyof Purchase)[]).some((key) => next[key] !== purchase[key])
  return hasChanged ? { ...next, updatedAt: asker.at } : purchase
}
