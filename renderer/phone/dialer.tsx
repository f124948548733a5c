import { CircleDot, Phone as PhoneIcon } from 'lucide-react'
import { useCallback } from 'react'
import type { CallRecord } from '../../contract/call.ts'
import { isLive } from '../model/phone.ts'
import { useApp, useDial, usePhone, useSettings } from '../state/use.ts'
import { Button } from '../ui/button.tsx'
import { FailureNotice } from '../shell/failure-notice.tsx'
import { useWords } from '../words/index.ts'
import { CallFrom } from './call-from.tsx'
import { Keys } from './keys.tsx'
import { NumberField } from './number-field.tsx'
import { numberOf } from './recent.ts'
import { RecentCalls } from './recent-calls.tsx'
import { useCall } from './use-call.ts'

/** Field, keypad and recent calls: everything that begins a call. */
export function Dialer() {
  const t = useWords()
  const { dial } = useApp().state
  const digits = useDial((state) => state.digits)
  const isBusy = usePhone((view) => (view.call !== null && isLive(view.call.state)) || view.incoming !== null)
  const isOff = usePhone((view) => view.power === 'elsewhere' || view.power === 'waiting')
  const hasNumber = useSettings((state) => state.numbers === null || state.numbers.length > 0)
  const isRecorded = useCallback(() => dial.getState().isRecorded, [dial])
  const { call: place, problem, forget } = useCall(isRecorded)
  const call = (text: string, from?: string | null, onPlaced?: () => void) =>
    place(text, from, () => {
      dial.getState().placed()
      onPlaced?.()
    })
  const start = () => {
    if (!digits || isBusy || isOff) return
    call(digits, null, () => dial.getState().called())
  }
  const suggested = ({ party, ourNumber }: CallRecord) => {
    if (!isBusy && !isOff) call(numberOf(party), ourNumber, () => dial.getState().called())
  }
  const type = (key: string) => {
    forget()
    dial.getState().append(key)
  }
  return (
    <div className="flex flex-col gap-3 p-4">
      <NumberField onCall={start} onSuggested={suggested} />
      <TypedNote />
      {problem && <FailureNotice failure={problem} />}
      <Keys label={t('phone.dialPad')} onKey={type} hasPlus />
      <CallFrom />
      <RecordToggle />
      <Button
        look="call"
        isLarge
        disabled={!digits || isBusy || isOff || !hasNumber}
        onClick={start}
        icon={<PhoneIcon className="size-4" strokeWidth={1.75} aria-hidden="true" />}
      >
        {t('call.call')}
      </Button>
      <RecentCalls onCall={call} isDisabled={isBusy || isOff} />
    </div>
  )
}

/** Whether the next call is recorded. A number's own setting, and the relay's, record whatever is chosen here. */
function RecordToggle() {
  const t = useWords()
  const { dial } = useApp().state
  const isRecorded = useDial((state) => state.isRecorded)
  return (
    <div className="flex min-h-8 items-center gap-2">
      <Button
        aria-pressed={isRecorded}
        onClick={() => dial.getState().toggleRecord()}
        icon={<CircleDot className={isRecorded ? 'size-4 text-alarm' : 'size-4'} strokeWidth={1.75} aria-hidden="true" />}
      >
        {t('phone.record')}
      </Button>
      <p className="text-small text-ink-2">{isRecorded && t('phone.recordHint')}</p>
    </div>
  )
}

/** What became of a text that cannot be dialed as it stands. */
function TypedNote() {
  const t = useWords()
  const note = useDial((state) => state.note)
  return (
    // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- an output is phrasing of a form
    <p role="status" aria-label={t('phone.typedLabel')} className="-mt-1 px-2 text-small text-ink-2 empty:hidden">
      {note && t(`phone.typed.${note}`)}
    </p>
  )
}
