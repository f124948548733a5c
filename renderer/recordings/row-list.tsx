import { useVirtualizer, type Range } from '@tanstack/react-virtual'
import { useCallback, useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent, type ReactNode, type RefObject } from 'react'
import { isAside, windowOf } from '../numbers/model/window.ts'
import { cx } from '../ui/class-names.ts'

/** Of every row, px: h-14. */
const ROW = 56
const OVERSCAN = 6
const PAGE = 8
/** So many rows before the end the next page is asked for. */
const AHEAD = 20

interface RowListProps<T> {
  label: string
  items: readonly T[]
  keyOf: (item: T) => string
  open: string | null
  onOpen: (item: T) => void
  /** Escape. */
  onLeave: () => void
  onMore: () => void
  /** The row's own; its first `data-row` element takes the focus and opens it. */
  children: (item: T, isCurrent: boolean) => ReactNode
}

const moveOf = (key: string, here: number, count: number): number | undefined => {
  const to = { ArrowDown: here + 1, ArrowUp: here - 1, PageDown: here + PAGE, PageUp: here - PAGE, Home: 0, End: count - 1 }[key]
  return to === undefined ? undefined : Math.min(count - 1, Math.max(0, to))
}

/** The row that an element belongs to. */
function indexOf(element: Element): number | undefined {
  const index = element.closest<HTMLElement>('li[data-index]')?.dataset['index']
  return index === undefined ? undefined : Number(index)
}

/** Keeps what is seen in its place when rows come or go above it. */
function useAnchor<T>(scroll: RefObject<HTMLElement | null>, { items, keyOf }: Pick<RowListProps<T>, 'items' | 'keyOf'>) {
  const before = useRef(items)
  useLayoutEffect(() => {
    const was = before.current
    before.current = items
    const element = scroll.current
    const top = element ? Math.floor(element.scrollTop / ROW) : 0
    const first = was[top]
    if (!element || top === 0 || was === items || !first) return
    const key = keyOf(first)
    const now = items.findIndex((item) => keyOf(item) === key)
    if (now >= 0 && now !== top) element.scrollBy(0, (now - top) * ROW)
  }, [items, keyOf, scroll])
}

/** Rows of which only those in sight are in the DOM. Arrows, page keys, Home and End move; Enter opens. */
export function RowList<T>(props: RowListProps<T>) {
  const { label, items, keyOf, open, onOpen, onLeave, onMore, children } = props
  const scroll = useRef<HTMLDivElement>(null)
  const [current, setCurrent] = useState(0)
  const mustFocus = useRef(false)
  const here = Math.min(current, Math.max(0, items.length - 1))
  const rangeExtractor = useCallback((range: Range) => windowOf(range, OVERSCAN, here), [here])
  // oxlint-disable-next-line react/incompatible-library -- no compiler memoizes here; its functions go to no memoized child
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW,
    overscan: OVERSCAN,
    rangeExtractor,
  })
  useAnchor(scroll, props)
  const drawn = virtual.getVirtualItems()
  const aside = isAside(virtual.getVirtualIndexes(), here) ? here : undefined
  const first = drawn.find(({ index }) => index !== aside)
  const lastInSight = drawn.findLast(({ index }) => index !== aside)?.index ?? 0
  const isNearEnd = Math.max(lastInSight, here) >= items.length - AHEAD
  useEffect(() => {
    if (isNearEnd) onMore()
  }, [isNearEnd, items.length, onMore])
  useEffect(() => {
    if (!mustFocus.current) return
    mustFocus.current = false
    scroll.current?.querySelector<HTMLElement>(`[data-index="${here}"] [data-row]`)?.focus({ preventScroll: true })
  }, [here])
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (event.key === 'Escape') return onLeave()
    const to = moveOf(event.key, here, items.length)
    if (to === undefined) return
    event.preventDefault()
    if (to === here) return
    mustFocus.current = true
    setCurrent(to)
    virtual.scrollToIndex(to)
    const item = items[to]
    if (open !== null && item) onOpen(item) // what is open follows the arrows
  }
  return (
    <div ref={scroll} className="min-h-0 flex-1 overflow-y-auto">
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- the keys and the focus are of its rows' buttons */}
      <ul
        aria-label={label}
        onKeyDown={onKeyDown}
        onFocus={({ target }) => setCurrent((was) => indexOf(target) ?? was)}
        className="relative box-border"
        style={{ height: virtual.getTotalSize(), paddingTop: first?.start ?? 0 }}
      >
        {drawn.map(({ index, start }) => {
          const item = items[index]
          if (item === undefined) return null
          return (
            <li
              key={keyOf(item)}
              data-index={index}
              aria-setsize={items.length}
              aria-posinset={index + 1}
              style={index === aside ? { top: start } : undefined}
              className={cx('h-14', index === aside && 'absolute inset-x-0')}
            >
              {children(item, index === here)}
            </li>
          )
        })}
      </ul>
    </div>
  )
}
