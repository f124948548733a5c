import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FailureError } from '../../../contract/failure.ts'
import { isPurchaseOver, purchaseStates } from '../../../contract/number.ts'
import { openDatabase } from '../../../relay/database/open.ts'
import { createDirectory } from '../../../relay/directory/directory.ts'
import { createAudit } from '../../../relay/numbers/audit.ts'
import { createPurchaseRows } from '../../../relay/numbers/purchase-rows.ts'
import { createPurchases } from '../../../relay/numbers/purchases.ts'
import type { RequestSession } from '../../../relay/plugins/session.ts'

const LEASE_SECONDS = 300
const NUMBERS = ['+14155550177', '+14155550188']
const INTENTS = ['i0', 'i1', 'i2']

function world() {
  const db = openDatabase(':memory:')
  const time = { now: Date.parse('2026-11-21T10:00:00.000Z') }
  const clock = { now: () => new Date(time.now) }
  const directory = createDirectory(db, { append: () => 0 }, clock)
  const audit = createAudit({ db, directory, clock })
  const purchases = createPurchases({ db, directory, events: { append: () => 0 }, audit, clock, leaseSeconds: LEASE_SECONDS })
  const session = (name: string, role: RequestSession['role']): RequestSession => {
    const { userId } = directory.putUser(name, role)
    return { userId, role, deviceId: directory.addDevice(userId, 'Laptop', `key of ${name}`).deviceId }
  }
  const who = [session('Ada', 'manager'), session('Ada', 'manager'), session('Kim', 'manager'), session('Sam', 'staff')]
  return { db, time, purchases, who, rows: createPurchaseRows(db), at: () => clock.now().toISOString() }
}
type World = ReturnType<typeof world>

const index = (count: number) => fc.nat({ max: count - 1 })
const step = fc.oneof(
  fc.record({
    kind: fc.constant('ask' as const),
    who: index(4),
    intent: index(3),
    number: index(2),
    isRequest: fc.constantFrom(true, false, false),
  }),
  fc.record({ kind: fc.constant('tell' as const), who: index(4), intent: index(3), state: fc.constantFrom(...purchaseStates) }),
  fc.record({ kind: fc.constant('wait' as const), seconds: fc.constantFrom(1, 120, LEASE_SECONDS) }),
)
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

/** Does one step as the writer would: whole or not at all. Gives who may go on with what, when it says so. */
function take({ db, time, purchases, who }: World, one: Step): { isHolder: boolean } | string | undefined {
  if (one.kind === 'wait') return void (time.now += one.seconds * 1000)
  const session = who[one.who]
  const intentId = INTENTS[one.intent] ?? ''
  if (!session) return undefined
  const wanted = { intentId, country: 'US', type: 'local' as const, place: null, monthly: null, assignTo: [], name: null, note: null }
  try {
    return db.transaction(() => {
      if (one.kind === 'tell') return purchases.report(intentId, { state: one.state, sid: `PN${String(one.intent).repeat(32)}` }, session)
      return purchases.lease({ ...wanted, phoneNumber: NUMBERS[one.number] ?? '', isRequest: one.isRequest }, session)
    })()
  } catch (error) {
    return error instanceof FailureError ? error.code : String(error)
  }
}

/** Unfinished intents whose lease lives, by number. */
const live = ({ rows, at }: World) =>
  NUMBERS.map((number) => rows.leased(number, at()).filter(({ purchase }) => !isPurchaseOver(purchase.state)))

test('whatever managers and staff do, and however long they take: one live lease per number, and one device that may go on', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 10, maxLength: 60, size: 'max' }), (steps) => {
      const all = world()
      for (const one of steps) {
        const outcome = take(all, one)
        const leases = live(all)
        expect(leases.every((found) => found.length <= 1)).toBe(true)
        // Only refusals of the catalogue, and who is told to go on has the lease.
        const isKnown = typeof outcome !== 'string' || /^(forbidden|conflict|not-found|number-leased)$/.test(outcome)
        expect([outcome, isKnown]).toEqual([outcome, true])
        const isHolder = typeof outcome === 'object' && outcome.isHolder && one.kind !== 'wait'
        const holders = leases.flat().map(({ purchase, lease }) => `${purchase.intentId} ${lease?.deviceId}`)
        const asked = one.kind === 'wait' ? '' : `${INTENTS[one.intent]} ${all.who[one.who]?.deviceId}`
        expect(isHolder).toBe(isHolder && holders.includes(asked))
      }
      all.db.close()
    }),
    { numRuns: 60 },
  )
})
