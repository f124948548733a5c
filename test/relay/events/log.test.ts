import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openDatabase, type Database } from '../../../relay/database/open.ts'
import { dropOld } from '../../../relay/database/housekeeping.ts'
import { createWriter, type GroupWriter } from '../../../relay/database/writer.ts'
import { createEventLog, isVisible } from '../../../relay/events/log.ts'
import type { Audience, EventLog, StoredEvent } from '../../../relay/ports.ts'

let db: Database
let writer: GroupWriter
let log: EventLog
let time = Date.parse('2026-01-01T00:00:00Z')
const clock = { now: () => new Date(time) }
const open = () => {
  db = openDatabase(':memory:')
  writer = createWriter(db)
  log = createEventLog(db, writer, clock)
}
beforeEach(open)
afterEach(() => db.close())

const manager = { userId: 'boss', role: 'manager' } as const
const ada = { userId: 'ada', role: 'staff' } as const
const note = (what: string) => ({ type: 'security.rejected', payload: { what } }) as const
const append = (what: string, audience: Audience = { kind: 'all' }) => writer.submit(() => log.append(note(what), audience))

test('subscribers hear of events after the commit, in order, without what was undone', async () => {
  const heard: StoredEvent[] = []
  log.subscribe((events) => heard.push(...events))
  const undone = () => {
    log.append(note('undone'), { kind: 'all' })
    throw new Error('no')
  }
  const nested = () => {
    log.append(note('first'), { kind: 'all' })
    try {
      db.transaction(undone)()
    } catch {
      // the inner savepoint alone is undone
    }
    return log.append(note('second'), { kind: 'all' })
  }
  const waiting = [writer.submit(nested), writer.submit(undone).catch(() => 0), append('third')]
  expect(heard).toEqual([])
  await Promise.all(waiting)
  expect(heard.map((event) => [event.seq, event.type === 'security.rejected' && event.payload.what])).toEqual([
    [1, 'first'],
    [2, 'second'],
    [3, 'third'],
  ])
  expect(log.after(0, manager, 10).map((event) => event.seq)).toEqual([1, 2, 3])
})

test('outside a transaction nothing is appended', () => {
  expect(() => log.append(note('x'), { kind: 'all' })).toThrow('transaction')
  expect(log.head()).toBe(0)
})

const audiences = fc.oneof(
  fc.constant<Audience>({ kind: 'all' }),
  fc.constant<Audience>({ kind: 'managers' }),
  fc.uniqueArray(fc.constantFrom('ada', 'sam', 'kim'), { minLength: 1 }).map((userIds): Audience => ({ kind: 'users', userIds })),
)
test('each audience gets a chain without holes: prev is the event before it that this viewer may see', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(audiences, { maxLength: 30 }), fc.nat(30), fc.integer({ min: 1, max: 7 }), async (list, from, limit) => {
      db.close()
      open()
      await Promise.all(list.map((audience, index) => append(String(index), audience)))
      for (const viewer of [manager, ada]) {
        const visible = list.flatMap((audience, index) => (isVisible(audience, viewer) ? [index + 1] : []))
        const read: number[] = []
        for (let cursor = from; ;) {
          const page = log.after(cursor, viewer, limit)
          if (page.length === 0) break
          for (const event of page) {
            expect(event.prev).toBe(visible.filter((seq) => seq < event.seq).at(-1) ?? 0)
            read.push(event.seq)
          }
          cursor = page.at(-1)?.seq ?? 0
        }
        expect(read).toEqual(visible.filter((seq) => seq > from))
      }
    }),
    { numRuns: 60 },
  )
})

test('old events are dropped, the newest never; head and seq go on', async () => {
  for (const what of ['a', 'b', 'c']) await append(what, { kind: 'users', userIds: ['ada'] })
  time += 10_000
  expect(await writer.submit(() => dropOld(db, clock.now(), 5000))).toBe(2)
  expect([log.oldest(), log.head()]).toEqual([3, 3])
  expect(log.after(0, ada, 10).map((event) => event.seq)).toEqual([3])
  db.prepare('DELETE FROM events').run()
  expect([log.oldest(), log.head()]).toEqual([4, 3])
  expect(await append('d')).toBe(4)
})
