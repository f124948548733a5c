import { copyFileSync, existsSync, fsyncSync, mkdirSync, openSync, closeSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'

/** A copy of app.db in the profile's `backups/`. The name says when it was made and how many calls it has. */
export interface BackupFile {
  backupId: string
  at: string
  bytes: number
  calls: number
  file: string
}

const FOLDER = 'backups'
const NAME = /^((\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z(?:-\d{1,3})?)_(\d{1,9})\.db$/
/** Beside an SQLite file: what was committed and is not yet in it, and the index of that. */
const COMPANIONS = ['', '-wal', '-shm', '-journal']
/** Files that were found broken and put aside: the newest are kept, for whoever wants to look. */
const ASIDE_KEPT = 2
const ASIDE = /^app-broken-.*\.db$/

const stampOf = (at: Date) => at.toISOString().replaceAll(/[-:]|\.\d+/g, '')

/** The backups of a profile, newest first. A half-written one has another name and is none. */
export function listBackups(profile: string): BackupFile[] {
  const folder = path.join(profile, FOLDER)
  if (!existsSync(folder)) return []
  const found = readdirSync(folder).flatMap((name) => {
    const [, backupId, year, month, day, hour, minute, second, calls] = NAME.exec(name) ?? []
    if (backupId === undefined) return []
    const file = path.join(folder, name)
    const at = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`
    return [{ backupId, at, bytes: statSync(file).size, calls: Number(calls), file }]
  })
  return found.toSorted((a, b) => (a.backupId < b.backupId ? 1 : -1))
}

/** Where a new copy is written before it is one. */
export function newBackupFile(profile: string): string {
  const folder = path.join(profile, FOLDER)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const file = path.join(folder, 'unfinished.db')
  for (const companion of COMPANIONS) rmSync(file + companion, { force: true }) // of a backup that was broken off
  return file
}

/** Makes a written copy a backup: on the disk first, then under its name. */
export function keepBackup(profile: string, file: string, at: Date, calls: number): void {
  syncFile(file)
  const stamp = stampOf(at)
  const taken = new Set(listBackups(profile).map((one) => one.backupId))
  const id = [stamp, ...Array.from({ length: 999 }, (_, index) => `${stamp}-${index + 1}`)].find((one) => !taken.has(one)) ?? stamp
  renameSync(file, path.join(profile, FOLDER, `${id}_${calls}.db`))
}

/** Removes all but the newest so many. */
export function dropOldBackups(profile: string, keep: number): void {
  for (const { file } of listBackups(profile).slice(keep)) rmSync(file, { force: true })
}

/** Puts app.db aside, whatever is wrong with it. Returns the name it has now. */
export function setAside(profile: string, at: Date): string {
  const name = `app-broken-${stampOf(at)}.db`
  for (const companion of COMPANIONS) {
    const from = path.join(profile, `app.db${companion}`)
    if (existsSync(from)) renameSync(from, path.join(profile, name + companion))
  }
  const broken = readdirSync(profile).filter((one) => ASIDE.test(one))
  for (const old of broken.toSorted().slice(0, -ASIDE_KEPT))
    for (const companion of COMPANIONS) rmSync(path.join(profile, old + companion), { force: true })
  return name
}

/** Puts a backup in the place of app.db, which nobody has open. What was there must be elsewhere already, or is lost. */
export function putInPlace(profile: string, backup: string): void {
  const file = path.join(profile, 'app.db')
  const next = path.join(profile, 'app-next.db')
  copyFileSync(backup, next)
  syncFile(next)
  for (const companion of COMPANIONS.slice(1)) rmSync(file + companion, { force: true }) // they belong to the file that goes
  renameSync(next, file)
}

function syncFile(file: string): void {
  const handle = openSync(file, 'r+')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
