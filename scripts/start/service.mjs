// One service of ours as a child process: its ready line in, its end out.
import path from 'node:path'
import { createInterface } from 'node:readline'
import { start, isStopping } from '../lib/children.mjs'

const root = path.resolve(import.meta.dirname, '../..')

/**
 * Starts an entry under this Node and resolves with its ready line. `onEnd` is told when it ends later.
 * @template {{ url: string }} T
 * @param {string} entry @param {string[]} args @param {Record<string, string>} env @param {(status: number) => void} onEnd
 * @returns {Promise<T & { pid: number }>} @throws Error when it ends before it is ready.
 */
export function service(entry, args, env, onEnd) {
  const child = start(process.execPath, [path.join(root, entry), ...args], { stdout: 'pipe', ipc: true, env: { ...process.env, ...env } })
  return new Promise((resolve, reject) => {
    let isReady = false
    createInterface({ input: /** @type {import('node:stream').Readable} */ (child.stdout) }).on('line', (line) => {
      if (!line.startsWith('{') || isReady) return
      isReady = true
      resolve({ ...JSON.parse(line), pid: child.pid ?? 0 })
    })
    child.once('close', (code) => {
      if (isReady) return onEnd(code ?? 1)
      reject(new Error(isStopping() ? 'stopped' : `${entry} ended before it was ready (${code})`))
    })
  })
}
