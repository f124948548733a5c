import { cx } from './class-names.ts'

interface ProgressBarProps {
  label: string
  value: number
  max: number
  className?: string
}

/** How far something is, in the accent. */
export function ProgressBar({ label, value, max, className }: ProgressBarProps) {
  return (
    <progress
      aria-label={label}
      max={max}
      value={Math.min(value, max)}
      className={cx(
        'h-2 w-full appearance-none overflow-hidden rounded-full bg-pressed',
        '[&::-moz-progress-bar]:bg-accent-fill [&::-webkit-progress-bar]:bg-pressed [&::-webkit-progress-value]:bg-accent-fill',
        className,
      )}
    />
  )
}
