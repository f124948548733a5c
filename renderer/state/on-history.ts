import type { Bridge } from '../../contract/desktop.ts'

interface HistoryEars {
  /** Nobody has looked at it yet: nothing to refresh. */
  isShown: () => boolean
  changed: () => void
  cached?: (sid: string, isCached: boolean) => void
  signedOut: () => void
}

/** Tells a list when what it shows may have changed: a burst once, after `settleMs` of rest. */
export function onHistory(bridge: Bridge, settleMs: number, { isShown, changed, cached, signedOut }: HistoryEars): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  const settle = () => {
    if (!isShown()) return
    clearTimeout(timer)
    timer = setTimeout(() => isShown() && changed(), settleMs)
  }
  bridge.on('calls.changed', settle)
  bridge.on('records.changed', settle)
  bridge.on('recordings.cached', ({ sid, isCached }) => isShown() && cached?.(sid, isCached))
  bridge.on('session.changed', ({ state }) => state === 'signed-in' || signedOut())
}
