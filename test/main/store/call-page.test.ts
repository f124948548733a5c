import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { CallFilter } from '../../../contract/history.ts'
import { callRecord, note, recordingSid, tags, transcript, type ToldCall } from '../kit/history.ts'
import { memoryReplica, type MemoryReplica } from '../kit/memory-replica.ts'

let own: MemoryReplica
beforeEach(() => (own = memoryReplica()))
afterEach(() => own.close())

const at = (minute: number) => new Date(Date.UTC(2026, 10, 21, 10, minute)).toISOString()
const ids = (filter?: CallFilter, limit = 50) => own.reader.calls(limit, undefined, filter).calls.map((call) => call.callId)
const found = (text: string, filter?: CallFilter, country = 'US') =>
  own.reader.searchCalls({ text, filter, country }, 50).hits.map(({ call }) => call.callId)
const hit = (text: string) => own.reader.searchCalls({ text, country: 'US' }, 1).hits[0]
const sids = (list: readonly { sid: string }[] | undefined) => list?.map(({ sid }) => sid)

const london = '+442079460018'
const calls: ToldCall[] = [
  { callId: 'c1', startedAt: at(1), userId: 'ada', talkSeconds: 30, cost: '0.0085', isRecorded: true },
  { callId: 'c2', startedAt: at(2), outcome: 'missed', party: london },
  { callId: 'c3', startedAt: at(3), outcome: 'voicemail', party: 'anonymous' },
  { callId: 'c4', startedAt: at(4), direction: 'outgoing', userId: 'sam', party: london, talkSeconds: 600, cost: '1.2' },
  { callId: 'c5', startedAt: at(5), direction: 'outgoing', outcome: 'not-reached', userId: 'ada', ourNumber: '+14155550111' },
  { callId: 'c6', startedAt: at(6), outcome: 'abandoned', party: 'sip:bob@pbx.example' },
  { callId: 'c7', startedAt: at(7), direction: 'outgoing', userId: 'sam', party: 'client:uada_d1', talkSeconds: 0 },
]
const tellAll = () => {
  own.user('ada', 'Ada Lovelace')
  own.user('sam', 'Sam Ångström')
  own.number('+14155550100', 'Main line')
  own.number('+14155550111', 'Support')
  for (const call of calls) own.call(call)
  own.record(note('c2', 'Wants the INVOICE of José’s café again, it’s urgent'))
  own.record(tags('c2', 'VIP', 'call back'))
  own.record(tags('c4', 'vip'))
  own.record(transcript('c3', 'Hello this is Bob. Please ring me about the broken boiler.'))
}

/** Where the voicemail of c3 is found and shown. */
const shown = () => ({
  search: found('boiler'),
  hit: hit('Bob')?.snippet ?? null,
  filter: ids({ hasVoicemail: true }),
  list: sids(own.reader.calls(50, undefined, { from: at(3), to: at(4) }).calls[0]?.recordings),
  missed: sids(own.reader.missedPage(50, undefined, false).entries.find(({ call }) => call.callId === 'c3')?.call.recordings),
  call: own.reader.callView('c3')?.recordings.map(({ sid, status }) => `${sid} ${status}`),
})

describe('a filter', () => {
  beforeEach(tellAll)
  test.each<[string, CallFilter, string[]]>([
    ['nothing', {}, ['c7', 'c6', 'c5', 'c4', 'c3', 'c2', 'c1']],
    ['empty lists', { directions: [], outcomes: [], tags: [] }, ['c7', 'c6', 'c5', 'c4', 'c3', 'c2', 'c1']],
    ['dates, the later one excluded', { from: at(2), to: at(4) }, ['c3', 'c2']],
    ['a direction', { directions: ['outgoing'] }, ['c7', 'c5', 'c4']],
    ['outcomes', { outcomes: ['missed', 'voicemail', 'not-reached'] }, ['c5', 'c3', 'c2']],
    ['our number', { ourNumbers: ['+14155550111'] }, ['c5']],
    ['users', { userIds: ['ada', 'kim'] }, ['c5', 'c1']],
    ['a tag as it is written', { tags: ['vip'] }, ['c4']],
    ['any of several tags', { tags: ['vip', 'call back'] }, ['c4', 'c2']],
    ['a recording', { hasRecording: true }, ['c1']],
    ['no recording', { hasRecording: false }, ['c7', 'c6', 'c5', 'c4', 'c3', 'c2']],
    ['a voicemail', { hasVoicemail: true }, ['c3']],
    ['a note', { hasNote: true }, ['c2']],
    ['no note and no voicemail', { hasNote: false, hasVoicemail: false }, ['c7', 'c6', 'c5', 'c4', 'c1']],
    ['cost at least', { costAtLeast: { amount: '0.0085', currency: 'USD' } }, ['c4', 'c1']],
    ['cost above', { costAtLeast: { amount: '0.008501', currency: 'USD' } }, ['c4']],
    ['cost at most', { costAtMost: { amount: '1.199999', currency: 'USD' } }, ['c1']],
    ['another currency', { costAtLeast: { amount: '0', currency: 'EUR' } }, []],
    ['two currencies', { costAtLeast: { amount: '0', currency: 'USD' }, costAtMost: { amount: '9', currency: 'EUR' } }, []],
    ['talk', { talkAtLeast: 30, talkAtMost: 599 }, ['c1']],
    ['no talk at all', { talkAtMost: 0 }, ['c7']],
    ['talk the wrong way round', { talkAtLeast: 60, talkAtMost: 30 }, []],
    ['a party', { party: london }, ['c4', 'c2']],
    ['several at once', { party: london, directions: ['incoming'], hasNote: true, tags: ['VIP'], to: at(9) }, ['c2']],
    ['several that exclude each other', { party: london, hasVoicemail: true }, []],
  ])('of %s', (_what, filter, expected) => {
    expect(ids(filter)).toEqual(expected)
    expect(own.reader.countCalls({ filter, country: 'US' }, 100)).toEqual({ count: expected.length, next: null })
  })

  test('goes on where a page ended, with a text as well', () => {
    const filter: CallFilter = { directions: ['incoming'] }
    const first = own.reader.calls(2, undefined, filter)
    expect(first.calls.map(({ callId }) => callId)).toEqual(['c6', 'c3'])
    own.call({ callId: 'new', startedAt: at(30) })
    const second = own.reader.calls(2, first.next ?? undefined, filter)
    expect(second.calls.map(({ callId }) => callId)).toEqual(['c2', 'c1'])
    expect(second.next).toBeNull()
    const hits = own.reader.searchCalls({ text: 'main', country: 'US' }, 3)
    expect(hits.hits.map(({ call }) => call.callId)).toEqual(['new', 'c7', 'c6'])
    const more = own.reader.searchCalls({ text: 'main', country: 'US' }, 3, hits.next ?? undefined)
    expect(more.hits.map(({ call }) => call.callId)).toEqual(['c4', 'c3', 'c2'])
  })

  test('follows what becomes of a call', () => {
    own.record(
      callRecord('recording', recordingSid('c1'), 'c1', {
        trash: { at: at(9), until: at(10), byUserId: 'ada' },
        hold: null,
        deletedAt: null,
      }),
    )
    own.record(tags('c4'))
    own.record(callRecord('note', 'note-c2', 'c2', null))
    expect([ids({ hasRecording: true }), ids({ tags: ['vip'] }), ids({ hasNote: true })]).toEqual([[], [], []])
    own.replica.observe('c2', [{ subject: 'call', field: 'startedAt', value: at(0), source: 'webhook', at: at(0) }])
    expect(ids({ party: london })).toEqual(['c4', 'c2'])
    expect(ids({}).at(-1)).toBe('c2')
  })

  test.each(['trash', 'deleted'] as const)('and of a voicemail (%s) nothing is shown until it is restored', (place) => {
    const become = (isGone: boolean) => {
      const trash = isGone ? { at: at(9), until: at(10), byUserId: 'ada' } : null
      own.record(
        callRecord('recording', recordingSid('c3'), 'c3', { trash, hold: null, deletedAt: isGone && place === 'deleted' ? at(10) : null }),
      )
    }
    const whole = shown()
    const sid = recordingSid('c3')
    expect(whole).toMatchObject({ search: ['c3'], filter: ['c3'], list: [sid], missed: [sid], call: [`${sid} completed`] })
    become(true)
    const call = place === 'deleted' ? [`${sid} deleted`] : []
    expect(shown()).toEqual({ search: [], hit: null, filter: [], list: [], missed: [], call })
    become(false)
    expect(shown()).toEqual(whole)
  })

  test('a page says what is marked on each call', () => {
    const [call] = own.reader.calls(1, undefined, { tags: ['VIP'] }).calls
    expect(call).toMatchObject({ callId: 'c2', tags: ['VIP', 'call back'], noteCount: 1, missed: { state: 'open' } })
  })
})

describe('a search', () => {
  beforeEach(tellAll)
  test.each<[string, string, string[]]>([
    ['a user’s name', 'lovelace', ['c7', 'c5', 'c1']],
    ['the beginning of one, without its accents', 'angs', ['c7', 'c4']],
    ['our number’s name', 'supp', ['c5']],
    ['a name and a word of a note', 'main invoice', ['c2']],
    ['a whole number', '+1 (415) 555-2671', ['c5', 'c1']],
    ['a national number, in words', '415 555 2671', ['c5', 'c1']],
    ['a part of a number', '7946 00', ['c4', 'c2']],
    ['our number', '4155550111', ['c5']],
    ['a foreign trunk zero', '020 7946', ['c4', 'c2']],
    ['a number and a name', '+44 sam', ['c4']],
    ['a SIP address', 'bob@pbx', ['c6']],
    ['a word, its case and accents apart', 'CAFE jose', ['c2']],
    ['a word with an apostrophe', 'it’s', ['c2']],
    ['the same with another one', "josé's", ['c2']],
    ['words in any order', 'again invoice', ['c2']],
    ['a tag', 'vip', ['c4', 'c2']],
    ['two words of a tag', 'call back', ['c2']],
    ['a transcript', 'boil', ['c3']],
    ['two letters', 'bo', ['c6', 'c3']],
    ['one letter is a word', 'o', []],
    ['a word that is nowhere', 'zebra', []],
    ['one word that is, and one that is not', 'invoice zebra', []],
    ['two digits, which are no number', '26', []],
  ])('finds %s', (_what, text, expected) => {
    expect(found(text)).toEqual(expected)
    expect(own.reader.countCalls({ text, country: 'US' }, 100).count).toBe(expected.length)
  })

  test.each([
    '"',
    '*',
    'NEAR(a b)',
    'invoice OR boiler',
    'doc:vip',
    '-vip',
    'vip*',
    '"vip',
    "vip'",
    '^vip',
    'NOT',
    '(',
    '\u{E000}dincoming',
    '\0',
  ])('%j is only text', (text) => {
    expect(() => found(text)).not.toThrow()
    expect(found('NEAR(a b)')).toEqual([])
  })

  test('any text is read, however long its words and many', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), fc.constantFrom('US', 'GB', 'XX'), (text, country) => {
        expect(found(text, {}, country).length).toBeLessThanOrEqual(calls.length)
      }),
      { numRuns: 200 },
    )
    expect(found('z '.repeat(100))).toEqual([])
    expect(found('1 2 '.repeat(50))).toEqual([])
    expect(found('main 415 '.repeat(20))).toHaveLength(6)
    const many = Array.from({ length: 100 }, (_, index) => String(index))
    expect(ids({ userIds: [...many, 'ada'], ourNumbers: ['+14155550111', ...many.map((digits) => `+1212555${digits}00`)] })).toEqual(['c5'])
  })

  test('signs alone find nothing, spaces alone everything', () => {
    expect(found('"*"')).toEqual([])
    expect(found('  ')).toHaveLength(calls.length)
  })

  test('within a filter', () => {
    expect(found('vip', { directions: ['incoming'] })).toEqual(['c2'])
    expect(found('020 7946', { hasNote: false })).toEqual(['c4'])
    expect(found('+4420', { talkAtLeast: 1 })).toEqual(['c4'])
  })

  test('national numbers are those of the user’s country', () => {
    own.call({ callId: 'ru', startedAt: at(20), party: '+79123456789' })
    expect(found('8 912 345-67-89', {}, 'RU')).toEqual(['ru'])
    expect(found('8 912 345-67-89', {}, 'US')).toEqual([])
  })

  test('says where, and shows the piece with the words marked', () => {
    expect(hit('urg invoice')).toMatchObject({
      matched: ['note'],
      snippet: 'Wants the \u2068INVOICE\u2069 of José’s café again, it’s \u2068urgent\u2069',
    })
    expect(hit('main 7946 vip')).toMatchObject({ call: { callId: 'c4' }, matched: ['number', 'name', 'tag'], snippet: null })
    expect(hit('boiler')).toMatchObject({ matched: ['transcript'] })
    expect(hit('boiler')?.snippet).toContain('\u2068boiler\u2069')
  })

  test('a rename is found at once, and the old name no more', () => {
    own.user('sam', 'Samuel Morse')
    own.number('+14155550111', 'Workshop')
    expect([found('morse'), found('angstrom'), found('workshop'), found('support')]).toEqual([['c7', 'c4'], [], ['c5'], []])
  })

  test('scripts without spaces, and others', () => {
    own.record(note('c1', '明日また電話します', 'n1'))
    own.record(note('c4', 'Перезвонить завтра ёлка', 'n2'))
    own.record(note('c5', 'नमस्ते दुनिया', 'n3'))
    expect([found('電話'), found('перезв'), found('ЕЛКА'), found('नमस्ते'), found('電明')]).toEqual([['c1'], ['c4'], ['c4'], ['c5'], []])
  })
})
