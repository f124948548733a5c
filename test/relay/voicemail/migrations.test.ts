import SQLite from 'better-sqlite3'
import { expect, test } from 'vitest'
import { createBackfillRow, stateOf } from '../../../relay/backfill/rows.ts'
import { migration as greetings } from '../../../relay/database/migrations/0330-greetings.ts'
import { migrations } from '../../../relay/database/migrations/index.ts'
import { migrate } from '../../../relay/database/migrate.ts'
import { createRecordRows } from '../../../relay/records/rows.ts'
import { createGreetingRows } from '../../../relay/voicemail/greeting-rows.ts'

test('a file of before greetings and older calls keeps what it had, and takes both', () => {
  const db = new SQLite(':memory:')
  migrate(
    db,
    migrations.filter((one) => one.version < greetings.version),
  )
  const records = createRecordRows(db)
  const note = { kind: 'note', recordId: 'n1', callId: 'c1', phoneNumber: null, value: { text: 'Hi' }, at: 'then', byUserId: 'u1' }
  records.put(note)
  migrate(db)
  expect(createRecordRows(db).ofCall('c1')).toMatchObject([{ record_id: 'n1' }])
  const media = createGreetingRows(db)
  media.put('+14155550100', 'f00d', new Uint8Array([1, 2, 3]))
  expect([...(media.audio('f00d') ?? [])]).toEqual([1, 2, 3])
  expect(stateOf(createBackfillRow(db).get()).state).toBe('none')
  migrate(db)
  expect(media.audio('f00d')).toBeDefined()
})
