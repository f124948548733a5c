import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { NAME_LIMIT, nameProblem, requireName } from '../../contract/number-name.ts'

describe('a name of a number', () => {
  test.each([
    ['Front desk', null],
    ['  Front desk  ', null],
    ['N'.repeat(64), null],
    ['🙂'.repeat(32), null],
    ['Zoë’s line – 東京', null],
    ['LK: London', null],
    ['', 'empty'],
    [' \t ', 'empty'],
    ['N'.repeat(65), 'long'],
    ['🙂'.repeat(33), 'long'],
    ['🙂'.repeat(64), 'long'],
    ['Front\ndesk', 'control'],
    ['Front\u0000desk', 'control'],
    ['Front\u2028desk', 'control'],
    ['half a \uD83D', 'control'],
    ['lk:', 'reserved'],
    [' lk:intent-1', 'reserved'],
  ])('%j: %s', (name, problem) => expect(nameProblem(name)).toBe(problem))

  test('what is let through is taken by Twilio, and is never a purchase in progress', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme', maxLength: 80 })), (given) => {
        if (nameProblem(given) !== null) return
        const name = requireName(given)
        expect(name).toBe(given.trim())
        expect(name.length).toBeGreaterThan(0)
        expect(name.length).toBeLessThanOrEqual(NAME_LIMIT)
        expect(name.isWellFormed() && !name.startsWith('lk:') && !/[\r\n]/.test(name)).toBe(true)
      }),
    )
  })

  test('what is not, fails with its reason and its number', () => {
    expect(() => requireName('lk:1', { phoneNumber: '+14155550100' })).toThrow(
      expect.objectContaining({ code: 'name-invalid', details: { reason: 'reserved', phoneNumber: '+14155550100' } }),
    )
  })
})
