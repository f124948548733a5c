import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Desktop } from '../kit/desktop.ts'
import { startFakeRelay, type FakeRelay } from '../kit/fake-relay.ts'
import { outgoingFacts } from '../kit/facts.ts'

let relay: FakeRelay
let desktop: Desktop
beforeEach(async () => {
  relay = await startFakeRelay()
  desktop = await new Desktop().start()
  await desktop.ask('session.enroll', { relayUrl: relay.url, code: 'GOOD-CODE-1' })
  await desktop.online()
})
afterEach(async () => {
  await desktop.end()
  await relay.stop()
})
const observe = (callId: string) => desktop.ask('calls.observe', { callId, facts: outgoingFacts() })
const applied = () => relay.state.applied.flatMap((command) => ('callId' in command ? [command.callId] : []))
const waiting = async () => (await desktop.ask('app.status', {})).outbox
/** What ten minutes are told from, ms: a slow machine is off by seconds. */
const NEAR = 120_000
const eventually = <T>(check: () => T | Promise<T>) => vi.waitFor(check, 5000)

test('commands made while the relay is away survive a restart and arrive in order, before the log is followed', async () => {
  await relay.stop()
  for (const id of ['c1', 'c2', 'c3']) await observe(id)
  expect(await waiting()).toBe(3)
  await desktop.restart()
  expect(await waiting()).toBe(3)
  const hellos = relay.state.hellos.length
  relay.state.requests.length = 0
  await relay.start()
  await eventually(() => expect(applied()).toEqual(['c1', 'c2', 'c3']))
  await desktop.online()
  expect(await waiting()).toBe(0)
  expect(relay.state.hellos).toHaveLength(hellos + 1)
})

test('a lost answer sends the same commands again, with the same ids: applied once', async () => {
  relay.state.lose.set('/api/commands', 3)
  await observe('c1')
  await eventually(async () => expect(await waiting()).toBe(0))
  expect(relay.state.commandBatches.length).toBeGreaterThan(3)
  expect(new Set(relay.state.commandBatches.flat()).size).toBe(1)
  expect(applied()).toEqual(['c1'])
})

test('a refused one is dropped with a line in the log, and those behind it go on', async () => {
  relay.state.refusedCallIds.add('bad')
  await Promise.all(['c1', 'bad', 'c2'].map(observe))
  await eventually(async () => expect(await waiting()).toBe(0))
  expect(new Set(applied())).toEqual(new Set(['c1', 'c2']))
  expect(desktop.ports.lines).toContainEqual(expect.objectContaining({ level: 'error', name: 'call.observe', failure: 'not-found' }))
})

test('one the relay cannot read does not block the others for ever', async () => {
  relay.state.refuse.set('/api/commands', 'bad-request')
  await observe('c1')
  await eventually(async () => expect(await waiting()).toBe(0))
  relay.state.refuse.clear()
  await observe('c2')
  await eventually(() => expect(applied()).toEqual(['c2']))
})

test('a relay that fails inside is tried again until it works, while the link stays up', async () => {
  relay.state.refuse.set('/api/commands', 'internal')
  await observe('c1')
  expect(await waiting()).toBe(1)
  relay.state.refuse.clear()
  await eventually(() => expect(applied()).toEqual(['c1']))
  expect((await desktop.ask('app.status', {})).relay).toBe('online')
})

test('many at once arrive in the order in which they were accepted', async () => {
  const ids = Array.from({ length: 120 }, (_, index) => `c${index}`)
  for (const id of ids) await desktop.ask('calls.declineEverywhere', { callId: id })
  await eventually(() => expect(applied()).toEqual(ids))
})

test('what was observed by a clock ten minutes ahead is kept and sent in the relay’s time', async () => {
  desktop.ports.skewMs = 600_000
  relay.closeAll(1001) // the welcome that follows says what time it is
  await eventually(() => expect(relay.state.hellos).toHaveLength(2))
  await desktop.online()
  const seenAt = new Date().toISOString()
  const wrong = new Date(Date.now() + 600_000).toISOString()
  const facts = outgoingFacts(wrong).map((one) => ({ ...one, at: wrong }))
  await desktop.ask('calls.observe', { callId: 'c1', facts })
  const offBy = (at: unknown) => Math.abs(Date.parse(String(at)) - Date.parse(seenAt))
  expect(offBy((await desktop.ask('calls.get', { callId: 'c1' })).startedAt)).toBeLessThan(NEAR)
  await eventually(() => expect(applied()).toEqual(['c1']))
  const sent = relay.state.applied.flatMap((command) => ('facts' in command ? command.facts : []))
  expect(sent.map(({ at }) => offBy(at) < NEAR)).toEqual([true, true, true])
  expect(offBy(sent.find(({ field }) => field === 'startedAt')?.value)).toBeLessThan(NEAR)
  expect(sent.find(({ field }) => field === 'to')?.value).toBe('+15005550102')
})

test.each([
  ['another source', { source: 'webhook' as const }],
  ['where a call was merged into', { field: 'mergedInto', value: 'other' }],
  ['a price', { subject: 'leg:l1', field: 'price', value: '-1.00' }],
  ['a field nobody knows', { field: 'nonsense', value: 'x' }],
  ['an instant that is none', { field: 'startedAt', value: 'yesterday' }],
  ['an instant of learning that is none', { at: 'now' }],
])('a page cannot say %s', async (_what, part) => {
  const facts = outgoingFacts()
  expect((await desktop.fails('calls.observe', { callId: 'c1', facts: [...facts, { ...facts[1], ...part }] })).code).toBe('bad-request')
  expect(await waiting()).toBe(0)
  expect((await desktop.fails('calls.get', { callId: 'c1' })).code).toBe('not-found')
})
