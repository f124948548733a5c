import type { CallFact, CallRecord } from '../../contract/call.ts'
import { joinFacts, newFacts } from '../../contract/call-join.ts'
import { legsOf } from '../../contract/call-legs.ts'
import { recordOf } from '../../contract/call-record.ts'
import { isSid } from '../../contract/sid.ts'
import type { Clock } from '../ports.ts'
import { createCallLookups } from './queries.ts'
import { createCallRows, createFactRows, createPartRows, createViewerRows } from './rows.ts'
import type { Sql } from './sql.ts'

/** What a join changed: what to tell, and whom. */
export interface Joined {
  /** The call that took the facts: another than asked for when that one was merged. */
  callId: string
  facts: CallFact[]
  viewers: string[]
  /** Somebody may see this call who could not before: they need all of it. */
  hasNewViewer: boolean
  /** Calls that turned out to be this one. */
  merged: string[]
  /** The call as it is now; undefined when nothing changed, or not even its direction is known. */
  record: CallRecord | undefined
}

/** The SIDs that these facts say are legs of the call. */
function sidsIn(facts: readonly CallFact[]): string[] {
  const sids = facts.flatMap((fact) => {
    if (!fact.subject.startsWith('leg:')) return []
    return [fact.subject.slice('leg:'.length), fact.field === 'sid' ? String(fact.value) : ''].filter((text) => isSid(text, 'CA'))
  })
  return [...new Set(sids)]
}

const usersOf = (record: CallRecord) =>
  [...new Set([record.userId, ...record.legs.map((leg) => leg.userId)])].filter((userId) => userId !== null)

const createTables = (db: Sql) => ({
  facts: createFactRows(db),
  calls: createCallRows(db),
  parts: createPartRows(db),
  viewers: createViewerRows(db),
  lookups: createCallLookups(db),
})

/** Joins facts into calls and keeps the rows in step, inside the caller's transaction. */
export function createJoin(db: Sql, clock: Clock) {
  const { facts, calls, parts, viewers, lookups } = createTables(db)

  /** Empties a call that turned out to be another one, and gives back what was known of it (RULES R1). */
  function empty(from: string, into: string): CallFact[] {
    const moved = facts.of(from)
    viewers.add(into, viewers.of(from))
    viewers.clear(from)
    facts.clear(from)
    facts.put(from, [{ subject: 'call', field: 'mergedInto', value: into, source: 'relay', at: clock.now().toISOString() }])
    parts.clear(from)
    calls.markMerged(from, into)
    return moved
  }

  /** Brings the rows of a call in step with everything known of it. Of one that is new there is nothing to replace. */
  function write(callId: string, all: readonly CallFact[], fresh: readonly CallFact[], isNew: boolean): CallRecord | undefined {
    const record = recordOf(callId, all)
    if (record) (isNew ? calls.insert : calls.update)(record)
    else if (isNew) calls.create(callId, clock.now().toISOString())
    facts.put(callId, fresh)
    if (!isNew) parts.clear(callId)
    parts.put(callId, record?.legs ?? legsOf(all), record?.recordings ?? [])
    return record
  }

  return function apply(asked: string, given: readonly CallFact[], entitled: readonly string[] = []): Joined {
    const kept = lookups.kept(asked)
    const callId = kept ?? asked
    const merged = [...new Set(sidsIn(given).flatMap((sid) => lookups.callOf(sid) ?? []))].filter((other) => other !== callId)
    const isNew = kept === undefined && merged.length === 0
    if (kept === undefined && !isNew) calls.create(callId, clock.now().toISOString())
    const known = isNew ? [] : facts.of(callId)
    const before = isNew ? [] : viewers.of(callId)
    const all = merged.reduce<CallFact[]>((sum, other) => joinFacts(sum, empty(other, callId)), [...given])
    const fresh = newFacts(known, all)
    const record = isNew || fresh.length > 0 ? write(callId, joinFacts(known, fresh), fresh, isNew) : undefined
    const added = [...entitled, ...(record ? usersOf(record) : [])]
    viewers.add(callId, added)
    const now = added.length > 0 || merged.length > 0 ? viewers.of(callId) : before
    return { callId, facts: fresh, viewers: now, hasNewViewer: now.length > before.length, merged, record }
  }
}
