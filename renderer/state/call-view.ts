import { v7 as uuid } from 'uuid'
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Bridge } from '../../contract/desktop.ts'
import type { Failure, Outcome } from '../../contract/failure.ts'
import type { CallNote, CallView } from '../../contract/history.ts'
import type { CallTimeline } from '../../contract/timeline.ts'
import { settled } from './settled.ts'

export interface TagCount {
  tag: string
  count: number
}

export interface CallViewState {
  /** The call that is open, or null. */
  callId: string | null
  /** Of that call; null until it has come. */
  view: CallView | null
  failure: Failure | null
  timeline: CallTimeline | null
  timelineFailure: Failure | null
  /** In use, the most used first; null until they were asked for. */
  tags: readonly TagCount[] | null
  open(callId: string | null): Promise<void>
  /** Asks again for what is open. */
  read(): Promise<void>
  refresh(): Promise<void>
  /** Writes a note, or a new text of it; null takes it away. `seen`: the text that is changed. */
  note(callId: string, noteId: string, text: string | null, seen?: string): Promise<Outcome<readonly CallNote[]>>
  tag(callId: string, add: readonly string[], remove: readonly string[]): Promise<Outcome<object>>
  loadTags(): Promise<void>
  /** The timeline as support gets it. */
  timelineFile(callId: string, mask: boolean): Promise<Outcome<CallTimeline>>
}

export const newNoteId = (): string => uuid()

const closed = { callId: null, view: null, failure: null, timeline: null, timelineFailure: null } as const
type Store = Pick<StoreApi<CallViewState>, 'setState' | 'getState'>

/** Reads call and timeline of what is open; an answer for what is open no more is dropped. */
function createReading(bridge: Bridge, { setState: set, getState: get }: Store) {
  return async () => {
    const { callId } = get()
    if (callId === null) return
    const isOpen = () => get().callId === callId
    const readCall = async () => {
      const answer = await bridge.request('calls.get', { callId })
      if (!isOpen()) return
      const isGone = !answer.ok && answer.failure.code === 'not-found'
      set(answer.ok ? { view: answer.value, failure: null } : { failure: answer.failure, ...(isGone ? { view: null } : {}) })
    }
    const readTimeline = async () => {
      const answer = await bridge.request('calls.timeline', { callId })
      if (isOpen()) set(answer.ok ? { timeline: answer.value, timelineFailure: null } : { timelineFailure: answer.failure })
    }
    await Promise.all([readCall(), readTimeline()])
  }
}

/** What a person writes about a call shows at once; what could not be kept is taken back. */
function createWriting(bridge: Bridge, { setState: set, getState: get }: Store) {
  const change = (callId: string, patch: (view: CallView) => Partial<CallView>) => {
    const { view } = get()
    if (view?.callId === callId) set({ view: { ...view, ...patch(view) } })
  }
  return {
    async note(callId: string, noteId: string, text: string | null, seen?: string) {
      const answer = await bridge.request('calls.note', { callId, noteId, text, ...(seen === undefined ? {} : { seen }) })
      if (answer.ok) change(callId, () => ({ notes: answer.value, noteCount: answer.value.length }))
      return answer
    },
    async tag(callId: string, add: readonly string[], remove: readonly string[]) {
      const before = get().view?.callId === callId ? get().view?.tags : undefined
      change(callId, ({ tags }) => ({ tags: [...tags.filter((one) => !remove.includes(one) && !add.includes(one)), ...add] }))
      const answer = await bridge.request('calls.tag', { callIds: [callId], add: [...add], remove: [...remove] })
      if (!answer.ok && before) change(callId, () => ({ tags: before }))
      return answer
    },
  }
}

/** One call, closely: its record, notes, tags and timeline. */
export function createCallViewStore(bridge: Bridge, settleMs = 120) {
  return createStore<CallViewState>()((set, get, store) => {
    const read = createReading(bridge, store)
    const again = settled(read, settleMs)
    const changed = (callIds: readonly string[]) => {
      const { callId } = get()
      if (callId !== null && (callIds.length === 0 || callIds.includes(callId))) again()
    }
    bridge.on('calls.changed', ({ callIds }) => changed(callIds))
    bridge.on('records.changed', ({ callIds, kinds }) => {
      changed(callIds)
      if (kinds.includes('tags') && get().tags) void get().loadTags()
    })
    bridge.on('session.changed', ({ state }) => {
      if (state !== 'signed-in') set({ ...closed, tags: null })
    })
    return {
      ...closed,
      tags: null,
      async open(callId) {
        if (callId !== null && get().callId === callId) return
        set({ ...closed, callId })
        await read()
      },
      read,
      refresh: read,
      ...createWriting(bridge, store),
      async loadTags() {
        const answer = await bridge.request('calls.tags', {})
        if (answer.ok) set({ tags: answer.value })
      },
      timelineFile: (callId, mask) => bridge.request('calls.timeline', { callId, mask }),
    }
  })
}
