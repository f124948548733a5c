import { act, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { SearchQuery } from '../../../contract/number-desktop.ts'
import { fromAddress, toAddress, type Kept } from '../../../renderer/buy/model/address.ts'
import { draftOf, plainDraft, queryOf, type Draft } from '../../../renderer/buy/model/query.ts'
import { argsOf, click, offer, openPane, staff, tick, type } from './buy-kit.tsx'

vi.setConfig({ testTimeout: 60_000 }) // typing into a screen with many roles takes seconds on a busy machine
beforeEach(() => void (location.hash = ''))
afterEach(() => void (location.hash = ''))

const wait = { timeout: 15_000 }
const offers = [offer('+14155550101'), offer('+14155550102')]
const searches = (app: Parameters<typeof argsOf>[0]) => argsOf<{ query: SearchQuery }>(app, 'numbers.search').map(({ query }) => query)
const field = (name: string) => screen.findByRole<HTMLInputElement>('textbox', { name })
const addressed = (part: string) => waitFor(() => expect(location.hash).toContain(part), wait)

/** The page anew, at the address it was at. */
async function reload(app: { screen: { unmount: () => void } }, options: Parameters<typeof openPane>[0] = { offers }) {
  const { hash } = location
  app.screen.unmount()
  return openPane(options, hash)
}

describe('after a reload', () => {
  test('what was searched for is in the form, and is searched for again', async () => {
    const app = await openPane({ offers })
    await type('Area codes', '415')
    await type('City', 'San José')
    await tick('Toll-free')
    await click('Search')
    await screen.findByText('2 numbers')
    const again = await reload(app)
    expect(await screen.findByText('2 numbers')).toBeInstanceOf(HTMLElement)
    expect((await field('Area codes')).value).toBe('415')
    expect((await field('City')).value).toBe('San José')
    expect(screen.getByRole('checkbox', { name: 'Toll-free', checked: true })).toBeInstanceOf(HTMLElement)
    expect(searches(again)).toEqual(searches(app))
  })

  test('what was typed and not searched for is only typed', async () => {
    const app = await openPane()
    await type('Area codes', '212')
    await addressed('212')
    const again = await reload(app)
    await waitFor(async () => expect((await field('Area codes')).value).toBe('212'), wait)
    expect(screen.getByRole('heading', { name: 'Search for a number' })).toBeInstanceOf(HTMLElement)
    expect(searches(again)).toEqual([])
  })

  test('what was typed since the search stands in the form, beside what was found', async () => {
    const app = await openPane({ offers })
    await type('Area codes', '415')
    await click('Search')
    await type('Area codes', '212')
    await addressed('212')
    const again = await reload(app)
    expect(await screen.findByText('2 numbers')).toBeInstanceOf(HTMLElement)
    expect((await field('Area codes')).value).toBe('212')
    expect(searches(again)).toEqual([expect.objectContaining({ areaCodes: ['415'] })])
  })
})

test('who comes back from elsewhere finds it as it was, not searched for again', async () => {
  const app = await openPane({ offers })
  await type('Area codes', '415')
  await click('Search')
  await screen.findByText('2 numbers')
  await addressed('415')
  act(() => void (location.hash = '#/settings'))
  await waitFor(() => expect(screen.queryByText('2 numbers')).toBeNull(), wait)
  act(() => void (location.hash = '#/numbers/search'))
  expect(await screen.findByText('2 numbers')).toBeInstanceOf(HTMLElement)
  await addressed('415')
  expect(searches(app)).toHaveLength(1)
})

test('an address that is gone to is followed', async () => {
  const app = await openPane({ offers })
  await type('Area codes', '415')
  await click('Search')
  const form: Draft = { ...plainDraft('DE'), areaCodes: '30' }
  act(() => void (location.hash = `#/numbers/search?${toAddress({ draft: form, searched: null })}`))
  await waitFor(async () => expect((await field('Area codes')).value).toBe('30'), wait)
  expect(searches(app)).toHaveLength(1)
})

test('signing out takes it out of the address', async () => {
  const app = await openPane({ offers })
  await type('Area codes', '415')
  await click('Search')
  await addressed('415')
  act(() => app.emit('session.changed', { ...staff, state: 'signed-out' }))
  expect(location.hash).toBe('#/numbers/search')
})

test('a row taken out of the review is not ticked in the results any more', async () => {
  await openPane({ offers: [...offers, offer('+14155550103')] })
  await click('Search')
  for (const name of ['(415) 555-0101', '(415) 555-0102', '(415) 555-0103']) await tick(name)
  await click('Review purchase')
  await click('Leave out (415) 555-0102')
  await click('Cancel')
  expect(await screen.findByRole('checkbox', { name: '(415) 555-0102', checked: false })).toBeInstanceOf(HTMLElement)
  expect(screen.getByRole('checkbox', { name: '(415) 555-0101', checked: true })).toBeInstanceOf(HTMLElement)
  expect(within(screen.getByRole('region', { name: 'Chosen numbers' })).getByText('2 numbers chosen')).toBeInstanceOf(HTMLElement)
  await click('Review purchase')
  expect(within(await screen.findByRole('dialog')).queryByText('(415) 555-0102')).toBeNull()
  await userEvent.keyboard('{Escape}')
})

describe('the address', () => {
  const text = fc.string({ maxLength: 12, unit: 'grapheme' })
  const draft: fc.Arbitrary<Draft> = fc.record({
    countries: fc.uniqueArray(fc.constantFrom('US', 'DE', 'GB', 'FR'), { minLength: 1 }),
    types: fc.subarray(['local', 'toll-free', 'mobile', 'national', 'voip', 'shared-cost', 'machine-to-machine']),
    areaCodes: text,
    pattern: text,
    position: fc.constantFrom('anywhere', 'start', 'end'),
    locality: text,
    region: text,
    postalCode: text,
    near: fc.oneof(text, fc.constant('+14155550100')),
    capabilities: fc.subarray(['voice', 'sms', 'mms', 'fax']),
    address: fc.constantFrom('any', 'none', 'no-local', 'no-foreign'),
    limit: fc.integer({ min: 1, max: 50 }),
  })
  const asked = draft.map((one): SearchQuery | null => {
    const read = queryOf(one, (near) => (near === '+14155550100' ? near : undefined))
    return 'query' in read ? read.query : null
  })

  test('gives back what was put into it', () => {
    const kept = fc.oneof(
      fc.record({ draft, searched: asked }),
      asked.filter((one) => one !== null).map((searched): Kept => ({ draft: draftOf(searched), searched })),
    )
    fc.assert(
      fc.property(kept, (one) => {
        expect(fromAddress(toAddress(one))).toEqual(one)
      }),
    )
    expect(fromAddress(toAddress({ draft: null, searched: null }))).toEqual({ draft: null, searched: null })
  })

  test('whatever somebody wrote there is a form, and the same again', () => {
    const names = ['countries', 'types', 'limit', 'position', 'near', 'searched', 'areaCodes', 'x']
    const said = fc
      .array(fc.tuple(fc.constantFrom(...names), fc.oneof(text, fc.constantFrom('US,DE,us', 'local,fax', '0', '51', 'countries=US'))))
      .map((pairs) => new URLSearchParams(pairs).toString())
    fc.assert(
      fc.property(fc.oneof(said, text), (one) => {
        const kept = fromAddress(one)
        expect(fromAddress(toAddress(kept))).toEqual(kept)
      }),
    )
  })
})
