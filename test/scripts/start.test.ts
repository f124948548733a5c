import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isRunning } from '../kit/processes.ts'
import { askBridge, startLinekeeper, type Started } from '../kit/starts.ts'

const folder = mkdtempSync(path.join(os.tmpdir(), 'linekeeper-start-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function eventually<T>(read: () => Promise<T>, isGood: (value: T) => boolean): Promise<T> {
  for (const until = Date.now() + 45_000; ; await sleep(100)) {
    const value = await read()
    if (isGood(value) || Date.now() > until) return value
  }
}

// One profile, started twice: everything a start promises is asked of these two.
describe('a new profile', { timeout: 120_000 }, () => {
  const profile = path.join(folder, 'profile')
  const args = ['--host', 'loopback', '--profile', profile, '--sandbox-profile', 'kind']
  let first: Started
  beforeAll(async () => void (first = await startLinekeeper(args)), 120_000)
  afterAll(async () => void (await first.stop()))

  test('prints one line of JSON and nothing else on stdout', () => {
    expect(first.stdout).toHaveLength(1)
    expect(first.ready).toEqual({
      event: 'ready',
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/#token=\S{20,}$/) as string,
      host: 'loopback',
      relayUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) as string,
      sandboxUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) as string,
      pids: {
        start: first.child.pid,
        sandbox: expect.any(Number) as number,
        relay: expect.any(Number) as number,
        app: expect.any(Number) as number,
      },
    })
    expect(new Set(Object.values(first.ready.pids)).size).toBe(4)
    expect(Object.values(first.ready.pids).every((pid) => isRunning(pid!))).toBe(true)
  })

  test('is ready when it says so: the page is served, the relay has welcomed', async () => {
    const page = await fetch(first.ready.url!)
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('<div id="root">') as string])
    expect(await askBridge(first.ready.url!, 'app.status', {})).toMatchObject({ relay: 'online' })
    expect((await fetch(`${first.ready.relayUrl}/healthz`)).status).toBe(200)
    expect((await fetch(first.ready.sandboxUrl!)).status).toBe(200)
  })

  test('is signed in as Ada, manager of the demo workspace, with colleagues, numbers and history', async () => {
    const url = first.ready.url!
    expect(await askBridge(url, 'session.get', {})).toMatchObject({
      state: 'signed-in',
      user: { name: 'Ada', role: 'manager' },
      workspace: { name: 'Demo workspace', isSandbox: true },
    })
    const users = await askBridge(url, 'users.list', {})
    expect(users.map(({ name }) => name).toSorted()).toEqual(['Ada', 'Kim', 'Sam'])
    const { availableNumbers } = await askBridge(url, 'voice.token', {
      renew: false,
    })
    expect(availableNumbers.map(({ name }) => name).toSorted()).toEqual(['London', 'Main line', 'Support'])
    expect(availableNumbers.find(({ isDefault }) => isDefault)?.name).toBe('Main line')
    const history = await eventually(
      () => askBridge(url, 'calls.page', { limit: 50 }),
      ({ calls }) => calls.length >= 5,
    )
    expect(history.calls.length).toBeGreaterThanOrEqual(5)
  })

  test('keeps everything in one folder for this user alone', () => {
    expect(statSync(profile).mode & 0o077).toBe(0)
    const content = readdirSync(profile)
    expect(content).toEqual(expect.arrayContaining(['app.db', 'relay.db', 'sandbox', 'media', 'lock']))
    for (const file of ['relay-secret', 'lock', 'media', 'secrets.obfuscated.json'])
      expect(statSync(path.join(profile, file)).mode & 0o077, file).toBe(0)
  })

  test('a second start prints the first one’s line and ends with 0', async () => {
    const second = await startLinekeeper(args)
    expect(second.ready).toEqual(first.ready)
    expect(second.stderr.join('\n')).not.toMatch(/ignored/)
    expect(await second.stop('SIGCONT')).toBe(0)
    const other = await startLinekeeper(['--host', 'electron', '--profile', profile, '--sandbox-profile', 'hostile', '--first-run'])
    expect(other.stderr.join('\n')).toMatch(/ignored.*: --host electron, --first-run, --sandbox-profile hostile;/)
    expect(await other.stop('SIGCONT')).toBe(0)
    expect(isRunning(first.ready.pids.app)).toBe(true)
  })

  test('ends on SIGTERM with everything it started, and begins again where it was', async () => {
    const before = { ready: first.ready, session: await askBridge(first.ready.url!, 'session.get', {}) }
    expect(await first.stop()).toBe(143)
    expect(Object.values(before.ready.pids).filter((pid) => isRunning(pid!))).toEqual([])
    expect(readdirSync(profile)).not.toContain('lock')

    first = await startLinekeeper([...args, '--first-run'])
    expect({ ...first.ready, pids: {} }).toEqual({ ...before.ready, pids: {} })
    const session = await askBridge(first.ready.url!, 'session.get', {})
    expect(session).toEqual(before.session)
    expect((await askBridge(first.ready.url!, 'calls.page', { limit: 50 })).calls.length).toBeGreaterThanOrEqual(5)
  })

  test('a relay that is killed is started again where it was, and the app finds it', async () => {
    process.kill(first.ready.pids.relay!, 'SIGKILL')
    await expect.poll(() => first.stderr.join('\n'), { timeout: 45_000 }).toMatch(/the relay is back/)
    expect((await fetch(`${first.ready.relayUrl}/healthz`)).status).toBe(200)
    await expect.poll(async () => (await askBridge(first.ready.url!, 'app.status', {})).relay, { timeout: 45_000 }).toBe('online')
    expect([isRunning(first.ready.pids.start), isRunning(first.ready.pids.app), first.child.exitCode]).toEqual([true, true, null])
  })

  test('so is the app’s host, with its address and token', async () => {
    process.kill(first.ready.pids.app, 'SIGKILL')
    await expect.poll(() => first.stderr.join('\n'), { timeout: 45_000 }).toMatch(/the app is back/)
    expect(await askBridge(first.ready.url!, 'session.get', {})).toMatchObject({ state: 'signed-in' })
  })

  test('when the sandbox dies, the rest ends with a sentence and not with 0', async () => {
    process.kill(first.ready.pids.sandbox!, 'SIGKILL')
    expect(await first.stop('SIGCONT')).toBeGreaterThan(0)
    expect(first.stderr.join('\n')).toMatch(/the sandbox ended .* stopping/)
    expect(Object.values(first.ready.pids).filter((pid) => isRunning(pid!))).toEqual([])
    first = await startLinekeeper(args) // the stale things it left do not matter
  })
})

test('--first-run: nobody is signed in, and *Try the sandbox* signs in', async () => {
  const started = await startLinekeeper(['--host', 'loopback', '--profile', path.join(folder, 'first-run'), '--first-run'])
  try {
    const url = started.ready.url!
    expect(await askBridge(url, 'session.get', {})).toMatchObject({ state: 'first-run', user: null, canTrySandbox: true })
    expect(await askBridge(url, 'session.trySandbox', {})).toMatchObject({ state: 'signed-in', user: { name: 'Ada' } })
  } finally {
    await started.stop()
  }
}, 120_000)

describe('Electron', { timeout: 120_000 }, () => {
  const profile = path.join(folder, 'electron')
  const electron = (script: string) => {
    const dist = mkdtempSync(path.join(folder, 'dist-'))
    writeFileSync(path.join(dist, 'electron'), `#!/bin/sh\n${script}\n`)
    chmodSync(path.join(dist, 'electron'), 0o755)
    return { ELECTRON_OVERRIDE_DIST_PATH: dist }
  }

  test.runIf(process.platform === 'linux')(
    'its closed window ends everything, with 0',
    async () => {
      const env = electron(`env > ${folder}/env; echo '{"event":"ready"}'; sleep 1`)
      const started = await startLinekeeper(['--host', 'electron', '--profile', profile], env)
      expect(started.ready).toMatchObject({ host: 'electron', url: null })
      expect(readFileSync(path.join(folder, 'env'), 'utf8')).toContain(`LINEKEEPER_PROFILE=${profile}\n`)
      expect(await started.stop('SIGCONT')).toBe(0)
      expect(Object.values(started.ready.pids).filter((pid) => isRunning(pid!))).toEqual([])
    },
    120_000,
  )

  test.runIf(process.platform === 'linux')(
    'asked for, but crashing: status 3 and its stderr',
    async () => {
      const failed = startLinekeeper(['--host', 'electron', '--profile', profile], electron('echo "no display" >&2; exit 1'))
      await expect(failed).rejects.toMatchObject({
        code: 3,
        message: expect.stringMatching(/no display[^]*Electron ended after/) as string,
      })
    },
    120_000,
  )
})

test.each([[['--host', 'netscape']], [['--sandbox-profile', 'mean']], [['--color']]])('%j: the usage, and not 0', async (args) => {
  await expect(startLinekeeper(args)).rejects.toMatchObject({ code: 2, message: expect.stringContaining('usage: npm start') as string })
})
