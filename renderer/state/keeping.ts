import { createStore } from 'zustand/vanilla'
import type { Bridge } from '../../contract/desktop.ts'
import type { Failure, Outcome } from '../../contract/failure.ts'
import type { BackfillState, BackupView } from '../../contract/history.ts'

export interface BackfillingState {
  /** Null until it has come. */
  backfill: BackfillState | null
  busy: 'start' | 'stop' | null
  failure: Failure | null
  load(): Promise<void>
  /** `from`: how far back, ISO 8601. */
  start(from: string): Promise<void>
  stop(): Promise<void>
}

/** The relay's job that reads older calls from Twilio. */
export function createBackfillStore(bridge: Bridge) {
  return createStore<BackfillingState>()((set, get) => {
    bridge.on('history.backfillChanged', (backfill) => set({ backfill }))
    bridge.on('session.changed', ({ state }) => state === 'signed-in' || set({ backfill: null, busy: null, failure: null }))
    const act = async (busy: BackfillingState['busy'], ask: () => Promise<Outcome<BackfillState>>) => {
      if (get().busy) return
      set({ busy, failure: null })
      const answer = await ask()
      set({ busy: null, ...(answer.ok ? { backfill: answer.value } : { failure: answer.failure }) })
    }
    return {
      backfill: null,
      busy: null,
      failure: null,
      load: () => act(null, () => bridge.request('history.backfill', { action: 'get' })),
      start: (from) => act('start', () => bridge.request('history.backfill', { action: 'start', from })),
      stop: () => act('stop', () => bridge.request('history.backfill', { action: 'stop' })),
    }
  })
}

export interface BackupState {
  /** Null until it has come. */
  backup: BackupView | null
  busy: 'make' | 'restore' | 'dismiss' | null
  failure: Failure | null
  /** A copy was restored, and the relay has not told yet what is newer. */
  isCatchingUp: boolean
  load(): Promise<void>
  make(): Promise<void>
  /** @returns whether it was done */
  restore(backupId: string): Promise<boolean>
  dismiss(): Promise<void>
}

/** Copies of the history on this computer. */
export function createBackupStore(bridge: Bridge) {
  return createStore<BackupState>()((set, get) => {
    let wasAway = false
    bridge.on('backup.changed', (backup) => set({ backup }))
    bridge.on('status.changed', ({ relay }) => {
      if (!get().isCatchingUp) return
      if (relay !== 'online')
        wasAway = true // nothing is followed while the file is exchanged; a welcome comes after the snapshot
      else if (wasAway) set({ isCatchingUp: false })
    })
    bridge.on(
      'session.changed',
      ({ state }) => state === 'signed-in' || set({ backup: null, busy: null, failure: null, isCatchingUp: false }),
    )
    const act = async (busy: BackupState['busy'], ask: () => Promise<Outcome<BackupView>>) => {
      if (get().busy) return false
      set({ busy, failure: null })
      const answer = await ask()
      set({ busy: null, ...(answer.ok ? { backup: answer.value } : { failure: answer.failure }) })
      return answer.ok
    }
    return {
      backup: null,
      busy: null,
      failure: null,
      isCatchingUp: false,
      load: async () => void (await act(null, () => bridge.request('backup.get', {}))),
      make: async () => void (await act('make', () => bridge.request('backup.make', {}))),
      async restore(backupId) {
        wasAway = false
        set({ isCatchingUp: true })
        const isDone = await act('restore', () => bridge.request('backup.restore', { backupId }))
        if (!isDone) set({ isCatchingUp: false })
        return isDone
      },
      dismiss: async () => void (await act('dismiss', () => bridge.request('backup.dismiss', {}))),
    }
  })
}
