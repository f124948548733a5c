import { createStore } from 'zustand/vanilla'
import type { Bridge } from '../../contract/desktop.ts'
import type { CallFilter } from '../../contract/history.ts'
import type { RecordingAuditRow, RecordingItem } from '../../contract/recording.ts'
import { createPaging, emptyList, type ListState } from './keyset-list.ts'
import { onHistory } from './on-history.ts'

export interface RecordingQuery {
  text: string
  filter: CallFilter
}
export interface RecordingsState extends ListState<RecordingItem> {
  query: RecordingQuery
  /** Reads the list, of another query or again. */
  load(query?: RecordingQuery): Promise<void>
  more(): Promise<void>
}

export const noQuery: RecordingQuery = { text: '', filter: {} }
const isSame = (a: RecordingQuery, b: RecordingQuery) => JSON.stringify(a) === JSON.stringify(b)

/** Recordings of calls, as far as they were paged; or those in the trash. */
const recordingsStore =
  (trash: boolean) =>
  (bridge: Bridge, settleMs = 120) =>
    createStore<RecordingsState>()((set, get) => {
      const read = async (limit: number, after?: string) => {
        const { text, filter } = get().query
        const answer = await bridge.request('recordings.page', {
          limit,
          ...(after === undefined ? {} : { after }),
          ...(trash ? { trash } : {}),
          ...(Object.keys(filter).length > 0 ? { filter } : {}),
          ...(text === '' ? {} : { text }),
        })
        return answer.ok ? { ok: true as const, value: { items: answer.value.recordings, next: answer.value.next } } : answer
      }
      const paging = createPaging<RecordingItem>({ get, set, read, keyOf: (one) => one.sid })
      onHistory(bridge, settleMs, {
        isShown: () => get().items !== null,
        changed: () => paging.load(),
        cached: (sid, isCached) => set({ items: withCached(get().items, sid, isCached) }),
        signedOut: () => (paging.forget(), set({ query: noQuery })),
      })
      return {
        ...emptyList,
        query: noQuery,
        async load(query = get().query) {
          const isOther = !isSame(query, get().query)
          if (isOther) set({ query })
          await paging.load(isOther)
        },
        more: () => paging.more(),
      }
    })

export const createRecordingsStore = recordingsStore(false)
export const createTrashStore = recordingsStore(true)

/** The same items, of which one is kept on this computer now, or no longer. */
export const withCached = (items: readonly RecordingItem[] | null, sid: string, isCached: boolean) =>
  items?.some((one) => one.sid === sid) ? items.map((one) => (one.sid === sid ? { ...one, isCached } : one)) : items

export interface AuditCounts {
  wanted: number
  complete: number
  pending: number
  trouble: number
}
export interface AuditState extends ListState<RecordingAuditRow> {
  counts: AuditCounts | null
  troubleOnly: boolean
  load(troubleOnly?: boolean): Promise<void>
  more(): Promise<void>
}

/** For every call that should be recorded: whether it is. */
export function createAuditStore(bridge: Bridge, settleMs = 120) {
  return createStore<AuditState>()((set, get) => {
    const read = async (limit: number, after?: string) => {
      const troubleOnly = get().troubleOnly ? { troubleOnly: true } : {}
      const answer = await bridge.request('recordings.audit', { limit, ...(after === undefined ? {} : { after }), ...troubleOnly })
      if (!answer.ok) return answer
      const { rows, next, counts } = answer.value
      set({ counts })
      return { ok: true as const, value: { items: rows, next } }
    }
    const paging = createPaging<RecordingAuditRow>({ get, set, read, keyOf: (one) => one.callId })
    onHistory(bridge, settleMs, {
      isShown: () => get().items !== null,
      changed: () => paging.load(),
      signedOut: () => (paging.forget(), set({ counts: null, troubleOnly: false })),
    })
    return {
      ...emptyList,
      counts: null,
      troubleOnly: false,
      async load(troubleOnly = get().troubleOnly) {
        const isOther = troubleOnly !== get().troubleOnly
        if (isOther) set({ troubleOnly })
        await paging.load(isOther)
      },
      more: () => paging.more(),
    }
  })
}
