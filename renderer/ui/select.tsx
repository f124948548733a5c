import { ChevronDown } from 'lucide-react'
import { useId, type ComponentProps } from 'react'

interface SelectProps extends ComponentProps<'select'> {
  label: string
  /** One sentence below. */
  text?: string
  /** The label is heard, not seen. */
  isBare?: boolean
}

/** One of a list, with its label above. */
export function Select({ label, text, isBare = false, children, ...rest }: SelectProps) {
  const id = useId()
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <label htmlFor={id} className={isBare ? 'sr-only' : 'text-small font-medium text-ink-2'}>
        {label}
      </label>
      <span className="relative min-w-0">
        <select
          id={id}
          aria-describedby={text ? `${id}-text` : undefined}
          className="h-8 w-full appearance-none truncate rounded-control border border-line-strong bg-surface pr-8 pl-2.5 text-ink hover:bg-hover disabled:text-ink-3"
          {...rest}
        >
          {children}
        </select>
        <ChevronDown
          className="pointer-events-none absolute top-1/2 right-2 size-4 -translate-y-1/2 text-ink-3"
          strokeWidth={1.75}
          aria-hidden="true"
        />
      </span>
      {text && (
        <p id={`${id}-text`} className="text-small text-ink-2">
          {text}
        </p>
      )}
    </div>
  )
}
