import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { inverse, patched } from '../../../renderer/model/number-patch.ts'
import { columnsFor, gridOf } from '../../../renderer/numbers/model/columns.ts'
import { isDueAt, isEarlyAt } from '../../../renderer/numbers/model/due.ts'
import { createFilter, DUE, facetsOf, filterRows, noFilter, type Filter } from '../../../renderer/numbers/model/filter.ts'
import { groupRows } from '../../../renderer/numbers/model/group.ts'
import { createIndex, searchWords } from '../../../renderer/numbers/model/row.ts'
import { extend, keepKnown, nothing, toggle, toggleAll } from '../../../renderer/numbers/model/selection.ts'
import { nextSort, sortKeys, sortRows } from '../../../renderer/numbers/model/sort.ts'
import { retagged, tagsIn } from '../../../renderer/numbers/model/tags.ts'
import { nameFrom, renamings, unknownParts } from '../../../renderer/numbers/model/template.ts'
import { mergePage, pagesOf } from '../../../renderer/state/number-pages.ts'
import { owned } from './kit.tsx'

const names = { ada: 'Ada Lovelace', sam: 'Sàm' }
const index = (...numbers: ReturnType<typeof owned>[]) => createIndex()(numbers, names)
const labels = (rows: { number: { name: string } }[]) => rows.map((row) => row.number.name)

const until = (at: number, hold: string) =>
  owned(at, { state: 'held', name: hold, hold: { until: hold, message: null, at: hold, byUserId: 'ada' } })
const nameOf = (id: string) => names[id as keyof typeof names] ?? id
const priced = (at: number, amount: string, currency: string) => owned(at, { name: `${amount} ${currency}`, monthly: { amount, currency } })
const keys = (width: number) => columnsFor(width).map((one) => one.key)
const told = (items: ReturnType<typeof groupRows>) =>
  items.map((item) => (item.kind === 'group' ? `${item.value || '-'} ${item.count}` : item.row.number.name))

const company = index(
  owned(0, { name: 'Line 10', userIds: ['ada'], calls30: 3, monthly: { amount: '2.00', currency: 'USD' } }),
  owned(1, { name: 'Line 9', userIds: ['sam', 'ada'], state: 'held', country: 'GB', monthly: null, health: 'bad' }),
  owned(2, { name: 'café', state: 'left', place: null }),
  owned(3, { name: 'Zebra', capabilities: { voice: true, sms: false, mms: false, fax: true }, tags: ['Sales'], health: 'warning' }),
)

describe('the search', () => {
  test.each([
    ['(415) 555-0103', ['Zebra']],
    ['0101', ['Line 9']],
    ['line', ['Line 10', 'Line 9']],
    ['sam line', ['Line 9']],
    ['SALES', ['Zebra']],
    ['lovelace gb', ['Line 9']],
    ['  ', ['Line 10', 'Line 9', 'Zebra']],
    ['nobody like this', []],
  ])('%j finds %j', (query, found) => {
    expect(labels(filterRows(company, { ...noFilter, query }, 0))).toEqual(found)
  })

  test('accents and case do not matter', () => {
    expect(labels(filterRows(company, { ...noFilter, query: 'CAFE', states: ['left'] }, 0))).toEqual(['café'])
    expect(searchWords(' Ünïted  Front ')).toEqual(['united', 'front'])
  })

  test.each([
    [{ states: ['held'] }, ['Line 9']],
    [{ states: ['left'] }, ['café']],
    [{ owners: ['ada'] }, ['Line 10', 'Line 9']],
    [{ owners: [''] }, ['Zebra']],
    [{ countries: ['GB'] }, ['Line 9']],
    [{ health: ['bad', 'warning'] }, ['Line 9', 'Zebra']],
    [{ capabilities: ['voice', 'fax'] }, ['Zebra']],
    [{ owners: ['ada'], countries: ['US'] }, ['Line 10']],
  ] satisfies [Partial<Filter>, string[]][])('%j leaves %j; what left is history unless it is asked for', (filter, left) => {
    expect(labels(filterRows(company, { ...noFilter, ...filter }, 0))).toEqual(left)
  })

  test('what is due is held past its time: at the moment it is asked for', () => {
    const held = index(until(0, '2026-11-21T10:00:00.000Z'), until(1, '2026-11-23T10:00:00.000Z'), owned(2))
    const due = { ...noFilter, states: [DUE] }
    const narrow = createFilter()
    const at = (now: string) => labels(narrow(held, due, Date.parse(now)))
    expect(at('2026-11-20T10:00:00.000Z')).toEqual([])
    expect(at('2026-11-22T10:00:00.000Z')).toEqual(['2026-11-21T10:00:00.000Z'])
    expect(at('2026-11-24T10:00:00.000Z')).toHaveLength(2)
    expect(facetsOf(held, Date.parse('2026-11-22T10:00:00.000Z')).states).toContainEqual({ key: DUE, count: 1 })
    expect(facetsOf(held, 0).states.map((one) => one.key)).toEqual(['held', 'active'])
  })

  test('typing on, or back, finds what searching anew finds', () => {
    const many = index(
      ...Array.from({ length: 60 }, (_, at) => owned(at * 37, { name: `Line ${at} ${'abc'[at % 3]}`, tags: [`t${at % 5}`] })),
    )
    const text = fc.array(fc.constantFrom('1', '5', ' ', 'a', 'l', 'i', '(', '+', 't'), { maxLength: 7 }).map((all) => all.join(''))
    fc.assert(
      fc.property(fc.array(text, { maxLength: 8 }), (queries) => {
        const narrow = createFilter()
        for (const query of queries) {
          const filter = { ...noFilter, query }
          expect(narrow(many, filter, 0)).toEqual(filterRows(many, filter, 0))
        }
      }),
    )
  })

  test('what there is to choose from, with counts', () => {
    const { states, owners, capabilities } = facetsOf(company, 0)
    expect(states).toEqual([
      { key: 'active', count: 2 },
      { key: 'held', count: 1 },
      { key: 'left', count: 1 },
    ])
    expect(owners).toEqual([
      { key: 'ada', count: 2 },
      { key: '', count: 1 },
      { key: 'sam', count: 1 },
    ])
    expect(capabilities.find((one) => one.key === 'fax')).toEqual({ key: 'fax', count: 1 })
  })

  test('a row is made again only for another number or other names', () => {
    const make = createIndex()
    const numbers = [owned(0), owned(1)]
    const [first, second] = make(numbers, names)
    const again = make([numbers[0]!, { ...numbers[1]! }], names)
    expect(again[0]).toBe(first)
    expect(again[1]).not.toBe(second)
    expect(make(numbers, { ada: 'Ada' })[0]).not.toBe(first)
  })
})

describe('the order', () => {
  test.each([
    ['name', false, ['café', 'Line 9', 'Line 10', 'Zebra']],
    ['name', true, ['Zebra', 'Line 10', 'Line 9', 'café']],
    ['health', false, ['Line 9', 'Zebra', 'Line 10', 'café']],
    ['used', true, ['Line 10', 'Line 9', 'café', 'Zebra']],
    ['monthly', false, ['café', 'Zebra', 'Line 10', 'Line 9']],
    ['monthly', true, ['Line 10', 'café', 'Zebra', 'Line 9']],
    ['owners', true, ['Line 9', 'Line 10', 'café', 'Zebra']],
    ['place', false, ['Line 10', 'Line 9', 'Zebra', 'café']],
  ] as const)('by %s, descending %s: what is unknown stands last', (by, isDescending, order) => {
    expect(labels(sortRows(company, { by, isDescending }))).toEqual(order)
  })

  test('amounts of one currency are compared, currencies kept apart', () => {
    const rows = index(priced(0, '9', 'USD'), priced(1, '10', 'USD'), priced(2, '100', 'EUR'))
    expect(labels(sortRows(rows, { by: 'monthly', isDescending: false }))).toEqual(['100 EUR', '9 USD', '10 USD'])
  })

  test('a header turns its own order round; use and cost begin with the most', () => {
    expect(nextSort({ by: 'name', isDescending: false }, 'name')).toEqual({ by: 'name', isDescending: true })
    expect(nextSort({ by: 'name', isDescending: true }, 'used')).toEqual({ by: 'used', isDescending: true })
    expect(nextSort({ by: 'used', isDescending: true }, 'place')).toEqual({ by: 'place', isDescending: false })
  })

  test('no order loses a row', () => {
    for (const by of sortKeys)
      for (const isDescending of [true, false]) expect(new Set(sortRows(company, { by, isDescending }))).toEqual(new Set(company))
  })
})

describe('groups', () => {
  test('a number of two owners stands in both groups; nobody’s come last; a closed group shows its heading', () => {
    expect(told(groupRows(company, 'owner', nameOf, new Set(['sam'])))).toEqual([
      'ada 2',
      'Line 10',
      'Line 9',
      'sam 1',
      '- 2',
      'café',
      'Zebra',
    ])
  })
  test('keys are each other’s difference', () => {
    const all = groupRows(company, 'owner', String, new Set()).map((item) => item.key)
    expect(new Set(all).size).toBe(all.length)
  })
  test('without groups there are only rows', () => {
    expect(told(groupRows(company, 'none', String, new Set()))).toEqual(['Line 10', 'Line 9', 'café', 'Zebra'])
  })
})

describe('choosing', () => {
  const shown = ['a', 'b', 'c', 'd', 'e']
  test('Shift goes from the anchor to here, either way', () => {
    const from = toggle(nothing, 'd')
    expect([...extend(from, 'b', shown).chosen].toSorted()).toEqual(['b', 'c', 'd'])
    expect([...extend(extend(from, 'b', shown), 'e', shown).chosen].toSorted()).toEqual(['b', 'c', 'd', 'e'])
  })
  test('without a visible anchor it is one alone', () => expect([...extend(toggle(nothing, 'x'), 'b', shown).chosen]).toEqual(['x', 'b']))
  test('all, then nothing', () => {
    const all = toggleAll(nothing, shown)
    expect(all.chosen.size).toBe(5)
    expect(toggleAll(all, shown).chosen.size).toBe(0)
    expect(toggleAll(toggle(nothing, 'a'), shown).chosen.size).toBe(5)
  })
  test('what is gone is chosen no more; what stays is the same object', () => {
    const two = toggle(toggle(nothing, 'a'), 'b')
    expect([...keepKnown(two, (one) => one !== 'b').chosen]).toEqual(['a'])
    expect(keepKnown(two, () => true)).toBe(two)
  })
})

describe('names by template', () => {
  test.each([
    ['Sales {area} {n}', 'Sales 415 3'],
    ['{name} ({last4})', 'Line 7 (0107)'],
    ['{country}-{n}', 'US-3'],
    ['  {area}   desk ', '415 desk'],
    ['{what} {n}', '{what} 3'],
    ['', ''],
  ])('%j makes %j', (template, name) => expect(nameFrom(template, owned(7), 2)).toBe(name))
  test('outside North America the city stands for the area code', () => {
    expect(nameFrom('{area} {last4}', { phoneNumber: '+4930901820', name: 'x', country: 'DE', place: 'Berlin, BE' }, 0)).toBe('Berlin 1820')
    expect(nameFrom('{area} x', { phoneNumber: '+4930901820', name: 'x', country: 'DE', place: null }, 0)).toBe('x')
  })
  test('a name that cannot be used says why', () => {
    expect(renamings('{name}', [owned(0, { name: '' })])[0]?.problem).toBe('empty')
    expect(renamings('x'.repeat(65), [owned(0)])[0]?.problem).toBe('long')
    expect(renamings('x'.repeat(64), [owned(0)])[0]?.problem).toBeNull()
    expect(renamings('🙂'.repeat(33), [owned(0)])[0]?.problem).toBe('long')
    expect(renamings('lk:{n}', [owned(0)])[0]?.problem).toBe('reserved')
    expect(renamings('a\u0000b', [owned(0)])[0]?.problem).toBe('control')
  })
  test('what is no placeholder is named', () => expect(unknownParts('{area} {lastfour} {}')).toEqual(['lastfour', '']))
})

test('tags are split at commas, each once; others stay', () => {
  expect(tagsIn(' sales,  front  desk,,sales ')).toEqual(['sales', 'front desk'])
  expect(retagged(['a', 'b'], ['c', 'a'], ['b'])).toEqual(['a', 'c'])
})

test('columns give way one by one, to a card at last; the name takes what is left', () => {
  expect(keys(1400)).toHaveLength(10)
  expect(keys(0)).toHaveLength(10)
  expect(keys(700)).toEqual(expect.arrayContaining(['number', 'name', 'state', 'health']))
  expect(keys(700)).not.toContain('capabilities')
  expect(keys(559)).toEqual([])
  expect(gridOf(columnsFor(600), true)).toMatch(/^36px 150px minmax\(120px, 1fr\) /)
  expect(gridOf([], false)).toBe('minmax(0, 1fr)')
})

test('a hold is early until its end, due from then on; what is not held is neither', () => {
  const hold = { until: '2026-11-21T10:00:00.000Z', message: null, at: '2026-11-14T10:00:00.000Z', byUserId: 'ada' }
  const end = Date.parse(hold.until)
  expect([end - 1, end].map((now) => isDueAt({ state: 'held', hold }, now))).toEqual([false, true])
  expect([end - 1, end].map((now) => isEarlyAt({ state: 'held', hold }, now))).toEqual([true, false])
  expect(isDueAt({ state: 'active', hold: null }, end)).toBe(false)
  expect(isEarlyAt({ state: 'active', hold: null }, end)).toBe(false)
})

describe('a change shown at once', () => {
  test('its inverse brings back what was', () => {
    const patch = fc.record(
      {
        name: fc.string({ minLength: 1 }),
        isActive: fc.boolean(),
        notes: fc.string(),
        tags: fc.array(fc.string()),
        userIds: fc.array(fc.string()),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(patch, fc.constantFrom('active' as const, 'inactive' as const), (change, state) => {
        const number = owned(0, { state, tags: ['a'], notes: 'n' })
        expect(patched(patched(number, change), inverse(number, change))).toEqual(number)
      }),
    )
  })
  test('a held number stays held', () => expect(patched(owned(0, { state: 'held' }), { isActive: true }).state).toBe('held'))
})

describe('pages', () => {
  const all = Array.from({ length: 40 }, (_, at) => owned(at))
  test('reading the pages of what there is now, in any number, ends in what there is now', () => {
    fc.assert(
      fc.property(fc.subarray(all), fc.subarray(all), fc.integer({ min: 1, max: 15 }), (before, now, size) => {
        let list: ReturnType<typeof mergePage> = [...before]
        let from: string | undefined
        for (let at = 0; ; at += size) {
          const page = now.slice(at, at + size)
          const isLast = at + size >= now.length
          list = mergePage(list, from, page, isLast)
          from = page.at(-1)?.phoneNumber
          if (isLast) break
        }
        expect(list).toEqual(now)
      }),
    )
  })
  test('a number that reads as before stays the same object', () => {
    const [first, second] = mergePage(all.slice(0, 2), undefined, [structuredClone(all[0]!), { ...all[1]!, name: 'New' }], true)
    expect(first).toBe(all[0])
    expect(second?.name).toBe('New')
  })
  test('the page of a number is the one in which it stands or would stand', () => {
    const pages = [
      { after: undefined, from: undefined },
      { after: 'x', from: '+14155550110' },
      { after: 'y', from: '+14155550120' },
    ]
    expect(pagesOf(pages, ['+14155550110']).map((page) => page.after)).toEqual([undefined])
    expect(pagesOf(pages, ['+14155550111', '+14155550120']).map((page) => page.after)).toEqual(['x'])
    expect(pagesOf(pages, ['+19990000000', '+10000000000']).map((page) => page.after)).toEqual([undefined, 'y'])
  })
})
