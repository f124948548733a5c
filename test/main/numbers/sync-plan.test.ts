import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { RemoteNumber } from '../../../contract/number.ts'
import { fingerprintOf } from '../../../main/numbers/sync-plan.ts'
import {
  AT,
  directories,
  LATER,
  listings,
  openReplica,
  phoneOf,
  remoteOf,
  sidOf,
  toldOf,
  withExactly,
  type OpenReplica,
} from './sync-kit.ts'

let at: OpenReplica
beforeEach(() => (at = openReplica()))
afterEach(() => at.close())

const numbers = (rows: readonly { phoneNumber: string }[]) => rows.map((one) => one.phoneNumber)

describe('a plan', () => {
  test('names what is new, with the relay’s name where there is one', () => {
    at.tell(toldOf(1, { leftAt: AT }, { sid: sidOf(1, 7) }))
    const plan = at.plan([remoteOf(1), remoteOf(2)])
    expect(plan.added).toEqual([
      { phoneNumber: phoneOf(1), name: 'Line 1' },
      { phoneNumber: phoneOf(2), name: 'Number 2' },
    ])
    expect(plan).toMatchObject({ listed: 2, unchanged: 0, removed: [], changed: [], missing: [] })
  })

  test('what the directory has already is not new: its settings are taken silently', () => {
    at.tell(toldOf(1))
    const plan = at.plan([remoteOf(1)])
    expect(plan).toMatchObject({ added: [], changed: [], unchanged: 1 })
    at.apply(plan)
    expect(at.local()).toEqual([remoteOf(1)])
  })

  test('says which keys changed, and nothing of what is as it was', () => {
    at.apply(at.plan([remoteOf(1), remoteOf(2)]))
    const changed = remoteOf(
      1,
      { type: null, capabilities: { voice: false, sms: true, mms: false, fax: false } },
      { voiceUrl: 'https://x.example' },
    )
    const plan = at.plan([changed, remoteOf(2)])
    expect(plan.changed).toEqual([{ phoneNumber: phoneOf(1), name: 'Number 1', keys: ['type', 'capabilities', 'voiceUrl'] }])
    expect(plan.unchanged).toBe(1)
    expect(numbers(plan.writes)).toEqual([phoneOf(1)])
  })

  test.each([
    ['404', true, 'removed'],
    ['the number', false, 'missing'],
    ['nothing', undefined, 'missing'],
  ] as const)('an absent number whose SID Twilio answers with %s', (_what, gone, kind) => {
    at.apply(at.plan([remoteOf(1)]))
    const plan = at.plan([], () => gone, LATER)
    expect({ removed: numbers(plan.removed), missing: numbers(plan.missing) }).toEqual({ removed: [], missing: [], [kind]: [phoneOf(1)] })
    at.apply(plan, 'u2', LATER)
    const { remote } = at.reader.someNumbers([phoneOf(1)])[0]!
    expect(remote).toMatchObject({
      goneAt: kind === 'removed' ? LATER : null,
      missingSince: gone === undefined ? LATER : null,
      number: remoteOf(1),
    })
  })

  test('one that is missing stays so since the first time, and is found again', () => {
    at.apply(at.plan([remoteOf(1)]))
    at.apply(
      at.plan([], () => undefined, AT),
      'u2',
    )
    const again = at.plan([], () => undefined, LATER)
    expect(again.writes).toEqual([])
    expect(numbers(again.missing)).toEqual([phoneOf(1)])
    const found = at.plan([remoteOf(1)])
    expect(found).toMatchObject({ unchanged: 1, added: [], changed: [] })
    at.apply(found, 'u3')
    expect(at.reader.someNumbers([phoneOf(1)])[0]?.remote?.missingSince).toBeNull()
  })

  test('a number known to the relay alone, without a SID, can be missing but never removed', () => {
    at.tell(toldOf(1, {}, { sid: null }))
    const plan = at.plan([])
    expect(numbers(plan.missing)).toEqual([phoneOf(1)])
    at.apply(plan)
    expect(at.plan([]).writes).toEqual([])
    expect(at.plan([remoteOf(1)])).toMatchObject({ unchanged: 1, added: [] })
  })

  test('a list that lags behind a release does not bring the number back; the same SID asked for alone does', () => {
    at.tell(toldOf(1))
    at.apply(at.plan([remoteOf(1)]))
    at.replica.markGone([phoneOf(1)], AT, 'number.released')
    const lagging = at.plan([remoteOf(1)], () => true)
    expect(lagging).toMatchObject({ added: [], writes: [], unchanged: 1 })
    expect(at.plan([remoteOf(1)], () => false).added).toEqual([{ phoneNumber: phoneOf(1), name: 'Line 1', isBack: true }])
    expect(numbers(at.plan([remoteOf(1, { sid: sidOf(1, 2) })], () => true).added)).toEqual([phoneOf(1)])
  })

  test('what another desktop let go is gone here too, without a word to the relay', () => {
    at.apply(at.plan([remoteOf(1)]))
    at.tell(toldOf(1, { leftAt: AT }, { isActive: false, userIds: [] }))
    const plan = at.plan([])
    expect(plan).toMatchObject({ removed: [], missing: [] })
    at.apply(plan, 'u2')
    expect(at.local()).toEqual([])
    expect(at.reader.numberReports()).toEqual([])
  })

  test('bounds its questions: the rest stays missing until the next time', () => {
    at.apply(at.plan(Array.from({ length: 600 }, (_, index) => remoteOf(index))))
    const plan = at.plan([])
    expect([plan.removed.length, plan.missing.length]).toEqual([500, 100])
    at.apply(plan, 'u2')
    expect(at.plan([]).removed).toHaveLength(100)
  })

  test('two plans that would do the same have one fingerprint', () => {
    at.apply(at.plan([remoteOf(1), remoteOf(2)]))
    const one = fingerprintOf(at.plan([remoteOf(2), remoteOf(3)], () => true, AT))
    expect(fingerprintOf(at.plan([remoteOf(3), remoteOf(2)], () => true, LATER))).toBe(one)
    expect(fingerprintOf(at.plan([remoteOf(2), remoteOf(3)], () => undefined, AT))).not.toBe(one)
    expect(fingerprintOf(at.plan([remoteOf(2), remoteOf(3, {}, { friendlyName: 'x' })], () => true, AT))).not.toBe(one)
  })
})

describe('applying and undoing', () => {
  test('a removed number comes back with its owners, and the relay is owed both words in turn', () => {
    at.tell(toldOf(1, { defaultFor: ['ada'] }, { userIds: ['sam', 'ada'] }))
    at.apply(at.plan([remoteOf(1)]))
    const before = at.dump().slice(1)
    at.apply(
      at.plan([], () => true, LATER),
      'u2',
      LATER,
    )
    expect(at.reader.numberReports()).toEqual([{ phoneNumber: phoneOf(1), action: 'number.removed', hasLeft: true }])
    at.tell(toldOf(1, { leftAt: LATER }, { isActive: false, userIds: [] })) // the relay has heard
    expect(at.replica.undoPlan('u2')).toEqual([phoneOf(1)])
    expect(at.dump().slice(1)).toEqual(before)
    // Twilio does not have it for all that.
    const kept = () => at.reader.someNumbers([phoneOf(1)])[0]?.remote
    expect(kept()).toMatchObject({ number: remoteOf(1), seenAt: AT, missingSince: LATER, goneAt: null })
    const patch = { isActive: true, userIds: ['sam', 'ada'], defaultFor: ['ada'] }
    expect(at.reader.numberReports()).toEqual([{ phoneNumber: phoneOf(1), action: 'number.returned', isUndo: true, sid: sidOf(1), patch }])
    expect(at.replica.undoPlan('u2')).toBeUndefined()
    at.apply(at.plan([remoteOf(1)]), 'u3', LATER)
    expect(kept()).toMatchObject({ missingSince: null, goneAt: null })
  })

  test('a plan that began with other rows is refused whole; one that does nothing leaves the last undo', () => {
    const old = at.plan([remoteOf(1)])
    at.replica.upsertRemote([remoteOf(2)], AT)
    expect(at.apply(old)).toBe(false)
    expect(at.local()).toEqual([remoteOf(2)])
    at.apply(at.plan([remoteOf(1), remoteOf(2)]), 'u2')
    expect(at.apply(at.plan([remoteOf(1), remoteOf(2)]), 'u3', LATER)).toBe(true)
    expect(at.reader.numberState().syncedAt).toBe(LATER)
    expect(at.replica.undoPlan('u2')).toEqual([phoneOf(1)])
  })

  test('a number that Twilio lists again is told to the relay as returned, and an older word is void', () => {
    at.tell(toldOf(1))
    at.apply(at.plan([remoteOf(1)]))
    at.apply(at.plan([]), 'u2')
    at.tell(toldOf(1, { leftAt: AT }, { isActive: false, userIds: [] }))
    const bought = remoteOf(1, { sid: sidOf(1, 2) })
    at.apply(at.plan([bought]), 'u3')
    expect(at.reader.numberReports()).toEqual([{ phoneNumber: phoneOf(1), action: 'number.returned', sid: bought.sid }])
  })

  test('an answered word goes, a later one on the same number stays', () => {
    at.tell(toldOf(1))
    at.apply(at.plan([remoteOf(1)]))
    at.apply(at.plan([]), 'u2')
    const told = at.reader.numberReports()
    at.replica.undoPlan('u2')
    at.replica.settleReports(told)
    expect(at.reader.numberReports()).toMatchObject([{ action: 'number.returned' }])
    at.replica.settleReports(at.reader.numberReports())
    expect(at.reader.numberReports()).toEqual([])
  })
})

const sorted = (rows: readonly (RemoteNumber | null | undefined)[]) =>
  rows.toSorted((a, b) => ((a?.phoneNumber ?? '') < (b?.phoneNumber ?? '') ? -1 : 1))

test('applied, local is what Twilio lists; twice is once; undone, it is as before, and what was removed is missing', () => {
  fc.assert(
    fc.property(directories, fc.array(listings, { minLength: 1, maxLength: 4 }), listings, (directory, history, listing) => {
      const own = openReplica()
      try {
        own.tell(...directory)
        for (const [step, past] of history.entries()) own.apply(own.plan(past, withExactly(past)), `past${step}`)
        const before = own.dump()
        const plan = own.plan(listing, withExactly(listing))
        expect(plan.added.length + plan.changed.length + plan.unchanged).toBe(listing.length)
        expect(own.apply(plan, 'this')).toBe(true)
        expect(own.local()).toEqual(sorted(listing))
        const again = own.plan(listing, withExactly(listing))
        expect(again).toMatchObject({ added: [], removed: [], changed: [], missing: [], writes: [], unchanged: listing.length })
        expect(own.apply(plan, 'this')).toBe(plan.writes.length === 0)
        expect(own.local()).toEqual(sorted(listing))
        if (plan.writes.length === 0) return
        expect(own.replica.undoPlan('this')?.toSorted()).toEqual(numbers(plan.writes).toSorted())
        const [rows, ...others] = own.dump()
        const removed = new Set(numbers(plan.writes.filter(({ goneAt }) => goneAt !== null)))
        const missing = (row: unknown) => (removed.has((row as { phone_number: string }).phone_number) ? { missing_since: AT } : {})
        expect(others).toEqual(before.slice(1))
        for (const row of before[0] ?? []) expect(rows).toContainEqual(Object.assign({}, row, missing(row)))
      } finally {
        own.close()
      }
    }),
    { numRuns: 150 },
  )
})
