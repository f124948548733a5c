import type { Twilio } from 'twilio'
import { isTerminal } from '../contract/outcome.ts'
import type { Calls } from './calls/store.ts'
import type { Clock } from './ports.ts'

/** No call lasts longer (Twilio's own limit, without the option of 24 h). */
const LONGEST_MS = 4 * 3_600_000

/** Ends what these devices are talking on (RULES R22: revoking ends live legs). Resolves with how many; Twilio's errors pass. */
export async function endLegsOf(deviceIds: readonly string[], deps: { client: Twilio; calls: Calls; clock: Clock }): Promise<number> {
  const since = new Date(deps.clock.now().getTime() - LONGEST_MS).toISOString()
  const legs = deps.calls
    .unsettled(since)
    .filter((call) => !call.isOver)
    .flatMap(({ callId }) => deps.calls.record(callId)?.legs ?? [])
  const sids = legs.flatMap((leg) => (deviceIds.includes(leg.deviceId ?? '') && !isTerminal(leg.status) && leg.sid ? leg.sid : []))
  await Promise.all(sids.map((sid) => deps.client.calls(sid).update({ status: 'completed' })))
  return sids.length
}
