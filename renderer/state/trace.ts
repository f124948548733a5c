import { createStore } from 'zustand/vanilla'
import type { Bridge } from '../../contract/desktop.ts'
import type { Failure } from '../../contract/failure.ts'
import type { AuditEntry } from '../../contract/number.ts'

const PAGE = 50

export interface TraceState {
  /** Newest first; null until the first page has come. */
  entries: AuditEntry[] | null
  next: number | null
  /** Only what was done to this number, account or intent; null: everything. */
  subject: string | null
  isLoading: boolean
  failure: Failure | null
  load(subject: string | null): Promise<void>
  more(): Promise<void>
}

const nothing = { entries: null, next: null, subject: null, isLoading: false, failure: null }

/** Who did what, as far as it was paged. */
export function createTraceStore(bridge: Bridge) {
  return createStore<TraceState>()((set, get) => {
    bridge.on('session.changed', ({ state }) => state === 'signed-in' || set(nothing))
    const page = (subject: string | null, before?: number) =>
      bridge.request('audit.list', { limit: PAGE, ...(subject ? { subject } : {}), ...(before === undefined ? {} : { before }) })
    return {
      ...nothing,
      async load(subject) {
        set({ subject, isLoading: true, ...(subject === get().subject ? {} : { entries: null, next: null }) })
        const answer = await page(subject)
        if (get().subject !== subject) return // another filter was chosen meanwhile
        set({ isLoading: false, ...(answer.ok ? { ...answer.value, failure: null } : { failure: answer.failure }) })
      },
      async more() {
        const { next, subject, isLoading } = get()
        if (next === null || isLoading) return
        set({ isLoading: true })
        const answer = await page(subject, next)
        if (get().subject !== subject) return
        if (!answer.ok) return set({ isLoading: false, failure: answer.failure })
        const older = answer.value.entries.filter(({ auditId }) => auditId < (get().entries?.at(-1)?.auditId ?? Infinity))
        set({ isLoading: false, failure: null, entries: [...(get().entries ?? []), ...older], next: answer.value.next })
      },
    }
  })
}
