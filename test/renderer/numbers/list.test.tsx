import { act, fireEvent, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { failure } from '../../../contract/failure.ts'
import { openNumbers, owned, rowOf, rows, table } from './kit.tsx'

vi.setConfig({ testTimeout: 60_000 }) // a loaded machine takes seconds for a screen
afterEach(() => vi.restoreAllMocks())
const button = (name: string) => screen.getByRole<HTMLButtonElement>('button', { name })
const wait = { timeout: 15_000 }
const shown = (count: number) => waitFor(() => expect(rows()).toHaveLength(count), wait)
const order = () => rows().map((row) => /Line \d+/.exec(row.textContent)?.[0])
const company = () => [
  owned(0, { userIds: ['ada'], calls30: 5 }),
  owned(1, { userIds: ['sam'], state: 'inactive', country: 'GB' }),
  owned(2, { health: 'bad', calls30: 9 }),
]

const header = () => table().getByRole('columnheader', { name: 'Used, 30 days' })
const heading = () => table().getByRole('button', { name: 'United States' })

describe('the list', () => {
  test('each row says what it is, whose, what it costs and how it does', async () => {
    await openNumbers([
      owned(0, { name: 'Main line', userIds: ['ada', 'sam'], calls30: 12, health: 'bad', troubles: ['points-here'] }),
      owned(1, { state: 'held', monthly: null }),
    ])
    await shown(2)
    const first = rowOf('Main line')!
    for (const text of ['(415) 555-0100', 'Ada Lovelace, Sam', 'Active', 'San Francisco, CA', '12', '$1.15', 'Problem'])
      expect(within(first).getByText(text)).toBeDefined()
    expect(rowOf('Line 1')!.textContent).toContain('On hold')
    expect(within(rowOf('Line 1')!).getByText('Price unknown')).toBeDefined()
  })

  test('a row is few elements: that is what scrolling costs', async () => {
    const all = { voice: true, sms: true, mms: true, fax: true }
    await openNumbers([owned(0, { userIds: ['ada'], capabilities: all, perDay: [1, 2, 3], troubles: ['owner'], health: 'warning' })])
    await shown(1)
    const [row] = rows()
    expect(within(row!).getByRole('img', { name: 'Voice, SMS, MMS, Fax' })).toBeDefined()
    expect(row!.querySelectorAll('*').length).toBeLessThanOrEqual(24)
    for (const one of [row!, ...row!.querySelectorAll('*')]) expect(one.hasAttribute('style')).toBe(false)
  })

  test('of ten thousand only those in sight are in the page; the count is of all', async () => {
    await openNumbers(Array.from({ length: 10_000 }, (_, at) => owned(at)))
    await waitFor(() => expect(screen.getByText('10000 numbers')).toBeDefined(), wait)
    expect(screen.getByRole('grid', { name: 'Numbers' }).getAttribute('aria-rowcount')).toBe('10001')
    expect(rows().length).toBeGreaterThan(10)
    expect(rows().length).toBeLessThanOrEqual(60)
    expect(rows()[3]?.getAttribute('aria-rowindex')).toBe('5')
  })

  test('a header sorts, and turns round', async () => {
    await openNumbers(company())
    await shown(3)
    expect(header().getAttribute('aria-sort')).toBe('none')
    await userEvent.click(table().getByRole('button', { name: 'Used, 30 days' }))
    expect(header().getAttribute('aria-sort')).toBe('descending')
    expect(order()).toEqual(['Line 2', 'Line 0', 'Line 1'])
    await userEvent.click(table().getByRole('button', { name: 'Used, 30 days' }))
    expect(header().getAttribute('aria-sort')).toBe('ascending')
    expect(order()).toEqual(['Line 1', 'Line 0', 'Line 2'])
  })

  test('the search narrows it; / goes there, Escape empties it', async () => {
    await openNumbers(company())
    await shown(3)
    await userEvent.keyboard('/')
    const search = screen.getByRole('searchbox', { name: 'Filter numbers' })
    expect(document.activeElement).toBe(search)
    await userEvent.keyboard('sam')
    await shown(1)
    expect(screen.getByText('1 of 3')).toBeDefined()
    await userEvent.keyboard('xyz')
    await waitFor(() => expect(screen.getByText('No number fits these filters.')).toBeDefined(), wait)
    await userEvent.keyboard('{Escape}')
    await shown(3)
  })

  test('a chip narrows it and says so; filters are cleared together', async () => {
    await openNumbers(company())
    await shown(3)
    await userEvent.click(screen.getAllByRole('button', { name: 'State' })[0]!)
    await userEvent.click(await screen.findByRole('checkbox', { name: /Inactive/ }))
    await userEvent.keyboard('{Escape}')
    await shown(1)
    expect(button('State: Inactive')).toBeDefined()
    await userEvent.click(button('Clear filters'))
    await shown(3)
  })

  test('tags narrow it, where there are any', async () => {
    const numbers = [owned(0, { tags: ['sales', 'vip'] }), owned(1, { tags: ['sales'] }), owned(2)]
    await openNumbers(numbers)
    await shown(3)
    await userEvent.click(button('Tag'))
    await userEvent.click(await screen.findByRole('checkbox', { name: /sales/ }))
    await userEvent.keyboard('{Escape}')
    await shown(2)
    expect(button('Tag: sales')).toBeDefined()
    expect(order()).toEqual(['Line 0', 'Line 1'])
  })

  test('without a tag there is no such filter', async () => {
    await openNumbers(company())
    await shown(3)
    expect(screen.queryByRole('button', { name: 'Tag' })).toBeNull()
  })

  test('groups have headings with counts, and close', async () => {
    await openNumbers(company())
    await shown(3)
    await userEvent.selectOptions(screen.getByRole('combobox', { name: 'Group by' }), 'Country')
    await shown(5)
    expect(rowOf('United States')!.textContent).toContain('2 numbers')
    await userEvent.click(heading())
    await shown(3)
    expect(heading().getAttribute('aria-expanded')).toBe('false')
  })
})

describe('the keyboard', () => {
  test('arrows move, Space chooses, Shift extends, Enter opens, Escape clears', async () => {
    await openNumbers(company())
    await shown(3)
    act(() => rows()[0]!.focus())
    await userEvent.keyboard('{ArrowDown}')
    await waitFor(() => expect(document.activeElement).toBe(rows()[1]), wait)
    await userEvent.keyboard(' ')
    expect(rows().map((row) => row.getAttribute('aria-selected'))).toEqual(['false', 'true', 'false'])
    fireEvent.keyDown(document.activeElement!, { key: 'ArrowDown', shiftKey: true })
    await waitFor(() => expect(document.activeElement).toBe(rows()[2]), wait)
    expect(rows().map((row) => row.getAttribute('aria-selected'))).toEqual(['false', 'true', 'true'])
    await userEvent.keyboard('{Escape}')
    expect(rows().map((row) => row.getAttribute('aria-selected'))).toEqual(['false', 'false', 'false'])
    await userEvent.keyboard('{Home}')
    await waitFor(() => expect(document.activeElement).toBe(rows()[0]), wait)
    await userEvent.keyboard('{Enter}')
    expect(await screen.findByRole('region', { name: '(415) 555-0100' }, wait)).toBeDefined()
    expect(location.hash).toBe('#/numbers/+14155550100')
  })

  test('opened by key, the number has the keyboard; Escape gives it back to the row, but not out of a field', async () => {
    await openNumbers(company())
    await shown(3)
    act(() => rows()[0]!.focus())
    await userEvent.keyboard('{ArrowDown}{Enter}')
    const region = await screen.findByRole('region', { name: '(415) 555-0101' }, wait)
    await waitFor(() => expect(document.activeElement).toBe(region), wait)
    act(() => within(region).getByRole('button', { name: 'Close details' }).focus())
    await userEvent.keyboard('{Escape}')
    await waitFor(() => expect(screen.queryByRole('region', { name: '(415) 555-0101' })).toBeNull(), wait)
    await waitFor(() => expect(document.activeElement).toBe(rows()[1]), wait)
    await userEvent.keyboard('{Enter}')
    const again = await screen.findByRole('region', { name: '(415) 555-0101' }, wait)
    await userEvent.click(await within(again).findByRole('textbox', { name: 'Notes' }, wait))
    await userEvent.keyboard('{Escape}')
    expect(screen.getByRole('region', { name: '(415) 555-0101' })).toBe(again)
  })

  test('opened by mouse, the keyboard stays in the list', async () => {
    await openNumbers(company())
    await shown(3)
    await userEvent.click(rows()[2]!)
    const region = await screen.findByRole('region', { name: '(415) 555-0102' }, wait)
    expect(region.contains(document.activeElement)).toBe(false)
  })

  test('Ctrl A chooses all that is shown, and again nothing; not while one types', async () => {
    await openNumbers(company())
    await shown(3)
    await userEvent.keyboard('{Control>}a{/Control}')
    expect(screen.getByText('3 selected')).toBeDefined()
    await userEvent.keyboard('{Control>}a{/Control}')
    expect(screen.queryByText('3 selected')).toBeNull()
    await userEvent.click(screen.getByRole('searchbox'))
    await userEvent.keyboard('{Control>}a{/Control}')
    expect(screen.queryByText('3 selected')).toBeNull()
  })
})

describe('what is not a list', () => {
  test('no numbers yet: a sentence and a way', async () => {
    await openNumbers([])
    expect(await screen.findByRole('heading', { name: 'No numbers yet' }, wait)).toBeDefined()
    expect(button('Find a number')).toBeDefined()
  })

  test('what cannot be read says why, and is read again', async () => {
    const state = { isBroken: true }
    await openNumbers([owned(0)], {
      'numbers.list': () => (state.isBroken ? failure('store-failed') : { numbers: [owned(0)], next: null, syncedAt: null }),
    })
    expect((await screen.findByRole('alert', {}, wait)).textContent).toContain('local database')
    state.isBroken = false
    await userEvent.click(button('Try again'))
    await shown(1)
    expect(screen.queryByRole('alert')).toBeNull()
  })

  test('staff see their own and change nothing', async () => {
    await openNumbers([owned(0, { userIds: ['ada'] })], {}, { role: 'staff' })
    await shown(1)
    expect(table().queryByRole('checkbox')).toBeNull()
    for (const name of ['Sync', 'Export', 'More', 'Search numbers', 'Health', 'Capability'])
      expect(screen.queryByRole('button', { name })).toBeNull()
    expect(button('Ask for a number').disabled).toBe(false)
    const headers = table()
      .getAllByRole('columnheader')
      .map((one) => one.textContent)
    expect(headers).toEqual(['Number', 'Name', 'Owners', 'State', 'Place', 'Last used', 'Used, 30 days'])
    await userEvent.click(rows()[0]!)
    const detail = within(await screen.findByRole('region', { name: '(415) 555-0100' }, wait))
    await detail.findByRole('heading', { name: 'Owners' }, wait)
    for (const name of ['Rename', 'Hold', 'Assign', 'Deactivate']) expect(detail.queryByRole('button', { name })).toBeNull()
    expect(detail.getByRole<HTMLInputElement>('checkbox', { name: 'Record calls of this number' }).disabled).toBe(true)
  })
})

describe('changes from elsewhere', () => {
  test('a named number is read again, by its page alone', async () => {
    const numbers = Array.from({ length: 25 }, (_, at) => owned(at))
    const app = await openNumbers(numbers, {}, { pageSize: 10 })
    await waitFor(() => expect(screen.getByText('25 numbers')).toBeDefined(), wait)
    const lists = () => app.asked.filter(({ name }) => name === 'numbers.list')
    await waitFor(() => expect(lists()).toHaveLength(3), wait)
    numbers[12] = owned(12, { name: 'Renamed elsewhere' })
    act(() => app.emit('numbers.changed', { phoneNumbers: ['+14155550112'] }))
    await waitFor(() => expect(rowOf('Renamed elsewhere')).toBeDefined(), wait)
    expect(lists()).toHaveLength(4)
    expect(lists()[3]?.args).toMatchObject({ after: '+14155550109' })
  })

  test('numbers that come and go are seen; what is gone is chosen no more', async () => {
    const numbers = [owned(0), owned(1)]
    const app = await openNumbers(numbers)
    await shown(2)
    await userEvent.keyboard('{Control>}a{/Control}')
    numbers.splice(0, 1, owned(5), owned(6))
    act(() => app.emit('numbers.changed', { phoneNumbers: null }))
    await shown(3)
    expect(order()).toEqual(['Line 1', 'Line 5', 'Line 6'])
    expect(screen.getByText('1 selected')).toBeDefined()
  })

  test('a signed-out page forgets them', async () => {
    const app = await openNumbers([owned(0)])
    await shown(1)
    const store = app.state.later((await import('../../../renderer/state/numbers.ts')).createNumbersStore)
    act(() => app.emit('session.changed', { ...app.state.session.getState().session!, state: 'signed-out' }))
    expect(store.getState().numbers).toBeNull()
  })
})
