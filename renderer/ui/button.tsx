import type { ComponentProps, ReactNode } from 'react'
import { cx } from './class-names.ts'

const looks = {
  primary: 'bg-accent-fill text-white hover:bg-accent-fill-hover',
  call: 'bg-call-fill text-white hover:bg-call-fill-hover',
  end: 'bg-alarm-fill text-white hover:bg-alarm-fill-hover',
  plain: 'border border-line-strong bg-surface text-ink hover:bg-hover',
  quiet: 'text-ink-2 hover:bg-hover hover:text-ink',
}

interface ButtonProps extends ComponentProps<'button'> {
  look?: keyof typeof looks
  /** 40 px, for what a screen is about; 32 otherwise. */
  isLarge?: boolean
  icon?: ReactNode
}

/** A verb. `type` is `button` unless said otherwise. */
export function Button({ look = 'plain', isLarge = false, icon, className, children, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      className={cx(
        'inline-flex shrink-0 items-center justify-center gap-2 rounded-control font-medium transition-colors duration-150 select-none',
        'disabled:cursor-default disabled:border-transparent disabled:bg-pressed disabled:text-ink-3',
        isLarge ? 'h-10 px-4' : 'h-8 px-3',
        looks[look],
        className,
      )}
      {...rest}
    >
      {icon}
      {children}
    </button>
  )
}

/** An icon with a name and a tooltip. */
export function IconButton({ label, className, children, ...rest }: ComponentProps<'button'> & { label: string }) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      className={cx(
        'inline-flex size-8 shrink-0 items-center justify-center rounded-control text-ink-2 transition-colors duration-150 hover:bg-hover hover:text-ink',
        'disabled:cursor-default disabled:text-ink-3 disabled:hover:bg-transparent',
        className,
      )}
      {...rest}
    >
      {children}
    </button>
  )
}
