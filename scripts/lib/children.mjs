// One way to run child processes, used by boot and by every script: children never outlive us, we never outlive our parent.
// Dependency-free and Node 20, because boot.mjs needs it before anything is installed.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'

const GRACE_MS = Number(process.env.LINEKEEPER_GRACE_MS ?? 4000)
/** @type {Set<import('node:child_process').ChildProcess>} */
const live = new Set()
/** @type {number | undefined} */
let stopping

/** Exit status once a stop was asked for (128 + signal number, as shells do; 0 when our window was closed), else 0. */
export const stopStatus = () => stopping ?? 0
export const isStopping = () => stopping !== undefined

/**
 * Starts a child that is told to stop when we are. Its stdout is our stderr unless asked otherwise: stdout is for results.
 * `ipc`: a channel by which a child of our own learns that we died without a word (SIGKILL). Not for others' tools:
 * electron-builder never ends while it has one.
 * @param {string} command @param {string[]} args
 * @param {import('node:child_process').SpawnOptions & { stdout?: 'inherit' | 'pipe', ipc?: boolean }} [options]
 */
export function start(command, args, { stdout, ipc, ...options } = {}) {
  const env = { ...(options.env ?? process.env), LINEKEEPER_GRACE_MS: String(Math.max(500, GRACE_MS - 1000)) } // inner ones give up first
  const child = spawn(command, args, { stdio: ['inherit', stdout ?? 2, 'inherit', ipc ? 'ipc' : null], ...options, env })
  live.add(child)
  child.once('close', () => live.delete(child))
  return child
}

/** Runs a child to its end and resolves with its exit status. @type {(...args: Parameters<typeof start>) => Promise<number>} */
export function run(...args) {
  if (stopping !== undefined) return Promise.resolve(stopping)
  return new Promise((resolve, reject) => {
    start(...args)
      .once('error', reject)
      .once('close', (code, signal) => resolve(stopping ?? code ?? (signal ? 1 : 0)))
  })
}

/** Asks every child to stop, kills those that have not after the grace time. @param {NodeJS.Signals} signal @param {number} status */
export function stop(signal, status) {
  if (stopping !== undefined) return // Ctrl+C reaches the whole process group: the second copy, forwarded by our parent, is not a new wish
  stopping = status
  for (const child of live) child.kill(signal)
  setTimeout(() => {
    for (const child of live) child.kill('SIGKILL')
  }, GRACE_MS).unref()
}

/** Who would have to be alive for us to be wanted: npm and the shell between us. npm forwards no signal, and dies without its shell. */
function ancestors() {
  if (process.platform !== 'linux') return String(process.ppid)
  try {
    const stat = readFileSync(`/proc/${process.ppid}/stat`, 'utf8')
    return `${process.ppid} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]}`
  } catch {
    return String(process.ppid)
  }
}

/** Call once per process. `watchNpm`: only boot, and only under npm, since a plain shell may end and leave us running on purpose. */
export function endWithParent({ watchNpm = false } = {}) {
  for (const [signal, number] of /** @type {[NodeJS.Signals, number][]} */ ([
    ['SIGINT', 2],
    ['SIGTERM', 15],
    ['SIGHUP', 1],
  ]))
    process.on(signal, () => stop(signal, 128 + number))
  if (process.channel) {
    process.once('disconnect', () => stop('SIGTERM', 143))
    process.channel.unref() // listening for 'disconnect' would otherwise keep us alive
  }
  if (!watchNpm) return
  const born = ancestors()
  setInterval(() => ancestors() !== born && stop('SIGTERM', 143), 500).unref()
}
