import { createStore } from 'zustand/vanilla'
import type { Bridge, BridgeArgs } from '../../contract/desktop.ts'
import type { Failure, Outcome } from '../../contract/failure.ts'
import type { AccountView } from '../../contract/number-desktop.ts'

export type AccountWork = 'load' | 'save' | 'test' | 'forget' | 'transfer'

export interface AccountState {
  /** Null until main has answered. */
  account: AccountView | null
  busy: AccountWork | null
  /** What was asked last, and how it failed. */
  asked: AccountWork | null
  failure: Failure | null
  load(): Promise<void>
  /** Verified with Twilio before it is kept. True when it was. */
  save(args: BridgeArgs<'account.set'>): Promise<boolean>
  test(): Promise<boolean>
  forget(): Promise<boolean>
  /** In E.164, or null for none. */
  setTransferNumber(transferNumber: string | null): Promise<boolean>
  /** The failure was of a form that is closed now. */
  forgetFailure(): void
}

const nothing = { account: null, busy: null, asked: null, failure: null }

/** The Twilio account of this computer, as far as it may be shown. */
export function createAccountStore(bridge: Bridge) {
  return createStore<AccountState>()((set, get) => {
    bridge.on('account.changed', (account) => set({ account }))
    bridge.on('session.changed', ({ state }) => state === 'signed-in' || set(nothing))
    const ask = async (work: AccountWork, request: () => Promise<Outcome<AccountView>>) => {
      if (get().busy) return false
      set({ busy: work, asked: work, failure: null })
      const answer = await request()
      set(answer.ok ? { account: answer.value, busy: null } : { failure: answer.failure, busy: null })
      return answer.ok
    }
    return {
      ...nothing,
      async load() {
        await ask('load', () => bridge.request('account.get', {}))
      },
      save: (args) => ask('save', () => bridge.request('account.set', args)),
      test: () => ask('test', () => bridge.request('account.test', {})),
      forget: () => ask('forget', () => bridge.request('account.forget', {})),
      setTransferNumber: (transferNumber) => ask('transfer', () => bridge.request('account.setTransferNumber', { transferNumber })),
      forgetFailure: () => set({ failure: null, asked: null }),
    }
  })
}
