import type { ComponentProps, ReactNode } from 'react'
import { cx } from './class-names.ts'

interface CheckProps extends Omit<ComponentProps<'input'>, 'children'> {
  label: ReactNode
  /** `radio` for one of several. */
  type?: 'checkbox' | 'radio'
}

/** A tick, or one of several choices, with its words beside it. The whole line is the target. */
export function Check({ label, type = 'checkbox', className, ...rest }: CheckProps) {
  return (
    <label className={cx('flex min-h-8 cursor-pointer items-center gap-2 has-disabled:cursor-default has-disabled:text-ink-3', className)}>
      <input type={type} className="size-4 shrink-0 accent-accent-fill" {...rest} />
      <span className="min-w-0">{label}</span>
    </label>
  )
}
