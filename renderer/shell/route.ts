import { useSyncExternalStore } from 'react'

export const screens = ['phone', 'calls'] as const
export type Screen = (typeof screens)[number]

const current = (): Screen => screens.find((screen) => location.hash === `#/${screen}`) ?? 'phone'
const subscribe = (changed: () => void) => {
  addEventListener('hashchange', changed)
  return () => removeEventListener('hashchange', changed)
}

/** The screen named in the address: back and forward work, and a reload stays where one was. */
export const useScreen = (): Screen => useSyncExternalStore(subscribe, current)
export const goTo = (screen: Screen) => (location.hash = `#/${screen}`)
