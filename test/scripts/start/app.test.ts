import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import os from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { startApp, type AppPorts } from '../../../scripts/start/app.mjs'
import { downloadUrl, electronBinary, launch, probe } from '../../../scripts/start/electron.mjs'
import type { Remembered } from '../../../scripts/start/profile.mjs'
import { isRunning } from '../../kit/processes.ts'

const folder = mkdtempSync(path.join(os.tmpdir(), 'linekeeper-electron-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** A program in place of Electron. */
function fake(name: string, script: string): string {
  const file = path.join(folder, name)
  writeFileSync(file, `#!/bin/sh\n${script}\n`)
  chmodSync(file, 0o755)
  return file
}

/** Everything outside the decision, with a desk that has no Electron and no way to get it. */
function context(ports: Partial<AppPorts>) {
  const remembered: Remembered = {}
  const said: string[] = []
  const ended: number[] = []
  const all: AppPorts = {
    download: async () => ({ ok: false, why: 'offline' }),
    binary: () => undefined,
    launch: (binary, env, onEnd) => launch(binary, env, onEnd, 700),
    loopback: async () => ({ url: 'http://127.0.0.1:1/', pid: 42 }),
    machine: { platform: 'linux', isRoot: false, hasDisplay: true },
    now: () => 1000,
    ...ports,
  }
  const profile = { remembered: () => remembered, remember: (more: Remembered) => void Object.assign(remembered, more) }
  return {
    remembered,
    said,
    ended,
    options: { profile, ports: all, say: (text: string) => void said.push(text), onEnd: (status: number) => void ended.push(status) },
  }
}

test('auto without a way to download: one line, the browser, and the memory of it', async () => {
  const { options, said, remembered } = context({})
  expect(await startApp('auto', {}, options)).toMatchObject({ host: 'loopback', pid: 42 })
  expect(said.filter((line) => line.includes('offline'))).toHaveLength(1)
  expect(remembered.electronUnreachableAt).toBe(1000)

  let probes = 0
  const again = { ...options, ports: { ...options.ports, download: async () => ({ ok: ++probes > 1000, why: '' }), now: () => 2000 } }
  expect((await startApp('auto', {}, again)).host).toBe('loopback')
  expect(probes).toBe(0)
})

test('electron asked for without a way to download: status 3', async () => {
  await expect(startApp('electron', {}, context({}).options)).rejects.toMatchObject({ status: 3, message: /offline/ })
})

test('a downloaded Electron is used, and an old failure forgotten', async () => {
  const file = fake('stays', 'echo \'{"event":"ready"}\'; sleep 5')
  let isThere = false
  const { options, remembered } = context({
    binary: () => (isThere ? file : undefined),
    download: async () => ({ ok: (isThere = true), why: '' }),
  })
  const app = await startApp('auto', {}, options)
  expect(app).toMatchObject({ host: 'electron', url: null })
  expect(remembered.electronUnreachableAt).toBeUndefined()
  expect(isRunning(app.pid)).toBe(true)
  process.kill(app.pid)
})

test('Electron that crashes at once falls back with its stderr, or ends with status 3', async () => {
  const file = fake('crashes', 'echo "cannot open display" >&2; exit 1')
  const auto = context({ binary: () => file })
  expect((await startApp('auto', {}, auto.options)).host).toBe('loopback')
  expect(auto.said.join('\n')).toMatch(/Electron ended after [\d.]+ s \(1\)/)
  await expect(startApp('electron', {}, context({ binary: () => file }).options)).rejects.toMatchObject({ status: 3 })
})

test('Electron that says it is ready and dies at once falls back too', async () => {
  const file = fake('dies-ready', 'echo \'{"event":"ready"}\'; sleep 0.2; exit 139')
  const auto = context({ binary: () => file })
  expect((await startApp('auto', {}, auto.options)).host).toBe('loopback')
  expect(auto.said.join('\n')).toMatch(/Electron ended after [\d.]+ s \(139\)/)
  await expect(startApp('electron', {}, context({ binary: () => file }).options)).rejects.toMatchObject({ status: 3 })
})

test('a window that is closed at once is the wish to stop: no browser opens in its place', async () => {
  const { options, ended } = context({ binary: () => fake('closed', 'echo \'{"event":"ready"}\'; exit 0') })
  expect((await startApp('auto', {}, options)).host).toBe('electron')
  await expect.poll(() => ended).toEqual([0])
})

test('Electron that lives on without a word is up, and its end is told', async () => {
  const { options, ended } = context({ binary: () => fake('quiet', 'exec sleep 3') })
  const app = await startApp('electron', {}, options)
  expect(app.host).toBe('electron')
  await expect.poll(() => isRunning(app.pid)).toBe(false)
  await expect.poll(() => ended).toEqual([0])
})

test('a binary that cannot be executed falls back', async () => {
  const file = path.join(folder, 'not-executable')
  writeFileSync(file, '')
  expect((await startApp('auto', {}, context({ binary: () => file }).options)).host).toBe('loopback')
})

test('the environment reaches Electron', async () => {
  const out = path.join(folder, 'env')
  const { options } = context({ binary: () => fake('prints', `echo "$LINEKEEPER_PROFILE" > ${out}; exit 0`) })
  await startApp('auto', { LINEKEEPER_PROFILE: '/some/profile' }, options)
  const { readFileSync } = await import('node:fs')
  expect(readFileSync(out, 'utf8')).toBe('/some/profile\n')
})

test('where Electron is looked for', () => {
  expect(electronBinary({ ELECTRON_OVERRIDE_DIST_PATH: path.join(folder, 'nowhere') })).toBeUndefined()
  const file = fake('electron', 'exit 0')
  expect(electronBinary({ ELECTRON_OVERRIDE_DIST_PATH: folder })).toBe(file)
})

test.each([
  [{}, 'https://github.com/electron/electron/releases/download/v45.4.1/electron-v45.4.1-linux-x64.zip'],
  [{ ELECTRON_MIRROR: 'https://mirror.test/e/' }, 'https://mirror.test/e/v45.4.1/electron-v45.4.1-linux-x64.zip'],
  [
    { ELECTRON_MIRROR: 'https://mirror.test/e/', ELECTRON_CUSTOM_DIR: '{{ version }}' },
    'https://mirror.test/e/45.4.1/electron-v45.4.1-linux-x64.zip',
  ],
])('what is probed with %j', (env, expected) => {
  expect(downloadUrl(env, '45.4.1', 'linux', 'x64')).toBe(expected)
})

test('the probe believes a good answer alone, and does not wait for ever', async () => {
  const server = createServer((request, response) => {
    if (request.url === '/silent') return
    response.writeHead(request.url === '/there' ? 200 : 404).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  expect((await probe(`${url}/there`)).ok).toBe(true)
  expect(await probe(`${url}/gone`)).toMatchObject({ ok: false, why: expect.stringMatching(/^404/) as string })
  expect(await probe(`${url}/silent`, 200)).toEqual({ ok: false, why: 'no answer within 0.2 s' })
  server.closeAllConnections()
  server.close()
  expect((await probe(url)).ok).toBe(false)
})

test('the probe goes through the proxy that the environment names', async () => {
  const asked: string[] = []
  const proxy = createServer((request, response) => {
    asked.push(request.url ?? '')
    response.writeHead(204).end()
  })
  proxy.on('connect', (request, socket) => {
    asked.push(request.url ?? '')
    socket.end('HTTP/1.1 503 Busy\r\n\r\n')
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const before = { ...process.env }
  Object.assign(process.env, { HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, NO_PROXY: '' })
  try {
    await probe('https://downloads.test/electron.zip', 2000)
    expect(asked.join(' ')).toContain('downloads.test')
  } finally {
    process.env = before
    proxy.close()
  }
})
