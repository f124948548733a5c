import { expect, test } from 'vitest'
import { createRandom } from '../../sandbox/twilio/account/random.ts'
import { switchesOf, type Switches } from '../../sandbox/twilio/switches.ts'
import { HOSTILE_SEEDS } from '../e2e/kit/profiles.ts'

// The journeys run under few seeds: together they must draw every variant that Twilio might show (RULES R34).
const variants: { [Name in keyof Switches]?: Switches[Name][] } = {
  idempotencyToken: ['retries', 'never'],
  customParams: ['override', 'ignore', 'duplicate'],
  registeredTwice: ['reject-cancels-all', 'others-ring'],
  unregisteredClient: ['at-once', 'after-timeout'],
  losers: ['canceled', 'no-answer'],
  redirectOrder: ['action-first', 'url-first'],
}

test.each(Object.entries(variants))('the journeys’ hostile seeds draw every variant of %s', (name, values) => {
  const drawn = HOSTILE_SEEDS.map((seed) => switchesOf('hostile', createRandom(seed))[name as keyof Switches])
  expect(new Set(drawn)).toEqual(new Set<unknown>(values))
})

test('the hostile profile has the limits that strike now and then', () => {
  const hostile = switchesOf('hostile', createRandom(1))
  expect(hostile.tooManyRequests).toBeGreaterThan(0)
  expect(hostile.concurrencyLimit).toBeGreaterThan(0)
  expect(hostile.ghostRegistrationMs).toBe(60_000)
  expect([hostile.mediaRedirect, hostile.mediaRange]).toEqual([true, false])
})
