import { useId, type ComponentProps } from 'react'

interface TextFieldProps extends ComponentProps<'input'> {
  label: string
  /** Says what is wrong with what was typed, beside it. */
  error?: string | undefined
}

/** One line of text with its label above. */
export function TextField({ label, error, ...rest }: TextFieldProps) {
  const id = useId()
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-small font-medium text-ink-2">
        {label}
      </label>
      <input
        id={id}
        aria-invalid={error ? true : undefined}
        aria-describedby={error ? `${id}-error` : undefined}
        className="h-10 w-full rounded-control border border-line-strong bg-surface px-3 text-ink transition-colors duration-150 hover:border-ink-3 aria-invalid:border-alarm"
        {...rest}
      />
      {error && (
        <p id={`${id}-error`} className="text-small text-alarm">
          {error}
        </p>
      )}
    </div>
  )
}
