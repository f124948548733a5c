import { hash } from 'node:crypto'
import { constants, copyFileSync, existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { openDatabase } from '../../main/store/open-database.ts'
import { seedCalls } from './seed-calls.ts'

const root = path.resolve(import.meta.dirname, '../..')

/** What the seed depends on: the store, the contract, and how it is made. */
function sourcesHash(): string {
  const folders = ['main/store', 'main/store/migrations', 'contract']
  const names = folders.flatMap((folder) => readdirSync(path.join(root, folder)).map((name) => `${folder}/${name}`))
  const files = [...names, 'bench/kit/seed-calls.ts'].filter((name) => name.endsWith('.ts'))
  return hash('sha1', files.map((name) => readFileSync(path.join(root, name), 'utf8')).join('\0'), 'hex').slice(0, 12)
}

/**
 * A file with so many calls, for this caller to change. Made once per state of the sources and kept in the system's folder for temporary
 * files; those of other states are deleted.
 */
export function seededFile(target: string, count: number, say: (text: string) => void): void {
  const name = `linekeeper-bench-calls-${count}-`
  const kept = path.join(os.tmpdir(), `${name}${sourcesHash()}.db`)
  if (!existsSync(kept)) {
    for (const old of readdirSync(os.tmpdir()).filter((one) => one.startsWith(name))) rmSync(path.join(os.tmpdir(), old), { force: true })
    const making = `${kept}.${process.pid}`
    seedCalls(making, count, say)
    renameSync(making, kept)
  }
  copyFileSync(kept, target, constants.COPYFILE_FICLONE)
}

/** Puts so many calls into the app.db of a desktop that is enrolled and stopped: where it is in the relay's log, and whom it knows, stays. */
export function seedProfile(database: string, count: number, say: (text: string) => void): void {
  const enrolled = `${database}.enrolled`
  openDatabase(database).close() // folds its log in
  renameSync(database, enrolled)
  for (const rest of ['-wal', '-shm']) rmSync(database + rest, { force: true })
  seededFile(database, count, say)
  const db = openDatabase(database)
  db.prepare('attach ? as enrolled').run(enrolled)
  for (const table of ['replica', 'users', 'devices', 'numbers', 'number_users', 'preferences'])
    db.exec(`delete from main.${table}; insert into main.${table} select * from enrolled.${table}`)
  db.exec('detach enrolled')
  db.close()
  rmSync(enrolled)
}
