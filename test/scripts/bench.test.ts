import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'

const root = path.resolve(import.meta.dirname, '../..')

test('a benchmark that does not exist: the names of those that do, and status 2', () => {
  const done = spawnSync(process.execPath, [path.join(root, 'scripts/bench.mjs'), 'nothing', '--no-build'], { cwd: root, encoding: 'utf8' })
  expect(done.status).toBe(2)
  for (const name of ['webhook-to-socket', 'connect-to-audio', 'page-weight', 'start-to-ready']) expect(done.stderr).toContain(name)
})

test('a peer is the simplest thing that could work: at most 100 lines', async () => {
  const { readFile } = await import('node:fs/promises')
  const files = readdirSync(path.join(root, 'bench/peers'), { recursive: true, encoding: 'utf8' }).filter((file) =>
    /\.(tsx?|html)$/.test(file),
  )
  for (const file of files)
    expect((await readFile(path.join(root, 'bench/peers', file), 'utf8')).split('\n').length, file).toBeLessThan(101)
  expect(files.length).toBeGreaterThan(2)
})
