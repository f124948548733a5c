import { vi } from 'vitest'
import type { CallRecord } from '../../../contract/call.ts'
import type { Desktop } from './stack.ts'

/** Repeats `check` until it holds. @throws its last error after `timeoutMs`. */
export const eventually = <T>(check: () => T | Promise<T>, timeoutMs = 15_000): Promise<T> =>
  vi.waitFor(check, { timeout: timeoutMs, interval: 100 })

export async function history(desktop: Desktop): Promise<CallRecord[]> {
  return (await desktop.request<{ calls: CallRecord[] }>('calls.page', { limit: 50 })).calls
}

/** The one call that this desktop's history gains from now on. */
export async function upcoming(desktop: Desktop) {
  const before = new Set((await history(desktop)).map((call) => call.callId))
  const record = () =>
    eventually(async () => {
      const calls = (await history(desktop)).filter((call) => !before.has(call.callId))
      if (calls.length !== 1) throw new Error(`expected one new call, there are ${calls.length}: ${JSON.stringify(calls)}`)
      return calls[0]!
    })
  return {
    record,
    /** Waits until the call is over and its record complete, with this outcome and reason. */
    outcome: (outcome: CallRecord['outcome'], reason: CallRecord['reason'] = null, timeoutMs = 20_000): Promise<CallRecord> =>
      eventually(async () => {
        const call = await record()
        const [seen, wanted] = [`${call.outcome}/${call.reason}`, `${outcome}/${reason}`]
        if (seen !== wanted) throw new Error(`the outcome is ${seen}, expected ${wanted}: ${JSON.stringify(call)}`)
        if (outcome === 'answered' && call.talkSeconds === null) throw new Error(`the talk time is not known yet: ${JSON.stringify(call)}`)
        return call
      }, timeoutMs),
  }
}
