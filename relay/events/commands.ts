import { FailureError } from '../../contract/failure.ts'
import type { Command, CommandsReply } from '../../contract/relay.ts'
import type { Database } from '../database/open.ts'
import type { RequestSession } from '../plugins/session.ts'
import type { Clock, Writer } from '../ports.ts'

export type CommandName = Command['name']
export type CommandOf<N extends CommandName> = Extract<Command, { name: N }>
/**
 * Applies one command inside a transaction of the writer. A FailureError refuses it for good and undoes what it did; anything else is a
 * fault of ours, and the desktop tries again. What it returns runs after the commit, once.
 */
export type CommandHandler<N extends CommandName> = (command: CommandOf<N>, session: RequestSession) => After
type After = (() => void) | undefined
type Result = CommandsReply['results'][number]

export interface Commands {
  register<N extends CommandName>(name: N, handler: CommandHandler<N>): void
  /** Applies a command once; a repeated one gets its first result. */
  apply(command: Command, session: RequestSession): Promise<Result>
}

/** The outbox's other end (RULES R18). A command is known by its user and id: the outbox survives a new device. */
export function createCommands(db: Database, writer: Writer, clock: Clock): Commands {
  const handlers = new Map<string, CommandHandler<CommandName>>()
  const find = db.prepare<[string, string], { status: Result['status']; code: string | null }>(
    'SELECT status, code FROM commands WHERE user_id = ? AND command_id = ?',
  )
  const insert = db.prepare('INSERT INTO commands (user_id, command_id, status, code, applied_at) VALUES (?, ?, ?, ?, ?)')

  function once(command: Command, session: RequestSession): { result: Result; after: After } {
    const { commandId } = command
    const known = find.get(session.userId, commandId)
    if (known) return { result: resultOf(commandId, known.status, known.code), after: undefined }
    const handler = handlers.get(command.name)
    if (!handler) throw new Error(`no handler of ${command.name}`)
    const { code, after } = attempt(() => db.transaction(handler)(command, session))
    insert.run(session.userId, commandId, code ? 'refused' : 'applied', code, clock.now().toISOString())
    return { result: resultOf(commandId, code ? 'refused' : 'applied', code), after }
  }
  return {
    register(name, handler) {
      // A handler gets only commands of the name it is registered under.
      handlers.set(name, handler as unknown as CommandHandler<CommandName>)
    },
    async apply(command, session) {
      const { result, after } = await writer.submit(() => once(command, session))
      after?.()
      return result
    },
  }
}

const resultOf = (commandId: string, status: Result['status'], code: string | null): Result => ({
  commandId,
  status,
  ...(code ? { code } : {}),
})

function attempt(work: () => After): { code: string | null; after: After } {
  try {
    return { code: null, after: work() }
  } catch (error) {
    if (error instanceof FailureError) return { code: error.code, after: undefined }
    throw error
  }
}
