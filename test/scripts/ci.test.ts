import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'

const root = path.resolve(import.meta.dirname, '../..')
const folder = mkdtempSync(path.join(os.tmpdir(), 'linekeeper-ci-'))
afterAll(() => rmSync(folder, { recursive: true }))
mkdirSync(path.join(folder, '.ci'))
cpSync(path.join(root, '.ci/run'), path.join(folder, '.ci/run'))

/** `.ci/run` with an npm that says and returns what it is told. */
function run(tests: { says: string; status: number }, check: number) {
  const bin = mkdtempSync(path.join(folder, 'bin-'))
  const file = (name: string, script: string) => {
    writeFileSync(path.join(bin, name), `#!/bin/sh\n${script}\n`)
    chmodSync(path.join(bin, name), 0o755)
  }
  file('npm', `if [ "$1" = test ]; then printf '${tests.says}\\n'; exit ${tests.status}; fi; echo "checked"; exit ${check}`)
  for (const name of ['chromium', 'espeak-ng']) file(name, 'exit 0') // nothing to install
  const done = spawnSync('sh', [path.join(folder, '.ci/run')], {
    env: { ...process.env, PATH: `${bin}:${process.env['PATH']}` },
    encoding: 'utf8',
  })
  return { status: done.status, last: done.stdout.trimEnd().split('\n').at(-1) }
}

test.each([
  ['all is well', { says: 'x\\n12 passed, 0 failed', status: 0 }, 0, 0, '12 passed, 0 failed'],
  ['a test fails', { says: '11 passed, 1 failed', status: 1 }, 0, 1, '11 passed, 1 failed'],
  ['the check fails', { says: '12 passed, 0 failed', status: 0 }, 1, 1, '12 passed, 1 failed'],
  ['both fail', { says: '11 passed, 1 failed', status: 1 }, 1, 1, '11 passed, 2 failed'],
  ['npm test ends without counting', { says: 'boom', status: 1 }, 0, 1, '0 passed, 1 failed'],
  ['npm test fails although it counted none', { says: '3 passed, 0 failed', status: 7 }, 0, 1, '3 passed, 1 failed'],
])('%s', (_name, tests, check, status, last) => {
  expect(run(tests, check)).toEqual({ status, last })
})
