import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FailureError } from '../../../contract/failure.ts'
import { isPurchaseOver, purchaseStates, type Purchase, type PurchaseState } from '../../../contract/number.ts'
import type { PurchaseProgressBody } from '../../../contract/number-relay.ts'
import { mayFollow, progressed, type Asker, type LeasedPurchase } from '../../../relay/numbers/purchase-rules.ts'

const at = '2026-11-21T10:00:00.000Z'
const SID = `PN${'7'.repeat(32)}`
const purchase: Purchase = {
  intentId: 'i1',
  phoneNumber: '+14155550177',
  country: 'US',
  type: 'local',
  place: null,
  monthly: { amount: '1.15', currency: 'USD' },
  state: 'leased',
  byUserId: 'ada',
  buyerUserId: 'ada',
  assignTo: [],
  name: null,
  note: null,
  sid: null,
  failureCode: null,
  twilioCode: null,
  isCharged: false,
  at,
  updatedAt: at,
}
const ada: Asker = { userId: 'ada', deviceId: 'd1', isManager: true, at: '2026-11-21T10:01:00.000Z' }
const sam: Asker = { ...ada, userId: 'sam', deviceId: 'd2', isManager: false }
const leased = (changes: Partial<Purchase> = {}, deviceId = 'd1'): LeasedPurchase => ({
  purchase: { ...purchase, ...changes },
  lease: { deviceId, until: '2026-11-21T10:05:00.000Z' },
})
const codeOf = (work: () => unknown) => {
  try {
    work()
    return undefined
  } catch (error) {
    return error instanceof FailureError ? error.code : String(error)
  }
}

const next: Record<PurchaseState, PurchaseState[]> = {
  requested: ['refused', 'cancelled'],
  intended: ['leased', 'buying', 'looking', 'bought', 'configured', 'done', 'failed', 'cancelled'],
  leased: ['buying', 'looking', 'bought', 'configured', 'done', 'failed', 'cancelled'],
  buying: ['looking', 'bought', 'configured', 'done', 'failed'],
  looking: ['bought', 'configured', 'done', 'failed'],
  bought: ['configured', 'done', 'failed'],
  configured: ['done', 'failed'],
  done: [],
  failed: [],
  cancelled: [],
  refused: [],
}
test.each(purchaseStates)('what may follow %s', (from) => {
  expect(purchaseStates.filter((to) => mayFollow(from, to)).toSorted()).toEqual(next[from].toSorted())
})

describe('whether money was spent', () => {
  test.each<[PurchaseState, Partial<PurchaseProgressBody>, boolean | null]>([
    ['buying', {}, null],
    ['looking', {}, null],
    ['bought', { sid: SID }, true],
    ['done', { sid: SID }, true],
    ['cancelled', {}, false],
    ['failed', {}, false],
    ['failed', { isCharged: null }, null],
    ['failed', { isCharged: true }, true],
  ])('%s %j: %s', (state, more, expected) => {
    expect(progressed(leased(), { state, ...more }, ada).isCharged).toBe(expected)
  })

  test('a failure that does not say so leaves it unknown once it was being bought', () => {
    const buying = progressed(leased(), { state: 'buying' }, ada)
    expect(progressed({ ...leased(), purchase: buying }, { state: 'failed' }, ada).isCharged).toBeNull()
  })
})

test.each<[string, LeasedPurchase, PurchaseProgressBody, Asker, string]>([
  ['bought without a SID', leased(), { state: 'bought' }, ada, 'bad-request'],
  ['another SID', leased({ state: 'bought', sid: SID }), { state: 'configured', sid: `PN${'8'.repeat(32)}` }, ada, 'conflict'],
  ['under the lease of another device', leased({}, 'd9'), { state: 'buying' }, ada, 'conflict'],
  ['by staff', leased({ byUserId: 'sam' }), { state: 'buying' }, sam, 'forbidden'],
  ['by staff who did not ask for it', leased({ state: 'requested' }), { state: 'cancelled' }, sam, 'not-found'],
  ['taken back while a manager buys it', leased({ byUserId: 'sam' }), { state: 'cancelled' }, sam, 'conflict'],
  ['a request that nobody approved', { purchase: { ...purchase, state: 'requested' }, lease: null }, { state: 'buying' }, ada, 'conflict'],
])('refused: %s', (_name, known, report, asker, code) => {
  expect(codeOf(() => progressed(known, report, asker))).toBe(code)
})

test('after the lease whoever comes may tell how it went on', () => {
  const late = { ...ada, deviceId: 'd9', at: '2026-11-21T10:05:00.000Z' }
  expect(progressed(leased(), { state: 'buying' }, late).state).toBe('buying')
})

const report = fc.record(
  {
    state: fc.constantFrom(...purchaseStates),
    sid: fc.constantFrom(SID, `PN${'8'.repeat(32)}`),
    failureCode: fc.constantFrom('number-taken', 'twilio-failed'),
    twilioCode: fc.constantFrom(21422, 20003),
    isCharged: fc.constantFrom(true, false, null),
  },
  { requiredKeys: ['state'] },
)
/** What is wrong with what a report made of an intent. */
function objections(before: Purchase, after: Purchase, one: PurchaseProgressBody): string[] {
  const isEnd = isPurchaseOver(before.state)
  const kept = leased(after)
  return [
    after.state !== one.state && 'another state than was reported',
    isEnd && JSON.stringify(after) !== JSON.stringify(before) && 'an end changed',
    !isEnd && after.state !== before.state && !mayFollow(before.state, after.state) && 'backwards',
    before.sid !== null && after.sid !== before.sid && 'another SID',
    progressed(kept, one, ada) !== kept.purchase && 'the same again changed it',
  ].filter((text) => text !== false)
}
test('whatever is reported, in any order: forwards only, one SID, an end stays, and the same again changes nothing', () => {
  fc.assert(
    fc.property(fc.constantFrom<PurchaseState>('requested', 'leased'), fc.array(report, { maxLength: 12 }), (state, reports) => {
      let known: Purchase = { ...purchase, state }
      for (const one of reports) {
        const refused = codeOf(() => progressed(leased(known), one, ada))
        expect([undefined, 'conflict', 'bad-request']).toContain(refused)
        if (refused !== undefined) continue
        const after = progressed(leased(known), one, ada)
        expect(objections(known, after, one)).toEqual([])
        known = after
      }
    }),
  )
})
