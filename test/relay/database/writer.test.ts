import { afterEach, beforeEach, expect, test } from 'vitest'
import { openDatabase, type Database } from '../../../relay/database/open.ts'
import { createWriter, type GroupWriter } from '../../../relay/database/writer.ts'

let db: Database
let writer: GroupWriter
let commits = 0
beforeEach(() => {
  db = openDatabase(':memory:')
  writer = createWriter(db)
  commits = 0
  writer.onCommit(() => commits++)
})
afterEach(() => db.close())

const put = (name: string) => db.prepare('INSERT INTO meta (name, value) VALUES (?, ?)').run(name, '1').changes
const names = () =>
  db
    .prepare<[], { name: string }>("SELECT name FROM meta WHERE name LIKE 'w%' ORDER BY name")
    .all()
    .map((row) => row.name)

test('work that waits together shares one commit, and resolves after it with its own value', async () => {
  const seen: number[] = []
  const all = ['w1', 'w2', 'w3'].map((name) => writer.submit(() => put(name)).then((value) => seen.push(commits) && value))
  expect(names()).toEqual([])
  expect(await Promise.all(all)).toEqual([1, 1, 1])
  expect(seen).toEqual([1, 1, 1])
})

const failing = () => {
  put('w2')
  throw new Error('no')
}

test('what one piece throws undoes and rejects that piece alone', async () => {
  const results = await Promise.allSettled([writer.submit(() => put('w1')), writer.submit(failing), writer.submit(() => put('w3'))])
  expect(results.map((one) => one.status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(names()).toEqual(['w1', 'w3'])
})

test('a full batch goes at once, without the timer', async () => {
  const patient = createWriter(db, { flushMs: 60_000, maxBatch: 3 })
  await patient.submit(() => put('w1')) // nothing was flushed before: it need not wait
  await Promise.all(['w2', 'w3', 'w4'].map((name) => patient.submit(() => put(name))))
  expect(names()).toEqual(['w1', 'w2', 'w3', 'w4'])
})

test('soon after a flush the next waits for more', async () => {
  const patient = createWriter(db, { flushMs: 60_000, maxBatch: 3 })
  await patient.submit(() => put('w1'))
  const waiting = patient.submit(() => put('w2'))
  for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate)
  expect(names()).toEqual(['w1'])
  await patient.close()
  expect(await waiting).toBe(1)
})

test('what stands beside a piece that throws is done once', async () => {
  const results = await Promise.allSettled([writer.submit(() => put('w1')), writer.submit(failing), writer.submit(failing)])
  expect(results.map((one) => one.status)).toEqual(['fulfilled', 'rejected', 'rejected'])
  expect(names()).toEqual(['w1'])
  expect(commits).toBe(1)
})

test('a commit that fails rejects the whole batch and announces nothing', async () => {
  // Deferred constraints are checked by COMMIT itself.
  db.exec('CREATE TABLE broken (user_id TEXT REFERENCES users (user_id) DEFERRABLE INITIALLY DEFERRED) STRICT')
  const breaking = writer.submit(() => db.prepare("INSERT INTO broken VALUES ('nobody')").run())
  const results = await Promise.allSettled([writer.submit(() => put('w1')), breaking])
  expect(results.map((one) => one.status)).toEqual(['rejected', 'rejected'])
  expect(names()).toEqual([])
  expect(commits).toBe(0)
  await writer.submit(() => put('w2'))
  expect(names()).toEqual(['w2'])
})

test('close commits what waits and refuses more', async () => {
  const last = writer.submit(() => put('w1'))
  await writer.close()
  expect(await last).toBe(1)
  await expect(writer.submit(() => put('w2'))).rejects.toThrow('closed')
})
