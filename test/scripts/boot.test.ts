import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, expect, test } from 'vitest'
import { family, isRunning } from '../kit/processes.ts'

const root = path.resolve(import.meta.dirname, '../..')
const profile = path.join(mkdtempSync(path.join(os.tmpdir(), 'linekeeper-boot-')), 'profile')
let npm: ChildProcess | undefined
let all: number[] = []
afterAll(() => rmSync(path.dirname(profile), { recursive: true, force: true }))
afterEach(() => all.filter(isRunning).forEach((pid) => process.kill(pid, 'SIGKILL')))

/** `npm start` in a process group of its own, as a shell would run it. Resolves with its first line of JSON. */
async function startByNpm(): Promise<{ event: string; url: string; pids: Record<'start' | 'sandbox' | 'relay' | 'app', number> }> {
  const { npm_execpath: cli, npm_node_execpath: node } = process.env
  const [command, ...args] = cli && node ? [node, cli] : ['npm']
  npm = spawn(command, [...args, 'start', '--', '--json', '--no-open', '--no-build', '--host', 'loopback', '--profile', profile], {
    cwd: root,
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for await (const line of createInterface({ input: npm.stdout! })) {
    if (!line.startsWith('{')) continue
    const ready = JSON.parse(line) as Awaited<ReturnType<typeof startByNpm>>
    all = [...new Set([...family(npm.pid!), ...Object.values(ready.pids)])]
    return ready
  }
  throw new Error('no ready line')
}

async function survivors(withinMs: number): Promise<number[]> {
  for (const until = Date.now() + withinMs; Date.now() < until; await sleep(50)) if (!all.some(isRunning)) return []
  return all.filter(isRunning)
}

test.each([
  ['SIGTERM to npm', () => npm!.kill('SIGTERM')],
  ['SIGKILL to npm', () => npm!.kill('SIGKILL')],
  ['Ctrl+C, which reaches the whole group', () => process.kill(-npm!.pid!, 'SIGINT')],
  ['SIGTERM to pids.start', (start: number) => process.kill(start, 'SIGTERM')],
])('%s leaves no process behind within 5 s', async (_name, end) => {
  const { event, url, pids } = await startByNpm()
  expect(event).toBe('ready')
  expect((await fetch(url)).status).toBe(200)
  expect(all.length).toBeGreaterThanOrEqual(Object.values(pids).length)
  end(pids.start)
  expect(await survivors(5000)).toEqual([])
})
