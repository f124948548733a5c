import { useEffect, useRef, type KeyboardEvent, type RefObject } from 'react'
import type { TableProps } from './number-table.tsx'

interface GridKeys extends Pick<
  TableProps,
  'items' | 'onOpen' | 'onKeyOpen' | 'onChoose' | 'onChooseAll' | 'onClear' | 'onGroup' | 'canChoose'
> {
  /** The item that has, or would have, the focus. */
  here: number
  setCurrent: (index: number) => void
  scroll: RefObject<HTMLElement | null>
  scrollTo: (index: number) => void
}

const PAGE = 10
const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || (/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) && !isTick(target)))
const isTick = (target: HTMLElement) => target instanceof HTMLInputElement && target.type === 'checkbox'

/** Where a key moves from `here` among `count` items; undefined when it moves nowhere. */
function moveOf(key: string, here: number, count: number): number | undefined {
  const to = { ArrowDown: here + 1, ArrowUp: here - 1, PageDown: here + PAGE, PageUp: here - PAGE, Home: 0, End: count - 1 }[key]
  return to === undefined ? undefined : Math.min(count - 1, Math.max(0, to))
}

/** Ctrl or ⌘ A, unless somebody types or a dialog is open. */
function useChooseAll(onChooseAll: () => void, canChoose: boolean) {
  useEffect(() => {
    const chooseAll = (event: globalThis.KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'a' || !(event.ctrlKey || event.metaKey) || event.altKey || !canChoose) return
      if (isTyping(event.target) || document.querySelector('[role="dialog"]')) return
      event.preventDefault()
      onChooseAll()
    }
    addEventListener('keydown', chooseAll)
    return () => removeEventListener('keydown', chooseAll)
  }, [onChooseAll, canChoose])
}

/**
 * Arrows, page keys, Home and End move; Space chooses, with Shift a range; Enter opens; Escape clears; Ctrl or ⌘ A chooses all, also
 * while nothing has the focus. @returns the grid's key listener
 */
export function useGridKeys(keys: GridKeys) {
  const { items, here, setCurrent, scroll, scrollTo, onOpen, onKeyOpen, onChoose, onChooseAll, onClear, onGroup, canChoose } = keys
  const mustFocus = useRef(false)
  useEffect(() => {
    if (!mustFocus.current) return
    mustFocus.current = false
    scroll.current?.querySelector<HTMLElement>(`[data-index="${here}"]`)?.focus({ preventScroll: true })
  }, [here, scroll])
  useChooseAll(onChooseAll, canChoose)
  const act = (key: string, isRange: boolean): boolean => {
    const item = items[here]
    if (key === 'Escape') return (onClear(), true)
    if (!item) return false
    if (item.kind === 'group') return key === 'Enter' || key === ' ' ? (onGroup(item.value), true) : false
    if (key === 'Enter') return (onKeyOpen(), onOpen(item.row.number), true)
    if (key === ' ' && canChoose) return (onChoose(item.row.number, isRange), true)
    return false
  }
  return (event: KeyboardEvent) => {
    const isOnRow = event.target instanceof HTMLElement && event.target.matches('tr[data-index]')
    if (!isOnRow || event.ctrlKey || event.metaKey || event.altKey) return
    const to = moveOf(event.key, here, items.length)
    if (to === undefined) {
      if (act(event.key, event.shiftKey)) event.preventDefault()
      return
    }
    event.preventDefault()
    if (to === here) return
    mustFocus.current = true
    setCurrent(to)
    scrollTo(to)
    const item = items[to]
    if (event.shiftKey && canChoose && item?.kind === 'row') onChoose(item.row.number, true)
  }
}
