import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { NumberCountry, SearchQuery } from '../../../../contract/number-desktop.ts'
import { numberTypes, type NumberType } from '../../../../contract/number.ts'
import { papersOf, type AccountPapers } from '../../../../main/numbers/search/papers.ts'
import { cleanPattern, numberFilter } from '../../../../main/numbers/search/pattern.ts'
import { planSearch } from '../../../../main/numbers/search/plan.ts'
import { minutePriceOf, priceOf } from '../../../../main/numbers/search/prices.ts'
import { quoteOf, totals } from '../../../../main/numbers/search/quote.ts'
import { relaxOf } from '../../../../main/numbers/search/relax.ts'
import { capabilities, countryPrices, money, numberType } from '../../../../main/twilio/shapes.ts'
import { itemOf, queryOf } from './kit.ts'

const codeOf = (work: () => unknown): string => {
  try {
    work()
    return 'ok'
  } catch (error) {
    const { code, details } = error as { code: string; details?: { reason?: string } }
    return [code, details?.reason].filter(Boolean).join(' ')
  }
}

describe('a pattern', () => {
  type Position = SearchQuery['position']
  test.each<[string, string | null, string | null, Position, { areaCode: string | null; contains: string | null }]>([
    ['US', null, null, 'anywhere', { areaCode: null, contains: null }],
    ['US', '415', null, 'start', { areaCode: '415', contains: null }],
    ['US', null, '555', 'anywhere', { areaCode: null, contains: '555' }],
    ['US', null, 'taxi', 'end', { areaCode: null, contains: 'TAXI$' }],
    ['US', null, '555-12', 'start', { areaCode: null, contains: '+155512' }],
    ['US', '415', '555', 'start', { areaCode: '415', contains: '+1415555' }],
    ['US', '415', '0*00', 'end', { areaCode: '415', contains: '0*00$' }],
    ['GB', '20', null, 'anywhere', { areaCode: null, contains: '+4420' }],
    ['GB', '20', '79', 'start', { areaCode: null, contains: '+442079' }],
    ['DE', null, '30', 'start', { areaCode: null, contains: '+4930' }],
    ['US', null, '  ', 'end', { areaCode: null, contains: null }],
  ])('%s %s %s %s', (country, areaCode, pattern, position, filter) => {
    expect(numberFilter(country, areaCode, { pattern, position })).toEqual(filter)
  })

  test.each<[string, string | null, string | null, Position, string]>([
    ['US', null, '4', 'anywhere', 'pattern-invalid too-short'],
    ['US', null, '4**', 'anywhere', 'pattern-invalid too-short'],
    ['US', null, '415%', 'anywhere', 'pattern-invalid characters'],
    ['US', null, '+415', 'anywhere', 'pattern-invalid characters'],
    ['US', null, 'Ångström', 'anywhere', 'pattern-invalid characters'],
    ['US', null, '1234567890123456', 'end', 'pattern-invalid too-long'],
    ['US', '41', null, 'anywhere', 'area-code-invalid'],
    ['US', '115', null, 'anywhere', 'area-code-invalid'],
    ['ZZ', '20', null, 'anywhere', 'area-code-invalid'],
    ['GB', '20', '79', 'anywhere', 'pattern-invalid with-area-code'],
    ['GB', '20', '79', 'end', 'pattern-invalid with-area-code'],
  ])('%s %s %s %s is refused: %s', (country, areaCode, pattern, position, code) => {
    expect(codeOf(() => numberFilter(country, areaCode, { pattern, position }))).toBe(code)
  })

  test('whatever is let through is what Twilio documents for Contains', () => {
    const typed = fc.string({ unit: fc.constantFrom(...Array.from('0129AZaz*-() %+$ä')), maxLength: 20 })
    const position = fc.constantFrom<Position>('anywhere', 'start', 'end')
    fc.assert(
      fc.property(
        fc.constantFrom('US', 'CA', 'GB', 'DE'),
        fc.option(fc.constantFrom('415', '20')),
        typed,
        position,
        (country, areaCode, pattern, at) => {
          const code = codeOf(() => {
            const { contains } = numberFilter(country, areaCode, { pattern, position: at })
            if (contains === null) return
            expect(contains).toMatch(/^\+?[0-9A-Z*]{2,16}\$?$/)
            expect(contains.length).toBeLessThanOrEqual(16)
            expect(contains.replaceAll(/[^0-9A-Z]/g, '').length).toBeGreaterThanOrEqual(2)
          })
          expect(code).toMatch(/^(ok|pattern-invalid (characters|too-short|too-long|with-area-code)|area-code-invalid)$/)
        },
      ),
    )
    expect(cleanPattern(' (415) 555-taxi ')).toBe('415555TAXI')
  })
})

const sold: NumberCountry[] = [
  { country: 'US', name: 'United States', types: ['local', 'toll-free'] },
  { country: 'GB', name: 'United Kingdom', types: ['local', 'mobile'] },
]

const partsOf = (over: Partial<SearchQuery>) =>
  planSearch(queryOf(over), sold).map(({ country, type, areaCode }) => `${country} ${type} ${areaCode ?? '-'}`)

describe('a plan', () => {
  test('is every country × type that is sold there × area code, each once', () => {
    const over = { countries: ['US', 'GB', 'US'], types: ['local', 'mobile', 'local'] as NumberType[], areaCodes: ['415', '212', '415'] }
    expect(partsOf(over)).toEqual(['US local 415', 'US local 212', 'GB local 415', 'GB local 212', 'GB mobile 415', 'GB mobile 212'])
    expect(partsOf({ types: ['voip'] })).toEqual([])
    expect(partsOf({ countries: ['FR'] })).toEqual([])
  })

  test('asks Twilio what Twilio knows, looks at the rest itself, and refuses what nobody can', () => {
    const where = { region: 'CA', postalCode: '94105', locality: 'San Francisco' }
    const [us, gb] = planSearch(queryOf({ countries: ['US', 'GB'], ...where, limit: 5 }), sold)
    expect(us?.query).toMatchObject({ ...where, limit: 5 })
    expect(gb?.query).toMatchObject({ locality: 'San Francisco', region: null, postalCode: null, limit: 50 })
    const number = {
      phoneNumber: '+442079460018',
      country: 'GB',
      type: 'local',
      locality: 'London',
      region: 'ca',
      postalCode: '94105',
    } as never
    expect([us?.fits(number), gb?.fits(number)]).toEqual([true, true])
    expect(gb?.fits({ ...(number as object), region: 'Greater London' } as never)).toBe(false)
    const [near, far] = planSearch(queryOf({ countries: ['US', 'GB'], nearNumber: '+14155550100' }), sold)
    expect(near?.query).toMatchObject({ nearNumber: '+14155550100' })
    expect(far?.query).toMatchObject({ code: 'bad-request', details: { field: 'nearNumber', country: 'GB' } })
  })
})

describe('what to loosen', () => {
  test.each<[string, Partial<SearchQuery>, string[]]>([
    ['a bare search', { capabilities: [] }, ['type', 'country']],
    ['voice alone', {}, ['capabilities', 'type', 'country']],
    ['a pattern', { pattern: '555' }, ['pattern', 'capabilities', 'type', 'country']],
    ['a pattern at the end', { pattern: '555', position: 'end' }, ['position', 'pattern', 'capabilities', 'type', 'country']],
    ['a position without a pattern', { position: 'end', capabilities: [] }, ['type', 'country']],
    ['every type', { types: ['local', 'toll-free'], capabilities: [] }, ['country']],
    ['a type nobody sells', { types: ['voip'], pattern: '555' }, ['type', 'country']],
    ['a country that sells nothing', { countries: ['FR'] }, ['country']],
    [
      'everything',
      { areaCodes: ['415'], pattern: '5*5', locality: 'X', region: 'CA', postalCode: '9', nearNumber: '+14155550100', address: 'none' },
      ['pattern', 'postal-code', 'area-code', 'locality', 'near', 'region', 'address', 'capabilities', 'type', 'country'],
    ],
  ])('after %s', (_what, over, names) => {
    expect(relaxOf(queryOf(over), sold)).toEqual(names)
  })
})

const rows = (...prices: [string, unknown][]) => prices.map(([type, price]) => ({ numberType: type, currentPrice: price }))

describe('the price table', () => {
  test.each([
    ['local', 'local'],
    ['toll free', 'toll-free'],
    ['tollfree', 'toll-free'],
    ['toll_free', 'toll-free'],
    ['TollFree', 'toll-free'],
    ['mobile', 'mobile'],
    ['national', 'national'],
    ['shared cost', 'shared-cost'],
    ['Shared_Cost', 'shared-cost'],
    ['machine to machine', 'machine-to-machine'],
    ['short code', null],
    ['', null],
    [undefined, null],
  ])('%s is our %s', (name, type) => {
    expect(numberType(name)).toBe(type)
  })

  test('joins rent and minutes by type; what is missing or odd is no price, never 0', () => {
    const prices = countryPrices(
      {
        priceUnit: 'usd',
        prices: rows(['local', '1.15'], ['toll free', 2.15], ['mobile', null], ['national', 'free'], ['short code', '9']),
      },
      { priceUnit: 'USD', prices: rows(['local', '0.0085'], ['mobile', '0']) },
    )
    expect(prices).toEqual({
      currency: 'USD',
      monthly: { local: '1.15', 'toll-free': '2.15' },
      incomingMinute: { local: '0.0085', mobile: '0' },
    })
    expect(priceOf(prices, 'toll-free')).toEqual({ amount: '2.15', currency: 'USD' })
    for (const type of ['mobile', 'national', 'voip'] as const) expect(priceOf(prices, type)).toBeNull()
    expect(minutePriceOf(prices, 'mobile')).toEqual({ amount: '0', currency: 'USD' })
    expect(minutePriceOf(prices, 'toll-free')).toBeNull()
  })

  test('keeps currencies apart and knows nothing without one', () => {
    const euros = countryPrices({ priceUnit: 'EUR', prices: rows(['local', '1']) }, { priceUnit: 'USD', prices: rows(['local', '2']) })
    expect(euros).toEqual({ currency: 'EUR', monthly: { local: '1' }, incomingMinute: {} })
    expect(countryPrices(undefined, undefined)).toEqual({ currency: '', monthly: {}, incomingMinute: {} })
    const nothing = countryPrices({ prices: rows(['local', '1']) }, undefined)
    for (const type of numberTypes) expect(priceOf(nothing, type)).toBeNull()
    expect(money('1.10', 'usd')).toEqual({ amount: '1.10', currency: 'USD' })
    for (const [amount, currency] of [
      ['x', 'USD'],
      ['1', ''],
      [null, 'USD'],
      ['1', undefined],
    ])
      expect(money(amount, currency)).toBeNull()
  })

  test('capabilities are read in any case', () => {
    expect(capabilities({ Voice: true, SMS: true, mms: false })).toEqual({ voice: true, sms: true, mms: false, fax: false })
    expect(capabilities(null)).toEqual({ voice: false, sms: false, mms: false, fax: false })
  })
})

describe('papers', () => {
  const none: AccountPapers = { rule: { needsBundle: false, names: [] }, addresses: [], bundles: [] }
  const abroad = { sid: 'AD1', country: 'US' }
  const local = { sid: 'AD2', country: 'DE' }
  test.each([
    ['none', [abroad, local], null],
    ['any', [abroad, local], 'AD1'],
    ['local', [abroad, local], 'AD2'],
    ['foreign', [local, abroad], 'AD1'],
    ['local', [abroad], null],
    ['foreign', [local], null],
    ['any', [], null],
  ] as const)('a number of DE that wants %s address', (address, addresses, addressSid) => {
    expect(papersOf(address, 'DE', { ...none, addresses })).toEqual({ address, bundle: 'none', wants: [], addressSid, bundleSid: null })
  })

  test('a bundle is wanted, had, or not known', () => {
    const rule = { needsBundle: true, names: ['Business Name'] }
    expect(papersOf('none', 'DE', { ...none, rule })).toMatchObject({ bundle: 'required', wants: ['Business Name'], bundleSid: null })
    expect(papersOf('none', 'DE', { ...none, rule, bundles: ['BU1', 'BU2'] })).toMatchObject({ bundle: 'required', bundleSid: 'BU1' })
    expect(papersOf('none', 'DE', { ...none, rule: undefined, bundles: ['BU1'] })).toMatchObject({
      bundle: 'unknown',
      wants: [],
      bundleSid: null,
    })
  })
})

const usd = (amount: string) => ({ amount, currency: 'USD' })
const eur = (amount: string) => ({ amount, currency: 'EUR' })

describe('a quote', () => {
  test.each([
    ['enough', [usd('1.15'), usd('2.15')], usd('3.30'), true],
    ['a cent too little', [usd('1.15'), usd('2.15')], usd('3.29'), false],
    ['an empty account', [usd('1.15')], usd('-0.01'), false],
    ['another currency', [eur('1.15')], usd('100'), null],
    ['two currencies', [usd('1'), eur('1')], usd('100'), null],
    ['a number without a price', [usd('1'), null], usd('100'), null],
    ['no balance', [usd('1')], null, null],
  ])('%s', (_what, monthly, balance, isEnough) => {
    const items = monthly.map((_, at) => itemOf({ intentId: `i${at}`, phoneNumber: `+1415555010${at}` }))
    const quote = quoteOf(items, monthly, balance)
    expect(quote).toMatchObject({ isEnough, balance, unpriced: monthly.filter((one) => one === null).length })
    expect(quote.first).toEqual(quote.monthly)
    expect(quote.lines.map((line) => line.monthly)).toEqual(monthly)
  })

  test('sums exactly, per currency; a number that is still to be found counts and has no line', () => {
    expect(totals([usd('0.1'), usd('0.2'), eur('1'), null])).toEqual([usd('0.3'), eur('1')])
    const { phoneNumber: _, ...anywhere } = itemOf()
    const quote = quoteOf([{ ...anywhere, areaCode: '415' }, itemOf()], [usd('1.15'), usd('1.15')], usd('20'))
    expect(quote).toMatchObject({ monthly: [usd('2.3')], isEnough: true })
    expect(quote.lines).toHaveLength(1)
  })
})
