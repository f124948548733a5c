import { expect, test } from 'vitest'
import type { AppStatus } from '../../../contract/desktop.ts'
import { problemOf } from '../../../renderer/shell/availability-of.ts'

const now = Date.parse('2026-11-21T09:00:00Z')
const view = { power: 'on', registered: true, microphone: 'granted' } as const
const status: AppStatus = {
  registered: true,
  registeredSince: null,
  relay: 'online',
  relaySeenAt: '2026-11-21T08:59:55.000Z',
  microphone: 'granted',
  outbox: 0,
  version: '1',
}

test.each([
  [null, {}, {}],
  ['off', { power: 'waiting', registered: false }, {}],
  ['elsewhere', { power: 'elsewhere', registered: false }, {}],
  ['turning-on', { power: 'turning-on', registered: false }, {}],
  ['not-registered', { registered: false }, {}],
  ['not-registered', { registered: false, microphone: 'denied' }, { relay: 'offline' }],
  ['microphone-denied', { microphone: 'denied' }, { relay: 'offline' }],
  ['microphone-missing', { microphone: 'missing' }, {}],
  ['relay-offline', {}, { relay: 'offline' }],
  ['relay-refused', {}, { relay: 'refused' }],
  ['relay-connecting', {}, { relay: 'connecting' }],
  [null, {}, { relaySeenAt: '2026-11-21T08:59:37.500Z' }],
  ['stale', {}, { relaySeenAt: '2026-11-21T08:59:37.499Z' }],
] as const)('%s', (problem, viewChange, statusChange) => {
  expect(problemOf({ ...view, ...viewChange }, { ...status, ...statusChange }, now)).toBe(problem)
})

test('nothing heard of the relay yet is not available', () => expect(problemOf(view, null, now)).toBe('relay-connecting'))
