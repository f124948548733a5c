import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { PATIENCE, shown, startManaged, type Managed } from './manage-kit.ts'

let at: Managed
beforeEach(async () => void (at = await startManaged()), 60_000)
afterEach(() => at.close())

test('a number just bought is there while Twilio’s list lags behind it: listed or not, nothing is wrong with it', async () => {
  const { ada } = at
  await at.control('/faults', { switches: { numberListLagMs: [3_600_000, 3_600_000] } })
  const offers = await ada.ask('numbers.search', {
    searchId: 's1',
    query: {
      countries: ['US'],
      types: ['local'],
      areaCodes: ['415'],
      pattern: null,
      position: 'anywhere',
      locality: null,
      region: null,
      postalCode: null,
      nearNumber: null,
      capabilities: ['voice'],
      address: 'any',
      limit: 1,
    },
  })
  const { phoneNumber, monthly } = offers.offers[0]!
  const item = { intentId: 'intent-1', phoneNumber, country: 'US', type: 'local' as const, place: null, monthly, name: null }
  const lines = ada.ports.lines.length
  expect(await ada.ask('numbers.purchase', { items: [item], assignTo: [], waitMs: 30_000 })).toMatchObject([
    { state: 'done', isCharged: true },
  ])
  await shown(ada, phoneNumber, { state: 'active', monthly })
  // By itself behind the purchase, and by hand.
  await vi.waitFor(() => expect(ada.ports.lines.slice(lines).map(({ message }) => message)).toContain('sync: result'), PATIENCE)
  expect((await ada.ask('numbers.planSync', {})).removed).toEqual([])
  await shown(ada, phoneNumber, { state: 'active' })
  // Another manager's desktop has heard of it by the relay alone.
  const bob = await at.join('Bob', 'manager')
  await shown(bob, phoneNumber, { state: 'active' })
  const plan = await bob.ask('numbers.planSync', {})
  expect(plan.removed).toEqual([])
  // Absent from the list, but there when asked by SID: missing at most, and not even that where this desktop has just read it.
  expect(plan.missing.map((one) => one.phoneNumber).filter((one) => one !== phoneNumber)).toEqual([])
  await bob.ask('numbers.applySync', { planId: plan.planId })
  await shown(bob, phoneNumber, { state: 'active' })
}, 90_000)
