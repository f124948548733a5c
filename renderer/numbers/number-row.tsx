import { memo, type MouseEvent } from 'react'
import type { OwnedNumber } from '../../contract/number-desktop.ts'
import { cx } from '../ui/class-names.ts'
import { formatMoney } from '../ui/money.ts'
import {
  capabilitiesText,
  healthClass,
  HealthGlyph,
  HealthMark,
  Monthly,
  OwnersCell,
  Sparkline,
  stateClass,
  StateMark,
  troublesText,
} from './cells.tsx'
import { useDesk, type Desk } from './desk.tsx'
import { CapabilityGlyphs } from './glyphs.tsx'
import { columnsFor } from './model/columns.ts'
import type { SortKey } from './model/sort.ts'
import { useWhen } from './when.ts'

export type Columns = ReturnType<typeof columnsFor>
interface RowProps {
  number: OwnedNumber
  /** None: a card. */
  columns: Columns
  /** Place among all items, from 0. */
  index: number
  /** In px from the top of the list, of a row that does not follow on the others. */
  asideTop: number | undefined
  isChosen: boolean
  isOpen: boolean
  /** The one that Tab comes to. */
  isCurrent: boolean
  /** Staff choose nothing: they can change nothing. */
  canChoose: boolean
  onOpen: (number: OwnedNumber) => void
  onChoose: (number: OwnedNumber, isRange: boolean) => void
}

// Rows follow on each other and have no style of their own: setting one by script makes Chromium compute every style in the row anew,
// slower with each row it has ever drawn (60 ms in a frame after a few hundred).
/** How high a row is (44 px, a card 60), and that it lies by itself when it stands aside. */
export const placeClass = (isCard: boolean, asideTop: number | undefined) =>
  cx(isCard ? 'h-15' : 'h-11', asideTop !== undefined && 'absolute inset-x-0')

/** One number in 44 px, or a card of two lines where there is no room for columns. */
export const NumberRow = memo(function NumberRow(props: RowProps) {
  const { number, columns, index, asideTop, isChosen, isOpen, isCurrent, canChoose, onOpen, onChoose } = props
  const desk = useDesk()
  const seen = { ...desk, when: useWhen() }
  const { t, format } = desk
  const isCard = columns.length === 0
  return (
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the grid listens to the keys of its rows
    <tr
      data-index={index}
      aria-rowindex={index + 2}
      aria-selected={canChoose ? isChosen : undefined}
      tabIndex={isCurrent ? 0 : -1}
      onClick={() => onOpen(number)}
      style={asideTop === undefined ? undefined : { top: asideTop }}
      className={cx(
        placeClass(isCard, asideTop),
        'grid grid-cols-(--columns) cursor-pointer contain-content items-center gap-x-3 border-b border-line px-3 outline-offset-[-2px]',
        isChosen ? 'bg-accent-wash' : isOpen ? 'bg-hover' : 'hover:bg-hover',
      )}
    >
      {canChoose && (
        <td className="flex size-8 items-center justify-center">
          <input
            type="checkbox"
            tabIndex={-1}
            aria-label={t('numbers.select', { number: format(number.phoneNumber) })}
            checked={isChosen}
            readOnly
            onClick={(event: MouseEvent) => {
              event.stopPropagation()
              onChoose(number, event.shiftKey)
            }}
            className="size-4 accent-accent-fill"
          />
        </td>
      )}
      {isCard ? <Card number={number} /> : columns.map(({ key }) => cellOf(key, number, seen))}
    </tr>
  )
})

interface Seen extends Desk {
  when: ReturnType<typeof useWhen>
}

/** What stands in each column. Text stands in the cell itself, and no cell is a component: both make scrolling lighter. */
function cellOf(column: SortKey, number: OwnedNumber, { t, names, format, when }: Seen) {
  switch (column) {
    case 'number':
      return (
        <td key={column} className="truncate font-medium tabular-nums">
          {format(number.phoneNumber)}
        </td>
      )
    case 'name':
      return (
        <td key={column} className="truncate" title={number.name}>
          {number.name}
        </td>
      )
    case 'place':
      return (
        <td key={column} className="truncate text-ink-2" title={number.place ?? undefined}>
          {number.place ?? number.country ?? ''}
        </td>
      )
    case 'lastUsed': {
      const { text, exactly } = when(number.lastUsedAt)
      return (
        <td key={column} className="truncate text-ink-2 tabular-nums" title={exactly}>
          {text}
        </td>
      )
    }
    case 'used':
      return (
        <td key={column} className="flex items-center gap-2 text-ink-2 tabular-nums" title={t('numbers.calls', { count: number.calls30 })}>
          <Sparkline perDay={number.perDay} />
          {number.calls30}
        </td>
      )
    case 'owners':
    case 'state':
    case 'capabilities':
    case 'monthly':
    case 'health':
      return markOf(column, number, { t, names })
    default:
      return column satisfies never
  }
}

function markOf(
  column: Exclude<SortKey, 'number' | 'name' | 'place' | 'lastUsed' | 'used'>,
  number: OwnedNumber,
  { t, names }: Pick<Desk, 't' | 'names'>,
) {
  const { capabilities, monthly, state, health } = number
  switch (column) {
    case 'owners':
      return <OwnersCell key={column} userIds={number.userIds} names={names} t={t} />
    case 'state':
      return (
        <td key={column} className={stateClass(state)}>
          {t(`numbers.states.${state}`)}
        </td>
      )
    case 'capabilities': {
      const label = capabilities ? capabilitiesText(capabilities, t) : undefined
      return (
        <td key={column} className="flex min-w-0 items-center text-ink-3" title={label}>
          {capabilities ? label && <CapabilityGlyphs capabilities={capabilities} label={label} /> : t('numbers.capabilitiesUnknown')}
        </td>
      )
    }
    case 'monthly':
      return (
        <td key={column} className="truncate text-right tabular-nums">
          {monthly ? formatMoney(monthly) : <Monthly monthly={null} />}
        </td>
      )
    case 'health':
      return (
        <td key={column} className={healthClass(health)} title={troublesText(number.troubles, t)}>
          <HealthGlyph level={health} />
          {t(`numbers.health.${health}`)}
        </td>
      )
    default:
      return column satisfies never
  }
}

/** Number and state, then name, owners and cost. */
function Card({ number }: { number: OwnedNumber }) {
  const { t, names, format, isManager } = useDesk()
  const owners = number.userIds.map((id) => names[id] ?? id).join(', ') || t('numbers.nobody')
  return (
    <td className="flex min-w-0 flex-col">
      <span className="flex items-center gap-2">
        <span className="min-w-0 flex-1 truncate font-medium tabular-nums">{format(number.phoneNumber)}</span>
        <StateMark state={number.state} />
        {isManager && <HealthMark number={number} />}
      </span>
      <span className="flex items-center gap-2 text-ink-2">
        <span className="min-w-0 flex-1 truncate">{[number.name, owners, number.place].filter(Boolean).join(' · ')}</span>
        {isManager && <Monthly monthly={number.monthly} />}
      </span>
    </td>
  )
}
