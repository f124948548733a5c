// npm test -- [--long] [--no-browser] [vitest filters]   Builds, runs vitest, ends with "N passed, N failed" on a line of its own.
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { endWithParent, run } from './lib/children.mjs'
import { buildAll } from './lib/build.mjs'
import { obtainChromium } from './lib/chromium.mjs'
import { closingLine, unmatched } from './lib/counts.mjs'

const root = path.resolve(import.meta.dirname, '..')
const report = path.join(root, 'out/test-report.json')
const args = process.argv.slice(2)
/** @param {string} flag */
const take = (flag) => args.includes(flag) && args.splice(args.indexOf(flag), 1).length > 0

/** A run that proved nothing is a failed one. @param {number} status @param {string} [text] */
function finish(status, text) {
  console.log(closingLine(text, status))
  return status
}

async function main() {
  const isLong = take('--long')
  const withBrowser = !take('--no-browser')
  const lost = unmatched(args, readdirSync(path.join(root, 'test'), { recursive: true, encoding: 'utf8' }))
  if (lost !== undefined) return (console.error(`no test file's path contains '${lost}'`), finish(1))
  // Never green with the journeys unproven: running without them has to be asked for.
  const browser = withBrowser ? await obtainChromium(run, (text) => console.error(`setup: ${text}`)) : ''
  if (browser === undefined) return finish(1)
  const built = await buildAll(run)
  if (built) return finish(built)
  rmSync(report, { force: true })
  const projects = withBrowser ? [] : ['--project', 'node', '--project', 'dom']
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const vitest = path.join(root, 'node_modules/vitest/vitest.mjs')
  const status = await run(process.execPath, [vitest, 'run', ...reporters, ...projects, ...args], {
    cwd: root,
    stdout: 'inherit',
    env: { ...process.env, CHROMIUM_PATH: browser, LINEKEEPER_LONG: isLong ? '1' : '' },
  })
  if (!withBrowser) console.log('browser journeys: NOT RUN')
  return finish(status, read(report))
}

/** @param {string} file */
function read(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

endWithParent()
process.exitCode = await main()
