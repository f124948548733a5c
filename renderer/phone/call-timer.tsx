import { isOver, type CallView } from '../model/phone.ts'
import { formatDuration, useNow } from '../ui/time.ts'
import { useWords } from '../words/index.ts'

/** Talk time, outside of every live region: read on demand, never announced each second. */
export function CallTimer({ call, className = '' }: { call: CallView; className?: string }) {
  const t = useWords()
  const now = useNow(250, call.answeredAt !== null && !isOver(call.state))
  if (call.answeredAt === null) return null
  const seconds = ((call.endedAt ?? now) - call.answeredAt) / 1000
  return (
    <span role="timer" aria-live="off" aria-label={t('call.durationLabel')} className={`tabular-nums ${className}`}>
      {formatDuration(seconds)}
    </span>
  )
}
