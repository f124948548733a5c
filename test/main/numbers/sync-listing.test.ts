import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { RemoteNumber } from '../../../contract/number.ts'
import { listBoth, type ListingParts } from '../../../main/numbers/sync-listing.ts'
import { diffOf, questionsOf } from '../../../main/numbers/sync-plan.ts'
import { AT, directories, listings, openReplica, phoneOf, remoteOf, toldOf, withExactly, type OpenReplica } from './sync-kit.ts'

/** Twilio's list by pages of `size`; `after` may be another list, when it has changed by the last page. */
const twilio = (pages: readonly RemoteNumber[], size: number, after = pages): ListingParts['account'] => ({
  async numbers(onPage) {
    for (let from = 0; from < pages.length; from += size) {
      onPage?.(Math.min(pages.length, from + size), pages.slice(from, from + size))
      await Promise.resolve()
    }
    return [...after]
  },
})

/** A store's thread, as listing asks it. */
const storeOf = ({ reader, replica }: OpenReplica): ListingParts['store'] => ({
  reader: { numberState: async () => reader.numberState(), localNumbers: async () => reader.localNumbers() },
  replica: { stageRemote: async (listingId, rows) => replica.stageRemote(listingId, rows) },
})

/** Lists, plans, and hands out what would be applied. */
async function planned(own: OpenReplica, account: ListingParts['account'], listingId = 'l1', store = storeOf(own)) {
  const pages: number[] = []
  const { listing, local, revision, raw, part } = await listBoth({ account, store, listingId, onPage: (listed) => pages.push(listed) })
  const answers = new Map(questionsOf(listing, local, 500).map((sid) => [sid, withExactly(listing)(sid) ? 'gone' : 'here'] as const))
  const { writes } = diffOf(listing, local, answers, AT, raw)
  const { staged, rest } = part(writes)
  const apply = (undoId = 'this') => own.replica.applyPlan({ revision, undoId, at: AT, writes: rest, staged })
  return { pages, revision, writes, staged, rest, apply }
}

let at: OpenReplica
beforeEach(() => (at = openReplica()))
afterEach(() => at.close())
const both = [remoteOf(1), remoteOf(2)]

describe('a listing', () => {
  test('stages what is new, page by page: applying sends nothing more; undone, nothing is left', async () => {
    const plan = await planned(at, twilio(both, 1))
    expect(plan).toMatchObject({ pages: [1, 2], staged: 'l1', rest: [] })
    expect(at.local()).toEqual([]) // nothing is done by listing
    expect(plan.apply()).toBe('applied')
    expect(at.local()).toEqual(both)
    expect(at.replica.undoPlan('this')).toEqual([phoneOf(1), phoneOf(2)])
    expect(at.local()).toEqual([])
  })

  test('stages nothing that is known', async () => {
    at.apply(at.plan(both))
    const changed = remoteOf(2, {}, { voiceUrl: 'https://x.example' })
    const plan = await planned(at, twilio([remoteOf(1), changed], 1))
    expect(plan).toMatchObject({ staged: null, rest: [{ phoneNumber: phoneOf(2) }] })
    expect(plan.apply()).toBe('applied')
    expect(at.local()).toEqual([remoteOf(1), changed])
  })

  test('a number that came back from those that left is told to the relay, staged or not', async () => {
    const plan = await planned(at, twilio(both, 1))
    at.tell(toldOf(1, { leftAt: AT }, { userIds: [] }))
    expect(plan.apply()).toBe('applied')
    expect(at.reader.numberReports()).toMatchObject([{ phoneNumber: phoneOf(1), action: 'number.returned', sid: remoteOf(1).sid }])
  })
})

describe('what is staged is not used', () => {
  test('when a number is listed otherwise by the end: all is sent', async () => {
    const renamed = remoteOf(2, {}, { friendlyName: 'Renamed' })
    const plan = await planned(at, twilio(both, 1, [remoteOf(1), renamed]))
    expect(plan.staged).toBeNull()
    expect(plan.rest).toHaveLength(2)
    expect(plan.apply()).toBe('applied')
    expect(at.local()).toEqual([remoteOf(1), renamed])
  })

  test('when the store did not take a page: all is sent', async () => {
    const store = storeOf(at)
    let pages = 0
    const stageRemote: typeof store.replica.stageRemote = async (listingId, rows) => {
      if (++pages === 2) throw new Error('disk full')
      await store.replica.stageRemote(listingId, rows)
    }
    const plan = await planned(at, twilio(both, 1), 'l1', { ...store, replica: { stageRemote } })
    expect(plan.staged).toBeNull()
    expect(plan.apply()).toBe('applied')
    expect(at.local()).toEqual(both)
  })

  test('when another listing was begun since, or somebody else signed in: nothing is done, and it says why', async () => {
    const first = await planned(at, twilio(both, 2))
    const second = await planned(at, twilio([remoteOf(3)], 2), 'l2')
    expect(first.apply()).toBe('unstaged')
    expect(at.local()).toEqual([])
    expect(at.reader.numberState()).toMatchObject({ revision: first.revision, syncedAt: null })
    expect(second.apply()).toBe('applied')
    expect(first.apply('again')).toBe('outdated')
    const third = await planned(at, twilio(both, 2), 'l3')
    at.replica.forgetRemote()
    const { revision } = at.reader.numberState()
    expect(third.apply()).toBe('outdated')
    expect(at.replica.applyPlan({ revision, undoId: 'x', at: AT, writes: [], staged: 'l3' })).toBe('unstaged')
    expect(at.local()).toEqual([])
  })
})

test('a list that fails stages nothing that is ever used', async () => {
  const account: ListingParts['account'] = {
    async numbers(onPage) {
      onPage?.(1, [remoteOf(1)])
      await Promise.resolve()
      throw new Error('Twilio went away')
    },
  }
  await expect(planned(at, account)).rejects.toThrow('Twilio went away')
  expect(at.local()).toEqual([])
})

test('staged or sent, applied or undone, all that is kept is the same', async () => {
  const history = fc.array(listings, { maxLength: 2 })
  await fc.assert(
    fc.asyncProperty(directories, history, listings, fc.integer({ min: 1, max: 5 }), async (directory, past, listing, size) => {
      const [staged, sent] = [openReplica(), openReplica()]
      try {
        for (const own of [staged, sent]) {
          own.tell(...directory)
          for (const [step, one] of past.entries()) own.apply(own.plan(one, withExactly(one)), `past${step}`)
        }
        const plan = await planned(staged, twilio(listing, size))
        expect(plan.apply()).toBe('applied')
        sent.apply({ revision: plan.revision, writes: plan.writes }, 'this')
        const same = () => {
          expect(staged.dump()).toEqual(sent.dump())
          expect(staged.reader.numberReports()).toEqual(sent.reader.numberReports())
        }
        same()
        expect(staged.replica.undoPlan('this')?.toSorted()).toEqual(sent.replica.undoPlan('this')?.toSorted())
        same()
      } finally {
        staged.close()
        sent.close()
      }
    }),
    { numRuns: 100 },
  )
})
