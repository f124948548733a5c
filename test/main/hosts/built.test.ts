import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newFolder } from '../kit/desktop.ts'

const root = path.resolve(import.meta.dirname, '../../..')
const out = path.join(root, 'out')

test('the bundled store worker runs outside Electron', async () => {
  const folder = newFolder()
  const worker = new Worker(path.join(out, 'main/store-worker.js'), { workerData: { role: 'writer', file: path.join(folder, 'app.db') } })
  const next = () => new Promise((resolve) => worker.once('message', resolve))
  expect(await next()).toEqual({ id: 0 })
  worker.postMessage({ id: 1, name: 'position', args: [] })
  expect(await next()).toEqual({ id: 1, value: { epoch: null, cursor: 0, needsSnapshot: true } })
  await worker.terminate()
  rmSync(folder, { recursive: true })
})

test('the preload is one CommonJS file that requires electron alone', () => {
  expect(readdirSync(path.join(out, 'preload'))).toEqual(['preload.cjs'])
  const source = readFileSync(path.join(out, 'preload/preload.cjs'), 'utf8')
  expect([...source.matchAll(/require\(["'](.+?)["']\)/g)].map((match) => match[1])).toEqual(['electron'])
})

test('the preload gives the page two functions, and passes events on', () => {
  const exposed: Record<string, unknown> = {}
  const sent: unknown[][] = []
  const deliveries: ((event: unknown, message: unknown) => void)[] = []
  const deliver = (message: unknown) => deliveries[0]?.({}, message)
  const electron = {
    contextBridge: { exposeInMainWorld: (name: string, api: unknown) => (exposed[name] = api) },
    ipcRenderer: {
      invoke: (...args: unknown[]) => Promise.resolve(sent.push(args)),
      on: (_channel: string, listener: (typeof deliveries)[number]) => deliveries.push(listener),
    },
  }
  const source = readFileSync(path.join(out, 'preload/preload.cjs'), 'utf8')
  // As Electron does: a CommonJS file that is given `require`.
  // oxlint-disable-next-line typescript/no-implied-eval
  new Function('require', 'module', 'exports', source)(() => electron, { exports: {} }, {})
  expect(Object.keys(exposed)).toEqual(['linekeeper'])
  const api = exposed['linekeeper'] as Record<string, (...args: unknown[]) => unknown>
  expect(Object.keys(api).toSorted()).toEqual(['on', 'request'])
  void api['request']?.('app.status', {})
  expect(sent).toEqual([['bridge', 'app.status', {}]])
  const heard: unknown[] = []
  const off = api['on']?.('calls.changed', (payload: unknown) => heard.push(payload)) as () => void
  deliver({ event: 'calls.changed', payload: 1 })
  deliver({ event: 'status.changed', payload: 2 })
  off()
  deliver({ event: 'calls.changed', payload: 3 })
  expect(heard).toEqual([1])
})

test('the bundled main names the worker where the build puts it, and imports nothing that is not shipped', () => {
  const files = readdirSync(path.join(out, 'main'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.js'))
  const source = files.map((name) => readFileSync(path.join(out, 'main', name), 'utf8')).join('\n')
  expect(source).toContain('./store-worker.js')
  expect(existsSync(path.join(out, 'main/store-worker.js'))).toBe(true)
  const bare = [...source.matchAll(/^(?:import|export)[^'"\n]*from\s*["']([^.'"][^'"]*)["']/gm)].map((match) => String(match[1]))
  expect([...new Set(bare)].filter((name) => !name.startsWith('node:') && !isBuiltin(name)).toSorted()).toEqual([
    'better-sqlite3',
    'electron',
  ])
})
test('Twilio’s library is a part of its own, loaded when an account is there, and works bundled', () => {
  const folder = path.join(out, 'main/assets')
  const file = readdirSync(folder).find((name) => /^account-.*\.js$/.test(name))
  const script = `
    const { createTwilioAccount } = await import(${JSON.stringify(pathToFileURL(path.join(folder, String(file))).href)})
    const options = { apiBase: 'http://127.0.0.1:9', waits: { brokenRetries: 0 } }
    const twilio = createTwilioAccount({ accountSid: 'AC' + '1'.repeat(32), authToken: 'x' }, options)
    const asked = [twilio.numbers(), twilio.countries(), twilio.prices('US'), twilio.regulation('US', 'local')]
    const ended = await Promise.all(asked.map((one) => one.catch(({ code, details }) => code + ' ' + details.reason)))
    console.log(JSON.stringify(ended))`
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], { cwd: folder, encoding: 'utf8' })
  expect(JSON.parse(stdout)).toEqual(Array(4).fill('twilio-unreachable ECONNREFUSED'))
})
const builtins = new Set(process.getBuiltinModule('node:module').builtinModules)
const isBuiltin = (name: string) => builtins.has(name)

interface Call {
  name: string
  args: unknown[]
}
async function runBuilt(env: Record<string, string>): Promise<{ calls: Call[]; code: number | null; log: string }> {
  const hook = pathToFileURL(path.join(root, 'test/kit/electron/register.mjs')).href
  const child = spawn(process.execPath, ['--import', hook, path.join(out, 'main/index.js')], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  let log = ''
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()))
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  const line = text.split('\n').find((one) => one.startsWith('{"calls"'))
  if (!line) throw new Error(`the built main did not end by itself (${code}): ${log}`)
  return { calls: (JSON.parse(line) as { calls: Call[] }).calls, code, log }
}

describe('the built main, under a double of electron', () => {
  let run: Awaited<ReturnType<typeof runBuilt>>
  let folder: string
  const all = (name: string) => run.calls.filter((call) => call.name === name).map((call) => call.args)
  const one = (name: string) => all(name)[0]?.[0]
  beforeAll(async () => {
    folder = newFolder()
    run = await runBuilt({ LINEKEEPER_PROFILE: folder })
  }, 30_000)
  afterAll(() => rmSync(folder, { recursive: true }))

  test('does what must come before `ready` before it, and serves before it shows', () => {
    const order = [
      'setPath',
      'requestSingleInstanceLock',
      'enableSandbox',
      'registerSchemesAsPrivileged',
      'whenReady',
      'ready',
      'setPermissionCheckHandler',
      'setPermissionRequestHandler',
      'protocol.handle',
      'ipcMain.handle',
      'BrowserWindow',
      'setWindowOpenHandler',
      'loadURL',
    ]
    expect(run.calls.map((call) => call.name).filter((name) => order.includes(name))).toEqual(order)
    expect(one('registerSchemesAsPrivileged')).toMatchObject([{ scheme: 'app', privileges: { standard: true, secure: true } }])
  })

  test('opens a window without Node, isolated and sandboxed, whose preload is where the build puts it', () => {
    const { webPreferences } = one('BrowserWindow') as { webPreferences: Record<string, unknown> }
    expect(webPreferences).toMatchObject({ sandbox: true, contextIsolation: true, nodeIntegration: false, webviewTag: false })
    expect(existsSync(String(webPreferences['preload']))).toBe(true)
    expect(one('loadURL')).toBe('app://linekeeper/')
  })

  test('answers our page’s requests, with checked arguments, and nobody else’s', () => {
    expect(one('answer')).toMatchObject({ ok: true, value: { version: '9.9.9', relay: 'off' } })
    expect(one('answer-args')).toMatchObject({ ok: false, failure: { code: 'bad-request' } })
    for (const name of ['answer-frame', 'answer-gone', 'answer-origin'])
      expect(one(name), name).toMatchObject({ ok: false, failure: { code: 'forbidden' } })
    expect(all('send')).toContainEqual(['bridge-event', expect.objectContaining({ event: 'status.changed' })])
  })

  test('serves the built page with a policy, on our host alone', () => {
    const [status, policy] = all('page')[0] ?? []
    expect(status).toBe(200)
    expect(policy).toMatch(/connect-src 'self' wss:\/\/\*\.twilio\.com/)
    expect(policy).not.toContain('unsafe')
    expect(one('page-other')).toBe(404)
  })

  test('answers permissions from the table', () => {
    expect(all('permission').map((args) => args.map(String).join(' '))).toEqual([
      'media app://linekeeper/ true',
      'media app://linekeeper/ false', // video
      'media https://evil.example/ false',
      'media app://linekeeper.evil.example/ false',
      'notifications app://linekeeper/ true',
      'hid app://linekeeper/ false',
      'geolocation app://linekeeper/ false',
    ])
    expect(all('check').map((args) => args[2])).toEqual([true, false, false])
  })

  test('lets nothing navigate away, opens no window, and only allowed links in the browser', () => {
    expect(all('navigate').map((args) => args[1])).toEqual([false, true, true])
    expect(all('window.open').map((args) => args[1])).toEqual([{ action: 'deny' }, { action: 'deny' }, { action: 'deny' }])
    expect(all('openExternal')).toEqual([['https://www.twilio.com/docs']])
  })

  test('closes the store before it ends', () => {
    expect(run.code).toBe(0)
    expect(all('quit')).toHaveLength(2)
    expect(existsSync(path.join(folder, 'app.db-wal'))).toBe(false)
  })

  test('a second instance ends at once, without touching the profile', async () => {
    const other = newFolder()
    const second = await runBuilt({ LINEKEEPER_PROFILE: other, DOUBLE_SECOND_INSTANCE: '1' })
    expect(second.calls.map((call) => call.name)).toEqual(['setPath', 'requestSingleInstanceLock', 'exit'])
    expect(readdirSync(other)).toEqual([])
    rmSync(other, { recursive: true })
  })
})
