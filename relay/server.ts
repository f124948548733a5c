// Entry: npm run relay [-- COMMAND]. Takes its environment, prints a ready line, ends on a signal or with its parent.
import { statSync } from 'node:fs'
import path from 'node:path'
import { createRelay } from './app.ts'
import { adminAddress, serveAdmin } from './cli/admin-socket.ts'
import { describe, emptyNote, parseCommand, UsageError, USAGE, wantsHelp } from './cli/arguments.ts'
import { runAdmin } from './cli/run.ts'
import { ConfigError, configOf, type Config } from './config.ts'
import type { RelayPorts } from './core.ts'
import { createLog } from './plugins/log.ts'
import { createTwilioClient } from './twilio/client.ts'
import { createTwilioNumbers } from './twilio/numbers.ts'

/** Everything is closed within this, or the process ends anyway: what was acknowledged is on disk already. */
const GRACE_MS = 1800

function portsOf(config: Config): RelayPorts {
  const client = createTwilioClient({ ...config.twilio })
  return {
    clock: { now: () => new Date() },
    log: createLog(config.logLevel),
    client,
    twilio: createTwilioNumbers(client, config.twilio.twimlAppSid),
  }
}

async function serve(config: Config): Promise<void> {
  const ports = portsOf(config)
  const address = adminAddress(config.database)
  const relay = await createRelay(config, ports)
  const admin = await serveAdmin(address, relay.core.admin)
  // Before the ready line: who reads it may end us at once.
  const end = () => {
    setTimeout(() => process.exit(0), GRACE_MS).unref()
    admin.close()
    void relay.close().finally(() => process.exit(0))
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'disconnect'] as const) process.once(signal, end)
  const url = await relay.app.listen({ host: config.host, port: config.port })
  relay.start()
  console.log(JSON.stringify({ event: 'ready', url }))
}

/** @throws ConfigError when there is no folder for the database: SQLite's own words name no file. */
function requireFolder(database: string): void {
  const folder = path.dirname(path.resolve(database))
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new ConfigError(`RELAY_DATABASE is ${database}, but there is no folder ${folder}.`)
}

async function main(): Promise<void> {
  const words = process.argv.slice(2)
  if (wantsHelp(words)) return console.log(USAGE)
  const { request, json } = parseCommand(words)
  const config = configOf(process.env)
  requireFolder(config.database)
  if (!request) return serve(config)
  const outcome = await runAdmin(config, portsOf(config), request)
  if (!outcome.ok) throw new Error(outcome.failure.message ?? outcome.failure.code)
  const note = json ? undefined : emptyNote(request, outcome.value)
  if (note !== undefined) return console.error(note)
  console.log(json ? JSON.stringify(outcome.value) : describe(request, outcome.value))
}

try {
  await main()
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exit(error instanceof ConfigError || error instanceof UsageError ? 2 : 1)
}
