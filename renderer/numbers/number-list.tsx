import { Hash } from 'lucide-react'
import { useCallback, useEffect, useMemo, useState, type ReactNode } from 'react'
import type { OwnedNumber } from '../../contract/number-desktop.ts'
import { Pane } from '../phone/turn-on.tsx'
import { FailureNotice } from '../shell/failure-notice.tsx'
import { goTo } from '../shell/route.ts'
import { createNumbersStore } from '../state/numbers.ts'
import { useApp, useLater } from '../state/use.ts'
import { Button } from '../ui/button.tsx'
import { useNow } from '../ui/time.ts'
import { useNumberWords } from '../words/index.ts'
import { BulkBar } from './bulk-bar.tsx'
import { useDesk } from './desk.tsx'
import type { Ask } from './dialogs.tsx'
import { isDueAt } from './model/due.ts'
import type { Item } from './model/group.ts'
import { extend, keepKnown, nothing, toggle, toggleAll, type Selection } from './model/selection.ts'
import { NumberTable } from './number-table.tsx'
import { Toolbar } from './toolbar.tsx'
import { TroubleNotice } from './trouble-notice.tsx'
import type { List } from './use-list.ts'
import { useSaveExport } from './use-save-export.ts'

interface NumberListProps {
  list: List
  open: string | null
  onAsk: (ask: Ask) => void
  onSelecting: (isSelecting: boolean) => void
  /** A number is about to be opened from the keyboard. */
  onKeyOpen: () => void
}

/** The numbers shown, top to bottom, each once. */
const shownOf = (items: readonly Item[]) => [
  ...new Set(items.flatMap((item) => (item.kind === 'row' ? [item.row.number.phoneNumber] : []))),
]

/** The chosen numbers; those that are gone are chosen no more. */
function useSelection({ items, numbers }: List) {
  const [selection, setSelection] = useState<Selection>(nothing)
  const byNumber = useMemo(() => new Map((numbers ?? []).map((one) => [one.phoneNumber, one])), [numbers])
  const kept = keepKnown(selection, (one) => byNumber.has(one))
  if (kept !== selection) setSelection(kept)
  const choose = useCallback(
    ({ phoneNumber }: OwnedNumber, isRange: boolean) =>
      setSelection((was) => (isRange ? extend(was, phoneNumber, shownOf(items)) : toggle(was, phoneNumber))),
    [items],
  )
  const chooseAll = useCallback(() => setSelection((was) => toggleAll(was, shownOf(items))), [items])
  const clear = useCallback(() => setSelection(nothing), [])
  const chosen = useMemo(() => [...kept.chosen].flatMap((one) => byNumber.get(one) ?? []), [kept, byNumber])
  const isAll = useMemo(() => {
    if (kept.chosen.size === 0) return false // by far the most frequent case costs nothing
    return shownOf(items).every((one) => kept.chosen.has(one))
  }, [items, kept])
  return { set: kept.chosen, chosen, isAll, choose, chooseAll, clear }
}

const openNumber = ({ phoneNumber }: OwnedNumber) => void goTo('numbers', phoneNumber)

/** The list with its tools, and what stands in its place while there is none. */
export function NumberList({ list, open, onAsk, onSelecting, onKeyOpen }: NumberListProps) {
  const t = useNumberWords()
  const { isManager, trouble } = useDesk()
  const selection = useSelection(list)
  const failure = useLater(createNumbersStore, (state) => state.failure)
  const store = useApp().state.later(createNumbersStore)
  const exporting = useSaveExport()
  const isSelecting = selection.chosen.length > 0
  useEffect(() => onSelecting(isSelecting), [isSelecting, onSelecting])
  const retry = <Button onClick={() => void store.getState().load()}>{t('numbers.retry')}</Button>
  const failed = failure && <FailureNotice failure={failure}>{retry}</FailureNotice>
  if (!list.numbers) return <div className="px-5">{failed ?? <Skeleton />}</div>
  if (list.numbers.length === 0) return <Empty failed={failed} />
  return (
    <>
      <div className="flex shrink-0 flex-col gap-2 px-5 pb-2 empty:hidden">
        {failed}
        {trouble && <TroubleNotice trouble={trouble} />}
        {exporting.failure && <FailureNotice failure={exporting.failure} />}
        {isManager && <DueNotice numbers={list.numbers} onAsk={onAsk} />}
      </div>
      <Toolbar list={list} />
      {list.shown.length === 0 && <p className="px-5 py-6 text-center text-ink-2">{t('numbers.nothingFits')}</p>}
      <NumberTable
        items={list.items}
        groupLabel={list.groupLabel}
        sort={list.sort}
        chosen={selection.set}
        open={open}
        canChoose={isManager}
        isAllChosen={selection.isAll}
        onSort={list.onSort}
        onOpen={openNumber}
        onKeyOpen={onKeyOpen}
        onChoose={selection.choose}
        onChooseAll={selection.chooseAll}
        onClear={selection.clear}
        onGroup={list.onGroup}
      />
      {isManager && isSelecting && (
        <BulkBar
          chosen={selection.chosen}
          onAsk={onAsk}
          isExporting={exporting.isBusy}
          onExport={() => void exporting.run(selection.chosen.map((one) => one.phoneNumber))}
          onChooseAll={selection.isAll ? null : selection.chooseAll}
          onClear={selection.clear}
        />
      )}
    </>
  )
}

/** Holds that are over: a manager is asked, nothing happens by itself. */
function DueNotice({ numbers, onAsk }: { numbers: readonly OwnedNumber[]; onAsk: (ask: Ask) => void }) {
  const t = useNumberWords()
  const now = useNow(60_000)
  const due = useMemo(() => numbers.filter((one) => isDueAt(one, now)), [numbers, now])
  if (due.length === 0) return null
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1 rounded-panel bg-warn-wash px-3 py-2">
      <p className="min-w-0 flex-1">
        <span className="font-medium">{t('numbers.due', { count: due.length })}</span>
        <span className="text-ink-2">{` · ${t('numbers.dueText')}`}</span>
      </p>
      <Button onClick={() => onAsk({ kind: 'release', numbers: due })}>{t('numbers.review')}</Button>
    </div>
  )
}

function Empty({ failed }: { failed: ReactNode }) {
  const t = useNumberWords()
  const { isManager } = useDesk()
  return (
    <div className="flex h-full flex-col px-5">
      {failed}
      <div className="flex min-h-0 flex-1 items-center justify-center">
        <Pane
          icon={<Hash className="size-6" strokeWidth={1.5} aria-hidden="true" />}
          title={isManager ? t('numbers.emptyTitle') : t('numbers.emptyStaffTitle')}
          text={isManager ? t('numbers.empty') : t('numbers.emptyStaff')}
        >
          <Button look="primary" isLarge onClick={() => goTo('numbers', 'search')}>
            {isManager ? t('numbers.emptyAct') : t('numbers.emptyStaffAct')}
          </Button>
        </Pane>
      </div>
    </div>
  )
}

const LINES = ['w-3/5', 'w-2/5', 'w-1/2', 'w-2/3', 'w-1/3', 'w-1/2'] as const
function Skeleton() {
  const t = useNumberWords()
  return (
    <div className="flex animate-late flex-col gap-1">
      <p className="sr-only">{t('numbers.loading')}</p>
      {LINES.map((width, index) => (
        <div key={`${width} ${index}`} aria-hidden="true" className="flex h-11 items-center">
          <div className={`h-3 rounded bg-pressed ${width}`} />
        </div>
      ))}
    </div>
  )
}
