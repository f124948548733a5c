import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { isPurchaseOver, type Purchase } from '../../../../contract/number.ts'
import type { Desktop } from '../../kit/desktop.ts'
import { startWorkspace, type Workspace } from '../../kit/workspace.ts'
import { charges, endOf, forSale, itemOf } from './kit.ts'

// Main, the real relay and the real sandbox, over their sockets. What was charged is read from the sandbox's ledger.

let at: Workspace
let ada: Desktop
let kim: Desktop
let sam: Desktop
beforeAll(async () => {
  at = await startWorkspace()
  ada = await at.desktop('Ada', 'manager')
  kim = await at.desktop('Kim', 'manager')
  sam = await at.desktop('Sam', 'staff')
  for (const desktop of [ada, kim, sam]) await desktop.online()
})
afterAll(() => at.close())
/** A ledger without charges, and 20 dollars. */
beforeEach(() => at.control('/reset', {}))

let sold = 0
const nextNumber = () => forSale(at, 'US', 'Local', (sold += 1))
const slow = { timeout: 15_000, interval: 20 }
const buy = async (desktop: Desktop, item: ReturnType<typeof itemOf>, over = {}) => {
  const [purchase] = await desktop.ask('numbers.purchase', { items: [item], assignTo: [], ...over })
  if (!purchase) throw new Error('no purchase')
  return purchase
}
const userIdOf = async (desktop: Desktop) => (await desktop.ask('session.get', {})).user?.userId ?? ''
const owned = (phoneNumber: string) => at.account.state.numbers.find((number) => number.phoneNumber === phoneNumber)
const told = (desktop: Desktop, intentId: string): string[] =>
  desktop.events.flatMap(({ event, payload }) =>
    event === 'purchases.changed' ? payload.purchases.filter((one) => one.intentId === intentId).map(({ state }) => state) : [],
  )
const known = async (desktop: Desktop, intentId: string) =>
  (await desktop.ask('numbers.purchases', {})).find((one) => one.intentId === intentId) as Purchase
const listed = async (desktop: Desktop, phoneNumber: string) =>
  (await desktop.ask('numbers.list', { limit: 1000 })).numbers.find((one) => one.phoneNumber === phoneNumber)
const DONE = ['done', null, true]

describe('a purchase', () => {
  test('is charged once, named, pointed at the relay, assigned, and known everywhere', async () => {
    const phoneNumber = nextNumber()
    const userId = await userIdOf(sam)
    const item = itemOf({ phoneNumber }, { name: 'Front desk', place: 'San Francisco, CA' })
    const purchase = await buy(ada, item, { assignTo: [userId] })
    expect(purchase).toMatchObject({ state: 'done', failureCode: null, isCharged: true, phoneNumber, assignTo: [userId] })
    expect(await charges(at)).toEqual([phoneNumber])
    const { voiceUrl, voiceFallbackUrl, statusCallback } = at.account.state.numbers[0] ?? {}
    const wired = { voiceUrl, voiceFallbackUrl, statusCallback }
    expect(owned(phoneNumber)).toMatchObject({ sid: purchase.sid, friendlyName: 'Front desk', ...wired })
    expect(voiceUrl).toMatch(/^http.*#/)
    // The relay and, by it, another manager's desktop.
    await vi.waitFor(async () => expect(endOf(await known(kim, item.intentId))).toEqual(DONE), slow)
    await vi.waitFor(async () => {
      const row = await listed(kim, phoneNumber)
      expect(row).toMatchObject({ name: 'Front desk', userIds: [userId], state: 'active' })
      expect(row?.origin).toMatchObject({ intentId: item.intentId, place: 'San Francisco, CA', monthly: item.monthly })
    }, slow)
    // And the page was told of each step.
    expect([...new Set(told(ada, item.intentId))]).toEqual(['intended', 'leased', 'buying', 'bought', 'configured', 'done'])
    const { entries } = await ada.ask('audit.list', { limit: 50, subject: phoneNumber })
    expect(entries.map(({ action }) => action)).toEqual(expect.arrayContaining(['number.bought', 'purchase.bought']))
  })

  test('whose answer is lost is looked for, and found although the list lags: charged once', async () => {
    at.sandbox.switches.numberListLagMs = [250, 250]
    await at.control('/faults', { dropNextPurchase: 1 })
    const item = itemOf({ phoneNumber: nextNumber() }, { name: 'Lost' })
    expect(endOf(await buy(ada, item))).toEqual(DONE)
    expect(told(ada, item.intentId)).toContain('looking')
    expect(await charges(at)).toEqual([item.phoneNumber])
    expect(owned(item.phoneNumber ?? '')?.friendlyName).toBe('Lost')
  })

  test('of what is ours already is refused; nothing is changed', async () => {
    const ours = at.account.state.numbers[0]
    const before = structuredClone(ours)
    const purchase = await buy(ada, itemOf({ phoneNumber: ours?.phoneNumber ?? '' }))
    expect(endOf(purchase)).toEqual(['failed', 'number-already-ours', false])
    expect(at.account.state.numbers[0]).toEqual(before)
  })

  test('stops when the price is not the one that was agreed to', async () => {
    const purchase = await buy(ada, itemOf({ phoneNumber: nextNumber() }, { monthly: { amount: '1.00', currency: 'USD' } }))
    expect(endOf(purchase)).toEqual(['failed', 'price-changed', false])
    expect(purchase.details).toEqual({ now: '1.15 USD', was: '1.00 USD' })
    expect(await charges(at)).toEqual([])
  })

  test('staff may not, nor without an account; what names nothing or something twice is refused', async () => {
    const bare = await at.desktop('Bea', 'manager', { withAccount: false })
    const item = itemOf({ phoneNumber: nextNumber() })
    const nothing = { ...item }
    delete nothing.phoneNumber
    expect(await sam.fails('numbers.purchase', { items: [item], assignTo: [] })).toMatchObject({ code: 'forbidden' })
    expect(await bare.fails('numbers.purchase', { items: [item], assignTo: [] })).toMatchObject({ code: 'account-missing' })
    for (const items of [[nothing], [{ ...item, areaCode: '415' }], [item, { ...item, intentId: 'other' }], [item, item]])
      expect(await ada.fails('numbers.purchase', { items, assignTo: [] })).toMatchObject({ code: 'bad-request' })
    expect(await charges(at)).toEqual([])
  })
})

describe('exactly once', () => {
  test('a double click', async () => {
    const item = itemOf({ phoneNumber: nextNumber() })
    const all = await Promise.all([buy(ada, item), buy(ada, item), buy(ada, item)])
    expect(all.map(endOf)).toEqual([DONE, DONE, DONE])
    expect(endOf(await buy(ada, item))).toEqual(DONE)
    expect(await charges(at)).toHaveLength(1)
  })

  test.each(['a number', 'any number of an area code'])(
    'the same intent on another machine, at the same time and afterwards: %s',
    async (what) => {
      const item = itemOf(what === 'a number' ? { phoneNumber: nextNumber() } : { areaCode: '617' })
      const [first, second] = await Promise.all([buy(ada, item), buy(kim, item)])
      expect([endOf(first), endOf(second)]).toEqual([DONE, DONE])
      expect([second.sid, second.phoneNumber]).toEqual([first.sid, first.phoneNumber])
      expect(await charges(at)).toEqual([first.phoneNumber])
      await ada.restart()
      expect(endOf(await buy(ada, item))).toEqual(DONE)
      expect(await charges(at)).toHaveLength(1)
      await ada.online()
    },
  )

  test('two managers take one number in the same instant: one gets it, the other is told who', async () => {
    const phoneNumber = nextNumber()
    await at.control('/faults', { delayMs: 500 }) // the winner must not be done before the other has begun
    const [adas, kims] = await Promise.all([buy(ada, itemOf({ phoneNumber })), buy(kim, itemOf({ phoneNumber }))])
    const [winner, loser] = adas.state === 'done' ? [adas, kims] : [kims, adas]
    expect(endOf(winner)).toEqual(DONE)
    expect(endOf(loser)).toEqual(['failed', 'number-leased', false])
    expect(loser.details).toEqual({ byName: winner === adas ? 'Ada' : 'Kim' })
    expect(await charges(at)).toEqual([phoneNumber])
  })

  test('many at once: a partial failure says which succeeded', async () => {
    const good = [0, 1, 2].map(() => itemOf({ phoneNumber: nextNumber() }))
    const items = [...good.slice(0, 2), itemOf({ phoneNumber: '+15005550000' }), ...good.slice(2)]
    const done = await ada.ask('numbers.purchase', { items, assignTo: [] })
    expect(done.map(endOf)).toEqual([DONE, DONE, ['failed', 'number-taken', false], DONE])
    expect((await charges(at)).toSorted()).toEqual(good.map((one) => one.phoneNumber ?? '').toSorted())
  })

  test('a Twilio that stumbles over what is read before ends nothing: all are bought, once each', async () => {
    const items = [0, 1, 2].map(() => itemOf({ phoneNumber: nextNumber() }))
    await at.control('/faults', { status5xx: 3 })
    const done = await ada.ask('numbers.purchase', { items, assignTo: [] })
    expect(done.map(endOf)).toEqual([DONE, DONE, DONE])
    expect((await charges(at)).toSorted()).toEqual(items.map((one) => one.phoneNumber ?? '').toSorted())
  })

  test('it is not waited for longer than asked, and goes on', async () => {
    const item = itemOf({ phoneNumber: nextNumber() })
    expect(isPurchaseOver((await buy(ada, item, { waitMs: 0 })).state)).toBe(false)
    await vi.waitFor(async () => expect(endOf(await known(ada, item.intentId))).toEqual(DONE), slow)
    expect(await charges(at)).toHaveLength(1)
  })
})

describe('any number of an area code', () => {
  test('is searched for, chosen and bought; several get different ones', async () => {
    const items = [1, 2, 3].map(() => itemOf({ areaCode: '415' }))
    const done = await ada.ask('numbers.purchase', { items, assignTo: [] })
    expect(done.map(endOf)).toEqual([DONE, DONE, DONE])
    expect(done.map(({ phoneNumber, place }) => phoneNumber.startsWith('+1415') && place)).toEqual(
      Array.from(done, () => expect.any(String)),
    )
    expect((await charges(at)).toSorted()).toEqual(done.map(({ phoneNumber }) => phoneNumber).toSorted())
    expect(new Set(await charges(at)).size).toBe(3)
    const posts = at.account.entries().filter(({ kind, what }) => kind === 'request' && what.startsWith('POST'))
    expect(posts.length).toBeGreaterThan(0)
    expect(JSON.stringify(posts)).not.toContain('AreaCode')
  })

  test('somebody was faster: another one is chosen', async () => {
    await at.control('/faults', { takenBeforePurchase: 2 })
    const item = itemOf({ areaCode: '312' })
    const purchase = await buy(ada, item)
    expect(endOf(purchase)).toEqual(DONE)
    expect(await charges(at)).toEqual([purchase.phoneNumber])
    // The relay knows what became of each choice; here it is one purchase.
    expect((await ada.ask('numbers.purchases', {})).filter(({ intentId }) => intentId.startsWith(item.intentId))).toHaveLength(1)
    await vi.waitFor(async () => expect(endOf(await known(kim, `${item.intentId}-3`))).toEqual(DONE), slow)
    expect(endOf(await known(kim, item.intentId))).toEqual(['failed', 'number-taken', false])
  })

  test('five times faster: it is given up', async () => {
    await at.control('/faults', { takenBeforePurchase: 5 })
    expect(endOf(await buy(ada, itemOf({ areaCode: '303' })))).toEqual(['failed', 'number-taken', false])
    expect(await charges(at)).toEqual([])
  })

  test('a lost answer never makes another one be chosen', async () => {
    await at.control('/faults', { dropNextPurchase: 1 })
    const purchase = await buy(ada, itemOf({ areaCode: '206' }))
    expect([endOf(purchase), await charges(at)]).toEqual([DONE, [purchase.phoneNumber]])
  })

  test('there is none', async () => {
    const purchase = await buy(ada, itemOf({ areaCode: '917' }))
    expect(endOf(purchase)).toEqual(['failed', 'area-code-empty', false])
    expect(purchase.phoneNumber).toBe('+1917')
  })
})

describe('asked for by staff', () => {
  test('a manager approves it: bought once, for who asked', async () => {
    const phoneNumber = nextNumber()
    const item = itemOf({ phoneNumber })
    const asked = await sam.ask('numbers.request', { item, note: 'for the fair' })
    expect(asked).toMatchObject({ state: 'requested', phoneNumber, note: 'for the fair', isCharged: false })
    await vi.waitFor(() => expect(told(ada, item.intentId)).toContain('requested'), slow)
    const userId = await userIdOf(sam)
    expect(await buy(ada, item, { assignTo: [userId] })).toMatchObject({
      state: 'done',
      byUserId: userId,
      buyerUserId: await userIdOf(ada),
    })
    await vi.waitFor(() => expect(told(sam, item.intentId)).toContain('done'), slow)
    expect(endOf(await known(sam, item.intentId))).toEqual(DONE)
    await vi.waitFor(async () => expect((await listed(sam, phoneNumber))?.userIds).toEqual([userId]), slow)
    expect(await charges(at)).toEqual([phoneNumber])
  })

  test('a manager approves it without naming anybody: who asked gets it', async () => {
    const phoneNumber = nextNumber()
    const item = itemOf({ phoneNumber })
    await sam.ask('numbers.request', { item, note: null })
    const userId = await userIdOf(sam)
    expect(await buy(ada, item)).toMatchObject({ state: 'done', assignTo: [userId] })
    await vi.waitFor(async () => expect((await listed(sam, phoneNumber))?.userIds).toEqual([userId]), slow)
  })

  test('a manager refuses it: nothing is bought, and it cannot be approved any more', async () => {
    const item = itemOf({ phoneNumber: nextNumber() })
    await sam.ask('numbers.request', { item, note: null })
    expect(await sam.fails('numbers.refuse', { intentId: item.intentId })).toMatchObject({ code: 'forbidden' })
    expect(await ada.ask('numbers.refuse', { intentId: item.intentId })).toMatchObject({ state: 'refused' })
    await vi.waitFor(async () => expect((await known(sam, item.intentId)).state).toBe('refused'), slow)
    expect((await buy(ada, item)).state).toBe('refused')
    expect(await ada.fails('numbers.refuse', { intentId: 'nobody' })).toMatchObject({ code: 'not-found' })
    expect(await sam.fails('numbers.request', { item: itemOf({ areaCode: '415' }), note: null })).toMatchObject({ code: 'bad-request' })
    expect(await charges(at)).toEqual([])
  })
})

describe('without the relay', () => {
  test('it is refused, and may be done with consent under the same intent; the relay adopts it later', async () => {
    await buy(ada, itemOf({ phoneNumber: nextNumber() })) // where numbers ask was heard when the relay was there
    await at.stopRelay()
    const item = itemOf({ phoneNumber: nextNumber() }, { name: 'Alone' })
    expect(endOf(await buy(ada, item))).toEqual(['failed', 'relay-unreachable', false])
    expect(await charges(at)).toHaveLength(1)
    const how = { withoutRelay: true, waitMs: 1500 }
    const both = await Promise.all([buy(ada, item, how), buy(ada, item, how)])
    expect(both.map(({ failureCode }) => failureCode)).toEqual([null, null])
    await vi.waitFor(async () => expect((await known(ada, item.intentId)).isCharged).toBe(true), slow)
    expect(owned(item.phoneNumber ?? '')?.voiceUrl).toContain(at.relayUrl)
    await at.startRelay()
    await vi.waitFor(async () => expect((await known(ada, item.intentId)).state).toBe('done'), slow)
    await vi.waitFor(async () => expect(await listed(kim, item.phoneNumber ?? '')).toMatchObject({ name: 'Alone' }), slow)
    await vi.waitFor(async () => expect(endOf(await known(kim, item.intentId))).toEqual(DONE), slow)
    expect(await charges(at)).toHaveLength(2)
  })
})
