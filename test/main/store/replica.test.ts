import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { callStatuses, type CallFact } from '../../../contract/call.ts'
import { joinFacts } from '../../../contract/call-join.ts'
import { recordOf } from '../../../contract/call-record.ts'
import { plainDetails } from '../../../contract/number.ts'
import { migrate } from '../../../main/store/migrate.ts'
import { appMigrations } from '../../../main/store/migrations/index.ts'
import { openDatabase, type Connection } from '../../../main/store/open-database.ts'
import { createReader } from '../../../main/store/reader.ts'
import { createReplica, type LinkEvent, type Replica } from '../../../main/store/replica.ts'
import { fact, incomingFacts, outgoingFacts } from '../kit/facts.ts'

let db: Connection
let replica: Replica
beforeEach(() => {
  db = openDatabase(':memory:')
  migrate(db, appMigrations)
  replica = createReplica(db)
  replica.snapshotFinish('e1', 0)
})
afterEach(() => db.close())

const at = '2026-11-21T10:00:00.000Z'
const event = (seq: number, name: string, payload: unknown): LinkEvent => ({ seq, at, name, payload })
const factsEvent = (seq: number, callId: string, facts: CallFact[]) => event(seq, 'call.facts', { callId, facts })
const read = () => createReader(db)
const plain = { sid: null, details: plainDetails() }

describe('apply', () => {
  test('rows and cursor move together, and what was applied is skipped', () => {
    const first = replica.apply('e1', 'ada', [factsEvent(3, 'c1', incomingFacts()), factsEvent(5, 'c2', outgoingFacts())])
    expect(first).toEqual({ callIds: ['c1', 'c2'], phoneNumbers: [], purchases: [], recordKinds: [], needsSnapshot: false })
    expect(replica.position()).toEqual({ epoch: 'e1', cursor: 5, needsSnapshot: false })
    expect(replica.apply('e1', 'ada', [factsEvent(3, 'c9', incomingFacts())]).callIds).toEqual([])
    expect(read().call('c9')).toBeUndefined()
  })

  test('events of another log are refused and change nothing', () => {
    expect(() => replica.apply('e2', 'ada', [factsEvent(1, 'c1', incomingFacts())])).toThrow(/log e2/)
    expect(replica.position().cursor).toBe(0)
    expect(read().calls(10).calls).toEqual([])
  })

  test('one bad event leaves the whole stretch unapplied', () => {
    db.exec(`create trigger refuse before insert on users begin select raise(abort, 'full'); end`)
    const user = { userId: 'ada', name: 'Ada', role: 'staff', isActive: true }
    expect(() => replica.apply('e1', 'ada', [factsEvent(1, 'c1', incomingFacts()), event(2, 'user.changed', user)])).toThrow(/full/)
    expect(replica.position().cursor).toBe(0)
    expect(read().call('c1')).toBeUndefined()
  })

  test('a change of one’s own access asks for a snapshot, and stays asked for', () => {
    expect(replica.apply('e1', 'ada', [event(1, 'access.changed', { userId: 'sam' })]).needsSnapshot).toBe(false)
    expect(replica.apply('e1', 'ada', [event(2, 'access.changed', { userId: 'ada' })]).needsSnapshot).toBe(true)
    expect(replica.position().needsSnapshot).toBe(true)
  })

  test('numbers, users and devices are kept as last told', () => {
    const number = { phoneNumber: '+14155550100', numberName: 'Main line', isActive: true, userIds: ['ada', 'sam'], ...plain }
    const user = { userId: 'ada', name: 'Ada', role: 'manager', isActive: true }
    const changes = replica.apply('e1', 'ada', [
      event(1, 'number.changed', number),
      event(2, 'number.changed', { ...number, userIds: ['sam'] }),
      event(3, 'user.changed', user),
      event(4, 'user.changed', { ...user, userId: 'kim', name: 'Kim', isActive: false }),
      event(5, 'device.changed', { deviceId: 'd1', userId: 'ada', name: 'Laptop', isRevoked: false }),
    ])
    expect(changes.phoneNumbers).toEqual(['+14155550100'])
    expect(db.prepare('select user_id from number_users').pluck().all()).toEqual(['sam'])
    expect(read().users()).toEqual([{ userId: 'ada', name: 'Ada' }])
    expect(db.prepare('select count(*) from devices').pluck().get()).toBe(1)
  })
})

describe('events of a later version', () => {
  test('are kept whole, and applied once their type is known', () => {
    const facts = incomingFacts()
    replica.apply('e1', 'ada', [event(1, 'call.facts.v2', { callId: 'c1', facts }), event(2, 'call.facts', { callId: 'c1' })])
    expect(db.prepare('select count(*) from events_kept').pluck().get()).toBe(2)
    expect(replica.applyKept().callIds).toEqual([])
    db.prepare(`update events_kept set name = 'call.facts' where seq = 1`).run() // as if an update had taught us the type
    expect(replica.applyKept().callIds).toEqual(['c1'])
    expect(read().call('c1')?.direction).toBe('incoming')
    expect(db.prepare('select seq from events_kept').pluck().all()).toEqual([2])
  })
})

describe('records', () => {
  test('one merged into another goes, and what was known of it is told of the other', () => {
    replica.apply('e1', 'ada', [
      factsEvent(1, 'a', incomingFacts()),
      factsEvent(2, 'b', [fact('leg:l1', 'sid', 'CA00000000000000000000000000000001', 'webhook'), fact('call', 'direction', 'incoming')]),
      factsEvent(3, 'b', [fact('call', 'mergedInto', 'a')]),
    ])
    expect(
      read()
        .calls(10)
        .calls.map((call) => call.callId),
    ).toEqual(['a'])
    expect(
      read()
        .call('a')
        ?.legs.map((leg) => leg.legId),
    ).toEqual(['l1'])
  })

  const merges = { ab: ['a', 'b'], bc: ['b', 'c'], ca: ['c', 'a'] } as const
  test.each([
    ['a circle of two', ['ab', 'ba']],
    ['the other way around', ['ba', 'ab']],
    ['a circle of three', ['ab', 'bc', 'ca']],
    ['begun elsewhere', ['bc', 'ca', 'ab']],
    ['and elsewhere', ['ca', 'ab', 'bc']],
  ] as const)('%s ends at its least id, and loses nothing', (_what, order) => {
    const all = { ...merges, ba: ['b', 'a'] } as const
    const known = ['a', 'b', 'c'].map((id, index) =>
      factsEvent(index + 1, id, [...incomingFacts(), fact(`leg:${id}`, 'sid', `CA${String(index).repeat(32)}`, 'webhook')]),
    )
    const events = order.map((name, index) => factsEvent(index + 4, all[name][0], [fact('call', 'mergedInto', all[name][1])]))
    replica.apply('e1', 'ada', [...known, factsEvent(9, 'c', [fact('leg:late', 'sid', `CA${'9'.repeat(32)}`, 'webhook')])])
    for (const [index, one] of events.entries()) replica.apply('e1', 'ada', [{ ...one, seq: 10 + index }])
    replica.apply('e1', 'ada', [factsEvent(20, 'b', [fact('leg:last', 'sid', `CA${'8'.repeat(32)}`, 'webhook')])])
    const members = new Set(order.flatMap((name) => name.split('')))
    expect(
      read()
        .calls(10)
        .calls.map((call) => call.callId)
        .toSorted(),
    ).toEqual(members.size === 3 ? ['a'] : ['a', 'c'])
    expect(
      read()
        .call('a')
        ?.legs.map((leg) => leg.legId),
    ).toEqual(expect.arrayContaining([...members, 'last']))
  })

  test('a call merged into itself stays', () => {
    replica.apply('e1', 'ada', [factsEvent(1, 'a', [...incomingFacts(), fact('call', 'mergedInto', 'a')])])
    expect(read().call('a')).toBeDefined()
  })

  test('a record read back is the record derived', () => {
    const facts = [
      ...incomingFacts(),
      fact('leg:party', 'sid', `CA${'1'.repeat(32)}`, 'webhook'),
      fact('leg:party', 'role', 'party', 'webhook'),
      fact('leg:party', 'status', 'completed', 'rest-final'),
      fact('leg:party', 'price', '-0.0085', 'rest'),
      fact('leg:party', 'priceUnit', 'USD', 'rest'),
      fact(`rec:RE${'2'.repeat(32)}`, 'channels', 2, 'webhook'),
      fact(`rec:RE${'2'.repeat(32)}`, 'legSid', `CA${'1'.repeat(32)}`, 'webhook'),
      fact('leg:d1', 'bridged', true, 'webhook'),
      fact('leg:d1', 'role', 'device'),
    ]
    replica.observe('c1', facts)
    expect(read().call('c1')).toEqual(recordOf('c1', joinFacts(facts, [])))
  })
})

const row = (callId: string) => ({ callId, facts: incomingFacts() })

describe('snapshot', () => {
  test('deletes what it did not show, but not what only this desktop knows', () => {
    replica.apply('e1', 'ada', [factsEvent(1, 'theirs', incomingFacts()), factsEvent(2, 'mine', incomingFacts())])
    replica.observe('unsent', outgoingFacts())
    replica.snapshotBegin()
    replica.snapshotRows('calls', [row('mine')])
    expect(read().call('theirs')).toBeDefined() // readable until the end
    expect(replica.snapshotFinish('e2', 9)).toEqual(['theirs'])
    expect(
      read()
        .calls(9)
        .calls.map((call) => call.callId)
        .toSorted(),
    ).toEqual(['mine', 'unsent'])
    expect(replica.position()).toEqual({ epoch: 'e2', cursor: 9, needsSnapshot: false })
    expect(db.prepare(`select count(*) from call_facts where call_id = 'theirs'`).pluck().get()).toBe(0)
  })

  test('broken off and begun anew, it forgets what the first try had seen', () => {
    replica.apply('e1', 'ada', [factsEvent(1, 'old', incomingFacts())])
    replica.snapshotBegin()
    replica.snapshotRows('calls', [row('old')])
    replica.snapshotBegin()
    expect(replica.snapshotFinish('e2', 0)).toEqual(['old'])
  })

  test('a row that is not understood is refused, with the page', () => {
    replica.snapshotBegin()
    expect(() => replica.snapshotRows('users', [{ userId: 'x y' }])).toThrow(/users/)
  })
})

test('pages are whole and without a repeat while calls of the same instant and new ones arrive', () => {
  const ids = Array.from({ length: 25 }, (_, index) => `c${String(index).padStart(2, '0')}`)
  for (const id of ids) replica.observe(id, incomingFacts(id < 'c10' ? at : `2026-11-21T11:00:${id.slice(1)}.000Z`))
  const seen: string[] = []
  let after: string | undefined
  do {
    const page = read().calls(4, after)
    seen.push(...page.calls.map((call) => call.callId))
    replica.observe(`new${seen.length}`, incomingFacts('2026-11-21T12:00:00.000Z'))
    after = page.next ?? undefined
  } while (after !== undefined)
  expect(seen).toEqual(ids.toReversed())
})

const subjects = ['call', 'leg:party', 'leg:d1', `leg:CA${'a'.repeat(32)}`, `rec:RE${'b'.repeat(32)}`]
const anyFact = fc.oneof(
  fc.record({
    subject: fc.constantFrom(...subjects.slice(1, 4)),
    field: fc.constant('status'),
    value: fc.constantFrom<CallFact['value']>(...callStatuses),
    source: fc.constantFrom('sdk', 'webhook', 'rest', 'rest-final'),
    at: fc.constantFrom(at, '2026-11-21T10:00:05.000Z', '2026-11-21T10:00:09.000Z'),
    sequence: fc.nat(5),
  }),
  fc.record({
    subject: fc.constantFrom(...subjects),
    field: fc.constantFrom('direction', 'from', 'startedAt', 'durationSeconds', 'bridged', 'price', 'answerAt', 'channels', 'later'),
    value: fc.constantFrom<CallFact['value']>('incoming', 'outgoing', at, 7, 0, true, false, null, '-0.01', '+14155552671'),
    source: fc.constantFrom('sdk', 'relay', 'webhook', 'rest', 'rest-final'),
    at: fc.constantFrom(at, '2026-11-21T10:00:05.000Z'),
  }),
) as fc.Arbitrary<CallFact>

const dump = (of: Connection) =>
  ['calls', 'call_legs', 'recordings', 'call_facts'].map((table) => of.prepare(`select * from ${table} order by 1, 2`).all())

const play = (events: CallFact[][]) => {
  const own = openDatabase(':memory:')
  migrate(own, appMigrations)
  const target = createReplica(own)
  target.snapshotFinish('e1', 0)
  for (const [index, facts] of events.entries()) target.apply('e1', 'ada', [factsEvent(index + 1, 'c1', facts)])
  const rows = dump(own)
  own.close()
  return rows
}

test('a call whose direction is contradicted has no rows, whatever came first', () => {
  const from = (value: CallFact['value']): CallFact[] => [{ subject: 'leg:d1', field: 'from', value, source: 'sdk', at }]
  const recorded: CallFact[] = [{ subject: `rec:RE${'b'.repeat(32)}`, field: 'status', value: 'completed', source: 'sdk', at }]
  expect(play([from('incoming'), recorded, from(7)])).toEqual(play([from('incoming'), from(7), recorded]))
})

test('any order and repetition of a call’s facts ends in the same rows', () => {
  const scenario = fc
    .array(fc.array(anyFact, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 6 })
    .chain((events) => fc.tuple(fc.constant(events), fc.shuffledSubarray([...events, ...events], { minLength: events.length * 2 })))
  fc.assert(
    fc.property(scenario, ([events, shuffled]) => {
      expect(play(shuffled)).toEqual(play(events))
    }),
    { numRuns: 60 },
  )
})
