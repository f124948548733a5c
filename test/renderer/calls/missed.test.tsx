import { act, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import axe from 'axe-core'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { CallItem, MissedEntry } from '../../../contract/history.ts'
import { failure } from '../../../contract/failure.ts'
import { askedFor, at, item, openCalls, undo } from './kit.tsx'

vi.setConfig({ testTimeout: 60_000 })
afterEach(() => vi.restoreAllMocks())

const open = { state: 'open' as const, how: null, byUserId: null, byCallId: null, at: null }
const missed = (index: number, change: Partial<CallItem> = {}, others: string[] = []): MissedEntry => ({
  call: item({
    callId: `m${index}`,
    outcome: 'missed',
    reason: 'rang-out',
    ringSeconds: 20,
    startedAt: at(index),
    missed: open,
    ...change,
  }),
  others,
})

const isOpen = ({ call }: MissedEntry) => call.missed?.state === 'open'

/** Main's inbox: what is resolved leaves it, as it should. */
function inbox(entries: MissedEntry[]) {
  const byHand = { state: 'closed' as const, how: 'by-hand' as const, byUserId: 'ada', byCallId: null, at: at(0) }
  return {
    'missed.list': ({ includeClosed }: { includeClosed?: boolean }) => ({
      entries: structuredClone(entries.filter((entry) => includeClosed || isOpen(entry))),
      next: null,
      openCount: entries.filter(isOpen).length,
    }),
    'missed.resolve': ({ callIds, isResolved }: { callIds: string[]; isResolved: boolean }) => {
      for (const { call } of entries) if (callIds.includes(call.callId)) call.missed = isResolved ? byHand : open
      return {}
    },
  }
}
const openInbox = async (entries: MissedEntry[], answers = {}) => {
  const app = await openCalls(
    entries.map((one) => one.call),
    { ...inbox(entries), ...answers },
    { to: '/missed' },
  )
  return app
}
const rows = () => within(screen.getByRole('list', { name: 'Missed calls' })).getAllByRole('listitem')
const shown = (count: number) => waitFor(() => expect(rows()).toHaveLength(count))

describe('the missed inbox', () => {
  test('says who, how it was missed and how long it rang, on which number, and how often', async () => {
    await openInbox([
      missed(1, { ourNumber: '+14155550111' }, ['m8', 'm9']),
      missed(2, { outcome: 'abandoned', reason: null, ringSeconds: 12, party: { kind: 'withheld' } }),
    ])
    await shown(2)
    const [first, second] = rows()
    expect(first!.textContent).toContain('Missed · rang out · rang 20 s · Support')
    expect(first!.textContent).toContain('and 2 earlier calls')
    expect(second!.textContent).toContain('Rang 12 s, caller hung up')
    expect(within(second!).queryByRole('button', { name: 'Call back' })).toBeNull()
    expect(screen.getByRole('tab', { name: 'Missed' }).textContent).toBe('Missed2')
  })

  test('Done closes an entry with all of its calls, says so, and can be undone', async () => {
    const app = await openInbox([missed(1, {}, ['m8']), missed(2)])
    await shown(2)
    await userEvent.click(within(rows()[0]!).getByRole('button', { name: 'Done' }))
    await shown(1)
    expect(askedFor(app, 'missed.resolve')).toEqual([{ callIds: ['m1', 'm8'], isResolved: true }])
    await undo()
    await shown(2)
  })

  test('after Done the focus is in the row that took its place, at last on what shows those that are done', async () => {
    await openInbox([missed(1), missed(2)])
    await shown(2)
    await userEvent.click(within(rows()[0]!).getByRole('button', { name: 'Done' }))
    await shown(1)
    await waitFor(() => expect(document.activeElement).toBe(within(rows()[0]!).getByRole('link')))
    await userEvent.click(within(rows()[0]!).getByRole('button', { name: 'Done' }))
    await screen.findByRole('heading', { name: 'Nobody waits' })
    await waitFor(() => expect(document.activeElement).toBe(screen.getByRole('checkbox', { name: 'Show done' })))
  })

  test('what could not be closed comes back', async () => {
    await openInbox([missed(1)], { 'missed.resolve': () => failure('store-failed') })
    await shown(1)
    await userEvent.click(within(rows()[0]!).getByRole('button', { name: 'Done' }))
    await waitFor(() => expect(rows()).toHaveLength(1))
    expect(screen.queryByRole('button', { name: 'Undo' })).toBeNull()
  })

  test('calls back from the number they called', async () => {
    const app = await openInbox([missed(1, { ourNumber: '+14155550111' })])
    await userEvent.click(await screen.findByRole('button', { name: 'Call back' }))
    expect(app.device().connects[0]?.params).toMatchObject({ To: '+14155552671', LkCallerId: '+14155550111' })
  })

  test('an entry that somebody else dealt with leaves by itself', async () => {
    const entries = [missed(1), missed(2)]
    const app = await openInbox(entries)
    await shown(2)
    entries[0]!.call.missed = { ...open, state: 'closed', how: 'called-back', byUserId: 'sam', at: at(0) }
    act(() => app.emit('records.changed', { callIds: ['m1'], kinds: ['missed'] }))
    await shown(1)
    expect(rows()[0]!.dataset['call']).toBe('m2')
  })

  test('those that are done are shown on request, with who, how and when, and can be opened again', async () => {
    const closed = { state: 'closed' as const, byUserId: 'sam', byCallId: null, at: at(0) }
    await openInbox([missed(1, { missed: { ...closed, how: 'called-back' } }), missed(2, { missed: { ...closed, how: 'they-called' } })])
    await screen.findByRole('heading', { name: 'Nobody waits' })
    await userEvent.click(screen.getByRole('checkbox', { name: 'Show done' }))
    await shown(2)
    expect(rows()[0]!.textContent).toContain('Sam called back')
    expect(rows()[1]!.textContent).toContain('They called again and Sam answered')
    await userEvent.click(within(rows()[0]!).getByRole('button', { name: 'Open again' }))
    await within(rows()[0]!).findByRole('button', { name: 'Done' })
  })

  test('is dealt with from the opened call, too', async () => {
    const entries = [missed(1)]
    await openCalls(
      entries.map((one) => one.call),
      inbox(entries),
      { to: '/m1' },
    )
    await userEvent.click(await screen.findByRole('button', { name: 'Done' }))
    expect(await screen.findByText(/^Done by Ada, /)).toBeDefined()
    await userEvent.click(screen.getByRole('button', { name: 'Open again' }))
    expect(await screen.findByRole('button', { name: 'Done' })).toBeDefined()
    expect(screen.queryByText(/^Done by Ada, /)).toBeNull()
  })

  test('opens the call beside it, and the tabs are walked by key', async () => {
    await openInbox([missed(1)])
    await shown(1)
    await userEvent.click(within(rows()[0]!).getByRole('link'))
    await waitFor(() => expect(location.hash).toBe('#/calls/missed/m1'))
    await screen.findByRole('region', { name: 'Timeline' })
    act(() => screen.getByRole('tab', { name: 'Missed' }).focus())
    await userEvent.keyboard('{ArrowLeft}')
    await waitFor(() => expect(screen.getByRole('tab', { name: 'All calls' }).getAttribute('aria-selected')).toBe('true'))
    expect(location.hash).toBe('#/calls')
  })

  test('no accessibility violation', async () => {
    await openInbox([missed(1, {}, ['m8']), missed(2, { party: { kind: 'withheld' } })])
    await shown(2)
    const result = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false } } })
    expect(result.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`)).toEqual([])
  })
})
