import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { NumberUsage } from '../../../contract/number-relay.ts'
import type { SessionRecord } from '../../../main/link/session-record.ts'
import { createNumberViews } from '../../../main/numbers/list.ts'
import { createRelayFacts } from '../../../main/numbers/relay-facts.ts'
import type { Store } from '../../../main/store/store.ts'
import { testPorts } from '../kit/memory-ports.ts'
import { settingsOf, usageOf, wiring } from './kit.ts'
import { PATIENCE } from './manage-kit.ts'
import { AT, openReplica, phoneOf, remoteOf, sidOf, toldOf, type OpenReplica } from './sync-kit.ts'

let at: OpenReplica
beforeEach(() => (at = openReplica()))
afterEach(() => at.close())

/** The replica's commands as the threads of the store show them. */
const asked = (commands: object) =>
  new Proxy(commands, {
    get:
      (of, name) =>
      (...args: unknown[]) =>
        Promise.resolve((Reflect.get(of, name) as (...given: unknown[]) => unknown)(...args)),
  })
const storeOf = ({ reader, replica }: OpenReplica) =>
  ({ reader: asked(reader), replica: asked(replica) }) as Pick<Store, 'reader' | 'replica'>
const sessionOf = (role: 'manager' | 'staff') => ({ record: () => ({ user: { userId: 'ada', name: 'Ada', role } }) as SessionRecord })
const ports = () => testPorts()

function factsOf(over: { usage?: () => Promise<{ at: string; rows: NumberUsage[] }>; role?: 'manager' | 'staff' } = {}) {
  const { clock, log, lines } = ports()
  const asks = { usage: 0, guard: 0 }
  const told: (string[] | null)[] = []
  const rows = { usage: [usageOf({ phoneNumber: phoneOf(1) })] }
  const facts = createRelayFacts({
    session: sessionOf(over.role ?? 'manager'),
    store: storeOf(at),
    clock,
    log,
    timings: { usageFresh: 60_000, usageAfterCalls: 10, guardFresh: 60_000 },
    onNumbers: (phoneNumbers) => told.push(phoneNumbers),
    relay: {
      usage: () => {
        asks.usage++
        return over.usage?.() ?? Promise.resolve({ at: clock.now().toISOString(), rows: rows.usage })
      },
      guard: () => {
        asks.guard++
        const row = { phoneNumber: phoneOf(1), sid: sidOf(1), baseline: settingsOf(), baselineAt: AT, seen: settingsOf(), seenAt: AT }
        return Promise.resolve({ wiring, listedAt: AT, rows: [row] })
      },
    },
  })
  return { facts, asks, told, rows, lines }
}

test('a page brings counts and guarded settings once, not again while they are fresh, and tells what is different', async () => {
  const { facts, asks, told } = factsOf()
  await facts.opened()
  await vi.waitFor(() => expect(told).toHaveLength(2), PATIENCE)
  await facts.opened()
  await facts.close()
  expect(asks).toEqual({ usage: 1, guard: 1 })
  expect(told).toEqual([[phoneOf(1)], [phoneOf(1)]])
  expect(at.reader.numberState()).toMatchObject({ wiring, guardAt: expect.any(String) as string, usageAt: expect.any(String) as string })
})

test('staff bring counts alone', async () => {
  const { facts, asks } = factsOf({ role: 'staff' })
  await facts.opened()
  await facts.close()
  expect(asks).toEqual({ usage: 1, guard: 0 })
})

test('many calls ask once; before anybody looked at numbers, none does; what is as it was is not told', async () => {
  const { facts, asks, told, rows } = factsOf()
  facts.callsChanged()
  await new Promise((resolve) => setTimeout(resolve, 60)) // that nothing happens can only be waited for
  expect(asks.usage).toBe(0)
  await facts.brought()
  expect(asks.usage).toBe(1)
  for (let call = 0; call < 20; call++) facts.callsChanged()
  await vi.waitFor(() => expect(asks.usage).toBe(2), PATIENCE)
  rows.usage = [usageOf({ phoneNumber: phoneOf(1), calls30: 9 })]
  facts.callsChanged()
  await vi.waitFor(() => expect(told).toHaveLength(2), PATIENCE)
  await facts.close()
  facts.callsChanged()
  expect(told).toEqual([[phoneOf(1)], [phoneOf(1)]])
})

test('a relay that does not answer leaves what is there, with a line', async () => {
  at.replica.putUsage({ at: AT, rows: [usageOf({ phoneNumber: phoneOf(1) })] })
  const { facts, lines } = factsOf({ usage: () => Promise.reject(new Error('away')) })
  await facts.brought()
  await facts.close()
  expect(lines).toMatchObject([{ level: 'info', what: 'usage', error: 'Error: away' }])
  expect(at.reader.numberState().usageAt).toBe(AT)
})

const usage = (index: number, calls30: number) => usageOf({ phoneNumber: phoneOf(index), calls30 })

test('the relay’s whole answer replaces what was kept, and says which numbers differ', () => {
  expect(at.replica.putUsage({ at: AT, rows: [usage(1, 1), usage(2, 2), usage(3, 3)] }).toSorted()).toEqual([1, 2, 3].map(phoneOf))
  expect(at.replica.putUsage({ at: AT, rows: [usage(1, 1), usage(2, 9)] }).toSorted()).toEqual([2, 3].map(phoneOf))
  at.replica.upsertRemote([remoteOf(1), remoteOf(3)], AT)
  const [one, three] = at.reader.someNumbers([phoneOf(1), phoneOf(3)])
  expect([one?.usage, three?.usage]).toEqual([usage(1, 1), null])
})

const known = () => Promise.resolve(undefined)
const notAsked = () => Promise.reject(new Error('not asked'))

test('a manager who has become staff sees their own numbers alone as soon as the relay has said so', async () => {
  const { clock, log } = ports()
  const views = createNumberViews({
    session: sessionOf('manager'),
    store: storeOf(at),
    accounts: { isSet: () => false },
    prices: { known, ofCountry: notAsked },
    rules: { known, ofKind: notAsked, knownBundle: known, ofBundle: notAsked },
    clock,
    log,
    onNumbers: vi.fn<() => void>(),
  })
  at.tell(toldOf(1), toldOf(2, {}, { userIds: ['sam'] }))
  at.replica.upsertRemote([remoteOf(1), remoteOf(2)], AT)
  expect((await views.list({ limit: 10 })).numbers.map((one) => one.phoneNumber)).toEqual([phoneOf(1), phoneOf(2)])
  at.replica.apply('e1', 'ada', [
    { seq: 99, at: AT, name: 'user.changed', payload: { userId: 'ada', name: 'Ada', role: 'staff', isActive: true } },
  ])
  expect((await views.list({ limit: 10 })).numbers).toMatchObject([{ phoneNumber: phoneOf(1), capabilities: null }])
  await expect(views.one(phoneOf(2))).rejects.toMatchObject({ code: 'not-found' })
  expect((await views.one(phoneOf(1))).owned.phoneNumber).toBe(phoneOf(1))
})
