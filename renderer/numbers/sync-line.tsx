import { RefreshCw } from 'lucide-react'
import { useEffect } from 'react'
import type { SyncPlan } from '../../contract/number-desktop.ts'
import { FailureNotice } from '../shell/failure-notice.tsx'
import { createSyncStore, hasEffect } from '../state/number-sync.ts'
import { useApp, useLater } from '../state/use.ts'
import { Button } from '../ui/button.tsx'
import { Notice } from '../ui/notice.tsx'
import { Spinner } from '../ui/spinner.tsx'
import { useNow } from '../ui/time.ts'
import { useNumberWords } from '../words/index.ts'
import { useAgo } from './when.ts'

/** Begins a sync; its progress stands in the button's place. */
export function SyncButton() {
  const t = useNumberWords()
  const { state } = useApp()
  const phase = useLater(createSyncStore, (one) => one.phase)
  const progress = useLater(createSyncStore, (one) => one.progress)
  const isBusy = phase !== 'idle' && phase !== 'preview'
  const icon = isBusy ? <Spinner /> : <RefreshCw className="size-4" strokeWidth={1.75} aria-hidden="true" />
  const word =
    phase === 'applying'
      ? t('numbers.applying')
      : phase === 'undoing'
        ? t('numbers.undoing')
        : !isBusy
          ? t('numbers.sync')
          : !progress
            ? t('numbers.syncing')
            : progress.total === null
              ? t('numbers.syncProgress', { done: progress.done })
              : t('numbers.syncProgressOf', { done: progress.done, total: progress.total })
  return (
    <Button disabled={isBusy} icon={icon} onClick={() => void state.later(createSyncStore).getState().look()}>
      {word}
    </Button>
  )
}

const kinds = ['added', 'changed', 'removed', 'missing'] as const

/** "3 added, 1 changed" of a plan; what stays, when nothing else is to be said. */
function useSummary() {
  const t = useNumberWords()
  return (plan: SyncPlan) => {
    const parts = kinds.filter((kind) => plan[kind].length > 0).map((kind) => t(`numbers.summary.${kind}`, { count: plan[kind].length }))
    return parts.length > 0 ? parts.join(', ') : t('numbers.summary.unchanged', { count: plan.unchanged })
  }
}

/** What the last sync did or would do; why the last one failed. Begins one when the page is opened. */
export function SyncLine() {
  const t = useNumberWords()
  const store = useApp().state.later(createSyncStore)
  const failure = useLater(createSyncStore, (one) => one.failure)
  useEffect(() => void store.getState().look(), [store])
  if (failure?.code === 'account-missing')
    return (
      <Notice isWarning title={t('numbers.noAccountTitle')} text={t('numbers.noAccount')}>
        <a href="#/settings" className="font-medium text-accent underline underline-offset-2">
          {t('numbers.toSettings')}
        </a>
      </Notice>
    )
  if (failure)
    return (
      <FailureNotice failure={failure}>
        <Button onClick={() => void store.getState().look()}>{t('numbers.retry')}</Button>
      </FailureNotice>
    )
  return <Outcome />
}

/** One line that is always as high, whatever it says: else the list would jump under the pointer. */
function Outcome() {
  const t = useNumberWords()
  const summary = useSummary()
  const ago = useAgo()
  const store = useApp().state.later(createSyncStore)
  const isIdle = useLater(createSyncStore, (one) => one.phase === 'idle')
  const applied = useLater(createSyncStore, (one) => one.applied)
  const putOff = useLater(createSyncStore, (one) => one.putOff)
  const undoneAt = useLater(createSyncStore, (one) => one.undoneAt)
  const now = useNow(30_000)
  const { undo, review } = store.getState()
  const said = putOff
    ? t('numbers.summary.notApplied', { what: summary(putOff) })
    : undoneAt !== null
      ? `${t('numbers.summary.undone')} · ${ago(undoneAt, now)}`
      : applied && `${summary(applied.plan)} · ${ago(applied.at, now)}`
  return (
    <p className="flex min-h-5 items-center gap-2 text-ink-2">
      {isIdle && <output>{said}</output>}
      {isIdle && putOff && <LineAct onClick={review}>{t('numbers.review')}</LineAct>}
      {isIdle && !putOff && applied?.undoId && hasEffect(applied.plan) && (
        <LineAct onClick={() => void undo()}>{t('numbers.undo')}</LineAct>
      )}
    </p>
  )
}

function LineAct({ onClick, children }: { onClick: () => void; children: string }) {
  return (
    <button type="button" onClick={onClick} className="rounded font-medium text-accent hover:underline">
      {children}
    </button>
  )
}
