import { lazy, Suspense, useMemo } from 'react'
import type { CallView } from '../../../contract/history.ts'
import type { CallTimeline, TimelineEntry } from '../../../contract/timeline.ts'
import { FailureNotice } from '../../shell/failure-notice.tsx'
import { createCallViewStore } from '../../state/call-view.ts'
import { useApp, useLater } from '../../state/use.ts'
import { Button } from '../../ui/button.tsx'
import { cx } from '../../ui/class-names.ts'
import { formatExactly } from '../../ui/time.ts'
import { useCallDesk } from '../desk.tsx'
import { clustersOf, momentsOf, offsetText, type Cluster } from '../model/clusters.ts'
import { sentenceOf, whySentences } from '../model/timeline-words.ts'
import { DetailPart } from '../../ui/detail-part.tsx'

const Quality = lazy(async () => ({ default: (await import('./quality.tsx')).Quality }))

/** How the call went, in plain words; first why it rang or did not. */
export function Timeline({ call }: { call: CallView }) {
  const { t } = useCallDesk()
  const store = useApp().state.later(createCallViewStore)
  const timeline = useLater(createCallViewStore, (state) => state.timeline)
  const failure = useLater(createCallViewStore, (state) => state.timelineFailure)
  return (
    <DetailPart title={t('timeline.title')}>
      {failure && (
        <FailureNotice failure={failure}>
          <Button onClick={() => void store.getState().read()}>{t('history.retry')}</Button>
        </FailureNotice>
      )}
      {!timeline && !failure && <p className="animate-late text-ink-2">{t('timeline.loading')}</p>}
      {timeline && (
        <>
          <Why why={timeline.why} />
          {timeline.entries.length === 0 && <p className="text-ink-2">{t('timeline.empty')}</p>}
          <Entries entries={timeline.entries} call={call} />
          {timeline.quality.length > 0 && (
            <Suspense fallback={<p className="animate-late text-ink-2">{t('timeline.quality.loading')}</p>}>
              <Quality series={timeline.quality} />
            </Suspense>
          )}
        </>
      )}
    </DetailPart>
  )
}

function Why({ why }: { why: CallTimeline['why'] }) {
  const desk = useCallDesk()
  const [first, ...more] = whySentences(why, desk)
  return (
    <div className="rounded-panel bg-sunken px-3 py-2" data-testid="why">
      <p className="font-medium">{first}</p>
      {more.length > 0 && <p className="text-ink-2">{more.join(' ')}</p>}
    </div>
  )
}

function Entries({ entries, call }: { entries: readonly TimelineEntry[]; call: CallView }) {
  const clusters = useMemo(() => clustersOf(entries), [entries])
  const moments = useMemo(() => new Map(momentsOf(entries).map((moment, index) => [entries[index], moment])), [entries])
  if (entries.length === 0) return null
  return (
    <ol className="flex flex-col">
      {clusters.map((cluster, index) => (
        <Together key={index} cluster={cluster} call={call} moments={moments} />
      ))}
    </ol>
  )
}

interface TogetherProps {
  cluster: Cluster
  call: CallView
  moments: ReadonlyMap<TimelineEntry | undefined, number>
}

/** Entries whose order is not certain stand in a bracket that says so. */
function Together({ cluster: { isCertain, entries }, call, moments }: TogetherProps) {
  const { t } = useCallDesk()
  const lines = entries.map((entry, index) => <Entry key={index} entry={entry} call={call} moment={moments.get(entry)} />)
  if (isCertain) return lines
  return (
    <li>
      <div title={t('timeline.uncertain')} className="-ml-2 border-l-2 border-line pl-1.5">
        <p className="pt-1 text-small text-ink-3">
          {t('timeline.uncertainShort')}
          <span className="sr-only">{`: ${t('timeline.uncertain')}`}</span>
        </p>
        <ol className="flex flex-col">{lines}</ol>
      </div>
    </li>
  )
}

/** The time of day to the second, and to the millisecond where the clock tells them. */
function clockText({ at, clock }: TimelineEntry): string {
  const date = new Date(at)
  if (Number.isNaN(date.getTime())) return ''
  const options = clock === 'twilio' ? {} : ({ fractionalSecondDigits: 3 } as const)
  return date.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', ...options })
}

function Entry({ entry, call, moment }: { entry: TimelineEntry; call: CallView; moment: number | undefined }) {
  const desk = useCallDesk()
  const { t } = desk
  const source = t(`timeline.source.${entry.source}`)
  const clock = t(`timeline.clock.${entry.clock}`)
  const isPut = moment !== undefined && Number.isFinite(moment) && moment > Date.parse(entry.at)
  return (
    <li className="flex gap-3 py-1">
      <span
        className="w-16 shrink-0 text-right text-ink-2 tabular-nums"
        title={isPut ? t('timeline.clockSays', { clock, at: offsetText(entry.at, call.startedAt) }) : undefined}
      >
        {isPut ? `≈ ${offsetText(new Date(moment).toISOString(), call.startedAt)}` : offsetText(entry.at, call.startedAt)}
      </span>
      <span
        className={cx(
          'mt-1.5 size-2 shrink-0 rounded-full',
          entry.source === 'sdk' || entry.source === 'person' ? 'bg-accent' : 'bg-ink-3',
        )}
        aria-hidden="true"
      />
      <span className="min-w-0 flex-1">
        <span className="break-words">{sentenceOf(entry, desk, call.direction)}</span>
        <span className="block text-small text-ink-2">
          <time dateTime={entry.at} title={formatExactly(Date.parse(entry.at) || 0)} className="tabular-nums">
            {clockText(entry)}
          </time>
          {` · ${source} · ${clock}`}
        </span>
      </span>
    </li>
  )
}
