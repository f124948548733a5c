import { useVirtualizer, type Range } from '@tanstack/react-virtual'
import { ArrowDown, ArrowUp, ChevronDown, ChevronRight } from 'lucide-react'
import { useCallback, useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { OwnedNumber } from '../../contract/number-desktop.ts'
import { cx } from '../ui/class-names.ts'
import { useNumberWords } from '../words/index.ts'
import { columnsFor, gridOf } from './model/columns.ts'
import type { Item } from './model/group.ts'
import type { Sort, SortKey } from './model/sort.ts'
import { isAside, windowOf } from './model/window.ts'
import { NumberRow, placeClass, type Columns } from './number-row.tsx'
import { useGridKeys } from './use-grid-keys.ts'

const ROW = 44
const HEAD = 36
const CARD = 60
/** Rows beyond the edges, so that a fast scroll does not show holes. */
const OVERSCAN = 4

export interface TableProps {
  items: readonly Item[]
  groupLabel: (value: string) => string
  sort: Sort
  chosen: ReadonlySet<string>
  open: string | null
  canChoose: boolean
  isAllChosen: boolean
  onSort: (by: SortKey) => void
  onOpen: (number: OwnedNumber) => void
  /** Comes before `onOpen` when that is by key. */
  onKeyOpen: () => void
  onChoose: (number: OwnedNumber, isRange: boolean) => void
  onChooseAll: () => void
  onClear: () => void
  onGroup: (value: string) => void
}

/** The item that an element belongs to. */
function indexOf(element: Element): number | undefined {
  const index = element.closest<HTMLElement>('tr[data-index]')?.dataset['index']
  return index === undefined ? undefined : Number(index)
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

/** 10,000 numbers of which only those in sight are in the DOM. */
export function NumberTable(props: TableProps) {
  const { items, chosen, open, canChoose } = props
  const t = useNumberWords()
  const [measure, width] = useWidth()
  const columns = useMemo(() => columnsFor(width, canChoose), [width, canChoose]) // rows are drawn again when it is another array
  const isCard = columns.length === 0
  const scroll = useRef<HTMLDivElement>(null)
  const height = isCard ? CARD : ROW
  const head = isCard ? 0 : HEAD
  const [current, setCurrent] = useState(0)
  const here = Math.min(current, Math.max(0, items.length - 1))
  // The row that has the focus stays in the DOM wherever one scrolls: else the keyboard would lose its place.
  const rangeExtractor = useCallback((range: Range) => windowOf(range, OVERSCAN, here), [here])
  // oxlint-disable-next-line react/incompatible-library -- no compiler memoizes here; its functions go to no memoized child
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => height,
    overscan: OVERSCAN,
    scrollMargin: head,
    scrollPaddingStart: head,
    rangeExtractor,
  })
  useLayoutEffect(() => virtual.measure(), [virtual, height])
  const onKeyDown = useGridKeys({ ...props, here, setCurrent, scroll, scrollTo: (index) => virtual.scrollToIndex(index) })
  const drawn = virtual.getVirtualItems()
  const aside = isAside(virtual.getVirtualIndexes(), here) ? here : undefined
  const first = drawn.find(({ index }) => index !== aside)
  return (
    <div ref={measure} className="flex min-h-0 flex-1 flex-col">
      <div ref={scroll} className="min-h-0 flex-1 overflow-y-auto">
        <table
          // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-to-interactive-role -- rows are chosen and opened by key
          role="grid"
          aria-label={t('numbers.title')}
          aria-rowcount={items.length + 1}
          aria-multiselectable={canChoose}
          onKeyDown={onKeyDown}
          onFocus={({ target }) => setCurrent((was) => indexOf(target) ?? was)}
          className="block"
          style={{ ['--columns' as string]: gridOf(columns, canChoose) }}
        >
          <Header {...props} columns={columns} />
          <tbody
            className="relative box-border block"
            style={{ height: virtual.getTotalSize(), paddingTop: first ? first.start - head : 0 }}
          >
            {drawn.map(({ index, start }) => {
              const item = items[index]
              const place = { index, asideTop: index === aside ? start - head : undefined, isCurrent: index === here }
              if (!item) return null
              if (item.kind === 'group') return <GroupRow key={index} item={item} isCard={isCard} {...place} {...props} />
              const { number } = item.row
              return (
                <NumberRow
                  key={index}
                  number={number}
                  columns={columns}
                  {...place}
                  isChosen={chosen.has(number.phoneNumber)}
                  isOpen={open === number.phoneNumber}
                  canChoose={canChoose}
                  onOpen={props.onOpen}
                  onChoose={props.onChoose}
                />
              )
            })}
          </tbody>
        </table>
      </div>
    </div>
  )
}

function Header(props: TableProps & { columns: Columns }) {
  const { sort, onSort, columns, canChoose, isAllChosen, onChooseAll } = props
  const t = useNumberWords()
  const isCard = columns.length === 0
  return (
    <thead className={isCard ? 'sr-only' : 'sticky top-0 z-10 block bg-surface'}>
      <tr aria-rowindex={1} className="grid h-9 grid-cols-(--columns) items-center gap-x-3 border-b border-line-strong px-3">
        {canChoose && (
          <td className="flex size-8 items-center justify-center">
            <input
              type="checkbox"
              aria-label={t('numbers.selectAll')}
              checked={isAllChosen}
              onChange={onChooseAll}
              className="size-4 accent-accent-fill"
            />
          </td>
        )}
        {isCard && <th>{t('numbers.columns.number')}</th>}
        {columns.map(({ key, isRight }) => {
          const isSorted = sort.by === key
          const Arrow = sort.isDescending ? ArrowDown : ArrowUp
          return (
            <th
              key={key}
              aria-sort={isSorted ? (sort.isDescending ? 'descending' : 'ascending') : 'none'}
              className={cx('flex min-w-0', isRight && 'justify-end')}
            >
              <button
                type="button"
                onClick={() => onSort(key)}
                className="-mx-1.5 flex h-8 min-w-0 items-center gap-1 rounded-control px-1.5 text-small font-medium text-ink-2 hover:bg-hover hover:text-ink"
              >
                <span className="truncate">{t(`numbers.columns.${key}`)}</span>
                {isSorted && <Arrow className="size-3.5 shrink-0" strokeWidth={1.75} aria-hidden="true" />}
              </button>
            </th>
          )
        })}
      </tr>
    </thead>
  )
}

interface GroupRowProps extends Pick<TableProps, 'groupLabel' | 'onGroup'> {
  item: Extract<Item, { kind: 'group' }>
  isCard: boolean
  index: number
  asideTop: number | undefined
  isCurrent: boolean
}

function GroupRow({ item, isCard, index, asideTop, isCurrent, groupLabel, onGroup }: GroupRowProps) {
  const t = useNumberWords()
  const Chevron = item.isOpen ? ChevronDown : ChevronRight
  return (
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the grid listens to the keys of its rows
    <tr
      data-index={index}
      aria-rowindex={index + 2}
      tabIndex={isCurrent ? 0 : -1}
      onClick={() => onGroup(item.value)}
      style={asideTop === undefined ? undefined : { top: asideTop }}
      className={cx(
        placeClass(isCard, asideTop),
        'flex cursor-pointer items-center border-b border-line bg-canvas px-4 font-semibold outline-offset-[-2px]',
      )}
    >
      <td className="flex min-w-0 items-center gap-2">
        <button type="button" tabIndex={-1} aria-expanded={item.isOpen} className="flex min-w-0 items-center gap-2">
          <Chevron className="size-4 shrink-0 text-ink-2" strokeWidth={1.75} aria-hidden="true" />
          <span className="truncate">{groupLabel(item.value)}</span>
        </button>
        <span className="font-normal text-ink-2 tabular-nums">{t('numbers.count', { count: item.count })}</span>
      </td>
    </tr>
  )
}
