import { afterEach, beforeEach, expect, test } from 'vitest'
import { OPERATOR } from '../../../relay/numbers/audit.ts'
import { makeRelay, type TestRelay } from '../kit.ts'

let relay: TestRelay
beforeEach(async () => void (relay = await makeRelay()))
afterEach(() => relay.close())

const line = (subject: string, action = 'number.updated') => ({ action, subject, before: { name: 'A' }, after: { name: 'B', tags: ['x'] } })
const append = (subject: string, userId = OPERATOR.userId) =>
  relay.core.writer.submit(() => relay.core.audit.appendAudit(line(subject), { userId }))

test('a line says who, when, what, before and after; the name is the one of then', async () => {
  const { session } = await relay.enrolled('Ada', 'manager')
  await append('+14155550100', session.user.userId)
  await append('+14155550100')
  const { entries, next } = relay.core.audit.page({ limit: 10 })
  expect(next).toBeNull()
  expect(entries).toMatchObject([
    { userId: 'operator', userName: 'operator' },
    { userId: session.user.userId, userName: 'Ada', ...line('+14155550100') },
  ])
  expect(entries.map(({ at }) => at)).toEqual(entries.map(({ at }) => new Date(at).toISOString()))
})

test('newest first, in pages, of everything or of one subject', async () => {
  for (let n = 0; n < 5; n++) await append(n % 2 === 0 ? '+14155550100' : '+14155550111')
  const { audit } = relay.core
  const pages: number[][] = []
  for (let before: number | null | undefined; before !== null;) {
    const page = audit.page({ limit: 2, before })
    pages.push(page.entries.map((entry) => entry.auditId))
    before = page.next
  }
  expect(pages).toEqual([[5, 4], [3, 2], [1]])
  expect(audit.page({ subject: '+14155550100', limit: 3 })).toMatchObject({
    next: null,
    entries: [{ auditId: 5 }, { auditId: 3 }, { auditId: 1 }],
  })
  expect(audit.page({ subject: '+14155550100', before: 5, limit: 1 })).toMatchObject({ next: 3, entries: [{ auditId: 3 }] })
})

test('what was undone leaves no line, and a line can neither be changed nor deleted', async () => {
  const { writer, audit, db } = relay.core
  const undone = writer.submit(() => {
    audit.appendAudit(line('+14155550100'), OPERATOR)
    throw new Error('undone')
  })
  await expect(undone).rejects.toThrow('undone')
  await append('+14155550111')
  expect(audit.page({ limit: 10 }).entries).toHaveLength(1)
  expect(() => db.exec("UPDATE audit SET user_name = 'somebody'")).toThrow('the trace is not changed')
  expect(() => db.exec('DELETE FROM audit')).toThrow('the trace is not deleted')
})
