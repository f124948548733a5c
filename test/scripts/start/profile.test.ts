import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { createServer as createHttpServer } from 'node:http'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { freePort, openProfile } from '../../../scripts/start/profile.mjs'

let folder: string
beforeEach(() => void (folder = path.join(mkdtempSync(path.join(os.tmpdir(), 'linekeeper-profile-')), 'profile')))
afterEach(() => rmSync(path.dirname(folder), { recursive: true }))

const ready = (url: string) => ({
  event: 'ready' as const,
  url: `${url}/#token=x`,
  host: 'loopback' as const,
  relayUrl: 'http://127.0.0.1:2',
  sandboxUrl: 'http://127.0.0.1:3',
  pids: { start: process.pid, sandbox: 2, relay: 3, app: 4 },
})

/** A pid that has just died. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', ''])
  await once(child, 'close')
  return child.pid!
}

/** Something that answers, as a running app does. */
async function answering() {
  const server = createHttpServer((_request, response) => response.end('ok')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() }
}

test('the folder and its secret are for the user alone, and the secret is kept', () => {
  const secret = openProfile(folder).relaySecret()
  expect(secret).toMatch(/^[0-9a-f]{64}$/)
  expect(openProfile(folder).relaySecret()).toBe(secret)
  expect(statSync(folder).mode & 0o777).toBe(0o700)
  expect(statSync(path.join(folder, 'relay-secret')).mode & 0o777).toBe(0o600)
})

test('what is remembered is added up, and a damaged file is forgotten', () => {
  const profile = openProfile(folder)
  expect(profile.remembered()).toEqual({})
  profile.remember({ relayPort: 1 })
  profile.remember({ sandboxPort: 2 })
  expect(openProfile(folder).remembered()).toEqual({ relayPort: 1, sandboxPort: 2 })
  writeFileSync(path.join(folder, 'start.json'), '{')
  expect(profile.remembered()).toEqual({})
})

test('the second start is told the first one’s ready line; after its end the profile is free', async () => {
  const app = await answering()
  const first = openProfile(folder)
  expect(await first.acquire()).toBeUndefined()
  first.announce(ready(app.url))
  expect(await openProfile(folder).acquire()).toEqual(ready(app.url))
  first.release()
  expect(await openProfile(folder).acquire()).toBeUndefined()
  app.close()
})

test('a second start waits for one that is still starting', async () => {
  const app = await answering()
  const first = openProfile(folder)
  await first.acquire()
  const second = openProfile(folder).acquire()
  await sleep(250)
  first.announce(ready(app.url))
  expect(await second).toEqual(ready(app.url))
  app.close()
})

test('and gives up on one that never is', async () => {
  await openProfile(folder).acquire()
  await expect(openProfile(folder).acquire({ waitMs: 300 })).rejects.toThrow(/is not ready/)
})

test.each([
  ['a dead process', async () => JSON.stringify({ pid: await deadPid() })],
  ['a pid used again: its app is gone', async () => JSON.stringify({ pid: process.ppid, ready: ready('http://127.0.0.1:9') })],
])('the lock of %s is replaced', async (_name, text) => {
  const profile = openProfile(folder)
  writeFileSync(path.join(folder, 'lock'), await text())
  expect(await profile.acquire()).toBeUndefined()
  expect(JSON.parse(readFileSync(path.join(folder, 'lock'), 'utf8'))).toEqual({ pid: process.pid })
})

test('of starts at the same instant one gets the profile that a dead one held', async () => {
  const folders = Array.from({ length: 6 }, (_, index) => path.join(folder, String(index)))
  const dead = await deadPid()
  for (const one of folders) {
    openProfile(one)
    writeFileSync(path.join(one, 'lock'), JSON.stringify({ pid: dead }))
  }
  const args = [path.join(import.meta.dirname, 'contender.mjs'), '600', ...folders]
  const contenders = Array.from({ length: 4 }, () => spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] }))
  let got = ''
  const said = () => got.trim().split('\n')
  for (const one of contenders) one.stdout.on('data', (text: Buffer) => (got += text.toString()))
  const allSay = (word: string) => vi.waitFor(() => expect(said().filter((line) => line === word)).toHaveLength(contenders.length))
  await allSay('up')
  for (const one of contenders) one.stdin.write(`${Date.now() + 500}\n`)
  await allSay('done')
  for (const one of contenders) one.stdin.end()
  await Promise.all(contenders.map((one) => once(one, 'close')))
  expect(
    said()
      .filter((line) => /\d/.test(line))
      .toSorted(),
  ).toEqual(folders.map((_, index) => String(index)))
})

test('while another start removes a dead one’s lock, nobody else does; what a crash left of that is cleared', async () => {
  const profile = openProfile(folder)
  const guard = path.join(folder, 'lock.breaking')
  const text = JSON.stringify({ pid: await deadPid() })
  writeFileSync(path.join(folder, 'lock'), text)
  mkdirSync(guard)
  await expect(profile.acquire({ waitMs: 300 })).rejects.toThrow(/is not ready/)
  expect(readFileSync(path.join(folder, 'lock'), 'utf8')).toBe(text)
  utimesSync(guard, 1, 1)
  expect(await profile.acquire()).toBeUndefined()
  expect(existsSync(guard)).toBe(false)
})

test('an empty lock is one that is being written, unless it is old', async () => {
  const profile = openProfile(folder)
  writeFileSync(path.join(folder, 'lock'), '')
  await expect(profile.acquire({ waitMs: 300 })).rejects.toThrow(/is not ready/)
  utimesSync(path.join(folder, 'lock'), 1, 1)
  expect(await profile.acquire()).toBeUndefined()
})

test('another start’s lock is not released', async () => {
  const profile = openProfile(folder)
  writeFileSync(path.join(folder, 'lock'), JSON.stringify({ pid: process.ppid }))
  profile.release()
  expect(readFileSync(path.join(folder, 'lock'), 'utf8')).toContain(String(process.ppid))
})

test('a remembered port is used again when it is free', async () => {
  const port = await freePort()
  expect(await freePort(port)).toBe(port)
  const taken = createServer().listen(port, '127.0.0.1')
  await once(taken, 'listening')
  const other = await freePort(port)
  expect(other).not.toBe(port)
  expect(other).toBeGreaterThan(0)
  taken.close()
})
