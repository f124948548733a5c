import { useId } from 'react'

interface MessageFieldProps {
  label: string
  hint: string
  value: string
  limit: number
  onChange: (value: string) => void
}

/** A text of several lines with its label above. */
export function MessageField({ label, hint, value, limit, onChange }: MessageFieldProps) {
  const id = useId()
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-small font-medium text-ink-2">
        {label}
      </label>
      <textarea
        id={id}
        rows={2}
        maxLength={limit}
        placeholder={hint}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        className="w-full resize-y rounded-control border border-line-strong bg-surface px-3 py-2 transition-colors duration-150 hover:border-ink-3"
      />
    </div>
  )
}
