import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { isRunning } from '../../kit/processes.ts'
import { newFolder } from '../kit/desktop.ts'
import { startFakeRelay, type FakeRelay } from '../kit/fake-relay.ts'

// The loopback host as a process: what `npm start` and the journeys rely on.
let relay: FakeRelay
let folder: string
const children: ChildProcess[] = []
beforeEach(async () => {
  relay = await startFakeRelay()
  folder = newFolder()
})
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  await relay.stop()
  rmSync(folder, { recursive: true, force: true })
})

interface Started {
  child: ChildProcess
  /** Its ready line, or undefined when it ended first. */
  ready: Promise<{ event: string; url: string } | undefined>
  ended: Promise<{ code: number | null; log: string }>
  log: () => string
}
function start(env: Record<string, string>): Started {
  const child = spawn(process.execPath, [path.resolve(import.meta.dirname, '../../../main/hosts/loopback/index.ts')], {
    env: { ...process.env, LINEKEEPER_PROFILE: folder, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const { stdout, stderr } = child
  if (!stdout || !stderr) throw new Error('the child has no pipes')
  children.push(child)
  let log = ''
  stderr.on('data', (chunk: Buffer) => (log += chunk.toString()))
  // Not its `close`: after a disconnect it never comes.
  const ended = Promise.all([once(child, 'exit'), once(stderr, 'close')]).then(([[code]]) => ({ code: code as number | null, log }))
  const ready = new Promise<Awaited<Started['ready']>>((resolve) => {
    createInterface({ input: stdout }).once('line', (line) => resolve(JSON.parse(line) as never))
    void ended.then(() => resolve(undefined))
  })
  return { child, ready, ended, log: () => log }
}
const ask = async (url: string, name: string): Promise<unknown> => {
  const { origin, hash } = new URL(url)
  const headers = { authorization: `Bearer ${new URLSearchParams(hash.slice(1)).get('token')}`, 'content-type': 'application/json' }
  const outcome = (await (await fetch(`${origin}/bridge/${name}`, { method: 'POST', headers, body: '{}' })).json()) as { value: unknown }
  return outcome.value
}
const enrolment = () => ({ LINEKEEPER_RELAY_URL: relay.url, LINEKEEPER_INVITE: 'GOOD-CODE-1' })

test('is ready once the relay has said welcome; a restart keeps account, port and token', async () => {
  const first = start(enrolment())
  const ready = await first.ready
  expect(ready).toMatchObject({ event: 'ready' })
  expect(await ask(ready!.url, 'app.status')).toMatchObject({ relay: 'online' })
  first.child.kill('SIGTERM')
  expect((await first.ended).code).toBe(0)
  const second = await start(enrolment()).ready // the invite is spent, and not needed
  expect(second?.url).toBe(ready?.url)
  expect(await ask(second!.url, 'session.get')).toMatchObject({ state: 'signed-in', user: { name: 'Ada' } })
})

test('first-run keeps the invite for the person to try', async () => {
  const ready = await start({ ...enrolment(), LINEKEEPER_FIRST_RUN: '1' }).ready
  expect(await ask(ready!.url, 'session.get')).toMatchObject({ state: 'first-run', canTrySandbox: true })
  expect(await ask(ready!.url, 'session.trySandbox')).toMatchObject({ state: 'signed-in' })
})

test('a sandbox’s relay that moved is found again', async () => {
  const first = start(enrolment())
  await first.ready
  first.child.kill('SIGTERM')
  await first.ended
  const moved = await startFakeRelay()
  moved.state = relay.state
  const ready = await start({ LINEKEEPER_RELAY_URL: moved.url }).ready
  expect(await ask(ready!.url, 'session.get')).toMatchObject({ relayUrl: moved.url })
  await moved.stop()
})

test('without the relay it ends with a sentence that names it', async () => {
  const first = start(enrolment())
  await first.ready
  first.child.kill('SIGTERM')
  await first.ended
  await relay.stop()
  const second = start({ ...enrolment(), LINEKEEPER_WELCOME_MS: '300' })
  expect(await second.ready).toBeUndefined()
  const { code, log } = await second.ended
  expect(code).toBe(1)
  expect(log).toContain(`the relay at ${relay.url} did not say welcome`)
})

test('with a relay of one’s own that is away it starts, works offline and says so', async () => {
  relay.state.isSandbox = false
  const first = start(enrolment())
  await first.ready
  first.child.kill('SIGTERM')
  await first.ended
  await relay.stop()
  const second = start({ LINEKEEPER_WELCOME_MS: '300' })
  const ready = await second.ready
  expect(ready).toMatchObject({ event: 'ready' })
  expect(await ask(ready!.url, 'session.get')).toMatchObject({ state: 'signed-in', relayUrl: relay.url })
  await expect.poll(() => ask(ready!.url, 'app.status'), { timeout: 15_000 }).toMatchObject({ relay: 'offline' })
  await expect.poll(second.log, { timeout: 15_000 }).toContain('working offline')
  second.child.kill('SIGTERM')
  expect(await second.ended).toMatchObject({ code: 0 })
})

test('a sandbox beside an app that is signed in elsewhere is not waited for', async () => {
  relay.state.isSandbox = false
  const first = start(enrolment())
  await first.ready
  first.child.kill('SIGTERM')
  await first.ended
  await relay.stop()
  const beside = await startFakeRelay()
  expect(await start({ LINEKEEPER_RELAY_URL: beside.url, LINEKEEPER_WELCOME_MS: '300' }).ready).toMatchObject({ event: 'ready' })
  await beside.stop()
})

test('a wrong invite ends it with the reason', async () => {
  const { ready, ended } = start({ ...enrolment(), LINEKEEPER_INVITE: 'WRONG-CODE' })
  expect(await ready).toBeUndefined()
  expect(await ended).toMatchObject({ code: 1, log: expect.stringContaining('invite-unknown') as string })
})

test.each(['SIGTERM', 'SIGINT', 'disconnect'] as const)('ends on %s, in time', async (how) => {
  const { child, ready, ended } = start({})
  await ready
  if (how === 'disconnect') child.disconnect()
  else child.kill(how)
  expect((await ended).code).toBe(0)
  expect(isRunning(child.pid!)).toBe(false)
})
