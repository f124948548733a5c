import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Bridge } from '../../contract/desktop.ts'
import type { SyncPlan } from '../../contract/number-desktop.ts'
import type { Failure } from '../../contract/failure.ts'

export interface Applied {
  plan: SyncPlan
  /** Milliseconds since 1970. */
  at: number
  /** Null when there was nothing to do, or it was undone. */
  undoId: string | null
}

export interface SyncState {
  phase: 'idle' | 'looking' | 'preview' | 'applying' | 'undoing'
  /** Numbers listed so far; `total` null while that is unknown. */
  progress: { done: number; total: number | null } | null
  /** What a person has to decide on. */
  plan: SyncPlan | null
  /** The plan shown replaces one that was outdated by the time it was applied. */
  isNewPlan: boolean
  /** What a person put off: known to differ at Twilio, not applied. */
  putOff: SyncPlan | null
  applied: Applied | null
  /** When the last one was taken back, milliseconds since 1970; null when it was not. */
  undoneAt: number | null
  failure: Failure | null
  /** Compares with Twilio; applies by itself what removes nothing. */
  look(): Promise<void>
  apply: () => Promise<void>
  dismiss: () => void
  /** Shows again what was put off. */
  review: () => void
  undo: () => Promise<void>
}

/** Whether applying it would change anything here. */
export const hasEffect = ({ added, removed, changed, missing }: SyncPlan) =>
  added.length + removed.length + changed.length + missing.length > 0

type Store = Pick<StoreApi<SyncState>, 'setState' | 'getState'>

/** Plan and act; each leaves the store in a phase that says what comes next. */
function createSteps(bridge: Bridge, { setState: set, getState: get }: Store) {
  const fail = (failure: Failure) => set({ phase: 'idle', progress: null, plan: null, failure })

  async function apply(plan: SyncPlan, isAsked: boolean): Promise<void> {
    set({ phase: 'applying', failure: null })
    const answer = await bridge.request('numbers.applySync', { planId: plan.planId })
    if (answer.ok) {
      const applied = { plan: answer.value.plan, at: Date.now(), undoId: answer.value.undoId }
      return set({ phase: 'idle', plan: null, isNewPlan: false, putOff: null, undoneAt: null, applied })
    }
    if (answer.failure.code === 'plan-outdated' && isAsked) return look(true)
    return fail(answer.failure)
  }

  async function look(isNewPlan: boolean): Promise<void> {
    set({ phase: 'looking', progress: null, failure: null })
    const answer = await bridge.request('numbers.planSync', {})
    if (get().phase !== 'looking') return // signed out meanwhile
    set({ progress: null })
    if (!answer.ok) return fail(answer.failure)
    const plan = answer.value
    set({ putOff: null, undoneAt: null })
    if (plan.removed.length > 0) return set({ phase: 'preview', plan, isNewPlan })
    if (hasEffect(plan)) return apply(plan, false)
    return set({ phase: 'idle', plan: null, applied: { plan, at: Date.now(), undoId: null } })
  }

  async function undo(undoId: string): Promise<void> {
    set({ phase: 'undoing', failure: null })
    const answer = await bridge.request('numbers.undoSync', { undoId })
    return answer.ok ? set({ phase: 'idle', applied: null, undoneAt: Date.now() }) : fail(answer.failure)
  }
  return { look, apply, undo }
}

const idle = {
  phase: 'idle',
  progress: null,
  plan: null,
  isNewPlan: false,
  putOff: null,
  applied: null,
  undoneAt: null,
  failure: null,
} as const

/** Sync of the page with Twilio's list: a plan before it is an act (RULES R30). */
export function createSyncStore(bridge: Bridge) {
  return createStore<SyncState>()((set, get, store) => {
    const steps = createSteps(bridge, store)
    bridge.on('numbers.progress', ({ work, done, total }) => {
      if (work === 'sync' && get().phase === 'looking') set({ progress: { done, total } })
    })
    bridge.on('session.changed', ({ state }) => {
      if (state !== 'signed-in') set(idle)
    })
    return {
      ...idle,
      async look() {
        if (get().phase === 'idle') await steps.look(false)
      },
      async apply() {
        const { phase, plan } = get()
        if (phase === 'preview' && plan) await steps.apply(plan, true)
      },
      dismiss() {
        const { phase, plan } = get()
        if (phase === 'preview') set({ phase: 'idle', plan: null, isNewPlan: false, putOff: plan })
      },
      review() {
        const { phase, putOff } = get()
        if (phase === 'idle' && putOff) set({ phase: 'preview', plan: putOff, failure: null })
      },
      async undo() {
        const { applied, phase } = get()
        if (applied?.undoId && phase === 'idle') await steps.undo(applied.undoId)
      },
    }
  })
}
