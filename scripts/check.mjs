// npm run check   Types, lint (with the room boundaries), format, house; then the sizes of our files per room. Runs all even when one fails.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { endWithParent, isStopping, run, stopStatus } from './lib/children.mjs'
import { complaints, sizesOf } from './lint/tree.mjs'

const root = path.resolve(import.meta.dirname, '..')
const tools = {
  types: ['node_modules/typescript/bin/tsc', '-b'],
  lint: ['node_modules/oxlint/bin/oxlint', '--type-aware', '--deny-warnings', '.'],
  format: ['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.'],
}

/** Files under version control that are there. */
const tracked = () =>
  execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' })
    .split('\n')
    .filter((file) => file && existsSync(path.join(root, file)))

const linesOf = (/** @type {string} */ file) => readFileSync(path.join(root, file), 'utf8').split('\n').length - 1

function house() {
  const found = complaints(tracked())
  for (const one of found) console.log(one)
  return found.length ? 1 : 0
}

/** @param {string} name @param {() => number | Promise<number>} step */
async function timed(name, step) {
  const began = performance.now()
  const status = await step()
  if (!isStopping()) console.log(`${name}: ${status ? 'FAILED' : 'ok'} in ${((performance.now() - began) / 1000).toFixed(1)} s`)
  return status ? 1 : 0
}

async function main() {
  let failed = 0
  for (const [name, [file, ...args]] of Object.entries(tools)) {
    failed += await timed(name, () => run(process.execPath, [path.join(root, String(file)), ...args], { cwd: root, stdout: 'inherit' }))
    if (isStopping()) return stopStatus()
  }
  failed += await timed('house', house)
  console.log(sizesOf(tracked(), linesOf).join('\n'))
  return failed ? 1 : 0
}

endWithParent()
process.exitCode = await main()
