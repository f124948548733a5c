import { createStore } from 'zustand/vanilla'
import type { Bridge } from '../../contract/desktop.ts'

export interface DraftsState {
  /** What was typed and not saved, by the caller's key. */
  drafts: Readonly<Record<string, string>>
  /** Keeps a text; null forgets it. */
  keep(key: string, text: string | null): void
}

/** Texts that were typed and not saved, as long as the page lives and its user stays. */
export function createDraftsStore(bridge: Bridge) {
  return createStore<DraftsState>()((set) => {
    bridge.on('session.changed', ({ state }) => {
      if (state !== 'signed-in') set({ drafts: {} })
    })
    return {
      drafts: {},
      keep: (key, text) =>
        set(({ drafts }) => {
          const { [key]: _, ...rest } = drafts
          return { drafts: text === null ? rest : { ...rest, [key]: text } }
        }),
    }
  })
}
