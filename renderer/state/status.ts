import { createStore } from 'zustand/vanilla'
import type { AppStatus, Bridge, BridgeEventPayload } from '../../contract/desktop.ts'
import type { DueHolds } from '../../contract/number-requests.ts'

/** `receivedAt`: ms since 1970, by our clock. */
export type Offer = BridgeEventPayload<'call.offered'> & { receivedAt: number }

export interface StatusState {
  /** Null until main has answered. */
  status: AppStatus | null
  /** Calls the relay announced to this user, newest last; only the latest few matter. */
  offers: Offer[]
  /** Calls whose invite came to this Device. */
  rungIds: string[]
  /** Numbers whose hold is over, for managers to decide of. */
  due: DueHolds
  rang(callId: string): void
  load(): Promise<void>
  loadDue(): Promise<void>
}

/** What main knows of relay and Device, and what the relay announced. */
export function createStatusStore(bridge: Bridge) {
  return createStore<StatusState>()((set, get) => {
    bridge.on('status.changed', (status) => set({ status }))
    bridge.on('numbers.dueChanged', (due) => set({ due }))
    bridge.on('call.offered', (offer) => {
      const others = get().offers.filter((one) => one.callId !== offer.callId)
      set({ offers: [...others.slice(-9), { ...offer, receivedAt: Date.now() }] })
    })
    return {
      status: null,
      offers: [],
      rungIds: [],
      due: { count: 0, latest: null },
      rang(callId) {
        if (!get().rungIds.includes(callId)) set({ rungIds: [...get().rungIds.slice(-9), callId] })
      },
      async load() {
        const answer = await bridge.request('app.status', {})
        if (answer.ok) set({ status: answer.value })
      },
      async loadDue() {
        const answer = await bridge.request('numbers.due', {})
        if (answer.ok) set({ due: answer.value })
      },
    }
  })
}
