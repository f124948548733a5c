import { describe, expect, test } from 'vitest'
import type { NumberType } from '../../../contract/number.ts'
import { kindOf, ownedNumber, type ViewContext } from '../../../main/numbers/view.ts'
import type { KeptNumber } from '../../../main/store/number-rows.ts'
import { usageOf, wiring } from './kit.ts'
import { AT, LATER, phoneOf, remoteOf, sidOf, toldOf } from './sync-kit.ts'

const context: ViewContext = {
  now: new Date(LATER),
  countryOf: (phoneNumber) => (phoneNumber.startsWith('+1') ? 'US' : null),
  wiring,
  usageAt: LATER,
  monthly: (country, type) => (country === 'US' && type === 'local' ? { amount: '1.15', currency: 'USD' } : null),
  needsBundle: (country) => (country === 'US' ? false : null),
  bundle: () => null,
}
const kept = (over: Partial<KeptNumber> = {}): KeptNumber => ({
  phoneNumber: phoneOf(1),
  relay: toldOf(1),
  remote: { sid: sidOf(1), number: remoteOf(1), firstSeenAt: AT, seenAt: LATER, missingSince: null, goneAt: null },
  usage: usageOf({ phoneNumber: phoneOf(1), perDay: [1, 2] }),
  guard: null,
  ...over,
})
const remote = (over: Partial<NonNullable<KeptNumber['remote']>>) => ({ remote: { ...kept().remote!, ...over } })
const hold = { until: LATER, message: null, at: AT, byUserId: 'ada' }

describe('a row', () => {
  test('joins the relay’s word, Twilio’s, and what was counted', () => {
    expect(ownedNumber(kept({ relay: toldOf(1, { tags: ['vip'], notes: 'n', isRecorded: true, defaultFor: ['ada'] }) }), context)).toEqual({
      phoneNumber: phoneOf(1),
      sid: sidOf(1),
      name: 'Line 1',
      state: 'active',
      country: 'US',
      type: 'local',
      place: null,
      capabilities: { voice: true, sms: true, mms: false, fax: false },
      userIds: ['ada'],
      defaultFor: ['ada'],
      ringMode: 'simultaneous',
      isRecorded: true,
      inactiveMessage: null,
      notes: 'n',
      tags: ['vip'],
      hold: null,
      origin: null,
      since: '2026-01-01T00:00:00.000Z',
      lastUsedAt: '2026-11-20T10:00:00.000Z',
      calls30: 3,
      talkSeconds30: 120,
      perDay: [1, 2],
      monthly: { amount: '1.15', currency: 'USD' },
      health: 'good',
      troubles: [],
    })
  })

  test('of a number that the relay does not know yet is named as at Twilio', () => {
    expect(ownedNumber(kept({ relay: null, usage: null }), context)).toMatchObject({
      name: 'Number 1',
      state: 'active',
      userIds: [],
      calls30: 0,
      perDay: [],
      lastUsedAt: null,
    })
  })

  test('of a number never seen at Twilio from here says unknown, not good', () => {
    const only = ownedNumber(kept({ remote: null }), { ...context, wiring: null })
    expect(only).toMatchObject({ sid: sidOf(1), capabilities: null, type: null, since: null, monthly: null, health: 'unknown' })
  })

  test.each([
    ['active', {}],
    ['inactive', { relay: toldOf(1, {}, { isActive: false }) }],
    ['held', { relay: toldOf(1, { hold }) }],
    ['held', { relay: toldOf(1, { hold }, { isActive: false }) }],
    ['missing', remote({ missingSince: AT })],
    ['held', { relay: toldOf(1, { hold }), ...remote({ missingSince: AT }) }],
    ['left', { relay: toldOf(1, { leftAt: AT }) }],
    ['left', remote({ goneAt: AT })],
    ['left', { relay: toldOf(1, { leftAt: AT, hold }) }],
  ] as const)('is %s with %j', (state, over) => {
    expect(ownedNumber(kept(over), context).state).toBe(state)
  })

  test.each([
    ['today’s price', {}, '1.15'],
    ['what was agreed to, where Twilio names no price', { type: 'mobile' as NumberType }, '3.00'],
  ])('costs %s', (_what, over, amount) => {
    const monthly = { amount: '3.00', currency: 'USD' }
    const origin = { at: AT, byUserId: 'ada', intentId: 'i', monthly, place: 'Reno, NV', type: 'local' as const }
    const number = kept({ relay: toldOf(1, { origin }), ...remote({ number: remoteOf(1, over) }) })
    expect(ownedNumber(number, context)).toMatchObject({ monthly: { amount, currency: 'USD' }, place: 'Reno, NV' })
  })

  test('costs nothing once it has left, and has no troubles', () => {
    expect(ownedNumber(kept(remote({ goneAt: AT })), context)).toMatchObject({ monthly: null, troubles: [] })
  })

  test('takes its type from the purchase where Twilio does not say it', () => {
    const origin = { at: AT, byUserId: null, intentId: null, monthly: null, place: null, type: 'toll-free' as const }
    const number = kept({ relay: toldOf(1, { origin }), ...remote({ number: remoteOf(1, { type: null }) }) })
    expect(kindOf(number, context)).toEqual({ country: 'US', type: 'toll-free' })
  })
})
