import { rmSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { migrate } from '../../../main/store/migrate.ts'
import { outboxMigrations } from '../../../main/store/migrations/index.ts'
import { openDatabase } from '../../../main/store/open-database.ts'
import type { ReleaseNote } from '../../../main/store/release-table.ts'
import { openStore } from '../../../main/store/store.ts'
import { newFolder } from '../kit/desktop.ts'

let folder: string
beforeEach(() => (folder = newFolder()))
afterEach(() => rmSync(folder, { recursive: true }))

const note = (over: Partial<ReleaseNote> = {}): ReleaseNote => ({
  noteId: 'n1',
  workspaceId: 'w1',
  accountSid: 'AC1',
  phoneNumber: '+14155550100',
  sid: 'PN1',
  at: '2026-11-21T10:00:00.000Z',
  ...over,
})

test('a note stays until it is dropped by its own name, of its workspace alone', async () => {
  const first = await openStore(folder)
  const { releases } = first
  await releases.putRelease(note())
  await releases.putRelease(note({ noteId: 'n2', sid: 'PN2', at: '2026-11-21T09:00:00.000Z' }))
  await releases.putRelease(note({ noteId: 'n3', workspaceId: 'w2' }))
  await releases.putRelease(note({ noteId: 'n4', sid: 'PN4', accountSid: 'AC2' }))
  const newer = note({ noteId: 'n5', at: '2026-11-21T11:00:00.000Z' })
  await releases.putRelease(newer) // the same number again
  await releases.dropRelease('n1')
  await first.close()
  for (const name of ['app.db', 'app.db-wal', 'app.db-shm']) rmSync(path.join(folder, name), { force: true })
  const second = await openStore(folder)
  expect((await second.releases.releases('w1')).map(({ noteId }) => noteId)).toEqual(['n2', 'n4', 'n5'])
  await second.releases.dropRelease('n2')
  await second.releases.dropRelease('n4')
  expect(await second.releases.releases('w1')).toEqual([newer])
  await second.close()
})

test('an outbox of the version before keeps its purchases’ wiring and commands', async () => {
  const old = openDatabase(path.join(folder, 'outbox.db'), { durability: 'full' })
  migrate(old, outboxMigrations.slice(0, 2))
  old.exec(`insert into commands (command_id, queued_at, payload) values ('x1', '2026-11-21T10:00:00.000Z', '{"commandId":"x1"}');
    insert into voice_wiring values ('w1', 'https://a', 'https://b', 'https://c')`)
  old.close()
  const store = await openStore(folder)
  expect(await store.outbox.next(10)).toEqual([{ commandId: 'x1' }])
  expect(await store.purchases.wiring('w1')).toMatchObject({ voiceUrl: 'https://a' })
  expect(await store.releases.releases('w1')).toEqual([])
  await store.close()
})
