import path from 'node:path'
import { listBackups, ownerOf, putInPlace, setAside, type BackupFile, type Holder } from './backup-files.ts'
import type { Keeper } from './keeper.ts'
import { appMigrations } from './migrations/index.ts'
import { startThread } from './store-thread.ts'

/** What a file that could not be used any more was replaced by. `from`: when the backup was made; null: none was sound. */
export interface Recovery {
  at: string
  from: string | null
  asideName: string
}

/** Whether SQLite says that the file itself is broken, rather than the disk full or the file in use. */
export const isBroken = (error: unknown): boolean => /malformed|not a database|SQLITE_CORRUPT|SQLITE_NOTADB/i.test(String(error))

/** Works with a file in a thread of its own, and lets it go. @throws FailureError `store-failed` */
export async function withKeeper<T>(
  file: string,
  work: (keeper: Awaited<ReturnType<typeof startKeeper>>['commands']) => Promise<T>,
): Promise<T> {
  const thread = await startKeeper(file)
  try {
    return await work(thread.commands)
  } finally {
    await thread.close().catch(() => undefined)
  }
}
const startKeeper = (file: string) => startThread<Keeper>({ role: 'keeper', file })

/** What is wrong with a file that should be a replica of ours; nothing: it can be used. Never throws. */
export async function problemsOf(file: string): Promise<string[]> {
  try {
    return await withKeeper(file, async (keeper) => {
      const newest = appMigrations.at(-1)?.id ?? 0
      const version = await keeper.version()
      return version > newest || version === 0 ? [`the file is of version ${version}`] : keeper.check()
    })
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)]
  }
}

/**
 * Whether this person may have a copy that can be read: it is theirs, and not of a time when they were a manager and saw more (RULES R20).
 * @throws FailureError `store-failed`
 */
export async function isFor({ file, owner }: BackupFile, holder: Holder | undefined): Promise<boolean> {
  if (owner !== ownerOf(holder)) return false
  if (!holder || holder.user.role === 'manager') return true
  return (await withKeeper(file, async (keeper) => keeper.roleOf(holder.user.userId))) !== 'manager'
}

/** Puts a broken app.db aside and this person's newest sound backup in its place; without one, app.db begins anew. Nobody has it open. */
export async function recover(profile: string, at: Date, holder: Holder | undefined): Promise<Recovery> {
  const asideName = setAside(profile, at)
  for (const backup of listBackups(profile)) {
    if ((await problemsOf(backup.file)).length > 0 || !(await isFor(backup, holder))) continue
    putInPlace(profile, backup.file)
    return { at: at.toISOString(), from: backup.at, asideName }
  }
  return { at: at.toISOString(), from: null, asideName }
}

/** Whether app.db is sound now. */
export const problemsOfProfile = (profile: string) => problemsOf(path.join(profile, 'app.db'))
