import type { EngineDeps } from './deps.ts'
import type { LiveCall } from './live-call.ts'
import { report } from './source.ts'

/** Whether the account may have no more legs at once (10004); reported for the call that suffers from it. */
export function isFull(deps: EngineDeps, sufferer: LiveCall): boolean {
  const limit = deps.switches().concurrencyLimit
  const others = [...deps.lives.values()].filter((live) => live !== sufferer && live.leg)
  if (!limit || others.length < limit) return false
  report(deps, sufferer, 'error', { code: 10_004, message: 'Call concurrency limit exceeded' })
  return true
}
