import type { CallFact } from '../../contract/call.ts'
import type { CallDeps } from '../calls/deps.ts'
import { factsOfRestCall, factsOfRestParent, factsOfRestRecording, type RestCall, type RestRecording } from '../calls/facts-of-rest.ts'
import { factsOf } from '../calls/facts-of-webhook.ts'

type ApplyDeps = Pick<CallDeps, 'calls' | 'events' | 'directory' | 'newId'>

/** A parent and the legs below it, as Twilio remembers them. */
export interface RestGroup {
  parent: RestCall
  children: RestCall[]
}

/** Legs by parent. Children whose parent is not among them are given back apart: it has to be asked for. */
export function groupLegs(rows: readonly RestCall[]): { groups: RestGroup[]; orphans: Map<string, RestCall[]> } {
  const unique = [...new Map(rows.map((row) => [row.sid, row])).values()]
  const byParent = Map.groupBy(
    unique.filter((row) => row.parentCallSid),
    (row) => row.parentCallSid ?? '',
  )
  const parents = unique.filter((row) => !row.parentCallSid)
  const groups = parents.map((parent) => ({ parent, children: byParent.get(parent.sid) ?? [] }))
  for (const parent of parents) byParent.delete(parent.sid)
  return { groups, orphans: byParent }
}

/** Only what says something new: the same value from the same source is not news, whenever it was read. */
function news(known: readonly CallFact[], facts: readonly CallFact[]): CallFact[] {
  const before = new Map(known.map((fact) => [`${fact.subject} ${fact.field}`, fact]))
  return facts.filter((fact) => {
    const other = before.get(`${fact.subject} ${fact.field}`)
    return other?.value !== fact.value || other.source !== fact.source
  })
}

/** A call nobody told us of, begun since the relay runs: its number's first request never reached us. */
function relayWasDown(parent: RestCall, isNew: boolean, runsSince: string | undefined): CallFact[] {
  const began = parent.startTime?.toISOString() ?? ''
  const isMissed = isNew && parent.direction === 'inbound' && !parent.from.startsWith('client:')
  if (!isMissed || runsSince === undefined || began < runsSince) return []
  return factsOf('call', 'relay', began, { emptyReason: 'relay-down' })
}

/** Appends what Twilio remembers and we do not. Inside the writer's transaction; each gives the number of facts that were new. */
export function createApply({ calls, events, directory, newId }: ApplyDeps) {
  function record(callId: string, facts: readonly CallFact[], entitled: readonly string[]): number {
    const fresh = news(calls.facts(callId), facts)
    return fresh.length === 0 ? 0 : events.record(callId, fresh, entitled).facts.length
  }

  return {
    group({ parent, children }: RestGroup, runsSince: string | undefined): number {
      const known = [parent, ...children].map((row) => calls.callOf(row.sid)).find((callId) => callId !== undefined)
      const callId = known ?? newId()
      const legs = new Map(calls.record(callId)?.legs.map((leg) => [leg.sid, leg.legId]))
      const facts = [
        ...factsOfRestParent(parent),
        ...[parent, ...children].flatMap((row) => factsOfRestCall(row, legs.get(row.sid) ?? row.sid)),
        ...(children.length === 0 ? relayWasDown(parent, known === undefined, runsSince) : []),
      ]
      const isIncoming = !parent.from.startsWith('client:')
      const entitled = known === undefined && isIncoming ? (directory.number(parent.to)?.userIds ?? []) : []
      return record(callId, facts, entitled)
    },
    /** Undefined when the recording's call is not known: it has to be asked for. */
    recording(row: RestRecording): number | undefined {
      const callId = calls.callOfRecording(row.sid) ?? (row.callSid ? calls.callOf(row.callSid) : undefined)
      return callId === undefined ? undefined : record(callId, factsOfRestRecording(row), [])
    },
  }
}
