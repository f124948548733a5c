import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { CallFact } from '../../../contract/call.ts'
import { migrate } from '../../../main/store/migrate.ts'
import { appMigrations } from '../../../main/store/migrations/index.ts'
import { openDatabase, type Connection } from '../../../main/store/open-database.ts'
import { createReader } from '../../../main/store/reader.ts'
import { createReplica, type Replica } from '../../../main/store/replica.ts'
import { fact, incomingFacts } from '../kit/facts.ts'
import { at, CA, RE, record } from '../kit/records.ts'

let db: Connection
let replica: Replica
let seq = 0
beforeEach(() => {
  db = openDatabase(':memory:')
  migrate(db, appMigrations)
  replica = createReplica(db)
  replica.snapshotFinish('e1', 0)
  seq = 0
})
afterEach(() => db.close())

const tell = (kind: string, recordId: string, callId: string, value: unknown, byUserId = 'sam', of = at) =>
  replica.apply('e1', 'ada', [{ seq: ++seq, at, name: 'record.changed', payload: record(kind, recordId, callId, value, byUserId, of) }])
const learn = (callId: string, ...facts: CallFact[]) =>
  replica.apply('e1', 'ada', [{ seq: ++seq, at, name: 'call.facts', payload: { callId, facts } }])
const read = () => createReader(db)
const minute = (of: number) => new Date(Date.parse('2026-11-21T10:00:00.000Z') + of * 60_000).toISOString()
const now = Date.parse('2026-11-22T10:00:00.000Z')

const missed = (callId: string, from: string, startedAt: string, ourNumber = '+14155550100') =>
  learn(
    callId,
    ...incomingFacts(startedAt, from).filter(({ field }) => field !== 'ourNumber'),
    fact('call', 'ourNumber', ourNumber),
    fact('call', 'endedAt', startedAt),
    fact('call', 'rangOut', true, 'webhook'),
  )
const closed = (callId: string) => tell('missed', callId, callId, { how: 'by-hand', byCallId: null })
const answered = [
  fact('leg:d1', 'role', 'device'),
  fact('leg:d1', 'sid', CA('2'), 'webhook'),
  fact('leg:d1', 'bridged', true, 'webhook'),
  fact('leg:d1', 'status', 'completed', 'webhook'),
  fact('leg:d1', 'durationSeconds', 60, 'webhook'),
]
const inbox = (includeClosed = false) =>
  read()
    .missedPage(50, undefined, includeClosed)
    .entries.map(({ call, others }) => [call.callId, ...others])

describe('the inbox of missed calls', () => {
  const ann = '+14155552671'
  const bob = '+14155552672'

  test('shows open calls of one party to one number as one entry, the newest first', () => {
    missed('a1', ann, minute(1))
    missed('b1', bob, minute(2))
    missed('a2', ann, minute(3))
    missed('a3', ann, minute(5))
    missed('a4', ann, minute(4), '+14155550199')
    expect(inbox()).toEqual([['a3', 'a2', 'a1'], ['a4'], ['b1']])
    expect(read().missedCount()).toBe(3)
  })

  test('is left by what is closed, answered after all, or was declined; a reopened one is back', () => {
    missed('a1', ann, minute(1))
    missed('b1', bob, minute(2))
    missed('a2', ann, minute(3))
    closed('a2')
    expect(inbox()).toEqual([['b1'], ['a1']])
    expect(inbox(true)).toEqual([['a2'], ['b1'], ['a1']])
    learn('b1', ...answered)
    expect(read().missedState('b1')).toBeNull()
    tell('missed', 'a2', 'a2', null)
    expect(inbox(true)).toEqual([['a2', 'a1']])
    learn('a2', fact('call', 'declinedBy', 'sam'))
    expect(inbox(true)).toEqual([['a1']])
    expect(read().missedCount()).toBe(1)
  })

  test('takes nobody who withholds their number for somebody else who does', () => {
    missed('w1', 'anonymous', minute(1))
    missed('w2', 'anonymous', minute(2))
    expect(inbox()).toEqual([['w2'], ['w1']])
    expect(read().missedCount()).toBe(2)
  })

  test('pages hold every entry once, and agree with a plain look at all calls', () => {
    const scenario = fc.array(fc.record({ from: fc.constantFrom(ann, bob, 'anonymous'), minute: fc.nat(5), isClosed: fc.boolean() }), {
      minLength: 1,
      maxLength: 14,
    })
    let round = 0
    fc.assert(
      fc.property(scenario, fc.integer({ min: 1, max: 4 }), fc.boolean(), (calls, limit, includeClosed) => {
        replica.wipe()
        replica.snapshotFinish('e1', seq)
        round++
        const all = calls.map((of, index) => ({ ...of, callId: `c${round}-${index}`, at: minute(of.minute) }))
        for (const { callId, from, at: startedAt, isClosed } of all) {
          missed(callId, from, startedAt)
          if (isClosed) closed(callId)
        }
        const newest = all.toSorted((a, b) => (a.at + a.callId > b.at + b.callId ? -1 : 1))
        const expected = newest.flatMap((one, index): string[][] => {
          if (one.isClosed) return includeClosed ? [[one.callId]] : []
          if (one.from === 'anonymous') return [[one.callId]]
          const same = (other: typeof one) => !other.isClosed && other.from === one.from
          if (newest.slice(0, index).some(same)) return []
          return [
            [
              one.callId,
              ...newest
                .slice(index + 1)
                .filter(same)
                .map(({ callId }) => callId),
            ],
          ]
        })
        const shown: string[][] = []
        let after: string | undefined
        do {
          const page = read().missedPage(limit, after, includeClosed)
          shown.push(...page.entries.map(({ call, others }) => [call.callId, ...others]))
          after = page.next ?? undefined
        } while (after !== undefined)
        expect(shown).toEqual(expected)
        expect(read().missedCount()).toBe(expected.filter(([id]) => !all.find(({ callId }) => callId === id)?.isClosed).length)
      }),
      { numRuns: 40 },
    )
  })
})

/** An answered call that should be recorded, with its recordings' status. */
const recorded = (callId: string, startedAt: string, sid?: string, status = 'completed', seconds = 60) =>
  learn(
    callId,
    ...incomingFacts(startedAt),
    ...answered,
    fact('call', 'endedAt', startedAt),
    fact('call', 'recordWanted', 'number'),
    ...(sid ? [fact(`rec:${sid}`, 'status', status, 'webhook'), fact(`rec:${sid}`, 'source', 'DialVerb', 'webhook')] : []),
    ...(sid && seconds > 0 ? [fact(`rec:${sid}`, 'durationSeconds', seconds, 'webhook')] : []),
  )
const voicemail = (callId: string, sid: string, startedAt: string, seconds = 9, status = 'completed') =>
  learn(
    callId,
    ...incomingFacts(startedAt),
    fact('call', 'endedAt', startedAt),
    fact(`rec:${sid}`, 'source', 'RecordVerb', 'webhook'),
    fact(`rec:${sid}`, 'status', status, 'webhook'),
    fact(`rec:${sid}`, 'durationSeconds', seconds, 'webhook'),
  )
const trash = (sid: string, callId: string, isTrashed = true) =>
  tell('recording', sid, callId, { trash: isTrashed ? { at, until: at, byUserId: 'sam' } : null, hold: null, deletedAt: null })
const list = (place: 'kept' | 'trash' = 'kept', shelf: 'recordings' | 'voicemail' = 'recordings') =>
  read()
    .recordingsPage({ shelf, place, limit: 50, after: undefined, now })
    .recordings.map(({ sid, state }) => `${sid.slice(-1)} ${state}`)
const found = (place: 'kept' | 'trash') =>
  read()
    .recordingsFound({ filter: { directions: ['incoming'] }, country: 'US' }, place, 50, undefined, now)
    .recordings.map(({ sid }) => sid.slice(-1))

describe('recordings', () => {
  test('are listed with how far they are; the trash is another list, and what is deleted is in none', () => {
    recorded('c1', minute(1), RE('1'))
    recorded('c2', minute(2), RE('2'), 'in-progress', 0)
    recorded('c3', minute(3), RE('3'), 'absent', 0)
    recorded('c4', minute(4), RE('4'), 'processing', 0)
    expect(list()).toEqual(['4 processing', '3 absent', '2 recording', '1 ready'])
    trash(RE('1'), 'c1')
    expect([list(), list('trash')]).toEqual([['4 processing', '3 absent', '2 recording'], ['1 trashed']])
    trash(RE('1'), 'c1', false)
    expect(list('trash')).toEqual([])
    tell('recording', RE('1'), 'c1', { trash: null, hold: null, deletedAt: at })
    expect(list()).toEqual(['4 processing', '3 absent', '2 recording'])
    expect(read().recording(RE('1'), now)?.state).toBe('deleted')
    expect(read().recordingsOf('c1', false, now)).toHaveLength(1)
  })

  test('are narrowed by dates, and by what calls are narrowed by', () => {
    for (const of of [1, 2, 3, 4]) recorded(`c${of}`, minute(of), RE(String(of)))
    learn('c5', ...incomingFacts(minute(5)))
    tell('note', 'n1', 'c2', { text: 'refund', recordingSid: null, atSeconds: null })
    const dated = read().recordingsPage({
      shelf: 'recordings',
      place: 'kept',
      limit: 1,
      after: undefined,
      now,
      from: minute(2),
      to: minute(4),
    })
    expect(dated.recordings.map(({ callId }) => callId)).toEqual(['c3'])
    const rest = read().recordingsPage({
      shelf: 'recordings',
      place: 'kept',
      limit: 5,
      after: dated.next ?? '',
      now,
      from: minute(2),
      to: minute(4),
    })
    expect(rest.recordings.map(({ callId }) => callId)).toEqual(['c2'])
    const callsOf = (text: string, filter = {}) =>
      read()
        .recordingsFound({ filter, text, country: 'US' }, 'kept', 50, undefined, now)
        .recordings.map(({ callId }) => callId)
    expect(callsOf('refund')).toEqual(['c2'])
    expect(callsOf('', { directions: ['incoming'], talkAtLeast: 60 })).toEqual(['c4', 'c3', 'c2', 'c1'])
    expect(callsOf('', { directions: ['outgoing'] })).toEqual([])
    trash(RE('3'), 'c3')
    expect(callsOf('', { directions: ['incoming'] })).toEqual(['c4', 'c2', 'c1'])
    const first = read().recordingsFound({ filter: { directions: ['incoming'] }, country: 'US' }, 'kept', 2, undefined, now)
    const second = read().recordingsFound({ filter: { directions: ['incoming'] }, country: 'US' }, 'kept', 2, first.next ?? '', now)
    expect([first, second].map(({ recordings }) => recordings.map(({ callId }) => callId))).toEqual([['c4', 'c2'], ['c1']])
  })

  test('are found in the place that was asked for, whatever else their call has', () => {
    recorded('c1', minute(1), RE('1'))
    recorded('c1', minute(1), RE('2'))
    recorded('c2', minute(2), RE('3'), 'absent', 0)
    voicemail('c3', RE('4'), minute(3))
    expect([found('kept'), found('trash')]).toEqual([['3', '2', '1'], []])
    trash(RE('1'), 'c1')
    trash(RE('4'), 'c3')
    expect([found('kept'), found('trash')]).toEqual([['3', '2'], ['1']])
    tell('recording', RE('1'), 'c1', { trash: { at, until: at, byUserId: 'sam' }, hold: null, deletedAt: at })
    tell('recording', RE('2'), 'c1', { trash: { at, until: at, byUserId: 'sam' }, hold: null, deletedAt: null })
    expect([found('kept'), found('trash')]).toEqual([['3'], ['2']])
  })

  test('a voicemail has readers, listeners and a transcript, or the reason why not; an empty message is none', () => {
    voicemail('c1', RE('1'), minute(1))
    voicemail('c2', RE('2'), minute(2), 1)
    voicemail('c3', RE('3'), minute(3), 0)
    voicemail('c4', RE('4'), minute(4), 5, 'absent')
    expect(list('kept', 'voicemail')).toEqual(['2 ready', '1 ready'])
    expect(list()).toEqual([])
    expect(read().missedState('c3')).toBe('open')
    expect(read().unreadCount()).toBe(2)
    tell('heard', `${RE('1')}:kim`, 'c1', { at: minute(20) }, 'kim')
    tell('heard', `${RE('1')}:sam`, 'c1', { at: minute(10) })
    tell('voicemail', RE('1'), 'c1', { isRead: true })
    tell('transcript', RE('1'), 'c1', { status: 'completed', text: 'Hello there', provider: 'twilio', sid: null })
    expect(read().unreadCount()).toBe(1)
    expect(
      read()
        .unreadVoicemails(9, undefined, now)
        .recordings.map(({ callId }) => callId),
    ).toEqual(['c2'])
    expect(read().recording(RE('1'), now)).toMatchObject({
      isVoicemail: true,
      isRead: true,
      heardBy: [
        { userId: 'sam', at: minute(10) },
        { userId: 'kim', at: minute(20) },
      ],
      transcript: { text: 'Hello there' },
      noTranscript: null,
    })
    expect(read().recording(RE('2'), now)).toMatchObject({ isRead: false, noTranscript: 'too-short', transcript: null })
    trash(RE('2'), 'c2')
    expect(read().unreadCount()).toBe(0)
    expect(list('trash', 'voicemail')).toEqual(['2 trashed'])
  })
})

test('the audit tells of every call that should be recorded whether it is, and counts all of them', () => {
  recorded('c1', minute(1), RE('1'))
  recorded('c2', minute(2), RE('2'), 'completed', 20)
  recorded('c3', minute(3), RE('3'), 'absent', 0)
  learn('c3', fact(`rec:${RE('3')}`, 'errorCode', 16102, 'webhook'))
  recorded('c4', minute(4)) // nothing was ever heard of it
  recorded('c5', new Date(now - 60_000).toISOString())
  recorded('c6', minute(6), RE('6'))
  trash(RE('6'), 'c6')
  learn('c7', ...incomingFacts(minute(7)), fact('call', 'recordWanted', 'number')) // not answered
  const rows = (troubleOnly: boolean, limit = 50, after?: string) => read().auditPage(limit, after, troubleOnly, now)
  expect(rows(false).rows.map(({ callId, state, errorCode }) => [callId, state, errorCode])).toEqual([
    ['c5', 'pending', null],
    ['c6', 'trashed', null],
    ['c4', 'missing', null],
    ['c3', 'absent', 16102],
    ['c2', 'short', null],
    ['c1', 'complete', null],
  ])
  expect(read().auditCounts(now)).toEqual({ wanted: 6, complete: 1, pending: 1, trouble: 3 })
  const first = rows(true, 2)
  expect(first.rows.map(({ callId }) => callId)).toEqual(['c4', 'c3'])
  expect(rows(true, 2, first.next ?? '')).toMatchObject({
    rows: [{ callId: 'c2', wanted: 'number', recordedSeconds: 20, talkSeconds: 60 }],
    next: null,
  })
  recorded('c4', minute(4), RE('4')) // late, but there
  replica.snapshotBegin()
  replica.snapshotRows('calls', [{ callId: 'c4', facts: incomingFacts(minute(4)) }])
  replica.snapshotFinish('e1', 99)
  expect(read().auditCounts(now)).toEqual({ wanted: 1, complete: 1, pending: 0, trouble: 0 })
})

test('a file of a version without these lists has them when it is opened', () => {
  const old = openDatabase(':memory:')
  migrate(
    old,
    appMigrations.filter(({ id }) => id < 60),
  )
  const add = (callId: string, outcome: string, reason: string | null, party: string | null) =>
    old
      .prepare(
        `insert into calls (call_id, direction, outcome, reason, party_kind, party_address, our_number, started_at)
         values (?, 'incoming', ?, ?, ?, ?, '+14155550100', ?)`,
      )
      .run(callId, outcome, reason, party ? 'number' : 'withheld', party, minute(Number(callId.slice(1))))
  add('c1', 'missed', 'rang-out', '+14155552671')
  add('c2', 'voicemail', 'rang-out', '+14155552671')
  add('c3', 'missed', 'declined', '+14155552671')
  add('c4', 'abandoned', null, null)
  add('c5', 'answered', null, '+14155552671')
  const recording = old.prepare(
    'insert into recordings (call_id, position, sid, source, status, duration_seconds) values (?, 0, ?, ?, ?, ?)',
  )
  recording.run('c2', RE('2'), 'RecordVerb', 'completed', 8)
  recording.run('c1', RE('1'), 'RecordVerb', 'completed', 0)
  recording.run('c5', RE('5'), 'DialVerb', 'completed', 60)
  old.exec("insert into call_facts values ('c5', 'call', 'recordWanted', 'text', 'caller', 'relay', '2026-11-21T10:00:00.000Z', null)")
  migrate(old, appMigrations)
  const reader = createReader(old)
  const { entries } = reader.missedPage(10, undefined, false)
  expect(entries.map(({ call, others }) => [call.callId, ...others])).toEqual([['c4'], ['c2', 'c1']])
  const listed = (shelf: 'recordings' | 'voicemail') =>
    reader.recordingsPage({ shelf, place: 'kept', limit: 9, after: undefined, now }).recordings.map(({ callId }) => callId)
  expect([listed('recordings'), listed('voicemail'), reader.unreadCount()]).toEqual([['c5'], ['c2'], 1])
  expect(reader.callView('c5')?.recordWanted).toBe('caller')
  old.close()
})
