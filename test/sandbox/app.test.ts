import { fork, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createSandbox } from '../../sandbox/app.ts'

const server = join(import.meta.dirname, '../../sandbox/server.ts')
let folder: string
const children: ChildProcess[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-app-'))
})
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

/** Collects a stream's text. */
function textOf(stream: NodeJS.ReadableStream | null): () => string {
  let text = ''
  stream?.setEncoding('utf8').on('data', (part: string) => (text += part))
  return () => text
}

async function run(...args: string[]) {
  const child = spawn(process.execPath, [server, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  children.push(child)
  const [stdout, stderr] = [textOf(child.stdout), textOf(child.stderr)]
  const closed = once(child, 'close') // not its exit: what it said last may be read after that
  await Promise.race([once(child.stdout, 'data'), once(child, 'exit')])
  return { child, closed, stdout, stderr, ready: () => JSON.parse(stdout()) as Record<string, string> }
}

test('prints one line, and only that, with what a relay needs; its log goes to stderr', async () => {
  const { stdout, stderr, ready } = await run('--json', '--profile', 'kind')
  expect(stdout().split('\n')).toHaveLength(2)
  expect(ready()).toEqual({
    event: 'ready',
    url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) as string,
    accountSid: expect.stringMatching(/^AC\w{32}$/) as string,
    authToken: expect.stringMatching(/^\w{32}$/) as string,
    apiKey: expect.stringMatching(/^SK\w{32}$/) as string,
    apiSecret: expect.stringMatching(/^\w{32}$/) as string,
    twimlAppSid: expect.stringMatching(/^AP\w{32}$/) as string,
    vapiKey: expect.stringMatching(/^[\w-]{36}$/) as string,
  })
  const { url, accountSid, apiKey, apiSecret } = ready()
  const answer = await fetch(`${url}/2010-04-01/Accounts/${accountSid}/Balance.json`, {
    headers: { authorization: `Basic ${btoa(`${apiKey}:${apiSecret}`)}` },
  })
  expect(answer.status).toBe(200)
  await expect.poll(stderr).toContain('Server listening')
})

test.each(['SIGINT', 'SIGTERM'] as const)('%s ends it, sockets open or not', async (signal) => {
  const { child, ready } = await run()
  const socket = createConnection(Number(new URL(ready()['url'] ?? '').port), '127.0.0.1')
  socket.on('error', () => undefined) // however it is closed
  await once(socket, 'connect')
  child.kill(signal)
  expect(await once(child, 'exit')).toEqual([0, null])
  socket.destroy()
})

test('it ends when its parent lets go of it', async () => {
  const child = fork(server, [], { stdio: ['ignore', 'pipe', 'ignore', 'ipc'] })
  children.push(child)
  await once(child.stdout as NodeJS.ReadableStream, 'data')
  child.disconnect()
  expect(await once(child, 'exit')).toEqual([0, null])
})

test('the account is the same one after a restart, and after a kill', async () => {
  const first = await run('--data', folder)
  const { url: _, ...account } = first.ready()
  first.child.kill('SIGKILL')
  await once(first.child, 'exit')
  const second = await run('--data', folder, '--seed', '99')
  expect(second.ready()).toMatchObject(account)
})

test.each([
  [['--port', 'ninety'], '--port must be a whole number'],
  [['--port', '65536'], '--port must be a whole number'],
  [['--profile', 'mean'], '--profile must be one of kind, typical, hostile'],
  [['--seed', '-1'], ''],
  [['--colour', 'red'], "Unknown option '--colour'"],
  [['stray'], 'stray'],
])('%j: rc 2 and a sentence', async (args, sentence) => {
  const { child, closed, stdout, stderr } = await run(...args)
  await closed
  expect(child.exitCode).toBe(2)
  expect(stdout()).toBe('')
  expect(stderr()).toContain(sentence)
})

test('a port that is taken: rc 2, a sentence, and nothing on stdout', async () => {
  const first = await run()
  const second = await run('--port', new URL(first.ready()['url'] ?? '').port)
  await second.closed
  expect([second.child.exitCode, second.stdout()]).toEqual([2, ''])
  expect(second.stderr()).toContain('is in use: choose another.')
})

test('a socket that is neither signaling nor the handset is refused', async () => {
  const sandbox = await createSandbox({ port: 0, profile: 'hostile', seed: 1, log: pino({ level: 'silent' }) })
  const socket = new WebSocket(`${sandbox.url.replace('http', 'ws')}/elsewhere`)
  const [event] = (await once(socket, 'error')) as [Event]
  expect(event.type).toBe('error')
  await sandbox.close()
  await expect(fetch(sandbox.url)).rejects.toThrow('fetch failed')
})
