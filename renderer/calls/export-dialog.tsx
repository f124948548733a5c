import { Download } from 'lucide-react'
import { useEffect, useId, useState } from 'react'
import { FailureNotice } from '../shell/failure-notice.tsx'
import { createExportingStore } from '../state/exporting.ts'
import { everything, type Question } from '../state/history.ts'
import { useApp, useLater } from '../state/use.ts'
import { Button } from '../ui/button.tsx'
import { Check } from '../ui/check.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { ProgressBar } from '../ui/progress-bar.tsx'
import { useCallDesk } from './desk.tsx'
import { activeParts, toFilter, type Query } from './model/query.ts'

const formats = ['csv', 'json'] as const
type Format = (typeof formats)[number]

/** Exports the calls in the list, or all: chosen here, made by main, saved by a link. It goes on when the dialog is closed. */
export function ExportDialog({ query, onClose }: { query: Query; onClose: () => void }) {
  const { t } = useCallDesk()
  const progress = useLater(createExportingStore, (state) => state.progress)
  const of = useLater(createExportingStore, (state) => state.of)
  // The end of an export of another list is no news here.
  const isOther = progress !== null && progress.state !== 'running' && of !== JSON.stringify(query)
  return progress && !isOther ? (
    <Progress onClose={onClose} />
  ) : (
    <Dialog title={t('history.export.title')} onClose={onClose}>
      <Choose query={query} />
    </Dialog>
  )
}

/** How many calls it would be; null while they are counted. */
function useCount(question: Question): number | null {
  const store = useApp().state.later(createExportingStore)
  const key = JSON.stringify(question)
  const [counted, setCounted] = useState<{ key: string; count: number | null }>({ key: '', count: null })
  useEffect(() => {
    let isWanted = true
    void store
      .getState()
      .count(JSON.parse(key) as Question)
      .then((count) => isWanted && setCounted({ key, count }))
    return () => void (isWanted = false)
  }, [store, key])
  return counted.key === key ? counted.count : null
}

function Choose({ query }: { query: Query }) {
  const { t } = useCallDesk()
  const store = useApp().state.later(createExportingStore)
  const failure = useLater(createExportingStore, (state) => state.failure)
  const isNarrowed = query.text.trim() !== '' || activeParts(query).length > 0
  const [format, setFormat] = useState<Format>('csv')
  const [isAll, setAll] = useState(!isNarrowed)
  const [now] = useState(() => Date.now())
  const question = isAll ? everything : { text: query.text.trim(), filter: toFilter(query, now) }
  const count = useCount(question)
  const name = useId()
  return (
    <>
      {failure && <FailureNotice failure={failure} />}
      <fieldset>
        <legend className="pb-1 text-small font-medium text-ink-2">{t('history.export.format')}</legend>
        {formats.map((one) => (
          <Check
            key={one}
            type="radio"
            name={`${name}-format`}
            checked={format === one}
            onChange={() => setFormat(one)}
            label={t(`history.export.${one}`)}
          />
        ))}
      </fieldset>
      {isNarrowed && (
        <fieldset>
          <legend className="pb-1 text-small font-medium text-ink-2">{t('history.export.what')}</legend>
          <Check type="radio" name={`${name}-what`} checked={!isAll} onChange={() => setAll(false)} label={t('history.export.filtered')} />
          <Check type="radio" name={`${name}-what`} checked={isAll} onChange={() => setAll(true)} label={t('history.export.allCalls')} />
        </fieldset>
      )}
      <output className="text-ink-2 tabular-nums">
        {count === null ? t('history.export.counting') : count === 0 ? t('history.export.nothing') : t('history.count', { count })}
      </output>
      <div className="flex justify-end pb-2">
        <Button
          look="primary"
          isLarge
          disabled={count === 0}
          onClick={() => void store.getState().start(format, question, JSON.stringify(query))}
        >
          {t('history.export.start')}
        </Button>
      </div>
    </>
  )
}

function Progress({ onClose }: { onClose: () => void }) {
  const { t } = useCallDesk()
  const store = useApp().state.later(createExportingStore)
  const progress = useLater(createExportingStore, (state) => state.progress)
  const problem = useLater(createExportingStore, (state) => state.failure)
  if (!progress) return null
  const failure = progress.failure ?? problem
  const isRunning = progress.state === 'running'
  return (
    <Dialog
      title={t('history.export.title')}
      onClose={onClose}
      footer={
        isRunning ? (
          <Button onClick={() => void store.getState().cancel()}>{t('history.export.cancel')}</Button>
        ) : (
          <>
            <Button onClick={() => store.getState().forget()}>{t('history.export.again')}</Button>
            <Button onClick={onClose}>{t('history.export.close')}</Button>
          </>
        )
      }
    >
      {failure && <FailureNotice failure={failure} />}
      {isRunning && <Running done={progress.done} total={progress.total} />}
      {progress.state === 'cancelled' && <p>{t('history.export.cancelled')}</p>}
      {progress.state === 'done' && <Done />}
    </Dialog>
  )
}

function Running({ done, total }: { done: number; total: number }) {
  const { t } = useCallDesk()
  return (
    <div className="flex flex-col gap-1">
      <ProgressBar label={t('history.export.progressLabel')} max={Math.max(1, total)} value={done} />
      <p className="tabular-nums">{t('history.export.progress', { done, total })}</p>
      <p className="text-ink-2">{t('history.export.background')}</p>
    </div>
  )
}

/** The link works once: after that another export makes another file. */
function Done() {
  const { t } = useCallDesk()
  const store = useApp().state.later(createExportingStore)
  const progress = useLater(createExportingStore, (state) => state.progress)
  const isSaved = useLater(createExportingStore, (state) => state.isSaved)
  if (!progress?.url) return null
  const { url, fileName, done } = progress
  return (
    // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- an output is phrasing of a form
    <div role="status" className="flex flex-col items-start gap-2 pb-2">
      <p className="font-medium">{t('history.export.done')}</p>
      <p className="text-ink-2">{isSaved ? t('history.export.saved') : t('history.export.doneText', { count: done })}</p>
      {!isSaved && (
        <a
          href={url}
          download={fileName ?? ''}
          onClick={() => setTimeout(() => store.getState().saved(), 0)}
          className="inline-flex h-10 items-center gap-2 rounded-control bg-accent-fill px-4 font-medium text-white hover:bg-accent-fill-hover"
        >
          <Download className="size-4" strokeWidth={1.75} aria-hidden="true" />
          {t('history.export.download', { name: fileName ?? '' })}
        </a>
      )}
    </div>
  )
}
