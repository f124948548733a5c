// Entry: the app served to a browser on 127.0.0.1. Runs from source under Node 24; never packaged.
import { readFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { createApp, type App } from '../../app.ts'
import { defaultTimings, type AppConfig } from '../../config.ts'
import { createLog } from '../../log.ts'
import type { Log } from '../../ports.ts'
import { openSocket, watchNetwork } from '../node-ports.ts'
import { createPage, reachOf } from '../page.ts'
import { signIn } from '../sign-in.ts'
import { twilioConfig } from '../twilio-environment.ts'
import { readDoor, writeDoor } from './door.ts'
import { createSecretFile } from './secret-file.ts'
import { listenLocally } from './server.ts'

const env = process.env
const WELCOME_MS = Number(env['LINEKEEPER_WELCOME_MS'] ?? 20_000)
/** After a signal we are gone within this, whatever still hangs. */
const END_MS = 1800

const versionOf = (file: string) => String((JSON.parse(readFileSync(file, 'utf8')) as { version?: unknown }).version)

function configOf(profile: string): AppConfig {
  const relayUrl = env['LINEKEEPER_RELAY_URL']
  const invite = env['LINEKEEPER_INVITE']
  return {
    profile,
    version: versionOf(path.resolve(import.meta.dirname, '../../../package.json')),
    deviceName: os.hostname() || 'This computer',
    locale: Intl.DateTimeFormat().resolvedOptions().locale,
    ...(relayUrl && invite ? { sandbox: { relayUrl, invite } } : {}),
    ...twilioConfig(env),
  }
}

async function start(log: Log) {
  const profile = path.resolve(env['LINEKEEPER_PROFILE'] ?? '.linekeeper/app')
  const door = readDoor(profile)
  const secrets = createSecretFile(profile)
  const clock = { now: () => new Date() }
  const ports = { clock, random: Math.random, secrets, fetch: globalThis.fetch, openSocket, log, onWake: watchNetwork() }
  const app = await createApp(ports, configOf(profile))
  const page = createPage(path.resolve(import.meta.dirname, '../../../out/renderer'), () => reachOf(app.view(), true))
  const server = await listenLocally({
    app,
    page,
    token: door.token,
    pageGoneMs: defaultTimings.pageGone,
    port: Number(env['APP_PORT'] ?? 0) || door.port,
  })
  writeDoor(profile, { token: door.token, port: server.port })
  const close = async () => {
    await server.close()
    await app.close()
  }
  return { app, close, url: `http://127.0.0.1:${server.port}/#token=${door.token}` }
}

/**
 * The relay that was started beside us must answer: without it nothing works, and it is ours to name.
 * A relay elsewhere may be away: the app starts, works offline and says so.
 */
async function meetRelay({ view, welcomed }: App): Promise<void> {
  const { state, relayUrl } = view()
  if (state !== 'signed-in') return
  const beside = env['LINEKEEPER_RELAY_URL']
  if (relayUrl === null || beside === undefined || new URL(beside).origin !== relayUrl)
    return void welcomed(WELCOME_MS).then((isOnline) => isOnline || log.warn({ relayUrl }, 'the relay does not answer: working offline'))
  if (!(await welcomed(WELCOME_MS))) throw new Error(`the relay at ${relayUrl} did not say welcome within ${WELCOME_MS / 1000} s`)
}

const log = createLog('app')
let close = () => Promise.resolve()
const end = () => {
  setTimeout(() => process.exit(), END_MS).unref()
  void close().finally(() => process.exit())
}
for (const signal of ['SIGINT', 'SIGTERM', 'disconnect'] as const) process.once(signal, end) // disconnect: our parent is gone

try {
  const started = await start(log)
  close = started.close
  await signIn(started.app, env)
  await meetRelay(started.app)
  console.log(JSON.stringify({ event: 'ready', url: started.url }))
} catch (error) {
  log.error({ error: String(error) }, `the app cannot start: ${error instanceof Error ? error.message : String(error)}`)
  await close().catch(() => undefined)
  process.exit(1)
}
