// The profile's folder: what is remembered between starts, its secrets, and the lock that makes a second start join the first.
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, readFileSync, renameSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * @typedef {object} Remembered What one start leaves for the next: `start.json`. Losing it costs time, never data.
 * @property {number} [sandboxPort]
 * @property {number} [relayPort] Kept, because Twilio's side (the sandbox's numbers) holds the relay's URL.
 * @property {boolean} [ownAccount] The app works with a relay of its own: no sandbox is started.
 * @property {{ firstRun: boolean, sandboxProfile: string }} [startedWith] Flags of the latest start: what one that joins it does not get.
 * @property {string} [setUpFor] What the numbers were last pointed at.
 * @property {string} [demoOf] The sandbox's account in which the demo workspace was made.
 * @property {number | undefined} [electronUnreachableAt] ms since 1970
 *
 * @typedef {{ pid: number, ready?: Ready }} Lock
 * @typedef {{ event: 'ready', url: string | null, host: 'loopback' | 'electron', relayUrl: string | null, sandboxUrl: string | null,
 *   pids: { start: number, sandbox: number | null, relay: number | null, app: number } }} Ready
 */

/** What is written in one step and still unfinished after this was left by a crash, ms. */
const STALE_MS = 5000

/** Reads JSON; undefined when missing or damaged. @param {string} file */
function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}

/** Replaces a file in one step: a crash leaves the old one or the new one. @param {string} file @param {unknown} value */
function writeJson(file, value) {
  writeFileSync(`${file}.new`, JSON.stringify(value, null, 2), { mode: 0o600 })
  renameSync(`${file}.new`, file)
}

/** @param {string} file */
const ageMs = (file) => Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now())

const isAlive = (/** @type {number} */ pid) => {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM'
  }
}

/** Whether the start that wrote this lock still serves: alive, and what it serves answers (pids are used again). @param {Lock} lock */
async function isServing({ pid, ready }) {
  if (!isAlive(pid)) return false
  const served = ready?.url ?? ready?.relayUrl
  if (!served) return true
  return fetch(served, { signal: AbortSignal.timeout(2000) }).then(
    () => true,
    () => false,
  )
}

/**
 * Removes the lock of a dead start. Of two that try, one does: between the last look at the lock and its removal nobody else may remove it and
 * take its place. A folder is the guard, since making one fails when it is there.
 * @param {string} file @param {Lock | undefined} dead What the lock said when its holder was found dead.
 */
function breakLock(file, dead) {
  const guard = `${file}.breaking`
  try {
    mkdirSync(guard)
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error
    if (ageMs(guard) > STALE_MS) rmSync(guard, { recursive: true, force: true }) // its maker crashed; the next round tries again
    return
  }
  try {
    if (readJson(file)?.pid === dead?.pid && (dead || ageMs(file) > STALE_MS)) rmSync(file, { force: true })
  } finally {
    rmdirSync(guard)
  }
}

/** Opens (and makes) a profile. @param {string} folder */
export function openProfile(folder) {
  mkdirSync(path.join(folder, 'media'), { recursive: true, mode: 0o700 })
  const at = (/** @type {string} */ name) => path.join(folder, name)
  const lockFile = at('lock')
  return {
    at,
    /** @returns {Remembered} */
    remembered: () => readJson(at('start.json')) ?? {},
    /** @param {Partial<Remembered>} more */
    remember: (more) => writeJson(at('start.json'), { ...readJson(at('start.json')), ...more }),
    /** The relay's secret: made once, 0600. @returns {string} */
    relaySecret() {
      const file = at('relay-secret')
      try {
        return readFileSync(file, 'utf8')
      } catch {
        writeFileSync(file, randomBytes(32).toString('hex'), { mode: 0o600, flag: 'wx' })
        return readFileSync(file, 'utf8')
      }
    },
    /**
     * Takes the profile for this process, or resolves with the ready line of the start that has it (waiting for one that is still starting).
     * @param {{ waitMs?: number }} [options] @returns {Promise<Ready | undefined>} undefined: it is ours.
     * @throws Error when another start has it but is not ready in time.
     */
    async acquire({ waitMs = 60_000 } = {}) {
      for (const until = Date.now() + waitMs; Date.now() < until; await sleep(100)) {
        try {
          writeFileSync(lockFile, JSON.stringify({ pid: process.pid }), { flag: 'wx', mode: 0o600 })
          return undefined
        } catch (error) {
          if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error
        }
        /** @type {Lock | undefined} */
        const lock = readJson(lockFile)
        if (lock && (await isServing(lock))) {
          if (lock.ready) return lock.ready
        } else breakLock(lockFile, lock)
      }
      throw new Error(`another start holds ${folder} and is not ready`)
    },
    /** @param {Ready} ready */
    announce: (ready) => writeJson(lockFile, { pid: process.pid, ready }),
    release: () => readJson(lockFile)?.pid === process.pid && rmSync(lockFile, { force: true }),
  }
}

/** @typedef {ReturnType<typeof openProfile>} Profile */

/** `wanted` when it is free on 127.0.0.1, else another. @param {number} [wanted] @returns {Promise<number>} */
export async function freePort(wanted = 0) {
  const server = createServer()
  try {
    const listening = once(server, 'listening')
    server.listen(wanted, '127.0.0.1')
    await listening
    return /** @type {import('node:net').AddressInfo} */ (server.address()).port
  } catch (error) {
    if (!wanted) throw error
    return freePort()
  } finally {
    server.close()
  }
}
