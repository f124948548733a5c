import { rmSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { migrate } from '../../../main/store/migrate.ts'
import { appMigrations } from '../../../main/store/migrations/index.ts'
import { openDatabase, type Connection } from '../../../main/store/open-database.ts'
import { createSearchReader, createSearchTable } from '../../../main/store/search-table.ts'
import { newFolder } from '../kit/desktop.ts'
import { offerLike, queryOf } from '../numbers/search/kit.ts'

let folder: string
let db: Connection
beforeEach(() => {
  folder = newFolder()
  db = openDatabase(path.join(folder, 'app.db'))
})
afterEach(() => {
  db.close()
  rmSync(folder, { recursive: true, force: true })
})

test('a file of before searches gets their tables, and keeps what it had', () => {
  migrate(
    db,
    appMigrations.filter(({ id }) => id < 50),
  )
  db.exec("insert into preferences (name, value) values ('country', 'GB')")
  migrate(db, appMigrations)
  expect(db.prepare('select value from preferences').pluck().get()).toBe('GB')
  expect(createSearchReader(db).savedSearches()).toEqual([])
  migrate(db, appMigrations) // nothing is left to do
})

test('what is kept comes back as it was, latest per name, and goes all at once', () => {
  migrate(db, appMigrations)
  const [table, reader] = [createSearchTable(db), createSearchReader(db)]
  const saved = { name: 'Taxi', query: queryOf({ pattern: 'TAXI' }), savedAt: '2026-11-21T10:00:00.000Z' }
  table.saveSearch({ ...saved, query: queryOf() })
  table.saveSearch(saved)
  expect(reader.savedSearches()).toEqual([saved])
  const answer = { question: 'prices:US', answeredAt: saved.savedAt, answer: '{"currency":"USD"}' }
  table.keepAnswer({ ...answer, answer: '{}' })
  table.keepAnswer(answer)
  expect(reader.answer('prices:US')).toEqual(answer)
  expect(reader.answer('prices:GB')).toBeUndefined()
  const [a, b] = [offerLike(), offerLike({ phoneNumber: '+14155550111' })]
  table.changeShortlist([a, b], [])
  table.changeShortlist([{ ...b, isBeta: true }], [a.phoneNumber, '+14155550122'])
  expect(reader.shortlist()).toEqual([{ ...b, isBeta: true }])
  table.forgetAnswers()
  expect([reader.answer('prices:US'), reader.savedSearches().length]).toEqual([undefined, 1])
  table.wipeSearches()
  expect([reader.savedSearches(), reader.shortlist()]).toEqual([[], []])
})
