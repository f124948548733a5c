// npm start -- [--host auto|electron|loopback] [--no-open] [--json] [--profile DIR] [--first-run] [--sandbox-profile kind|typical|hostile]
// Starts sandbox, relay and app of one profile; ends all of them with itself. stdout: the result alone.
import open from 'open'
import path from 'node:path'
import { endWithParent, isStopping, stop, stopStatus } from './lib/children.mjs'
import { realPorts, startApp } from './start/app.mjs'
import { startBackend } from './start/backend.mjs'
import { buildIfChanged } from './start/build.mjs'
import { ignoredFlags, parseOptions, USAGE, UsageError, wantsHelp } from './start/options.mjs'
import { openProfile } from './start/profile.mjs'
import { hasOwnAccount } from './start/session.mjs'
import { printReady, tell } from './start/tell.mjs'

const print = (/** @type {string} */ line) => console.log(line)
const say = (/** @type {string} */ text) => console.error(`linekeeper: ${text}`)
/** @param {string} name @param {number} status */
const ended = (name, status) => {
  if (!isStopping()) say(`${name} ended (${status}); stopping`)
  stop('SIGTERM', status || 1)
}

/** Environment of the app's process. @param {import('./start/options.mjs').StartOptions} options @param {import('./start/backend.mjs').Backend | undefined} backend @returns {Record<string, string>} */
const appEnvironment = (options, backend) => ({
  LINEKEEPER_PROFILE: options.profile,
  ...(backend ? { LINEKEEPER_RELAY_URL: backend.relayUrl, LINEKEEPER_INVITE: backend.invite, ...backend.twilio } : {}),
  ...(options.firstRun ? { LINEKEEPER_FIRST_RUN: '1' } : {}),
})

/** @param {import('./start/options.mjs').StartOptions} options @param {import('./start/profile.mjs').Profile} profile @returns {Promise<import('./start/profile.mjs').Ready>} */
async function startAll(options, profile) {
  if (options.build && (await buildIfChanged(say))) throw new Error('the build failed')
  const isAlone = profile.remembered().ownAccount && !options.firstRun
  const backend = isAlone ? undefined : await startBackend(profile, { sandboxProfile: options.sandboxProfile, say, onEnd: ended })
  // A closed window is the wish to stop, not a failure.
  const onEnd = (/** @type {number} */ status) => (status ? ended('app', status) : stop('SIGTERM', 0))
  const app = await startApp(options.host, appEnvironment(options, backend), { profile, ports: realPorts(say), say, onEnd })
  if (app.url) profile.remember({ ownAccount: await hasOwnAccount(app.url) })
  const pids = { start: process.pid, sandbox: backend?.sandboxPid ?? null, relay: backend?.relayPid ?? null, app: app.pid }
  return {
    event: 'ready',
    url: app.url,
    host: app.host,
    relayUrl: backend?.relayUrl ?? null,
    sandboxUrl: backend?.sandboxUrl ?? null,
    pids,
  }
}

/** @param {string} folder @throws UsageError naming a folder that cannot be one. */
function profileIn(folder) {
  try {
    return openProfile(folder)
  } catch (error) {
    throw new UsageError(`--profile ${folder} cannot be used as a folder: ${/** @type {Error} */ (error).message}`, { cause: error })
  }
}

/** Shows the running start's line, and which wishes it does not fulfil. @param {import('./start/profile.mjs').Ready} running @param {string[]} words @param {import('./start/profile.mjs').Remembered} remembered @param {boolean} json */
function join(running, words, { startedWith }, json) {
  say(`already running (process ${running.pids.start})`)
  const ignored = ignoredFlags(words, {
    host: running.host,
    firstRun: startedWith?.firstRun ?? false,
    sandboxProfile: startedWith?.sandboxProfile,
  })
  if (ignored.length > 0) say(`ignored, because it was started without: ${ignored.join(', ')}; stop it first`)
  printReady(running, json, print)
}

async function main() {
  const words = process.argv.slice(2)
  if (wantsHelp(words)) return print(USAGE)
  const options = parseOptions(words, path.resolve(import.meta.dirname, '..'))
  const profile = profileIn(options.profile)
  const running = await profile.acquire()
  if (running) return join(running, words, profile.remembered(), options.json)
  process.on('exit', () => profile.release())
  profile.remember({ startedWith: { firstRun: options.firstRun, sandboxProfile: options.sandboxProfile } })
  const ready = await startAll(options, profile)
  profile.announce(ready)
  await tell(ready, options, { print, say, open })
}

endWithParent()
// Not process.exit(): the children are still ending, and our own end waits for theirs because their pipes keep us alive.
process.on('exit', () => (process.exitCode = stopStatus() || process.exitCode))
await main().catch((error) => {
  if (isStopping()) return
  say(error.message)
  stop('SIGTERM', error.status ?? 1)
})
