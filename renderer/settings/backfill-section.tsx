import { useEffect, useState } from 'react'
import type { BackfillState } from '../../contract/history.ts'
import { FailureNotice } from '../shell/failure-notice.tsx'
import { createBackfillStore } from '../state/keeping.ts'
import { useApp, useLater, useSession, useSettings } from '../state/use.ts'
import { Button } from '../ui/button.tsx'
import { keepFocus } from '../ui/focus.ts'
import { ProgressBar } from '../ui/progress-bar.tsx'
import { Select } from '../ui/select.tsx'
import { Spinner } from '../ui/spinner.tsx'
import { formatMoment } from '../ui/time.ts'
import { useNumberWords } from '../words/index.ts'
import { Section } from './section.tsx'

const spans = ['30', '90', '365', '400'] as const
type Span = (typeof spans)[number]
const DAY_MS = 86_400_000
const moment = (at: string | null) => (at ? formatMoment(Date.parse(at)) : '')

/** Older calls, read from Twilio by the relay: a manager starts it, sees how far it is, stops it. */
export function BackfillSection() {
  const t = useNumberWords()
  const store = useApp().state.later(createBackfillStore)
  const backfill = useLater(createBackfillStore, (state) => state.backfill)
  const failure = useLater(createBackfillStore, (state) => state.failure)
  useEffect(() => void store.getState().load(), [store])
  return (
    <Section id="settings-backfill" title={t('settings.backfill.title')} text={t('settings.backfill.text')}>
      {failure && (
        <FailureNotice failure={failure}>
          <Button onClick={() => void store.getState().load()}>{t('settings.backfill.retry')}</Button>
        </FailureNotice>
      )}
      {!backfill && !failure && <p className="animate-late text-ink-2">{t('settings.backfill.loading')}</p>}
      {backfill?.state === 'running' && <Running backfill={backfill} />}
      {backfill && backfill.state !== 'running' && (
        <>
          <Ended backfill={backfill} />
          <Start backfill={backfill} />
        </>
      )}
    </Section>
  )
}

/** The button that was clicked gives way to others: what stands there then has the focus. */
async function keepingFocusUntil(done: Promise<void>): Promise<void> {
  const back = keepFocus()
  await done
  setTimeout(back)
}

/** What it found. */
function Found({ backfill: { calls, recordings, news } }: { backfill: BackfillState }) {
  const t = useNumberWords()
  const found = {
    calls: t('settings.backfill.calls', { count: calls }),
    recordings: t('settings.backfill.recordings', { count: recordings }),
  }
  return <p className="tabular-nums">{`${t('settings.backfill.soFar', found)} · ${t('settings.backfill.news', { count: news })}`}</p>
}

/** How much of the asked time is behind it, 0…1; it reads from now back. */
function partOf({ from, startedAt, reachedAt }: BackfillState): number {
  if (!from || !startedAt || !reachedAt) return 0
  const [begin, end, at] = [startedAt, from, reachedAt].map((one) => Date.parse(one)) as [number, number, number]
  return begin > end ? Math.min(1, Math.max(0, (begin - at) / (begin - end))) : 0
}

function Running({ backfill }: { backfill: BackfillState }) {
  const t = useNumberWords()
  const store = useApp().state.later(createBackfillStore)
  const busy = useLater(createBackfillStore, (state) => state.busy)
  const { from, reachedAt } = backfill
  const reached = reachedAt ? ` · ${t('settings.backfill.reached', { at: moment(reachedAt) })}` : ''
  return (
    <div className="flex max-w-140 flex-col gap-2">
      <p className="font-medium">{`${t('settings.backfill.running', { from: moment(from) })}${reached}`}</p>
      <ProgressBar label={t('settings.backfill.progress')} max={1} value={partOf(backfill)} />
      <Found backfill={backfill} />
      <By backfill={backfill} />
      <p className="text-ink-2">{t('settings.backfill.goesOn')}</p>
      <div>
        <Button disabled={busy !== null} onClick={() => void keepingFocusUntil(store.getState().stop())}>
          {busy === 'stop' ? t('settings.backfill.stopping') : t('settings.backfill.stop')}
        </Button>
      </div>
    </div>
  )
}

function By({ backfill: { byUserId } }: { backfill: BackfillState }) {
  const t = useNumberWords()
  const user = useSession((state) => state.session?.user ?? null)
  const names = useSettings((state) => state.names)
  if (!byUserId) return null
  const name = byUserId === user?.userId ? user.name : (names[byUserId] ?? t('settings.backfill.somebody'))
  return <p className="text-ink-2">{t('settings.backfill.by', { name })}</p>
}

/** How the last one ended. */
function Ended({ backfill }: { backfill: BackfillState }) {
  const t = useNumberWords()
  const { state, from, endedAt, reachedAt, failureCode } = backfill
  if (state === 'none' || state === 'running') return null
  const when = moment(endedAt)
  return (
    <div className="flex flex-col gap-2">
      {state === 'failed' && failureCode && <FailureNotice failure={{ code: failureCode }} />}
      <p>
        {state === 'done' && t('settings.backfill.done', { from: moment(from), when })}
        {state === 'failed' && t('settings.backfill.failed', { when })}
        {state === 'stopped' &&
          (reachedAt ? t('settings.backfill.stopped', { when, at: moment(reachedAt) }) : t('settings.backfill.stoppedAtOnce', { when }))}
      </p>
      <Found backfill={backfill} />
      <By backfill={backfill} />
    </div>
  )
}

function Start({ backfill: { state, from } }: { backfill: BackfillState }) {
  const t = useNumberWords()
  const store = useApp().state.later(createBackfillStore)
  const busy = useLater(createBackfillStore, (one) => one.busy)
  const [span, setSpan] = useState<Span>('90')
  /** What ended early goes on where it was when it is asked for the same beginning. */
  const resumed = (state === 'stopped' || state === 'failed') && from ? from : undefined
  const start = (since: string) => void keepingFocusUntil(store.getState().start(since))
  const back = () => new Date(Date.now() - Number(span) * DAY_MS).toISOString()
  return (
    <div className="flex flex-wrap items-end gap-2">
      {resumed && (
        <Button look="primary" disabled={busy !== null} onClick={() => start(resumed)}>
          {t('settings.backfill.resume')}
        </Button>
      )}
      <div className="w-64 max-w-full">
        <Select label={t('settings.backfill.back')} value={span} onChange={(event) => setSpan(event.target.value as Span)}>
          {spans.map((one) => (
            <option key={one} value={one}>
              {t(`settings.backfill.spans.${one}`)}
            </option>
          ))}
        </Select>
      </div>
      <Button disabled={busy !== null} icon={busy === 'start' && <Spinner />} onClick={() => start(back())}>
        {busy === 'start' ? t('settings.backfill.starting') : t('settings.backfill.start')}
      </Button>
    </div>
  )
}
