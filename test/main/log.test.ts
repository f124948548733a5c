import { expect, test } from 'vitest'
import { createLog } from '../../main/log.ts'

const lines: string[] = []
const log = createLog('app', { write: (line: string) => void lines.push(line) })
const logged = (fields: object, message: string): string => {
  lines.length = 0
  log.warn(fields, message)
  return lines.join('')
}

test.each([
  ['in a message', {}, 'calling +15005550102 failed'],
  ['in an error’s text', { error: 'FailureError: calling +15005550102 failed' }, 'failed'],
  ['deep inside', { call: { legs: [{ to: '+15005550102' }] } }, 'failed'],
])('of a number %s only the last four digits are shown', (_where, fields, message) => {
  const line = logged(fields, message)
  expect(line).not.toContain('500555')
  expect(line).toContain('…0102')
})

test.each([
  ['a token by its name', { token: 'secret-of-mine' }],
  ['a refresh token', { session: { refreshToken: 'secret-of-mine' } }],
  ['a header', { error: 'refused: Bearer secret-of-mine' }],
  ['a JWT', { error: 'cannot use eyJsecret-of-mine.eyJsecret-of-mine.secret-of-mine' }],
  ['an invite code', { code: 'secret-of-mine' }],
])('%s is not shown', (_what, fields) => expect(logged(fields, 'failed')).not.toContain('secret-of-mine'))

test('what helps stays: SIDs, instants, ports, close codes', () => {
  const fields = { url: 'http://127.0.0.1:54321/', sid: `CA${'1'.repeat(32)}`, at: '2026-11-21T10:00:00.000Z', end: { code: 4001 } }
  expect(JSON.parse(logged(fields, 'the link ended'))).toMatchObject({ ...fields, msg: 'the link ended' })
})
