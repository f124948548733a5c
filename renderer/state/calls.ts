import { createStore } from 'zustand/vanilla'
import type { Bridge } from '../../contract/desktop.ts'
import type { Failure } from '../../contract/failure.ts'
import type { CallItem } from '../../contract/history.ts'
import { settled } from './settled.ts'

/** Enough for the recent calls and for what is typed to find a number again. */
const PAGE = 100

export interface CallsState {
  /** The latest, newest first; null until they have come. */
  calls: CallItem[] | null
  /** Missed calls that need somebody. */
  openMissed: number
  failure: Failure | null
  load(): Promise<void>
  clear(): void
}

/** The latest calls and how many missed ones wait: what the page shows outside of Calls. */
export function createCallsStore(bridge: Bridge, settleMs = 80) {
  return createStore<CallsState>()((set, get) => {
    let run = 0
    const again = settled(() => get().load(), settleMs) // facts of one call come in bursts
    bridge.on('calls.changed', again)
    bridge.on('records.changed', ({ kinds }) => kinds.includes('missed') && again())
    return {
      calls: null,
      openMissed: 0,
      failure: null,
      async load() {
        const mine = ++run
        const page = await bridge.request('calls.page', { limit: PAGE })
        if (mine !== run) return
        set(page.ok ? { calls: page.value.calls, failure: null } : { failure: page.failure })
        const missed = await bridge.request('missed.list', { limit: 1 })
        if (mine === run && missed.ok) set({ openMissed: missed.value.openCount })
      },
      clear() {
        run += 1
        set({ calls: null, openMissed: 0, failure: null })
      },
    }
  })
}
