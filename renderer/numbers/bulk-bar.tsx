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

/** Tells the page how high the bar is, so that what is said at its foot lies above it. */
function announceHeight(bar: HTMLElement | null) {
  if (!bar) return undefined
  const { style } = document.documentElement
  const observer = new ResizeObserver(() => style.setProperty('--act-bar', `${bar.offsetHeight}px`))
  observer.observe(bar)
  style.setProperty('--act-bar', `${bar.offsetHeight}px`)
  return () => {
    observer.disconnect()
    style.removeProperty('--act-bar')
  }
}

/** What can be done with the chosen numbers, below the list, so that it hides no row. It wraps where it finds no room. */
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
      ref={announceHeight}
      aria-label={t('numbers.bulk.label')}
      className="mx-auto my-2 flex max-h-[50%] w-fit max-w-[calc(100%-1.5rem)] shrink-0 animate-rise flex-wrap items-center gap-1.5 overflow-y-auto rounded-panel border border-line-strong bg-raised p-1.5 pl-3 shadow-raised"
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
        onClick={
          areRecorded
            ? () => void change(chosen, () => ({ isRecorded: false }), t('numbers.done.notRecording', said))
            : () => onAsk({ kind: 'record', numbers: chosen.filter((one) => !one.isRecorded) })
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
