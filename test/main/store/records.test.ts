import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { CallFact } from '../../../contract/call.ts'
import type { UserRecord } from '../../../contract/record.ts'
import { migrate } from '../../../main/store/migrate.ts'
import { appMigrations } from '../../../main/store/migrations/index.ts'
import { openDatabase, type Connection } from '../../../main/store/open-database.ts'
import { createReader } from '../../../main/store/reader.ts'
import { createReplica, type LinkEvent, type Replica } from '../../../main/store/replica.ts'
import { fact, incomingFacts, outgoingFacts } from '../kit/facts.ts'
import { at, CA, local, note, RE, record, tags } from '../kit/records.ts'

const open = () => {
  const own = openDatabase(':memory:')
  migrate(own, appMigrations)
  const target = createReplica(own)
  target.snapshotFinish('e1', 0)
  return { own, target }
}

let db: Connection
let replica: Replica
let seq = 0
beforeEach(() => {
  const { own, target } = open()
  db = own
  replica = target
  seq = 0
})
afterEach(() => db.close())

const event = (name: string, payload: unknown): LinkEvent => ({ seq: ++seq, at, name, payload })
const tell = (...records: UserRecord[]) =>
  replica.apply(
    'e1',
    'ada',
    records.map((one) => event('record.changed', one)),
  )
const facts = (callId: string, ...of: CallFact[]) => replica.apply('e1', 'ada', [event('call.facts', { callId, facts: of })])
const view = (callId = 'c1') => createReader(db).callView(callId)
const texts = (callId = 'c1') => view(callId)?.notes.map(({ text }) => text)
const settle = (isApplied: boolean, ...ids: string[]) => replica.settleRecords(ids.map((commandId) => ({ commandId, isApplied })))
const missedCall = [...incomingFacts(), fact('call', 'endedAt', '2026-11-21T10:00:30.000Z'), fact('call', 'rangOut', true, 'webhook')]

describe('what the relay tells', () => {
  test('is the latest of each record, and what it took away is gone', () => {
    facts('c1', ...missedCall)
    const changes = tell(note('n1', 'c1', 'first'), tags('c1', 'vip', 'refund'), note('n1', 'c1', 'second'), note('n2', 'c1', 'other'))
    expect(changes).toMatchObject({ callIds: ['c1'], recordKinds: ['note', 'tags'] })
    expect(view()).toMatchObject({ tags: ['refund', 'vip'], noteCount: 2, missed: { state: 'open' } })
    expect(texts()).toEqual(['second', 'other'])
    tell(note('n1', 'c1', null), tags('c1'))
    expect(view()).toMatchObject({ tags: [], noteCount: 1 })
    expect(db.prepare('select count(*) from records').pluck().get()).toBe(1)
    expect(createReader(db).tags()).toEqual([])
  })

  test('of a kind, or in a shape, of a later version is kept raw and shown to nobody', () => {
    facts('c1', ...missedCall)
    tell(record('mood', 'm1', 'c1', { smile: 3 }), record('note', 'n1', 'c1', { html: '<b>' }), record('tags', 'c1', 'c1', { tags: [7] }))
    expect(view()).toMatchObject({ notes: [], tags: [], noteCount: 0 })
    expect(db.prepare("select value from records where kind = 'mood'").pluck().get()).toBe('{"smile":3}')
    expect(db.prepare('select count(*) from records').pluck().get()).toBe(3)
  })

  test('before the call itself is there when the call is', () => {
    tell(note('n1', 'c1', 'early'), record('missed', 'c1', 'c1', { how: 'called-back', byCallId: 'c2' }))
    expect(view()).toBeUndefined()
    facts('c1', ...missedCall)
    expect(texts()).toEqual(['early'])
    expect(view()?.missed).toEqual({ state: 'closed', how: 'called-back', byCallId: 'c2', byUserId: 'sam', at })
  })

  test('moves with a call that became part of another, whichever is learnt first', () => {
    facts('a', ...missedCall)
    facts('b', ...missedCall)
    tell(note('n1', 'b', 'before'), tags('b', 'vip'))
    facts('b', fact('call', 'mergedInto', 'a'))
    tell(note('n2', 'b', 'after'), tags('a', 'late'))
    expect(texts('a')).toEqual(['before', 'after'])
    expect(view('a')?.tags).toEqual(['late', 'vip'])
    tell(tags('b'))
    expect(view('a')?.tags).toEqual(['late'])
    expect(createReader(db).tags()).toEqual([{ tag: 'late', count: 1 }])
  })
})

describe('what is changed here', () => {
  beforeEach(() => facts('c1', ...missedCall))
  test('is shown at once, as waiting, and stays when it is applied', () => {
    expect(replica.putRecords([local('x1', note('n1', 'c1', 'mine'))])).toEqual(['c1'])
    expect(view()?.notes).toMatchObject([{ text: 'mine', isPending: true, byUserId: 'ada' }])
    expect(settle(true, 'x1')).toMatchObject([{ commandId: 'x1', kind: 'note', recordId: 'n1', callId: 'c1' }])
    expect(view()?.notes).toMatchObject([{ text: 'mine', isPending: false }])
    expect(settle(true, 'x1')).toEqual([])
  })

  test('and refused gives way to what the relay has, or to nothing', () => {
    tell(note('n1', 'c1', 'theirs'))
    replica.putRecords([local('x1', note('n1', 'c1', 'mine')), local('x2', note('n2', 'c1', 'new')), local('x3', tags('c1', 'vip'))])
    expect(createReader(db).tags()).toEqual([{ tag: 'vip', count: 1 }])
    settle(false, 'x1', 'x2', 'x3')
    expect(view()?.notes).toMatchObject([{ text: 'theirs', byUserId: 'sam', isPending: false }])
    expect(view()?.tags).toEqual([])
    expect(createReader(db).tags()).toEqual([])
  })

  test('is not overwritten while it waits; then the relay’s last word counts', () => {
    replica.putRecords([local('x1', tags('c1', 'mine'))])
    tell(tags('c1', 'theirs'))
    expect(view()?.tags).toEqual(['mine'])
    tell(tags('c1', 'mine', 'theirs'))
    settle(true, 'x1')
    expect(view()?.tags).toEqual(['mine', 'theirs'])
  })

  test('the answer to an older change does not end the wait for a newer one', () => {
    replica.putRecords([local('x1', note('n1', 'c1', 'one'))])
    replica.putRecords([local('x2', note('n1', 'c1', 'two'))])
    settle(true, 'x1')
    tell(note('n1', 'c1', 'one'))
    expect(view()?.notes).toMatchObject([{ text: 'two', isPending: true }])
    expect(replica.unansweredRecords()).toMatchObject([{ commandId: 'x2' }])
    settle(false, 'x2')
    expect(texts()).toEqual(['one'])
  })

  test('a removal hides at once, comes back when refused, and is final when applied', () => {
    tell(note('n1', 'c1', 'theirs'))
    replica.putRecords([local('x1', note('n1', 'c1', null))])
    expect(texts()).toEqual([])
    settle(false, 'x1')
    expect(texts()).toEqual(['theirs'])
    replica.putRecords([local('x2', note('n1', 'c1', null))])
    settle(true, 'x2')
    expect(texts()).toEqual([])
    expect(db.prepare('select count(*) from records').pluck().get()).toBe(0)
  })

  test('a word for a call that became part of another is the relay’s to name', () => {
    facts('a', ...missedCall)
    replica.putRecords([local('x1', tags('c1', 'vip'))])
    facts('c1', fact('call', 'mergedInto', 'a'))
    expect(view('a')?.tags).toEqual(['vip'])
    settle(true, 'x1')
    tell(tags('a', 'vip'))
    tell(tags('a'))
    expect(view('a')?.tags).toEqual([])
  })

  test('outlives a snapshot that does not have it, and goes with a call that may no longer be seen', () => {
    facts('c2', ...missedCall)
    replica.putRecords([local('x1', note('n1', 'c1', 'mine')), local('x2', note('n2', 'c2', 'mine'))])
    tell(note('n3', 'c1', 'theirs'))
    replica.snapshotBegin()
    replica.snapshotRows('calls', [{ callId: 'c1', facts: missedCall }])
    replica.snapshotRows('records', [])
    expect(replica.snapshotFinish('e1', 90).toSorted()).toEqual(['c1', 'c2'])
    expect(view('c2')).toBeUndefined()
    expect(texts()).toEqual(['mine'])
    expect(db.prepare('select record_id from records').pluck().all()).toEqual(['n1'])
    settle(false, 'x1')
    expect(texts()).toEqual([])
  })
})

const calls = ['a', 'b', 'c'] as const
const sid = RE('1')
const anyFacts = fc.constantFrom<CallFact[]>(
  missedCall,
  [...outgoingFacts(), fact('call', 'recordWanted', 'number')],
  [fact(`rec:${sid}`, 'status', 'completed', 'webhook'), fact(`rec:${sid}`, 'durationSeconds', 9, 'webhook')],
  [fact(`rec:${sid}`, 'source', 'RecordVerb', 'webhook')],
  [fact('leg:d1', 'role', 'device'), fact('leg:d1', 'sid', CA('2'), 'webhook'), fact('leg:d1', 'bridged', true, 'webhook')],
  [fact('leg:d1', 'status', 'completed', 'webhook'), fact('call', 'endedAt', '2026-11-21T10:01:00.000Z')],
  [fact('call', 'recordWanted', 'caller')],
)
const anyRecord = (callId: string) =>
  fc.constantFrom<UserRecord>(
    note(`n-${callId}`, callId, 'hello'),
    note(`n-${callId}`, callId, null),
    tags(callId, 'vip', callId),
    tags(callId, 'vip'),
    tags(callId),
    record('missed', callId, callId, { how: 'by-hand', byCallId: null }),
    record('missed', callId, callId, null),
    record('voicemail', sid, callId, { isRead: true }),
    record('recording', sid, callId, { trash: { at, until: at, byUserId: null }, hold: null, deletedAt: null }),
    record('recording', sid, callId, { trash: null, hold: null, deletedAt: null }),
    record('mood', 'm1', callId, 3),
  )

type Step = { callId: string; facts: CallFact[] } | { record: UserRecord }
const dump = (of: Connection) =>
  Object.fromEntries(
    [
      'calls',
      'call_facts',
      'records',
      'call_tags',
      'recordings',
      'recording_list',
      'recording_audit',
      'recording_audit_counts',
      'missed_heads',
    ].map((table) => [table, of.prepare(`select * from ${table} order by 1, 2`).all()]),
  )

function play(steps: readonly Step[], perBatch: number) {
  const { own, target } = open()
  const events = steps.map((step, index): LinkEvent => {
    const [name, payload] = 'record' in step ? ['record.changed', step.record] : ['call.facts', step]
    return { seq: index + 1, at, name, payload }
  })
  for (let from = 0; from < events.length; from += perBatch) target.apply('e1', 'ada', events.slice(from, from + perBatch))
  const rows = dump(own)
  own.close()
  // A state no call is in any more is counted as none.
  const counts = (rows['recording_audit_counts'] as { calls: number }[]).filter((row) => row.calls !== 0)
  return { ...rows, recording_audit_counts: counts }
}

/** In another order, some facts twice; the words for one record stay in theirs, as the log has them. */
const shuffled = (steps: readonly Step[], order: readonly number[], again: readonly number[]): Step[] => {
  const mixed = [...steps.entries()].toSorted(([a], [b]) => (order[a] ?? 0) - (order[b] ?? 0)).map(([, step]) => step)
  const words = steps.flatMap((step) => ('record' in step ? [step.record] : []))
  const next = new Map([...Map.groupBy(words, (one) => `${one.kind} ${one.recordId}`)].map(([key, list]) => [key, [...list]]))
  const inOrder = mixed.map((step): Step => {
    if (!('record' in step)) return step
    return { record: next.get(`${step.record.kind} ${step.record.recordId}`)?.shift() ?? step.record }
  })
  return [...inOrder, ...again.flatMap((index) => steps[index] ?? []).filter((step) => !('record' in step))]
}

test('facts and records in any order, in any batches and with facts repeated, end in the same rows', () => {
  const step = fc.oneof(
    fc.record({ callId: fc.constantFrom('a'), facts: anyFacts }),
    fc.record({
      callId: fc.constantFrom('b', 'c'),
      facts: anyFacts.map((list) => list.filter(({ subject }) => !subject.startsWith('rec:'))),
    }),
    fc.constant({ callId: 'b', facts: [fact('call', 'mergedInto', 'c')] }),
    anyRecord('a').map((one) => ({ record: one })),
    fc.constantFrom(...calls).chain((callId) =>
      anyRecord(callId)
        .filter(({ recordId }) => recordId.includes(callId))
        .map((one) => ({ record: one })),
    ),
  ) as fc.Arbitrary<Step>
  const scenario = fc
    .array(step, { minLength: 1, maxLength: 12 })
    .chain((steps) =>
      fc.tuple(
        fc.constant(steps.filter((one) => !('facts' in one) || one.facts.length > 0)),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 12, maxLength: 12 }),
        fc.array(fc.nat(11), { maxLength: 4 }),
        fc.integer({ min: 1, max: 4 }),
      ),
    )
  fc.assert(
    fc.property(scenario, ([steps, order, again, perBatch]) => {
      expect(play(shuffled(steps, order, again), perBatch)).toEqual(play(steps, 256))
    }),
    { numRuns: 80 },
  )
})
