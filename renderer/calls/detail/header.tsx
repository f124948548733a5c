import { ChevronLeft, Copy, FileDown, Phone as PhoneIcon, X } from 'lucide-react'
import { useState } from 'react'
import type { Failure } from '../../../contract/failure.ts'
import type { CallView } from '../../../contract/history.ts'
import { FailureNotice } from '../../shell/failure-notice.tsx'
import { createCallViewStore } from '../../state/call-view.ts'
import { createMissedStore } from '../../state/missed.ts'
import { useApp } from '../../state/use.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { cx } from '../../ui/class-names.ts'
import { formatExactly } from '../../ui/time.ts'
import { useSay } from '../../ui/toasts.tsx'
import { CallsOff } from '../calls-off.tsx'
import { Closed } from '../closed.tsx'
import { useCallDesk } from '../desk.tsx'
import { noQuery } from '../model/query.ts'
import { isMissed, OutcomeGlyph } from '../outcome.tsx'
import { useCallAgain } from '../use-call-again.ts'
import { hrefOfQuery } from '../use-place.ts'
import { useOutcomeSentence } from './sentence.ts'
import { TimelineExport } from './timeline-export.tsx'

interface HeaderProps {
  call: CallView
  onClose: () => void
}

/** Who it was, what became of it in one sentence, and what can be done. */
export function DetailHeader({ call, onClose }: HeaderProps) {
  const { t, nameOf } = useCallDesk()
  const sentence = useOutcomeSentence()
  const at = Date.parse(call.startedAt)
  return (
    <header className="contents">
      <div className="sticky top-0 z-10 -mx-5 flex items-center gap-1 bg-surface px-5 pt-3">
        <IconButton label={t('history.detail.back')} onClick={onClose} className="-ml-2 wide:hidden">
          <ChevronLeft className="size-5" strokeWidth={1.75} />
        </IconButton>
        <h2 className="min-w-0 flex-1 truncate text-title font-semibold tracking-tight tabular-nums">{nameOf(call.party)}</h2>
        <CopyNumber call={call} />
        <IconButton label={t('history.detail.close')} onClick={onClose} className="max-wide:hidden">
          <X className="size-4" strokeWidth={1.75} />
        </IconButton>
      </div>
      <div className="-mt-5 flex flex-col gap-1">
        <p className="flex items-center gap-2">
          <OutcomeGlyph call={call} />
          <span className={cx('min-w-0', isMissed(call) && 'text-alarm')}>{sentence(call)}</span>
        </p>
        <p className="text-ink-2">
          <time dateTime={call.startedAt}>{formatExactly(at)}</time>
        </p>
        <Closed call={call} />
        <Actions call={call} />
      </div>
    </header>
  )
}

function CopyNumber({ call: { party } }: { call: CallView }) {
  const { t } = useCallDesk()
  const say = useSay()
  if (party.kind !== 'number') return null
  const { number } = party
  const copy = async () => {
    await navigator.clipboard.writeText(number)
    say(t('history.detail.copied', { number }))
  }
  return (
    <IconButton label={t('history.detail.copy', { number })} onClick={() => void copy()}>
      <Copy className="size-4" strokeWidth={1.75} />
    </IconButton>
  )
}

/** A missed call can be dealt with from here, too. */
function MissedAct({ call }: { call: CallView }) {
  const { t, nameOf } = useCallDesk()
  const say = useSay()
  const missed = useApp().state.later(createMissedStore)
  const view = useApp().state.later(createCallViewStore)
  const [failure, setFailure] = useState<Failure | null>(null)
  const isOpen = call.missed?.state === 'open'
  const resolve = async (isResolved: boolean) => {
    const answer = await missed.getState().resolve([call.callId], isResolved)
    setFailure(answer.ok ? null : answer.failure)
    await view.getState().read()
    return answer.ok
  }
  const act = async () => {
    if ((await resolve(isOpen)) && isOpen) say(t('history.missed.closed', { who: nameOf(call.party) }), () => void resolve(false))
  }
  return (
    <>
      <Button onClick={() => void act()}>{t(isOpen ? 'history.missed.done' : 'history.missed.again')}</Button>
      {failure && <FailureNotice failure={failure} />}
    </>
  )
}

function Actions({ call }: { call: CallView }) {
  const { t, nameOf, oursOf } = useCallDesk()
  const { callAgain, isBusy, problem } = useCallAgain()
  const [isExporting, setExporting] = useState(false)
  const { party, direction, ourNumber } = call
  return (
    <>
      <div className="flex flex-wrap items-center gap-2 pt-2">
        {party.kind === 'number' && (
          <Button
            look="call"
            disabled={isBusy}
            title={ourNumber ? t('history.detail.callFrom', { number: oursOf(ourNumber) }) : undefined}
            icon={<PhoneIcon className="size-4" strokeWidth={1.75} aria-hidden="true" />}
            onClick={() => callAgain(call)}
          >
            {t(direction === 'incoming' ? 'history.detail.callBack' : 'history.detail.call')}
          </Button>
        )}
        {call.missed && <MissedAct call={call} />}
        <Button icon={<FileDown className="size-4" strokeWidth={1.75} aria-hidden="true" />} onClick={() => setExporting(true)}>
          {t('history.detail.exportTimeline')}
        </Button>
        {party.kind === 'number' && (
          <a
            href={hrefOfQuery({ ...noQuery, party: party.number })}
            className="inline-flex h-8 min-w-0 items-center truncate rounded-control px-3 max-wide:-ml-3 font-medium text-ink-2 hover:bg-hover hover:text-ink"
          >
            {t('history.detail.allWith', { who: nameOf(party) })}
          </a>
        )}
      </div>
      {party.kind === 'number' && <CallsOff />}
      {party.kind === 'withheld' && <p className="text-ink-2">{t('history.detail.noCallBack')}</p>}
      {problem && <FailureNotice failure={problem} />}
      {isExporting && <TimelineExport call={call} onClose={() => setExporting(false)} />}
    </>
  )
}
