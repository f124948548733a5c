import { useEffect, useRef } from 'react'
import type { SearchQuery } from '../../contract/number-desktop.ts'
import { replaceAddress, useAddress } from '../shell/route.ts'
import { fromAddress, toAddress } from './model/address.ts'
import { useBuyingStore } from './use-buying.ts'

/** The address follows what is typed after so long: a browser counts, and at some point refuses, addresses that change at every key. */
const SETTLE_MS = 300
const PLACE = '/numbers/search'

const partsOf = (address: string) => {
  const [place = '', said = ''] = address.split('?')
  return { isHere: place === PLACE, said }
}
const write = (said: string) => {
  const now = partsOf(location.hash.slice(1))
  if (now.isHere && now.said !== said) replaceAddress(said ? `${PLACE}?${said}` : PLACE)
}

/**
 * Keeps the search in the address, so that a reload and the way back bring it again: the form as it was, and its results by searching again,
 * since what was for sale then need not be now.
 */
export function useKeptSearch(onSearch: (query: SearchQuery) => void): void {
  const store = useBuyingStore()
  const { isHere, said } = partsOf(useAddress())
  const search = useRef(onSearch)
  useEffect(() => void (search.current = onSearch))
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const end = store.subscribe((state, before) => {
      if (state.draft === before.draft && state.searched === before.searched) return
      clearTimeout(timer)
      // What was searched is written at once, and what signing out took away is gone at once.
      if (state.searched !== before.searched || !state.draft) write(toAddress(state))
      else timer = setTimeout(() => write(toAddress(store.getState())), SETTLE_MS)
    })
    return () => {
      end()
      clearTimeout(timer)
    }
  }, [store])
  const isFirst = useRef(true)
  useEffect(() => {
    if (!isHere) return
    const is = toAddress(store.getState())
    // Who was elsewhere in the page finds what was left here; an address that was gone to later is followed.
    const isLeft = is !== '' && (said === '' || isFirst.current)
    isFirst.current = false
    if (said === is) return
    if (isLeft) return write(is)
    const kept = fromAddress(said)
    if (kept.draft) store.getState().edit(kept.draft)
    if (kept.searched) search.current(kept.searched)
  }, [isHere, said, store])
}
