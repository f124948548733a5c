import type { CallFact } from '../../contract/call.ts'
import type { Audience, EventLog } from '../ports.ts'
import type { Joined } from './join.ts'
import type { Calls } from './store.ts'

const audienceOf = (viewers: readonly string[]): Audience =>
  viewers.length > 0 ? { kind: 'users', userIds: viewers } : { kind: 'managers' }

/**
 * Joins facts and tells those concerned what is new; whoever could not see the call before is told all of it. Inside the transaction.
 * `follow`: what else that changes.
 */
export function createCallEvents(calls: Calls, log: EventLog, follow: (joined: Joined) => void = () => undefined) {
  function tell(joined: Joined): void {
    const { callId } = joined
    const facts = joined.hasNewViewer ? calls.facts(callId) : joined.facts
    const audience = audienceOf(joined.viewers)
    if (facts.length > 0) log.append({ type: 'call.facts', payload: { callId, facts } }, audience)
    for (const from of joined.merged) log.append({ type: 'call.facts', payload: { callId: from, facts: calls.mergeFacts(from) } }, audience)
  }
  return {
    /** Returns the id under which the call is kept. */
    record(callId: string, facts: readonly CallFact[], entitled?: readonly string[]): Joined {
      const joined = calls.apply(callId, facts, entitled)
      if (joined.facts.length > 0 || joined.hasNewViewer) {
        tell(joined)
        follow(joined)
      }
      return joined
    },
  }
}
export type CallEvents = ReturnType<typeof createCallEvents>
