import { afterEach, expect, test, vi } from 'vitest'
import type { BackfillState } from '../../../contract/history.ts'
import type { Desktop } from '../kit/desktop.ts'
import { startWorkspace, type Workspace } from '../kit/workspace.ts'

let workspace: Workspace
afterEach(() => workspace.close())

const DAY = 86_400_000
const daysAgo = (days: number) => new Date(Date.now() - days * DAY).toISOString()
const told = (desktop: Desktop): BackfillState[] =>
  desktop.events.flatMap((event) => (event.event === 'history.backfillChanged' ? [event.payload] : []))
const countOf = async (desktop: Desktop) => (await desktop.ask('calls.count', { filter: {}, most: 10_000 })).count
const soon = (check: () => Promise<void> | void) => vi.waitFor(check, { timeout: 30_000, interval: 50 })

test('a manager has older calls read; everybody gets their own, with cost and recordings, and nothing twice', async () => {
  workspace = await startWorkspace({}, { RELAY_BACKFILL_PACE_MS: '0' })
  workspace.sandbox.account.calls.clear()
  const ada = await workspace.desktop('Ada', 'manager', { withAccount: false })
  const sam = await workspace.desktop('Sam', 'staff', { withAccount: false })
  const { identity } = await sam.ask('voice.token', { renew: false })
  await workspace.control('/history', { calls: 60, days: 40, recordings: 30, clients: [identity, 'u0_d0'] })
  expect(await ada.ask('history.backfill', { action: 'get' })).toMatchObject({ state: 'none', calls: 0 })
  expect(await ada.ask('history.backfill', { action: 'start', from: daysAgo(50) })).toMatchObject({ state: 'running' })
  await soon(() => expect(told(ada).at(-1)).toMatchObject({ state: 'done', calls: 60, recordings: 30 }))
  await soon(async () => expect(await countOf(ada)).toBe(60))
  // Half of them were Sam's; the numbers are assigned to nobody.
  await soon(async () => expect(await countOf(sam)).toBe(30))
  const { calls } = await ada.ask('calls.page', { limit: 60 })
  expect(calls.every((call) => call.legs.length === 2 && call.cost?.isFinal !== false)).toBe(true)
  expect(new Set(calls.map((call) => call.outcome))).toEqual(new Set(['answered', 'missed', 'voicemail', 'not-reached']))
  expect(calls.flatMap((call) => call.recordings)).toHaveLength(30)
  // What nobody would look for any more does not come up today.
  const inbox = await ada.ask('missed.list', { limit: 100, includeClosed: true })
  const old = inbox.entries.filter(({ call }) => call.startedAt < daysAgo(30))
  expect(old.length).toBeGreaterThan(0)
  expect(new Set(old.map(({ call }) => call.missed?.state))).toEqual(new Set(['closed']))
  expect(inbox.entries.some(({ call }) => call.startedAt > daysAgo(30) && call.missed?.state === 'open')).toBe(true)
  const { voicemails } = await ada.ask('voicemail.list', { limit: 100 })
  expect(voicemails.map((one) => one.isRead)).toEqual(voicemails.map((one) => one.callStartedAt < daysAgo(30)))
  expect(new Set(voicemails.map((one) => one.isRead)).size).toBe(2)
  expect(told(sam)).toEqual([])
  expect((await sam.fails('history.backfill', { action: 'get' })).code).toBe('forbidden')
  expect((await sam.fails('history.backfill', { action: 'start', from: daysAgo(50) })).code).toBe('forbidden')
  await ada.ask('history.backfill', { action: 'start', from: daysAgo(50) })
  await soon(() => expect(told(ada).at(-1)).toMatchObject({ state: 'done', calls: 60, news: 0 }))
  expect(await countOf(ada)).toBe(60)
})

test('it can be stopped, and says what it will not do', async () => {
  workspace = await startWorkspace({}, { RELAY_BACKFILL_PACE_MS: '60000' })
  const ada = await workspace.desktop('Ada', 'manager', { withAccount: false })
  const from = daysAgo(500)
  await ada.ask('history.backfill', { action: 'start', from })
  expect((await ada.fails('history.backfill', { action: 'start', from: daysAgo(20) })).code).toBe('conflict')
  expect(await ada.ask('history.backfill', { action: 'stop' })).toMatchObject({ state: 'stopped' })
  expect(await ada.ask('history.backfill', { action: 'get' })).toMatchObject({ state: 'stopped', calls: 0 })
  await soon(() => expect(told(ada).map((one) => one.state)).toEqual(['running', 'stopped']))
  for (const wrong of ['yesterday', daysAgo(-2)])
    expect((await ada.fails('history.backfill', { action: 'start', from: wrong })).code).toBe('bad-request')
  await workspace.stopRelay()
  expect((await ada.fails('history.backfill', { action: 'get' })).code).toBe('relay-unreachable')
  await workspace.startRelay()
})
