import { createStore } from 'zustand/vanilla'
import type { Bridge, SessionView } from '../../contract/desktop.ts'
import type { Failure } from '../../contract/failure.ts'

export interface SessionState {
  /** Null until main has answered. */
  session: SessionView | null
  failure: Failure | null
  busy: 'enroll' | 'sandbox' | 'sign-out' | null
  /** What `failure` was the answer to. */
  asked: SessionState['busy']
  /** Signed in during this visit: a sound check belongs to it. */
  isNew: boolean
  load(): Promise<void>
  enroll(relayUrl: string, code: string): Promise<void>
  trySandbox(): Promise<void>
  /** Gives up this computer's device; the local copy of calls goes with it. */
  signOut(): Promise<void>
  forgetNew(): void
}

type Answer = { ok: true; value: SessionView } | { ok: false; failure: Failure }

/** Who is signed in, and the ways to become so. */
export function createSessionStore(bridge: Bridge) {
  return createStore<SessionState>()((set, get) => {
    bridge.on('session.changed', (session) => set({ session }))
    const enter = async (busy: SessionState['busy'], ask: () => Promise<Answer>) => {
      if (get().busy) return
      set({ busy, asked: busy, failure: null })
      const answer = await ask()
      set(answer.ok ? { session: answer.value, busy: null, isNew: busy !== 'sign-out' } : { failure: answer.failure, busy: null })
    }
    return {
      session: null,
      failure: null,
      busy: null,
      asked: null,
      isNew: false,
      async load() {
        const answer = await bridge.request('session.get', {})
        set(answer.ok ? { session: answer.value } : { failure: answer.failure })
      },
      enroll: (relayUrl, code) => enter('enroll', () => bridge.request('session.enroll', { relayUrl, code })),
      trySandbox: () => enter('sandbox', () => bridge.request('session.trySandbox', {})),
      signOut: () => enter('sign-out', () => bridge.request('session.signOut', {})),
      forgetNew: () => set({ isNew: false }),
    }
  })
}
