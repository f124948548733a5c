import type { Playback } from './playback.ts'

/** While it plays it is told so often where. */
const EVERY_SECONDS = 5
/** So near to the end nothing is left to go on with. */
const END_SECONDS = 0.5

/** Tells where listening stops: every few seconds, at each pause and seek, and when it is left. @returns how to stop, which tells the last */
export function keepPosition(playback: Pick<Playback, 'view' | 'subscribe'>, start: number, keep: (seconds: number) => void): () => void {
  let kept = start
  let before = playback.view()
  const tell = () => {
    const { at, duration } = playback.view()
    const seconds = duration !== null && duration - at < END_SECONDS ? 0 : at
    if (seconds === kept) return
    kept = seconds
    keep(seconds)
  }
  const stop = playback.subscribe(() => {
    const now = playback.view()
    const hasPaused = before.isPlaying && !now.isPlaying
    const isFar = Math.abs(now.at - kept) >= EVERY_SECONDS
    before = now
    if (hasPaused || isFar) tell()
  })
  return () => {
    stop()
    tell()
  }
}
