import type { CallFact, CallRecord } from '../../contract/call.ts'
import { joinFacts, newFacts } from '../../contract/call-join.ts'
import { mergedInto, recordOf } from '../../contract/call-record.ts'
import type { UserRecord } from '../../contract/record.ts'
import { createCallIndex } from './call-index.ts'
import { createCallMarks } from './call-marks.ts'
import { createCallReader, createCallWriter } from './call-table.ts'
import { createFactTable } from './facts.ts'
import type { Connection } from './open-database.ts'
import { createRecordTable, type RecordTable } from './record-table.ts'

export interface Join {
  /** Joins facts into a call and rewrites its record. */
  join: (callId: string, incoming: readonly CallFact[]) => string[]
  /** The relay's word of a record; one of a call that became part of another is that other one's. */
  told: (record: UserRecord) => string[]
  /** Marks of calls whose records changed. Returns those that are here. */
  remark: (callIds: readonly string[]) => string[]
  /** Where a call's rows are: itself, or the call it became part of. */
  target: (callId: string) => string
  records: RecordTable
}

/**
 * What is learnt of calls, into their rows: facts, and the records that hang on them. What it returns are the calls that may look
 * different now. Neither order between calls and records nor repetition matters. Callers bring the transaction.
 */
export function createJoin(db: Connection): Join {
  const stored = createCallReader(db)
  const records = createRecordTable(db)
  const marks = createCallMarks(db)
  const index = createCallIndex(db)
  const target = createTargets(db)
  /** What lists and searches ask of a call, as its record and its records say. */
  function refresh(call: CallRecord): void {
    marks.refresh(call)
    index.refresh(call)
  }
  function remark(callIds: readonly string[]): string[] {
    const known = callIds.map(stored.get).filter((call): call is CallRecord => call !== undefined)
    for (const call of known) refresh(call)
    return known.map((call) => call.callId)
  }
  return {
    join: createFactJoin(db, { records, target, refresh }),
    told(record) {
      const { callId } = record
      return remark(records.tell(callId === null ? record : { ...record, callId: target(callId) }))
    },
    remark,
    target,
    records,
  }
}

type FactJoinParts = Pick<Join, 'records' | 'target'> & { refresh: (call: CallRecord) => void }

function createFactJoin(db: Connection, { records, target, refresh }: FactJoinParts): Join['join'] {
  const facts = createFactTable(db)
  const calls = createCallWriter(db)
  function write(callId: string, all: readonly CallFact[]): void {
    const record = recordOf(callId, all)
    if (!record) return calls.remove(callId) // what was known of it is contradicted: the rows follow the facts, whatever came first
    calls.put(record)
    refresh(record)
  }
  return function join(callId, incoming) {
    const before = facts.of(callId)
    const fresh = newFacts(before, incoming)
    if (fresh.length === 0) return []
    facts.put(callId, fresh)
    const all = joinFacts(before, fresh)
    const end = mergedInto(all) === undefined ? callId : target(callId)
    if (end === callId) {
      write(callId, all)
      return [callId]
    }
    calls.remove(callId)
    records.move(callId, end)
    const there = facts.of(end)
    const moved = newFacts(
      there,
      all.filter((fact) => fact.subject !== 'call' || fact.field !== 'mergedInto'),
    )
    facts.put(end, moved)
    write(end, joinFacts(there, moved))
    return [callId, end]
  }
}

/**
 * The call whose record shows what is known of this one: the last of those it was merged into (RULES R1). A circle, which only a broken
 * relay could make, ends at its least id, wherever one enters it: no call may vanish.
 */
function createTargets(db: Connection): (callId: string) => string {
  const merged = db
    .prepare<[string], string | number | null>(
      "select value from call_facts where call_id = ? and subject = 'call' and field = 'mergedInto' and kind = 'text'",
    )
    .pluck()
  const nextOf = (callId: string): string | undefined => {
    const value = merged.get(callId)
    return typeof value === 'string' ? value : undefined
  }
  return function target(callId) {
    const path = [callId]
    for (let next = nextOf(callId); next !== undefined; next = nextOf(next)) {
      const seen = path.indexOf(next)
      if (seen >= 0) return path.slice(seen).toSorted()[0] ?? callId
      path.push(next)
    }
    return path.at(-1) ?? callId
  }
}
