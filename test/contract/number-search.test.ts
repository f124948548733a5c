import { createRequire } from 'node:module'
import * as fc from 'fast-check'
import { getExampleNumber, type CountryCode, type Examples } from 'libphonenumber-js/min'
import { describe, expect, test } from 'vitest'
import { isNumberFound, numberNeedles } from '../../contract/number-search.ts'

const examples = createRequire(import.meta.url)('libphonenumber-js/examples.mobile.json') as Examples
const countries = Object.keys(examples) as CountryCode[]
const numbers = countries.map((country) => {
  const number = getExampleNumber(country, examples)
  if (!number) throw new Error(`no example for ${country}`)
  return { country, number }
})
const anyNumber = fc.constantFrom(...numbers)
const finds = (text: string, address: string, country: string) => isNumberFound(address, numberNeedles(text, country))

/** Puts separators between characters, at places that the seed chooses. */
const spread = (text: string, separators: readonly string[]) => Array.from(text, (one, at) => one + (separators[at] ?? '')).join('')
const anySeparators = fc.array(fc.constantFrom('', '', '', ' ', '-', '.', '/', '\u00a0'), { minLength: 20, maxLength: 20 })

describe('a number is found by', () => {
  test('E.164 and its international format, from any country, separated in any way', () => {
    fc.assert(
      fc.property(anyNumber, fc.constantFrom(...countries), anySeparators, ({ number }, from, separators) => {
        expect(finds(number.number, number.number, from)).toBe(true)
        expect(finds(number.formatInternational(), number.number, from)).toBe(true)
        expect(finds(`+${spread(number.number.slice(1), separators)}`, number.number, from)).toBe(true)
        expect(finds(`00 ${number.number.slice(1)}`, number.number, from)).toBe(true)
      }),
    )
  })

  test('its national spelling in its own country, separated in any way', () => {
    fc.assert(
      fc.property(anyNumber, anySeparators, ({ country, number }, separators) => {
        const national = number.formatNational()
        expect(finds(national, number.number, country)).toBe(true)
        expect(finds(spread(national.replaceAll(/\D/g, ''), separators), number.number, country)).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  test('any part of three digits or more, from any country', () => {
    fc.assert(
      fc.property(
        anyNumber,
        fc.constantFrom(...countries),
        fc.nat(12),
        fc.integer({ min: 3, max: 15 }),
        ({ number }, from, start, length) => {
          const digits = number.number.slice(1)
          const part = digits.slice(Math.min(start, digits.length - 3)).slice(0, length)
          expect(finds(part, number.number, from)).toBe(true)
        },
      ),
      { numRuns: 500 },
    )
  })

  test('the beginning of its national spelling, trunk prefix included', () => {
    const plain = numbers.filter(({ country }) => ['US', 'GB', 'DE', 'FR', 'AU', 'RU', 'IT', 'JP', 'NL', 'IN'].includes(country))
    fc.assert(
      fc.property(fc.constantFrom(...plain), fc.integer({ min: 5, max: 15 }), ({ country, number }, length) => {
        const begun = number.formatNational().replaceAll(/\D/g, '').slice(0, length)
        expect(finds(begun, number.number, country)).toBe(true)
      }),
    )
  })
})

test.each([
  ['+44 (0)20 7946 0018', 'US'],
  ['(020) 7946-0018', 'GB'],
  ['020 7946 0018', 'US'],
  ['011 44 20 7946 0018', 'US'],
  ['0044 20 7946 0018', 'DE'],
  ['7946 0018', 'FR'],
  ['0207946', 'GB'],
  ['tel:+442079460018', 'US'],
  ['٢٠٧٩٤٦', 'US'],
  ['+4420', 'US'],
  ['+44', 'FR'],
  ['442', 'US'],
])('%j typed in %s finds +442079460018', (text, country) => {
  expect(finds(text, '+442079460018', country)).toBe(true)
})

test.each([
  ['+207', 'GB'], // a plus begins a number
  ['0207947', 'GB'],
  ['12', 'GB'],
  ['+4', 'GB'],
  ['ada', 'GB'],
  ['', 'GB'],
  ['8', 'XX'],
])('%j typed in %s does not', (text, country) => {
  expect(finds(text, '+442079460018', country)).toBe(false)
})

test('letters of a vanity number are the keys they stand on', () => {
  expect(finds('1-800-FLOWERS', '+18003569377', 'US')).toBe(true)
})

test('any text is read, and asks for parts of an address alone', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.constantFrom('US', 'GB', 'XX', ''), (text, country) => {
      for (const needle of numberNeedles(text, country)) expect(needle).toMatch(/^(\+\d{2,}|\d{3,})$/)
    }),
  )
})
