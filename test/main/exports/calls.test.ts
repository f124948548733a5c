import { readdirSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { BridgeArgs } from '../../../contract/desktop.ts'
import { Desktop } from '../kit/desktop.ts'
import { startFakeRelay, type FakeRelay } from '../kit/fake-relay.ts'
import { callFacts, callRecord } from '../kit/history.ts'
import { fetchMedia, until } from '../media/media-relay.ts'
import { readCsv } from './kit.ts'

// Through the bridge, of a real store: what the lists find is what the file holds.
let relay: FakeRelay
let desktop: Desktop
beforeAll(async () => {
  relay = await startFakeRelay()
  desktop = await new Desktop().start()
  await desktop.ask('session.enroll', { relayUrl: relay.url, code: 'GOOD-CODE-1' })
  await desktop.online()
  for (let i = 0; i < 250; i++) {
    const callId = `c${String(i).padStart(3, '0')}`
    const party = i === 7 ? '+442071838750' : '+14155552671'
    const startedAt = new Date(Date.UTC(2026, 10, 1) + i * 60_000).toISOString()
    const facts = callFacts({ callId, direction: i % 2 ? 'incoming' : 'outgoing', party, startedAt, cost: '0.0140' })
    relay.push({ type: 'call.facts', payload: { callId, facts } })
  }
  relay.push({ type: 'record.changed', payload: callRecord('tags', 'c007', 'c007', { tags: ['lead'] }) })
  const note = { text: '=cmd|calc; called about the boiler', recordingSid: null, atSeconds: null }
  relay.push({ type: 'record.changed', payload: callRecord('note', 'n1', 'c007', note) })
  await until(async () => (await desktop.ask('calls.search', { text: 'boiler', limit: 5 })).hits.length === 1)
})
afterAll(async () => {
  await desktop.end()
  await relay.stop()
})

let last = 0
async function exported(args: Omit<BridgeArgs<'calls.export'>, 'exportId'>): Promise<string> {
  const exportId = `x${(last += 1)}`
  await desktop.ask('calls.export', { exportId, ...args })
  const progress = () =>
    desktop.events.findLast(({ event, payload }) => event === 'calls.exported' && payload.exportId === exportId)?.payload as
      { state: string; url: string | null } | undefined
  await expect.poll(() => progress()?.state, { timeout: 30_000 }).toBe('done')
  const saved = await fetchMedia(desktop, progress()?.url ?? '')
  expect(saved.headers.get('content-disposition')).toMatch(/^attachment; filename="calls-/)
  const text = (await saved.bytes()).toString()
  expect((await fetchMedia(desktop, progress()?.url ?? '')).status).toBe(404)
  return text
}

test('all calls as CSV, the newest first', async () => {
  const [header = [], ...rows] = readCsv(await exported({ format: 'csv', filter: {} }))
  expect(rows.map((row) => row[header.indexOf('Call')])).toEqual(
    Array.from({ length: 250 }, (_, index) => `c${String(249 - index).padStart(3, '0')}`),
  )
  const tagged = rows.find((row) => row[0] === 'c007') ?? []
  const cell = (name: string) => tagged[header.indexOf(name)]
  expect([cell('Direction'), cell('Party'), cell('Party formatted'), cell('Tags')]).toEqual([
    'Incoming',
    '+442071838750',
    '020 7183 8750',
    'lead',
  ])
  expect(cell('Notes')).toContain('called about the boiler')
  expect([cell('Cost'), cell('Currency'), cell('Cost is')]).toEqual(['0.014', 'USD', 'so far'])
  expect(readdirSync(path.join(desktop.folder, 'exports'))).toEqual([])
})

test('what a filter and a text find as JSON', async () => {
  const outgoing = JSON.parse(await exported({ format: 'json', filter: { directions: ['outgoing'] } })) as { direction: string }[]
  expect(outgoing).toHaveLength(125)
  expect(outgoing.every(({ direction }) => direction === 'outgoing')).toBe(true)
  const found = JSON.parse(await exported({ format: 'json', filter: {}, text: 'boiler' })) as { callId: string; notes: object[] }[]
  expect(found).toMatchObject([{ callId: 'c007', notes: [{ noteId: 'n1' }] }])
  expect(JSON.parse(await exported({ format: 'json', filter: { tags: ['nobody has it'] } }))).toEqual([])
})

test('signing out leaves no file', async () => {
  await desktop.ask('calls.export', { exportId: 'left', format: 'csv', filter: {} })
  await expect
    .poll(
      () =>
        desktop.events.some(({ event, payload }) => event === 'calls.exported' && payload.exportId === 'left' && payload.state === 'done'),
      {
        timeout: 30_000,
      },
    )
    .toBe(true)
  await desktop.ask('session.signOut', {})
  await expect.poll(() => readdirSync(path.join(desktop.folder, 'exports')), { timeout: 20_000 }).toEqual([])
})
