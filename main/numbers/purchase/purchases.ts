import pLimit from 'p-limit'
import type { BridgeArgs } from '../../../contract/desktop.ts'
import { FailureError } from '../../../contract/failure.ts'
import { isPurchaseOver, type Purchase, type RemoteNumber } from '../../../contract/number.ts'
import { requireName } from '../../../contract/number-name.ts'
import type { PurchaseItem } from '../../../contract/number-desktop.ts'
import type { PurchaseBody } from '../../../contract/number-relay.ts'
import { requireManager, signedIn } from '../../account/manager.ts'
import type { SessionService } from '../../link/session.ts'
import { wait } from '../../link/wait.ts'
import type { PurchaseRow } from '../../store/purchase-table.ts'
import type { TwilioAccount } from '../../twilio/port.ts'
import { isAway } from './failures.ts'
import { nextEffect, resumed } from './machine.ts'
import { freshMemory, leaseIdOf, prefixOf } from './steps.ts'
import { PurchaseRuns, type RunsParts } from './runs.ts'
import { createWiring } from './wiring.ts'

export interface PurchaseParts extends Omit<RunsParts, 'account' | 'wiring' | 'heard' | 'onChange' | 'onBought'> {
  session: Pick<SessionService, 'record'>
  /** The account that is set up. @throws FailureError `account-missing` */
  current: () => Promise<TwilioAccount>
  onChange: (purchases: Purchase[]) => void
  /** A number is ours from now on, as Twilio shows it. */
  onBought: (number: RemoteNumber) => Promise<void>
}

type PurchaseArgs = BridgeArgs<'numbers.purchase'>
/** How long `numbers.purchase` waits for the end unless it is told, ms. */
const WAIT = 60_000

/**
 * Buying, asking for and refusing numbers. A purchase that was begun goes on without a page, over restarts, and is never made twice
 * (RULES R29): by intent in this process, by row on this desktop, by lease among desktops, by marker at Twilio.
 */
export class Purchases {
  readonly #parts: PurchaseParts
  readonly #runs: PurchaseRuns
  readonly #wiring: ReturnType<typeof createWiring>
  readonly #hearing = new Map<string, Set<() => void>>()
  /** Not a single flight: who signs in while the last one's purchases come to rest must find their own taken up. */
  readonly #oneByOne = pLimit(1)
  #workspaceId: string | undefined

  constructor(parts: PurchaseParts) {
    this.#parts = parts
    this.#wiring = createWiring(parts.relay, parts.table, parts.clock)
    this.#runs = new PurchaseRuns({
      ...parts,
      account: this.#account,
      wiring: async () => this.#wiring(signedIn(parts.session).workspace.workspaceId),
      heard: this.#heard,
      onChange: (purchase) => parts.onChange([purchase]),
      onBought: (row) => void this.#bought(row),
    })
  }

  /**
   * Buys, each number by itself: a failed one says why and leaves the others. The same intent again is the same purchase.
   * @throws FailureError `forbidden`, `not-signed-in`, `account-missing`, `bad-request`, `name-invalid`: then none is begun
   */
  purchase = async ({ items: given, assignTo, withoutRelay = false, waitMs = WAIT }: PurchaseArgs): Promise<Purchase[]> => {
    const { user, workspace } = requireManager(this.#parts.session)
    requireDistinct(given)
    const items = given.map(wellNamed) // before any money: Twilio would refuse the name afterwards
    const { accountSid } = await this.#parts.current()
    for (const item of items) {
      const row = newRow(item, { ...workspace, ...user, accountSid, assignTo, withoutRelay, at: this.#now() })
      await this.#begin(row)
    }
    const until = this.#parts.clock.now().getTime() + waitMs
    await Promise.all(items.map(({ intentId }) => this.#runs.settled(intentId, until - this.#parts.clock.now().getTime())))
    return Promise.all(items.map(({ intentId }) => this.#view(intentId)))
  }

  /** What was, is and should be bought: this desktop's own word, else the relay's; without it what this desktop knows. Newest first. */
  list = async (): Promise<Purchase[]> => {
    const { user, workspace } = signedIn(this.#parts.session)
    const isManager = user.role === 'manager'
    const rows = isManager ? await this.#parts.table.purchases(workspace.workspaceId) : []
    const own = new Map(rows.map(({ purchase }) => [purchase.intentId, this.#runs.view(purchase.intentId) ?? purchase]))
    const ids = new Set([...own.keys(), ...rows.flatMap(leaseIdsOf)])
    const theirs = await this.#parts.relay.purchases().catch((error: unknown) => {
      if (isAway(error)) return []
      throw error
    })
    const all = [...own.values(), ...theirs.filter(({ intentId }) => !ids.has(intentId))]
    return all.toSorted((a, b) => b.at.localeCompare(a.at) || a.intentId.localeCompare(b.intentId))
  }

  /** Asks the managers for a number. @throws FailureError `bad-request` without a number, `name-invalid`, `relay-unreachable`, … */
  request = async ({ item, note }: BridgeArgs<'numbers.request'>): Promise<Purchase> => {
    const { user } = signedIn(this.#parts.session)
    const { intentId, phoneNumber, country, type, place, monthly, name } = wellNamed(item)
    if (phoneNumber === undefined) throw new FailureError('bad-request', 'a request names the number')
    const body: PurchaseBody = {
      intentId,
      phoneNumber,
      country,
      type,
      place,
      monthly,
      name,
      note,
      assignTo: [user.userId],
      isRequest: true,
    }
    const { purchase } = await this.#parts.relay.lease(body)
    this.#parts.onChange([purchase])
    return purchase
  }

  /** Turns a request down. @throws FailureError `forbidden`, `not-found`, `conflict` when it is no request any more, `relay-unreachable` */
  refuse = async ({ intentId }: BridgeArgs<'numbers.refuse'>): Promise<Purchase> => {
    requireManager(this.#parts.session)
    const purchase = await this.#parts.relay.tellPurchase(intentId, { state: 'refused' })
    this.#parts.onChange([purchase])
    return purchase
  }

  /** The relay's word on an intent, from its log. */
  heard = (purchases: readonly Purchase[]): void => {
    for (const { intentId } of purchases) this.#hearing.get(intentId)?.forEach((wake) => wake())
    const ours = this.#runs.leaseIds()
    const others = purchases.filter(({ intentId }) => !ours.has(intentId) && !this.#runs.view(intentId))
    if (others.length > 0) this.#parts.onChange(others)
  }

  /** Words of the relay may have been missed: asks for all of them. */
  missed = (): Promise<void> =>
    this.#parts.relay.purchases().then(this.heard, (error: unknown) => {
      this.#parts.ports.log.info({ error: String(error) }, 'purchases were not asked for again')
    })

  /** Goes on with what is not over: at the start, when the relay or the account is there again, when somebody signed in. */
  resume = (): Promise<void> =>
    this.#oneByOne(() => this.#takeUp()).catch((error: unknown) =>
      this.#parts.ports.log.error({ error: String(error) }, 'purchases could not be taken up'),
    )

  close = (): Promise<void> => this.#runs.stop()

  readonly #now = (): string => this.#parts.clock.now().toISOString()

  readonly #account = async (accountSid: string): Promise<TwilioAccount> => {
    const account = await this.#parts.current()
    if (account.accountSid !== accountSid) throw new FailureError('account-missing', 'this was begun in another Twilio account')
    return account
  }

  /** The next sync would find it, too. */
  async #bought({ purchase, accountSid }: PurchaseRow): Promise<void> {
    try {
      const number = await (await this.#account(accountSid)).number(purchase.sid ?? '')
      if (number) await this.#parts.onBought(number)
    } catch (error) {
      this.#parts.ports.log.warn({ intentId: purchase.intentId, error: String(error) }, 'a number that was bought is not shown yet')
    }
  }

  async #takeUp(): Promise<void> {
    const record = this.#parts.session.record()
    const workspaceId = record?.workspace.workspaceId
    const isManager = record?.user.role === 'manager'
    if (this.#workspaceId !== undefined && (this.#workspaceId !== workspaceId || !isManager)) await this.#runs.stop()
    this.#workspaceId = isManager ? workspaceId : undefined
    if (!isManager || workspaceId === undefined) return
    await this.#parts.table.forgetPurchases(workspaceId)
    const rows = await this.#parts.table.purchases(workspaceId)
    const accountSid = await this.#parts.current().then(
      (account) => account.accountSid,
      () => undefined,
    )
    for (const row of rows.toReversed()) {
      const run = resumed(row, this.#now())
      const isNeeded = nextEffect(run) !== undefined || run.row !== row
      if (isNeeded && (isPurchaseOver(row.purchase.state) || row.accountSid === accountSid)) this.#runs.begin(run, row)
    }
    this.#runs.wake()
    if (accountSid !== undefined && !(await this.#parts.table.wiring(workspaceId))) await this.#wiring(workspaceId).catch(() => undefined)
  }

  async #begin(wanted: PurchaseRow): Promise<void> {
    const { intentId } = wanted.purchase
    const row = await this.#parts.table.addPurchase(wanted)
    if (row.workspaceId !== wanted.workspaceId || row.accountSid !== wanted.accountSid)
      throw new FailureError('conflict', 'this purchase was begun in another workspace or Twilio account')
    const before = this.#runs.view(intentId)
    // From here to the beginning nothing is waited for: a double click must not begin it anew twice.
    if (this.#isForgivable(row) && (!before || before.state === 'failed')) {
      this.#runs.forget(intentId)
      this.#runs.begin({ row: wanted, memory: freshMemory() }, row)
    } else this.#runs.begin(row.purchase.state === 'intended' ? { row, memory: freshMemory() } : resumed(row, this.#now()), row)
    const view = this.#runs.view(intentId)
    if (view) this.#parts.onChange([view])
  }

  /** It ended before anybody heard of it, for want of the relay: the same intent may begin anew, now with the person's consent. */
  #isForgivable({ purchase, reported, wasLost }: PurchaseRow): boolean {
    const { state, failureCode, isCharged } = purchase
    return state === 'failed' && failureCode === 'relay-unreachable' && isCharged === false && reported === null && !wasLost
  }

  async #view(intentId: string): Promise<Purchase> {
    const view = this.#runs.view(intentId) ?? (await this.#parts.table.purchase(intentId))?.purchase
    if (!view) throw new FailureError('not-found', 'no such purchase')
    return view
  }

  readonly #heard = async (intentId: string, ms: number, signal: AbortSignal): Promise<void> => {
    const woken = new AbortController()
    const wake = () => woken.abort()
    const hearing = this.#hearing.get(intentId) ?? new Set()
    this.#hearing.set(intentId, hearing.add(wake))
    await wait(ms, AbortSignal.any([signal, woken.signal]))
    hearing.delete(wake)
    if (hearing.size === 0) this.#hearing.delete(intentId)
  }
}

/** The relay's ids of a purchase: each choice in an area code has one. */
const leaseIdsOf = ({ purchase, burned }: PurchaseRow): string[] =>
  Array.from({ length: burned + 1 }, (_, before) => leaseIdOf({ purchase, burned: before }))

/** One number or one area code each, and nothing twice. @throws FailureError `bad-request` */
function requireDistinct(items: readonly PurchaseItem[]): void {
  for (const { phoneNumber, areaCode } of items)
    if ((phoneNumber === undefined) === (areaCode === undefined))
      throw new FailureError('bad-request', 'either a number or an area code is to be bought')
  const numbers = items.flatMap(({ phoneNumber }) => phoneNumber ?? [])
  if (new Set(numbers).size < numbers.length || new Set(items.map(({ intentId }) => intentId)).size < items.length)
    throw new FailureError('bad-request', 'a number is named twice')
}

/** With its name as it will be given. @throws FailureError `name-invalid` */
const wellNamed = (item: PurchaseItem): PurchaseItem => (item.name === null ? item : { ...item, name: requireName(item.name, item) })

interface Beginning {
  workspaceId: string
  userId: string
  accountSid: string
  assignTo: string[]
  withoutRelay: boolean
  at: string
}

function newRow(item: PurchaseItem, { workspaceId, userId, accountSid, assignTo, withoutRelay, at }: Beginning): PurchaseRow {
  const { intentId, areaCode = null, phoneNumber, country, type, place, monthly, name } = item
  const nothingYet = { sid: null, failureCode: null, twilioCode: null, isCharged: false, note: null }
  const wanted = { intentId, phoneNumber: phoneNumber ?? prefixOf(areaCode ?? ''), country, type, place, monthly, name, assignTo }
  const purchase: Purchase = { ...wanted, ...nothingYet, state: 'intended', byUserId: userId, buyerUserId: userId, at, updatedAt: at }
  return {
    purchase,
    workspaceId,
    accountSid,
    areaCode,
    tried: [],
    burned: 0,
    addressSid: item.addressSid ?? null,
    bundleSid: item.bundleSid ?? null,
    identitySid: item.identitySid ?? null,
    withoutRelay,
    isKnown: false,
    reported: null,
    wasLost: false,
    looks: 0,
    lookingSince: null,
  }
}
