import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, expect, test } from 'vitest'
import { dial, launchBrowser, openPhone, press } from './kit/browser.ts'
import { createControl } from './kit/control.ts'
import { eventually } from './kit/eventually.ts'

const root = path.resolve(import.meta.dirname, '../..')
const folder = mkdtempSync(path.join(os.tmpdir(), 'linekeeper-start-'))
let npm: ChildProcess | undefined
afterEach(async () => {
  const ended = new Promise((resolve) => npm?.once('close', resolve))
  npm?.kill('SIGTERM')
  await ended
  rmSync(folder, { recursive: true, force: true })
})

async function npmStart(...args: string[]): Promise<{ url: string; relayUrl: string; sandboxUrl: string; host: string }> {
  npm = spawn(
    'npm',
    ['start', '--', '--json', '--no-open', '--no-build', '--host', 'loopback', '--profile', path.join(folder, 'profile'), ...args],
    {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  for await (const line of createInterface({ input: npm.stdout! })) if (line.startsWith('{')) return JSON.parse(line) as never
  throw new Error('no ready line')
}

// What the README promises in its first lines, and nothing else between the person and the call.
test('npm start: the app dials and is heard, is called and answers', async () => {
  const ready = await npmStart()
  expect(ready.host).toBe('loopback')
  const control = createControl(ready.sandboxUrl)
  const browser = await launchBrowser()
  try {
    const phone = await openPhone(browser, ready.url, { voiceHz: 1000 })
    await dial(phone, '+15005550101')
    await phone.waitForState('In call')
    await eventually(async () => expect(Math.abs((await phone.hears()).hz - 1000)).toBeLessThan(10))
    await press(phone, 'Hang up')
    await phone.waitForState('Ready')

    const sid = await control.incoming('+14155552671', '+14155550100', 'tone:700')
    await phone.page.getByRole('alertdialog', { name: 'Incoming call' }).waitFor()
    await press(phone, 'Answer')
    await phone.waitForState('In call')
    await eventually(async () => expect(Math.abs((await phone.hears()).hz - 700)).toBeLessThan(10))
    await eventually(async () => {
      const { legs } = await control.call(sid)
      expect(legs.some((leg) => Math.abs((leg.heard?.frequencyHz ?? 0) - 1000) < 20)).toBe(true)
    })
    await press(phone, 'Hang up')
    await phone.waitForState('Ready')
    expect(phone.errors).toEqual([])
  } finally {
    await browser.close()
  }
}, 120_000)
