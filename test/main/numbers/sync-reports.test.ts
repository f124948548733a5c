import { afterEach, beforeEach, expect, test } from 'vitest'
import type { NumberChange } from '../../../contract/number-relay.ts'
import type { SessionRecord } from '../../../main/link/session-record.ts'
import { createReports } from '../../../main/numbers/sync-reports.ts'
import type { Store } from '../../../main/store/store.ts'
import { testPorts } from '../kit/memory-ports.ts'
import { AT, LATER, openReplica, phoneOf, remoteOf, sidOf, toldOf, type OpenReplica } from './sync-kit.ts'

let at: OpenReplica
beforeEach(() => (at = openReplica()))
const ends: (() => void)[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end()
  at.close()
})

const asked = (commands: object) =>
  new Proxy(commands, {
    get:
      (of, name) =>
      (...args: unknown[]) =>
        Promise.resolve((Reflect.get(of, name) as (...given: unknown[]) => unknown)(...args)),
  })

/** A relay that answers when it is let. */
function reports(role: 'manager' | 'staff' = 'manager', tellAgain = 60_000) {
  const told: NumberChange[][] = []
  const gate = { hold: undefined as Promise<void> | undefined, isAway: false, code: undefined as string | undefined }
  const closing = new AbortController()
  ends.push(() => closing.abort())
  const { log, lines } = testPorts()
  const tell = createReports({
    session: { record: () => ({ user: { userId: 'ada', name: 'Ada', role } }) as SessionRecord },
    store: { reader: asked(at.reader), replica: asked(at.replica) } as Pick<Store, 'reader' | 'replica'>,
    log,
    timings: { tellAgain },
    signal: closing.signal,
    relay: {
      async changes(changes) {
        told.push([...changes])
        await gate.hold
        if (gate.isAway) throw new Error('away')
        const { code } = gate
        return changes.map(({ phoneNumber }) => ({
          phoneNumber,
          ...(code ? { status: 'refused' as const, code } : { status: 'applied' as const }),
        }))
      },
    },
  })
  return { tell, told, gate, lines }
}

beforeEach(() => {
  at.tell(toldOf(1))
  at.apply(at.plan([remoteOf(1)]))
})
const removed: NumberChange = { phoneNumber: phoneOf(1), action: 'number.removed', hasLeft: true }

test('a word is told once it can be, and then no more', async () => {
  at.apply(at.plan([]), 'u2')
  const { tell, told, gate } = reports()
  gate.isAway = true
  expect(await tell()).toBe(false)
  gate.isAway = false
  expect(await tell()).toBe(true)
  expect(await tell()).toBe(true)
  expect(told).toEqual([[removed], [removed]])
  expect(at.reader.numberReports()).toEqual([])
})

test('a word written while another is being told is told after it, to who asked', async () => {
  at.apply(at.plan([]), 'u2')
  const { tell, told, gate } = reports()
  const open = Promise.withResolvers<void>()
  gate.hold = open.promise
  const first = tell()
  await expect.poll(() => told.length, { timeout: 20_000 }).toBe(1)
  at.replica.undoPlan('u2')
  const second = tell()
  open.resolve()
  expect(await Promise.all([first, second])).toEqual([true, true])
  expect(told.flat().map(({ action }) => action)).toEqual(['number.removed', 'number.returned'])
  expect(at.reader.numberReports()).toEqual([])
})

test('what an undo brings back is told whole: its owners, and its hold as it was', async () => {
  const hold = { until: LATER, message: 'We are moving.', at: AT, byUserId: 'ada' }
  at.tell(toldOf(1, { hold, defaultFor: ['ada'] }))
  at.apply(at.plan([]), 'u2')
  at.tell(toldOf(1, { leftAt: LATER }, { isActive: false, userIds: [] })) // the relay heard of it
  at.replica.undoPlan('u2')
  expect(at.reader.someNumbers([phoneOf(1)])[0]?.relay?.details).toMatchObject({ hold, leftAt: null })
  const { tell, told } = reports()
  await tell()
  const patch = { isActive: true, userIds: ['ada'], defaultFor: ['ada'] }
  const { until, message } = hold
  expect(told).toEqual([
    [{ phoneNumber: phoneOf(1), action: 'number.returned', isUndo: true, sid: sidOf(1), patch, hold: { until, message } }],
  ])
})

test.each([
  ['the relay knows already', () => at.tell(toldOf(1, { leftAt: LATER }, { isActive: false, userIds: [] }))],
  ['it was bought again by another manager', () => at.tell(toldOf(1, {}, { sid: sidOf(1, 2) }))],
  ['Twilio lists it after all', () => at.replica.upsertRemote([remoteOf(1)], AT)],
])('a word that no longer holds is dropped: %s', async (_why, happens) => {
  at.apply(at.plan([]), 'u2')
  happens()
  const { tell, told } = reports()
  expect(await tell()).toBe(true)
  expect(told).toEqual([])
  expect(at.reader.numberReports()).toEqual([])
})

test.each(['twilio-unreachable', 'twilio-busy', 'twilio-failed', 'account-wrong'])(
  'a relay that could not ask Twilio (%s) is told again by itself',
  async (code) => {
    at.apply(at.plan([]), 'u2')
    const { tell, told, gate } = reports('manager', 20)
    gate.code = code
    expect(await tell()).toBe(false)
    expect(at.reader.numberReports()).toEqual([removed])
    gate.code = undefined
    await expect.poll(() => at.reader.numberReports(), { timeout: 20_000 }).toEqual([])
    expect(told.length).toBeGreaterThan(1)
  },
)

test('a relay that was away is told again by itself', async () => {
  at.apply(at.plan([]), 'u2')
  const { tell, gate } = reports('manager', 20)
  gate.isAway = true
  expect(await tell()).toBe(false)
  gate.isAway = false
  await expect.poll(() => at.reader.numberReports(), { timeout: 20_000 }).toEqual([])
})

test('a word that Twilio contradicts is dropped', async () => {
  at.apply(at.plan([]), 'u2')
  const { tell, told, gate } = reports()
  gate.code = 'conflict'
  expect(await tell()).toBe(true)
  expect(told).toEqual([[removed]])
  expect(at.reader.numberReports()).toEqual([])
})

test('a released number is told as that', async () => {
  at.replica.markGone([phoneOf(1)], LATER, 'number.released')
  const { tell, told } = reports()
  await tell()
  expect(told).toEqual([[{ ...removed, action: 'number.released' }]])
})

test('staff tell nothing', async () => {
  at.apply(at.plan([]), 'u2')
  const { tell, told } = reports('staff')
  expect(await tell()).toBe(true)
  expect(told).toEqual([])
})
