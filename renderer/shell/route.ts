import { useSyncExternalStore } from 'react'

export const screens = ['phone', 'calls', 'numbers', 'settings'] as const
export type Screen = (typeof screens)[number]

const parts = () => location.hash.replace(/^#\//, '').split('/')
const current = (): Screen => screens.find((screen) => screen === parts()[0]) ?? 'phone'
const place = () => parts()[1]?.replaceAll('%2B', '+') ?? ''
const subscribe = (changed: () => void) => {
  addEventListener('hashchange', changed)
  return () => removeEventListener('hashchange', changed)
}

/** The screen named in the address: back and forward work, and a reload stays where one was. */
export const useScreen = (): Screen => useSyncExternalStore(subscribe, current)
/** Where in the screen: `search` of `#/numbers/search`, a number of `#/numbers/+14155550100`, '' at its start. */
export const usePlace = (): string => useSyncExternalStore(subscribe, place)
export const goTo = (screen: Screen, at = '') => (location.hash = at ? `#/${screen}/${at}` : `#/${screen}`)
