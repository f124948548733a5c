import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Purchase } from '../../../../contract/number.ts'
import { openStore, type Store } from '../../../../main/store/store.ts'
import type { Desktop } from '../../kit/desktop.ts'
import { fastTimings } from '../../kit/memory-ports.ts'
import { startProxy, type Proxy } from '../../kit/proxy.ts'
import { startWorkspace, type Workspace } from '../../kit/workspace.ts'
import { charges, endOf, forSale, itemOf } from './kit.ts'

let at: Workspace
let ada: Desktop
let toTwilio: Proxy
beforeEach(async () => {
  at = await startWorkspace()
  toTwilio = await startProxy(at.sandbox.url)
  ada = await at.desktop('Ada', 'manager', {
    twilioApiBase: toTwilio.url,
    twilioWaits: { timeoutMs: 1500, concurrency: 4, retries: 2, retryFirstMs: 10, retryCapMs: 50 },
  })
  await ada.online()
})
afterEach(async () => {
  await toTwilio.close()
  await at.close()
})
const slow = { timeout: 18_000, interval: 20 }
const posted: Parameters<Proxy['meet']>[0] = (line) => /^POST .*IncomingPhoneNumbers\.json/.test(line)
const known = async (item: { intentId: string }) =>
  (await ada.ask('numbers.purchases', {})).find(({ intentId }) => intentId === item.intentId) as Purchase

test(
  'signed out while it is bought: it rests, and comes to its end when somebody of the workspace signs in',
  { timeout: 60_000 },
  async () => {
    const item = itemOf({ phoneNumber: forSale(at) })
    const met = toTwilio.meet(posted, 'hold-after')
    void ada.ask('numbers.purchase', { items: [item], assignTo: [] }).catch(() => undefined)
    await met
    await ada.ask('session.signOut', {})
    expect(await ada.fails('numbers.purchases', {})).toMatchObject({ code: 'not-signed-in' })
    await ada.ask('session.enroll', { relayUrl: at.relayUrl, code: await at.invite('Ada', 'manager') })
    await vi.waitFor(async () => expect(endOf(await known(item))).toEqual(['done', null, true]), slow)
    expect(await charges(at)).toEqual([item.phoneNumber])
  },
)

test(
  'taken up by another session of the same computer: the relay hears of the end when the lease of the first is over',
  {
    timeout: 90_000,
  },
  async () => {
    const lease = await startWorkspace({}, { RELAY_LEASE_SECONDS: '12' })
    const proxy = await startProxy(lease.sandbox.url)
    try {
      const bob = await lease.desktop('Bob', 'manager')
      const kim = await lease.desktop('Kim', 'manager', { twilioApiBase: proxy.url })
      const confirmedBy = (await kim.ask('session.get', {})).user?.userId
      const item = itemOf({ phoneNumber: forSale(lease) })
      const seen = async (desktop: Desktop) =>
        (await desktop.ask('numbers.purchases', {})).find(({ intentId }) => intentId === item.intentId) as Purchase
      const met = proxy.meet(posted, 'cut-after')
      void kim.ask('numbers.purchase', { items: [item], assignTo: [] }).catch(() => undefined)
      await met
      await kim.ask('session.signOut', {})
      await kim.ask('session.enroll', { relayUrl: lease.relayUrl, code: await lease.invite('Lee', 'manager') })
      await vi.waitFor(async () => expect(endOf(await seen(kim))).toEqual(['done', null, true]), slow)
      await vi.waitFor(async () => expect(endOf(await seen(bob))).toEqual(['done', null, true]), { timeout: 40_000, interval: 100 })
      expect(await seen(bob)).toMatchObject({ buyerUserId: confirmedBy, sid: (await seen(kim)).sid })
      const { entries } = await bob.ask('audit.list', { limit: 50, subject: item.phoneNumber ?? '' })
      expect(entries.find(({ action }) => action === 'purchase.bought')?.after).toMatchObject({ buyerUserId: confirmedBy })
      expect(entries.find(({ action }) => action === 'number.bought')?.after).toMatchObject({ origin: { byUserId: confirmedBy } })
      expect(await charges(lease)).toEqual([item.phoneNumber])
    } finally {
      await proxy.close()
      await lease.close()
    }
  },
)

test('of another workspace nothing is shown, and nothing of what is over is kept', { timeout: 60_000 }, async () => {
  const item = itemOf({ phoneNumber: forSale(at) })
  await ada.ask('numbers.purchase', { items: [item], assignTo: [] })
  expect(endOf(await known(item))).toEqual(['done', null, true])
  const other = await startWorkspace({ seed: 6 })
  try {
    await ada.ask('session.signOut', {})
    await ada.ask('session.enroll', { relayUrl: other.relayUrl, code: await other.invite('Eve', 'manager') })
    await ada.online()
    expect(await ada.ask('numbers.purchases', {})).toEqual([])
  } finally {
    await other.close()
  }
})

test('in another Twilio account it is not gone on with', { timeout: 60_000 }, async () => {
  const item = itemOf({ phoneNumber: forSale(at) })
  const met = toTwilio.meet(posted, 'cut-after')
  at.sandbox.switches.numberListLagMs = [60_000, 60_000]
  await ada.ask('numbers.purchase', { items: [item], assignTo: [], waitMs: 0 })
  await met
  await ada.ask('account.forget', {})
  await vi.waitFor(async () => expect((await known(item)).state).toBe('looking'), slow)
  at.sandbox.switches.numberListLagMs = [0, 0]
  at.sandbox.clock.advance(60_001)
  expect((await known(item)).isCharged).toBeNull()
  await ada.ask('account.set', at.credentials)
  await vi.waitFor(async () => expect(endOf(await known(item))).toEqual(['done', null, true]), slow)
  expect(await charges(at)).toEqual([item.phoneNumber])
})

test(
  'a lease whose answer was lost is given back, so that the number can be bought under another intent',
  { timeout: 60_000 },
  async () => {
    const toRelay = await startProxy(at.relayUrl)
    try {
      const kim = await at.desktop('Kim', 'manager', { timings: { ...fastTimings, request: 1500 } })
      await kim.ask('session.signOut', {})
      await kim.ask('session.enroll', { relayUrl: toRelay.url, code: await at.invite('Kim', 'manager') })
      const phoneNumber = forSale(at)
      void toRelay.meet((line) => line === 'POST /api/numbers/purchases', 'cut-after')
      const [lost] = await kim.ask('numbers.purchase', { items: [itemOf({ phoneNumber })], assignTo: [] })
      expect(endOf(lost as Purchase)).toEqual(['failed', 'relay-unreachable', false])
      const free = async () => (await ada.ask('numbers.purchases', {})).find(({ intentId }) => intentId === lost?.intentId)?.state
      await vi.waitFor(async () => expect(await free()).toBe('failed'), slow)
      const [bought] = await ada.ask('numbers.purchase', { items: [itemOf({ phoneNumber })], assignTo: [] })
      expect([endOf(bought as Purchase), await charges(at)]).toEqual([['done', null, true], [phoneNumber]])
    } finally {
      await toRelay.close()
    }
  },
)

test('what spent nothing and is old at a start is not bought any more, and stays so', { timeout: 60_000 }, async () => {
  const item = itemOf({ phoneNumber: forSale(at) })
  await ada.ask('numbers.purchase', { items: [item], assignTo: [] })
  await ada.app.close()
  const phoneNumber = forSale(at, 'US', 'Local', 1)
  const old = await onDisk(async (store) => {
    const done = await store.purchases.purchase(item.intentId)
    if (!done) throw new Error('the purchase is not on the disk')
    const updatedAt = new Date(Date.now() - 2 * 3_600_000).toISOString()
    const purchase = { ...done.purchase, intentId: 'old', phoneNumber, state: 'leased', sid: null, isCharged: false, updatedAt } as const
    await store.purchases.putPurchase({ ...done, purchase, reported: 'leased', isKnown: false })
    return purchase.intentId
  })
  await ada.start()
  await vi.waitFor(async () => expect(endOf(await known({ intentId: old }))).toEqual(['failed', 'purchase-not-made', false]), slow)
  await ada.app.close()
  expect(await onDisk(async (store) => (await store.purchases.purchase(old))?.purchase.state)).toBe('failed')
  await ada.start()
  expect(await charges(at)).toEqual([item.phoneNumber])
})

async function onDisk<T>(work: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore(ada.folder)
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}
