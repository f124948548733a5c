import { expect, test } from 'vitest'
import { closingLine, unmatched } from '../../../scripts/lib/counts.mjs'

const report = (passed: number, failed: number) => JSON.stringify({ numPassedTests: passed, numFailedTests: failed })

test.each([
  [report(12, 0), 0, '12 passed, 0 failed'],
  [report(12, 3), 1, '12 passed, 3 failed'],
  [report(12, 0), 1, '12 passed, 1 failed'], // a file that did not load
  [undefined, 1, '0 passed, 1 failed'], // vitest never began
])('%s with status %d', (text, status, line) => {
  expect(closingLine(text, status)).toBe(line)
})

test.each([
  [[], undefined],
  [['phone'], undefined],
  [['./test/Voice'], undefined],
  [['e164'], 'e164'],
  [['e164', 'phone'], undefined],
  [['-t', 'e164'], undefined], // vitest's own
])('of the filters %j, none matches: %s', (words, lost) => {
  expect(unmatched(words, ['voice/phone.test.ts', 'kit/e164.ts'])).toBe(lost)
})
