import { FailureError } from '../../../contract/failure.ts'
import type { VoiceWiring } from '../../../contract/number-relay.ts'
import type { Clock } from '../../ports.ts'
import type { Store } from '../../store/store.ts'
import type { RelayNumbers } from '../relay-numbers.ts'
import { isAway } from './failures.ts'

/** How old the relay's word may be, ms: it comes with the settings of all numbers, which is a lot to ask for one purchase. */
const FRESH = 600_000

/**
 * Where numbers have to ask, as the relay says; kept on the disk for purchases without it.
 * @throws FailureError `relay-unreachable` when it was never heard
 */
export function createWiring(relay: Pick<RelayNumbers, 'guard'>, table: Store['purchases'], clock: Clock) {
  let heard: { workspaceId: string; at: number; wiring: Promise<VoiceWiring> } | undefined
  const ask = async (workspaceId: string): Promise<VoiceWiring> => {
    const { wiring } = await relay.guard()
    await table.putWiring(workspaceId, wiring)
    return wiring
  }
  return async (workspaceId: string): Promise<VoiceWiring> => {
    const at = clock.now().getTime()
    if (heard?.workspaceId !== workspaceId || at - heard.at > FRESH) heard = { workspaceId, at, wiring: ask(workspaceId) }
    const mine = heard
    try {
      return await mine.wiring
    } catch (error) {
      if (heard === mine) heard = undefined
      const kept = isAway(error) ? await table.wiring(workspaceId) : undefined
      if (kept) return kept
      throw isAway(error) ? new FailureError('relay-unreachable', String(error)) : error
    }
  }
}
