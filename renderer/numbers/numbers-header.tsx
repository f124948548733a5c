import { Ellipsis, Search } from 'lucide-react'
import { DropdownMenu } from 'radix-ui'
import { FailureNotice } from '../shell/failure-notice.tsx'
import { goTo } from '../shell/route.ts'
import { createNumbersStore } from '../state/numbers.ts'
import { useApp } from '../state/use.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { cx } from '../ui/class-names.ts'
import { useNumberWords } from '../words/index.ts'
import { useDesk } from './desk.tsx'
import type { Ask } from './dialogs.tsx'
import { isFiltered } from './model/filter.ts'
import { SyncButton, SyncLine } from './sync-line.tsx'
import type { List } from './use-list.ts'
import { useSaveExport } from './use-save-export.ts'

interface HeaderProps {
  isCost: boolean
  /** What *Export* exports: the numbers in the list, or all of them when it is not narrowed; null: not here. */
  exported: Pick<List, 'filter' | 'shown'> | null
  /** Details are open, which take its place in a narrow window. */
  isBehind: boolean
  onAsk: (ask: Ask) => void
}

/** Title, views and what a manager does with all of them. */
export function NumbersHeader({ isCost, exported, isBehind, onAsk }: HeaderProps) {
  const t = useNumberWords()
  const { isManager } = useDesk()
  const { run, isBusy, failure } = useSaveExport()
  return (
    <div className={cx('flex shrink-0 flex-col gap-2 px-5 pt-4 pb-2', isBehind && 'max-wide:p-0')}>
      <div className="flex flex-wrap items-center gap-2">
        <h1 className={cx('text-title font-semibold tracking-tight', isBehind && 'max-wide:sr-only')}>{t('numbers.title')}</h1>
        <div className={cx('contents', isBehind && 'max-wide:hidden')}>
          {isManager && <Views isCost={isCost} />}
          <span className="flex-1" />
          {isManager && exported && <Export {...exported} isBusy={isBusy} run={run} />}
          {isManager && <SyncButton />}
          <Button
            look={isManager ? 'primary' : 'plain'}
            icon={<Search className="size-4" strokeWidth={1.75} aria-hidden="true" />}
            onClick={() => goTo('numbers', 'search')}
          >
            {isManager ? t('numbers.searchNumbers') : t('numbers.emptyStaffAct')}
          </Button>
          {isManager && <More onAsk={onAsk} />}
        </div>
      </div>
      <div className={cx('flex flex-col gap-2 empty:hidden', isBehind && 'max-wide:hidden')}>
        {isManager && <SyncLine />}
        {failure && <FailureNotice failure={failure} />}
      </div>
    </div>
  )
}

interface ExportProps extends Pick<List, 'filter' | 'shown'> {
  isBusy: boolean
  run: (phoneNumbers?: readonly string[]) => Promise<void>
}

/** Of a narrowed list what is shown, in its order; else all, those that left included. */
function Export({ filter, shown, isBusy, run }: ExportProps) {
  const t = useNumberWords()
  const some = isFiltered(filter)
  const label = some ? t('numbers.exportShown', { count: shown.length }) : t('numbers.export')
  return (
    <Button
      disabled={isBusy || (some && shown.length === 0)}
      title={some ? t('numbers.exportShownHint') : t('numbers.exportHint')}
      onClick={() => void run(some ? shown.map(({ number }) => number.phoneNumber) : undefined)}
    >
      {isBusy ? t('numbers.exporting') : label}
    </Button>
  )
}

function Views({ isCost }: { isCost: boolean }) {
  const t = useNumberWords()
  const views = [
    ['#/numbers', t('numbers.views.list'), !isCost],
    ['#/numbers/cost', t('numbers.views.cost'), isCost],
  ] as const
  return (
    <nav aria-label={t('numbers.views.label')} className="flex rounded-control bg-sunken p-0.5">
      {views.map(([href, label, isHere]) => (
        <a
          key={href}
          href={href}
          aria-current={isHere ? 'page' : undefined}
          className={cx(
            'flex h-7 items-center rounded-[4px] px-3 font-medium transition-colors duration-150',
            isHere ? 'bg-surface text-ink shadow-rest' : 'text-ink-2 hover:text-ink',
          )}
        >
          {label}
        </a>
      ))}
    </nav>
  )
}

/** What is done with every number at once. */
function More({ onAsk }: Pick<HeaderProps, 'onAsk'>) {
  const t = useNumberWords()
  const store = useApp().state.later(createNumbersStore)
  const recordAll = () => {
    const rest = (store.getState().numbers ?? []).filter((one) => !one.isRecorded && one.state !== 'left')
    if (rest.length > 0) onAsk({ kind: 'record', numbers: rest })
  }
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger asChild>
        <IconButton label={t('numbers.more')}>
          <Ellipsis className="size-4" strokeWidth={1.75} />
        </IconButton>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="end"
          sideOffset={4}
          className="z-40 min-w-48 rounded-panel border border-line-strong bg-raised p-1.5 shadow-raised"
        >
          <DropdownMenu.Item
            onSelect={recordAll}
            className="flex h-8 cursor-pointer items-center rounded-control px-2.5 outline-none data-highlighted:bg-hover"
          >
            {t('numbers.recordAll')}
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}
