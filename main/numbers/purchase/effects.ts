import type { PurchaseProgressBody, VoiceWiring } from '../../../contract/number-relay.ts'
import type { Money, NumberSettings, Purchase, RemoteNumber } from '../../../contract/number.ts'
import type { PurchaseRow } from '../../store/purchase-table.ts'
import type { TwilioAccount } from '../../twilio/port.ts'
import { wait } from '../../link/wait.ts'
import { connection } from '../guard-plan.ts'
import { record, report } from './ends.ts'
import { isAccountAtFault, isAway, isCertain, isTwilioAway } from './failures.ts'
import { bodyOf, byRelay, byTwilio, isCode, nameOf, plainNameOf, refused, unanswered, type EffectParts, type Perform } from './parts.ts'
import { leaseIdOf, markerOf, type PurchaseEffect, type PurchaseEvent, type Run } from './steps.ts'

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

/**
 * Names it with these settings; true when it is named by itself. What Twilio refuses may be the name alone: that is no reason to leave what is
 * paid for under its marker, and unconnected.
 */
async function nameIt(account: TwilioAccount, sid: string, writes: Partial<NumberSettings>, purchase: Purchase): Promise<boolean> {
  const [wished, plain] = [nameOf(purchase), plainNameOf(purchase)]
  try {
    await account.update(sid, { ...writes, friendlyName: wished })
    return wished === plain
  } catch (error) {
    if (wished === plain || isTwilioAway(error) || isAccountAtFault(error)) throw error
    await account.update(sid, { ...writes, friendlyName: plain })
    return true
  }
}

/** Takes the marker off and makes sure that it asks us. What is as it should be is not written again. */
const configure: Perform<'configure'> = async (parts, { row }) => {
  const sid = row.purchase.sid ?? ''
  try {
    const account = await parts.account(row.accountSid)
    const wiring = await parts.wiring()
    const now = await account.number(sid)
    if (!now) return { type: 'refused', failure: { code: 'not-found', retry: 'never' } }
    const writes = connection(wiring, now.settings)
    if (isMarked(now, row.purchase.intentId)) return { type: 'configured', isPlain: await nameIt(account, sid, writes, row.purchase) }
    if (Object.keys(writes).length > 0) await account.update(sid, writes)
    return { type: 'configured' }
  } catch (error) {
    if (isAccountAtFault(error) || isAway(error)) return unanswered(error)
    return byTwilio(error)
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
  (effects[effect.type] as Perform<PurchaseEffect['type']>)(parts, run, effect, signal)
