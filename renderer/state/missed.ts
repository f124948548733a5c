import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Bridge } from '../../contract/desktop.ts'
import type { Failure, Outcome } from '../../contract/failure.ts'
import type { MissedEntry } from '../../contract/history.ts'
import { settled } from './settled.ts'

const PAGE = 100
const MOST = 200

export interface MissedState {
  /** Newest first; null until the first page has come. */
  entries: readonly MissedEntry[] | null
  next: string | null
  /** Those that are dealt with are shown, too. */
  isAll: boolean
  isLoadingMore: boolean
  failure: Failure | null
  load(isAll?: boolean): Promise<void>
  more(): Promise<void>
  /** Reads again what is shown. */
  refresh(): Promise<void>
  /** By hand: dealt with, or to be dealt with again. Shown at once, taken back when it fails. */
  resolve(callIds: readonly string[], isResolved: boolean): Promise<Outcome<object>>
}
const nothing = { entries: null, next: null, isAll: false, isLoadingMore: false, failure: null } as const
type Store = Pick<StoreApi<MissedState>, 'setState' | 'getState'>

/** Reads the inbox; only the answer to the latest reading is shown. */
function createListing(bridge: Bridge, { setState: set, getState: get }: Store) {
  let run = 0
  const ask = (limit: number, after?: string) =>
    bridge.request('missed.list', { limit, ...(after === undefined ? {} : { after }), ...(get().isAll ? { includeClosed: true } : {}) })
  return {
    load: async (isAll?: boolean) => {
      const mine = ++run
      if (isAll !== undefined) set({ isAll })
      const limit = Math.min(MOST, Math.max(PAGE, get().entries?.length ?? 0))
      const answer = await ask(limit)
      if (mine !== run) return
      if (!answer.ok) return set({ failure: answer.failure, isLoadingMore: false })
      set({ entries: answer.value.entries, next: answer.value.next, failure: null, isLoadingMore: false })
    },
    more: async () => {
      const { next, isLoadingMore } = get()
      if (next === null || isLoadingMore) return
      const mine = run
      set({ isLoadingMore: true })
      const answer = await ask(PAGE, next)
      if (mine !== run) return
      if (!answer.ok) return set({ isLoadingMore: false, failure: answer.failure })
      const known = new Set(get().entries?.map((one) => one.call.callId))
      const fresh = answer.value.entries.filter((one) => !known.has(one.call.callId))
      set({ isLoadingMore: false, entries: [...(get().entries ?? []), ...fresh], next: answer.value.next, failure: null })
    },
    forget() {
      run += 1
      set(nothing)
    },
  }
}

/** The entry once it is closed or open, as the list shows it until main has said so. */
function resolved(entry: MissedEntry, isResolved: boolean): MissedEntry {
  const state = isResolved ? ('closed' as const) : ('open' as const)
  const how = isResolved ? ('by-hand' as const) : null
  return { ...entry, call: { ...entry.call, missed: { state, how, byUserId: null, byCallId: null, at: null } } }
}

/** Missed calls that need somebody, shared by those entitled. */
export function createMissedStore(bridge: Bridge, settleMs = 120) {
  return createStore<MissedState>()((set, get, store) => {
    const listing = createListing(bridge, store)
    const changed = settled(async () => get().entries !== null && listing.load(), settleMs)
    bridge.on('calls.changed', changed)
    bridge.on('records.changed', changed)
    bridge.on('session.changed', ({ state }) => (state === 'signed-in' ? changed() : listing.forget()))
    return {
      ...nothing,
      load: listing.load,
      more: listing.more,
      refresh: async () => (get().entries === null ? undefined : listing.load()),
      async resolve(callIds, isResolved) {
        const { entries, isAll } = get()
        const ids = new Set(callIds)
        const isMeant = (entry: MissedEntry) => ids.has(entry.call.callId)
        const shown = isAll
          ? (entries ?? []).map((entry) => (isMeant(entry) ? resolved(entry, isResolved) : entry))
          : (entries ?? []).filter((entry) => !(isResolved && isMeant(entry)))
        if (entries) set({ entries: shown })
        const answer = await bridge.request('missed.resolve', { callIds: [...callIds], isResolved })
        await listing.load() // what main made of it, and what others did meanwhile
        return answer
      },
    }
  })
}
