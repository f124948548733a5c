import type { NumberView } from '../../contract/number-desktop.ts'
import { traceDetails, traceSentence, useTraceWords } from '../settings/trace-sentence.ts'
import { formatExactly, formatWhen, useNow } from '../ui/time.ts'
import { useNumberWords } from '../words/index.ts'
import { DetailPart } from '../ui/detail-part.tsx'

/** Who changed what of this number, newest first. */
export function DetailHistory({ history }: Pick<NumberView, 'history'>) {
  const t = useNumberWords()
  const now = useNow(60_000)
  const words = useTraceWords(now)
  return (
    <DetailPart title={t('numbers.detail.history')}>
      {history.length === 0 && <p className="text-ink-2">{t('numbers.detail.noHistory')}</p>}
      <ul className="flex flex-col">
        {history.map((entry) => (
          <li key={entry.auditId} className="border-b border-line py-1.5 last:border-b-0">
            <p className="break-words" title={traceDetails(entry, words).join('\n') || undefined}>
              {traceSentence(entry, words)}
            </p>
            <time dateTime={entry.at} title={formatExactly(Date.parse(entry.at))} className="text-small text-ink-2">
              {formatWhen(Date.parse(entry.at), now, { yesterday: t('numbers.yesterday') })}
            </time>
          </li>
        ))}
      </ul>
    </DetailPart>
  )
}
