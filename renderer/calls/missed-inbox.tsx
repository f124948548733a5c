import { CheckCheck } from 'lucide-react'
import { useEffect } from 'react'
import { Pane } from '../phone/turn-on.tsx'
import { FailureNotice } from '../shell/failure-notice.tsx'
import { createMissedStore } from '../state/missed.ts'
import { useApp, useLater } from '../state/use.ts'
import { Button } from '../ui/button.tsx'
import { Check } from '../ui/check.tsx'
import { useNow } from '../ui/time.ts'
import { Skeleton } from './all-calls.tsx'
import { CallsOff } from './calls-off.tsx'
import { useCallDesk } from './desk.tsx'
import { MissedRow } from './missed-row.tsx'
import { useCallAgain } from './use-call-again.ts'

interface MissedInboxProps {
  open: string | null
  hrefOfCall: (callId: string) => string
}

/** Missed calls that need somebody, until one of those entitled has dealt with them. */
export function MissedInbox({ open, hrefOfCall }: MissedInboxProps) {
  const { t } = useCallDesk()
  const store = useApp().state.later(createMissedStore)
  const entries = useLater(createMissedStore, (state) => state.entries)
  const isAll = useLater(createMissedStore, (state) => state.isAll)
  const failure = useLater(createMissedStore, (state) => state.failure)
  const { callAgain, isBusy, problem } = useCallAgain()
  const now = useNow(60_000)
  useEffect(() => void store.getState().load(), [store])
  return (
    <div role="tabpanel" id="calls-panel" aria-labelledby="calls-tab-missed" className="flex min-h-0 flex-1 flex-col">
      <div className="flex shrink-0 flex-wrap items-center gap-x-4 px-5 pb-2">
        <p className="min-w-0 flex-1 text-ink-2">{t('history.missed.shared')}</p>
        <Check checked={isAll} onChange={() => void store.getState().load(!isAll)} label={t('history.missed.showDone')} />
      </div>
      <div className="flex flex-col gap-2 px-5 empty:hidden">
        {entries && entries.length > 0 && <CallsOff />}
        {problem && <FailureNotice failure={problem} />}
        {failure && (
          <FailureNotice failure={failure}>
            <Button onClick={() => void store.getState().load()}>{t('history.retry')}</Button>
          </FailureNotice>
        )}
      </div>
      {!entries && !failure && <Skeleton />}
      {entries?.length === 0 && (
        <div className="flex flex-1 items-center justify-center p-5">
          <Pane
            icon={<CheckCheck className="size-6" strokeWidth={1.5} aria-hidden="true" />}
            title={t('history.missed.emptyTitle')}
            text={t(isAll ? 'history.missed.emptyClosed' : 'history.missed.empty')}
          />
        </div>
      )}
      {entries && entries.length > 0 && (
        <div className="relative min-h-0 flex-1 overflow-y-auto border-t border-line">
          <ul aria-label={t('history.missed.list')}>
            {entries.map((entry) => (
              <MissedRow
                key={entry.call.callId}
                entry={entry}
                now={now}
                isOpen={open === entry.call.callId}
                isSlim={open !== null}
                isBusy={isBusy}
                href={hrefOfCall(entry.call.callId)}
                onCall={callAgain}
              />
            ))}
          </ul>
          <More />
        </div>
      )}
    </div>
  )
}

function More() {
  const { t } = useCallDesk()
  const store = useApp().state.later(createMissedStore)
  const hasMore = useLater(createMissedStore, (state) => state.next !== null)
  const isLoading = useLater(createMissedStore, (state) => state.isLoadingMore)
  if (!hasMore) return null
  return (
    <p className="flex justify-center pt-3 pb-28">
      {/* a toast leaves it free */}
      <Button disabled={isLoading} onClick={() => void store.getState().more()}>
        {isLoading ? t('history.more') : t('history.missed.older')}
      </Button>
    </p>
  )
}
