import { expect, test } from 'vitest'
import { priceOfCall } from '../../../sandbox/twilio/engine/pricing.ts'
import type { SandboxCall } from '../../../sandbox/twilio/engine-port.ts'

const call = (over: Partial<SandboxCall>): SandboxCall => ({
  sid: `CA${'1'.repeat(32)}`,
  parentCallSid: null,
  accountSid: `AC${'1'.repeat(32)}`,
  from: '+14155550142',
  to: '+14155550100',
  phoneNumberSid: null,
  direction: 'inbound',
  status: 'completed',
  forwardedFrom: null,
  createdAt: 0,
  updatedAt: 0,
  startedAt: 0,
  answeredAt: 0,
  endedAt: 61_000,
  priceAt: 0,
  price: null,
  queueTimeMs: 0,
  ...over,
})

test.each<[string, Partial<SandboxCall>, string | null]>([
  ['an incoming call to a local number', {}, '-0.01700'],
  ['to a toll-free one', { to: '+18002345678' }, '-0.04400'],
  ['to a British one', { to: '+442079460018' }, '-0.02000'],
  ['an outgoing call', { direction: 'outbound-dial', to: '+14155550142' }, '-0.02800'],
  ['to a British mobile', { direction: 'outbound-api', to: '+447451234567' }, '-0.06100'],
  ['to a country without a price', { direction: 'outbound-dial', to: '+999123456789' }, '-0.02800'],
  ['to a Device', { direction: 'outbound-dial', to: 'client:u1_d1' }, '-0.00800'],
  ['that nobody answered', { answeredAt: null }, null],
])('%s: two started minutes cost what Pricing says', (_, over, price) => {
  expect(priceOfCall(call(over))).toBe(price)
})
