import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import SQLite from 'better-sqlite3'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createCheckpointer, type Checkpointer } from '../../../relay/database/checkpointer.ts'
import { openDatabase, type Database } from '../../../relay/database/open.ts'
import { createWriter, type GroupWriter } from '../../../relay/database/writer.ts'
import { createLog } from '../../../relay/plugins/log.ts'

let folder: string
let file: string
let db: Database
let writer: GroupWriter
let checkpointer: Checkpointer | undefined
const lines: string[] = []
const log = createLog('warn', { write: (line) => void lines.push(line) })
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'linekeeper-checkpoint-'))
  file = path.join(folder, 'relay.db')
  db = openDatabase(file)
  writer = createWriter(db)
  lines.length = 0
})
afterEach(async () => {
  await checkpointer?.close()
  db.close()
  rmSync(folder, { recursive: true, force: true })
})

const put = (name: string) => writer.submit(() => db.prepare('INSERT INTO meta (name, value) VALUES (?, ?)').run(name, '1').changes)

/** What the database's file holds without its write-ahead log. */
function names(): unknown[] {
  const copy = path.join(folder, 'copy.db')
  copyFileSync(file, copy)
  const alone = new SQLite(copy)
  try {
    return alone.prepare("SELECT name FROM meta WHERE name LIKE 'w%' ORDER BY name").pluck().all()
  } catch {
    return [] // not even its tables, or in the middle of a page
  } finally {
    alone.close()
    rmSync(copy, { force: true })
  }
}

test('what was committed moves into the file by itself, again and again', async () => {
  await put('w1')
  expect(names()).toEqual([])
  checkpointer = createCheckpointer(file, writer, log, 5)
  await put('w2')
  await vi.waitFor(() => expect(names()).toEqual(['w1', 'w2']))
  await put('w3')
  await put('w4')
  await vi.waitFor(() => expect(names()).toEqual(['w1', 'w2', 'w3', 'w4']))
})

test('a thread that cannot work leaves one line; commits go on, and closing ends', async () => {
  checkpointer = createCheckpointer(folder, writer, log, 5)
  await vi.waitFor(() => expect(lines).toHaveLength(1), 5000)
  expect(lines[0]).toContain('checkpoints')
  expect(await put('w1')).toBe(1)
})
