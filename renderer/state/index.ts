import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Bridge } from '../../contract/desktop.ts'
import type { PhoneView } from '../model/phone.ts'
import { initialView } from '../model/phone.ts'
import { createCallsStore } from './calls.ts'
import { createDialStore } from './dial.ts'
import { createNumberingStore } from './numbering.ts'
import { createSessionStore } from './session.ts'
import { createSettingsStore } from './settings.ts'
import { createStatusStore } from './status.ts'

/** Every store of the page. `country` is assumed for national spellings until the preferences have come. */
export function createState(bridge: Bridge, country: string) {
  const { later, refreshLater } = createLater(bridge)
  return {
    session: createSessionStore(bridge),
    status: createStatusStore(bridge),
    calls: createCallsStore(bridge),
    settings: createSettingsStore(bridge, country),
    dial: createDialStore(),
    numbering: createNumberingStore(() => import('../../contract/e164.ts')),
    /** A copy of the phone's view, written by `start`. */
    phone: createStore<PhoneView>()(() => initialView),
    later,
    refreshLater,
  }
}

/** Stores of screens that are loaded later come with them: each is made once, when it is first asked for, and lives as long as the page. */
function createLater(bridge: Bridge) {
  const made = new Map<unknown, unknown>()
  return {
    later: <T>(create: (bridge: Bridge) => T): T => {
      if (!made.has(create)) made.set(create, create(bridge))
      return made.get(create) as T
    },
    /** Events may have been lost: those that can ask again for what they show. */
    refreshLater: () => {
      for (const store of made.values()) void (store as Partial<StoreApi<{ refresh?: () => unknown }>>).getState?.().refresh?.()
    },
  }
}
export type State = ReturnType<typeof createState>
