// Entry: npm run sandbox -- [--port N] [--json] [--data DIR] [--profile kind|typical|hostile] [--seed N]
// stdout carries the ready line alone (with or without --json); the log goes to stderr.
import { existsSync, mkdtempSync, rmdirSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { pino } from 'pino'
import { createSandbox, type Sandbox, type SandboxOptions } from './app.ts'

const USAGE = 'usage: npm run sandbox -- [--port N] [--json] [--data DIR] [--profile kind|typical|hostile] [--seed N] [--help]'

const profiles = ['kind', 'typical', 'hostile'] as const

function refuse(sentence: string): never {
  console.error(sentence)
  process.exit(2)
}

function whole(name: string, text: string, most: number): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value > most) refuse(`--${name} must be a whole number from 0 to ${most}, not '${text}'.`)
  return value
}

function readArguments(): Omit<SandboxOptions, 'log'> {
  try {
    const { values } = parseArgs({
      options: {
        help: { type: 'boolean', short: 'h' },
        port: { type: 'string', default: '0' },
        json: { type: 'boolean' },
        data: { type: 'string' },
        profile: { type: 'string', default: 'typical' },
        seed: { type: 'string', default: '1' },
      },
    })
    if (values.help) {
      console.log(USAGE)
      process.exit(0)
    }
    const profile = profiles.find((name) => name === values.profile)
    if (!profile) refuse(`--profile must be one of ${profiles.join(', ')}, not '${values.profile}'.`)
    return { port: whole('port', values.port, 65_535), dataFolder: values.data, profile, seed: whole('seed', values.seed, 2 ** 32 - 1) }
  } catch (error) {
    return refuse(`${(error as Error).message}\n${USAGE}`)
  }
}

/** A folder that cannot be written is named at once: a recursive mkdir below one such as /proc never returns in Node 24. */
function probeData(folder: string): void {
  let base = path.resolve(folder)
  while (!existsSync(base)) base = path.dirname(base)
  try {
    const made = mkdtempSync(path.join(base, '.linekeeper-'))
    rmdirSync(made)
  } catch (error) {
    refuse(`--data ${folder} cannot be written: ${(error as Error).message}`)
  }
}

/** The one line that others wait for. */
function readyLine({ url, account }: Sandbox): string {
  const { state } = account
  return JSON.stringify({
    event: 'ready',
    url,
    accountSid: state.accountSid,
    authToken: state.authToken,
    apiKey: state.firstKeySid,
    apiSecret: account.keySecret(state.firstKeySid) ?? null,
    twimlAppSid: state.firstApplicationSid,
    vapiKey: state.vapiKey,
  })
}

const log = pino({ level: process.env['LOG_LEVEL'] ?? 'info' }, pino.destination({ dest: 2, sync: true }))
const options = readArguments()
if (options.dataFolder !== undefined) probeData(options.dataFolder)
let sandbox: Sandbox | undefined

function end(signal: string): void {
  log.info({ signal }, 'ending')
  // Whatever hangs, the process is gone within its 2 s.
  setTimeout(() => process.exit(1), 1800).unref()
  void (sandbox?.close() ?? Promise.resolve()).then(() => process.exit(0))
}
// Before the ready line: who reads it may end us at once.
for (const signal of ['SIGINT', 'SIGTERM', 'disconnect'] as const) process.once(signal, () => end(signal))

try {
  sandbox = await createSandbox({ ...options, log })
  console.log(readyLine(sandbox))
} catch (error) {
  if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') refuse(`--port ${options.port} is in use: choose another.`)
  log.error(error, 'the sandbox could not start')
  process.exit(1)
}
