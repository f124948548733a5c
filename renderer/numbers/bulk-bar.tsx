import { X } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { OwnedNumber } from '../../contract/number-desktop.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { useNumberWords } from '../words/index.ts'
import { useDesk } from './desk.tsx'
import type { Ask } from './dialogs.tsx'

interface BulkBarProps {
  chosen: readonly OwnedNumber[]
  onAsk: (ask: Ask) => void
  onExport: () => void
  isExporting: boolean
  /** Null when all that is shown is chosen. */
  onChooseAll: (() => void) | null
  onClear: () => void
}

/** What can be done with the chosen numbers. It comes from below and takes no room from the list while nothing is chosen. */
export function BulkBar({ chosen, onAsk, onExport, isExporting, onChooseAll, onClear }: BulkBarProps) {
  const t = useNumberWords()
  const { change, unhold, format } = useDesk()
  const count = chosen.length
  const said = { count, number: format(chosen[0]?.phoneNumber ?? '') }
  const areRecorded = chosen.every((one) => one.isRecorded)
  const areHeld = chosen.every((one) => one.state === 'held')
  const ask = (kind: Ask['kind']) => () => onAsk({ kind, numbers: chosen })
  return (
    <section
      aria-label={t('numbers.bulk.label')}
      className="absolute inset-x-3 bottom-3 z-20 mx-auto flex w-fit max-w-[calc(100%-1.5rem)] animate-rise items-center gap-1.5 overflow-x-auto rounded-panel border border-line-strong bg-raised p-1.5 pl-3 shadow-raised"
    >
      <span className="shrink-0 font-medium tabular-nums">{t('numbers.bulk.chosen', { count })}</span>
      <Progress />
      {onChooseAll && (
        <Button look="quiet" onClick={onChooseAll}>
          {t('numbers.bulk.all')}
        </Button>
      )}
      <Button onClick={ask('assign')}>{t('numbers.assign')}</Button>
      <Button onClick={ask('rename')}>{t('numbers.rename')}</Button>
      <Button onClick={() => void change(chosen, () => ({ isActive: true }), t('numbers.done.activated', said))}>
        {t('numbers.activate')}
      </Button>
      <Button onClick={() => void change(chosen, () => ({ isActive: false }), t('numbers.done.deactivated', said))}>
        {t('numbers.deactivate')}
      </Button>
      <Button onClick={ask('tag')}>{t('numbers.bulk.tag')}</Button>
      <Button
        onClick={() =>
          void change(
            chosen,
            () => ({ isRecorded: !areRecorded }),
            areRecorded ? t('numbers.done.notRecording', said) : t('numbers.done.recording', said),
          )
        }
      >
        {areRecorded ? t('numbers.bulk.stopRecording') : t('numbers.bulk.record')}
      </Button>
      {areHeld ? (
        <>
          <Button onClick={() => void unhold(chosen, t('numbers.done.unheld', said))}>{t('numbers.unhold')}</Button>
          <Button onClick={ask('release')}>{t('numbers.release')}</Button>
        </>
      ) : (
        <Button onClick={ask('hold')}>{t('numbers.hold')}</Button>
      )}
      <Button disabled={isExporting} onClick={onExport}>
        {isExporting ? t('numbers.exporting') : t('numbers.export')}
      </Button>
      <IconButton label={t('numbers.bulk.clear')} onClick={onClear}>
        <X className="size-4" strokeWidth={1.75} />
      </IconButton>
    </section>
  )
}

/** How far a long work is, while it goes on. */
export function Progress() {
  const t = useNumberWords()
  const { verbs } = useDesk()
  const [progress, setProgress] = useState<{ done: number; total: number } | null>(null)
  useEffect(() => verbs.onProgress((done, total) => setProgress(total === null || done >= total ? null : { done, total })), [verbs])
  return <output className="shrink-0 text-ink-2 tabular-nums empty:hidden">{progress && t('numbers.bulk.working', progress)}</output>
}
