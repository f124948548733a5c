import { Check as Tick, Phone as PhoneIcon, RotateCcw, Voicemail } from 'lucide-react'
import { memo, Suspense, useState } from 'react'
import type { Failure } from '../../contract/failure.ts'
import type { CallItem, MissedEntry } from '../../contract/history.ts'
import { FailureNotice } from '../shell/failure-notice.tsx'
import { createMissedStore } from '../state/missed.ts'
import { useApp } from '../state/use.ts'
import { Button } from '../ui/button.tsx'
import { cx } from '../ui/class-names.ts'
import { keepFocus } from '../ui/focus.ts'
import { formatDuration, formatExactly, formatWhen } from '../ui/time.ts'
import { useSay } from '../ui/toasts.tsx'
import { useCallDesk } from './desk.tsx'
import { Closed } from './closed.tsx'
import { LazyPlayer } from './detail/recordings.tsx'
import { useOutcomeSentence } from './detail/sentence.ts'
import { OutcomeGlyph } from './outcome.tsx'

interface MissedRowProps {
  entry: MissedEntry
  now: number
  isOpen: boolean
  /** Beside an open call: buttons without words. */
  isSlim: boolean
  isBusy: boolean
  href: string
  onCall: (call: CallItem) => void
}

/** Voicemail with sound that can be played. */
const voicemailOf = (call: CallItem) => call.recordings.find((one) => one.source === 'RecordVerb' && one.status === 'completed')

/** All missed calls of one party to one number: who, how it was missed, and what can be done. */
export const MissedRow = memo(function MissedRow(props: MissedRowProps) {
  const { entry, now, isOpen, isSlim, href } = props
  const { t, nameOf, oursOf } = useCallDesk()
  const sentence = useOutcomeSentence()
  const { call, others } = entry
  const who = nameOf(call.party)
  const at = Date.parse(call.startedAt)
  const isClosed = call.missed?.state === 'closed'
  const [isPlaying, setPlaying] = useState(false)
  const [failure, setFailure] = useState<Failure | null>(null)
  const voicemail = voicemailOf(call)
  return (
    <li
      data-call={call.callId}
      className={cx('flex flex-col gap-2 border-b border-line px-5 py-2', isOpen ? 'bg-accent-wash' : 'hover:bg-hover')}
    >
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <a href={href} aria-current={isOpen || undefined} className="flex min-w-48 flex-1 items-start gap-3 rounded-control">
          <span className="pt-0.5">
            <OutcomeGlyph call={call} />
          </span>
          <span className="flex min-w-0 flex-col">
            <span className="flex min-w-0 flex-wrap items-baseline gap-x-2">
              <span className={cx('truncate font-medium tabular-nums', !isClosed && 'text-alarm')}>{who}</span>
              {others.length > 0 && <span className="text-ink-2">{t('history.missed.others', { count: others.length })}</span>}
            </span>
            <span className="text-ink-2">
              {[sentence(call), call.ourNumber && oursOf(call.ourNumber)].filter(Boolean).join(' · ')}
              {' · '}
              <time dateTime={call.startedAt} title={formatExactly(at)}>
                {formatWhen(at, now, { yesterday: t('history.yesterday') })}
              </time>
            </span>
            {isClosed && <Closed call={call} />}
          </span>
        </a>
        {voicemail && (
          <Button
            look="quiet"
            aria-expanded={isPlaying}
            icon={<Voicemail className="size-4" strokeWidth={1.75} aria-hidden="true" />}
            onClick={() => setPlaying(!isPlaying)}
          >
            {`${t(isPlaying ? 'history.missed.hideVoicemail' : 'history.missed.voicemail')}${voicemail.durationSeconds === null ? '' : ` ${formatDuration(voicemail.durationSeconds)}`}`}
          </Button>
        )}
        <Acts {...props} isClosed={isClosed} isSlim={isSlim} onFailure={setFailure} />
      </div>
      {failure && <FailureNotice failure={failure} />}
      {voicemail && isPlaying && (
        <Suspense fallback={<p className="animate-late text-ink-2">{t('history.recordings.loading')}</p>}>
          <LazyPlayer sid={voicemail.sid} autoPlay />
        </Suspense>
      )}
    </li>
  )
})

type ActsProps = Pick<MissedRowProps, 'entry' | 'isBusy' | 'isSlim' | 'onCall'> & {
  isClosed: boolean
  onFailure: (failure: Failure | null) => void
}

function Acts({ entry: { call, others }, isBusy, isSlim, onCall, isClosed, onFailure }: ActsProps) {
  const { t, nameOf, oursOf } = useCallDesk()
  const say = useSay()
  const store = useApp().state.later(createMissedStore)
  const resolve = async (isResolved: boolean) => {
    const answer = await store.getState().resolve([call.callId, ...others], isResolved)
    onFailure(answer.ok ? null : answer.failure)
    return answer.ok
  }
  const close = async () => {
    const keepsFocus = keepFocus()
    const who = nameOf(call.party)
    const said = others.length > 0 ? t('history.missed.closedMany', { who, count: others.length }) : t('history.missed.closed', { who })
    const done = resolve(true)
    setTimeout(keepsFocus)
    if (await done) say(said, () => void resolve(false))
  }
  const canCall = call.party.kind === 'number'
  return (
    <span className={cx('flex gap-2', isSlim && 'w-full pl-7', 'max-wide:pl-7')}>
      {canCall && (
        <Button
          look={isClosed ? 'plain' : 'call'}
          disabled={isBusy}
          title={call.ourNumber ? t('history.detail.callFrom', { number: oursOf(call.ourNumber) }) : undefined}
          icon={<PhoneIcon className="size-4" strokeWidth={1.75} aria-hidden="true" />}
          onClick={() => onCall(call)}
        >
          {t('history.missed.callBack')}
        </Button>
      )}
      {isClosed ? (
        <Button icon={<RotateCcw className="size-4" strokeWidth={1.75} aria-hidden="true" />} onClick={() => void resolve(false)}>
          {t('history.missed.again')}
        </Button>
      ) : (
        <Button icon={<Tick className="size-4" strokeWidth={1.75} aria-hidden="true" />} onClick={() => void close()}>
          {t('history.missed.done')}
        </Button>
      )}
    </span>
  )
}
