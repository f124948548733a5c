import type { Bridge } from '../../contract/desktop.ts'
import { settled } from './settled.ts'

interface HistoryEars {
  /** Nobody has looked at it yet: nothing to refresh. */
  isShown: () => boolean
  changed: () => Promise<unknown>
  cached?: (sid: string, isCached: boolean) => void
  signedOut: () => void
}

/** Tells a list when what it shows may have changed: a burst once, `settleMs` after it began; a stream that never rests, again and again. */
export function onHistory(bridge: Bridge, settleMs: number, { isShown, changed, cached, signedOut }: HistoryEars): void {
  const refresh = settled(async () => isShown() && changed(), settleMs)
  const heard = () => isShown() && refresh()
  bridge.on('calls.changed', heard)
  bridge.on('records.changed', heard)
  bridge.on('recordings.cached', ({ sid, isCached }) => isShown() && cached?.(sid, isCached))
  bridge.on('session.changed', ({ state }) => state === 'signed-in' || signedOut())
}
