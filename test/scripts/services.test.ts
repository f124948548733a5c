import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, expect, test } from 'vitest'
import { relayEnvironment } from '../../scripts/start/backend.mjs'
import { startService } from '../e2e/kit/child.ts'

const root = path.resolve(import.meta.dirname, '../..')
const folder = mkdtempSync(path.join(os.tmpdir(), 'linekeeper-services-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const hex = '[0-9a-f]{32}'
const matching = (pattern: string) => expect.stringMatching(new RegExp(`^${pattern}$`)) as string

test('npm run sandbox and npm run relay: ready lines, an account that is kept, and an end on request', async () => {
  const args = ['--json', '--data', path.join(folder, 'sandbox')]
  const sandbox = await startService<Record<string, string> & Parameters<typeof relayEnvironment>[0]>('sandbox/server.ts', args)
  expect(sandbox.ready).toMatchObject({
    event: 'ready',
    url: matching('http://127\\.0\\.0\\.1:\\d+'),
    accountSid: matching(`AC${hex}`),
    authToken: matching(hex),
    apiKey: matching(`SK${hex}`),
    apiSecret: matching('\\S+'),
    twimlAppSid: matching(`AP${hex}`),
    vapiKey: matching('\\S+'),
  })
  const env = relayEnvironment(sandbox.ready, 0, { database: path.join(folder, 'relay.db'), secret: 's'.repeat(64) })
  const relay = await startService<object>('relay/server.ts', ['--json'], env)
  expect(relay.ready).toEqual({ event: 'ready', url: matching('http://127\\.0\\.0\\.1:\\d+') })
  await Promise.all([relay.stop(), sandbox.stop()])

  const again = await startService<Record<string, string>>('sandbox/server.ts', args)
  const { url: _, ...account } = sandbox.ready
  expect(again.ready).toMatchObject(account)
  await again.stop()
})

interface Booted {
  ready: unknown
  /** Everything on stdout, after it ended with `status`. */
  end: () => Promise<{ stdout: string; status: number | null }>
}
/** As `npm run sandbox` and `npm run relay` do. */
async function boot(entry: string, args: string[], env: Record<string, string> = {}): Promise<Booted> {
  const child = spawn(process.execPath, [path.join(root, 'scripts/boot.mjs'), entry, ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let stdout = ''
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  const closed = once(child, 'close')
  const first = new Promise((resolve) => createInterface({ input: child.stdout }).once('line', resolve))
  const line = await Promise.race([first, closed.then(() => undefined)])
  const end = async () => {
    child.kill('SIGTERM')
    const [status] = (await closed) as [number | null]
    return { stdout, status }
  }
  return { ready: typeof line === 'string' ? JSON.parse(line) : line, end }
}

test('the npm scripts go through boot, which passes ready lines, arguments, signals and statuses on', async () => {
  const scripts = (JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> }).scripts
  expect(scripts).toMatchObject({ sandbox: 'node scripts/boot.mjs sandbox/server.ts', relay: 'node scripts/boot.mjs relay/server.ts' })
  const sandbox = await boot('sandbox/server.ts', ['--json', '--data', path.join(folder, 'booted')])
  expect(sandbox.ready).toMatchObject({ event: 'ready', accountSid: matching(`AC${hex}`) })
  const own = { database: path.join(folder, 'booted.db'), secret: 's'.repeat(64) }
  const relay = await boot('relay/server.ts', ['--json'], relayEnvironment(sandbox.ready as never, 0, own))
  expect(relay.ready).toEqual({ event: 'ready', url: matching('http://127\\.0\\.0\\.1:\\d+') })
  for (const one of [relay, sandbox]) {
    const { stdout, status } = await one.end()
    expect(status).toBe(143)
    expect(stdout.trim().split('\n')).toHaveLength(1)
  }
  const refused = await boot('relay/server.ts', ['--json'], { ...environment, RELAY_SECRET: 'short' })
  expect(refused.ready).toBeUndefined()
  expect((await refused.end()).status).toBeGreaterThan(0)
})

const environment = relayEnvironment(
  {
    url: 'http://127.0.0.1:9',
    accountSid: `AC${'0'.repeat(32)}`,
    authToken: 'token',
    apiKey: `SK${'0'.repeat(32)}`,
    apiSecret: 'secret',
    twimlAppSid: `AP${'0'.repeat(32)}`,
  },
  9,
  { database: path.join(folder, 'other.db'), secret: 's'.repeat(64) },
)

test.each([
  ['TWILIO_ACCOUNT_SID', ''],
  ['TWILIO_ACCOUNT_SID', 'AC123'],
  ['TWILIO_AUTH_TOKEN', ''],
  ['TWILIO_API_KEY', `AC${'0'.repeat(32)}`],
  ['TWILIO_API_SECRET', ''],
  ['TWILIO_TWIML_APP_SID', 'app'],
  ['TWILIO_API_BASE', 'https://api.twilio.example'],
  ['SERVER_URL', 'relay.example'],
  ['SERVER_URL', 'http://relay.example'],
  ['RELAY_HOST', ''],
  ['RELAY_PORT', 'http'],
  ['RELAY_DATABASE', ''],
  ['RELAY_DATABASE', 'postgres://db.example/relay'],
  ['RELAY_DATABASE', '/nowhere/at/all/relay.db'],
  ['RELAY_SECRET', 'short'],
])('a relay with %s=%j ends with a sentence that names it', (name, value) => {
  const done = spawnSync(process.execPath, [path.join(root, 'relay/server.ts'), '--json'], {
    cwd: root,
    env: { ...process.env, ...environment, [name]: value },
    encoding: 'utf8',
    timeout: 60_000,
  })
  expect(done.stderr).toContain(name)
  expect(done.stdout).toBe('')
  expect(done.status).toBe(2)
})

test.each([
  [['--port', 'x']],
  [['--profile', 'mean']],
  [['--seed', '-1']],
  [['--data']],
  [['now']],
  [['--data', path.join(import.meta.dirname, 'services.test.ts', 'x')]],
  [['--data', '/proc/none']],
])('a sandbox with %j is refused', (words) => {
  const done = spawnSync(process.execPath, [path.join(root, 'sandbox/server.ts'), ...words], {
    cwd: root,
    encoding: 'utf8',
    timeout: 60_000,
  })
  expect([done.status, done.stdout]).toEqual([2, ''])
  expect(done.stderr.length).toBeGreaterThan(10)
})

test.each([
  ['relay/server.ts', ['--help'], 0, /^usage: npm run relay/, /^$/],
  ['sandbox/server.ts', ['-h'], 0, /^usage: npm run sandbox/, /^$/],
  ['scripts/start.mjs', ['--help'], 0, /^usage: npm start/, /^$/],
  ['scripts/start.mjs', ['--profile', import.meta.filename], 2, /^$/, /--profile .*services\.test\.ts cannot be used as a folder/],
  ['relay/server.ts', ['invite', '--name', 'A', '--role', 'boss'], 2, /^$/, /--role is staff or manager, not 'boss'/],
  ['relay/server.ts', ['users'], 0, /^$/, /no users yet/],
  ['relay/server.ts', ['devices', '--json'], 0, /^\[\]\n$/, /^$/],
] as const)('%s %j ends with %i and a sentence', (entry, words, status, stdout, stderr) => {
  const done = spawnSync(process.execPath, [path.join(root, entry), ...words], {
    cwd: root,
    env: { ...process.env, ...environment },
    encoding: 'utf8',
    timeout: 60_000,
  })
  expect([done.status, done.stdout, done.stderr]).toEqual([status, expect.stringMatching(stdout), expect.stringMatching(stderr)])
})

test('a relay without several of its settings names them all', () => {
  const env = { ...process.env, ...environment, RELAY_SECRET: '', SERVER_URL: '', RELAY_HOST: '' }
  const done = spawnSync(process.execPath, [path.join(root, 'relay/server.ts')], { cwd: root, env, encoding: 'utf8', timeout: 60_000 })
  expect([done.status, done.stderr]).toEqual([2, 'SERVER_URL, RELAY_HOST and RELAY_SECRET are missing.\n'])
})
