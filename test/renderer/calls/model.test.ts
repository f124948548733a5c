import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { outcomes } from '../../../contract/call.ts'
import type { TimelineEntry } from '../../../contract/timeline.ts'
import { clustersOf, offsetText } from '../../../renderer/calls/model/clusters.ts'
import { columnsFor } from '../../../renderer/calls/model/columns.ts'
import { markWords, snippetPieces } from '../../../renderer/calls/model/marked.ts'
import { addressOf, placeOf, type Place } from '../../../renderer/calls/model/place.ts'
import {
  activeParts,
  amountOf,
  directions,
  fromAddress,
  marks,
  noQuery,
  secondsOf,
  toAddress,
  toFilter,
  without,
  whens,
  type Query,
} from '../../../renderer/calls/model/query.ts'
import { chartData, summaryOf } from '../../../renderer/calls/model/sound.ts'

const number = fc.integer({ min: 1_000_000, max: 999_999_999 }).map((one) => `+1${one}`)
const tag = fc.stringMatching(/^[a-zé#&=+%][a-z #&=+?/%]{0,20}$/)
const day = fc
  .date({ min: new Date('2001-01-01'), max: new Date('2040-01-01'), noInvalidDate: true })
  .map((at) => at.toISOString().slice(0, 10))
const anyQuery: fc.Arbitrary<Query> = fc.record({
  text: fc.string({ maxLength: 60 }),
  when: fc.constantFrom(...whens),
  from: fc.oneof(fc.constant(''), day),
  to: fc.oneof(fc.constant(''), day),
  directions: fc.uniqueArray(fc.constantFrom(...directions)),
  outcomes: fc.uniqueArray(fc.constantFrom(...outcomes)),
  numbers: fc.uniqueArray(number, { maxLength: 5 }),
  users: fc.uniqueArray(fc.stringMatching(/^[A-Za-z0-9_-]{1,20}$/), { maxLength: 5 }),
  tags: fc.uniqueArray(tag, { maxLength: 5 }),
  has: fc.uniqueArray(fc.constantFrom(...marks)),
  costLow: fc.constantFrom('', '0.25', '3'),
  costHigh: fc.constantFrom('', '12.000001'),
  currency: fc.constantFrom('USD', 'EUR'),
  talkLow: fc.constantFrom('', '0', '90'),
  talkHigh: fc.constantFrom('', '999999'),
  party: fc.oneof(fc.constant(''), number),
})

const local = (year: number, month: number, date: number) => new Date(year, month, date).toISOString()

describe('the query in the address', () => {
  test('comes back as it was, whatever is in it', () => {
    fc.assert(
      fc.property(anyQuery, (query) => {
        expect(fromAddress(toAddress(query))).toEqual(query)
      }),
    )
  })

  test('of anything at all is a query that main accepts', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const query = fromAddress(text)
        expect(fromAddress(toAddress(query))).toEqual(query)
        expect(() => toFilter(query, 0)).not.toThrow()
      }),
    )
  })

  test.each([
    'when=yesterday',
    'dir=sideways',
    'outcome=',
    'number=555',
    'user=a b',
    'tag=a,b',
    'costmin=-1',
    'talkmin=1:30',
    'from=2026-02-30',
    'currency=usd',
  ])('what is not understood is left out: %s', (search) => expect(fromAddress(search)).toEqual(noQuery))

  test('asks for nothing when nothing was chosen', () => {
    expect(toAddress(noQuery)).toBe('')
    expect(toFilter(noQuery, Date.now())).toEqual({})
    expect(activeParts(noQuery)).toEqual([])
  })

  test('each part can be taken away by itself', () => {
    fc.assert(
      fc.property(anyQuery, (query) => {
        for (const part of activeParts(query))
          expect(activeParts(without(query, part))).toEqual(activeParts(query).filter((one) => one !== part))
      }),
    )
  })

  test('days are local days, both included', () => {
    const custom = { ...noQuery, when: 'custom' as const, from: '2026-11-01', to: '2026-11-30' }
    expect(toFilter(custom, 0)).toEqual({ from: local(2026, 10, 1), to: local(2026, 11, 1) })
    const noon = new Date(2026, 10, 21, 12).getTime()
    expect(toFilter({ ...noQuery, when: 'today' }, noon)).toEqual({ from: local(2026, 10, 21) })
    expect(toFilter({ ...noQuery, when: '7d' }, noon)).toEqual({ from: local(2026, 10, 15) })
    expect(toFilter({ ...noQuery, from: '2026-11-01' }, noon)).toEqual({}) // days of a span that is not chosen
  })
})

test.each([
  ['90', '90'],
  ['1:30', '90'],
  [' 2:05 ', '125'],
  ['', ''],
  ['1:60', undefined],
  ['-5', undefined],
  ['1.5', undefined],
  ['1e3', undefined],
])('%j is %j seconds', (text, seconds) => expect(secondsOf(text)).toBe(seconds))

test.each([
  ['0.25', '0.25'],
  ['1,5', '1.5'],
  ['', ''],
  ['-1', undefined],
  ['1e3', undefined],
  ['$2', undefined],
])('%j is the amount %j', (text, amount) => expect(amountOf(text)).toBe(amount))

describe('places', () => {
  const anyPlace: fc.Arbitrary<Place> = fc.record({
    tab: fc.constantFrom('all', 'missed'),
    callId: fc.option(
      fc.stringMatching(/^[A-Za-z0-9_-]{1,30}$/).filter((id) => id !== 'missed'),
      { nil: null },
    ),
    search: fc.constantFrom('', 'tag=vip', 'q=a%3Fb&tag=x'),
  })
  test('an address leads back to its place', () => {
    fc.assert(
      fc.property(anyPlace, (place) => {
        expect(placeOf(addressOf(place))).toEqual(place)
      }),
    )
  })
  test.each([
    ['/calls', { tab: 'all', callId: null, search: '' }],
    ['/calls/', { tab: 'all', callId: null, search: '' }],
    ['/calls/missed/c1?x=1', { tab: 'missed', callId: 'c1', search: 'x=1' }],
    ['/calls/%00', { tab: 'all', callId: null, search: '' }],
  ])('%s', (address, place) => expect(placeOf(address)).toEqual(place))
})

const hits = (text: string, search: string) =>
  markWords(text, search)
    .filter((piece) => piece.isHit)
    .map((piece) => piece.text)

describe('marks', () => {
  test.each([
    ['(415) 555-2671', '5552671', ['555-2671']],
    ['(415) 555-2671', '415 555', ['415) 555']],
    ['(415) 555-2671', '0415', ['415']],
    ['+44 20 7946 0321', '020 7946', ['20 7946']],
    ['José Núñez', 'nun', ['Núñ']],
    ['Ada Lovelace', 'love ada', ['Ada', 'Love']],
    ['Ada Lovelace', 'x', []],
    ['(415) 555-2671', '5', []], // one digit would mark half of every number
  ])('%s, searched for %s', (text, search, found) => expect(hits(text, search)).toEqual(found))

  test('nothing of the text is lost, whatever is searched', () => {
    const texts = fc.oneof(fc.string(), fc.string({ unit: 'grapheme' }), fc.constant('(415) 555-2671'))
    fc.assert(
      fc.property(texts, fc.oneof(fc.string(), fc.stringMatching(/^[\d ()+-]{0,8}$/)), (text, search) => {
        expect(
          markWords(text, search)
            .map((piece) => piece.text)
            .join(''),
        ).toBe(text)
      }),
    )
  })

  test('a snippet says itself what was found', () => {
    expect(snippetPieces('wants a \u2068quote\u2069 by')).toEqual([
      { text: 'wants a ', isHit: false },
      { text: 'quote', isHit: true },
      { text: ' by', isHit: false },
    ])
    expect(snippetPieces('the delivery was late and nobody came on \u2068monday\u2069')[0]?.text).toBe('…and nobody came on ')
    expect(snippetPieces('nothing was found in this long text at all')[0]?.text).toBe('nothing was found in this long text at all')
  })
})

const entry = (isOrderCertain: boolean, what = 'arrived'): TimelineEntry => ({
  at: '2026-11-21T09:00:00.000Z',
  clock: 'relay',
  source: 'relay',
  what,
  params: {},
  legId: null,
  isOrderCertain,
})

describe('the timeline', () => {
  test('uncertain neighbours stand together, each entry once and in order', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 30 }), (certain) => {
        const entries = certain.map((one, index) => entry(one, String(index)))
        const clusters = clustersOf(entries)
        expect(clusters.flatMap((cluster) => cluster.entries)).toEqual(entries)
        for (const cluster of clusters) expect(cluster.isCertain).toBe(cluster.entries.length === 1)
      }),
    )
  })

  test.each([
    ['2026-11-21T09:00:00.400Z', '+0.4 s'],
    ['2026-11-21T08:59:58.000Z', '−2.0 s'],
    ['2026-11-21T09:01:05.000Z', '+1:05'],
    ['2026-11-21T11:01:05.000Z', '+2:01:05'],
    ['2026-11-24T09:00:00.000Z', '+3 d'],
    ['never', ''],
  ])('%s is %s from the start', (at, text) => expect(offsetText(at, '2026-11-21T09:00:00.000Z')).toBe(text))
})

test('a chart has each moment once, rising; a summary says the worst', () => {
  const samples: [number, number | null, number | null, number | null, number | null][] = [
    [5, 3, 30, 0.02, 1],
    [0, 4, 5, 0, 1],
    [5, 3.5, 20, 0.01, 1],
    [9, null, null, null, null],
  ]
  expect(chartData(samples)).toEqual([
    [0, 5, 9],
    [4, 3.5, null],
    [5, 20, null],
    [0, 1, null],
  ])
  expect(summaryOf(samples)).toEqual({ mosMean: 3.5, mosWorst: 3, jitterMost: 30, lossMost: 2 })
  expect(summaryOf([])).toEqual({ mosMean: null, mosWorst: null, jitterMost: null, lossMost: null })
})

const cells = (width: number) => columnsFor(width, true).grid.split(' ').length

test('a wider list shows more, never less; staff have no column of users', () => {
  for (let width = 560; width < 1400; width += 20) expect(cells(width + 20)).toBeGreaterThanOrEqual(cells(width))
  expect(columnsFor(1400, false).hasUser).toBe(false)
  expect(columnsFor(400, true).isCard).toBe(true)
  expect(columnsFor(0, true).isCard).toBe(false) // not known yet
})
