import { act, fireEvent, screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import axe from 'axe-core'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { LegRecord } from '../../../contract/call.ts'
import { failure } from '../../../contract/failure.ts'
import { askedFor, at, item, list, many, openCalls, row, rows } from './kit.tsx'

vi.setConfig({ testTimeout: 60_000 }) // a loaded machine takes seconds for a screen
afterEach(() => vi.restoreAllMocks())

function leg(role: LegRecord['role'], status: LegRecord['status']): LegRecord {
  const times = { ringAt: null, answerAt: null, endAt: null, durationSeconds: null }
  const unknown = { sid: null, parentSid: null, userId: null, deviceId: null, to: null, bridged: null, errorCode: null }
  return { legId: role, role, status, ...times, ...unknown, price: null, priceUnit: null }
}
const shown = (count: number) => waitFor(() => expect(rows()).toHaveLength(count))
const names = () => rows().map((one) => one.dataset['call'])
const search = () => screen.getByRole<HTMLInputElement>('textbox', { name: 'Search calls' })

describe('the list', () => {
  test('each row says what became of it and why, with whom, what it cost and how long', async () => {
    const calls = [
      item({ callId: '1', outcome: 'missed', reason: 'rang-out', tags: ['vip'], noteCount: 2 }),
      item({ callId: '2', outcome: 'missed', reason: 'declined' }),
      item({
        callId: '3',
        outcome: 'answered',
        talkSeconds: 65,
        userId: 'sam',
        cost: { amount: '0.0225', currency: 'USD', isFinal: true },
      }),
      item({ callId: '4', outcome: 'not-reached', reason: 'busy', direction: 'outgoing', cost: null }),
      item({ callId: '5', outcome: 'abandoned', party: { kind: 'withheld' } }),
      item({ callId: '6', outcome: 'voicemail', reason: 'rang-out', party: { kind: 'client', identity: 'client:usam_dx' } }),
    ].map((call, index) => ({ ...call, startedAt: at(index) }))
    await openCalls(calls)
    await shown(6)
    expect(row(0).getByText(/^Missed · rang out/).textContent).toContain('#vip')
    expect(row(0).getByLabelText('2 notes')).toBeDefined()
    expect(row(1).getByText('Declined')).toBeDefined()
    expect(row(2).getByText('Sam')).toBeDefined() // the column of users
    expect(row(2).getByText('1:05')).toBeDefined()
    expect(row(2).getByText('$0.0225')).toBeDefined()
    expect(row(3).getByText('Not reached · busy')).toBeDefined()
    expect(row(3).getByTitle('Not rated yet').textContent).toBe('–') // unknown is never 0
    expect(row(4).getByText('Number withheld')).toBeDefined()
    expect(row(5).getByText('Sam')).toBeDefined()
  })

  test('a cost that is not final says so', async () => {
    await openCalls([item({ outcome: 'answered', cost: { amount: '0.01', currency: 'USD', isFinal: false } })])
    await shown(1)
    expect(row(0).getByTitle('Twilio has not rated everything yet').textContent).toBe('$0.01 …')
  })

  test.each([
    ['Ringing', [leg('party', 'ringing'), leg('device', 'ringing')]],
    ['Ringing', [leg('party', 'ringing'), leg('device', null)]],
    ['At voicemail', [leg('party', 'in-progress'), leg('device', 'no-answer')]],
    ['Now', []],
  ])('a call that is not over: %s', async (word, legs) => {
    await openCalls([item({ outcome: 'ongoing', legs })])
    await shown(1)
    expect(row(0).getByText(word)).toBeDefined()
  })

  test('of ten thousand only those in sight are in the page, and older ones come as one scrolls', async () => {
    const app = await openCalls(many(10_000))
    await waitFor(() => expect(screen.getByText('10000 calls', { exact: false })).toBeDefined())
    expect(rows().length).toBeLessThan(60)
    const before = askedFor(app, 'calls.page').length
    const scroll = screen.getByRole('list', { name: 'Calls' }).parentElement!
    scroll.scrollTop = 44 * 240
    fireEvent.scroll(scroll)
    await waitFor(() => expect(askedFor(app, 'calls.page').length).toBeGreaterThan(before))
    await waitFor(() => expect(names()).toContain('call-000245'))
    expect(rows().length).toBeLessThan(60)
  })

  test('calls back from the number it was with', async () => {
    const app = await openCalls([item({ outcome: 'missed', reason: 'rang-out', ourNumber: '+14155550111' })])
    await userEvent.click(await screen.findByRole('button', { name: 'Call (415) 555-2671' }))
    expect(app.device().connects[0]?.params).toMatchObject({ To: '+14155552671', LkCallerId: '+14155550111' })
  })

  test('a withheld number has no way to call back', async () => {
    await openCalls([item({ outcome: 'abandoned', party: { kind: 'withheld' } })])
    await shown(1)
    expect(row(0).getByRole('button', { hidden: true }).className).toContain('invisible')
  })
})

describe('live', () => {
  test('a change is asked for again and shown; a new call stands on top', async () => {
    const app = await openCalls([
      item({ callId: '1', outcome: 'ongoing', startedAt: at(5), legs: [leg('party', 'in-progress'), leg('device', 'in-progress')] }),
    ])
    await waitFor(() => expect(row(0).getByText('In progress')).toBeDefined())
    app.calls[0] = item({ callId: '1', outcome: 'answered', talkSeconds: 3, startedAt: at(5) })
    app.calls.push(item({ callId: '2', outcome: 'missed', reason: 'busy', startedAt: at(1) }))
    act(() => app.emit('calls.changed', { callIds: ['1', '2'] }))
    await shown(2)
    expect(names()).toEqual(['2', '1'])
    expect(row(1).getByText('Answered')).toBeDefined()
  })

  test('what is above moves nothing that is in sight', async () => {
    const app = await openCalls(many(200))
    const scroll = (await screen.findByRole('list', { name: 'Calls' })).parentElement!
    await waitFor(() => expect(rows().length).toBeGreaterThan(10))
    scroll.scrollTop = 44 * 30
    fireEvent.scroll(scroll)
    await waitFor(() => expect(names()).toContain('call-000040'))
    app.calls.push(item({ callId: 'new', outcome: 'answered', startedAt: at(-1) }))
    act(() => app.emit('calls.changed', { callIds: ['new'] }))
    await waitFor(() => expect(scroll.scrollTop).toBe(44 * 31))
  })

  test('a call that fits no more leaves, one that is gone too', async () => {
    const app = await openCalls(
      [item({ callId: '1', outcome: 'missed', startedAt: at(1) }), item({ callId: '2', outcome: 'missed', startedAt: at(2) })],
      {},
      { to: '?outcome=missed' },
    )
    await shown(2)
    app.calls[0] = item({ callId: '1', outcome: 'answered', startedAt: at(1) })
    act(() => app.emit('calls.changed', { callIds: ['1'] }))
    await shown(1)
    expect(names()).toEqual(['2'])
  })
})

describe('keys', () => {
  test('arrows move, Enter is a link to the call, / goes to the search, Escape empties it', async () => {
    const { phone } = await openCalls(many(30))
    await waitFor(() => expect(rows().length).toBeGreaterThan(10))
    act(() => list().getAllByRole('link')[0]!.focus())
    await userEvent.keyboard('{ArrowDown}{ArrowDown}{ArrowUp}')
    expect(document.activeElement?.getAttribute('href')).toBe('#/calls/call-000001')
    await userEvent.keyboard('{End}')
    await waitFor(() => expect(document.activeElement?.getAttribute('href')).toBe('#/calls/call-000029'))
    await userEvent.keyboard('/')
    expect(document.activeElement).toBe(search())
    await userEvent.keyboard('call-00001')
    await shown(10)
    await userEvent.keyboard('{Escape}')
    expect(search().value).toBe('')
    await waitFor(() => expect(rows().length).toBeGreaterThan(10))
    expect(phone.view().call).toBeNull()
  })

  test('C calls the row, and only goes to Calls after G', async () => {
    const app = await openCalls(many(3))
    await shown(3)
    act(() => list().getAllByRole('link')[1]!.focus())
    await userEvent.keyboard('gc')
    expect(app.device().connects).toHaveLength(0)
    await userEvent.keyboard('c')
    expect(app.device().connects).toHaveLength(1)
  })
})

describe('narrowing', () => {
  test('filters of the address are asked for, shown on their chips, and one clears them all', async () => {
    const app = await openCalls(many(35), {}, { to: '?dir=incoming&outcome=answered&tag=vip&talkmin=90' })
    await waitFor(() => expect(screen.getByRole('heading', { name: 'No call fits' })).toBeDefined())
    expect(askedFor(app, 'calls.page').at(-1)?.['filter']).toEqual({
      directions: ['incoming'],
      outcomes: ['answered'],
      tags: ['vip'],
      talkAtLeast: 90,
    })
    expect(screen.getByRole('button', { name: 'Talk time: from 1:30' })).toBeDefined()
    await userEvent.click(screen.getByRole('button', { name: 'Without Tag: vip' }))
    await shown(5)
    await userEvent.click(screen.getByRole('button', { name: 'Clear all' }))
    await waitFor(() => expect(location.hash).toBe('#/calls'))
    await waitFor(() => expect(document.activeElement).toBe(search()))
    await userEvent.keyboard('7') // it is typed there, not dialled
    expect(location.hash).not.toBe('#/phone')
  })

  test('a chip narrows the list and stands in the address', async () => {
    await openCalls([
      item({ callId: '1', outcome: 'missed', startedAt: at(1) }),
      item({ callId: '2', outcome: 'answered', startedAt: at(2) }),
    ])
    await shown(2)
    await userEvent.click(screen.getByRole('button', { name: 'Outcome' }))
    await userEvent.click(await screen.findByRole('checkbox', { name: 'Missed' }))
    await shown(1)
    await waitFor(() => expect(location.hash).toBe('#/calls?outcome=missed'))
    expect(screen.getByRole('button', { name: 'Outcome: Missed', hidden: true })).toBeDefined()
  })

  test('what cannot be read as a time is said beside it', async () => {
    await openCalls(many(2))
    await shown(2)
    await userEvent.click(screen.getByRole('button', { name: 'Talk time' }))
    await userEvent.type(await screen.findByRole('textbox', { name: 'At least' }), 'long')
    await userEvent.click(screen.getByRole('button', { name: 'Apply' }))
    expect(screen.getByText('Write it as 1:30, or in seconds: 90.')).toBeDefined()
    await userEvent.clear(screen.getByRole('textbox', { name: 'At least' }))
    await userEvent.type(screen.getByRole('textbox', { name: 'At least' }), '1:01')
    await userEvent.click(screen.getByRole('button', { name: 'Apply' }))
    await shown(1)
  })

  test('a search marks what it found, and says what it found elsewhere', async () => {
    const call = item({ outcome: 'answered' })
    await openCalls([call], {
      'calls.search': ({ text }: { text: string }) =>
        text === 'quote'
          ? { hits: [{ call, matched: ['note'], snippet: 'wants a \u2068quote\u2069 by Friday' }], next: null }
          : { hits: [{ call, matched: ['number'], snippet: null }], next: null },
    })
    await shown(1)
    await userEvent.type(search(), '555 26')
    await waitFor(() => expect(row(0).getByText('555-26', { selector: 'mark' })).toBeDefined())
    await userEvent.clear(search())
    await userEvent.type(search(), 'quote')
    await waitFor(() => expect(row(0).getByText('quote', { selector: 'mark' }).parentElement?.textContent).toBe('wants a quote by Friday'))
  })

  test.each([
    ['12', 'A number is found by three of its digits or more.'],
    ['+4', 'A number is found by three of its digits or more.'],
    ['Withheld', /^A withheld number cannot be searched for/],
    ['123', 'No call has “123” in its names, numbers, notes, tags or transcripts.'],
  ])('what finds nothing says why: %s', async (text, hint) => {
    await openCalls([item({ outcome: 'answered' })], { 'calls.search': () => ({ hits: [], next: null }) })
    await shown(1)
    await userEvent.type(search(), text)
    expect(await screen.findByText(hint)).toBeDefined()
  })

  test('staff have no filter by user', async () => {
    await openCalls(many(2), {}, { role: 'staff' })
    await shown(2)
    expect(screen.getByRole('button', { name: 'Direction' })).toBeDefined()
    expect(screen.queryByRole('button', { name: 'User' })).toBeNull()
  })
})

test('nothing yet, and what cannot be read, are two different things', async () => {
  const empty = await openCalls([])
  await screen.findByRole('heading', { name: 'No calls yet' })
  empty.screen.unmount()
  const state = { isBroken: true }
  await openCalls([], {
    'calls.page': () => (state.isBroken ? failure('store-failed') : { calls: [item({ outcome: 'answered' })], next: null }),
  })
  expect((await screen.findByRole('alert')).textContent).toContain('local database')
  state.isBroken = false
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
  await shown(1)
})

test('the screen has no accessibility violation', async () => {
  await openCalls(many(20))
  await waitFor(() => expect(rows().length).toBeGreaterThan(10))
  const result = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false } } })
  expect(result.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`)).toEqual([])
})
