import { useId } from 'react'
import { cx } from './class-names.ts'

interface SegmentedProps<V extends string> {
  /** Heard, not seen. */
  label: string
  value: V
  options: readonly { value: V; label: string; title?: string }[]
  disabled?: boolean
  /** Why it is disabled, or what it does. */
  title?: string | undefined
  onChange: (value: V) => void
}

/** One of a few, side by side. Arrow keys choose. */
export function Segmented<V extends string>({ label, value, options, disabled = false, title, onChange }: SegmentedProps<V>) {
  const name = useId()
  return (
    <div
      role="radiogroup"
      aria-label={label}
      aria-disabled={disabled || undefined}
      title={title}
      className="inline-flex h-8 shrink-0 items-stretch rounded-control border border-line-strong p-0.5"
    >
      {options.map((option) => (
        <label
          key={option.value}
          title={option.title}
          className={cx(
            'flex min-w-8 cursor-pointer items-center justify-center rounded px-2.5 font-medium transition-colors duration-150 has-focus-visible:outline-2 has-focus-visible:outline-accent',
            option.value === value ? 'bg-accent-wash text-accent' : 'text-ink-2 hover:bg-hover hover:text-ink',
            disabled && 'cursor-default text-ink-3 hover:bg-transparent hover:text-ink-3',
            disabled && option.value === value && 'bg-pressed',
          )}
        >
          <input
            type="radio"
            name={name}
            className="sr-only"
            checked={option.value === value}
            disabled={disabled}
            onChange={() => onChange(option.value)}
          />
          {option.label}
        </label>
      ))}
    </div>
  )
}
