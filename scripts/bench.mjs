// npm run bench -- [NAME …] [--quick]   Runs the benchmarks whose name contains NAME, one after another: two at once on two cores measure each
// other. Tables on stdout, JSON in out/bench/. --quick: one short round of each, to see that they work; it proves nothing.
import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { buildAll } from './lib/build.mjs'
import { endWithParent, isStopping, run, stopStatus } from './lib/children.mjs'

const root = path.resolve(import.meta.dirname, '..')
const folder = path.join(root, 'bench')

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { quick: { type: 'boolean', default: false }, 'no-build': { type: 'boolean', default: false } },
  })
  const all = readdirSync(folder).filter((file) => file.endsWith('.bench.ts'))
  const chosen = all.filter((file) => !positionals.length || positionals.some((name) => file.includes(name)))
  if (!chosen.length) {
    console.error(`no benchmark is called that; there are ${all.map((file) => file.replace('.bench.ts', '')).join(', ')}`)
    return 2
  }
  if (!values['no-build'] || !existsSync(path.join(root, 'out/renderer/index.html'))) {
    const built = await buildAll(run)
    if (built) return built
  }
  let failed = 0
  for (const file of chosen) {
    const words = [path.join(folder, file), ...(values.quick ? ['--quick'] : [])]
    if (await run(process.execPath, words, { cwd: root, stdout: 'inherit', ipc: true })) failed++
    if (isStopping()) return stopStatus()
  }
  return failed ? 1 : 0
}

endWithParent()
process.exitCode = await main()
