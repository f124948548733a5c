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

/** What the last sync did, with the way back; why the last one failed. Begins one when the page is opened. */
export function SyncLine() {
  const t = useNumberWords()
  const summary = useSummary()
  const ago = useAgo()
  const store = useApp().state.later(createSyncStore)
  const applied = useLater(createSyncStore, (one) => one.applied)
  const failure = useLater(createSyncStore, (one) => one.failure)
  const now = useNow(30_000)
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
  if (!applied) return null
  return (
    <p className="flex items-center gap-2 text-ink-2">
      <output>{`${summary(applied.plan)} · ${ago(applied.at, now)}`}</output>
      {applied.undoId && hasEffect(applied.plan) && (
        <button type="button" onClick={() => void store.getState().undo()} className="rounded font-medium text-accent hover:underline">
          {t('numbers.undo')}
        </button>
      )}
    </p>
  )
}
