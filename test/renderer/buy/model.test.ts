import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatNumber } from '../../../contract/e164.ts'
import type { NumberOffer } from '../../../contract/number-desktop.ts'
import { sumDecimals } from '../../../contract/money.ts'
import { draftOf, plainDraft, queryOf, type Draft } from '../../../renderer/buy/model/query.ts'
import { relaxed, searchCount, typesOf } from '../../../renderer/buy/model/relax.ts'
import { firstOf, groupByPlace, papersState, totalsOf } from '../../../renderer/buy/model/results.ts'
import { isWrongSid, lacks, papersNeeded, priceOf, sendable } from '../../../renderer/buy/model/order.ts'
import { markPattern } from '../../../renderer/buy/model/vanity.ts'
import { countries, noPapers, offer, usd } from './buy-kit.tsx'

const toE164 = (text: string) => (/^\+\d{7,15}$/.test(text) ? text : undefined)
const draft = (part: Partial<Draft>): Draft => ({ ...plainDraft('US'), ...part })

describe('the query', () => {
  test('is what was typed, read', () => {
    const read = queryOf(
      draft({ areaCodes: ' 415, 510;415\n650 ', pattern: 'flow-ers', locality: ' Oakland ', near: '+14155550100' }),
      toE164,
    )
    expect(read).toEqual({
      query: {
        countries: ['US'],
        types: ['local'],
        areaCodes: ['415', '510', '650'],
        pattern: 'FLOWERS',
        position: 'anywhere',
        locality: 'Oakland',
        region: null,
        postalCode: null,
        nearNumber: '+14155550100',
        capabilities: ['voice'],
        address: 'any',
        limit: 10,
      },
    })
  })

  test.each<[Partial<Draft>, object]>([
    [{ countries: [] }, { countries: 'none' }],
    [{ countries: Array.from({ length: 11 }, (_, index) => `A${String.fromCodePoint(65 + index)}`) }, { countries: 'many' }],
    [{ types: [] }, { types: 'none' }],
    [{ areaCodes: '415, 41x' }, { areaCodes: 'shape' }],
    [{ areaCodes: '1234567' }, { areaCodes: 'shape' }],
    [{ areaCodes: Array.from({ length: 21 }, (_, index) => 201 + index).join(' ') }, { areaCodes: 'many' }],
    [{ pattern: '5' }, { pattern: 'shape' }],
    [{ pattern: '5***' }, { pattern: 'shape' }],
    [{ pattern: '12345678901234567' }, { pattern: 'shape' }],
    [{ pattern: 'ÄÖ' }, { pattern: 'shape' }],
    [{ near: 'here' }, { near: 'shape' }],
  ])('%j is wrong: %j', (part, errors) => expect(queryOf(draft(part), toE164)).toEqual({ errors }))

  test('of a kept search is the same query again', () => {
    const read = queryOf(draft({ areaCodes: '415 510', pattern: '55*5', near: '+14155550100', limit: 50 }), toE164)
    if (!('query' in read)) throw new Error('not read')
    expect(queryOf(draftOf(read.query), toE164)).toEqual(read)
  })
})

test('a loosened query keeps everything else', () => {
  const read = queryOf(draft({ areaCodes: '415', pattern: '555', position: 'end', region: 'CA' }), toE164)
  if (!('query' in read)) throw new Error('not read')
  const { query } = read
  expect(relaxed(query, 'area-code', countries)).toEqual({ ...query, areaCodes: [] })
  expect(relaxed(query, 'pattern', countries)).toEqual({ ...query, pattern: null, position: 'anywhere' })
  expect(relaxed(query, 'type', countries)).toEqual({ ...query, types: ['local', 'toll-free'] })
  expect(relaxed(query, 'country', countries).countries).toEqual(['US', 'DE'])
  expect(typesOf(countries, ['DE', 'US'])).toEqual(['local', 'toll-free', 'mobile'])
  expect(searchCount({ countries: ['US', 'DE'], types: ['local', 'mobile'], areaCodes: ['1', '2'] }, countries)).toBe(6)
})

const dollars = (cents: number) => `${Math.trunc(cents / 100)}.${String(cents % 100).padStart(2, '0')}`
const numbers = (offers: readonly NumberOffer[]) => offers.map(({ phoneNumber }) => phoneNumber)

describe('results', () => {
  const offers = [
    offer('+14155550102', { monthly: usd('1.15') }),
    offer('+14155550101', { monthly: usd('1.150') }),
    offer('+15105550100', { locality: 'Oakland', monthly: usd('1') }),
    offer('+18005550100', { type: 'toll-free', locality: null, region: null, monthly: null }),
    offer('+4930555010', { country: 'DE', locality: 'Berlin', region: null, monthly: { amount: '1', currency: 'EUR' } }),
  ]
  test('stand by place; by price the place with the cheapest number comes first, unknown prices last', () => {
    expect(groupByPlace(offers, 'number').map(({ place, type }) => place ?? type)).toEqual([
      'Berlin',
      'Oakland, CA',
      'San Francisco, CA',
      'toll-free',
    ])
    const byPrice = groupByPlace(offers, 'price')
    expect(byPrice.map(({ place, type }) => place ?? type)).toEqual(['Berlin', 'Oakland, CA', 'San Francisco, CA', 'toll-free'])
    expect(numbers(byPrice[2]?.offers ?? [])).toEqual(['+14155550101', '+14155550102'])
    expect(firstOf(byPrice, 3).map((group) => group.offers.length)).toEqual([1, 1, 1])
  })
  test('are all there whatever they are sorted by', () => {
    const price = fc.option(fc.record({ amount: fc.stringMatching(/^\d{1,4}(\.\d{1,4})?$/), currency: fc.constantFrom('USD', 'EUR') }))
    fc.assert(
      fc.property(fc.array(price, { maxLength: 30 }), fc.constantFrom('number', 'price'), (prices, sort) => {
        const all = prices.map((monthly, index) => offer(`+1415555${1000 + index}`, { monthly, locality: index % 2 ? 'A' : null }))
        expect(numbers(groupByPlace(all, sort).flatMap((group) => group.offers)).toSorted()).toEqual(numbers(all))
      }),
    )
  })
  test('are summed per currency, exactly; unknown is counted, never 0', () => {
    expect(totalsOf([usd('0.1'), usd('0.2'), null, { amount: '1.00', currency: 'EUR' }])).toEqual({
      sums: [
        { amount: '1', currency: 'EUR' },
        { amount: '0.3', currency: 'USD' },
      ],
      unpriced: 1,
    })
    const cents = fc.array(fc.integer({ min: 0, max: 100_000 }), { minLength: 1, maxLength: 40 })
    fc.assert(
      fc.property(cents, (all) => {
        const [sum] = totalsOf(all.map((cent) => usd(dollars(cent)))).sums
        expect(sum?.amount).toBe(sumDecimals([dollars(all.reduce((a, b) => a + b))]))
      }),
    )
  })
})

test.each([
  ['FLOWERS', 'end', '+14153569377', '(415) 356-9377', '356-9377', '(415) FLO-WERS'],
  ['356', 'anywhere', '+14153569377', '(415) 356-9377', '356', ''],
  ['35*9', 'anywhere', '+14153569377', '(415) 356-9377', '356-9', ''],
  ['A*', 'start', '+12155550100', '(215) 555-0100', '21', '(A15) 555-0100'],
  ['1215', 'anywhere', '+12155550100', '(215) 555-0100', '215', ''],
  ['12', 'start', '+12125550112', '(212) 555-0112', '12', ''],
  ['999', 'anywhere', '+14153560100', '(415) 356-0100', undefined, ''],
] as const)('%s (%s) in %s', (pattern, position, number, formatted, match, spelled) => {
  expect(formatNumber(number, 'US')).toBe(formatted)
  const marked = markPattern(formatted, number, pattern, position)
  expect(marked.pieces.map(({ text }) => text).join('')).toBe(formatted)
  expect(marked.pieces.find(({ isMatch }) => isMatch)?.text).toBe(match)
  expect(marked.spelled).toBe(spelled)
})

const AD = `AD${'a'.repeat(32)}`
const BU = `BU${'b'.repeat(32)}`
const papers = { ...noPapers, address: 'local' as const, bundle: 'required' as const }
const item = {
  intentId: 'i',
  phoneNumber: '+4930555010',
  country: 'DE',
  type: 'local' as const,
  place: null,
  monthly: usd('1'),
  name: null,
}

describe('papers', () => {
  test.each([
    [noPapers, 'none'],
    [papers, 'missing'],
    [{ ...papers, addressSid: AD }, 'missing'],
    [{ ...papers, addressSid: AD, bundleSid: BU }, 'ready'],
    [{ ...noPapers, bundle: 'unknown' as const }, 'unknown'],
  ])('%j: %s', (some, state) => expect(papersState({ papers: some })).toBe(state))

  test('are asked for once per country and type, with what fits already there', () => {
    const line = { item, papers: { ...papers, addressSid: AD } }
    const needed = papersNeeded([
      line,
      { ...line, item: { ...item, intentId: 'j' } },
      { item: { ...item, country: 'US' }, papers: noPapers },
    ])
    expect(needed.map(({ key, typed }) => [key, typed.addressSid, typed.bundleSid])).toEqual([['DE local', AD, '']])
  })

  test.each([
    ['', '', '', 'address'],
    [AD, '', '', 'bundle'],
    [AD, 'BU12', '', 'shape'],
    [AD, BU, 'x', 'shape'],
    [AD, BU, '', null],
  ])('with %s %s %s lack %s', (addressSid, bundleSid, identitySid, lack) =>
    expect(lacks(papers, { addressSid, bundleSid, identitySid })).toBe(lack),
  )

  test('are sent with the price that was shown', () => {
    const quote = {
      lines: [{ phoneNumber: '+4930555010', monthly: usd('2'), first: usd('2') }],
      monthly: [],
      first: [],
      unpriced: 0,
      balance: null,
      isEnough: null,
    }
    expect(priceOf({ item }, null)).toEqual(usd('1'))
    expect(sendable({ item, papers }, quote, ' Berlin ', { addressSid: ` ${AD} `, bundleSid: BU, identitySid: '' })).toEqual({
      ...item,
      monthly: usd('2'),
      name: 'Berlin',
      addressSid: AD,
      bundleSid: BU,
    })
    expect(isWrongSid('identitySid', `RI${'c'.repeat(32)}`)).toBe(false)
  })
})
