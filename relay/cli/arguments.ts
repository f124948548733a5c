import { parseArgs } from 'node:util'
import { Compile } from 'typebox/compile'
import { AdminRequest } from './admin.ts'

export const USAGE = `usage: npm run relay -- [--json]                                       serve
       npm run relay -- invite --name NAME --role staff|manager [--json]
       npm run relay -- assign --number +1… --user NAME[,NAME…] [--json]
       npm run relay -- setup | users | numbers | devices [--json]
       npm run relay -- revoke --device ID
       npm run relay -- activate | deactivate --name NAME
       npm run relay -- restored      after a backup was put back`

/** Words that are not a command line of the relay's. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** Whether the usage was asked for. */
export const wantsHelp = (words: string[]): boolean => words.includes('--help') || words.includes('-h')

const requests = Compile(AdminRequest)

/** The words of a command line: what to ask, undefined to serve. @throws UsageError with a sentence and the usage. */
export function parseCommand(words: string[]): { request: AdminRequest | undefined; json: boolean } {
  const { json, user, positionals, ...values } = parse(words)
  if (positionals.length > 1) throw new UsageError(`'${positionals[1]}' was not expected\n${USAGE}`)
  if (positionals.length === 0) {
    if (user !== undefined || Object.keys(values).length > 0) throw new UsageError(`these options belong to a command\n${USAGE}`)
    return { request: undefined, json }
  }
  if (values.role !== undefined && !['staff', 'manager'].includes(values.role))
    throw new UsageError(`--role is staff or manager, not '${values.role}'\n${USAGE}`)
  const users =
    user === undefined
      ? {}
      : {
          users: user
            .split(',')
            .map((name) => name.trim())
            .filter(Boolean),
        }
  const request: unknown = { command: positionals[0], ...values, ...users }
  if (!requests.Check(request)) throw new UsageError(`'${words.join(' ')}' is not a command of the relay\n${USAGE}`)
  return { request, json }
}

function parse(words: string[]) {
  const text = { type: 'string' } as const
  try {
    const { values, positionals } = parseArgs({
      args: words,
      allowPositionals: true,
      options: { json: { type: 'boolean' }, name: text, role: text, number: text, user: text, device: text },
    })
    const { json = false, ...rest } = values
    return { ...rest, json, positionals }
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`, { cause: error })
  }
}

/** What a person is told when there is nothing to list. */
export function emptyNote(request: AdminRequest, value: unknown): string | undefined {
  if (!Array.isArray(value) || value.length > 0) return undefined
  if (request.command === 'numbers') return 'There are no numbers yet: run setup.'
  if (request.command === 'users') return 'There are no users yet: run invite.'
  if (request.command === 'devices') return 'No device has signed in yet.'
  return undefined
}

/** What a person reads; with `--json` the value itself is printed. */
export function describe(request: AdminRequest, value: unknown): string {
  const rows = Array.isArray(value) ? value : [value]
  if (request.command === 'invite') {
    const { code, expiresAt, name } = value as { code: string; expiresAt: string; name: string }
    return `Invite code for ${name}: ${code}\nIt works once, until ${expiresAt}.`
  }
  return rows.map((row) => (typeof row === 'object' && row !== null ? lineOf(row) : String(row))).join('\n')
}

const isNested = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value)
const saysNothing = (value: unknown) => value === null || value === '' || value === false || (Array.isArray(value) && value.length === 0)

/** Facts within facts stand beside the others; of them, those that say nothing are left out. */
const flat = (row: object, path = ''): [string, unknown][] =>
  Object.entries(row).flatMap(([name, value]): [string, unknown][] =>
    isNested(value) ? flat(value, `${path}${name}.`).filter(([, inner]) => !saysNothing(inner)) : [[path + name, value]],
  )

const lineOf = (row: object): string =>
  flat(row)
    .map(([name, value]) => `${name}: ${Array.isArray(value) ? value.join(', ') : String(value)}`)
    .join('  ')
