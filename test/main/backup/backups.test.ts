import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { Desktop } from '../kit/desktop.ts'
import { incomingFacts } from '../kit/facts.ts'
import { startFakeRelay } from '../kit/fake-relay.ts'
import { fastTimings } from '../kit/memory-ports.ts'

const open: { end(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.end()
})

async function desktop(over: Partial<typeof fastTimings> = {}): Promise<Desktop> {
  const made = await new Desktop({ timings: { ...fastTimings, ...over } }).start()
  open.push(made)
  return made
}
const observe = (of: Desktop, callId: string) =>
  of.ask('calls.observe', { callId, facts: incomingFacts().map((fact) => ({ ...fact, source: 'sdk' as const })) })
const known = async (of: Desktop, callId: string) => (await of.app.request('calls.timeline', { callId })).ok
const aside = (of: Desktop) => readdirSync(of.folder).filter((name) => /^app-broken-.*\.db$/.test(name))

/** Overwrites the middle of a closed file with rubbish. */
function scratch(of: Desktop): void {
  const file = path.join(of.folder, 'app.db')
  const bytes = readFileSync(file)
  bytes.fill(0x5a, Math.min(4096, bytes.length), Math.floor(bytes.length * 0.9))
  writeFileSync(file, bytes)
}

describe('backups', () => {
  test('a copy is made on request, the newest three are kept', async () => {
    const ada = await desktop()
    expect((await ada.ask('backup.get', {})).backups).toEqual([])
    for (let round = 0; round < 5; round++) await ada.ask('backup.make', {})
    const { backups, isRunning, failure } = await ada.ask('backup.get', {})
    expect(backups).toHaveLength(3)
    expect({ isRunning, failure }).toEqual({ isRunning: false, failure: null })
    expect(new Set(backups.map((one) => one.backupId)).size).toBe(3)
  })

  test('daily by itself, and not again after a restart within the day', async () => {
    const relay = await startFakeRelay()
    const ada = await desktop({ backupFirst: 20 })
    open.unshift({ end: () => relay.stop() })
    const count = async () => (await ada.ask('backup.get', {})).backups.length
    await vi.waitFor(async () => expect((await ada.ask('backup.get', {})).check).toBe('ok'), 15_000)
    await new Promise((resolve) => setTimeout(resolve, 200)) // ten times what it waits
    expect(await count(), 'of nothing no copy is made').toBe(0)
    await ada.ask('session.enroll', { relayUrl: relay.url, code: 'GOOD-CODE-1' })
    await ada.online()
    await vi.waitFor(async () => expect(await count()).toBe(1), 15_000)
    await ada.restart()
    await vi.waitFor(async () => expect((await ada.ask('backup.get', {})).check).toBe('ok'), 15_000)
    expect(await count()).toBe(1)
  })

  test('restored: what is older comes back, what was there is copied first, and the outbox stays', async () => {
    const ada = await desktop()
    await observe(ada, 'before')
    await ada.ask('preferences.set', { country: 'DE' })
    const [copy] = (await ada.ask('backup.make', {})).backups
    await observe(ada, 'after')
    await ada.ask('preferences.set', { country: 'FR' })
    ada.events = []
    const view = await ada.ask('backup.restore', { backupId: copy?.backupId ?? '' })
    expect(await known(ada, 'before')).toBe(true)
    expect(await known(ada, 'after')).toBe(false)
    expect((await ada.ask('preferences.get', {})).country).toBe('DE')
    expect(view.backups).toHaveLength(2)
    expect(ada.events).toContainEqual({ event: 'calls.changed', payload: { callIds: [] } })
    const undo = await ada.ask('backup.restore', { backupId: view.backups[0]?.backupId ?? '' })
    expect(undo.failure).toBeNull()
    expect(await known(ada, 'after')).toBe(true)
  })

  test('a copy that cannot be read is refused, and nothing is changed', async () => {
    const ada = await desktop()
    await observe(ada, 'kept')
    const [copy] = (await ada.ask('backup.make', {})).backups
    const folder = path.join(ada.folder, 'backups')
    for (const name of readdirSync(folder)) writeFileSync(path.join(folder, name), 'no database at all')
    expect(await ada.fails('backup.restore', { backupId: copy?.backupId })).toMatchObject({ code: 'backup-broken' })
    expect(await ada.fails('backup.restore', { backupId: 'never' })).toMatchObject({ code: 'not-found' })
    expect(await known(ada, 'kept')).toBe(true)
  })

  test('a copy that was broken off is none', async () => {
    const ada = await desktop()
    await ada.ask('backup.make', {})
    writeFileSync(path.join(ada.folder, 'backups', 'unfinished.db'), 'half')
    expect((await ada.ask('backup.get', {})).backups).toHaveLength(1)
    expect((await ada.ask('backup.make', {})).failure).toBeNull()
  })
})

describe('a broken database', () => {
  test('found at the start: put aside, the newest sound copy opened, and a person is told until they have read it', async () => {
    const ada = await desktop()
    await observe(ada, 'old')
    const { backups } = await ada.ask('backup.make', {})
    await observe(ada, 'newer')
    await ada.app.close()
    writeFileSync(path.join(ada.folder, 'app.db'), 'rubbish'.repeat(5000))
    await ada.start()
    expect(await known(ada, 'old')).toBe(true)
    expect(await known(ada, 'newer')).toBe(false)
    expect((await ada.ask('backup.get', {})).recovered).toMatchObject({ from: backups[0]?.at, asideName: aside(ada)[0] })
    await ada.restart()
    expect((await ada.ask('backup.get', {})).recovered).not.toBeNull()
    expect((await ada.ask('backup.dismiss', {})).recovered).toBeNull()
    await ada.restart()
    expect((await ada.ask('backup.get', {})).recovered).toBeNull()
  })

  test('without a copy the replica begins anew', async () => {
    const ada = await desktop()
    await observe(ada, 'lost')
    await ada.app.close()
    writeFileSync(path.join(ada.folder, 'app.db'), 'rubbish'.repeat(5000))
    await ada.start()
    expect((await ada.ask('backup.get', {})).recovered).toMatchObject({ from: null })
    expect(await known(ada, 'lost')).toBe(false)
    expect(aside(ada)).toHaveLength(1)
  })

  test('found by the look at the file while the app runs: replaced, and the relay is followed again', async () => {
    const relay = await startFakeRelay()
    const ada = await desktop({ backupFirst: 50 })
    open.unshift({ end: () => relay.stop() })
    await ada.ask('session.enroll', { relayUrl: relay.url, code: 'GOOD-CODE-1' })
    await ada.online()
    for (let index = 0; index < 200; index++) await observe(ada, `call-${index}`)
    await ada.ask('backup.make', {})
    await ada.app.close()
    scratch(ada)
    expect(existsSync(path.join(ada.folder, 'app.db'))).toBe(true)
    await ada.start()
    await vi.waitFor(
      async () => expect(await ada.ask('backup.get', {})).toMatchObject({ check: 'ok', recovered: { asideName: aside(ada)[0] } }),
      20_000,
    )
    expect(await known(ada, 'call-7')).toBe(true)
    await ada.online()
  })

  test('not closed last time: it is looked at at once', async () => {
    const ada = await desktop({ backupFirst: 3_600_000 })
    await ada.app.close()
    writeFileSync(path.join(ada.folder, 'app.open'), '')
    await ada.start()
    await vi.waitFor(async () => expect(await ada.ask('backup.get', {})).toMatchObject({ check: 'ok' }), 15_000)
    await ada.app.close()
    expect(existsSync(path.join(ada.folder, 'app.open'))).toBe(false)
    await ada.start()
    expect((await ada.ask('backup.get', {})).check).toBe('unknown')
  })

  test('a full folder of broken files does not grow', async () => {
    const ada = await desktop()
    for (let round = 0; round < 4; round++) {
      await ada.app.close()
      writeFileSync(path.join(ada.folder, 'app.db'), 'rubbish'.repeat(1000))
      await new Promise((resolve) => setTimeout(resolve, 1100)) // their names are by the second
      await ada.start()
    }
    expect(aside(ada)).toHaveLength(2)
    expect(statSync(path.join(ada.folder, aside(ada)[1] ?? '')).size).toBe(7000)
  })
})
