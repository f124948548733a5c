import { useVirtualizer, type Range } from '@tanstack/react-virtual'
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState, type RefObject } from 'react'
import { isAside, windowOf } from '../numbers/model/window.ts'
import { FailureNotice } from '../shell/failure-notice.tsx'
import type { CallHit } from '../state/call-pages.ts'
import { createHistoryStore, MOST_SHOWN } from '../state/history.ts'
import { useApp, useLater } from '../state/use.ts'
import { Button } from '../ui/button.tsx'
import { useNow } from '../ui/time.ts'
import { CallRow } from './call-row.tsx'
import { useCallDesk } from './desk.tsx'
import { columnsFor } from './model/columns.ts'
import { useCallAgain } from './use-call-again.ts'
import { useListKeys } from './use-list-keys.ts'

const ROW = 44
const CARD = 56
/** Rows beyond the edges, so that a fast scroll does not show holes. */
const OVERSCAN = 6
/** Older calls are asked for when so many rows are left below. */
const AHEAD = 60

interface CallListProps {
  hits: readonly CallHit[]
  search: string
  open: string | null
  hrefOfCall: (callId: string) => string
}

/** The width of an element, followed; 0 until it is known. */
function useWidth() {
  const [width, setWidth] = useState(0)
  const ref = useCallback((element: HTMLElement | null) => {
    if (!element) return undefined
    const observer = new ResizeObserver(() => setWidth(element.clientWidth))
    observer.observe(element)
    setWidth(element.clientWidth)
    return () => observer.disconnect()
  }, [])
  return [ref, width] as const
}

const indexOf = (element: Element): number | undefined => {
  const index = element.closest<HTMLElement>('li[data-index]')?.dataset['index']
  return index === undefined ? undefined : Number(index)
}

/**
 * Calls that come or go above what is in sight do not move it: the first row in sight stays where it is. At the very top new calls are what
 * one waits for, so there they are shown.
 */
function useSteadyScroll(hits: readonly CallHit[], height: number, scroll: RefObject<HTMLElement | null>) {
  const anchor = useRef<{ callId: string; index: number } | null>(null)
  useLayoutEffect(() => {
    const { current: element } = scroll
    const was = anchor.current
    if (!element || !was || hits[was.index]?.call.callId === was.callId) return
    const now = hits.findIndex(({ call }) => call.callId === was.callId)
    if (now < 0) return
    element.scrollBy({ top: (now - was.index) * height })
    anchor.current = { ...was, index: now }
  }, [hits, height, scroll])
  return () => {
    const top = scroll.current?.scrollTop ?? 0
    const index = Math.floor(top / height)
    const callId = hits[index]?.call.callId
    anchor.current = top > 0 && callId !== undefined ? { callId, index } : null
  }
}

/** The row that Tab comes to: it goes with its call, wherever that moves. */
function useCurrent(hits: readonly CallHit[], open: string | null) {
  const [current, setCurrent] = useState({ index: 0, callId: open ?? hits[0]?.call.callId })
  const isThere = hits[current.index]?.call.callId === current.callId
  const index = useMemo(
    () => (isThere ? current.index : hits.findIndex(({ call }) => call.callId === current.callId)),
    [isThere, hits, current],
  )
  const here = index < 0 ? Math.min(current.index, hits.length - 1) : index
  const go = useCallback((to: number) => setCurrent({ index: to, callId: hits[to]?.call.callId }), [hits])
  return [here, go] as const
}

/** Calls of which only those in sight are in the DOM; older ones come as one scrolls. */
export function CallList({ hits, search, open, hrefOfCall }: CallListProps) {
  const { t, isManager } = useCallDesk()
  const [measure, width] = useWidth()
  const columns = useMemo(() => columnsFor(width, isManager, search !== ''), [width, isManager, search]) // rows are drawn again when it is another object
  const height = columns.isCard ? CARD : ROW
  const scroll = useRef<HTMLDivElement>(null)
  const [here, go] = useCurrent(hits, open)
  const { callAgain, isBusy, problem } = useCallAgain()
  const now = useNow(60_000)
  const rangeExtractor = useCallback((range: Range) => windowOf(range, OVERSCAN, here), [here])
  // oxlint-disable-next-line react/incompatible-library -- no compiler memoizes here; its functions go to no memoized child
  const virtual = useVirtualizer({
    count: hits.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => height,
    overscan: OVERSCAN,
    rangeExtractor,
  })
  useLayoutEffect(() => virtual.measure(), [virtual, height])
  useBackToTop(scroll)
  const remember = useSteadyScroll(hits, height, scroll)
  const onKeyDown = useListKeys({ hits, here, go, scroll, scrollTo: (index) => virtual.scrollToIndex(index), callAgain, isBusy })
  const drawn = virtual.getVirtualItems()
  const aside = isAside(virtual.getVirtualIndexes(), here) ? here : undefined
  const inFlow = drawn.filter(({ index }) => index !== aside)
  useMore(inFlow.at(-1)?.index ?? 0, hits.length)
  return (
    <div ref={measure} className="flex min-h-0 flex-1 flex-col border-t border-line">
      {problem && (
        <div className="px-5 pt-2">
          <FailureNotice failure={problem} />
        </div>
      )}
      <div ref={scroll} onScroll={remember} className="relative min-h-0 flex-1 overflow-y-auto [overflow-anchor:none]">
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- keys move among its links */}
        <ul
          aria-label={t('history.list')}
          onKeyDown={onKeyDown}
          onFocus={({ target }) => {
            const index = indexOf(target)
            if (index !== undefined) go(index)
          }}
          className="relative box-border"
          style={{
            ['--columns' as string]: columns.grid,
            height: virtual.getTotalSize(),
            paddingTop: inFlow[0]?.start ?? 0,
          }}
        >
          {drawn.map(({ index, start }) => {
            const hit = hits[index]
            if (!hit) return null
            return (
              <CallRow
                key={hit.call.callId}
                hit={hit}
                search={search}
                columns={columns}
                index={index}
                asideTop={index === aside ? start : undefined}
                isOpen={open === hit.call.callId}
                isCurrent={index === here}
                isBusy={isBusy}
                now={now}
                href={hrefOfCall(hit.call.callId)}
                onCall={callAgain}
              />
            )
          })}
        </ul>
        <More />
      </div>
    </div>
  )
}

/** Another question begins at its newest call. */
function useBackToTop(scroll: RefObject<HTMLElement | null>) {
  const answered = useLater(createHistoryStore, (state) => state.answered)
  useLayoutEffect(() => {
    if (answered) scroll.current?.scrollTo({ top: 0 })
  }, [answered, scroll])
}

/** Asks for older calls before one reaches the end. */
function useMore(last: number, count: number) {
  const store = useApp().state.later(createHistoryStore)
  /** As many as there are, once one is near their end: when more have come and one is still near, it is another number. */
  const nearEndOf = last >= count - AHEAD ? count : 0
  useEffect(() => {
    if (nearEndOf > 0 && !store.getState().failure) void store.getState().more()
  }, [store, nearEndOf])
}

/** At the end: that more is coming, or why it is not. */
function More() {
  const { t } = useCallDesk()
  const store = useApp().state.later(createHistoryStore)
  const isLoading = useLater(createHistoryStore, (state) => state.isLoadingMore)
  const hasMore = useLater(createHistoryStore, (state) => state.next !== null)
  const isFull = useLater(createHistoryStore, (state) => (state.hits?.length ?? 0) >= MOST_SHOWN)
  const failure = useLater(createHistoryStore, (state) => state.failure)
  if (!hasMore) return null
  if (isFull) return <p className="py-3 text-center text-ink-2">{t('history.tooMany')}</p>
  if (failure)
    return (
      <p className="flex items-center justify-center gap-3 py-3 text-ink-2">
        {t('history.moreFailed')}
        <Button onClick={() => void store.getState().retry()}>{t('history.retry')}</Button>
      </p>
    )
  return <p className="py-3 text-center text-ink-2">{isLoading && t('history.more')}</p>
}
