import { afterEach, beforeEach, expect, test } from 'vitest'
import type { GuardReply } from '../../../contract/number-relay.ts'
import { makeRelay, type Enrolled, type MemoryNumber, type TestRelay } from '../kit.ts'

const COUNT = 1000
const digits = (index: number) => String(index).padStart(4, '0')
const phoneOf = (index: number) => `+1415555${digits(index)}`
const many = (): MemoryNumber[] =>
  Array.from({ length: COUNT }, (_, index) => ({
    sid: `PN${digits(index).padStart(32, '0')}`,
    phoneNumber: phoneOf(index),
    name: `Line ${index}`,
  }))

let relay: TestRelay
let ada: Enrolled
beforeEach(async () => {
  relay = await makeRelay({}, many())
  ada = await relay.enrolled('Ada', 'manager')
})
afterEach(() => relay.close())

const refresh = () => relay.post('/api/numbers/refresh', {}, ada.headers)
const guard = async () => (await relay.get('/api/numbers/guard', ada.headers)).json<GuardReply>()
const known = () => relay.core.directory.numbers()
const db = () => relay.core.db
/** The number in question cannot be written until this is undone. */
function refuse(phoneNumber: string) {
  db().exec(`CREATE TEMP TRIGGER refused BEFORE INSERT ON main.number_snapshots WHEN NEW.phone_number = '${phoneNumber}'
    BEGIN SELECT RAISE(ABORT, 'the disk is full'); END`)
  return () => void db().exec('DROP TRIGGER refused')
}

test('many numbers are written in pieces, and webhooks get their turn in between', async () => {
  const commits: number[] = []
  relay.core.events.subscribe((events) => {
    commits.push(events.length)
    // What waits for the writer comes before the next piece.
    if (commits.length === 1) void relay.core.writer.submit(() => between.push(known().length))
  })
  const between: number[] = []
  expect((await refresh()).statusCode).toBe(200)
  expect(Math.max(...commits)).toBeLessThanOrEqual(250)
  expect(commits.reduce((sum, count) => sum + count, 0)).toBe(COUNT)
  expect(between[0]).toBeLessThan(COUNT)
  expect(known()).toHaveLength(COUNT)
  commits.length = 0
  expect((await refresh()).statusCode).toBe(200)
  expect(commits).toEqual([])
})

test('a listing that breaks off between two pieces removes nothing and is no listing; the next one repairs it', async () => {
  await refresh()
  const { listedAt } = await guard()
  relay.time.movedMs += 60_000
  relay.memory.numbers.splice(0, 1)
  for (const one of relay.memory.numbers) one.name += '!'
  const undo = refuse(phoneOf(600))
  expect((await refresh()).statusCode).toBe(502)
  expect(known().filter(({ details }) => details.leftAt !== null)).toEqual([])
  expect((await guard()).listedAt).toBe(listedAt)
  expect(known().filter(({ name }) => name.endsWith('!')).length).toBe(500)
  undo()
  expect((await refresh()).statusCode).toBe(200)
  expect(known().filter(({ details }) => details.leftAt !== null)).toMatchObject([{ phoneNumber: phoneOf(0) }])
  expect(known().filter(({ name }) => name.endsWith('!')).length).toBe(COUNT - 1)
  const { rows, listedAt: now } = await guard()
  expect(now).not.toBe(listedAt)
  expect(rows).toHaveLength(COUNT - 1)
  expect(rows.filter(({ seen, seenAt }) => !seen.friendlyName.endsWith('!') || seenAt !== now)).toEqual([])
  expect(relay.core.audit.page({ limit: 200 }).entries.map(({ action, subject }) => `${action} ${subject}`)).toEqual([
    `number.removed ${phoneOf(0)}`,
  ])
})
