import { useSyncExternalStore } from 'react'

export const screens = ['phone', 'calls', 'recordings', 'numbers', 'settings'] as const
export type Screen = (typeof screens)[number]

const parts = () => location.hash.replace(/^#\//, '').replace(/\?.*/, '').split('/')
const current = (): Screen => screens.find((screen) => screen === parts()[0]) ?? 'phone'
const place = () => parts()[1]?.replaceAll('%2B', '+') ?? ''
const address = () => location.hash.slice(1)
const subscribe = (changed: () => void) => {
  addEventListener('hashchange', changed)
  return () => removeEventListener('hashchange', changed)
}

/** The screen named in the address: back and forward work, and a reload stays where one was. */
export const useScreen = (): Screen => useSyncExternalStore(subscribe, current)
/** Where in the screen: `search` of `#/numbers/search`, a number of `#/numbers/+14155550100`, '' at its start. */
export const usePlace = (): string => useSyncExternalStore(subscribe, place)
export const goTo = (screen: Screen, at = '') => (location.hash = at ? `#/${screen}/${at}` : `#/${screen}`)
/** The whole address after the `#`, for a screen that keeps more in it than its place: `/calls/missed?tag=vip`. */
export const useAddress = (): string => useSyncExternalStore(subscribe, address)
/** Another address in place of this one, so that back does not lead through every letter of a search. */
export const replaceAddress = (to: string) => location.replace(`#${to}`)
