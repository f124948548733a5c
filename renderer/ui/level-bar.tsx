import { useEffect, useRef } from 'react'

/** A level 0…1 that moves 20 times a second: written to the DOM directly, since React need not know. */
export function LevelBar({ label, subscribe }: { label: string; subscribe: (show: (level: number) => void) => () => void }) {
  const bar = useRef<HTMLSpanElement>(null)
  const meter = useRef<HTMLMeterElement>(null)
  useEffect(
    () =>
      subscribe((level) => {
        const shown = Math.min(1, Math.max(0, level)).toFixed(2)
        bar.current?.style.setProperty('transform', `scaleX(${shown})`)
        meter.current?.setAttribute('value', shown)
      }),
    [subscribe],
  )
  return (
    <label className="relative flex items-center gap-2 text-small text-ink-2">
      <span className="w-9 shrink-0 text-left">{label}</span>
      <meter ref={meter} className="sr-only" min={0} max={1} value={0} />
      <span aria-hidden="true" className="h-1.5 flex-1 overflow-hidden rounded-full bg-pressed">
        <span
          ref={bar}
          className="block h-full origin-left [transform:scaleX(0)] rounded-full bg-accent transition-transform duration-75"
        />
      </span>
    </label>
  )
}
