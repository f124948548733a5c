import type { CallFact, CallRecord } from '../../contract/call.ts'
import { isTerminal } from '../../contract/outcome.ts'
import type { CallDeps } from '../calls/deps.ts'
import { factsOfRestCall, factsOfRestParent, factsOfRestRecording, type RestCall, type RestRecording } from '../calls/facts-of-rest.ts'
import { factsOf } from '../calls/facts-of-webhook.ts'

type ApplyDeps = Pick<CallDeps, 'calls' | 'events' | 'directory' | 'newId'>

/** A parent and the legs below it, as Twilio remembers them. */
export interface RestGroup {
  parent: RestCall
  children: RestCall[]
  /** When Twilio was asked for every leg below the parent; absent: there may be more. */
  askedAt?: Date
}

/** How long after a call's end Twilio lists all its legs: it promises nothing, and takes seconds. */
const LIST_LAG_MS = 60_000
/** After this nothing comes that did not come: neither callbacks nor the end of a leg. */
const GIVEN_UP_MS = 3_600_000

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

/** How long ago a parent ended, when all below it was asked for; undefined: it did not, or was not. */
function askedAfterMs({ parent, askedAt }: RestGroup): number | undefined {
  if (!askedAt || !isTerminal(parent.status)) return undefined
  return askedAt.getTime() - (parent.endTime ?? parent.startTime ?? askedAt).getTime()
}

/** An incoming call begun since the relay runs. */
const isOfOurTime = (parent: RestCall, runsSince: string | undefined) =>
  runsSince !== undefined &&
  parent.direction === 'inbound' &&
  !parent.from.startsWith('client:') &&
  (parent.startTime?.toISOString() ?? '') >= runsSince

/** A call nobody told us of, of our time, that has no other legs for sure: its number's first request never reached us. */
function relayWasDown(group: RestGroup, known: readonly CallFact[], runsSince: string | undefined): CallFact[] {
  const isAlone = group.children.length === 0 && (askedAfterMs(group) ?? 0) >= LIST_LAG_MS
  if (!isAlone || !isOfOurTime(group.parent, runsSince) || !isUntold(known, group.parent.sid)) return []
  return factsOf('call', 'relay', group.parent.startTime?.toISOString() ?? '', { emptyReason: 'relay-down' })
}

/** Whether all that is known of a call is what REST says of its parent. */
const isUntold = (known: readonly CallFact[], parentSid: string) =>
  known.every(({ source, subject }) => source.startsWith('rest') && (!subject.startsWith('leg:') || subject === `leg:${parentSid}`))

/**
 * Whether nothing more comes of a call's legs: once every leg that Twilio has is over and known, or long after the end. A call that two
 * people were recorded on has another leg, listed or not.
 */
function isAllTold(group: RestGroup, { legs, recordings }: Pick<CallRecord, 'legs' | 'recordings'>): boolean {
  const { parent, children } = group
  const listed = new Set([parent, ...children].map(({ sid }) => sid))
  const isWhole =
    children.every(({ status }) => isTerminal(status)) &&
    legs.every(({ sid }) => sid === null || listed.has(sid)) &&
    (children.length > 0 || !recordings.some(({ source }) => source === 'DialVerb'))
  return (askedAfterMs(group) ?? 0) >= (isWhole ? LIST_LAG_MS : GIVEN_UP_MS)
}

/** Appends what Twilio remembers and we do not. Inside the writer's transaction; each gives the number of facts that were new. */
export function createApply({ calls, events, directory, newId }: ApplyDeps) {
  function record(callId: string, facts: readonly CallFact[], entitled: readonly string[]): number {
    const fresh = news(calls.facts(callId), facts)
    return fresh.length === 0 ? 0 : events.record(callId, fresh, entitled).facts.length
  }

  return {
    group(group: RestGroup, runsSince: string | undefined): number {
      const { parent, children } = group
      const known = [parent, ...children].map((row) => calls.callOf(row.sid)).find((callId) => callId !== undefined)
      const callId = known ?? newId()
      const legs = new Map(calls.record(callId)?.legs.map((leg) => [leg.sid, leg.legId]))
      const facts = [
        ...factsOfRestParent(parent),
        ...[parent, ...children].flatMap((row) => factsOfRestCall(row, legs.get(row.sid) ?? row.sid)),
        ...relayWasDown(group, calls.facts(callId), runsSince),
      ]
      const isIncoming = !parent.from.startsWith('client:')
      const entitled = known === undefined && isIncoming ? (directory.number(parent.to)?.userIds ?? []) : []
      return record(callId, facts, entitled)
    },
    /** Whether it is open what became of a call that is over, of which but a list was read: all its legs are to be asked for. */
    isOpen(parent: RestCall, runsSince: string | undefined): boolean {
      const callId = calls.callOf(parent.sid)
      if (callId === undefined || !isTerminal(parent.status)) return false
      return calls.isOngoing(callId) || (isOfOurTime(parent, runsSince) && isUntold(calls.facts(callId), parent.sid))
    },
    /** Ends the waiting for legs of which nothing is told. */
    settle(group: RestGroup): number {
      const callId = calls.callOf(group.parent.sid)
      const known = callId !== undefined && calls.isOngoing(callId) ? calls.record(callId) : undefined
      if (!known || !isAllTold(group, known)) return 0
      return record(known.callId, factsOf('call', 'relay', group.askedAt?.toISOString() ?? '', { legsRead: true }), [])
    },
    /** Undefined when the recording's call is not known: it has to be asked for. */
    recording(row: RestRecording): number | undefined {
      const callId = calls.callOfRecording(row.sid) ?? (row.callSid ? calls.callOf(row.callSid) : undefined)
      return callId === undefined ? undefined : record(callId, factsOfRestRecording(row), [])
    },
  }
}
