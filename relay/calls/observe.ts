import type { CallFact } from '../../contract/call.ts'
import { isFactAllowed } from '../../contract/call-fields.ts'
import { subjectFacts } from '../../contract/call-legs.ts'
import { FailureError } from '../../contract/failure.ts'
import { isSid } from '../../contract/sid.ts'
import type { RequestSession } from '../plugins/session.ts'
import type { CallEvents } from './events.ts'
import { factsOf } from './facts-of-webhook.ts'
import type { Calls } from './store.ts'
import type { Clock } from '../ports.ts'

export interface ObserveDeps {
  calls: Calls
  events: CallEvents
  clock: Clock
}

/** What a desktop may not claim, because the session knows better. */
const OWNERS: ReadonlySet<string> = new Set(['userId', 'deviceId'])

const callFactsOf = (facts: readonly CallFact[]) => subjectFacts(facts.filter((fact) => fact.subject === 'call'))

/**
 * Joins what a desktop's SDK saw: of its own legs and calls only; the rest of a batch is left out. Runs inside the writer's transaction.
 * @throws FailureError `forbidden` for another device's call, `not-found` for an unknown call that is not an outgoing one.
 */
export function createObserve({ calls, events, clock }: ObserveDeps) {
  return (session: RequestSession, asked: string, facts: readonly CallFact[]): void => {
    const callId = calls.resolve(asked)
    const seen = facts.filter((fact) => fact.source === 'sdk' && isFactAllowed(fact) && !OWNERS.has(fact.field))
    const known = calls.facts(callId)
    const isNew = known.length === 0
    if (isNew && callFactsOf(seen).text('direction') !== 'outgoing') throw new FailureError('not-found', 'no such call')
    if (!isNew && !isOwn(callId, known, session)) throw new FailureError('forbidden', 'the call is of another device')
    const own = seen.filter((fact) => !fact.subject.startsWith('leg:') || isOwnLeg(fact, callId, session))
    events.record(callId, isNew ? [...own, ...ownership(session)] : own)
  }

  function ownership({ userId, deviceId }: RequestSession): CallFact[] {
    return factsOf('call', 'relay', clock.now().toISOString(), { userId, deviceId })
  }

  function isOwn(callId: string, known: readonly CallFact[], { deviceId }: RequestSession): boolean {
    if (callFactsOf(known).text('deviceId') === deviceId) return true
    return calls.record(callId)?.legs.some((leg) => leg.deviceId === deviceId) ?? false
  }

  /** A leg that is this device's, or of which nothing is known yet. What would make another call part of this one: only if it is this device's. */
  function isOwnLeg(fact: CallFact, callId: string, { deviceId }: RequestSession): boolean {
    const ids = [fact.subject.slice('leg:'.length), ...(fact.field === 'sid' ? [String(fact.value)] : [])]
    return ids.every((id) => {
      const holder = isSid(id, 'CA') ? calls.callOf(id) : undefined
      const leg = calls.record(holder ?? callId)?.legs.find((one) => one.sid === id || one.legId === id)
      const isElsewhere = holder !== undefined && holder !== callId
      return isElsewhere ? leg?.deviceId === deviceId : (leg?.deviceId ?? deviceId) === deviceId
    })
  }
}
