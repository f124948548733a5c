import { createContext, use } from 'react'
import { useStore, type StoreApi } from 'zustand'
import type { Bridge } from '../../contract/desktop.ts'
import type { AppModel } from '../model/app.ts'
import type { PhoneView } from '../model/phone.ts'
import type { CallsState } from './calls.ts'
import type { DialState } from './dial.ts'
import type { NumberingState } from './numbering.ts'
import type { SessionState } from './session.ts'
import type { SettingsState } from './settings.ts'
import type { StatusState } from './status.ts'

export const AppContext = createContext<AppModel | undefined>(undefined)

/** What `start` handed in. @throws Error outside of the app */
export function useApp(): AppModel {
  const app = use(AppContext)
  if (!app) throw new Error('no AppContext')
  return app
}

// A screen reads one value at a time, so that it is drawn again only when that value changes.
export const usePhone = <T>(select: (view: PhoneView) => T): T => useStore(useApp().state.phone, select)
export const useSession = <T>(select: (state: SessionState) => T): T => useStore(useApp().state.session, select)
export const useStatus = <T>(select: (state: StatusState) => T): T => useStore(useApp().state.status, select)
export const useCalls = <T>(select: (state: CallsState) => T): T => useStore(useApp().state.calls, select)
export const useSettings = <T>(select: (state: SettingsState) => T): T => useStore(useApp().state.settings, select)
export const useNumbering = <T>(select: (state: NumberingState) => T): T => useStore(useApp().state.numbering, select)
export const useDial = <T>(select: (state: DialState) => T): T => useStore(useApp().state.dial, select)
/** A value of a store that comes with its screen. */
export const useLater = <S, T>(create: (bridge: Bridge) => StoreApi<S>, select: (state: S) => T): T =>
  useStore(useApp().state.later(create), select)
