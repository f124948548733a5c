import { Grid3x3, Mic, MicOff, PhoneOff } from 'lucide-react'
import { lazy, Suspense, useRef, useState, type ComponentProps } from 'react'
import type { CallView } from '../model/phone.ts'
import { useApp } from '../state/use.ts'
import { cx } from '../ui/class-names.ts'
import { useWords } from '../words/index.ts'

// Not needed until a call is: the page is smaller before.
const CallKeypad = lazy(() => import('./call-keypad.tsx'))

/** Mute, keypad and hang up, labelled. `isSmall`: in the dock. */
export function CallControls({ call, isSmall = false }: { call: CallView; isSmall?: boolean }) {
  const t = useWords()
  const { phone } = useApp()
  const isAnswered = call.answeredAt !== null
  return (
    <fieldset aria-label={t('call.controls')} className={cx('flex min-w-0', isSmall ? 'gap-1' : 'justify-center gap-3')}>
      <Control
        isSmall={isSmall}
        label={t('call.mute')}
        word={call.isMuted ? t('call.muted') : t('call.mute')}
        aria-pressed={call.isMuted}
        disabled={!isAnswered}
        onClick={() => phone.toggleMute()}
      >
        {call.isMuted ? <MicOff {...icon} /> : <Mic {...icon} />}
      </Control>
      <KeypadControl call={call} isSmall={isSmall} isDisabled={!isAnswered} />
      <Control isSmall={isSmall} label={t('call.hangUp')} isEnd onClick={() => phone.hangUp()}>
        <PhoneOff {...icon} />
      </Control>
    </fieldset>
  )
}

const icon = { className: 'size-5', strokeWidth: 1.75, 'aria-hidden': true } as const

function KeypadControl({ call, isSmall, isDisabled }: { call: CallView; isSmall: boolean; isDisabled: boolean }) {
  const t = useWords()
  const anchor = useRef<HTMLButtonElement>(null)
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <Control
        ref={anchor}
        isSmall={isSmall}
        label={t('call.keypad')}
        aria-expanded={isOpen}
        disabled={isDisabled}
        onClick={() => setOpen(!isOpen)}
        data-call-keypad
      >
        <Grid3x3 {...icon} />
      </Control>
      {isOpen && (
        <Suspense>
          <CallKeypad call={call} anchor={anchor} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  )
}

interface ControlProps extends ComponentProps<'button'> {
  label: string
  /** What stands below, where it is not the label: the name stays, the state is told by `aria-pressed`. */
  word?: string
  isSmall: boolean
  isEnd?: boolean
}

/** A round button with its word below; in the dock the word is its tooltip. */
function Control({ label, word = label, isSmall, isEnd = false, children, ...rest }: ControlProps) {
  return (
    <button
      type="button"
      title={isSmall ? word : undefined}
      aria-label={label}
      className="group flex flex-col items-center gap-1.5 disabled:cursor-default"
      {...rest}
    >
      <span
        className={cx(
          'flex items-center justify-center rounded-full transition-colors duration-150',
          isSmall ? 'size-9' : 'size-13',
          isEnd
            ? 'bg-alarm-fill text-white group-hover:bg-alarm-fill-hover'
            : rest['aria-pressed'] === true
              ? 'bg-ink text-surface group-hover:bg-ink-2'
              : 'bg-pressed text-ink group-enabled:group-hover:bg-line-strong group-disabled:text-ink-3',
        )}
      >
        {children}
      </span>
      {!isSmall && (
        <span aria-hidden="true" className="text-small text-ink-2">
          {word}
        </span>
      )}
    </button>
  )
}
