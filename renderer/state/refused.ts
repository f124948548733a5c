import { createStore } from 'zustand/vanilla'
import type { Bridge, BridgeEventPayload } from '../../contract/desktop.ts'

export type Refusal = BridgeEventPayload<'records.refused'>
export interface RefusedState {
  /** Changes of this person's that the relay took back, the oldest first, until they were read. */
  refused: readonly Refusal[]
  dismiss(): void
}

/** What was shown as done and is not. */
export function createRefusedStore(bridge: Bridge) {
  return createStore<RefusedState>()((set, get) => {
    bridge.on('records.refused', (refusal) => set({ refused: [...get().refused, refusal] }))
    bridge.on('session.changed', ({ state }) => state === 'signed-in' || set({ refused: [] }))
    return { refused: [], dismiss: () => set({ refused: [] }) }
  })
}
