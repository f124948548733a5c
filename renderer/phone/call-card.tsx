import { Signal, SignalLow, SignalMedium } from 'lucide-react'
import { isLive, isOver, type CallView } from '../model/phone.ts'
import { useCalls } from '../state/use.ts'
import { FailureNotice } from '../shell/failure-notice.tsx'
import { useWords } from '../words/index.ts'
import { CallControls } from './call-controls.tsx'
import { CallLevels } from './call-levels.tsx'
import { CallTimer } from './call-timer.tsx'
import { useOurNumber, usePartyName } from './party.ts'
import { stateTone } from './state-tone.ts'
import { useCallFocus } from './use-call-focus.ts'

/** The call in hand, unfolded: who, state, time, levels, quality with its cause, controls. */
export function CallCard({ call }: { call: CallView }) {
  const t = useWords()
  const nameOf = usePartyName()
  const ourNumber = useOurNumber()
  const heading = useCallFocus(call.direction)
  const ours = call.ourNumber ? ourNumber(call.ourNumber) : undefined
  const via = ours?.name || ours?.number
  return (
    <section aria-labelledby="call-party" className="flex w-full max-w-96 animate-rise flex-col items-center gap-6 text-center">
      <div className="flex w-full flex-col items-center gap-1">
        <p className={`flex items-center gap-2 font-medium ${stateTone(call.state)}`}>
          <span>{t(`call.state.${call.state}`)}</span>
          <CallTimer call={call} />
        </p>
        <h2
          ref={heading}
          tabIndex={-1}
          id="call-party"
          className="max-w-full outline-none truncate text-[28px] leading-9 font-semibold tracking-tight tabular-nums"
        >
          {nameOf(call.party)}
        </h2>
        {via && <p className="text-ink-2">{t(call.direction === 'incoming' ? 'call.via' : 'call.from', { number: via })}</p>}
        {call.note && <p className="text-ink-2">{t(`call.note.${call.note}`)}</p>}
        {isLive(call.state) && <Recorded callId={call.callId} />}
      </div>
      {call.failure && (
        <div className="w-full">
          <FailureNotice failure={{ code: call.failure }} />
        </div>
      )}
      {call.answeredAt !== null && !isOver(call.state) && (
        <div className="flex w-full flex-col gap-4 rounded-panel border border-line bg-surface p-4 shadow-rest">
          <CallLevels />
          <QualityLine call={call} />
        </div>
      )}
      {isLive(call.state) && <CallControls call={call} />}
    </section>
  )
}

/** That this call is being recorded, once its record says so. */
function Recorded({ callId }: { callId: string }) {
  const t = useWords()
  const isRecorded = useCalls((state) =>
    (state.calls ?? []).some((one) => one.callId === callId && one.recordings.some((recording) => recording.status === 'in-progress')),
  )
  if (!isRecorded) return null
  return (
    // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- an output is phrasing of a form
    <p role="status" className="flex items-center gap-1.5 text-ink-2">
      <span aria-hidden="true" className="size-2 rounded-full bg-alarm" />
      {t('call.recorded')}
    </p>
  )
}

function QualityLine({ call: { quality } }: { call: CallView }) {
  const t = useWords()
  const Icon = quality.word === 'good' ? Signal : quality.word === 'fair' ? SignalMedium : SignalLow
  const tone = quality.word === 'good' ? 'text-ink-2' : quality.word === 'fair' ? 'text-warn' : 'text-alarm'
  return (
    <p className={`flex items-center gap-2 text-small ${tone}`}>
      <Icon className="size-4" strokeWidth={1.75} aria-hidden="true" />
      <span className="text-ink-2">{t('call.quality.label')}</span>
      <span className="font-medium">{t(`call.quality.${quality.word}`)}</span>
      {quality.cause && <span className="min-w-0 truncate text-ink-2">{t(`call.quality.cause.${quality.cause}`)}</span>}
    </p>
  )
}
