import { useEffect, useRef, useState, useSyncExternalStore } from 'react'
import type WaveSurfer from 'wavesurfer.js'
import type { Lane } from './model/lanes.ts'
import type { Playback } from './playback.ts'

/** Of one lane, px. */
export const LANE_HEIGHT = 36

interface WaveformProps {
  lanes: readonly Lane[]
  duration: number
  playback: Playback
}

/** The page's nonce: wavesurfer puts a <style> into its shadow root, which the page's policy lets in by it alone. */
const nonce = () => document.querySelector<HTMLScriptElement>('script[nonce]')?.nonce ?? ''

const dark = () => matchMedia('(prefers-color-scheme: dark)')
/** Changes with the theme: a canvas has no colours of its own accord. */
function useTheme(): string {
  return useSyncExternalStore(
    (changed) => {
      const observer = new MutationObserver(changed)
      observer.observe(document.documentElement, { attributeFilter: ['data-theme'] })
      const query = dark()
      query.addEventListener('change', changed)
      return () => (observer.disconnect(), query.removeEventListener('change', changed))
    },
    () => document.documentElement.dataset['theme'] ?? String(dark().matches),
  )
}

/** Draws the lanes with what was played filled; it makes no sound and takes no clicks. The library is loaded with the first one. */
export function Waveform(props: WaveformProps) {
  return <Painting key={useTheme()} {...props} />
}

function Painting({ lanes, duration, playback }: WaveformProps) {
  const holder = useRef<HTMLDivElement>(null)
  const played = useRef<HTMLSpanElement>(null)
  const [wave, setWave] = useState<WaveSurfer>()
  useEffect(() => {
    let isWanted = true
    let drawn: WaveSurfer | undefined
    const draw = async () => {
      const { default: Library } = await import('wavesurfer.js')
      const container = holder.current
      if (!isWanted || !container || !played.current) return
      drawn = Library.create({
        container,
        cspNonce: nonce(),
        interact: false,
        height: LANE_HEIGHT,
        waveColor: getComputedStyle(container).color,
        progressColor: getComputedStyle(played.current).color,
        cursorWidth: 0,
        barWidth: 2,
        barGap: 1,
        barRadius: 1,
        hideScrollbar: true,
        splitChannels: lanes.map(() => ({})),
        peaks: lanes.map((lane) => [...lane.peaks]),
        duration,
      })
      setWave(drawn)
    }
    void draw()
    return () => {
      isWanted = false
      setWave(undefined)
      drawn?.destroy()
    }
  }, [lanes, duration])
  useEffect(() => (wave ? followTime(wave, playback) : undefined), [wave, playback])
  return (
    <div ref={holder} aria-hidden="true" className="pointer-events-none isolate text-ink-3" style={{ height: lanes.length * LANE_HEIGHT }}>
      <span ref={played} className="text-accent" />
    </div>
  )
}

/** Fills what was played: by frame while it plays, else whenever the time changes. */
function followTime(wave: WaveSurfer, playback: Playback): () => void {
  let frame = 0
  const show = () => wave.setTime(playback.now())
  const step = () => {
    show()
    frame = playback.view().isPlaying ? requestAnimationFrame(step) : 0
  }
  const changed = () => {
    if (frame === 0) step()
  }
  const stopReady = wave.on('ready', show)
  const stop = playback.subscribe(changed)
  changed()
  return () => (stop(), stopReady(), cancelAnimationFrame(frame))
}
