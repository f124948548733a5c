import { FailureNotice } from '../shell/failure-notice.tsx'
import { Button } from '../ui/button.tsx'
import { Notice } from '../ui/notice.tsx'
import { useNumberWords, useWords } from '../words/index.ts'
import { useDesk, type Trouble } from './desk.tsx'
import { failureCodes, type FailureCode } from '../../contract/failure.ts'

const SHOWN = 5

/** What failed of a change of many numbers: each reason once, with the numbers it concerns. */
export function TroubleNotice({ trouble: { outcome, all } }: { trouble: Trouble }) {
  const t = useNumberWords()
  const words = useWords()
  const { format, setTrouble } = useDesk()
  const dismiss = <Button onClick={() => setTrouble(null)}>{t('numbers.dismiss')}</Button>
  if (!outcome.ok) return <FailureNotice failure={outcome.failure}>{dismiss}</FailureNotice>
  if (all === 1 && outcome.failed[0]) return <FailureNotice failure={outcome.failed[0].failure}>{dismiss}</FailureNotice>
  const byCode = Map.groupBy(
    outcome.failed,
    ({ failure }) => (Object.hasOwn(failureCodes, failure.code) ? failure.code : 'internal') as FailureCode,
  )
  return (
    <Notice title={t('numbers.partly', { failed: outcome.failed.length, all })}>
      <ul className="flex w-full flex-col gap-1">
        {[...byCode].map(([code, failed]) => (
          <li key={code}>
            <p>{`${words(`failures.${code}.sentence`)} ${words(`failures.${code}.remedy`)}`}</p>
            <p className="text-ink-2 tabular-nums">
              {failed
                .slice(0, SHOWN)
                .map((one) => format(one.phoneNumber))
                .join(', ')}
              {failed.length > SHOWN && ` ${t('numbers.andMore', { count: failed.length - SHOWN })}`}
            </p>
          </li>
        ))}
      </ul>
      {dismiss}
    </Notice>
  )
}
