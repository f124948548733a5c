import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { Pane } from '../phone/turn-on.tsx'
import { FailureNotice } from '../shell/failure-notice.tsx'
import type { ListState } from '../state/keyset-list.ts'
import { Button } from '../ui/button.tsx'
import { useRecordingWords } from '../words/index.ts'

interface FrameProps {
  list: Pick<ListState<unknown>, 'items' | 'failure' | 'isLoadingMore'>
  icon: LucideIcon
  empty: { title: string; text: string; act?: { label: string; onClick: () => void } }
  onRetry: () => void
  children: ReactNode
}

/** What stands in a list's place while it has not come, could not come, or is empty; and a failure above one that has. */
export function ListFrame({ list, icon: Icon, empty, onRetry, children }: FrameProps) {
  const t = useRecordingWords()
  const failed = list.failure && (
    <div className="px-3 pb-2">
      <FailureNotice failure={list.failure}>
        <Button onClick={onRetry}>{t('recordings.retry')}</Button>
      </FailureNotice>
    </div>
  )
  if (!list.items) return failed ?? <Skeleton />
  if (list.items.length === 0)
    return (
      <>
        {failed}
        <div className="flex min-h-0 flex-1 items-center justify-center p-4">
          <Pane icon={<Icon className="size-6" strokeWidth={1.5} aria-hidden="true" />} title={empty.title} text={empty.text}>
            {empty.act && <Button onClick={empty.act.onClick}>{empty.act.label}</Button>}
          </Pane>
        </div>
      </>
    )
  return (
    <>
      {failed}
      {children}
    </>
  )
}

const LINES = ['w-3/5', 'w-2/5', 'w-1/2', 'w-2/3', 'w-1/3', 'w-1/2'] as const
function Skeleton() {
  const t = useRecordingWords()
  return (
    <div className="flex animate-late flex-col px-3">
      <p className="sr-only">{t('recordings.loading')}</p>
      {LINES.map((width, index) => (
        <div key={`${width} ${index}`} aria-hidden="true" className="flex h-14 flex-col justify-center gap-2 pl-10">
          <div className={`h-3 rounded bg-pressed ${width}`} />
          <div className="h-2.5 w-1/4 rounded bg-pressed" />
        </div>
      ))}
    </div>
  )
}
