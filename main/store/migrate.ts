import type { Connection } from './open-database.ts'

/** One step of a file's schema. Numbered by ten; never changed after a release. */
export interface Migration {
  id: number
  sql: string
}

/**
 * Brings a file up to date, each step in a transaction of its own with the file's version.
 * @throws Error beginning with `schema-too-new` when a later version of the app wrote the file: it is left untouched.
 */
export function migrate(db: Connection, migrations: readonly Migration[]): void {
  const version = Number(db.pragma('user_version', { simple: true }))
  const newest = migrations.at(-1)?.id ?? 0
  if (version > newest) throw new Error(`schema-too-new: the file is of version ${version}, this app knows ${newest}`)
  for (const { id, sql } of migrations.filter((step) => step.id > version)) {
    const step = db.transaction(() => {
      db.exec(sql)
      db.pragma(`user_version = ${id}`)
    })
    step.immediate()
  }
}
