import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sumDecimals } from '../../../contract/money.ts'
import { numberStates, type OwnedNumber } from '../../../contract/number-desktop.ts'
import { costReport, sumMoney } from '../../../main/numbers/cost.ts'
import { numbersCsv, safeCell } from '../../../main/numbers/export.ts'
import { ownedOf } from './owned.ts'

const now = new Date('2026-11-21T10:00:00.000Z')
const usd = (amount: string) => ({ amount, currency: 'USD' })
const gbp = (amount: string) => ({ amount, currency: 'GBP' })
const report = (...numbers: OwnedNumber[]) => costReport(numbers, now, true)

describe('the report', () => {
  const all = [
    ownedOf(1, { monthly: usd('1.15'), userIds: ['ada', 'sam'], talkSeconds30: 600, calls30: 4 }),
    ownedOf(2, { monthly: usd('2.15'), state: 'inactive', userIds: ['sam'] }),
    ownedOf(3, { monthly: gbp('1.00'), country: 'GB', talkSeconds30: 45, calls30: 1 }),
    ownedOf(4, { monthly: null, state: 'held', lastUsedAt: '2026-09-01T00:00:00.000Z' }),
    ownedOf(5, { monthly: usd('9.00'), state: 'left' }),
  ]

  test('counts what is paid, keeps currencies apart, and says what has no price', () => {
    const { total, active, inactive } = report(...all)
    expect(total).toEqual({ key: 'total', count: 4, monthly: [gbp('1'), usd('3.3')], unpriced: 1 })
    expect(active).toEqual({ key: 'active', count: 2, monthly: [gbp('1'), usd('1.15')], unpriced: 0 })
    expect(inactive).toEqual({ key: 'inactive', count: 2, monthly: [usd('2.15')], unpriced: 1 })
  })

  test('by country, owner and state; a number of several owners counts whole for each', () => {
    const { byCountry, byOwner, byState } = report(...all)
    expect(byCountry.map(({ key, count }) => [key, count])).toEqual([
      ['GB', 1],
      ['US', 3],
    ])
    expect(byOwner).toEqual([
      { key: '', count: 2, monthly: [gbp('1')], unpriced: 1 },
      { key: 'ada', count: 1, monthly: [usd('1.15')], unpriced: 0 },
      { key: 'sam', count: 2, monthly: [usd('3.3')], unpriced: 0 },
    ])
    expect(byState.map(({ key, count }) => [key, count])).toEqual([
      ['active', 2],
      ['held', 1],
      ['inactive', 1],
    ])
  })

  test('rent per used minute, of the numbers that talked, in each currency', () => {
    expect(report(...all).perUsedMinute).toEqual([gbp('1.3333'), usd('0.115')])
    expect(report(ownedOf(1, { monthly: usd('1.15') })).perUsedMinute).toEqual([])
  })

  test('paid and unused, with when each was used last', () => {
    expect(report(...all).unused.map(({ phoneNumber, lastUsedAt }) => [phoneNumber, lastUsedAt])).toEqual([
      [all[1]!.phoneNumber, null],
      [all[3]!.phoneNumber, '2026-09-01T00:00:00.000Z'],
    ])
  })

  test('says nothing of use when calls were never counted', () => {
    expect(costReport(all, now, false)).toMatchObject({ unused: [], perUsedMinute: [], total: { count: 4 } })
  })

  test('first charges of 30 days: as agreed to, else the rent; also of numbers given back since', () => {
    const origin = (at: string, amount: string) => ({ at, byUserId: 'ada', intentId: 'i', monthly: usd(amount), place: null, type: null })
    const bought = [
      ownedOf(1, { monthly: usd('1.15'), origin: origin('2026-11-20T00:00:00.000Z', '1.00') }),
      ownedOf(2, { monthly: usd('1.15'), origin: origin('2026-10-01T00:00:00.000Z', '5.00') }),
      ownedOf(3, { monthly: null, state: 'left', origin: origin('2026-11-01T00:00:00.000Z', '2.00') }),
      ownedOf(4, { monthly: gbp('3.00'), since: '2026-11-19T00:00:00.000Z' }),
    ]
    expect(report(...bought).first30).toEqual([gbp('3'), usd('3')])
  })

  test('of no numbers is empty', () => {
    expect(report()).toMatchObject({ total: { count: 0, monthly: [], unpriced: 0 }, byCountry: [], byOwner: [], byState: [], first30: [] })
  })
})

const money = fc.option(
  fc.record({
    amount: fc.nat(100_000).map((cents) => `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`),
    currency: fc.constantFrom('USD', 'GBP', 'EUR'),
  }),
)
const someNumbers = fc
  .array(fc.record({ monthly: money, state: fc.constantFrom(...numberStates), country: fc.constantFrom('US', 'GB', null) }), {
    maxLength: 30,
  })
  .map((rows) => rows.map((row, index) => ownedOf(index, row)))

test('countries, states, and active with inactive each add up to the total', () => {
  fc.assert(
    fc.property(someNumbers, (numbers) => {
      const { total, active, inactive, byCountry, byState } = report(...numbers)
      for (const lines of [[active, inactive], byCountry, byState]) {
        expect(lines.reduce((sum, { count }) => sum + count, 0)).toBe(total.count)
        expect(lines.reduce((sum, { unpriced }) => sum + unpriced, 0)).toBe(total.unpriced)
        expect(sumMoney(lines.flatMap(({ monthly }) => monthly))).toEqual(total.monthly)
      }
      const euros = numbers.filter(({ monthly, state }) => monthly?.currency === 'EUR' && state !== 'left')
      if (euros.length === 0) return
      expect(total.monthly.find(({ currency }) => currency === 'EUR')?.amount).toBe(
        sumDecimals(euros.map(({ monthly }) => monthly!.amount)),
      )
    }),
  )
})

/** RFC 4180, strictly: what a reader of the file sees. */
function cells(text: string): string[][] {
  const rows: string[][] = [[]]
  let rest = text
  while (rest !== '') {
    const quoted = /^"((?:[^"]|"")*)"/.exec(rest)
    const plain = quoted ?? /^([^",\r\n]*)/.exec(rest)
    rows.at(-1)?.push(quoted ? quoted[1]!.replaceAll('""', '"') : plain![1]!)
    rest = rest.slice(plain![0].length)
    if (rest.startsWith(',')) rest = rest.slice(1)
    else if (rest.startsWith('\r\n')) {
      rest = rest.slice(2)
      if (rest !== '') rows.push([])
    } else throw new Error(`not RFC 4180 at ${JSON.stringify(rest.slice(0, 20))}`)
  }
  return rows
}

describe('the export', () => {
  const names = new Map([['ada', 'Ada']])

  test('has a header and a row per number, every value where it belongs', () => {
    const number = ownedOf(1, {
      name: 'Front, "desk"\nfloor 2',
      userIds: ['ada', 'gone'],
      monthly: usd('1.15'),
      calls30: 3,
      talkSeconds30: 90,
      tags: ['a', 'b'],
      troubles: ['owner'],
    })
    const [header = [], row = []] = cells(numbersCsv([number], names))
    const value = (name: string) => row[header.indexOf(name)]
    expect(row).toHaveLength(header.length)
    expect({ number: value('Number'), name: value('Name'), owners: value('Owners') }).toEqual({
      number: number.phoneNumber,
      name: 'Front, "desk"\nfloor 2',
      owners: 'Ada; gone',
    })
    expect([value('Monthly'), value('Currency'), value('Calls in 30 days'), value('Minutes in 30 days')]).toEqual([
      '1.15',
      'USD',
      '3',
      '1.5',
    ])
    expect([value('Tags'), value('Troubles'), value('Voice')]).toEqual(['a; b', 'owner', 'yes'])
  })

  test.each([
    ['=HYPERLINK("http://x")', `'=HYPERLINK("http://x")`],
    ['+1+cmd|calc', `'+1+cmd|calc`],
    ['-2+3', `'-2+3`],
    ['@SUM(A1)', `'@SUM(A1)`],
    ['\tx', `'\tx`],
    ['\rx', `'\rx`],
    ['+14155550100', '+14155550100'],
    ['plain', 'plain'],
    ['', ''],
  ])('%j is written as %j: no spreadsheet runs it', (text, cell) => expect(safeCell(text)).toBe(cell))

  test('is read back as it was, whatever people call their numbers', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 12 }), { maxLength: 5 }), (texts) => {
        const rows = cells(
          numbersCsv(
            texts.map((name, index) => ownedOf(index, { name: `n${name}`, notes: `n${name}` })),
            names,
          ),
        )
        expect(rows).toHaveLength(texts.length + 1)
        expect(rows.slice(1).map((row) => row[1])).toEqual(texts.map((name) => `n${name}`))
      }),
      { numRuns: 40 },
    )
  })
})
