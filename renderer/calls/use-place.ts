import { useCallback, useEffect, useMemo, useState } from 'react'
import { replaceAddress, useAddress } from '../shell/route.ts'
import { addressOf, placeOf, type Place, type Tab } from './model/place.ts'
import { fromAddress, toAddress, type Query } from './model/query.ts'

/** The address follows what is typed after so long: a browser counts, and at some point refuses, addresses that change at every key. */
const SETTLE_MS = 300

/** Goes to a link of these. */
export const visit = (href: string) => void (location.hash = href)
const hrefOf = (place: Place) => `#${addressOf(place)}`

/** Where one is, and links from here. */
export function useCallPlace() {
  const address = useAddress()
  const place = useMemo(() => placeOf(address), [address])
  const { tab, search } = place
  const hrefOfCall = useCallback((callId: string | null) => hrefOf({ tab, callId, search }), [tab, search])
  const goToCall = useCallback((callId: string | null) => visit(hrefOfCall(callId)), [hrefOfCall])
  return { place, hrefOfCall, goToCall }
}

export const hrefOfTab = (tab: Tab, search: string) => hrefOf({ tab, callId: null, search })
/** All calls with one party, whatever else was chosen. */
export const hrefOfQuery = (query: Query) => hrefOf({ tab: 'all', callId: null, search: toAddress(query) })

/** How the list is narrowed: kept in the address, so that a reload and the way back bring it again. */
export function useQuery(place: Place): readonly [Query, (query: Query) => void] {
  const [query, setQuery] = useState(() => fromAddress(place.search))
  const [known, setKnown] = useState(place.search)
  if (place.search !== known) {
    setKnown(place.search)
    if (toAddress(query) !== place.search) setQuery(fromAddress(place.search))
  }
  useEffect(() => {
    const search = toAddress(query)
    if (search === known) return undefined
    const timer = setTimeout(() => replaceAddress(addressOf({ ...placeOf(location.hash.slice(1)), search })), SETTLE_MS)
    return () => clearTimeout(timer)
  }, [query, known])
  return [query, setQuery]
}
