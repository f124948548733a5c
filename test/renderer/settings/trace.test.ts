import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { AuditEntry } from '../../../contract/number.ts'
import { linesOf } from '../../../renderer/settings/trace-of-history.ts'
import { traceDetails, traceSentence, type TraceWords } from '../../../renderer/settings/trace-sentence.ts'
import { createWords } from '../../../renderer/words/index.ts'
import { enNumbers } from '../../../words/en-numbers.ts'

const i18n = createWords()
i18n.addResourceBundle('en', 'numbers', enNumbers)
const words: TraceWords = {
  t: i18n.getFixedT('en', 'numbers'),
  formatNumber: (number) => number,
  nameOf: (userId) => ({ sam: 'Sam' })[userId] ?? userId,
  now: 0,
}
const entry = (action: string, after: AuditEntry['after'] = {}, subject = '+442079460000'): AuditEntry => ({
  auditId: 1,
  at: '2026-11-20T10:00:00.000Z',
  userId: 'ada',
  userName: 'Ada',
  action,
  subject,
  before: {},
  after,
})

/** Words with a dot in relay and main that are events, requests or reports, not lines of the trace. */
const others = new Set([
  'account.forget',
  'account.get',
  'account.test',
  'device.changed',
  'number.changed',
  'purchase.changed',
  'recording.hold',
  'recording.trash',
])
const files = globSync(['relay/**/*.ts', 'main/numbers/**/*.ts', 'main/account/**/*.ts'])
const literal = /'((?:number|purchase|account|recording|history|note|user|device)\.[a-z-]+(?:\.[a-z-]+)?)'/g
const actions = new Set(files.flatMap((file) => Array.from(readFileSync(file, 'utf8').matchAll(literal), ([, action = '']) => action)))

test('every action that the relay writes down has a sentence', () => {
  const traced = [...actions].filter((action) => !others.has(action))
  expect(traced).toContain('recording.unheld')
  expect(traced.length).toBeGreaterThan(30)
  for (const action of traced) {
    const sentence = traceSentence(entry(action), words)
    expect(sentence, action).not.toContain(action)
    expect(sentence, action).toMatch(/^[A-Z+\d]/)
    expect(sentence, action).not.toMatch(/\{\{|undefined|settings\.trace/)
  }
})

test.each([
  ['number.retention', { days: 30 }, 'Ada keeps the recordings of +442079460000 for 30 days'],
  ['number.retention', { days: null }, 'Ada keeps the recordings of +442079460000 for good'],
  ['number.retention.applied', { days: 30, count: 1 }, "1 recording of +442079460000 went to the trash, by its number's rule"],
  ['history.backfill', { state: 'stopped', from: '2026-01-01T00:00:00.000Z' }, 'Ada stopped the loading of older calls'],
  ['note.changed', { noteId: 'n', isRemoved: false, authorId: 'sam' }, 'Ada changed a note of Sam'],
  ['note.changed', { noteId: 'n', isRemoved: true, authorId: 'sam' }, 'Ada removed a note of Sam'],
])('%s %j', (action, after, sentence) => {
  expect(traceSentence(entry(action, after), words)).toBe(sentence)
  expect(traceDetails(entry(action, after), words)).toEqual([])
})

test.each([
  [{ role: 'manager' }, 'Ada made Sam a manager'],
  [{ isActive: false }, 'Ada closed the access of Sam'],
  [{ isActive: true }, 'Ada opened the access of Sam'],
])('user.changed %j', (after, sentence) => expect(traceSentence(entry('user.changed', after, 'sam'), words)).toBe(sentence))

test('what one sweep deleted is one line', () => {
  const gone = entry('recording.deleted', { callId: 'c' }, 'RE1')
  const other = entry('recording.held')
  expect(linesOf([gone, gone, gone, other, gone]).map(({ count }) => count)).toEqual([3, 1, 1])
})
