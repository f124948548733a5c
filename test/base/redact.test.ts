import { expect, test } from 'vitest'
import { redact, redactText } from '../../base/redact.ts'

const sid = 'CA12345678901234567890123456789012'

test.each([
  ['call from +14155550100', 'call from …0100'],
  ['/x?To=%2B14155550100&c=1', '/x?To=…0100&c=1'],
  ['client:+442079460018', 'client:…0018'],
  [`${sid} of 019a1234-1234-7123-8123-123456789012`, `${sid} of 019a1234-1234-7123-8123-123456789012`],
  ['2026-11-21T09:00:00.000Z took 1500.5 ms', '2026-11-21T09:00:00.000Z took 1500.5 ms'],
  ['Authorization: Bearer abc.def-ghi', 'Authorization: Bearer …'],
  ['token eyJhbGciOiJI.eyJzdWIiOiIx.c2ln here', 'token … here'],
])('%s', (text, shown) => expect(redactText(text)).toBe(shown))

test('secrets and bodies go by their name, nested and in lists; numbers and errors stay', () => {
  const error = new Error('x')
  const value = {
    refreshToken: 'r',
    body: { To: '+14155550100' },
    list: [{ password: 'p', from: '+14155550100' }],
    status: 403,
    err: error,
  }
  expect(redact(value)).toEqual({ refreshToken: '…', body: '…', list: [{ password: '…', from: '…0100' }], status: 403, err: error })
})
