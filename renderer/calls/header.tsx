import { useRef, type KeyboardEvent } from 'react'
import { createExportingStore } from '../state/exporting.ts'
import { useCalls, useLater } from '../state/use.ts'
import { Button } from '../ui/button.tsx'
import { cx } from '../ui/class-names.ts'
import { useCallDesk } from './desk.tsx'
import type { Place, Tab } from './model/place.ts'
import { hrefOfTab, visit } from './use-place.ts'

interface HeaderProps {
  place: Place
  /** A call is open, which takes its place in a narrow window. */
  isBehind: boolean
  onExport: () => void
}

/** Title, the two views, and the export. */
export function CallsHeader({ place, isBehind, onExport }: HeaderProps) {
  const { t } = useCallDesk()
  return (
    <div className={cx('flex shrink-0 flex-wrap items-center gap-x-3 gap-y-2 px-5 pt-4 pb-2', isBehind && 'max-wide:p-0')}>
      <h1 className={cx('text-title font-semibold tracking-tight', isBehind && 'max-wide:sr-only')}>{t('history.title')}</h1>
      <div className={cx('contents', isBehind && 'max-wide:hidden')}>
        <Tabs place={place} />
        <span className="flex-1" />
        {place.tab === 'all' && <ExportButton onExport={onExport} />}
      </div>
    </div>
  )
}

const tabs = ['all', 'missed'] as const

function Tabs({ place }: { place: Place }) {
  const { t } = useCallDesk()
  const missed = useCalls((state) => state.openMissed)
  const list = useRef<HTMLDivElement>(null)
  const go = (tab: Tab) => {
    visit(hrefOfTab(tab, place.search))
    list.current?.querySelector<HTMLElement>(`[data-tab="${tab}"]`)?.focus()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (!/^(Arrow(Left|Right)|Home|End)$/.test(event.key)) return
    event.preventDefault()
    go(event.key === 'Home' || event.key === 'ArrowLeft' ? 'all' : 'missed')
  }
  return (
    <div ref={list} role="tablist" aria-label={t('history.tabs.label')} className="flex rounded-control bg-sunken p-0.5">
      {tabs.map((tab) => {
        const isHere = tab === place.tab
        const count = tab === 'missed' ? missed : 0
        return (
          <button
            key={tab}
            type="button"
            role="tab"
            id={`calls-tab-${tab}`}
            data-tab={tab}
            aria-selected={isHere}
            aria-controls={isHere ? 'calls-panel' : undefined}
            tabIndex={isHere ? 0 : -1}
            title={count > 0 ? t('history.tabs.open', { count }) : undefined}
            onClick={() => go(tab)}
            onKeyDown={onKeyDown}
            className={cx(
              'flex h-7 items-center gap-1.5 rounded-[4px] px-3 font-medium transition-colors duration-150',
              isHere ? 'bg-surface text-ink shadow-rest' : 'text-ink-2 hover:text-ink',
            )}
          >
            {t(`history.tabs.${tab}`)}
            {count > 0 && (
              <span
                aria-hidden="true"
                className="min-w-4 rounded-full bg-alarm-fill px-1 text-center text-[10px] leading-4 text-white tabular-nums"
              >
                {count > 99 ? '99+' : count}
              </span>
            )}
          </button>
        )
      })}
    </div>
  )
}

function ExportButton({ onExport }: { onExport: () => void }) {
  const { t } = useCallDesk()
  const progress = useLater(createExportingStore, (state) => state.progress)
  const percent = progress?.state === 'running' ? Math.floor((100 * progress.done) / Math.max(1, progress.total)) : undefined
  return <Button onClick={onExport}>{percent === undefined ? t('history.export.open') : t('history.export.running', { percent })}</Button>
}
