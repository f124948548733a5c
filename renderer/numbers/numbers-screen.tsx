import { memo, useCallback, useEffect, useRef, useState } from 'react'
import { usePlace } from '../shell/route.ts'
import { createNumbersStore } from '../state/numbers.ts'
import { useApp, useNumbering } from '../state/use.ts'
import { cx } from '../ui/class-names.ts'
import { Toasts } from '../ui/toasts.tsx'
import { useNumberWords } from '../words/index.ts'
import { CostView } from './cost-view.tsx'
import { DeskProvider, useDesk } from './desk.tsx'
import { AskDialog, type Ask } from './dialogs.tsx'
import { NumberDetail } from './number-detail.tsx'
import { NumberList } from './number-list.tsx'
import { NumbersHeader } from './numbers-header.tsx'
import { SyncPreview } from './sync-preview.tsx'
import { useList } from './use-list.ts'

/** The company's numbers; for staff their own, to look at. */
export function NumbersScreen() {
  const t = useNumberWords()
  return (
    <Toasts label={t('numbers.notifications')} undoLabel={t('numbers.undo')}>
      <DeskProvider>
        <Content />
      </DeskProvider>
    </Toasts>
  )
}

/** Opened by key, a number takes the focus; closed, it gives it back to its row. */
function useOpenFocus(open: string | null) {
  const isByKey = useRef(false)
  const isGivenBack = useRef(false)
  useEffect(() => {
    if (open === null && isGivenBack.current) document.querySelector<HTMLElement>('[role="grid"] tr[tabindex="0"]')?.focus()
    isGivenBack.current = false
  }, [open])
  const onKeyOpen = useCallback(() => void (isByKey.current = true), [])
  const takesFocus = useCallback(() => {
    const takes = isByKey.current
    isByKey.current = false
    return takes
  }, [])
  const onGone = useCallback((hadFocus: boolean) => void (isGivenBack.current = hadFocus), [])
  return { onKeyOpen, takesFocus, onGone }
}

const Detail = memo(NumberDetail) // typing into the filter is not its concern

function Content() {
  const { isManager } = useDesk()
  const place = usePlace()
  const store = useApp().state.later(createNumbersStore)
  const [ask, setAsk] = useState<Ask | null>(null)
  const [isSelecting, setSelecting] = useState(false)
  const onAsk = useCallback((next: Ask) => setAsk(next), [])
  const loadPlans = useNumbering((state) => state.load)
  useEffect(() => {
    void loadPlans()
    void store.getState().load()
  }, [store, loadPlans])
  const isCost = place === 'cost' && isManager
  const open = place.startsWith('+') ? place : null
  const list = useList()
  const { onKeyOpen, takesFocus, onGone } = useOpenFocus(open)
  return (
    <div className="relative flex h-full flex-col">
      <NumbersHeader isCost={isCost} exported={isSelecting || isCost ? null : list} isBehind={open !== null} onAsk={onAsk} />
      {isCost ? (
        <CostView />
      ) : (
        <div className="flex min-h-0 flex-1">
          <div className={cx('relative flex min-h-0 min-w-0 flex-1 flex-col', open && 'max-wide:hidden')}>
            <NumberList list={list} open={open} onKeyOpen={onKeyOpen} onAsk={onAsk} onSelecting={setSelecting} />
          </div>
          {open && <Detail key={open} phoneNumber={open} takesFocus={takesFocus} onGone={onGone} onAsk={onAsk} />}
        </div>
      )}
      {isManager && <SyncPreview />}
      {ask && <AskDialog ask={ask} onClose={() => setAsk(null)} />}
    </div>
  )
}
