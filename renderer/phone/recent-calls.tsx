import { memo } from 'react'
import type { CallRecord } from '../../contract/call.ts'
import { OutcomeGlyph } from '../calls/outcome.tsx'
import { useCalls, useDial } from '../state/use.ts'
import { cx } from '../ui/class-names.ts'
import { formatExactly, formatWhen, useNow } from '../ui/time.ts'
import { useWords } from '../words/index.ts'
import { usePartyName } from './party.ts'
import { numberOf, recentOf } from './recent.ts'

const MOST = 8

interface RecentCallsProps {
  onCall: (number: string, from: string | null) => unknown
  isDisabled: boolean
}

export function RecentCalls({ onCall, isDisabled }: RecentCallsProps) {
  const t = useWords()
  const calls = useCalls((state) => state.calls)
  const typed = useDial((state) => state.digits)
  const now = useNow(60_000)
  const recent = calls && recentOf(calls, typed, MOST)
  if (!recent || (recent.length === 0 && typed)) return null
  return (
    <section aria-labelledby="recent" className="pt-1">
      <h2 id="recent" className="px-2 pb-1 text-small font-medium text-ink-3">
        {typed ? t('phone.recentMatching') : t('phone.recent')}
      </h2>
      {recent.length === 0 && <p className="px-2 text-ink-2">{t('phone.noRecent')}</p>}
      <ul>
        {recent.map((call) => (
          <RecentCall key={call.callId} call={call} now={now} onCall={onCall} isDisabled={isDisabled} />
        ))}
      </ul>
    </section>
  )
}

const RecentCall = memo(function RecentCall({ call, now, onCall, isDisabled }: RecentCallsProps & { call: CallRecord; now: number }) {
  const t = useWords()
  const nameOf = usePartyName()
  const who = nameOf(call.party)
  const at = Date.parse(call.startedAt)
  return (
    <li className={cx('flex h-9 items-center rounded-control pr-2', !isDisabled && 'hover:bg-hover')}>
      <button
        type="button"
        aria-label={t('phone.redial', { who })}
        disabled={isDisabled}
        onClick={() => onCall(numberOf(call.party), call.ourNumber)}
        className="flex h-full min-w-0 flex-1 items-center gap-2.5 rounded-control px-2 text-left"
      >
        <OutcomeGlyph call={call} />
        <span className="min-w-0 flex-1 truncate tabular-nums">{who}</span>
      </button>
      <time dateTime={call.startedAt} title={formatExactly(at)} className="shrink-0 text-small text-ink-3">
        {formatWhen(at, now, { yesterday: t('calls.yesterday') })}
      </time>
    </li>
  )
})
