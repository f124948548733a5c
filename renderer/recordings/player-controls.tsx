import { Pause, Play, Repeat } from 'lucide-react'
import type { ReactNode } from 'react'
import { createListeningStore } from '../state/listening.ts'
import { useApp, useLater } from '../state/use.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { Check } from '../ui/check.tsx'
import { cx } from '../ui/class-names.ts'
import { Segmented } from '../ui/segmented.tsx'
import { Select } from '../ui/select.tsx'
import { formatDuration } from '../ui/time.ts'
import { useRecordingWords } from '../words/index.ts'
import { loopWith, wholeLoop, type Loop } from './model/passages.ts'
import type { whyTogether } from './model/lanes.ts'
import type { Heard } from './sound-graph.ts'

export const speeds = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.5, 3] as const

interface PlayButtonProps {
  isPlaying: boolean
  isDisabled: boolean
  onToggle: () => void
}

export function PlayButton({ isPlaying, isDisabled, onToggle }: PlayButtonProps) {
  const t = useRecordingWords()
  const Icon = isPlaying ? Pause : Play
  return (
    <button
      type="button"
      aria-label={isPlaying ? t('recordings.player.pause') : t('recordings.player.play')}
      title={isPlaying ? t('recordings.player.pause') : t('recordings.player.play')}
      disabled={isDisabled}
      onClick={onToggle}
      className="flex size-10 shrink-0 items-center justify-center rounded-full bg-accent-fill text-white transition-colors duration-150 hover:bg-accent-fill-hover disabled:bg-pressed disabled:text-ink-3"
    >
      <Icon className={cx('size-5', !isPlaying && 'translate-x-px')} strokeWidth={1.75} fill="currentColor" aria-hidden="true" />
    </button>
  )
}

interface ControlsProps {
  heard: Heard
  /** Why the sides cannot be heard apart, or null. */
  together: ReturnType<typeof whyTogether>
  /** Of us, where it is a colleague who is heard. */
  ourName: string | null
  hasSilences: boolean
  loop: Loop | null
  at: number
  onHear: (who: Heard) => void
  onLoop: (loop: Loop | null) => void
  children: ReactNode
}

/** Who is heard, how fast, what is skipped and repeated. */
export function PlayerControls(props: ControlsProps) {
  const { heard, together, ourName, hasSilences, onHear, children } = props
  const t = useRecordingWords()
  const listening = useApp().state.later(createListeningStore)
  const speed = useLater(createListeningStore, (state) => state.speed)
  const skips = useLater(createListeningStore, (state) => state.skipsSilence)
  const why = together === 'no-roles' ? t('recordings.player.noRoles') : undefined
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        {children}
        {together !== 'mono' && (
          <Segmented<Heard>
            label={t('recordings.player.who')}
            value={together ? 'both' : heard}
            disabled={together !== null}
            title={why}
            options={[
              { value: 'us', label: t('recordings.you'), ...(ourName ? { title: ourName } : {}) },
              { value: 'them', label: t('recordings.them') },
              { value: 'both', label: t('recordings.player.both') },
            ]}
            onChange={onHear}
          />
        )}
        <span className="w-20">
          <Select
            isBare
            label={t('recordings.player.speed')}
            value={String(speed)}
            onChange={(event) => listening.getState().setSpeed(Number(event.target.value))}
          >
            {speeds.map((rate) => (
              <option key={rate} value={String(rate)}>
                {t('recordings.player.times', { rate })}
              </option>
            ))}
          </Select>
        </span>
        <span title={hasSilences ? undefined : t('recordings.player.noSilences')}>
          <Check
            label={t('recordings.player.skip')}
            checked={skips}
            disabled={!hasSilences}
            onChange={() => listening.getState().setSkipsSilence(!skips)}
          />
        </span>
        <LoopControls {...props} />
      </div>
      {why && <p className="text-small text-ink-2">{why}</p>}
    </div>
  )
}

function LoopControls({ loop, at, onLoop }: Pick<ControlsProps, 'loop' | 'at' | 'onLoop'>) {
  const t = useRecordingWords()
  const isPart = loop !== null && (loop.from > 0 || loop.to !== null)
  return (
    <span className="flex flex-wrap items-center gap-2">
      <IconButton
        label={t('recordings.player.loop')}
        aria-pressed={loop !== null}
        onClick={() => onLoop(loop ? null : wholeLoop)}
        className={cx(loop && 'bg-accent-wash text-accent')}
      >
        <Repeat className="size-4" strokeWidth={1.75} />
      </IconButton>
      {loop && (
        <>
          <Button onClick={() => onLoop(loopWith(loop, 'from', at))}>{t('recordings.player.loopFrom')}</Button>
          <Button onClick={() => onLoop(loopWith(loop, 'to', at))}>{t('recordings.player.loopTo')}</Button>
          {isPart && (
            <Button look="quiet" onClick={() => onLoop(wholeLoop)}>
              {t('recordings.player.loopAll')}
            </Button>
          )}
          {isPart && loop.to !== null && (
            <span className="text-small text-ink-2 tabular-nums">
              {t('recordings.player.loopText', { from: formatDuration(loop.from), to: formatDuration(loop.to) })}
            </span>
          )}
        </>
      )}
    </span>
  )
}
