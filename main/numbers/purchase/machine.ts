import type { Failure } from '../../../contract/failure.ts'
import type { PurchaseReply } from '../../../contract/number-relay.ts'
import { isPurchaseOver, type Money, type Purchase } from '../../../contract/number.ts'
import { sumDecimals } from '../../../contract/money.ts'
import type { PurchaseRow } from '../../store/purchase-table.ts'
import {
  freshMemory,
  machineLimits,
  prefixOf,
  type MachineLimits,
  type Memory,
  type PurchaseEffect,
  type PurchaseEvent,
  type Run,
} from './steps.ts'

/** How often a lease may be lost at the last moment. */
const OUTRUNS = 10
const hasNumber = ({ areaCode, purchase }: PurchaseRow) => areaCode === null || purchase.phoneNumber !== prefixOf(areaCode)

/** The one effect that is due, or undefined when all is done. Pure. */
export function nextEffect({ row, memory }: Run): PurchaseEffect | undefined {
  const { state, failureCode } = row.purchase
  if (isPurchaseOver(state)) return row.isKnown && row.reported !== state ? { type: 'report' } : undefined
  if (memory.joinedUntil !== null) return { type: 'join', until: memory.joinedUntil }
  switch (state) {
    case 'buying':
      return { type: 'buy' }
    case 'looking':
      return { type: 'look', nth: row.looks, since: row.lookingSince ?? row.purchase.updatedAt }
    case 'bought':
      return failureCode === null ? { type: 'configure' } : { type: 'record' }
    case 'configured':
      return { type: 'record' }
    case 'intended':
    case 'requested':
    case 'leased':
      break
  }
  if (!hasNumber(row)) return { type: 'choose' }
  if (!memory.isLeased) return { type: 'lease' }
  return memory.isChecked ? { type: 'announce' } : { type: 'check' }
}

const change = (run: Run, now: string, fields: Partial<Purchase>, rest: Partial<PurchaseRow> = {}): Run => ({
  ...run,
  row: { ...run.row, ...rest, purchase: { ...run.row.purchase, ...fields, updatedAt: now } },
})
const recall = (run: Run, memory: Partial<Memory>): Run => ({ ...run, memory: { ...run.memory, ...memory } })

const factsOf = ({ details = {} }: Failure) => {
  const { byName, now, was } = details
  const facts = Object.entries({ byName, now, was }).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : []))
  return Object.fromEntries(facts) as Record<string, string>
}
const twilioCodeOf = ({ details }: Failure) => (typeof details?.['twilioCode'] === 'number' ? details['twilioCode'] : null)
const failureFields = (failure: Failure): Partial<Purchase> => ({
  failureCode: failure.code,
  twilioCode: twilioCodeOf(failure),
  details: factsOf(failure),
})

const failed = (run: Run, now: string, failure: Failure, isCharged: boolean | null): Run =>
  change(run, now, { ...failureFields(failure), state: 'failed', isCharged })
const code = (name: string, details?: Failure['details']): Failure => ({ code: name, retry: 'never', ...(details ? { details } : {}) })

const buying = (run: Run, now: string, rest: Partial<PurchaseRow> = {}): Run => change(run, now, { state: 'buying', isCharged: null }, rest)

/** Looks for a number that may be ours. */
const looking = (run: Run, now: string): Run =>
  change(run, now, { state: 'looking', isCharged: null }, { wasLost: true, looks: 0, lookingSince: now })

/**
 * A run taken up after a start. What was being bought may have been bought: it is looked for, never bought again. What spent nothing and
 * is older than `resumeMs` ends: nobody wants a number to be bought the next morning. Pure.
 */
export function resumed(row: PurchaseRow, now: string, limits: MachineLimits = machineLimits): Run {
  const run: Run = { row, memory: freshMemory(true) }
  const { state, updatedAt } = row.purchase
  if (state === 'buying') return looking(run, now)
  const isOld = Date.parse(now) - Date.parse(updatedAt) > limits.resumeMs
  return isOld && (state === 'intended' || state === 'leased') ? failed(run, now, code('purchase-not-made'), false) : run
}

const isSame = (agreed: Money, now: Money | null): boolean =>
  now !== null && now.currency === agreed.currency && sumDecimals([now.amount]) === sumDecimals([agreed.amount])
const moneyText = (money: Money | null): string => (money ? `${money.amount} ${money.currency}` : '')

/** Another number of the area code, as long as there are choices and certainly nothing was charged; else it fails. */
function orChoose(run: Run, now: string, failure: Failure, limits: MachineLimits): Run {
  const { areaCode, wasLost, tried } = run.row
  // What another desktop did under this intent is not known here.
  if (areaCode === null || wasLost || tried.length >= limits.choices) return failed(run, now, failure, run.memory.other ? null : false)
  const next = change(run, now, { state: 'intended', phoneNumber: prefixOf(areaCode) })
  return recall(next, { isLeased: false, isChecked: false })
}

/** What the relay's word on the intent means for us: it may be another desktop's, or further than we know. */
function leased(run: Run, { purchase, isHolder, leaseUntil }: PurchaseReply, now: string, limits: MachineLimits): Run {
  const { row } = run
  const isOver = isPurchaseOver(purchase.state)
  const known = change(run, now, {}, { isKnown: true, reported: isHolder || isOver ? purchase.state : row.reported })
  if (isOver) return adopted(known, purchase, now, limits)
  if (!isHolder) return recall(known, { joinedUntil: leaseUntil, other: purchase })
  const agreed: Partial<Purchase> = {
    phoneNumber: purchase.phoneNumber,
    place: purchase.place ?? row.purchase.place,
    byUserId: purchase.byUserId,
    name: row.purchase.name ?? purchase.name,
    note: purchase.note,
    assignTo: row.purchase.assignTo.length > 0 ? row.purchase.assignTo : purchase.assignTo,
  }
  // For an area code the number the relay knows stands: another desktop chose it for the same intent.
  const tried = row.areaCode === null ? row.tried : [...row.tried.slice(0, -1), purchase.phoneNumber]
  const mine = recall(change(known, now, agreed, { tried }), { isLeased: true, other: null })
  if (purchase.sid !== null) return bought(mine, purchase.sid, now)
  // Somebody got as far as buying under this intent: whether it was carried out is to be found out, not tried.
  if (purchase.state === 'buying' || purchase.state === 'looking') return looking(mine, now)
  return change(mine, now, { state: 'leased' })
}

/** The intent is over at the relay. A number of an area code that was taken from under another desktop lets this one go on with the next. */
function adopted(run: Run, purchase: Purchase, now: string, limits: MachineLimits): Run {
  const { state, sid, failureCode, twilioCode, isCharged, phoneNumber } = purchase
  if (state === 'failed' && failureCode === 'number-taken' && isCharged === false && run.row.areaCode !== null)
    return orChoose(run, now, code('number-taken', twilioCode === null ? {} : { twilioCode }), limits)
  return recall(change(run, now, { state, sid, failureCode, twilioCode, isCharged, phoneNumber }), { other: null })
}

function checked(run: Run, event: Extract<PurchaseEvent, { type: 'checked' }>, now: string, limits: MachineLimits): Run {
  const { monthly: agreed } = run.row.purchase
  const { owned, monthly } = event
  if (owned?.isMarked) return bought(run, owned.sid, now)
  if (owned) return orChoose(run, now, code('number-already-ours'), limits)
  if (agreed && !isSame(agreed, monthly))
    return failed(run, now, code('price-changed', { now: moneyText(monthly), was: moneyText(agreed) }), false)
  const ready = recall(run, { isChecked: true })
  // Without the relay there is nobody to announce it to.
  return run.row.isKnown ? ready : buying(ready, now)
}

/** Looked for in vain: after the last look nothing was bought. */
function absent(run: Run, now: string, limits: MachineLimits): Run {
  const looks = run.row.looks + 1
  const next = change(run, now, {}, { looks })
  return looks >= limits.looks ? failed(next, now, code('purchase-not-made'), false) : next
}

/** Certainly not carried out. Before the purchase that ends it; after it, what was bought is recorded all the same, and the end says what is missing. */
function refused(run: Run, failure: Failure, now: string, limits: MachineLimits): Run {
  const { row, memory } = run
  const { state } = row.purchase
  if (isPurchaseOver(state)) return change(run, now, {}, { reported: state })
  if (state === 'bought' || state === 'configured') {
    const noted = change(run, now, row.purchase.failureCode === null ? failureFields(failure) : {})
    if (state === 'bought' && row.purchase.failureCode === null) return noted
    return memory.isPlain ? ended(noted, now) : recall(noted, { isPlain: true })
  }
  if (state === 'looking') return run // of a look, not of the purchase
  const isTaken = failure.code === 'number-taken' || failure.code === 'number-leased' || failure.code === 'number-already-ours'
  // After a lost answer "not available" may mean that it is ours (RULES R29).
  if (state === 'buying' && isTaken && row.wasLost) return looking(run, now)
  return isTaken ? orChoose(run, now, failure, limits) : failed(run, now, failure, false)
}

/** It is ours and recorded; what did not succeed on the way is said. */
const ended = (run: Run, now: string): Run =>
  change(run, now, { state: run.row.purchase.failureCode === null ? 'done' : 'failed' }, { isKnown: true })

/** Nobody answered. Before the purchase, with somebody waiting, that ends it; with their consent the relay is done without. Else it is tried again. */
function unanswered(run: Run, effect: PurchaseEffect['type'], failure: Failure, now: string): Run {
  const { row, memory } = run
  if (memory.other) return run // what the other desktop did is not known
  if (row.withoutRelay && effect === 'lease' && !row.isKnown) return recall(run, { isLeased: true })
  if (row.withoutRelay && effect === 'announce') return buying(run, now)
  const isEarly = effect === 'choose' || effect === 'lease' || effect === 'check' || effect === 'announce'
  if (!isEarly || memory.isResumed) return run
  // The relay may have given the lease, and only its answer was lost: it has to hear that nobody wants it any more.
  return failed(effect === 'lease' ? change(run, now, {}, { isKnown: true }) : run, now, failure, false)
}

/** Another desktop has the lease now: ask again what became of the number there was, but not for ever. */
function outrun(run: Run, now: string): Run {
  const outruns = run.memory.outruns + 1
  if (outruns >= OUTRUNS) return failed(run, now, code('conflict'), null)
  const last = run.row.tried.at(-1)
  return recall(last === undefined ? run : change(run, now, { phoneNumber: last }), { outruns, isLeased: false, isChecked: false })
}

/** A number that the relay has not heard of yet. */
function chosen(run: Run, { phoneNumber, place }: Extract<PurchaseEvent, { type: 'chosen' }>, now: string): Run {
  const { tried, burned, isKnown } = run.row
  const rest = { tried: [...tried, phoneNumber], burned: burned + Number(isKnown), isKnown: false, reported: null }
  return change(run, now, { phoneNumber, place }, rest)
}

type EarlyEvent = Extract<PurchaseEvent, { type: 'chosen' | 'leased' | 'joined' | 'checked' | 'announced' | 'outrun' }>
const earlyEvents = new Set<string>(['chosen', 'leased', 'joined', 'checked', 'announced', 'outrun'] satisfies EarlyEvent['type'][])
const isEarly = (event: PurchaseEvent): event is EarlyEvent => earlyEvents.has(event.type)

/** Up to the moment of buying: nothing was spent. */
function early(run: Run, event: EarlyEvent, now: string, limits: MachineLimits): Run {
  switch (event.type) {
    case 'chosen':
      return chosen(run, event, now)
    case 'leased':
      return leased(run, event.reply, now, limits)
    case 'joined':
      return recall(run, { joinedUntil: null, isLeased: false })
    case 'checked':
      return checked(run, event, now, limits)
    case 'announced':
      return buying(run, now, { reported: 'buying' })
    case 'outrun':
      break
  }
  return outrun(run, now)
}

const bought = (run: Run, sid: string, now: string): Run => change(run, now, { state: 'bought', sid, isCharged: true })

/** The run after an effect came to this. What it returns is on the disk before the next effect begins. Pure. */
export function afterEvent(run: Run, of: PurchaseEffect['type'], event: PurchaseEvent, now: string, limits = machineLimits): Run {
  if (isEarly(event)) return early(run, event, now, limits)
  switch (event.type) {
    case 'bought':
      return bought(run, event.sid, now)
    case 'lost':
      return looking(run, now)
    case 'found': // ours, but not by this intent: whether ours was carried out, too, cannot be told
      return event.isMarked ? bought(run, event.sid, now) : failed(run, now, code('number-already-ours'), null)
    case 'absent':
      return absent(run, now, limits)
    case 'configured':
      return change(run, now, { state: 'configured', ...(event.isPlain ? { name: null } : {}) })
    case 'recorded':
      return ended(run, now)
    case 'beaten':
      return change(failed(run, now, event.failure, false), now, { sid: null })
    case 'reported':
      return change(run, run.row.purchase.updatedAt, {}, { reported: run.row.purchase.state })
    case 'refused':
      return refused(run, event.failure, now, limits)
    case 'unanswered':
      break
  }
  return unanswered(run, of, event.failure, now)
}
