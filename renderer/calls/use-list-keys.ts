import { useEffect, useRef, type KeyboardEvent, type RefObject } from 'react'
import type { CallItem } from '../../contract/history.ts'
import type { CallHit } from '../state/call-pages.ts'

interface ListKeys {
  hits: readonly CallHit[]
  /** The row that has, or would have, the focus. */
  here: number
  go: (index: number) => void
  scroll: RefObject<HTMLElement | null>
  scrollTo: (index: number) => void
  callAgain: (call: CallItem) => void
  isBusy: boolean
}

const PAGE = 10

/** Where a key moves from `here` among `count` rows; undefined when it moves nowhere. */
function moveOf(key: string, here: number, count: number): number | undefined {
  const to = { ArrowDown: here + 1, ArrowUp: here - 1, PageDown: here + PAGE, PageUp: here - PAGE, Home: 0, End: count - 1 }[key]
  return to === undefined ? undefined : Math.min(count - 1, Math.max(0, to))
}

/** Arrows, page keys, Home and End move; Enter opens (the row is a link); C calls, except after G: that is the way to Calls. */
export function useListKeys({ hits, here, go, scroll, scrollTo, callAgain, isBusy }: ListKeys) {
  const mustFocus = useRef(false)
  const isAfterG = useRef(false)
  useEffect(() => {
    if (!mustFocus.current) return
    mustFocus.current = false
    scroll.current?.querySelector<HTMLElement>(`[data-index="${here}"] a`)?.focus({ preventScroll: true })
  }, [here, scroll])
  return (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const key = event.key.toLowerCase()
    const wasG = isAfterG.current
    isAfterG.current = key === 'g'
    const call = hits[here]?.call
    if (key === 'c' && !wasG && call && call.party.kind === 'number') {
      event.preventDefault()
      if (!isBusy && !event.repeat) callAgain(call)
      return
    }
    const to = moveOf(event.key, here, hits.length)
    if (to === undefined) return
    event.preventDefault()
    if (to === here) return
    mustFocus.current = true
    go(to)
    scrollTo(to)
  }
}
