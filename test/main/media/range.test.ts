import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rangeOf, type ByteRange } from '../../../main/media/range.ts'

test.each([
  [null, undefined],
  ['', undefined],
  ['bytes=0-', { start: 0, end: 99 }],
  ['bytes=0-0', { start: 0, end: 0 }],
  ['bytes=10-19', { start: 10, end: 19 }],
  ['bytes=90-1000', { start: 90, end: 99 }],
  ['bytes=99-', { start: 99, end: 99 }],
  ['bytes=-1', { start: 99, end: 99 }],
  ['bytes=-1000', { start: 0, end: 99 }],
  [' bytes=5-6 ', { start: 5, end: 6 }],
  ['bytes=100-', 'unsatisfiable'],
  ['bytes=100-200', 'unsatisfiable'],
  ['bytes=-0', 'unsatisfiable'],
  ['bytes=-', undefined],
  ['bytes=9-3', undefined],
  ['bytes=0-1,5-6', undefined],
  ['lines=0-1', undefined],
  ['bytes=0x10-', undefined],
  ['bytes=1e3-', undefined],
])('%s of 100 bytes', (header, range) => expect(rangeOf(header, 100)).toEqual(range))

test('of nothing there is no part', () => {
  expect(rangeOf('bytes=0-', 0)).toBe('unsatisfiable')
  expect(rangeOf('bytes=-5', 0)).toBe('unsatisfiable')
  expect(rangeOf(null, 0)).toBeUndefined()
})

test('is what slicing the bytes gives', () => {
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 300 })
  const place = fc.nat(400)
  fc.assert(
    fc.property(bytes, place, place, (all, from, to) => {
      const range = rangeOf(`bytes=${from}-${to}`, all.length)
      const part = { start: from, end: from + all.slice(from, to + 1).length - 1 }
      const known = from >= all.length ? 'unsatisfiable' : part
      expect(range).toEqual(to < from ? undefined : known)
    }),
  )
  fc.assert(
    fc.property(bytes, fc.integer({ min: 1, max: 400 }), (all, last) => {
      const range = rangeOf(`bytes=-${last}`, all.length)
      const wanted = all.slice(-last)
      expect(range).toEqual({ start: all.length - wanted.length, end: all.length - 1 })
    }),
  )
})

test('any text is answered', () => {
  fc.assert(
    fc.property(fc.string(), fc.nat(1000), (text, size) => {
      const range = rangeOf(text, size)
      const isWithin = (part: ByteRange) => part.start >= 0 && part.start <= part.end && part.end < size
      expect(range === undefined || range === 'unsatisfiable' || isWithin(range)).toBe(true)
    }),
  )
})
