import { useState, type KeyboardEvent, type PointerEvent } from 'react'
import { formatDuration } from '../ui/time.ts'
import { useRecordingWords } from '../words/index.ts'
import type { Loop } from './model/passages.ts'

/** Seconds that an arrow key moves, and with Shift. */
const STEP = 5
const LONG_STEP = 15

interface SliderProps {
  at: number
  duration: number
  loop: Loop | null
  onSeek: (at: number) => void
  onToggle: () => void
}

/** Where a key moves to; undefined when it is not one of the slider's. */
function moveOf({ key, shiftKey }: KeyboardEvent, at: number, duration: number): number | undefined {
  const step = shiftKey ? LONG_STEP : STEP
  if (key === 'Home') return 0
  if (key === 'End') return duration
  if (key === 'PageUp' || key === 'PageDown') return at + (key === 'PageUp' ? LONG_STEP : -LONG_STEP)
  if (key === 'ArrowRight' || key === 'ArrowUp') return at + step
  return key === 'ArrowLeft' || key === 'ArrowDown' ? at - step : undefined
}

const percent = (at: number, duration: number) => `${Math.min(100, Math.max(0, (at / duration) * 100))}%`

/** Lies over the waveform: a click or a drag goes there, the time under the cursor is shown, keys move. */
export function PositionSlider({ at, duration, loop, onSeek, onToggle }: SliderProps) {
  const t = useRecordingWords()
  const [hover, setHover] = useState<number | null>(null)
  const timeAt = ({ clientX, currentTarget }: PointerEvent) => {
    const { left, width } = currentTarget.getBoundingClientRect()
    return width > 0 ? Math.min(1, Math.max(0, (clientX - left) / width)) * duration : 0
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const to = moveOf(event, at, duration)
    if (to === undefined && event.key !== ' ') return
    event.preventDefault()
    if (to === undefined) onToggle()
    else onSeek(Math.min(duration, Math.max(0, to)))
  }
  const words = { at: formatDuration(at), of: formatDuration(duration) }
  return (
    <div
      // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- a range input has no waveform under it and steps by its own keys
      role="slider"
      tabIndex={0}
      aria-label={t('recordings.player.position')}
      aria-valuemin={0}
      aria-valuemax={Math.round(duration)}
      aria-valuenow={Math.round(at)}
      aria-valuetext={t('recordings.player.positionText', words)}
      title={t('recordings.player.hint')}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        if (event.button !== 0) return
        event.currentTarget.setPointerCapture?.(event.pointerId)
        onSeek(timeAt(event))
      }}
      onPointerMove={(event) => {
        const time = timeAt(event)
        setHover(time)
        if (event.buttons === 1) onSeek(time)
      }}
      onPointerLeave={() => setHover(null)}
      className="absolute inset-0 cursor-pointer touch-none rounded-control"
    >
      {loop && (
        <span
          className="pointer-events-none absolute inset-y-0 border-x-2 border-accent bg-accent-wash"
          style={{ left: percent(loop.from, duration), right: `calc(100% - ${percent(loop.to ?? duration, duration)})` }}
        />
      )}
      <span className="pointer-events-none absolute inset-y-0 w-px bg-accent" style={{ left: percent(at, duration) }} />
      {hover !== null && (
        <span
          data-testid="hover-time"
          className="pointer-events-none absolute -top-6 -translate-x-1/2 rounded bg-ink px-1.5 text-small text-surface tabular-nums"
          style={{ left: `clamp(1.25rem, ${percent(hover, duration)}, calc(100% - 1.25rem))` }}
        >
          {formatDuration(hover)}
        </span>
      )}
    </div>
  )
}
