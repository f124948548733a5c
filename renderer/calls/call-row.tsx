import { CircleDot, Phone as PhoneIcon } from 'lucide-react'
import { memo } from 'react'
import type { CallRecord } from '../../contract/call.ts'
import { useOurNumber, usePartyName } from '../phone/party.ts'
import { useSession, useSettings } from '../state/use.ts'
import { IconButton } from '../ui/button.tsx'
import { cx } from '../ui/class-names.ts'
import { formatDuration, formatExactly, formatWhen } from '../ui/time.ts'
import { useWords } from '../words/index.ts'
import { isMissed, OutcomeGlyph, outcomeWords } from './outcome.tsx'

interface CallRowProps {
  call: CallRecord
  now: number
  isBusy: boolean
  onCall: (number: string, from: string | null) => unknown
}

/** One call in 44 px: who, what became of it and why, on which of our numbers, when, how long. */
export const CallRow = memo(function CallRow({ call, now, isBusy, onCall }: CallRowProps) {
  const t = useWords()
  const nameOf = usePartyName()
  const ourNumber = useOurNumber()
  const at = Date.parse(call.startedAt)
  const who = nameOf(call.party)
  const { outcome, reason } = outcomeWords(call, t)
  const by = useAnsweredBy(call)
  const told = [outcome, reason, by].filter(Boolean).join(' · ')
  const ours = call.ourNumber ? ourNumber(call.ourNumber) : undefined
  const number = call.party.kind === 'number' ? call.party.number : undefined
  const hasRecording = call.recordings.some((one) => one.source !== 'RecordVerb' && one.status === 'completed')
  return (
    <li className="group flex min-h-11 items-center gap-3 rounded-control px-3 transition-colors duration-150 hover:bg-hover max-wide:py-1.5">
      <span title={call.direction === 'incoming' ? t('calls.incoming') : t('calls.outgoing')}>
        <OutcomeGlyph call={call} />
      </span>
      <span className="flex min-w-0 flex-1 flex-col wide:flex-row wide:items-center wide:gap-3">
        <span className={cx('truncate font-medium tabular-nums wide:w-46 wide:shrink-0', isMissed(call) && 'text-alarm')}>{who}</span>
        <span className="min-w-0 flex-1 text-ink-2 wide:truncate" title={told}>
          {told}
        </span>
      </span>
      {ours && (
        <span className="w-40 shrink-0 truncate text-ink-2 tabular-nums max-labels:hidden" title={ours.number}>
          {ours.name || ours.number}
        </span>
      )}
      <span className="size-4 shrink-0 max-wide:empty:hidden">
        {hasRecording && <CircleDot className="size-4 text-ink-3" strokeWidth={1.75} aria-label={t('calls.recording')} />}
      </span>
      <span className="w-14 shrink-0 text-right text-ink-2 tabular-nums max-wide:hidden">
        {call.talkSeconds !== null && (
          <span title={t('calls.talk', { time: formatDuration(call.talkSeconds) })}>{formatDuration(call.talkSeconds)}</span>
        )}
      </span>
      <time dateTime={call.startedAt} title={formatExactly(at)} className="w-20 shrink-0 text-right text-ink-2 tabular-nums">
        {formatWhen(at, now, { yesterday: t('calls.yesterday') })}
      </time>
      {number ? (
        <IconButton label={t('calls.callAgain', { who })} disabled={isBusy} onClick={() => onCall(number, call.ourNumber)}>
          <PhoneIcon className="size-4" strokeWidth={1.75} />
        </IconButton>
      ) : (
        <span className="size-8 shrink-0" />
      )}
    </li>
  )
})

/** Who of us talked, where it was not oneself. */
function useAnsweredBy(call: CallRecord): string | undefined {
  const t = useWords()
  const names = useSettings((state) => state.names)
  const userId = useSession((state) => state.session?.user?.userId)
  const name = call.outcome === 'answered' && call.userId && call.userId !== userId ? names[call.userId] : undefined
  return name && t('calls.by', { name })
}
