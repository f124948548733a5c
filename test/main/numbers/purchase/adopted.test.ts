import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Purchase } from '../../../../contract/number.ts'
import type { Desktop } from '../../kit/desktop.ts'
import { startWorkspace, welcomed, type Workspace } from '../../kit/workspace.ts'
import { charges, endOf, forSale, itemOf } from './kit.ts'

// Bought while the relay was away, and what it makes of that when it is back.

let at: Workspace
let ada: Desktop
let kim: Desktop
beforeEach(async () => {
  at = await startWorkspace()
  ada = await at.desktop('Ada', 'manager')
  kim = await at.desktop('Kim', 'manager')
  // Where numbers ask was heard when the relay was there.
  for (const [nth, desktop] of [ada, kim].entries())
    await desktop.ask('numbers.purchase', { items: [itemOf({ phoneNumber: forSale(at, 'US', 'Local', nth) })], assignTo: [] })
})
afterEach(() => at.close())

const slow = { timeout: 30_000, interval: 50 }
const DONE = ['done', null, true]
const known = async (desktop: Desktop, intentId: string) =>
  (await desktop.ask('numbers.purchases', {})).find((one) => one.intentId === intentId) as Purchase
const listed = async (desktop: Desktop, phoneNumber: string) =>
  (await desktop.ask('numbers.list', { limit: 1000 })).numbers.find((one) => one.phoneNumber === phoneNumber)
const owned = (phoneNumber: string) => at.account.state.numbers.find((number) => number.phoneNumber === phoneNumber)
const userIdOf = async (desktop: Desktop) => (await desktop.ask('session.get', {})).user?.userId ?? ''
const buyAlone = async (desktop: Desktop, item: ReturnType<typeof itemOf>, assignTo: string[] = []) => {
  await desktop.ask('numbers.purchase', { items: [item], assignTo, withoutRelay: true, waitMs: 0 })
  await vi.waitFor(async () => expect((await known(desktop, item.intentId)).state).toBe('configured'), slow)
}
const traced = async (desktop: Desktop, subject: string) =>
  (await desktop.ask('audit.list', { limit: 50, subject })).entries.map(({ userName, action }) => `${userName} ${action}`)

test('a relay whose listing knew the number first hears of the intent all the same', { timeout: 120_000 }, async () => {
  const phoneNumber = forSale(at, 'US', 'Local', 2)
  const userId = await userIdOf(kim)
  const item = itemOf({ phoneNumber }, { name: 'Alone' })
  await at.stopRelay()
  await buyAlone(ada, item, [userId])
  await ada.app.close()
  await at.startRelay()
  await welcomed(kim)
  await vi.waitFor(async () => expect(await listed(kim, phoneNumber)).toMatchObject({ origin: null }), slow)
  await ada.start()
  await vi.waitFor(async () => expect(endOf(await known(kim, item.intentId))).toEqual(DONE), slow)
  expect(await known(kim, item.intentId)).toMatchObject({ sid: owned(phoneNumber)?.sid, assignTo: [userId] })
  await vi.waitFor(async () => {
    const row = await listed(kim, phoneNumber)
    expect(row).toMatchObject({ name: 'Alone', userIds: [userId], origin: { intentId: item.intentId } })
  }, slow)
  expect(await traced(kim, phoneNumber)).toEqual(expect.arrayContaining(['Ada purchase.bought', 'Ada number.bought']))
  expect((await charges(at)).filter((one) => one === phoneNumber)).toHaveLength(1)
})

test('two managers who both bought it: one has it, the other is told who; its name and origin stay', { timeout: 120_000 }, async () => {
  const phoneNumber = forSale(at, 'US', 'Local', 2)
  const [adas, kims] = [itemOf({ phoneNumber }, { name: 'Ada’s' }), itemOf({ phoneNumber }, { name: 'Kim’s' })]
  await at.stopRelay()
  at.sandbox.switches.numberListLagMs = [60_000, 60_000] // else the second would see that it is theirs already
  await buyAlone(ada, adas)
  await buyAlone(kim, kims)
  at.sandbox.switches.numberListLagMs = [0, 0]
  await at.startRelay()
  const ends = () => Promise.all([known(ada, adas.intentId), known(kim, kims.intentId)])
  await vi.waitFor(async () => expect((await ends()).map(({ state }) => state).toSorted()).toEqual(['done', 'failed']), slow)
  const both = await ends()
  const [winner, loser] = both[0].state === 'done' ? both : both.toReversed()
  const [byName, name] = both[0].state === 'done' ? ['Ada', 'Ada’s'] : ['Kim', 'Kim’s']
  expect(endOf(winner as Purchase)).toEqual(DONE)
  expect(loser).toMatchObject({ failureCode: 'number-already-ours', isCharged: false, sid: null, details: { byName } })
  expect(await charges(at)).toHaveLength(3)
  expect(owned(phoneNumber)?.friendlyName).toBe(name)
  for (const desktop of [ada, kim])
    await vi.waitFor(async () => {
      expect(await listed(desktop, phoneNumber)).toMatchObject({ name, origin: { intentId: winner?.intentId } })
    }, slow)
  const lines = await traced(ada, phoneNumber)
  expect(lines.filter((line) => line.endsWith('.bought')).toSorted()).toEqual([`${byName} number.bought`, `${byName} purchase.bought`])
})
