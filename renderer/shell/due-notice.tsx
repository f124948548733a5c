import { Button } from '../ui/button.tsx'
import { useWords } from '../words/index.ts'
import { goTo } from './route.ts'

/** Holds that are over, said wherever one is: a manager is asked, nothing happens by itself (RULES R31). */
export default function DueNotice({ count, onLater }: { count: number; onLater: () => void }) {
  const t = useWords()
  return (
    <div className="flex shrink-0 flex-wrap items-center gap-2 border-t border-line bg-warn-wash px-4 py-1.5">
      {/* oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- an output is phrasing of a form */}
      <p role="status" className="min-w-0 flex-1 font-medium">
        {t('shell.due', { count })}
      </p>
      <Button onClick={() => goTo('numbers', 'due')}>{t('shell.dueReview')}</Button>
      <Button look="quiet" onClick={onLater}>
        {t('shell.dueLater')}
      </Button>
    </div>
  )
}
