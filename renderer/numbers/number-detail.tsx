import { lazy, Suspense, useEffect, useLayoutEffect, useRef, type KeyboardEvent } from 'react'
import type { NumberView, OwnedNumber } from '../../contract/number-desktop.ts'
import { FailureNotice } from '../shell/failure-notice.tsx'
import { goTo } from '../shell/route.ts'
import { createNumbersStore } from '../state/numbers.ts'
import { createNumberViewStore } from '../state/number-view.ts'
import { useApp, useLater } from '../state/use.ts'
import { Button } from '../ui/button.tsx'
import { useNumberWords } from '../words/index.ts'
import { DetailFacts } from './detail-facts.tsx'
import { DetailHeader } from './detail-header.tsx'
import { DetailHealth } from './detail-health.tsx'
import { DetailHistory } from './detail-history.tsx'
import { DetailOwners } from './detail-owners.tsx'
import { DetailSettings } from './detail-settings.tsx'
import { DetailTexts } from './detail-texts.tsx'
import { useDesk } from './desk.tsx'
import type { Ask } from './dialogs.tsx'

const DetailVoicemail = lazy(() => import('./detail-voicemail.tsx'))

interface NumberDetailProps {
  phoneNumber: string
  onAsk: (ask: Ask) => void
  /** Whether it was opened by key: the keyboard goes on in here then. Once. */
  takesFocus: () => boolean
  /** It goes, and whether the focus was in it. */
  onGone: (hadFocus: boolean) => void
}

/** The row as the list shows it (a change shows at once there), else as it was read. */
function useOpenNumber(phoneNumber: string, view: NumberView | null): OwnedNumber | null {
  const row = useLater(createNumbersStore, (state) => state.numbers?.find((one) => one.phoneNumber === phoneNumber))
  return row ?? view?.number ?? null
}

const isField = (target: EventTarget) => target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)

/** The keyboard comes in when the number was opened by it; Escape closes, except while one types. */
function useDetailKeys({ takesFocus, onGone }: Pick<NumberDetailProps, 'takesFocus' | 'onGone'>) {
  const section = useRef<HTMLElement>(null)
  useLayoutEffect(() => {
    const { current } = section
    if (takesFocus()) current?.focus()
    return () => onGone(current?.contains(document.activeElement) === true) // still in the page, and so is the focus
  }, [takesFocus, onGone])
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const isHere = section.current?.contains(event.target as Node) === true // not in a dialog that was opened from here
    if (event.key !== 'Escape' || event.defaultPrevented || !isHere || isField(event.target)) return
    event.preventDefault()
    void goTo('numbers')
  }
  return { section, onKeyDown }
}

/** One number beside the list; over it in a narrow window. */
export function NumberDetail({ phoneNumber, onAsk, ...focus }: NumberDetailProps) {
  const t = useNumberWords()
  const { isManager, format } = useDesk()
  const store = useApp().state.later(createNumberViewStore)
  const view = useLater(createNumberViewStore, (state) => (state.phoneNumber === phoneNumber ? state.view : null))
  const failure = useLater(createNumberViewStore, (state) => state.failure)
  const number = useOpenNumber(phoneNumber, view)
  const { section, onKeyDown } = useDetailKeys(focus)
  useEffect(() => {
    void store.getState().open(phoneNumber)
    return () => void store.getState().open(null)
  }, [store, phoneNumber])
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Escape anywhere in it closes it
    <section
      ref={section}
      aria-label={format(phoneNumber)}
      tabIndex={-1}
      onKeyDown={onKeyDown}
      className="flex min-h-0 w-100 shrink-0 animate-rise flex-col gap-5 overflow-y-auto border-l border-line px-5 pb-6 max-wide:w-full max-wide:border-l-0 labels:w-110 outline-offset-[-2px]"
    >
      {number && <DetailHeader number={number} onAsk={onAsk} />}
      {failure && (
        <FailureNotice failure={failure}>
          <Button onClick={() => void store.getState().check()}>{t('numbers.retry')}</Button>
        </FailureNotice>
      )}
      {!view && !failure && <p className="animate-late text-ink-2">{t('numbers.detail.loading')}</p>}
      {view && isManager && <DetailSettings view={view} />}
      {number && <DetailOwners number={number} onAsk={onAsk} />}
      {number && isManager && (
        <Suspense>
          <DetailVoicemail number={number} />
        </Suspense>
      )}
      {number && <DetailTexts key={number.phoneNumber} number={number} />}
      {view && view.checks.length > 0 && <DetailHealth view={view} onAsk={onAsk} />}
      {number && <DetailFacts number={number} />}
      {view && isManager && <DetailHistory history={view.history} />}
    </section>
  )
}
