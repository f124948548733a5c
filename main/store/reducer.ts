import { Compile } from 'typebox/compile'
import type { CallFact } from '../../contract/call.ts'
import { joinFacts, newFacts } from '../../contract/call-join.ts'
import { mergedInto, recordOf } from '../../contract/call-record.ts'
import { eventPayloads, isEventType, type EventType, type LogEvent } from '../../contract/event.ts'
import type { Purchase } from '../../contract/number.ts'
import { createCallWriter } from './call-table.ts'
import { createDirectoryTable } from './directory-table.ts'
import { createFactTable } from './facts.ts'
import { createKeptEvents } from './kept-events.ts'
import type { Connection } from './open-database.ts'

/** An event as the link carried it; its payload is still unchecked. */
export interface LinkEvent {
  seq: number
  at: string
  name: string
  payload: unknown
}

/** What a command changed: main tells the page. */
export interface Changes {
  callIds: string[]
  /** Numbers the relay told of. */
  phoneNumbers: string[]
  /** Purchases the relay told of, each as it was last; not stored: the relay is asked for the list. */
  purchases: Purchase[]
  /** What this user may see has changed: a new snapshot is due (RULES R20). */
  needsSnapshot: boolean
}

const payloadChecks = Object.fromEntries(
  Object.entries(eventPayloads).map(([type, schema]) => [type, Compile(schema)]),
) as unknown as Record<EventType, { Check(value: unknown): boolean }>

function understood(event: LinkEvent): LogEvent | undefined {
  if (!isEventType(event.name) || !payloadChecks[event.name].Check(event.payload)) return undefined
  return { type: event.name, payload: event.payload } as LogEvent
}

/** Joins facts into a call and rewrites its record; returns the calls whose record may differ now. */
export function createJoin(db: Connection): (callId: string, incoming: readonly CallFact[]) => string[] {
  const facts = createFactTable(db)
  const calls = createCallWriter(db)
  const write = (callId: string, all: readonly CallFact[]): void => {
    const record = recordOf(callId, all)
    if (record) calls.put(record)
    else calls.remove(callId) // what was known of it is contradicted: the rows follow the facts, whatever came first
  }
  return function join(callId: string, incoming: readonly CallFact[]): string[] {
    const before = facts.of(callId)
    const fresh = newFacts(before, incoming)
    if (fresh.length === 0) return []
    facts.put(callId, fresh)
    const all = joinFacts(before, fresh)
    const target = endOfMerges(callId, all, facts.of)
    if (target === callId) {
      write(callId, all)
      return [callId]
    }
    calls.remove(callId)
    const there = facts.of(target)
    const moved = newFacts(
      there,
      all.filter((fact) => fact.subject !== 'call' || fact.field !== 'mergedInto'),
    )
    facts.put(target, moved)
    write(target, joinFacts(there, moved))
    return [callId, target]
  }
}

/**
 * The call whose record shows what is known of this one: the last of those it was merged into (RULES R1). A circle, which only a broken
 * relay could make, ends at its least id, wherever one enters it: no call may vanish.
 */
function endOfMerges(callId: string, own: readonly CallFact[], factsOf: (callId: string) => readonly CallFact[]): string {
  const path = [callId]
  for (let next = mergedInto(own); next !== undefined; next = mergedInto(factsOf(next))) {
    const first = path.indexOf(next)
    if (first >= 0) return path.slice(first).toSorted()[0] ?? callId
    path.push(next)
  }
  return path.at(-1) ?? callId
}

/** Events → tables, as a join (RULES R7): neither order within a call nor repetition matters. Callers bring the transaction. */
export function createReducer(db: Connection) {
  const join = createJoin(db)
  const directory = createDirectoryTable(db)
  const kept = createKeptEvents(db)

  function applyOther(event: Exclude<LogEvent, { type: 'call.facts' }>, userId: string, changes: Changes): void {
    if (event.type === 'number.changed') {
      changes.phoneNumbers.push(event.payload.phoneNumber)
      directory.putNumber(event.payload)
    } else if (event.type === 'purchase.changed') changes.purchases.push(event.payload)
    else if (event.type === 'user.changed') directory.putUser(event.payload)
    else if (event.type === 'device.changed') directory.putDevice(event.payload)
    else if (event.type === 'access.changed') changes.needsSnapshot ||= event.payload.userId === userId
    // call.offered is of the moment (the link tells the page), security.rejected is in the relay's audit: nothing to store.
  }

  function events(list: readonly LinkEvent[], userId: string): Changes {
    const changes: Changes = { callIds: [], phoneNumbers: [], purchases: [], needsSnapshot: false }
    const byCall = new Map<string, CallFact[]>()
    for (const event of list) {
      const one = understood(event)
      if (!one) kept.add(event)
      else if (one.type === 'call.facts') byCall.set(one.payload.callId, [...(byCall.get(one.payload.callId) ?? []), ...one.payload.facts])
      else applyOther(one, userId, changes)
    }
    changes.purchases = [...new Map(changes.purchases.map((one) => [one.intentId, one])).values()]
    changes.phoneNumbers = [...new Set(changes.phoneNumbers)]
    changes.callIds = [...new Set([...byCall].flatMap(([callId, all]) => join(callId, all)))]
    return changes
  }

  return {
    events,
    /** Applies what an earlier version kept because it did not understand it. */
    kept: (): Changes =>
      events(
        kept.take((event) => understood(event) !== undefined),
        '',
      ),
  }
}
