import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dialable } from '../../contract/dialable.ts'
import { toE164 } from '../../contract/e164.ts'

describe('what is dialed of a text', () => {
  test.each([
    ['+15005550102,,12', '+15005550102'],
    ['+15005550102;12', '+15005550102'],
    ['+15005550102w12', '+15005550102'],
    ['+15005550102 p 12', '+15005550102'],
    ['+1 500 555 0102 x12', '+15005550102'],
    ['+15005550102x12', '+15005550102'],
    ['tel:+15005550102;ext=12', '+15005550102'],
    ['+1 (500) 555-0102 ext. 12', '+15005550102'],
    ['1-800-FLOWERS', '18003569377'],
    ['1-800-go-FedEx', '18004633339'],
    ['１４１５５５５２６７１', '14155552671'],
    ['＋１ ４１５ ５５５ ２６７１', '+14155552671'],
    ['٤١٥٥٥٥٢٦٧١', '4155552671'],
    ['۴۱۵۵۵۵۲۶۷۱', '4155552671'],
    ['\u202d+1 415\u00a0555‑2671\u202c', '+14155552671'],
    ['+44 (0)20 7946 0958', '+442079460958'],
    ['*67 415 555 2671', '*674155552671'],
    ['sip:ada@example.com', ''],
    ['ada2@example.com', ''],
    ['call me', ''],
    ['', ''],
  ])('%j is %j', (text, dialed) => expect(dialable(text)).toBe(dialed))

  test('again it is the same', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(dialable(dialable(text))).toBe(dialable(text))
      }),
    )
  })

  test('only what a keypad has, and a + in front alone', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(dialable(text)).toMatch(/^[+\d*#]?[\d*#]*$/)
      }),
    )
  })
})

describe('E.164', () => {
  const separators = fc.constantFrom(',', ',,', ';', ';ext=', 'x', ' x', ' ext. ', 'w', 'p', ' w ', ', ')
  test('digits to send after the answer never become part of the number', () => {
    const digits = fc.stringMatching(/^\d{1,6}$/)
    fc.assert(
      fc.property(separators, digits, (separator, after) => {
        expect(toE164(`+15005550102${separator}${after}`, 'US')).toBe('+15005550102')
      }),
    )
  })

  test('the script of the digits does not matter', () => {
    const zeros = fc.constantFrom(0x0660, 0x06f0, 0xff10, 0x0966)
    fc.assert(
      fc.property(fc.stringMatching(/^[2-9]\d{9}$/), zeros, (number, zero) => {
        const written = number.replaceAll(/\d/g, (digit) => String.fromCodePoint(zero + Number(digit)))
        expect(toE164(written, 'US')).toBe(toE164(number, 'US'))
      }),
    )
  })

  test('nothing that is no number becomes one', () => {
    for (const text of ['sip:15005550102@example.com', '15005550102@example.com', 'hello', '+', '12'])
      expect(toE164(text, 'US')).toBeUndefined()
  })
})
