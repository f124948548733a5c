import type { PurchaseReply } from '../../../../contract/number-relay.ts'
import type { Purchase } from '../../../../contract/number.ts'
import type { PurchaseRow } from '../../../../main/store/purchase-table.ts'

export const AT = '2026-11-21T10:00:00.000Z'
export const NUMBER = '+14155550123'
export const SID = `PN${'1'.repeat(32)}`

export const purchaseOf = (over: Partial<Purchase> = {}): Purchase => ({
  intentId: 'i1',
  phoneNumber: NUMBER,
  country: 'US',
  type: 'local',
  place: null,
  monthly: { amount: '1.15', currency: 'USD' },
  state: 'intended',
  byUserId: 'ada',
  buyerUserId: 'ada',
  assignTo: [],
  name: null,
  note: null,
  sid: null,
  failureCode: null,
  twilioCode: null,
  isCharged: false,
  at: AT,
  updatedAt: AT,
  ...over,
})

export const rowOf = (over: Partial<Purchase> = {}, rest: Partial<PurchaseRow> = {}): PurchaseRow => ({
  purchase: purchaseOf(over),
  workspaceId: 'w1',
  accountSid: `AC${'1'.repeat(32)}`,
  areaCode: null,
  tried: [],
  burned: 0,
  addressSid: null,
  bundleSid: null,
  identitySid: null,
  withoutRelay: false,
  isKnown: false,
  reported: null,
  wasLost: false,
  looks: 0,
  lookingSince: null,
  ...rest,
})

export const replyOf = (over: Partial<Purchase> = {}, isHolder = true): PurchaseReply => ({
  purchase: purchaseOf({ state: 'leased', ...over }),
  isHolder,
  leaseUntil: '2026-11-21T10:05:00.000Z',
})
