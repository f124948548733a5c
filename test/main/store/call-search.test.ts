import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { CallItem, CallFilter } from '../../../contract/history.ts'
import { isNumberFound, numberNeedles } from '../../../contract/number-search.ts'
import { note, recordingSid, tags, transcript, callRecord, type ToldCall } from '../kit/history.ts'
import { memoryReplica, type MemoryReplica } from '../kit/memory-replica.ts'

const parties = ['+14155552671', '+14155552672', '+442079460018', 'anonymous', 'client:usam_d1']
const ourNumbers = ['+14155550100', '+14155550111']
const users = ['ada', 'sam']
const words = ['invoice', 'boiler', 'inventory', 'Ada', 'be', 'Zoë', '415', 'vip']
const names: Readonly<Record<string, string>> = {
  ada: 'Ada Lovelace',
  sam: 'Sam Bell',
  '+14155550100': 'Main line',
  '+14155550111': 'Zoe’s support',
}
const startOf = (second: number) => new Date(Date.UTC(2026, 10, 21, 10, 0, second)).toISOString()

interface Told {
  call: ToldCall
  note: string | null
  tags: string[]
  transcript: string | null
}
const anyTold = fc.record({
  call: fc.record({
    direction: fc.constantFrom('incoming', 'outgoing'),
    startedAt: fc.nat(8).map(startOf), // several begin at once
    party: fc.constantFrom(...parties),
    ourNumber: fc.constantFrom(...ourNumbers),
    userId: fc.constantFrom(...users),
    outcome: fc.constantFrom('answered', 'answered', 'missed', 'voicemail', 'abandoned'),
    talkSeconds: fc.constantFrom(0, 1, 30, 600),
    isRecorded: fc.boolean(),
    cost: fc.constantFrom('0.0085', '0.014', '2'),
  }),
  note: fc.option(fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 3 }).map((list) => list.join(' '))),
  tags: fc.uniqueArray(fc.constantFrom('vip', 'boiler fix', 'be'), { maxLength: 2 }),
  transcript: fc.option(fc.constantFrom(...words)),
})
const anyTolds = fc
  .array(anyTold, { minLength: 1, maxLength: 12 })
  .map((list) => list.map((one, at) => ({ ...one, call: { ...one.call, callId: `c${String(at).padStart(2, '0')}` } as ToldCall })))
const money = (amount: string) => ({ amount, currency: 'USD' })
const anyFilter = fc.record(
  {
    from: fc.nat(8).map(startOf),
    to: fc.nat(8).map(startOf),
    directions: fc.subarray<'incoming' | 'outgoing'>(['incoming', 'outgoing']),
    outcomes: fc.subarray<CallItem['outcome']>(['answered', 'missed', 'voicemail', 'abandoned', 'not-reached']),
    ourNumbers: fc.subarray(ourNumbers),
    userIds: fc.subarray(users),
    tags: fc.subarray(['vip', 'boiler fix', 'nowhere']),
    hasRecording: fc.boolean(),
    hasVoicemail: fc.boolean(),
    hasNote: fc.boolean(),
    costAtLeast: fc.constantFrom('0', '0.0085', '1').map(money),
    costAtMost: fc.constantFrom('0.0085', '0.5', '2').map(money),
    talkAtLeast: fc.constantFrom(0, 1, 30, 31),
    talkAtMost: fc.constantFrom(0, 30, 600),
    party: fc.constantFrom('+14155552671', '+442079460018'),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<CallFilter>

const fold = (text: string) => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase()
const wordsIn = (text: string) => fold(text).split(/[^\p{L}\p{N}]+/u)
const isIn = <T>(list: readonly T[] | undefined, value: T) => !list?.length || list.includes(value)
const flag = (wanted: boolean | undefined, is: boolean) => wanted === undefined || wanted === is

/** What the words of the filter mean, said as plainly as can be. */
function isAskedFor(item: CallItem, filter: CallFilter): boolean {
  const number = item.party.kind === 'number' ? item.party.number : null
  const kinds = item.recordings.map((one) => one.source)
  const cost = item.cost && Number(item.cost.amount)
  const talk = item.talkSeconds
  return (
    item.startedAt >= (filter.from ?? '') &&
    item.startedAt < (filter.to ?? '9') &&
    isIn(filter.directions, item.direction) &&
    isIn(filter.outcomes, item.outcome) &&
    isIn(filter.ourNumbers, item.ourNumber ?? '') &&
    isIn(filter.userIds, item.userId ?? '') &&
    (!filter.tags?.length || item.tags.some((tag) => filter.tags?.includes(tag))) &&
    flag(filter.hasRecording, kinds.includes('DialVerb')) &&
    flag(filter.hasVoicemail, kinds.includes('RecordVerb') && item.recordings[0]?.durationSeconds !== 0) &&
    flag(filter.hasNote, item.noteCount > 0) &&
    (!filter.costAtLeast || (cost !== null && cost >= Number(filter.costAtLeast.amount))) &&
    (!filter.costAtMost || (cost !== null && cost <= Number(filter.costAtMost.amount))) &&
    (filter.talkAtLeast === undefined || (talk !== null && talk >= filter.talkAtLeast)) &&
    (filter.talkAtMost === undefined || (talk !== null && talk <= filter.talkAtMost)) &&
    (filter.party === undefined || number === filter.party)
  )
}

/** Likewise of one typed word. */
function isFound(item: CallItem, told: Told, typed: string): boolean {
  const named = [item.userId, item.ourNumber, item.party.kind === 'client' ? 'sam' : null].map((id) => names[id ?? ''] ?? '')
  const texts = [told.note ?? '', told.transcript ?? '', ...told.tags]
  const word = fold(typed)
  const begins = (text: string) => wordsIn(text).some((one) => one.startsWith(word))
  const addresses = [item.party.kind === 'number' ? item.party.number : '', item.ourNumber ?? '']
  return (
    named.some(begins) ||
    texts.some((text) => (word.length === 1 ? wordsIn(text).includes(word) : begins(text))) ||
    addresses.some((address) => isNumberFound(address, /\d/.test(typed) ? numberNeedles(typed, 'US') : []))
  )
}

function tell(own: MemoryReplica, tolds: readonly Told[]): void {
  for (const userId of users) own.user(userId, names[userId] ?? '')
  for (const number of ourNumbers) own.number(number, names[number] ?? '')
  for (const { call, ...rest } of tolds) {
    own.call(call)
    if (rest.note !== null) own.record(note(call.callId, rest.note))
    if (rest.tags.length > 0) own.record(tags(call.callId, ...rest.tags))
    if (rest.transcript !== null) own.record(transcript(call.callId, rest.transcript))
  }
}

test('any filter and words find what they mean, newest first, page by page', () => {
  const anyWord = fc.constantFrom('inv', 'invoice', 'b', 'be', 'zoe', 'ZOË', '415', '2671', '+4420', 'ada', 'vip', 'main', 'sup', 'zebra')
  fc.assert(
    fc.property(anyTolds, anyFilter, fc.array(anyWord, { maxLength: 2 }), fc.integer({ min: 1, max: 5 }), (tolds, filter, typed, limit) => {
      const own = memoryReplica()
      tell(own, tolds)
      // Numbers side by side are one number; a name between keeps them apart.
      const text = typed.every((word) => /\d/.test(word)) ? typed.slice(0, 1) : typed
      const everything = own.reader.calls(200).calls
      expect(everything.map((call) => call.startedAt)).toEqual(
        everything
          .map((call) => call.startedAt)
          .toSorted()
          .toReversed(),
      )
      const toldOf = new Map(tolds.map((told) => [told.call.callId, told]))
      const expected = everything
        .filter((item) => isAskedFor(item, filter))
        .filter((item) => text.every((word) => isFound(item, toldOf.get(item.callId) as Told, word)))
        .map((item) => item.callId)
      const found: string[] = []
      let after: string | undefined
      do {
        const page = own.reader.searchCalls({ text: text.join(' '), filter, country: 'US' }, limit, after)
        found.push(...page.hits.map(({ call }) => call.callId))
        after = page.next ?? undefined
      } while (after !== undefined)
      expect(found).toEqual(expected)
      expect(own.reader.countCalls({ text: text.join(' '), filter, country: 'US' }, 200).count).toBe(expected.length)
      own.close()
    }),
    { numRuns: 150 },
  )
})

describe('many', () => {
  let own: MemoryReplica
  beforeEach(() => (own = memoryReplica()))
  afterEach(() => own.close())
  const find = (text: string, limit = 200, filter: CallFilter = {}) =>
    own.reader.searchCalls({ text, filter, country: 'US' }, limit).hits.map(({ call }) => call.callId)

  // Each range of the number of parties is looked for in another way; what is found is the same.
  test.each([3, 80, 5200])('parts of the numbers of %i parties', (count) => {
    own.user('ada', 'Ada')
    const ids = Array.from({ length: count }, (_, at) => `c${String(at).padStart(4, '0')}`)
    own.replica.snapshotBegin()
    for (const [at, callId] of ids.entries()) {
      const party = `+1212${String(5_550_000 + at)}`
      own.replica.observe(callId, [
        { subject: 'call', field: 'direction', value: 'incoming', source: 'sdk', at: startOf(0) },
        { subject: 'call', field: 'from', value: party, source: 'sdk', at: startOf(0) },
        { subject: 'call', field: 'startedAt', value: startOf(at), source: 'sdk', at: startOf(0) },
      ])
    }
    own.call({ callId: 'other', party: '+13105559999', startedAt: startOf(9000) })
    own.record(note('other', 'They said 2125, twice'))
    own.record(note('c0001', 'urgent'))
    own.call({ callId: 'mine', party: '+12125550002', userId: 'ada', startedAt: startOf(9001) })
    const newest = ids.toReversed().slice(0, 20)
    expect(find('2125', 22)).toEqual(['mine', 'other', ...newest])
    expect(find('2125 urgent')).toEqual(['c0001'])
    expect(find('ada 2125')).toEqual(['mine'])
    expect(find('2125 ada 5550')).toEqual(['mine'])
    expect(find('2125', 3, { to: startOf(2) })).toEqual(['c0001', 'c0000'])
    expect(find('2125', 3, { hasNote: true })).toEqual(['other', 'c0001'])
    expect(own.reader.countCalls({ text: '2125', country: 'US' }, 9999).count).toBe(count + 2)
    expect(own.reader.countCalls({ text: '2125', country: 'US' }, 2)).toMatchObject({ count: 2 })
  })

  test('names of many of our numbers, and their digits', () => {
    for (let at = 0; at < 100; at++) own.number(`+1646555${1000 + at}`, `Desk ${at}`)
    for (let at = 0; at < 100; at += 10) own.call({ callId: `c${at}`, ourNumber: `+1646555${1000 + at}`, startedAt: startOf(at) })
    own.call({ callId: 'noted', startedAt: startOf(200) })
    own.record(note('noted', 'The desk 646555 is free'))
    expect(find('desk', 3)).toEqual(['noted', 'c90', 'c80'])
    expect(find('646555', 3)).toEqual(['noted', 'c90', 'c80'])
    expect(find('desk 646 desk 555 desk 65')).toEqual([]) // more lists than are merged at once
    expect(find('desk 646555 desk is')).toEqual(['noted'])
    expect(find('desk 30')).toEqual(['c30'])
  })
})

/** Everything the index keeps: no row may outlive its call. */
const kept = (own: MemoryReplica) =>
  ['call_docs_docsize', 'call_addresses', 'call_address_parts_docsize'].map((table) =>
    Number(own.db.prepare(`select count(*) from ${table}`).pluck().get()),
  )
const isTermLeft = (own: MemoryReplica, word: string) => {
  own.db.exec(`create virtual table if not exists temp.terms using fts5vocab(main, call_docs, row);`)
  return own.db.prepare('select count(*) from temp.terms where term = ?').pluck().get(word) !== 0
}

describe('what goes leaves nothing in the index', () => {
  let own: MemoryReplica
  beforeEach(() => {
    own = memoryReplica()
    own.call({ callId: 'stays' })
    own.call({ callId: 'goes', party: '+442079460018', outcome: 'voicemail' })
    own.record(note('goes', 'confidential'))
    own.record(transcript('goes', 'secret'))
  })
  afterEach(() => own.close())

  test('of which there was something', () => {
    expect(kept(own)).toEqual([2, 2, 2])
    expect([isTermLeft(own, 'confidential'), isTermLeft(own, 'secret')]).toEqual([true, true])
  })

  test('when a snapshot no longer shows it', () => {
    own.replica.snapshotBegin()
    own.replica.snapshotRows('calls', [{ callId: 'stays', facts: [] }])
    own.replica.snapshotFinish('e2', 9)
    expect(kept(own)).toEqual([1, 1, 1])
    expect([isTermLeft(own, 'confidential'), isTermLeft(own, 'secret')]).toEqual([false, false])
  })

  test('when another person begins here', () => {
    own.replica.wipe()
    expect(kept(own)).toEqual([0, 0, 0])
    expect(isTermLeft(own, 'confidential')).toBe(false)
  })

  test('when it became part of another, whose it is from then on', () => {
    own.say('call.facts', {
      callId: 'goes',
      facts: [{ subject: 'call', field: 'mergedInto', value: 'stays', source: 'relay', at: startOf(0) }],
    })
    expect(kept(own)[0]).toBe(1)
    expect(own.reader.searchCalls({ text: 'confidential', country: 'US' }, 9).hits.map(({ call }) => call.callId)).toEqual(['stays'])
  })

  test('when it is taken back, or its party is another', () => {
    own.record(callRecord('note', 'note-goes', 'goes', null))
    own.record(callRecord('transcript', recordingSid('goes'), 'goes', null))
    own.say('call.facts', {
      callId: 'goes',
      facts: [{ subject: 'call', field: 'from', value: '+14155550199', source: 'rest-final', at: startOf(0) }],
    })
    expect(own.reader.searchCalls({ text: 'confidential', country: 'US' }, 9).hits).toEqual([])
    own.db.exec(`insert into call_docs (call_docs) values ('optimize')`) // as merging lists does, sooner or later
    expect([isTermLeft(own, 'confidential'), isTermLeft(own, 'secret')]).toEqual([false, false])
    expect(own.db.prepare('select address from call_addresses order by address').pluck().all()).toEqual(['+14155550199', '+14155552671'])
  })
})
