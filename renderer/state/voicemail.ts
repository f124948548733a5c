import { createStore } from 'zustand/vanilla'
import type { Bridge } from '../../contract/desktop.ts'
import type { RecordingItem } from '../../contract/recording.ts'
import { createPaging, emptyList, type ListState } from './keyset-list.ts'
import { onHistory } from './on-history.ts'
import { withCached } from './recordings.ts'

export interface VoicemailState extends ListState<RecordingItem> {
  /** How many nobody has dealt with; null until it is known. */
  unread: number | null
  unreadOnly: boolean
  load(unreadOnly?: boolean): Promise<void>
  more(): Promise<void>
}

const voicemailStore =
  (trash: boolean) =>
  (bridge: Bridge, settleMs = 120) =>
    createStore<VoicemailState>()((set, get) => {
      const read = async (limit: number, after?: string) => {
        const answer = await bridge.request('voicemail.list', {
          limit,
          ...(after === undefined ? {} : { after }),
          ...(trash ? { trash } : {}),
          ...(get().unreadOnly ? { unreadOnly: true } : {}),
        })
        if (!answer.ok) return answer
        const { voicemails, next, unread } = answer.value
        set({ unread })
        return { ok: true as const, value: { items: voicemails, next } }
      }
      const paging = createPaging<RecordingItem>({ get, set, read, keyOf: (one) => one.sid })
      onHistory(bridge, settleMs, {
        isShown: () => get().items !== null,
        changed: () => paging.load(),
        cached: (sid, isCached) => set({ items: withCached(get().items, sid, isCached) }),
        signedOut: () => (paging.forget(), set({ unread: null, unreadOnly: false })),
      })
      return {
        ...emptyList,
        unread: null,
        unreadOnly: false,
        async load(unreadOnly = get().unreadOnly) {
          const isOther = unreadOnly !== get().unreadOnly
          if (isOther) set({ unreadOnly })
          await paging.load(isOther)
        },
        more: () => paging.more(),
      }
    })

/** What callers left, for those entitled to hear it. */
export const createVoicemailStore = voicemailStore(false)
/** Voicemails in the trash. */
export const createVoicemailTrashStore = voicemailStore(true)
