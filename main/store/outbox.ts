import type { Command } from '../../contract/relay.ts'
import type { Connection } from './open-database.ts'

/** Commands in the order they were queued. Each call is one transaction, on the disk when it returns (synchronous=FULL). */
export function createOutboxTable(db: Connection) {
  const add = db.prepare<[string, string, string]>(
    'insert into commands (command_id, queued_at, payload) values (?, ?, ?) on conflict (command_id) do nothing',
  )
  const ids = db.prepare<[], string>('select command_id from commands order by position').pluck()
  const next = db.prepare<[number], { payload: string }>('select payload from commands order by position limit ?')
  const remove = db.prepare<[string]>('delete from commands where command_id = ?')
  const count = db.prepare<[], { total: number }>('select count(*) as total from commands')
  const clear = db.prepare<[]>('delete from commands')
  const removeAll = db.transaction((commandIds: readonly string[]) => {
    for (const commandId of commandIds) remove.run(commandId)
  })
  const addAll = db.transaction((commands: readonly Command[], at: string) => {
    for (const command of commands) add.run(command.commandId, at, JSON.stringify(command))
  })
  return {
    /** All or none, in their order; one that waits already stays where it is. */
    add: (commands: readonly Command[], at: string): void => addAll.immediate(commands, at),
    ids: (): string[] => ids.all(),
    next: (limit: number): Command[] => next.all(limit).map((row) => JSON.parse(row.payload) as Command),
    remove: (commandIds: readonly string[]): void => removeAll.immediate(commandIds),
    count: (): number => count.get()?.total ?? 0,
    clear: (): void => void clear.run(),
  }
}
export type OutboxTable = ReturnType<typeof createOutboxTable>
