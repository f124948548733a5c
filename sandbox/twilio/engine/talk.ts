import { bridge } from '../media/bridge.ts'
import type { DialVerb } from '../twiml/verbs.ts'
import { pause } from './deps.ts'
import type { LiveCall } from './live-call.ts'
import type { Scene } from './scene.ts'

/** Lets two answered legs talk until one of them ends, time is up or somebody is redirected; then the child is ended, unless it moved on. */
export async function talk({ deps, live, signal }: Scene, verb: DialVerb, child: LiveCall): Promise<{ isDetached: boolean }> {
  const [one, two] = [live.leg!, child.leg!]
  const part = bridge(one.audio, two.audio)
  const over = new AbortController()
  let isDetached = false
  const end = () => over.abort()
  child.detach = () => {
    isDetached = true
    end()
  }
  // Audio crosses as it is, but keys are events.
  const unsubscribe = [
    live.on((event) => {
      if (event.type !== 'digit') return
      if (verb.isHangupOnStar && event.digit === '*') end()
      else two.sendDigits(event.digit)
    }),
    child.on((event) => {
      if (event.type === 'digit') one.sendDigits(event.digit)
    }),
  ]
  signal.addEventListener('abort', end, { once: true })
  child.over.addEventListener('abort', end, { once: true })
  if (!signal.aborted && !child.isOver) await pause(deps.clock, verb.timeLimitSeconds * 1000, over.signal)
  part()
  for (const off of unsubscribe) off()
  signal.removeEventListener('abort', end)
  child.detach = undefined
  if (!isDetached) child.finish('completed')
  return { isDetached }
}
