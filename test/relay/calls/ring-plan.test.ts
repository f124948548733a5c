import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { DeviceRow, Presence } from '../../../relay/ports.ts'
import { planRing, type RingInput } from '../../../relay/calls/ring-plan.ts'

const deviceOf = (userId: string, n = 1): DeviceRow => ({
  deviceId: `${userId}${n}`,
  userId,
  name: 'Desk',
  identity: `u${userId}_d${userId}${n}`,
  publicKey: 'key',
  enrolledAt: '2026-01-01T00:00:00.000Z',
  isRevoked: false,
})
const userOf = (userId: string, devices = 1) => ({
  userId,
  devices: Array.from({ length: devices }, (_, n) => deviceOf(userId, n + 1)),
})
/** Devices that say they are not registered, the others unknown. */
const presenceOf = (away: readonly string[] = []): Presence => ({
  isConnected: (deviceId) => away.includes(deviceId),
  pongAgeMs: (deviceId) => (away.includes(deviceId) ? 100 : Infinity),
  claim: (deviceId) => (away.includes(deviceId) ? { registered: false, microphone: 'granted' } : undefined),
})
const plan = (changes: Partial<RingInput>) =>
  planRing({ mode: 'sequential', users: [], presence: presenceOf(), elapsedSeconds: 0, ringSeconds: 25, ...changes })
const rungIn = ({ rung }: ReturnType<typeof planRing>) => rung.map(({ device }) => device.deviceId).toSorted()

describe('how long each of n users rings', () => {
  test.each([
    [1, 25, 30],
    [2, 22, 54],
    [3, 13, 54],
    [4, 8, 52],
    [5, 6, 55],
    [6, 6, 55],
    [50, 6, 55],
  ])('%i: %i s, %i s altogether', (n, ringSeconds, totalSeconds) => {
    expect(plan({ users: Array.from({ length: n }, (_, index) => userOf(`u${index}`)) })).toMatchObject({ ringSeconds, totalSeconds })
  })
})

describe('sequential', () => {
  const users = [userOf('a', 2), userOf('b'), userOf('c')]
  test('all devices of the first ring together, nobody else', () => {
    expect(rungIn(plan({ users }))).toEqual(['a1', 'a2'])
  })
  test('time that an early decline left is given to the next ones', () => {
    expect(plan({ users: users.slice(1), elapsedSeconds: 3 })).toMatchObject({ ringSeconds: 21, totalSeconds: 55 })
  })
  test('without time for a turn each the rest ring together; without any nobody does', () => {
    expect(rungIn(plan({ users: users.slice(1), elapsedSeconds: 40 }))).toEqual(['b1', 'c1'])
    expect(plan({ users: users.slice(1), elapsedSeconds: 46 })).toMatchObject({ rung: [], ringSeconds: 0 })
  })
  test('who is known to be away gets no turn and is named; all away, all get one', () => {
    const away = plan({ users, presence: presenceOf(['a1', 'a2']) })
    expect([rungIn(away), away.skipped.map(({ device }) => device.deviceId).toSorted()]).toEqual([['b1'], ['a1', 'a2']])
    expect(rungIn(plan({ users, presence: presenceOf(['a1', 'a2', 'b1', 'c1']) }))).toEqual(['a1', 'a2'])
  })
  test('a device that is away is named at its user’s turn', () => {
    const presence = presenceOf(['b1'])
    const two = [userOf('a'), userOf('b', 2)]
    expect(plan({ users: two, presence }).skipped).toEqual([])
    expect(plan({ users: two.slice(1), presence }).skipped).toMatchObject([{ device: { deviceId: 'b1' } }])
  })
  test('who has no device is named and takes no time', () => {
    const some = plan({ users: [{ userId: 'x', devices: [] }, userOf('b')] })
    expect(some).toMatchObject({ without: ['x'], ringSeconds: 25 })
    expect(rungIn(some)).toEqual(['b1'])
  })
})

test('simultaneous: everybody at once, ten devices at most', () => {
  const users = Array.from({ length: 6 }, (_, index) => userOf(`u${index}`, 2))
  const all = plan({ mode: 'simultaneous', users })
  expect([all.rung.length, all.skipped.length, all.ringSeconds, all.totalSeconds]).toEqual([10, 2, 25, 30])
})

test('played to the end: 55 s at most, everybody rung once and in order, ten at once at most, no turn under 5 s', () => {
  const people = fc.array(fc.record({ devices: fc.nat(12), isAway: fc.boolean() }), { minLength: 1, maxLength: 12 })
  fc.assert(
    fc.property(
      people,
      fc.integer({ min: 5, max: 50 }),
      fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 12, maxLength: 12 }),
      (given, ringSeconds, early) => {
        const users = given.map(({ devices }, index) => userOf(String.fromCharCode(97 + index), devices))
        const presence = presenceOf(users.flatMap(({ devices }, index) => (given[index]?.isAway ? devices.map((one) => one.deviceId) : [])))
        const turns: string[][] = []
        let [rest, elapsedSeconds] = [users, 0]
        for (let step = 0; rest.length > 0; step++) {
          const now = planRing({ mode: 'sequential', users: rest, presence, elapsedSeconds, ringSeconds })
          const named = [...now.rung, ...now.skipped].map(({ device }) => device.userId)
          if (now.rung.length === 0) break
          expect(now.ringSeconds).toBeGreaterThanOrEqual(5)
          expect(now.ringSeconds).toBeLessThanOrEqual(ringSeconds)
          expect(now.rung.length).toBeLessThanOrEqual(10)
          expect(now.totalSeconds).toBeLessThanOrEqual(55)
          turns.push([...new Set(now.rung.map(({ device }) => device.userId))])
          elapsedSeconds += Math.max(0, now.ringSeconds + 5 - (early[step] ?? 0))
          rest = rest.filter(({ userId }) => !named.includes(userId) && !now.without.includes(userId))
        }
        expect(elapsedSeconds).toBeLessThanOrEqual(55)
        const order = turns.slice(0, -1).flat()
        expect(order).toEqual(order.toSorted())
        expect(new Set(turns.flat()).size).toBe(turns.flat().length)
        expect(turns.length > 0).toBe(users.some(({ devices }) => devices.length > 0))
      },
    ),
  )
})
