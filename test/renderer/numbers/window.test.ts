import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isAside, windowOf } from '../../../renderer/numbers/model/window.ts'

const OVERSCAN = 4
const sights = fc
  .record({ count: fc.integer({ min: 1, max: 500 }), from: fc.nat(499), rows: fc.nat(40), here: fc.nat(499) })
  .map(({ count, from, rows, here }) => {
    const startIndex = Math.min(from, count - 1)
    return { sight: { startIndex, endIndex: Math.min(count - 1, startIndex + rows), count }, here: Math.min(here, count - 1) }
  })

test('what is in sight is there with a few more, and the current row once, wherever it is; rising, without a gap but beside that row', () => {
  fc.assert(
    fc.property(sights, ({ sight, here }) => {
      const indexes = windowOf(sight, OVERSCAN, here)
      expect(indexes.filter((index) => index === here)).toEqual([here])
      expect(indexes).toEqual([...new Set(indexes)].toSorted((a, b) => a - b))
      expect(indexes.length).toBeLessThanOrEqual(sight.endIndex - sight.startIndex + 2 + 2 * OVERSCAN)
      for (let index = sight.startIndex; index <= sight.endIndex; index++) expect(indexes).toContain(index)
      // The others lie one after another: they need no place of their own.
      const following = isAside(indexes, here) ? indexes.filter((index) => index !== here) : indexes
      expect(following).toEqual(following.map((_, at) => following[0]! + at))
    }),
  )
})

test.each([
  ['before', 2, [2, 96, 97, 98, 99, 100, 101, 102, 103, 104, 105, 106, 107, 108, 109], true],
  ['right before', 95, [95, 96, 97, 98, 99, 100, 101, 102, 103, 104, 105, 106, 107, 108, 109], false],
  ['among them', 100, [96, 97, 98, 99, 100, 101, 102, 103, 104, 105, 106, 107, 108, 109], false],
  ['after', 400, [96, 97, 98, 99, 100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 400], true],
])('the current row %s', (_where, here, expected, aside) => {
  const indexes = windowOf({ startIndex: 100, endIndex: 105, count: 1000 }, OVERSCAN, here)
  expect(indexes).toEqual(expected)
  expect(isAside(indexes, here)).toBe(aside)
})

test('an empty list has none', () => {
  expect(windowOf({ startIndex: 0, endIndex: 0, count: 0 }, OVERSCAN, 0)).toEqual([])
})
