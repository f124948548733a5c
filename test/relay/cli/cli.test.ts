import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { statSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openDatabase } from '../../../relay/database/open.ts'
import { plainDetails } from '../../../contract/number.ts'
import { describe, parseCommand } from '../../../relay/cli/arguments.ts'
import { adminAddress, askRelay } from '../../../relay/cli/admin-socket.ts'
import { environment, temporaryFolder } from '../kit.ts'

const entry = path.resolve(import.meta.dirname, '../../../relay/server.ts')
let place: ReturnType<typeof temporaryFolder>
let env: Record<string, string>
const running: ChildProcess[] = []
beforeEach(() => {
  place = temporaryFolder()
  env = environment(path.join(place.folder, 'relay.db'))
})
afterEach(async () => {
  for (const child of running.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    child.kill('SIGKILL')
    await once(child, 'close')
  }
  place.remove()
})

function run(words: string[], more: Record<string, string> = {}, ipc = false) {
  const path24 = { PATH: process.env['PATH'] ?? '' }
  const child = spawn(process.execPath, [entry, ...words], {
    stdio: ['ignore', 'pipe', 'pipe', ipc ? 'ipc' : 'ignore'],
    env: { ...path24, ...env, ...more },
  })
  running.push(child)
  return child
}
async function command(...words: string[]) {
  const child = run(words)
  const printed = { out: '', err: '' }
  child.stdout?.on('data', (chunk: Buffer) => (printed.out += chunk.toString()))
  child.stderr?.on('data', (chunk: Buffer) => (printed.err += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number]
  return { ...printed, code }
}
async function started(ipc = false) {
  const child = run(['--json'], {}, ipc)
  if (!child.stdout) throw new Error('no stdout')
  child.stderr?.resume()
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  return { child, ready: JSON.parse(line) as { event: string; url: string } }
}
const invite = (name: string) => command('invite', '--name', name, '--role', 'staff', '--json')

test('without a relay the CLI opens the file itself', async () => {
  const { out, code } = await invite('Ada')
  expect(code).toBe(0)
  expect(JSON.parse(out)).toMatchObject({
    name: 'Ada',
    role: 'staff',
    code: expect.stringMatching(/^([0-9A-Z]{4}-){3}[0-9A-Z]{4}$/) as string,
  })
  expect((await command('users')).out).toContain('name: Ada')
  const mode = statSync(env['RELAY_DATABASE'] ?? '').mode
  expect(mode & 0o077).toBe(0)
})

test('a running relay does it, over a socket of its owner’s, and its desktops hear of it', async () => {
  const { ready } = await started()
  expect(ready).toMatchObject({ event: 'ready', url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) as string })
  expect(statSync(`${env['RELAY_DATABASE']}.sock`).mode & 0o077).toBe(0)
  const { out } = await invite('Ada')
  expect(JSON.parse(out)).toMatchObject({ name: 'Ada' })
  const assigned = await command('assign', '--number', '+14155550100', '--user', 'Ada')
  expect(assigned).toMatchObject({ code: 1, out: '', err: expect.stringContaining('not a number of this workspace') as string })
  // The relay itself wrote it: its log tells of the user.
  const db = openDatabase(env['RELAY_DATABASE'] ?? '')
  expect(db.prepare("SELECT type FROM events WHERE type = 'user.changed'").all()).toHaveLength(1)
  db.close()
})

test('there is one relay per database; the socket of a killed one is in nobody’s way', async () => {
  const first = await started()
  const second = await command('--json')
  expect(second).toMatchObject({ code: 1, out: '', err: expect.stringContaining('another relay has this database') as string })
  first.child.kill('SIGKILL')
  await once(first.child, 'close')
  expect((await invite('Ada')).code).toBe(0)
  await started()
})

test.each(['SIGTERM', 'SIGINT', 'disconnect'] as const)('%s ends it cleanly', async (how) => {
  const { child } = await started(true)
  const ended = once(child, 'exit') // 'close' never comes after disconnect()
  if (how === 'disconnect') child.disconnect()
  else child.kill(how)
  expect(await ended).toEqual([0, null])
  expect(await askRelay(adminAddress(env['RELAY_DATABASE'] ?? ''), { command: 'users' })).toBeUndefined()
})

test('what is missing ends the process with one sentence that names it, and status 2', async () => {
  env = { ...env, TWILIO_AUTH_TOKEN: '' }
  expect(await command()).toEqual({ code: 2, out: '', err: 'TWILIO_AUTH_TOKEN is missing.\n' })
  env = { ...env, TWILIO_AUTH_TOKEN: 'x', RELAY_DATABASE: 'postgres://db/relay' }
  expect((await command('users')).err).toMatch(/^RELAY_DATABASE .*PostgreSQL/)
})

test('after a restore the epoch is another one', async () => {
  const epochs = new Set<string>()
  for (let times = 0; times < 2; times++) epochs.add((JSON.parse((await command('restored', '--json')).out) as { epoch: string }).epoch)
  expect(epochs.size).toBe(2)
})

test.each([
  ['nonsense'],
  ['invite', '--name', 'Ada'],
  ['invite', '--name', 'Ada', '--role', 'owner'],
  ['assign', '--number', '0100', '--user', 'Ada'],
  ['users', 'more'],
  ['users', '--verbose'],
  ['--name', 'Ada'],
])('%s %s %s is not a command', (...words: string[]) => {
  expect(() => parseCommand(words)).toThrow('usage: npm run relay')
})

test('a number is told in one line, without what says nothing', () => {
  const hold = { until: '2026-12-01T00:00:00.000Z', message: null, at: '2026-11-21T00:00:00.000Z', byUserId: 'u1' }
  const details = { ...plainDetails(), tags: ['a', 'b'], hold }
  const row = { phoneNumber: '+14155550100', sid: null, name: 'Main', isActive: false, userIds: [], details }
  expect(describe({ command: 'numbers' }, [row])).toBe(
    'phoneNumber: +14155550100  sid: null  name: Main  isActive: false  userIds:   details.ringMode: simultaneous  details.tags: a, b' +
      '  details.hold.until: 2026-12-01T00:00:00.000Z  details.hold.at: 2026-11-21T00:00:00.000Z  details.hold.byUserId: u1',
  )
})

test('words become a request', () => {
  expect(parseCommand(['--json'])).toEqual({ request: undefined, json: true })
  const assign = parseCommand(['assign', '--number', '+14155550100', '--user', 'Ada, Sam'])
  expect(assign).toEqual({ request: { command: 'assign', number: '+14155550100', users: ['Ada', 'Sam'] }, json: false })
})
