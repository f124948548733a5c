import { usePhone, useStatus } from '../state/use.ts'
import { cx } from '../ui/class-names.ts'
import { formatTime, formatWhen, useNow } from '../ui/time.ts'
import { useWords, type Words } from '../words/index.ts'
import { consequenceOf, problemOf } from './availability-of.ts'

/** Whether calls reach this computer, with the evidence and its age. The age ticks, and is announced to nobody. */
export function Availability() {
  const t = useWords()
  const power = usePhone((view) => view.power)
  const registered = usePhone((view) => view.registered)
  const microphone = usePhone((view) => view.microphone)
  const since = usePhone((view) => view.registeredSince)
  const lastRang = usePhone((view) => view.lastRang)
  const status = useStatus((state) => state.status)
  const now = useNow(1000)
  const problem = problemOf({ power, registered, microphone }, status, now)
  const isCalm = problem === null
  const isWaiting = problem === 'turning-on' || problem === 'relay-connecting' || problem === 'off'
  const dot = isCalm ? 'bg-call' : isWaiting ? 'bg-warn' : 'bg-alarm'
  const evidence = [
    problem ? t(`shell.evidence.${consequenceOf(problem)}`) : undefined,
    checked(status?.relaySeenAt, now, t),
    lastRang && t('shell.evidence.rang', { time: formatWhen(lastRang.at, now, { yesterday: t('calls.yesterday') }) }),
  ]
  const detail = since && t('shell.evidence.since', { time: formatTime(since) })
  return (
    <div
      // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- the role is part of the page's contract, as an attribute
      role="status"
      aria-label={t('shell.availability')}
      aria-atomic="false"
      className="flex min-w-0 items-center gap-2"
      title={detail || undefined}
    >
      <span aria-hidden="true" className={cx('size-2 shrink-0 rounded-full', dot)} />
      <span className={cx('shrink-0 font-medium', isCalm ? 'text-ink' : isWaiting ? 'text-warn' : 'text-alarm')}>
        {problem ? t(`shell.problem.${problem}`) : t('shell.available')}
      </span>
      <span aria-live="off" className="truncate text-ink-2 tabular-nums max-wide:hidden">
        {[...evidence, isCalm && detail].filter(Boolean).join(' · ')}
      </span>
    </div>
  )
}

function checked(at: string | null | undefined, now: number, t: Words): string {
  if (!at) return t('shell.evidence.never')
  const seconds = Math.max(0, Math.round((now - Date.parse(at)) / 1000))
  const age =
    seconds < 90
      ? t('shell.age.seconds', { count: seconds })
      : seconds < 5400
        ? t('shell.age.minutes', { count: Math.round(seconds / 60) })
        : t('shell.age.hours', { count: Math.round(seconds / 3600) })
  return t('shell.evidence.checked', { age })
}
