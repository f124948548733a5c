import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { negateDecimal, ratioOfDecimal, sumDecimals } from '../../contract/money.ts'

const asDecimal = (value: number) =>
  `${value < 0 ? '-' : ''}${Math.floor(Math.abs(value) / 100)}.${String(Math.abs(value) % 100).padStart(2, '0')}`

describe('ratioOfDecimal', () => {
  test.each([
    ['1.15', 60, 90, 4, '0.7667'],
    ['1.15', 1, 1, 4, '1.15'],
    ['10', 1, 3, 2, '3.33'],
    ['0.5', 1, 1, 0, '1'],
    ['-0.5', 1, 1, 0, '-1'],
    ['0.4', 1, 1, 0, '0'],
    ['-10', 1, 3, 2, '-3.33'],
    ['1', 1, -8, 2, '-0.13'],
    ['0', 60, 7, 4, '0'],
    ['0.000000000001', 1, 1, 12, '0.000000000001'],
    ['99999999999.99', 60, 1, 2, '5999999999999.4'],
  ])('%s × %i ÷ %i to %i places is %s', (amount, times, by, decimals, expected) => {
    expect(ratioOfDecimal(amount, times, by, decimals)).toBe(expected)
  })

  test('refuses to divide by zero', () => expect(() => ratioOfDecimal('1', 1, 0)).toThrow(RangeError))

  const cents = fc.integer({ min: -1_000_000, max: 1_000_000 })
  test('is off by half of its last place at most, and odd in its sign', () => {
    fc.assert(
      fc.property(cents, fc.integer({ min: 1, max: 10_000 }), fc.integer({ min: 1, max: 10_000 }), (value, times, by) => {
        const ratio = ratioOfDecimal(asDecimal(value), times, by, 4)
        // |ratio × by − amount × times| ≤ by × 0.00005, in whole units of 10⁻⁶
        const units = BigInt(Math.round(Number(ratio) * 10_000)) * 100n
        const error = units * BigInt(by) - BigInt(value) * 10_000n * BigInt(times)
        expect((error < 0n ? -error : error) <= BigInt(by) * 50n).toBe(true)
        expect(ratioOfDecimal(asDecimal(-value), times, by, 4)).toBe(negateDecimal(ratio))
      }),
    )
  })
})

test('sums are exact', () => {
  expect(sumDecimals(['-0.0085', '-0.014'])).toBe('-0.0225')
  expect(sumDecimals([])).toBe('0')
})
