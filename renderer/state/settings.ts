import { createStore } from 'zustand/vanilla'
import type { Bridge, Preferences } from '../../contract/desktop.ts'
import type { AccessTokenReply, AvailableNumber } from '../../contract/relay.ts'

export interface SettingsState extends Preferences {
  /** Null until a token told them. */
  numbers: AvailableNumber[] | null
  /** userId → name. */
  names: Record<string, string>
  load(): Promise<void>
  loadWorkspace(): Promise<void>
  takeNumbers(reply: Pick<AccessTokenReply, 'availableNumbers'>): void
  chooseCallFrom(number: string): Promise<void>
  choose(preferences: Partial<Pick<Preferences, 'theme' | 'country'>>): Promise<void>
}

/** Preferences, and what the workspace gives this user: numbers to call from and colleagues' names. */
export function createSettingsStore(bridge: Bridge, country: string) {
  return createStore<SettingsState>()((set, get) => {
    bridge.on('numbers.changed', () => void get().loadWorkspace())
    return {
      country,
      callFrom: null,
      theme: 'system',
      numbers: null,
      names: {},
      async load() {
        const answer = await bridge.request('preferences.get', {})
        if (answer.ok) set(answer.value)
      },
      async loadWorkspace() {
        const [token, users] = await Promise.all([bridge.request('voice.token', { renew: false }), bridge.request('users.list', {})])
        if (token.ok) get().takeNumbers(token.value)
        if (users.ok) set({ names: Object.fromEntries(users.value.map((user) => [user.userId, user.name])) })
      },
      takeNumbers: ({ availableNumbers }) => set({ numbers: availableNumbers }),
      async chooseCallFrom(callFrom) {
        set({ callFrom })
        await bridge.request('preferences.set', { callFrom })
      },
      async choose(preferences) {
        set(preferences)
        await bridge.request('preferences.set', preferences)
      },
    }
  })
}

/** The number to call from: the chosen one while it is still ours, else the default, else the first. */
export function callFromOf({ callFrom, numbers }: Pick<SettingsState, 'callFrom' | 'numbers'>): string | undefined {
  const chosen = numbers?.find((one) => one.phoneNumber === callFrom) ?? numbers?.find((one) => one.isDefault) ?? numbers?.[0]
  return chosen?.phoneNumber
}
