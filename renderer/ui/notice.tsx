import { TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { cx } from './class-names.ts'

/** Something went wrong here: what, and what to do. Read aloud when it appears. */
export function Notice({ title, text, children, isWarning }: { title: string; text?: string; children?: ReactNode; isWarning?: boolean }) {
  return (
    <div
      role="alert"
      className={cx('flex animate-rise gap-2.5 rounded-panel px-3 py-2.5 text-left', isWarning ? 'bg-warn-wash' : 'bg-alarm-wash')}
    >
      <TriangleAlert
        className={cx('mt-0.5 size-4 shrink-0', isWarning ? 'text-warn' : 'text-alarm')}
        strokeWidth={1.75}
        aria-hidden="true"
      />
      <div className="min-w-0 flex-1">
        <p className="font-medium text-ink">{title}</p>
        {text && <p className="text-ink-2">{text}</p>}
        {children && <div className="mt-2 flex flex-wrap gap-2">{children}</div>}
      </div>
    </div>
  )
}
