import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, fsyncSync, mkdirSync, openSync, closeSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'

/** A copy of app.db in the profile's `backups/`. The name says when it was made, how many calls it has, and whose it is. */
export interface BackupFile {
  backupId: string
  /** As `ownerOf` names it. */
  owner: string
  at: string
  bytes: number
  calls: number
  file: string
}

const FOLDER = 'backups'
/** What was replaced, until a person has read it. */
export const NOTE = 'recovered.json'
const NAME = /^((\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z(?:-\d{1,3})?)_(\d{1,9})_([0-9a-f]{16})\.db$/
/** Beside an SQLite file: what was committed and is not yet in it, and the index of that. */
const COMPANIONS = ['', '-wal', '-shm', '-journal']
/** Files that were found broken and put aside: the newest are kept, for whoever wants to look. */
const ASIDE_KEPT = 2
const ASIDE = /^app-broken-.*\.db$/

/** Who works here: a replica is what this person may see, on this device, of this workspace. */
export interface Holder {
  user: { userId: string; role: 'staff' | 'manager' }
  device: { deviceId: string }
  workspace: { workspaceId: string }
}

/** A name for whose a copy is, the same for nobody who is signed in otherwise; of nobody: also one. */
export const ownerOf = (holder: Holder | undefined): string =>
  createHash('sha256')
    .update(holder ? [holder.workspace.workspaceId, holder.user.userId, holder.device.deviceId].join(' ') : '')
    .digest('hex')
    .slice(0, 16)

const stampOf = (at: Date) => at.toISOString().replaceAll(/[-:]|\.\d+/g, '')

/** The backups of a profile, newest first. A half-written one has another name and is none. */
export function listBackups(profile: string): BackupFile[] {
  const folder = path.join(profile, FOLDER)
  if (!existsSync(folder)) return []
  const found = readdirSync(folder).flatMap((name) => {
    const [, backupId, year, month, day, hour, minute, second, calls, owner] = NAME.exec(name) ?? []
    if (backupId === undefined || owner === undefined) return []
    const file = path.join(folder, name)
    const at = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`
    return [{ backupId, owner, at, bytes: statSync(file).size, calls: Number(calls), file }]
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
export function keepBackup(profile: string, file: string, { at, calls, owner }: { at: Date; calls: number; owner: string }): void {
  syncFile(file)
  const stamp = stampOf(at)
  const taken = new Set(listBackups(profile).map((one) => one.backupId))
  const id = [stamp, ...Array.from({ length: 999 }, (_, index) => `${stamp}-${index + 1}`)].find((one) => !taken.has(one)) ?? stamp
  renameSync(file, path.join(profile, FOLDER, `${id}_${calls}_${owner}.db`))
}

/** Removes all but the newest so many of this owner. */
export function dropOldBackups(profile: string, keep: number, owner: string): void {
  const kept = new Set(
    listBackups(profile)
      .filter((one) => one.owner === owner)
      .slice(0, keep)
      .map((one) => one.file),
  )
  for (const { file } of listBackups(profile)) if (!kept.has(file)) rmSync(file, { force: true })
}

/** Removes every copy, what was put aside as broken, and the word of it: they hold what may no longer be seen here. */
export function forgetCopies(profile: string): void {
  const aside = readdirSync(profile).filter((name) => name.startsWith('app-broken-') || name.startsWith('app-next.db'))
  for (const name of [FOLDER, NOTE, ...aside]) rmSync(path.join(profile, name), { recursive: true, force: true })
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
