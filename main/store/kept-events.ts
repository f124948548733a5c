import type { Connection } from './open-database.ts'
import type { LinkEvent } from './reducer.ts'

/** Events of types that this version does not know: applied after an update (RULES R20). */
export function createKeptEvents(db: Connection) {
  const add = db.prepare<[number, string, string, string]>(
    'insert into events_kept (seq, at, name, payload) values (?, ?, ?, ?) on conflict (seq) do nothing',
  )
  const all = db.prepare<[], { seq: number; at: string; name: string; payload: string }>(
    'select seq, at, name, payload from events_kept order by seq',
  )
  const remove = db.prepare<[number]>('delete from events_kept where seq = ?')
  return {
    add: ({ seq, at, name, payload }: LinkEvent): void => void add.run(seq, at, name, JSON.stringify(payload ?? null)),
    /** Takes out those that are wanted now, in order. */
    take(isWanted: (event: LinkEvent) => boolean): LinkEvent[] {
      const wanted = all
        .all()
        .map((row): LinkEvent => ({ ...row, payload: JSON.parse(row.payload) as unknown }))
        .filter(isWanted)
      for (const { seq } of wanted) remove.run(seq)
      return wanted
    },
  }
}
