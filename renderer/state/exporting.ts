import { v7 as uuid } from 'uuid'
import { createStore } from 'zustand/vanilla'
import type { Bridge } from '../../contract/desktop.ts'
import type { Failure } from '../../contract/failure.ts'
import type { ExportProgress } from '../../contract/history.ts'
import type { Question } from './history.ts'

export interface ExportingState {
  /** The export that was begun last on this page, under way or over. */
  progress: ExportProgress | null
  /** Why it could not be begun or stopped. */
  failure: Failure | null
  /** What `start` was told that the export is of. */
  of: string
  /** The file was fetched: its link works once. */
  isSaved: boolean
  /** `of`: names what the list showed, by whatever words the caller knows it. */
  start(format: 'csv' | 'json', question: Question, of: string): Promise<void>
  cancel(): Promise<void>
  saved(): void
  forget(): void
  count(question: Question): Promise<number | null>
}
const nothing = { progress: null, failure: null, of: '', isSaved: false } as const
const MOST = 1_000_000

const asked = ({ text, filter }: Question) => ({ filter, ...(text.trim() ? { text: text.trim() } : {}) })

/** An export goes on in main while the page does something else; this is what is known of it. */
export function createExportingStore(bridge: Bridge) {
  return createStore<ExportingState>()((set, get) => {
    let exportId = ''
    /** Events and answers may overtake each other: what is over stays over. */
    const take = (progress: ExportProgress) => {
      const known = get().progress
      if (progress.exportId !== exportId) return
      if (known && known.exportId === exportId && known.state !== 'running') return
      if (known?.state === 'running' && progress.state === 'running' && progress.done < known.done) return
      set({ progress })
    }
    bridge.on('calls.exported', take)
    bridge.on('session.changed', ({ state }) => {
      if (state !== 'signed-in') set(nothing)
    })
    return {
      ...nothing,
      async start(format, question, of) {
        exportId = uuid()
        set({ ...nothing, of, progress: { exportId, done: 0, total: 0, state: 'running', url: null, fileName: null, failure: null } })
        const answer = await bridge.request('calls.export', { exportId, format, ...asked(question) })
        if (answer.ok) take(answer.value)
        else set({ progress: null, failure: answer.failure })
      },
      async cancel() {
        const { progress } = get()
        if (progress?.state !== 'running') return
        const answer = await bridge.request('calls.cancelExport', { exportId: progress.exportId })
        if (answer.ok) take(answer.value)
        else set({ failure: answer.failure })
      },
      saved: () => set({ isSaved: true }),
      forget: () => set(nothing),
      async count(question) {
        const answer = await bridge.request('calls.count', { ...asked(question), most: MOST })
        return answer.ok ? answer.value.count : null
      },
    }
  })
}
