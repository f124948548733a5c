import { createStore } from 'zustand/vanilla'
import type { Bridge } from '../../contract/desktop.ts'

/** How a recording is listened to: kept from one to the next as long as the page lives. */
export interface ListeningState {
  /** The player that plays: there is one at a time. */
  playerId: string | null
  speed: number
  skipsSilence: boolean
  play: (playerId: string) => void
  setSpeed: (speed: number) => void
  setSkipsSilence: (skipsSilence: boolean) => void
}

export function createListeningStore(bridge: Bridge) {
  return createStore<ListeningState>()((set) => {
    bridge.on('session.changed', ({ state }) => state === 'signed-in' || set({ playerId: null }))
    return {
      playerId: null,
      speed: 1,
      skipsSilence: false,
      play: (playerId) => set({ playerId }),
      setSpeed: (speed) => set({ speed }),
      setSkipsSilence: (skipsSilence) => set({ skipsSilence }),
    }
  })
}
