import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { healthNames, type HealthCheck } from '../../../contract/number-desktop.ts'
import type { NumberSettings } from '../../../contract/number.ts'
import { healthLevel, healthOf, type HealthInput } from '../../../main/numbers/health.ts'
import { healthy, settingsOf, usageOf } from './kit.ts'

const now = new Date('2026-11-21T10:00:00.000Z')
const find = (input: HealthInput, name: HealthCheck['name']) => healthOf(input, now).find((one) => one.name === name)!
const hold = { until: '2026-11-28T10:00:00.000Z', message: null, at: '2026-11-21T10:00:00.000Z', byUserId: 'ada' }
const remote = (over: Partial<NonNullable<HealthInput['remote']>>, settings: Partial<NumberSettings> = {}) =>
  healthy({ remote: { addressRequirements: 'none', emergencyAddressStatus: 'unregistered', settings: settingsOf(settings), ...over } })
const approved = { status: 'twilio-approved', validUntil: null }
const withBundle = (status: string, validUntil: string | null = null) =>
  healthy({ needsBundle: true, bundle: { status, validUntil } }, { bundleSid: 'BU1' })

test('a number with which nothing is wrong has every check, each good, with the time of its evidence and nothing to fix', () => {
  const checks = healthOf(healthy(), now)
  expect(checks.map(({ name }) => name)).toEqual([...healthNames])
  expect(checks.filter(({ level, at, fix }) => level !== 'good' || at === null || fix !== null)).toEqual([])
  expect(healthLevel(checks)).toEqual({ health: 'good', troubles: [] })
})

test('a number that left is not checked', () => {
  const checks = healthOf(healthy({ leftAt: '2026-11-01T00:00:00.000Z' }), now)
  expect(checks).toEqual([])
  expect(healthLevel(checks)).toEqual({ health: 'unknown', troubles: [] })
})

const cases: [string, HealthInput, HealthCheck['name'], HealthCheck['level'], HealthCheck['fix'], object][] = [
  [
    'another host',
    healthy({}, { voiceUrl: 'https://ai.example/in' }),
    'points-here',
    'bad',
    'connect',
    { is: 'ai.example', expected: 'relay.example', differs: 'host' },
  ],
  ['another path', healthy({}, { voiceUrl: 'https://relay.example/old' }), 'points-here', 'bad', 'connect', { differs: 'path' }],
  [
    'other overrides',
    healthy({}, { voiceUrl: 'https://relay.example/api/twilio/twiml' }),
    'points-here',
    'warning',
    'connect',
    { differs: 'overrides' },
  ],
  ['no voice URL', healthy({}, { voiceUrl: '' }), 'points-here', 'bad', 'connect', { is: '', differs: 'unset' }],
  ['what is no URL', healthy({}, { voiceUrl: 'nonsense' }), 'points-here', 'bad', 'connect', { is: 'nonsense', differs: 'host' }],
  [
    'an application before the URLs',
    healthy({}, { voiceApplicationSid: 'AP1' }),
    'points-here',
    'bad',
    'connect',
    { is: 'AP1', differs: 'application' },
  ],
  ['a trunk before the URLs', healthy({}, { trunkSid: 'TK1' }), 'points-here', 'bad', 'connect', { is: 'TK1', differs: 'trunk' }],
  ['a fax', healthy({}, { voiceReceiveMode: 'fax' }), 'points-here', 'bad', 'connect', { differs: 'fax' }],
  ['asked by GET', healthy({}, { voiceMethod: 'GET' }), 'points-here', 'bad', 'connect', { differs: 'method' }],
  ['nobody asked the relay', healthy({ wiring: null }), 'points-here', 'unknown', null, {}],
  ['no fallback', healthy({}, { voiceFallbackUrl: '' }), 'fallback', 'warning', 'connect', { is: '', expected: 'relay.example' }],
  ['a foreign fallback', healthy({}, { voiceFallbackUrl: 'https://x.example' }), 'fallback', 'warning', 'connect', { is: 'x.example' }],
  ['no owner', healthy({ userIds: [] }), 'owner', 'warning', 'assign', { owners: 0 }],
  ['no owner, inactive', healthy({ userIds: [], isActive: false }), 'owner', 'good', null, { isActive: false }],
  ['no owner, parked', healthy({ userIds: [], hold }), 'owner', 'good', null, { isHeld: true }],
  [
    'never used',
    healthy({ usage: usageOf({ lastUsedAt: null, calls30: 0 }) }),
    'used',
    'warning',
    'assign',
    { lastUsedAt: null, days: 324 },
  ],
  [
    'never used, but new',
    healthy({ since: '2026-11-20T10:00:00.000Z', usage: usageOf({ lastUsedAt: null }) }),
    'used',
    'unknown',
    null,
    { days: 1, since: '2026-11-20T10:00:00.000Z' },
  ],
  [
    'never used, too young to be waste',
    healthy({ since: '2026-11-01T10:00:00.000Z', usage: usageOf({ lastUsedAt: null }) }),
    'paid-unused',
    'unknown',
    null,
    { days: 20, since: '2026-11-01T10:00:00.000Z' },
  ],
  ['no call was heard yet', healthy({ usage: usageOf({ lastUsedAt: null }) }), 'webhooks', 'unknown', null, { unheard7: 0 }],
  [
    'never used, and nobody knows since when it is ours',
    healthy({ since: null, usage: usageOf({ lastUsedAt: null, calls30: 0 }) }),
    'used',
    'unknown',
    null,
    { lastUsedAt: null, days: null },
  ],
  ['usage unknown', healthy({ usage: null, usageAt: null }), 'used', 'unknown', null, {}],
  [
    'unused for 60 days',
    healthy({ usage: usageOf({ lastUsedAt: '2026-09-22T10:00:00.000Z' }) }),
    'paid-unused',
    'warning',
    'hold',
    { days: 60, limit: 60, monthly: '1.15', currency: 'USD' },
  ],
  [
    'unused for 59 days',
    healthy({ usage: usageOf({ lastUsedAt: '2026-09-23T10:00:00.000Z' }) }),
    'paid-unused',
    'good',
    null,
    { days: 59 },
  ],
  [
    'never used since it came',
    healthy({ usage: usageOf({ lastUsedAt: null }), monthly: null }),
    'paid-unused',
    'warning',
    'hold',
    { days: 324, monthly: null },
  ],
  ['unused, parked already', healthy({ hold, usage: usageOf({ lastUsedAt: null }) }), 'paid-unused', 'warning', null, {}],
  [
    'unused since nobody knows when',
    healthy({ since: null, usage: usageOf({ lastUsedAt: null }) }),
    'paid-unused',
    'unknown',
    null,
    { days: null },
  ],
  ['an address is wanted', remote({ addressRequirements: 'local' }), 'papers', 'bad', 'papers', { address: 'local', addressSid: '' }],
  ['the address is there', remote({ addressRequirements: 'any' }, { addressSid: 'AD1' }), 'papers', 'good', null, { addressSid: 'AD1' }],
  [
    'the bundle has the address',
    { ...remote({ addressRequirements: 'any' }, { bundleSid: 'BU1' }), bundle: approved },
    'papers',
    'good',
    null,
    { bundleSid: 'BU1' },
  ],
  ['a bundle is wanted', healthy({ needsBundle: true }), 'papers', 'bad', 'papers', { needsBundle: true, bundleSid: '' }],
  [
    'nobody knows whether a bundle is wanted',
    healthy({ needsBundle: null }),
    'papers',
    'unknown',
    null,
    { needsBundle: null, bundleSid: '' },
  ],
  [
    'whether or not, a bundle is there',
    healthy({ needsBundle: null, bundle: approved }, { bundleSid: 'BU1' }),
    'papers',
    'good',
    null,
    { bundleSid: 'BU1', problem: '', bundleStatus: 'twilio-approved' },
  ],
  ['how the bundle stands is not known', healthy({}, { bundleSid: 'BU1' }), 'papers', 'unknown', null, { bundleSid: 'BU1', problem: '' }],
  ['the bundle is approved for now', withBundle('provisionally-approved'), 'papers', 'good', null, { problem: '' }],
  ['the bundle is a draft', withBundle('draft'), 'papers', 'bad', 'bundle', { problem: 'draft', bundleStatus: 'draft' }],
  ['the bundle waits for review', withBundle('pending-review'), 'papers', 'warning', 'bundle', { problem: 'review' }],
  ['the bundle is in review', withBundle('in-review'), 'papers', 'warning', 'bundle', { problem: 'review' }],
  ['the bundle is rejected', withBundle('twilio-rejected'), 'papers', 'bad', 'bundle', { problem: 'rejected' }],
  ['the bundle is not at Twilio', withBundle('gone'), 'papers', 'bad', 'bundle', { problem: 'gone' }],
  [
    'a state of bundles that is new',
    withBundle('twilio-paused'),
    'papers',
    'unknown',
    null,
    { problem: 'status', bundleStatus: 'twilio-paused' },
  ],
  ['the bundle ran out', withBundle('twilio-approved', '2026-11-21T09:59:59.000Z'), 'papers', 'bad', 'bundle', { problem: 'expired' }],
  [
    'the bundle runs out soon',
    withBundle('twilio-approved', '2026-12-20T00:00:00.000Z'),
    'papers',
    'warning',
    'bundle',
    { problem: 'expires' },
  ],
  [
    'the bundle is good for long',
    withBundle('twilio-approved', '2027-06-01T00:00:00.000Z'),
    'papers',
    'good',
    null,
    { problem: '', validUntil: '2027-06-01T00:00:00.000Z' },
  ],
  ['no Twilio account here', healthy({ remote: null, remoteAt: null }), 'papers', 'unknown', null, {}],
  [
    'registered',
    remote({ emergencyAddressStatus: 'registered' }, { emergencyAddressSid: 'AD1' }),
    'emergency-address',
    'good',
    null,
    { status: 'registered' },
  ],
  [
    'refused',
    remote({ emergencyAddressStatus: 'registration-failure' }, { emergencyAddressSid: 'AD1' }),
    'emergency-address',
    'bad',
    'papers',
    {},
  ],
  ['not registered', remote({}, { emergencyAddressSid: 'AD1' }), 'emergency-address', 'bad', 'papers', {}],
  [
    'being registered',
    remote({ emergencyAddressStatus: 'pending-registration' }, { emergencyAddressSid: 'AD1' }),
    'emergency-address',
    'unknown',
    null,
    {},
  ],
  ['Twilio does not say', remote({ emergencyAddressStatus: '' }, { emergencyAddressSid: 'AD1' }), 'emergency-address', 'unknown', null, {}],
  [
    'emergency calls without an address',
    remote({}, { emergencyStatus: 'Active' }),
    'emergency-address',
    'warning',
    'papers',
    { emergencyStatus: 'Active' },
  ],
  ['calls we did not hear', healthy({ usage: usageOf({ unheard7: 2 }) }), 'webhooks', 'bad', 'check-relay', { unheard7: 2 }],
  [
    'calls we did not hear, callbacks elsewhere',
    healthy({ usage: usageOf({ unheard7: 2 }) }, { statusCallback: '' }),
    'webhooks',
    'bad',
    'connect',
    { isDeaf: true },
  ],
  ['callbacks elsewhere', healthy({}, { statusCallback: 'https://x.example' }), 'webhooks', 'warning', 'connect', { isDeaf: true }],
  [
    'the fallback was asked',
    healthy({ usage: usageOf({ fallbackAt: '2026-11-15T10:00:00.000Z' }) }),
    'webhooks',
    'warning',
    'check-relay',
    { fallbackAt: '2026-11-15T10:00:00.000Z' },
  ],
  [
    'the fallback was asked long ago',
    healthy({ usage: usageOf({ fallbackAt: '2026-11-14T10:00:00.000Z' }) }),
    'webhooks',
    'good',
    null,
    {},
  ],
  [
    'drift',
    healthy({}, { voiceUrl: 'https://x.example', friendlyName: 'Mine' }),
    'drift',
    'warning',
    'restore',
    { count: 2, keys: 'friendlyName, voiceUrl' },
  ],
  ['no baseline', healthy({ guard: null }), 'drift', 'unknown', null, {}],
]
describe('each check', () => {
  test.each(cases)('%s', (_, input, name, level, fix, evidence) => {
    expect(find(input, name)).toMatchObject({ level, fix, evidence })
  })
})

test('the newer look at Twilio counts: the relay may have seen later what this desktop listed earlier', () => {
  const seen = settingsOf({ voiceUrl: 'https://ai.example/in' })
  const later = healthy({ guard: { baseline: settingsOf(), seen, seenAt: '2026-11-21T09:59:00.000Z' } })
  expect(find(later, 'points-here')).toMatchObject({ level: 'bad', at: '2026-11-21T09:59:00.000Z' })
  const earlier = healthy({ guard: { baseline: settingsOf(), seen, seenAt: '2026-11-21T08:59:00.000Z' } })
  expect(find(earlier, 'points-here')).toMatchObject({ level: 'good', at: '2026-11-21T09:00:00.000Z' })
})

describe('a list lags behind the number itself', () => {
  const seen = settingsOf({ voiceUrl: 'https://ai.example/in' })
  const guard = (seenAt: string, baselineAt = '2026-11-01T09:00:00.000Z') => ({ baseline: settingsOf(), baselineAt, seen, seenAt })
  const asked = '2026-11-21T09:00:00.000Z'
  const listed = { remoteAskedAt: undefined }
  const looks: [string, Partial<HealthInput>, 'desktop' | 'relay'][] = [
    ['the relay listed a moment after we wrote', { remoteAskedAt: asked, guard: guard('2026-11-21T09:00:09.000Z') }, 'desktop'],
    ['… and long after it', { remoteAskedAt: asked, guard: guard('2026-11-21T09:00:16.000Z') }, 'relay'],
    ['both listed, the relay later', { ...listed, guard: guard('2026-11-21T09:00:09.000Z') }, 'relay'],
    ['both listed, we later', { ...listed, guard: guard('2026-11-21T08:59:59.000Z') }, 'desktop'],
    ['another manager wrote, we listed a moment later', { guard: guard('2026-11-21T08:59:51.000Z', '2026-11-21T08:59:51.000Z') }, 'relay'],
    ['… and long after it', { guard: guard('2026-11-21T08:59:44.000Z', '2026-11-21T08:59:44.000Z') }, 'desktop'],
    [
      'we wrote, then listed, then the relay listed',
      { remoteAt: '2026-11-21T09:00:03.000Z', remoteAskedAt: asked, guard: guard('2026-11-21T09:00:09.000Z') },
      'desktop',
    ],
  ]
  test.each(looks)('%s', (_, over, whose) => {
    expect(find(healthy(over), 'points-here').level).toBe(whose === 'relay' ? 'bad' : 'good')
  })
})

test('the worst known check decides; `unknown` is said only while nothing is known to be wrong', () => {
  const level = fc.constantFrom<HealthCheck['level']>('good', 'warning', 'bad', 'unknown')
  const all = fc.tuple(
    ...healthNames.map((name) => level.map((one): HealthCheck => ({ name, level: one, evidence: {}, at: null, fix: null }))),
  )
  fc.assert(
    fc.property(all, (checks) => {
      const has = (one: HealthCheck['level']) => checks.some((check) => check.level === one)
      const unknown = checks[0]?.level === 'unknown' ? 'unknown' : 'good'
      expect(healthLevel(checks)).toEqual({
        health: has('bad') ? 'bad' : has('warning') ? 'warning' : unknown,
        troubles: checks.filter((check) => check.level === 'bad' || check.level === 'warning').map(({ name }) => name),
      })
    }),
  )
})

const maybe = <T>(value: T) => fc.constantFrom(value, null)

const isWrong = ({ level, at, fix }: HealthCheck) =>
  (level !== 'unknown' && at === null) || (level === 'bad' && fix === null) || ((level === 'good' || level === 'unknown') && fix !== null)

test('whatever is unknown: nothing is good or wrong without a time, every bad check has a fix, nothing else has one', () => {
  const base = healthy({}, { voiceUrl: '', voiceFallbackUrl: '', statusCallback: '' })
  const input = fc.record({
    remote: maybe(base.remote),
    guard: maybe(base.guard),
    wiring: maybe(base.wiring),
    usage: maybe(base.usage),
    since: maybe(base.since),
    monthly: maybe(base.monthly),
    needsBundle: fc.constantFrom(true, false, null),
    bundle: fc.constantFrom(
      null,
      ...['draft', 'in-review', 'twilio-approved', 'gone', 'other'].map((status) => ({ status, validUntil: null })),
    ),
    hold: maybe(hold),
  })
  fc.assert(
    fc.property(input, (over) => {
      const checks = healthOf({ ...base, ...over }, now)
      expect(checks.filter(isWrong)).toEqual([])
      expect(checks[0]?.level === 'unknown').toBe(!over.wiring || (!over.remote && !over.guard))
    }),
  )
})
