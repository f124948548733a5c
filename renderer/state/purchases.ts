import { v7 as uuid } from 'uuid'
import { createStore } from 'zustand/vanilla'
import type { Bridge, BridgeArgs } from '../../contract/desktop.ts'
import type { Failure, Outcome } from '../../contract/failure.ts'
import type { Purchase } from '../../contract/number.ts'
import type { NumberOffer, Papers, PurchaseItem, Quote, SearchQuery } from '../../contract/number-desktop.ts'

/** A number in the confirmation: what will be asked for, and the papers it needs (null: not known). */
export interface OrderLine {
  item: PurchaseItem
  papers: Papers | null
}

/** What stands in the confirmation. Its intents are made once, so that asking twice is asking once. */
export interface Order {
  /** One confirmation, whatever becomes of its lines. */
  orderId: string
  lines: OrderLine[]
  /** Who gets the numbers unless the person says otherwise. */
  assignTo: string[]
  quote: Quote | null
  quoteFailure: Failure | null
  /** `sent`: it goes on by itself from here, dialog or not. */
  stage: 'review' | 'sending' | 'sent'
  /** Why nothing was begun. */
  failure: Failure | null
  /** What was last sent, to ask for it again. */
  sent: Sent | null
}
type Sent = Pick<BridgeArgs<'numbers.purchase'>, 'items' | 'assignTo'>

export interface PurchasesState {
  /** Newest first; null until they have come. */
  purchases: Purchase[] | null
  failure: Failure | null
  /** The request that is being asked for or refused, and what came of it. */
  asking: string | null
  askFailure: Failure | null
  order: Order | null
  load(): Promise<void>
  /** What is for sale, beside the search that is shown. */
  find(query: SearchQuery): Promise<Outcome<NumberOffer[]>>
  /** Opens the confirmation. A line's own intent is kept: a request of staff is bought as what it is. */
  review(
    lines: { item: Omit<PurchaseItem, 'intentId'> & { intentId?: string }; papers: Papers | null }[],
    assignTo?: string[],
  ): Promise<void>
  quote(): Promise<void>
  /** Takes a line out of the confirmation, which is asked for its price again; without the last one it closes. */
  drop(intentId: string): Promise<void>
  /** `withoutRelay`: with the person's consent, where the relay could not be asked. */
  buy(how: Sent, withoutRelay?: boolean): Promise<void>
  /** With the person's consent: again what could not be leased and ended unpaid, each with a new intent. */
  buyWithoutRelay(): Promise<void>
  /** Opens a new confirmation for what failed and certainly was not paid. */
  reviewAgain(): Promise<void>
  /** Closes the confirmation; what is under way goes on. */
  close(): void
  /** Asks managers for a number. True when the request stands. */
  request(item: Omit<PurchaseItem, 'intentId'>, note: string | null): Promise<boolean>
  refuse(intentId: string): Promise<void>
}

type Get = () => PurchasesState
type Set = (part: Partial<PurchasesState>) => void

const nothing = { purchases: null, failure: null, asking: null, askFailure: null, order: null } satisfies Partial<PurchasesState>

/** As contract/number's `isPurchaseOver`, whose module would bring its schemas into the page. */
export const isPurchaseOver = (state: Purchase['state']) =>
  state === 'done' || state === 'failed' || state === 'cancelled' || state === 'refused'

/** An end is final, and wins; a late answer never takes back what an event told later. */
function newer(old: Purchase | undefined, one: Purchase): Purchase {
  if (!old || isPurchaseOver(one.state)) return one
  return isPurchaseOver(old.state) || old.updatedAt > one.updatedAt ? old : one
}

/** Purchases with these among them, newest first. */
export function mergePurchases(known: readonly Purchase[], fresh: readonly Purchase[]): Purchase[] {
  const all = new Map(known.map((one) => [one.intentId, one]))
  for (const one of fresh) all.set(one.intentId, newer(all.get(one.intentId), one))
  return [...all.values()].toSorted((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0))
}

/** Purchases of this workspace, and the confirmation before one. */
export function createPurchasesStore(bridge: Bridge) {
  return createStore<PurchasesState>()((set, get) => {
    const take = (fresh: readonly Purchase[]) => set({ purchases: mergePurchases(get().purchases ?? [], fresh) })
    bridge.on('session.changed', ({ state }) => state === 'signed-in' || set(nothing))
    bridge.on('purchases.changed', ({ purchases }) => take(purchases))
    return {
      ...nothing,
      ...ordering({ bridge, set, get, take }),
      ...retrying({ bridge, set, get, take }),
      ...requesting(bridge, set, get, take),
      async load() {
        const answer = await bridge.request('numbers.purchases', {})
        if (answer.ok) take(answer.value)
        set({ failure: answer.ok ? null : answer.failure })
      },
      async find(query) {
        const answer = await bridge.request('numbers.search', { searchId: uuid(), query })
        if (!answer.ok) return answer
        const { offers, failures } = answer.value
        const failed = offers.length === 0 ? failures[0]?.failure : undefined
        return failed ? { ok: false, failure: failed } : { ok: true, value: offers }
      },
    }
  })
}

type Take = (fresh: readonly Purchase[]) => void

/** How long main may keep the request open; what takes longer is told by events. */
const WAIT_MS = 20_000

interface OrderParts {
  bridge: Bridge
  set: Set
  get: Get
  take: Take
}
const change = ({ set, get }: OrderParts, part: Partial<Order>) => {
  const { order } = get()
  if (order) set({ order: { ...order, ...part } })
}

async function send(parts: OrderParts, sent: Sent, withoutRelay: boolean): Promise<void> {
  const { bridge, set, get, take } = parts
  const { order } = get()
  if (!order) return
  const lines = order.lines.map(({ item, papers }) => ({ item: sent.items.find((one) => one.intentId === item.intentId) ?? item, papers }))
  change(parts, { lines, stage: 'sending', failure: null, sent })
  const answer = await bridge.request('numbers.purchase', { ...sent, ...(withoutRelay ? { withoutRelay } : {}), waitMs: WAIT_MS })
  if (answer.ok) take(answer.value)
  if (get().order?.lines === lines) change(parts, answer.ok ? { stage: 'sent' } : { stage: 'review', failure: answer.failure })
  // The dialog is closed, and nothing was begun: it comes back with what was entered, unless another order stands there now.
  else if (!answer.ok && !get().order) set({ order: { ...order, lines, sent, stage: 'review', failure: answer.failure } })
  else if (!answer.ok) set({ failure: answer.failure })
}

const ordering = (parts: OrderParts): Pick<PurchasesState, 'review' | 'quote' | 'drop' | 'buy' | 'close'> => {
  const { bridge, set, get } = parts
  return {
    async review(lines, assignTo = []) {
      const made = lines.map(({ item, papers }) => ({ item: { intentId: uuid(), ...item }, papers }))
      set({
        order: { orderId: uuid(), lines: made, assignTo, quote: null, quoteFailure: null, stage: 'review', failure: null, sent: null },
      })
      await get().quote()
    },
    async quote() {
      const { order } = get()
      if (!order) return
      change(parts, { quoteFailure: null })
      const answer = await bridge.request('numbers.quote', { items: order.lines.map(({ item }) => item) })
      if (get().order?.lines === order.lines) change(parts, answer.ok ? { quote: answer.value } : { quoteFailure: answer.failure })
    },
    async drop(intentId) {
      const { order } = get()
      if (order?.stage !== 'review') return
      const lines = order.lines.filter(({ item }) => item.intentId !== intentId)
      if (lines.length === 0) return get().close()
      change(parts, { lines, quote: null })
      await get().quote()
    },
    async buy(how, withoutRelay = false) {
      if (get().order?.stage === 'review') await send(parts, how, withoutRelay)
    },
    close: () => set({ order: null }),
  }
}

const retrying = (parts: OrderParts): Pick<PurchasesState, 'buyWithoutRelay' | 'reviewAgain'> => {
  const { get } = parts
  return {
    async buyWithoutRelay() {
      const { order, purchases } = get()
      if (!order?.sent || order.stage !== 'sent') return
      const { assignTo, items } = order.sent
      const unpaid = unpaidOf(order, purchases ?? [], 'relay-unreachable')
      const fresh = new Map(unpaid.map(({ item }) => [item.intentId, uuid()]))
      const renew = (item: PurchaseItem) => ({ ...item, intentId: fresh.get(item.intentId) ?? item.intentId })
      change(parts, { lines: order.lines.map(({ item, papers }) => ({ item: renew(item), papers })) })
      await send(parts, { assignTo, items: items.filter(({ intentId }) => fresh.has(intentId)).map(renew) }, true)
    },
    async reviewAgain() {
      const { order, purchases } = get()
      if (!order) return
      const lines = unpaidOf(order, purchases ?? []).map(({ item, papers }) => ({ item: { ...item, intentId: uuid() }, papers }))
      await get().review(lines, order.sent?.assignTo)
    },
  }
}

/** The lines whose purchase failed without costing anything; of this failure alone, where one is given. */
export function unpaidOf({ lines }: Pick<Order, 'lines'>, purchases: readonly Purchase[], failureCode?: string): OrderLine[] {
  const failed = purchases.filter((one) => one.state === 'failed' && one.isCharged === false)
  const ids = new Set(failed.filter((one) => !failureCode || one.failureCode === failureCode).map(({ intentId }) => intentId))
  return lines.filter(({ item }) => ids.has(item.intentId))
}

const requesting = (bridge: Bridge, set: Set, get: Get, take: Take): Pick<PurchasesState, 'request' | 'refuse'> => ({
  async request(item, note) {
    if (get().asking) return false
    const intentId = uuid()
    set({ asking: intentId, askFailure: null })
    const answer = await bridge.request('numbers.request', { item: { intentId, ...item }, note })
    if (answer.ok) take([answer.value])
    set({ asking: null, askFailure: answer.ok ? null : answer.failure })
    return answer.ok
  },
  async refuse(intentId) {
    if (get().asking) return
    set({ asking: intentId, askFailure: null })
    const answer = await bridge.request('numbers.refuse', { intentId })
    if (answer.ok) take([answer.value])
    set({ asking: null, askFailure: answer.ok ? null : answer.failure })
  },
})
