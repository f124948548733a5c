import { screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, expect, test, vi } from 'vitest'
import { failure } from '../../../contract/failure.ts'
import type { CostReport } from '../../../contract/number-desktop.ts'
import { formatMoney, formatMonies, sumMonies } from '../../../renderer/ui/money.ts'
import { openNumbers, owned } from './kit.tsx'

vi.setConfig({ testTimeout: 60_000 }) // a loaded machine takes seconds for a screen
afterEach(() => vi.restoreAllMocks())
const wait = { timeout: 15_000 }
const usd = (amount: string) => ({ amount, currency: 'USD' })
const line = (key: string, count: number, monthly = [usd('1.15')], unpriced = 0) => ({ key, count, monthly, unpriced })

const report: CostReport = {
  at: '2026-11-21T10:00:00.000Z',
  total: line('', 3, [usd('2.30'), { amount: '1', currency: 'GBP' }], 1),
  active: line('', 2),
  inactive: line('', 1),
  byCountry: [line('US', 2, [usd('2.30')]), line('', 1, [], 1)],
  byOwner: [line('ada', 2), line('', 1)],
  byState: [line('active', 2), line('held', 1)],
  first30: [],
  perUsedMinute: [usd('0.0085')],
  unused: [{ phoneNumber: '+14155550100', name: 'Line 0', monthly: null, lastUsedAt: null }],
}

const table = (name: string) => within(screen.getByRole('region', { name })).getAllByRole('row')

test('totals keep currencies apart, unknown is not nothing, and what is unused leads to its number', async () => {
  await openNumbers([owned(0)], { 'numbers.cost': () => report })
  await userEvent.click(screen.getByRole('link', { name: 'Cost' }))
  const totals = await screen.findByRole('region', { name: 'Cost' }, wait)
  for (const text of ['$2.30', '£1.00', '3 numbers, and 1 number of unknown price', '$0.0085']) expect(totals.textContent).toContain(text)
  expect(table('By country').map((row) => row.textContent)).toEqual([
    'CountryNumbersMonthly',
    'United States2$2.30',
    'Country unknown1and 1 number of unknown price',
  ])
  expect(table('By owner')[1]?.textContent).toContain('Ada Lovelace')
  expect(table('By owner')[2]?.textContent).toContain('Nobody')
  expect(table('By state')[2]?.textContent).toContain('On hold')
  await userEvent.click(screen.getByRole('button', { name: /\(415\) 555-0100.*Never.*Price unknown/ }))
  expect(await screen.findByRole('region', { name: '(415) 555-0100' }, wait)).toBeDefined()
})

test('what cannot be added up says why, and is asked again', async () => {
  const state = { isBroken: true }
  await openNumbers([owned(0)], { 'numbers.cost': () => (state.isBroken ? failure('store-failed') : report) }, { at: 'cost' })
  const alert = await screen.findByRole('alert', {}, wait)
  state.isBroken = false
  await userEvent.click(within(alert).getByRole('button', { name: 'Try again' }))
  expect(await screen.findByText('Monthly total', {}, wait)).toBeDefined()
})

test.each([
  [usd('1.15'), '$1.15'],
  [usd('1'), '$1.00'],
  [usd('0.0085'), '$0.0085'],
  [usd('0.0085000'), '$0.0085'],
  [usd('-2.5'), '-$2.50'],
  [usd('9007199254740993.01'), '$9,007,199,254,740,993.01'],
  [{ amount: '110', currency: 'JPY' }, '¥110'],
  [{ amount: '0.123456789', currency: 'EUR' }, '€0.123457'],
])('%j is written %s', (money, text) => expect(formatMoney(money, 'en-US')).toBe(text))

test('sums are exact and per currency; unknown ones are in none', () => {
  const sums = sumMonies([usd('0.1'), null, { amount: '1', currency: 'GBP' }, usd('0.2')])
  expect(sums).toEqual([usd('0.3'), { amount: '1', currency: 'GBP' }])
  expect(formatMonies(sums, 'en-US')).toBe('$0.30 + £1.00')
})
