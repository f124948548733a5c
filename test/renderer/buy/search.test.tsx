import { act, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import axe from 'axe-core'
import { describe, expect, test, vi } from 'vitest'
import { failure } from '../../../contract/failure.ts'
import type { SearchQuery, SearchReply } from '../../../contract/number-desktop.ts'
import { argsOf, click, noPapers, offer, openPane, purchase, staff, tab, tick, type, usd } from './buy-kit.tsx'

vi.setConfig({ testTimeout: 60_000 }) // typing into a screen with many roles takes seconds on a busy machine

const offers = [
  offer('+14155550101'),
  offer('+14155550102', { monthly: usd('2') }),
  offer('+15105550100', { locality: 'Oakland', monthly: null }),
]
const reply = (part: Partial<SearchReply>): SearchReply => ({
  searchId: 's',
  offers: [],
  failures: [],
  isCancelled: false,
  relax: [],
  ...part,
})
const searches = (app: { asked: { name: string; args: unknown }[] }) =>
  argsOf<{ searchId: string; query: SearchQuery }>(app, 'numbers.search').map(({ query }) => query)
const bar = () => within(screen.getByRole('region', { name: 'Chosen numbers' }))

describe('a search', () => {
  test('asks for what was chosen; results stand by place with their prices', async () => {
    const app = await openPane({ offers })
    await userEvent.click(await screen.findByText('More countries'))
    await type('Area codes', '415, 510')
    await userEvent.type(screen.getByRole('searchbox', { name: 'Find a country' }), 'ger{Enter}')
    await tick('Mobile')
    await type('City', 'Oakland')
    expect(screen.getByText('6 searches at Twilio')).toBeInstanceOf(HTMLElement)
    await click('Search')
    expect(searches(app)).toEqual([
      expect.objectContaining({
        countries: ['US', 'DE'],
        types: ['local', 'mobile'],
        areaCodes: ['415', '510'],
        locality: 'Oakland',
        capabilities: ['voice'],
        address: 'any',
      }),
    ])
    const oakland = await screen.findByRole('list', { name: 'Oakland, CA, United States' })
    expect(oakland.textContent).toContain('price unknown')
    const francisco = screen.getByRole('list', { name: 'San Francisco, CA, United States' })
    expect(
      within(francisco)
        .getAllByRole('checkbox')
        .map((one) => one.getAttribute('aria-label')),
    ).toEqual(['(415) 555-0101', '(415) 555-0102'])
    expect(francisco.textContent).toContain('$1.15 a month')
    expect(francisco.textContent).toContain('$0.0085 a minute')
  })

  test('that cannot be asked says at which field, and asks nothing', async () => {
    const app = await openPane()
    await type('Area codes', '4I5')
    await type('Pattern', '5')
    await click('Search')
    expect(screen.getByText(/Area codes are up to 6 digits/)).toBeInstanceOf(HTMLElement)
    expect(screen.getByText(/2 to 16 digits/)).toBeInstanceOf(HTMLElement)
    await userEvent.click(screen.getByRole('checkbox', { name: 'United States' }))
    expect(screen.getByText('Choose a country.')).toBeInstanceOf(HTMLElement)
    expect(searches(app)).toEqual([])
  })

  test('says how far it is, and can be cancelled; what had come stays', async () => {
    const held = Promise.withResolvers<SearchReply>()
    const app = await openPane()
    const request = app.bridge.request.bind(app.bridge)
    let searchId = ''
    app.bridge.request = (async (name: 'numbers.search', args: { searchId: string; query: SearchQuery }) => {
      if (name !== 'numbers.search') return request(name, args as never)
      searchId = args.searchId
      return { ok: true, value: await held.promise }
    }) as typeof app.bridge.request
    await click('Search')
    act(() => app.emit('numbers.searched', { searchId, done: 7, total: 12, found: 43 }))
    act(() => app.emit('numbers.searched', { searchId: 'another', done: 1, total: 1, found: 1 }))
    expect(screen.getByText('7 of 12 searches · 43 found')).toBeInstanceOf(HTMLElement)
    await click('Cancel')
    expect(argsOf(app, 'numbers.cancelSearch')).toEqual([{ searchId }])
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Cancelling…' }).disabled).toBe(true)
    held.resolve(reply({ offers, isCancelled: true }))
    expect(await screen.findByText(/Cancelled: these had come by then/)).toBeInstanceOf(HTMLElement)
  })

  test('of which parts failed lists them beside the others', async () => {
    const failures = [{ country: 'DE', type: 'mobile' as const, areaCode: null, failure: failure('twilio-busy') }]
    await openPane({ answers: { 'numbers.search': () => reply({ offers, failures }) } })
    await click('Search')
    expect((await screen.findByRole('alert')).textContent).toContain('Germany, Mobile: Twilio asks us to slow down.')
    expect(screen.getAllByRole('checkbox', { name: /^\(/ })).toHaveLength(3)
  })

  test('that found nothing says what to loosen, a press each', async () => {
    const answers = [reply({ relax: ['area-code', 'pattern'] }), reply({ offers })]
    const app = await openPane({ answers: { 'numbers.search': () => answers.shift() ?? reply({}) } })
    await type('Area codes', '415')
    await type('Pattern', 'FLOWERS')
    await click('Search')
    await click('Any area code')
    expect(searches(app)[1]).toMatchObject({ areaCodes: [], pattern: 'FLOWERS' })
    expect(screen.getByRole<HTMLInputElement>('textbox', { name: 'Area codes' }).value).toBe('')
    expect(await screen.findByText('3 numbers')).toBeInstanceOf(HTMLElement)
  })

  test('without an account says where to set it up', async () => {
    await openPane({
      answers: { 'numbers.countries': () => failure('account-missing'), 'numbers.search': () => failure('account-missing') },
    })
    expect((await screen.findByRole('link', { name: 'Open Settings' })).getAttribute('href')).toBe('#/settings')
    await click('Search')
    expect(await screen.findAllByText(/No Twilio account is set up/)).toHaveLength(2)
  })

  test('for a word marks it in the numbers and spells it', async () => {
    await openPane({ offers: [offer('+14153569377')] })
    await type('Pattern', 'flowers')
    await userEvent.selectOptions(screen.getByRole('combobox', { name: 'Where it stands' }), 'At the end')
    await click('Search')
    expect(await screen.findByText('reads (415) FLO-WERS')).toBeInstanceOf(HTMLElement)
    expect(document.querySelector('mark')?.textContent).toBe('356-9377')
  })

  test('says before buying which papers are needed, and whether the account has them', async () => {
    const papers = { ...noPapers, address: 'local' as const, bundle: 'required' as const, wants: ['Proof of address'] }
    await openPane({ offers: [offer('+4930555010', { country: 'DE', papers: { ...papers, addressSid: 'AD1' } })] })
    await click('Search')
    const badge = await screen.findByRole('button', { name: 'Papers missing for +49 30 555010' })
    await userEvent.click(badge)
    const row = badge.closest('li')?.textContent
    for (const text of ['Your account has AD1', 'Your account has none that fits', 'Proof of address']) expect(row).toContain(text)
  })

  test('sorted by price begins with the cheapest; unknown prices come last', async () => {
    await openPane({ offers: [...offers, offer('+13105550100', { locality: 'Los Angeles', monthly: usd('0.5') })] })
    await click('Search')
    await userEvent.selectOptions(await screen.findByRole('combobox', { name: 'Sort by' }), 'Price')
    expect(screen.getAllByRole('checkbox', { name: /^\(/ }).map((one) => one.getAttribute('aria-label'))).toEqual([
      '(310) 555-0100',
      '(415) 555-0101',
      '(415) 555-0102',
      '(510) 555-0100',
    ])
  })
})

test('a search is kept under a name, run again and deleted', async () => {
  const app = await openPane({ offers })
  await type('Area codes', '415')
  await click('Save search')
  await userEvent.type(screen.getByRole('textbox', { name: 'Name of this search' }), 'Bay area')
  await click('Save')
  await type('Area codes', '212')
  await click('Run Bay area')
  expect(searches(app)).toEqual([expect.objectContaining({ areaCodes: ['415'] })])
  expect(screen.getByRole<HTMLInputElement>('textbox', { name: 'Area codes' }).value).toBe('415')
  await click('Delete Bay area')
  await waitFor(() => expect(screen.queryByRole('button', { name: 'Run Bay area' })).toBeNull())
})

describe('what is ticked', () => {
  test('is summed at the foot, over several searches; unknown prices are said', async () => {
    await openPane({ offers })
    expect(bar().getByText('Nothing chosen')).toBeInstanceOf(HTMLElement)
    await click('Search')
    await tick('(415) 555-0101')
    await tick('(415) 555-0102')
    expect(bar().getByText('$3.15 a month')).toBeInstanceOf(HTMLElement)
    await click('Search')
    await tick('(510) 555-0100')
    expect(bar().getByText('$3.15 a month and 1 unknown price')).toBeInstanceOf(HTMLElement)
    await click('Clear selection')
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Review purchase' }).disabled).toBe(true)
  })

  test('can be a whole place at once', async () => {
    await openPane({ offers })
    await click('Search')
    await tick('Choose all in San Francisco, CA')
    expect(bar().getByText('2 numbers chosen')).toBeInstanceOf(HTMLElement)
    await tick('(415) 555-0101')
    expect(screen.getByRole('checkbox', { name: /^Choose all in San/, checked: false })).toBeInstanceOf(HTMLElement)
    await tick('Choose all in San Francisco, CA')
    await tick('Choose all in San Francisco, CA')
    expect(bar().getByText('Nothing chosen')).toBeInstanceOf(HTMLElement)
  })

  test('can be put aside: the shortlist buys nothing and stays', async () => {
    const app = await openPane({ offers })
    await click('Search')
    await tick('(415) 555-0101')
    await click('Add to shortlist')
    expect(argsOf(app, 'numbers.shortlist')).toEqual([{}, { add: [offers[0]] }])
    await tab(/^Shortlist/)
    expect(await screen.findByRole('checkbox', { name: '(415) 555-0101', checked: true })).toBeInstanceOf(HTMLElement)
    await click('Remove from shortlist')
    expect(await screen.findByRole('heading', { name: 'Nothing on the shortlist' })).toBeInstanceOf(HTMLElement)
    expect(argsOf(app, 'numbers.purchase')).toEqual([])
  })

  test('is no longer for sale once it is ours', async () => {
    const app = await openPane({ offers })
    await click('Search')
    await tick('(415) 555-0101')
    await click('Add to shortlist')
    act(() => app.emit('purchases.changed', { purchases: [purchase({ phoneNumber: '+14155550101', sid: `PN${'0'.repeat(32)}` })] }))
    expect(bar().getByText('Nothing chosen')).toBeInstanceOf(HTMLElement)
    await waitFor(() => expect(app.kept.shortlist).toEqual([]))
    const row = screen.getByRole<HTMLInputElement>('checkbox', { name: '(415) 555-0101' })
    expect([row.disabled, row.checked]).toEqual([true, false])
    expect(screen.getAllByText('Yours now')).toHaveLength(1)
    await userEvent.click(row)
    expect(bar().getByText('Nothing chosen')).toBeInstanceOf(HTMLElement)
  })
})

test('thousands of results are drawn a part at a time', async () => {
  const many = Array.from({ length: 450 }, (_, index) => offer(`+1415555${1000 + index}`))
  await openPane({ offers: many })
  await click('Search')
  expect(await screen.findAllByRole('checkbox', { name: /^\(/ })).toHaveLength(200)
  await click('Show 200 more')
  await click('Show 50 more')
  expect(screen.getAllByRole('checkbox', { name: /^\(/ })).toHaveLength(450)
})

test('signing out leaves nothing of it behind', async () => {
  const app = await openPane({ offers })
  await click('Search')
  await tick('(415) 555-0101')
  act(() => app.emit('session.changed', { ...staff, state: 'signed-out' }))
  act(() => app.emit('session.changed', staff))
  expect(await screen.findByRole('heading', { name: 'Ask for a number' })).toBeInstanceOf(HTMLElement)
  expect(document.body.textContent).not.toContain('555-0101')
})

test('nothing for axe to object to', async () => {
  await openPane({ offers: [...offers, offer('+4930555010', { country: 'DE', papers: { ...noPapers, address: 'local' } })] })
  await click('Search')
  await tick('(415) 555-0101')
  await click(/^Papers missing/)
  const { violations } = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false }, region: { enabled: false } } })
  expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([])
})
