import type { FailureError } from '../../../contract/failure.ts'
import { formatNumber } from '../../../contract/e164.ts'
import type { PurchaseBody, PurchaseProgressBody, VoiceWiring } from '../../../contract/number-relay.ts'
import { isPurchaseOver, type Money, type NumberSettings, type Purchase, type RemoteNumber } from '../../../contract/number.ts'
import type { Clock } from '../../ports.ts'
import type { PurchaseRow } from '../../store/purchase-table.ts'
import type { TwilioAccount } from '../../twilio/port.ts'
import { wait } from '../../link/wait.ts'
import { connection } from '../guard-plan.ts'
import type { RelayNumbers } from '../relay-numbers.ts'
import { failureOf, isAccountAtFault, isAway, isCertain, isTwilioAway } from './failures.ts'
import { leaseIdOf, markerOf, type PurchaseEffect, type PurchaseEvent, type Run } from './steps.ts'

/** What the effects of purchases need of the world. */
export interface EffectParts {
  relay: RelayNumbers
  /** The account a purchase began in. @throws FailureError `account-missing` when it is not the one there is */
  account: (accountSid: string) => Promise<TwilioAccount>
  /** Where numbers ask (RULES R5), as last heard. @throws FailureError `relay-unreachable` when it was never heard */
  wiring: () => Promise<VoiceWiring>
  /** Takes a number out of those chosen for an area code; false when another purchase of ours has it. */
  reserve: (phoneNumber: string, intentId: string) => boolean
  /** Resolves when the relay says something of the intent, or after `ms`. */
  heard: (intentId: string, ms: number, signal: AbortSignal) => Promise<void>
  clock: Clock
  /** ms after the lost answer at which the number is looked for (RULES R29). */
  looksMs: readonly number[]
}

type Effect<T extends PurchaseEffect['type']> = Extract<PurchaseEffect, { type: T }>
type Perform<T extends PurchaseEffect['type']> = (
  parts: EffectParts,
  run: Run,
  effect: Effect<T>,
  signal: AbortSignal,
) => Promise<PurchaseEvent>

const refused = (error: unknown): PurchaseEvent => ({ type: 'refused', failure: failureOf(error) })
const unanswered = (error: unknown): PurchaseEvent => ({ type: 'unanswered', failure: failureOf(error) })
const byRelay = (error: unknown): PurchaseEvent => (isAway(error) ? unanswered(error) : refused(error))
const byTwilio = (error: unknown): PurchaseEvent => (isTwilioAway(error) ? unanswered(error) : refused(error))
const isCode = (error: unknown, ...codes: FailureError['code'][]) => codes.some((code) => failureOf(error).code === code)

/** Numbers asked for per choice: enough that several purchases of one area code find one each. */
const OFFERS = 30

/**
 * Any number of the area code that speaks and that nobody here is buying; the area code itself is never POSTed (RULES R29). What was
 * chosen before is given up at the relay first: where another desktop went on with it, no other number is to be bought.
 */
const choose: Perform<'choose'> = async (parts, { row }) => {
  const { purchase, areaCode, tried } = row
  if (row.isKnown) {
    const gone = await giveUp(parts, row)
    if (gone) return gone
  }
  try {
    const account = await parts.account(row.accountSid)
    const anywhere = { contains: null, locality: null, region: null, postalCode: null, nearNumber: null, address: 'any' } as const
    const { country, type } = purchase
    const offers = await account.search({ ...anywhere, country, type, areaCode, capabilities: ['voice'], limit: OFFERS })
    const chosen = offers.find(
      ({ phoneNumber, capabilities }) =>
        capabilities.voice && !tried.includes(phoneNumber) && parts.reserve(phoneNumber, purchase.intentId),
    )
    if (!chosen) return { type: 'refused', failure: { code: 'area-code-empty', retry: 'never' } }
    const place = [chosen.locality, chosen.region].filter(Boolean).join(', ').slice(0, 120)
    return { type: 'chosen', phoneNumber: chosen.phoneNumber, place: place || purchase.place }
  } catch (error) {
    return byTwilio(error)
  }
}

/** Undefined when the relay agrees that nothing was bought under the current id: by us for certain, and by nobody else. */
async function giveUp({ relay }: EffectParts, row: PurchaseRow): Promise<PurchaseEvent | undefined> {
  const isOwn = row.reported === 'buying' // it was us who tried, and Twilio refused
  try {
    const gone: PurchaseProgressBody = { state: 'failed', failureCode: 'number-taken', ...(isOwn ? { isCharged: false } : {}) }
    const { sid, isCharged } = await relay.tellPurchase(leaseIdOf(row), gone)
    return sid === null && isCharged === false ? undefined : { type: 'outrun' }
  } catch (error) {
    if (isCode(error, 'not-found')) return undefined
    return isCode(error, 'conflict') ? { type: 'outrun' } : byRelay(error)
  }
}

const bodyOf = (row: PurchaseRow): PurchaseBody => {
  const { phoneNumber, country, type, place, monthly, assignTo, name, note } = row.purchase
  return { intentId: leaseIdOf(row), phoneNumber, country, type, place, monthly, assignTo, name, note, isRequest: false }
}

const lease: Perform<'lease'> = async ({ relay }, { row }) => {
  try {
    return { type: 'leased', reply: await relay.lease(bodyOf(row)) }
  } catch (error) {
    return byRelay(error)
  }
}

/** Waits for the other desktop's progress, or for the end of its lease. */
const join: Perform<'join'> = async ({ heard, clock }, { row }, { until }, signal) => {
  const ms = Date.parse(until) - clock.now().getTime()
  await heard(leaseIdOf(row), Math.min(Math.max(ms, 0) + 50, 600_000), signal)
  return { type: 'joined' }
}

/** What it costs now, and whether it is ours already: a POST for a number of ours would be an update (RULES R29). */
const check: Perform<'check'> = async (parts, { row }) => {
  const { country, type, phoneNumber, intentId } = row.purchase
  try {
    const account = await parts.account(row.accountSid)
    const [prices, owned] = await Promise.all([account.prices(country), account.ownedNumber(phoneNumber)])
    const amount = prices.monthly[type]
    const monthly: Money | null = amount === undefined ? null : { amount, currency: prices.currency }
    await parts.wiring() // before any money: a number without voice URL plays Twilio's demo to callers
    return { type: 'checked', monthly, owned: owned ? { sid: owned.sid, isMarked: isMarked(owned, intentId) } : null }
  } catch (error) {
    return isCode(error, 'relay-unreachable') ? unanswered(error) : byTwilio(error)
  }
}

const isMarked = ({ settings }: RemoteNumber, intentId: string) => settings.friendlyName === markerOf(intentId)

/** Tells the relay that the next thing is to buy: who lost the lease meanwhile is stopped here. */
const announce: Perform<'announce'> = async ({ relay }, { row }) => {
  try {
    await relay.tellPurchase(leaseIdOf(row), { state: 'buying' })
    return { type: 'announced' }
  } catch (error) {
    return isCode(error, 'conflict', 'not-found') ? { type: 'outrun' } : byRelay(error)
  }
}

const buy: Perform<'buy'> = async (parts, { row }) => {
  const { phoneNumber, intentId } = row.purchase
  let account: TwilioAccount
  let settings: Partial<NumberSettings>
  try {
    account = await parts.account(row.accountSid)
    settings = settingsOf(row, await parts.wiring())
  } catch (error) {
    return refused(error) // nothing was sent
  }
  try {
    const { sid } = await account.buy({ phoneNumber, friendlyName: markerOf(intentId), settings })
    return { type: 'bought', sid }
  } catch (error) {
    return isCertain(error) ? refused(error) : { type: 'lost' }
  }
}

/** Voice settings in the purchase itself, so that not one call meets Twilio's demo (RULES R5, R15). */
function settingsOf({ addressSid, bundleSid, identitySid }: PurchaseRow, wiring: VoiceWiring): Partial<NumberSettings> {
  return {
    ...wiring,
    voiceMethod: 'POST',
    voiceFallbackMethod: 'POST',
    statusCallbackMethod: 'POST',
    ...(addressSid ? { addressSid } : {}),
    ...(bundleSid ? { bundleSid } : {}),
    ...(identitySid ? { identitySid } : {}),
  }
}

/** Looks for the number among ours at its time; after a start long after that, at once. */
const look: Perform<'look'> = async (parts, { row }, { nth, since }, signal) => {
  const { account, clock, looksMs } = parts
  const delay = looksMs[nth] ?? 0
  const due = Date.parse(since) + delay - clock.now().getTime()
  await wait(Math.min(Math.max(due, 0), delay), signal)
  signal.throwIfAborted()
  try {
    const owned = await (await account(row.accountSid)).ownedNumber(row.purchase.phoneNumber)
    if (!owned) return { type: 'absent' }
    return { type: 'found', sid: owned.sid, isMarked: isMarked(owned, row.purchase.intentId) || (await isKnownAs(parts, row, owned.sid)) }
  } catch (error) {
    return unanswered(error)
  }
}

/** Another desktop that took the intent over may have found and named the number: then the relay knows its SID. */
async function isKnownAs({ relay }: EffectParts, row: PurchaseRow, sid: string): Promise<boolean> {
  return row.isKnown && (await relay.lease(bodyOf(row))).purchase.sid === sid
}

/** What people call it: as wished, else the number itself. */
const nameOf = ({ name, phoneNumber, country }: Purchase): string => name ?? formatNumber(phoneNumber, country)

/** Takes the marker off and makes sure that it asks us. What is as it should be is not written again. */
const configure: Perform<'configure'> = async (parts, { row }) => {
  const sid = row.purchase.sid ?? ''
  try {
    const account = await parts.account(row.accountSid)
    const wiring = await parts.wiring()
    const now = await account.number(sid)
    if (!now) return { type: 'refused', failure: { code: 'not-found', retry: 'never' } }
    const friendlyName = nameOf(row.purchase)
    const writes: Partial<NumberSettings> = {
      ...connection(wiring, now.settings),
      ...(isMarked(now, row.purchase.intentId) ? { friendlyName } : {}),
    }
    if (Object.keys(writes).length > 0) await account.update(sid, writes)
    return { type: 'configured' }
  } catch (error) {
    if (isAccountAtFault(error) || isAway(error)) return unanswered(error)
    return byTwilio(error)
  }
}

/** Tells the relay: the intent, where it was bought without it; the settings as they are to stay; whose it is. */
const record: Perform<'record'> = async (parts, { row, memory }) => {
  const { purchase } = row
  const sid = purchase.sid ?? ''
  let now: RemoteNumber | undefined
  try {
    now = await (await parts.account(row.accountSid)).number(sid)
  } catch (error) {
    return unanswered(error)
  }
  try {
    if (!row.isKnown) await adopt(parts.relay, row)
    if (now) await parts.relay.putGuard([{ phoneNumber: purchase.phoneNumber, sid, settings: now.settings, reason: 'configured' }])
    const { phoneNumber, place, type, monthly, assignTo, intentId } = purchase
    const origin = { at: purchase.at, byUserId: purchase.buyerUserId ?? purchase.byUserId, intentId, monthly, place, type }
    const patch = memory.isPlain ? {} : { patch: { name: nameOf(purchase), ...(assignTo.length > 0 ? { userIds: assignTo } : {}) } }
    const [result] = await parts.relay.changes([{ phoneNumber, action: 'number.bought', sid, origin, ...patch }])
    if (result?.status === 'applied') return { type: 'recorded' }
    return { type: 'refused', failure: { code: result?.code ?? 'relay-refused', retry: 'never' } }
  } catch (error) {
    return byRelay(error)
  }
}

/** The relay hears of an intent that was bought without it. It may know the number already by listing; that is no obstacle. */
async function adopt(relay: RelayNumbers, row: PurchaseRow): Promise<void> {
  const id = leaseIdOf(row)
  try {
    await relay.lease(bodyOf(row))
    await relay.tellPurchase(id, progressOf(row))
  } catch (error) {
    if (!isCode(error, 'number-already-ours', 'number-leased', 'conflict', 'bad-request')) throw error
  }
}

/** How far a purchase is, for the relay. */
export function progressOf({ purchase }: Pick<PurchaseRow, 'purchase'>): PurchaseProgressBody {
  const { state, sid, failureCode, twilioCode, isCharged } = purchase
  return {
    state,
    ...(sid === null ? {} : { sid }),
    ...(failureCode === null ? {} : { failureCode }),
    ...(twilioCode === null ? {} : { twilioCode }),
    isCharged,
  }
}

/** The end is told until the relay has heard it. Where another desktop brought the intent to a better end, that one counts. */
const report: Perform<'report'> = async ({ relay }, { row }) => {
  try {
    await relay.tellPurchase(leaseIdOf(row), progressOf(row))
    return { type: 'reported' }
  } catch (error) {
    if (!isCode(error, 'conflict') || row.purchase.sid !== null) return byRelay(error)
    const reply = await relay.lease(bodyOf(row)).catch(() => undefined)
    const isBetter = reply && isPurchaseOver(reply.purchase.state) && reply.purchase.sid !== null
    return isBetter ? { type: 'leased', reply } : byRelay(error)
  }
}

const effects: { [T in PurchaseEffect['type']]: Perform<T> } = {
  choose,
  lease,
  join,
  check,
  announce,
  buy,
  look,
  configure,
  record,
  report,
}

/** Does what is due, and says what came of it. Never rejects, but when `signal` aborts. */
export const perform = (parts: EffectParts, run: Run, effect: PurchaseEffect, signal: AbortSignal): Promise<PurchaseEvent> =>
  (effects[effect.type] as Perform<PurchaseEffect['type']>)(parts, run, effect as never, signal)
