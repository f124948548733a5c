import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { DueHolds } from '../../../contract/number-requests.ts'
import type { SessionRecord } from '../../../main/link/session-record.ts'
import { createDueHolds, dueAt } from '../../../main/numbers/due.ts'
import type { Desktop } from '../kit/desktop.ts'
import { testPorts } from '../kit/memory-ports.ts'
import { MAIN, PATIENCE, startManaged, SUPPORT, type Managed } from './manage-kit.ts'
import { AT, openReplica, phoneOf, toldOf } from './sync-kit.ts'

vi.setConfig({ testTimeout: 60_000 })
const NOW = Date.parse(AT)
const inMs = (ms: number) => new Date(NOW + ms).toISOString()

describe('which holds are over', () => {
  const cases: [string, string[], ReturnType<typeof dueAt>][] = [
    ['none', [], { count: 0, latest: null, nextMs: null }],
    ['one that ends later', [inMs(5)], { count: 0, latest: null, nextMs: 5 }],
    ['one that ends now', [inMs(0)], { count: 1, latest: inMs(0), nextMs: null }],
    ['some', [inMs(9), inMs(-5), inMs(3), inMs(-1)], { count: 2, latest: inMs(-1), nextMs: 3 }],
    ['an end that is no time', ['soon', inMs(-1)], { count: 1, latest: inMs(-1), nextMs: null }],
  ]
  test.each(cases)('%s', (_, ends, due) => expect(dueAt(ends, NOW)).toEqual(due))

  test('each is over or comes, and the next is the first to come', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1000, max: 1000 })), (offsets) => {
        const { count, nextMs } = dueAt(
          offsets.map((ms) => inMs(ms)),
          NOW,
        )
        const coming = offsets.filter((ms) => ms > 0)
        expect(count + coming.length).toBe(offsets.length)
        expect(nextMs).toBe(coming.length === 0 ? null : Math.min(...coming))
      }),
    )
  })
})

const hold = (ms: number) => ({ hold: { until: new Date(Date.now() + ms).toISOString(), message: null, at: AT, byUserId: 'ada' } })
function watch(role: 'manager' | 'staff' = 'manager') {
  const at = openReplica()
  const told: DueHolds[] = []
  const { clock, log } = testPorts()
  const reader = {
    holdEnds: () => Promise.resolve(at.reader.holdEnds()),
    roleOf: (userId: string) => Promise.resolve(at.reader.roleOf(userId)),
  }
  const session = { record: () => ({ user: { userId: 'ada', name: 'Ada', role } }) as SessionRecord }
  return { ...at, told, due: createDueHolds({ session, store: { reader }, clock, log, onDue: (due) => told.push(due) }) }
}

describe('the watch', () => {
  test('tells when the time comes, and when somebody has decided; not what is as it was', async () => {
    const { tell, due, told, close } = watch()
    tell(toldOf(1, hold(300)), toldOf(2, hold(86_400_000)), toldOf(3))
    due.again()
    await vi.waitFor(() => expect(told).toMatchObject([{ count: 1 }]), PATIENCE)
    due.again()
    expect(await due.get()).toMatchObject({ count: 1 })
    tell(toldOf(1))
    due.again()
    await vi.waitFor(() => expect(told.slice(1)).toEqual([{ count: 0, latest: null }]), PATIENCE)
    await due.close()
    close()
  })

  test('numbers that left are nobody’s to decide of, and staff are asked nothing', async () => {
    const left = watch()
    left.tell(toldOf(1, { ...hold(-1), leftAt: AT }), toldOf(2, hold(-1)))
    left.replica.markGone([phoneOf(2)], AT, 'number.removed')
    expect(await left.due.get()).toEqual({ count: 0, latest: null })
    const staff = watch('staff')
    staff.tell(toldOf(1, hold(-1)))
    expect(await staff.due.get()).toEqual({ count: 0, latest: null })
    for (const one of [left, staff]) {
      await one.due.close()
      one.close()
    }
  })
})

describe('over the bridge', () => {
  let at: Managed
  let ada: Desktop
  beforeAll(async () => {
    at = await startManaged()
    ada = at.ada
  }, 60_000)
  afterAll(() => at.close())

  test('a hold that is over is told without a page of numbers, until somebody has decided', async () => {
    const counts = () => ada.events.flatMap(({ event, payload }) => (event === 'numbers.dueChanged' ? [payload.count] : []))
    // As if it had been held a day ago, all but two seconds: what a hold's days are counted from is taken at once.
    ada.ports.skewMs -= 86_400_000 - 2000
    const held = ada.ask('numbers.hold', { phoneNumbers: [MAIN, SUPPORT], days: 1, message: null })
    ada.ports.skewMs += 86_400_000 - 2000
    expect((await held).results.every(({ ok }) => ok)).toBe(true)
    await vi.waitFor(() => expect(counts().at(-1)).toBe(2), PATIENCE)
    expect(await ada.ask('numbers.due', {})).toMatchObject({ count: 2 })
    await ada.ask('numbers.unhold', { phoneNumbers: [MAIN] })
    await vi.waitFor(() => expect(counts().at(-1)).toBe(1), PATIENCE)
  })
})
