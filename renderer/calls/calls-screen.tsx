import { History } from 'lucide-react'
import { isLive } from '../model/phone.ts'
import { Pane } from '../phone/turn-on.tsx'
import { useCall } from '../phone/use-call.ts'
import { FailureNotice } from '../shell/failure-notice.tsx'
import { useApp, useCalls, usePhone } from '../state/use.ts'
import { Button } from '../ui/button.tsx'
import { useNow } from '../ui/time.ts'
import { useWords } from '../words/index.ts'
import { CallRow } from './call-row.tsx'

/** What happened, newest first. */
export function CallsScreen() {
  const t = useWords()
  return (
    <div className="flex h-full flex-col">
      <h1 className="shrink-0 px-5 pt-4 pb-2 text-title font-semibold tracking-tight">{t('calls.title')}</h1>
      <div className="min-h-0 flex-1 overflow-y-auto px-2 pb-4">
        <CallHistory />
      </div>
    </div>
  )
}

function CallHistory() {
  const t = useWords()
  const { calls: store } = useApp().state
  const calls = useCalls((state) => state.calls)
  const failure = useCalls((state) => state.failure)
  const isBusy = usePhone((view) => (view.call !== null && isLive(view.call.state)) || view.incoming !== null || view.power !== 'on')
  const { call, problem } = useCall()
  const now = useNow(60_000)
  const retry = <Button onClick={() => void store.getState().load()}>{t('calls.retry')}</Button>
  if (!calls) {
    if (failure) return <div className="px-3">{<FailureNotice failure={failure}>{retry}</FailureNotice>}</div>
    return <p className="animate-late px-3 text-ink-2">{t('calls.loading')}</p>
  }
  if (calls.length === 0)
    return (
      <div className="flex h-full items-center justify-center">
        <Pane
          icon={<History className="size-6" strokeWidth={1.5} aria-hidden="true" />}
          title={t('calls.emptyTitle')}
          text={t('calls.empty')}
        />
      </div>
    )
  return (
    <>
      {problem && <FailureNotice failure={problem} />}
      {failure && <FailureNotice failure={failure}>{retry}</FailureNotice>}
      <ul aria-label={t('calls.list')}>
        {calls.map((one) => (
          <CallRow key={one.callId} call={one} now={now} isBusy={isBusy} onCall={call} />
        ))}
      </ul>
      <More />
    </>
  )
}

function More() {
  const t = useWords()
  const { calls: store } = useApp().state
  const hasMore = useCalls((state) => state.next !== null)
  const isLoading = useCalls((state) => state.isLoadingMore)
  if (!hasMore) return null
  return (
    <div className="flex justify-center pt-3">
      <Button disabled={isLoading} onClick={() => void store.getState().more()}>
        {isLoading ? t('calls.moreLoading') : t('calls.more')}
      </Button>
    </div>
  )
}
