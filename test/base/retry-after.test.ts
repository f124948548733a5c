import { expect, test } from 'vitest'
import { retryAfterMs } from '../../base/retry-after.ts'

test('seconds or a date, in ms from now; nothing that cannot be read', () => {
  expect(retryAfterMs('2', 0)).toBe(2000)
  expect(retryAfterMs(1.5, 0)).toBe(1500)
  expect(retryAfterMs('Thu, 01 Jan 1970 00:00:05 GMT', 2000)).toBe(3000)
  expect(retryAfterMs('Thu, 01 Jan 1970 00:00:05 GMT', 9000)).toBe(0)
  for (const nothing of [undefined, '', 'soon', null]) expect(retryAfterMs(nothing, 0)).toBeUndefined()
})
