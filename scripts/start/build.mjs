// The build, skipped when nothing that goes into it has changed since the last one.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { buildAll } from '../lib/build.mjs'
import { run } from '../lib/children.mjs'

const root = path.resolve(import.meta.dirname, '../..')
const sources = ['base', 'contract', 'words', 'main', 'relay', 'renderer', 'resources', 'vite.config.ts', 'package-lock.json']

/** Hash of names, sizes and change times of everything built: a few hundred files, no reading. @param {string} folder @param {string[]} names */
export function fingerprint(folder, names) {
  const hash = createHash('sha256')
  const walk = (/** @type {string} */ name) => {
    const file = path.join(folder, name)
    if (!existsSync(file)) return
    const stat = statSync(file)
    if (stat.isDirectory()) for (const entry of readdirSync(file).toSorted()) walk(`${name}/${entry}`)
    else hash.update(`${name}\n${stat.size}\n${stat.mtimeMs}\n`)
  }
  for (const name of names) walk(name)
  return hash.digest('hex')
}

/** Builds when needed; resolves with an exit status. @param {(text: string) => void} say */
export async function buildIfChanged(say) {
  const stamp = path.join(root, 'out/.build-stamp')
  const wanted = fingerprint(root, sources)
  const built = existsSync(stamp) && existsSync(path.join(root, 'out/renderer/index.html')) ? readFileSync(stamp, 'utf8') : ''
  if (built === wanted) return 0
  say('building the app ...')
  const status = await buildAll(run)
  if (status === 0) writeFileSync(stamp, wanted)
  return status
}
