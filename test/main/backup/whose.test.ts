import { cpSync, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { ExportProgress } from '../../../contract/history.ts'
import { closeCodes } from '../../../contract/frames.ts'
import { Desktop } from '../kit/desktop.ts'
import { incomingFacts } from '../kit/facts.ts'
import { startFakeRelay, type FakeRelay } from '../kit/fake-relay.ts'

// A copy holds what one person might see at one time: it is theirs alone, and goes when they may see less.

let relay: FakeRelay
let ada: Desktop
beforeEach(async () => {
  relay = await startFakeRelay()
  roleIs('manager')
  relay.state.rows['calls'] = [{ callId: 'secret', facts: incomingFacts() }]
  ada = await new Desktop().start()
  await ada.ask('session.enroll', { relayUrl: relay.url, code: 'GOOD-CODE-1' })
  await ada.online()
})
afterEach(async () => {
  await ada.end()
  await relay.stop()
})

const roleIs = (role: 'staff' | 'manager') => (relay.state.rows['users'] = [{ userId: 'ada', name: 'Ada', role, isActive: true }])
const patiently = <T>(check: () => T | Promise<T>): Promise<T> => vi.waitFor(check, 20_000)
const known = async (callId: string) => (await ada.app.request('calls.timeline', { callId })).ok
const traces = () => readdirSync(ada.folder).filter((name) => name === 'backups' || /^app-broken|^recovered/.test(name))
const copies = () => path.join(ada.folder, 'backups')
const kept = () => path.join(ada.folder, 'elsewhere')
const putBack = () => cpSync(kept(), copies(), { recursive: true })
/** A copy, kept elsewhere too: whatever removes the one must not be the only guard. Returns its id. */
async function copy(): Promise<string> {
  const [made] = (await ada.ask('backup.make', {})).backups
  cpSync(copies(), kept(), { recursive: true })
  return made?.backupId ?? ''
}
/** The relay says that Ada is staff now, and shows her nothing. */
async function demote(): Promise<void> {
  roleIs('staff')
  relay.state.rows['calls'] = []
  const { length } = relay.state.hellos
  relay.push({ type: 'access.changed', payload: { userId: 'ada' } })
  relay.closeAll(closeCodes.accessChanged)
  await patiently(() => expect(relay.state.hellos.length).toBeGreaterThan(length)) // after the snapshot
  expect(await known('secret')).toBe(false)
}
async function exported(exportId: string): Promise<ExportProgress> {
  await ada.ask('calls.export', { exportId, format: 'csv', filter: {} })
  return patiently(async () => {
    const progress = await ada.ask('calls.export', { exportId, format: 'csv', filter: {} })
    expect(progress.state).toBe('done')
    return progress
  })
}

test('who signs out leaves no copy, nothing that was put aside, and no word of either', async () => {
  await copy()
  for (const name of ['app-broken-20261121T100000Z.db', 'app-broken-20261121T100000Z.db-wal', 'recovered.json'])
    writeFileSync(path.join(ada.folder, name), 'of Ada')
  await ada.ask('session.signOut', {})
  await patiently(() => expect(traces()).toEqual([]))
  await patiently(async () => expect(await known('secret')).toBe(false))
  expect(await ada.ask('backup.get', {})).toMatchObject({ backups: [], recovered: null })
})

test('of another person a copy is neither restored nor taken for a broken history', async () => {
  const backupId = await copy()
  await ada.ask('session.signOut', {})
  await ada.app.close() // what goes with the person has gone
  putBack()
  await ada.start()
  expect(await ada.fails('backup.restore', { backupId })).toMatchObject({ code: 'forbidden' })
  expect(await known('secret')).toBe(false)
  await ada.app.close()
  writeFileSync(path.join(ada.folder, 'app.db'), 'rubbish'.repeat(5000))
  await ada.start()
  expect((await ada.ask('backup.get', {})).recovered).toMatchObject({ from: null })
  expect(await known('secret')).toBe(false)
  expect((await ada.ask('backup.make', {})).backups.map((one) => one.backupId)).not.toContain(backupId)
})

test('who may see less has no copy from before, also while the relay is away; a new one is as good as any', async () => {
  const backupId = await copy()
  await demote()
  expect(existsSync(copies())).toBe(false)
  await relay.stop()
  expect(await ada.fails('backup.restore', { backupId })).toMatchObject({ code: 'not-found' })
  putBack()
  expect(await ada.fails('backup.restore', { backupId })).toMatchObject({ code: 'forbidden' })
  expect(await known('secret')).toBe(false)
  rmSync(copies(), { recursive: true })
  const [fresh] = (await ada.ask('backup.make', {})).backups
  expect((await ada.ask('backup.restore', { backupId: fresh?.backupId ?? '' })).failure).toBeNull()
})

test('exports of who may see less are gone, and their addresses good for nothing', async () => {
  const { url } = await exported('e1')
  await demote()
  await patiently(() => expect(readdirSync(path.join(ada.folder, 'exports'))).toEqual([]))
  expect((await ada.app.media(new Request(`http://page.invalid${url}`))).status).toBe(404)
  expect((await exported('e2')).done).toBe(0)
})
