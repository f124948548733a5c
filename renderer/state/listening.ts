import { createStore } from 'zustand/vanilla'
import type { Bridge } from '../../contract/desktop.ts'

/** How a recording is listened to: kept from one to the next as long as the page lives. */
export interface ListeningState {
  /** The player that plays: there is one at a time. */
  playerId: string | null
  /** The recording that is heard. */
  playingSid: string | null
  speed: number
  skipsSilence: boolean
  play: (playerId: string) => void
  /** Whatever plays stops. */
  pause: () => void
  began: (sid: string) => void
  stopped: (sid: string) => void
  setSpeed: (speed: number) => void
  setSkipsSilence: (skipsSilence: boolean) => void
}

export function createListeningStore(bridge: Bridge) {
  return createStore<ListeningState>()((set, get) => {
    bridge.on('session.changed', ({ state }) => state === 'signed-in' || set({ playerId: null, playingSid: null }))
    return {
      playerId: null,
      playingSid: null,
      speed: 1,
      skipsSilence: false,
      play: (playerId) => set({ playerId }),
      pause: () => set({ playerId: null }),
      began: (sid) => set({ playingSid: sid }),
      stopped: (sid) => get().playingSid === sid && set({ playingSid: null }),
      setSpeed: (speed) => set({ speed }),
      setSkipsSilence: (skipsSilence) => set({ skipsSilence }),
    }
  })
}
