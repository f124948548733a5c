import { createStore } from 'zustand/vanilla'
import type { CallRecord } from '../../contract/call.ts'
import type { Bridge } from '../../contract/desktop.ts'
import type { Failure } from '../../contract/failure.ts'

const PAGE = 50
const MOST = 200

export interface CallsState {
  /** Newest first; null until the first page has come. */
  calls: CallRecord[] | null
  next: string | null
  isLoadingMore: boolean
  failure: Failure | null
  load(): Promise<void>
  more(): Promise<void>
  clear(): void
}

/** The history as far as it was paged. A change asks for the first pages again: records are few and rows are small. */
export function createCallsStore(bridge: Bridge, settleMs = 80) {
  return createStore<CallsState>()((set, get) => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const again = () => void get().load()
    bridge.on('calls.changed', () => {
      clearTimeout(timer)
      timer = setTimeout(again, settleMs) // facts of one call come in bursts
    })
    return {
      calls: null,
      next: null,
      isLoadingMore: false,
      failure: null,
      async load() {
        const limit = Math.min(MOST, Math.max(PAGE, get().calls?.length ?? 0))
        const answer = await bridge.request('calls.page', { limit })
        if (!answer.ok) return set({ failure: answer.failure })
        const { calls, next } = answer.value
        const older = (get().calls ?? []).slice(calls.length)
        const known = new Set(calls.map((call) => call.callId))
        const rest = calls.length === MOST ? older.filter((call) => !known.has(call.callId)) : []
        set({ calls: [...calls, ...rest], next: rest.length > 0 ? get().next : next, failure: null })
      },
      async more() {
        const { next, isLoadingMore } = get()
        if (!next || isLoadingMore) return
        set({ isLoadingMore: true })
        const answer = await bridge.request('calls.page', { limit: PAGE, after: next })
        if (!answer.ok) return set({ isLoadingMore: false, failure: answer.failure })
        const known = new Set(get().calls?.map((call) => call.callId))
        const fresh = answer.value.calls.filter((call) => !known.has(call.callId))
        set({ calls: [...(get().calls ?? []), ...fresh], next: answer.value.next, isLoadingMore: false })
      },
      clear: () => set({ calls: null, next: null, failure: null }),
    }
  })
}
