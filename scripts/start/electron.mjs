// Getting and running Electron's binary. Never by require('electron'): that downloads synchronously, without a deadline of its own.
import { existsSync, readFileSync } from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { run, start } from '../lib/children.mjs'
import { EARLY_EXIT_MS } from './choose-host.mjs'

const root = path.resolve(import.meta.dirname, '../..')
const folder = path.join(root, 'node_modules/electron')
const executables = { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' }

/** Electron's executable, or undefined. ELECTRON_OVERRIDE_DIST_PATH is Electron's own variable for a binary kept elsewhere. @param {NodeJS.ProcessEnv} env */
export function electronBinary(env) {
  const name = executables[/** @type {'darwin' | 'win32'} */ (process.platform)] ?? 'electron'
  const file = path.join(env.ELECTRON_OVERRIDE_DIST_PATH ?? path.join(folder, 'dist'), name)
  return existsSync(file) ? file : undefined
}

/** Where Electron's binary comes from, by the rules of @electron/get. @param {NodeJS.ProcessEnv} env @param {string} version @param {string} platform @param {string} arch */
export function downloadUrl(env, version, platform, arch) {
  const base = env.npm_config_electron_mirror ?? env.ELECTRON_MIRROR ?? 'https://github.com/electron/electron/releases/download/'
  const dir = (env.ELECTRON_CUSTOM_DIR ?? `v${version}`).replace('{{ version }}', version)
  return `${base}${dir}/${env.ELECTRON_CUSTOM_FILENAME ?? `electron-v${version}-${platform}-${arch}.zip`}`
}

/** Whether the binary can be had, asked with one HEAD request. Proxies of the environment are honoured. @param {string} url @param {number} [timeoutMs] @returns {Promise<{ ok: boolean, why: string }>} */
export async function probe(url, timeoutMs = 5000) {
  const undo = http.setGlobalProxyFromEnv()
  try {
    const answer = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(timeoutMs) })
    return { ok: answer.ok, why: `${answer.status} from ${new URL(url).host}` }
  } catch (error) {
    const { name, message, cause } = /** @type {Error} */ (error)
    const reason = name === 'TimeoutError' ? `no answer within ${timeoutMs / 1000} s` : cause instanceof Error ? cause.message : message
    return { ok: false, why: reason }
  } finally {
    undo()
  }
}

/** Probes, then downloads with a line of progress every ten seconds. @param {(text: string) => void} say @returns {Promise<{ ok: boolean, why: string }>} */
export async function download(say) {
  const { version } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'))
  const probed = await probe(downloadUrl(process.env, version, process.platform, process.arch))
  if (!probed.ok) return probed
  say(`downloading Electron ${version}, about 110 MB ...`)
  const began = Date.now()
  const progress = setInterval(() => say(`still downloading Electron, ${Math.round((Date.now() - began) / 1000)} s ...`), 10_000)
  const env = { ...process.env, ELECTRON_GET_USE_PROXY: 'true', NODE_USE_ENV_PROXY: '1' }
  const status = await run(process.execPath, [path.join(folder, 'install.js')], { env }).finally(() => clearInterval(progress))
  return { ok: status === 0, why: status ? `its installer failed, ${status}` : '' }
}

/**
 * Starts Electron on the built app. Resolves with `pid` once it has lived past an early exit, with `ended` before that: many a crash comes with the
 * first frame, after the app said that it is ready.
 * @param {string} binary @param {Record<string, string>} env @param {(status: number) => void} onEnd told when it ends later
 * @returns {Promise<{ pid: number } | { ended: { afterMs: number, code: number } }>}
 */
export function launch(binary, env, onEnd, earlyMs = EARLY_EXIT_MS) {
  const began = Date.now()
  const child = start(binary, [root], { stdout: 'pipe', env: { ...process.env, ...env } })
  return new Promise((resolve) => {
    let isUp = false
    let isReady = false
    const up = () => {
      isUp = true
      resolve({ pid: child.pid ?? 0 })
    }
    const lived = setTimeout(up, earlyMs)
    const ended = (/** @type {number} */ code) => {
      clearTimeout(lived)
      if (isReady && code === 0 && !isUp) up() // a window that was shown and closed: the wish to stop, not a crash
      if (isUp) setImmediate(onEnd, code)
      else resolve({ ended: { afterMs: Date.now() - began, code } })
    }
    child.once('error', () => ended(127))
    child.once('close', (code) => ended(code ?? 1))
    createInterface({ input: /** @type {import('node:stream').Readable} */ (child.stdout) }).on('line', (line) => {
      if (line.startsWith('{"event":"ready"')) isReady = true
      else console.error(line)
    })
  })
}
