import { spawn } from 'node:child_process'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { plainDetails } from '../../../contract/number.ts'
import { migrate } from '../../../main/store/migrate.ts'
import { appMigrations, outboxMigrations } from '../../../main/store/migrations/index.ts'
import { openDatabase } from '../../../main/store/open-database.ts'
import { openStore } from '../../../main/store/store.ts'
import { newFolder } from '../kit/desktop.ts'
import { incomingFacts } from '../kit/facts.ts'

let folder: string
beforeEach(() => (folder = newFolder()))
afterEach(() => rmSync(folder, { recursive: true }))

test('what the writer wrote, the reader reads, and both survive a restart', async () => {
  const first = await openStore(folder)
  expect(await first.replica.observe('c1', incomingFacts())).toEqual(['c1'])
  expect((await first.reader.calls(10)).calls).toHaveLength(1)
  await first.outbox.add([{ commandId: 'x1', name: 'call.decline-everywhere', callId: 'c1' }], '2026-11-21T10:00:00.000Z')
  await first.close()
  const second = await openStore(folder)
  expect((await second.reader.call('c1'))?.direction).toBe('incoming')
  expect(await second.outbox.next(10)).toMatchObject([{ commandId: 'x1' }])
  await second.close()
})

test('the outbox survives the loss of the replica', async () => {
  const first = await openStore(folder)
  await first.outbox.add([{ commandId: 'x1', name: 'call.decline-everywhere', callId: 'c1' }], '2026-11-21T10:00:00.000Z')
  await first.close()
  for (const name of ['app.db', 'app.db-wal', 'app.db-shm']) rmSync(path.join(folder, name), { force: true })
  const second = await openStore(folder)
  expect(await second.replica.position()).toEqual({ epoch: null, cursor: 0, needsSnapshot: true })
  expect(await second.outbox.count()).toBe(1)
  await second.close()
})

test('a broken or closed store says so instead of hanging', async () => {
  writeFileSync(path.join(folder, 'file'), '')
  await expect(openStore(path.join(folder, 'file'))).rejects.toMatchObject({ code: 'store-failed' })
  const closed = await openStore(folder)
  await closed.close()
  await expect(closed.replica.position()).rejects.toMatchObject({ code: 'store-failed' })
})

test('a failed command rejects alone', async () => {
  const store = await openStore(folder)
  await expect(store.replica.apply('e9', 'ada', [])).rejects.toMatchObject({ code: 'store-failed' })
  expect((await store.replica.position()).cursor).toBe(0)
  await store.close()
})

test('a file of a later version is left alone', async () => {
  const db = openDatabase(path.join(folder, 'app.db'))
  db.pragma('user_version = 9990')
  db.close()
  await expect(openStore(folder)).rejects.toMatchObject({ code: 'schema-too-new' })
})

test.each(appMigrations.slice(1).map((step, index) => [step.id, index + 1] as const))(
  'migration %i keeps what a file of the version before it holds',
  async (id, count) => {
    const old = openDatabase(path.join(folder, 'app.db'))
    migrate(old, appMigrations.slice(0, count))
    old.exec(`
      update replica set epoch = 'e1', cursor = 7, needs_snapshot = 0;
      insert into call_facts values ('c1', 'call', 'direction', 'text', 'incoming', 'relay', '2026-11-21T10:00:00.000Z', null);
      insert into calls (call_id, direction, outcome, party_kind, started_at)
        values ('c1', 'incoming', 'missed', 'withheld', '2026-11-21T10:00:00.000Z');
      insert into events_kept values (6, '2026-11-21T10:00:00.000Z', 'user.changed',
        '{"userId":"ada","name":"Ada","role":"manager","isActive":true}');
    `)
    old.close()
    const store = await openStore(folder)
    // Since 30 a number has details, since 60 there are records, which only a snapshot brings.
    expect(await store.replica.position()).toEqual({ epoch: 'e1', cursor: 7, needsSnapshot: id <= 60 })
    expect((await store.reader.call('c1'))?.outcome).toBe('missed')
    expect(await store.reader.users()).toEqual([{ userId: 'ada', name: 'Ada' }]) // kept by a version that had no users
    await store.close()
  },
)

test('a number of a file without details is there, plain, until the relay tells more', async () => {
  const old = openDatabase(path.join(folder, 'app.db'))
  migrate(
    old,
    appMigrations.filter(({ id }) => id < 30),
  )
  old.exec(`
    insert into numbers values ('+14155550100', 'Main line', 1);
    insert into number_users values ('+14155550100', 0, 'sam'), ('+14155550100', 1, 'ada');
    update replica set epoch = 'e1', cursor = 7, needs_snapshot = 0;
  `)
  old.close()
  const store = await openStore(folder)
  const main = { phoneNumber: '+14155550100', numberName: 'Main line', isActive: true, userIds: ['sam', 'ada'] }
  expect((await store.reader.numbers(10)).numbers).toEqual([
    { phoneNumber: '+14155550100', relay: { ...main, sid: null, details: plainDetails() }, remote: null, usage: null, guard: null },
  ])
  expect((await store.replica.position()).needsSnapshot).toBe(true)
  await store.close()
})

test('migrations are numbered by tens, in order', () => {
  for (const list of [appMigrations, outboxMigrations]) {
    const ids = list.map((step) => step.id)
    expect(ids).toEqual([...new Set(ids)].toSorted((a, b) => a - b))
    expect(ids.filter((id) => id % 10 !== 0)).toEqual([])
  }
})

// The process writes stretches of three events that belong together and is killed at an arbitrary moment.
test('killed while it writes, the file is whole: rows and cursor agree', async () => {
  const entry = path.resolve(import.meta.dirname, '../kit/endless-writer.ts')
  for (const afterMs of [5, 40, 90]) {
    const child = spawn(process.execPath, [entry, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
    const ended = new Promise((resolve) => child.once('close', resolve))
    await new Promise((resolve) => createInterface({ input: child.stdout }).once('line', resolve))
    await new Promise((resolve) => setTimeout(resolve, afterMs))
    child.kill('SIGKILL')
    await ended
    const db = openDatabase(path.join(folder, 'app.db'))
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok')
    const cursor = Number(db.prepare('select cursor from replica').pluck().get())
    expect(cursor % 3).toBe(0)
    const rows = (of: string) => db.prepare(`select count(*) from ${of}`).pluck().get()
    for (const one of ["calls where missed_state = 'open'", "records where kind = 'note'", 'call_tags', 'call_docs'])
      expect([one, rows(one)]).toEqual([one, cursor / 3])
    expect(cursor).toBeGreaterThan(0)
    db.close()
  }
  expect(existsSync(path.join(folder, 'app.db'))).toBe(true)
}, 90_000)
