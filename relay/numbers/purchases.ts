import { FailureError } from '../../contract/failure.ts'
import { isPurchaseOver, type Purchase, type PurchaseState } from '../../contract/number.ts'
import type { PurchaseBody, PurchaseProgressBody, PurchaseReply } from '../../contract/number-relay.ts'
import type { Database } from '../database/open.ts'
import type { RequestSession } from '../plugins/session.ts'
import type { Clock, Directory, EventLog } from '../ports.ts'
import type { Audit } from './audit.ts'
import { createPurchaseRows, type PurchaseRows } from './purchase-rows.ts'
import {
  adopted,
  approved,
  isHeldBy,
  isLive,
  newPurchase,
  progressed,
  takenOver,
  type Asker,
  type Lease,
  type LeasedPurchase,
} from './purchase-rules.ts'

export interface PurchaseDeps {
  db: Database
  directory: Pick<Directory, 'user' | 'number'>
  events: Pick<EventLog, 'append'>
  audit: Pick<Audit, 'appendAudit'>
  clock: Clock
  leaseSeconds: number
}

/** Who is buying which number (RULES R29). Everything runs inside a transaction of the writer, which thereby decides between managers. */
export interface Purchases {
  /**
   * Asks for the lease of a number, or for the number itself (`isRequest`); the same intent again renews the lease, or takes it over when it
   * has run out. What was `bought` already is adopted, by the first intent that says so. @throws FailureError `forbidden`, `number-leased` with `byName`, `number-already-ours`, `bad-request` (users nobody knows)
   */
  lease(body: PurchaseBody, session: RequestSession): PurchaseReply
  /** How far an intent is. @throws FailureError `not-found`, `forbidden`, `conflict`, `bad-request`, `number-leased` (about to buy, too late) */
  report(intentId: string, body: PurchaseProgressBody, session: RequestSession): PurchaseReply
  /** Managers all, others what they asked for; newest first, 200 at most. */
  list(session: RequestSession): Purchase[]
}

interface Context extends PurchaseDeps {
  rows: PurchaseRows
}

/** Purchases over SQLite, each change in the log and the trace. */
export function createPurchases(deps: PurchaseDeps): Purchases {
  const context: Context = { ...deps, rows: createPurchaseRows(deps.db) }
  const askerOf = ({ userId, deviceId, role }: RequestSession): Asker => ({
    userId,
    deviceId,
    isManager: role === 'manager',
    at: deps.clock.now().toISOString(),
  })
  return {
    lease(body, session) {
      const asker = askerOf(session)
      if (!asker.isManager && !body.isRequest) throw new FailureError('forbidden', 'only managers buy; staff may ask for a number')
      const known = context.rows.get(body.intentId)
      if (body.bought && !body.isRequest) return adopt(context, known, body, body.bought, asker)
      if (body.isRequest) return known ? again(known, asker) : begin(context, body, asker)
      if (!known) return begin(context, body, asker)
      if (known.purchase.state === 'requested') return approve(context, known, body, asker)
      return renew(context, known, asker)
    },
    report(intentId, body, session) {
      const known = context.rows.get(intentId)
      if (!known) throw new FailureError('not-found', 'no such purchase')
      return advance(context, known, body, askerOf(session))
    },
    list: ({ userId, role }) => context.rows.list(role === 'manager' ? undefined : userId),
  }
}

const replyOf = (found: LeasedPurchase, asker: Asker): PurchaseReply => ({
  purchase: found.purchase,
  isHolder: isHeldBy(found, asker),
  leaseUntil: found.lease?.until ?? asker.at,
})

/** A request that is sent again says nothing new. */
function again(known: LeasedPurchase, asker: Asker): PurchaseReply {
  if (!asker.isManager && known.purchase.byUserId !== asker.userId) throw new FailureError('conflict', 'this intent is somebody else’s')
  return replyOf(known, asker)
}

function begin(context: Context, body: PurchaseBody, asker: Asker): PurchaseReply {
  requireUsers(context, body)
  requireNotOurs(context, body.phoneNumber)
  requireFree(context, body.phoneNumber, body.intentId, asker)
  const purchase = newPurchase(body, asker)
  if (body.isRequest) trace(context, 'number.requested', purchase, {}, asker)
  return keep(context, undefined, purchase, asker)
}

function approve(context: Context, known: LeasedPurchase, body: PurchaseBody, asker: Asker): PurchaseReply {
  requireUsers(context, body)
  requireNotOurs(context, known.purchase.phoneNumber)
  requireFree(context, known.purchase.phoneNumber, body.intentId, asker)
  const purchase = approved(known.purchase, body, asker)
  trace(context, 'purchase.approved', purchase, { state: known.purchase.state }, asker)
  return keep(context, known, purchase, asker)
}

/**
 * Takes note of what was bought without us. A listing may know the number already, and another intent may have its lease: neither undoes
 * what was paid for. Only another intent that bought the same stands against it.
 */
function adopt(
  context: Context,
  known: LeasedPurchase | undefined,
  body: PurchaseBody,
  { sid, byUserId }: NonNullable<PurchaseBody['bought']>,
  asker: Asker,
): PurchaseReply {
  if (known && known.purchase.sid !== null) return renew(context, known, asker)
  requireFirst(context, sid, body.intentId)
  const isThere = (userId: string) => context.directory.user(userId)?.isActive === true
  const wanted = { ...body, assignTo: body.assignTo.filter(isThere) }
  const before = known?.purchase.state === 'requested' ? approved(known.purchase, wanted, asker) : known?.purchase
  const purchase = adopted(before ?? newPurchase(wanted, asker), sid, isThere(byUserId) ? byUserId : asker.userId, asker.at)
  trace(context, 'purchase.bought', purchase, known ? { state: known.purchase.state } : {}, asker)
  return keep(context, known, purchase, asker)
}

function renew(context: Context, known: LeasedPurchase, asker: Asker): PurchaseReply {
  const { purchase, lease } = known
  if (isPurchaseOver(purchase.state)) return replyOf(known, asker)
  if (isLive(lease, asker.at)) return lease.deviceId === asker.deviceId ? keep(context, known, purchase, asker) : replyOf(known, asker)
  requireFree(context, purchase.phoneNumber, purchase.intentId, asker)
  return keep(context, known, takenOver(purchase, asker), asker)
}

/** What is traced: decisions, and money spent or not. Its settings and owners are `number.bought`, by the desktop. */
const tracedAs: Partial<Record<PurchaseState, string>> = {
  refused: 'purchase.refused',
  cancelled: 'purchase.cancelled',
  bought: 'purchase.bought',
  failed: 'purchase.failed',
}

function advance(context: Context, known: LeasedPurchase, body: PurchaseProgressBody, asker: Asker): PurchaseReply {
  const purchase = progressed(known, body, asker)
  // Who is about to spend, and whose number was given to another intent since, is stopped; what has happened already is taken note of.
  if (purchase.state === 'buying') requireFree(context, purchase.phoneNumber, purchase.intentId, asker)
  const isNews = purchase.state !== known.purchase.state
  // Who was down while it was bought and configured tells of a later state at once.
  const isFirstSid = purchase.sid !== null && known.purchase.sid === null
  if (isFirstSid) requireFirst(context, purchase.sid, purchase.intentId)
  const action = tracedAs[purchase.state] ?? (isFirstSid ? 'purchase.bought' : undefined)
  if (isNews && action !== undefined) trace(context, action, purchase, { state: known.purchase.state }, asker)
  if (purchase.state === 'requested' || (isPurchaseOver(purchase.state) && !isNews)) return replyOf(known, asker)
  return keep(context, known, purchase, asker)
}

/** Unless it is a request, or over, or its number is another intent's by now: then it keeps what it had. */
function leaseAfter(context: Context, known: LeasedPurchase | undefined, purchase: Purchase, asker: Asker): Lease | null {
  if (purchase.state === 'requested' || isPurchaseOver(purchase.state)) return null
  if (otherLease(context, purchase.phoneNumber, purchase.intentId, asker)) return known?.lease ?? null
  return { deviceId: asker.deviceId, until: new Date(Date.parse(asker.at) + context.leaseSeconds * 1000).toISOString() }
}

/** Stores an intent, its lease renewed, and tells managers and who asked for it. */
function keep(context: Context, known: LeasedPurchase | undefined, purchase: Purchase, asker: Asker): PurchaseReply {
  const lease = leaseAfter(context, known, purchase, asker)
  context.rows.put(purchase, lease)
  if (purchase !== known?.purchase)
    context.events.append({ type: 'purchase.changed', payload: purchase }, { kind: 'users', userIds: [purchase.byUserId] })
  return replyOf({ purchase, lease }, asker)
}

function trace({ audit }: Context, action: string, purchase: Purchase, before: Record<string, unknown>, asker: Asker): void {
  const { intentId, phoneNumber, state, monthly, buyerUserId, sid, failureCode, twilioCode, isCharged } = purchase
  // Who tells is not always who confirmed it: a session may end while its purchase goes on.
  const known = Object.entries({ buyerUserId, sid, failureCode, twilioCode }).filter(([, value]) => value !== null)
  const after = { intentId, state, monthly, isCharged, ...Object.fromEntries(known) }
  audit.appendAudit({ action, subject: phoneNumber, before, after }, asker)
}

function requireUsers({ directory }: Context, { assignTo }: PurchaseBody): void {
  if (assignTo.every((userId) => directory.user(userId)?.isActive)) return
  throw new FailureError('bad-request', 'the number is to be assigned to somebody who is not there')
}

function requireNotOurs({ directory }: Context, phoneNumber: string): void {
  const known = directory.number(phoneNumber)
  if (known && known.details.leftAt === null) throw new FailureError('number-already-ours', 'the number is ours already', { phoneNumber })
}

/** Twilio charges a number once, however often it is POSTed: of two intents that bought the same, the first that says so did. */
function requireFirst({ rows, directory }: Context, sid: string | null, intentId: string): void {
  const first = sid === null ? undefined : rows.ofSid(sid)
  if (!first || first.intentId === intentId) return
  const byName = directory.user(first.buyerUserId ?? first.byUserId)?.name ?? ''
  throw new FailureError('number-already-ours', 'another purchase bought it', { byName, phoneNumber: first.phoneNumber })
}

const otherLease = ({ rows }: Context, phoneNumber: string, intentId: string, { at }: Asker): Purchase | undefined =>
  rows.leased(phoneNumber, at).find(({ purchase }) => purchase.intentId !== intentId)?.purchase

function requireFree(context: Context, phoneNumber: string, intentId: string, asker: Asker): void {
  const other = otherLease(context, phoneNumber, intentId, asker)
  if (!other) return
  const byName = context.directory.user(other.buyerUserId ?? other.byUserId)?.name ?? ''
  throw new FailureError('number-leased', 'another purchase of the number is under way', { byName, phoneNumber })
}
