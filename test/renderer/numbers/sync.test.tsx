import { act, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { failure, type Failure } from '../../../contract/failure.ts'
import type { SyncPlan } from '../../../contract/number-desktop.ts'
import { openNumbers, owned, planOf } from './kit.tsx'

vi.setConfig({ testTimeout: 60_000 }) // a loaded machine takes seconds for a screen
afterEach(() => vi.restoreAllMocks())
const wait = { timeout: 15_000 }
const named = (at: number) => ({ phoneNumber: owned(at).phoneNumber, name: `Line ${at}` })
const button = (name: string) => screen.getByRole<HTMLButtonElement>('button', { name })
const removing = planOf({
  listed: 3,
  added: [named(7)],
  removed: [named(0)],
  changed: [{ ...named(1), keys: ['friendlyName', 'voiceUrl'] }],
  missing: [named(2)],
  unchanged: 1,
})
const asks = ({ asked }: { asked: { name: string }[] }, request: string) => asked.filter(({ name }) => name === request).length

describe('opening the page', () => {
  test('applies what removes nothing, says so quietly, and can take it back', async () => {
    const plan = planOf({ added: [named(3), named(4)], changed: [{ ...named(1), keys: ['friendlyName'] }] })
    const app = await openNumbers([owned(0)], {
      'numbers.planSync': () => plan,
      'numbers.applySync': () => ({ plan, undoId: 'u1' }),
      'numbers.undoSync': () => ({}),
    })
    expect(await screen.findByText('2 added, 1 changed · just now', {}, wait)).toBeDefined()
    expect(screen.queryByRole('dialog')).toBeNull()
    await userEvent.click(button('Undo'))
    await waitFor(() => expect(app.asked).toContainEqual({ name: 'numbers.undoSync', args: { undoId: 'u1' } }), wait)
    expect(await screen.findByText('Undone · just now', {}, wait)).toBeDefined() // in its place: nothing jumps
    expect(screen.queryByText(/2 added/)).toBeNull()
    expect(screen.queryByRole('button', { name: 'Undo' })).toBeNull()
  })

  test('with nothing to do applies nothing', async () => {
    const app = await openNumbers([owned(0), owned(1)])
    expect(await screen.findByText('2 unchanged · just now', {}, wait)).toBeDefined()
    expect(asks(app, 'numbers.applySync')).toBe(0)
    expect(screen.queryByRole('button', { name: 'Undo' })).toBeNull()
  })

  test('staff sync nothing', async () => {
    const app = await openNumbers([owned(0)], {}, { role: 'staff' })
    await screen.findByText('1 number', {}, wait)
    expect(asks(app, 'numbers.planSync')).toBe(0)
  })
})

describe('a plan that removes something', () => {
  test('is shown with names first; Not now leaves everything', async () => {
    const app = await openNumbers([owned(0)], { 'numbers.planSync': () => removing })
    const dialog = within(await screen.findByRole('dialog', { name: 'Sync preview' }, wait))
    const column = (name: string) => dialog.getByRole('region', { name }).textContent
    expect(column('Added')).toContain('(415) 555-0107Line 7')
    expect(column('Removed')).toContain('(415) 555-0100Line 0')
    expect(column('Changed')).toContain('Line 1Name, Voice URL')
    expect(column('Missing')).toContain('Line 2')
    expect(dialog.getByText('1 number stays as it is.')).toBeDefined()
    await userEvent.click(dialog.getByRole('button', { name: 'Not now' }))
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull(), wait)
    expect(asks(app, 'numbers.applySync')).toBe(0)
    expect(screen.getByText('1 added, 1 changed, 1 removed, 1 missing, not applied')).toBeDefined()
    await userEvent.click(button('Review'))
    expect(screen.getByRole('region', { name: 'Removed' }).textContent).toContain('Line 0')
    await userEvent.click(button('Not now'))
    expect(button('Review')).toBeDefined()
    expect(asks(app, 'numbers.planSync')).toBe(1)
  })

  test('put off is forgotten when Twilio agrees again', async () => {
    const state = { plan: removing }
    await openNumbers([owned(0)], { 'numbers.planSync': () => state.plan })
    await userEvent.click(await screen.findByRole('button', { name: 'Not now' }, wait))
    state.plan = planOf()
    await userEvent.click(button('Sync'))
    expect(await screen.findByText('2 unchanged · just now', {}, wait)).toBeDefined()
    expect(screen.queryByRole('button', { name: 'Review' })).toBeNull()
  })

  test('is applied when it is said so, and can be undone', async () => {
    const app = await openNumbers([owned(0)], {
      'numbers.planSync': () => removing,
      'numbers.applySync': () => ({ plan: removing, undoId: 'u2' }),
      'numbers.undoSync': () => ({}),
    })
    await userEvent.click(await screen.findByRole('button', { name: 'Apply' }, wait))
    expect(await screen.findByText(/^1 added, 1 changed, 1 removed, 1 missing/, {}, wait)).toBeDefined()
    expect(app.asked).toContainEqual({ name: 'numbers.applySync', args: { planId: 'p1' } })
    await userEvent.click(button('Undo'))
    await waitFor(() => expect(app.asked).toContainEqual({ name: 'numbers.undoSync', args: { undoId: 'u2' } }), wait)
  })

  test('that is outdated by then is replaced by a new one, which says that it is', async () => {
    let plans = 0
    const next = { ...removing, planId: 'p2', removed: [named(5)] }
    const app = await openNumbers([owned(0)], {
      'numbers.planSync': (): SyncPlan => (plans++ === 0 ? removing : next),
      'numbers.applySync': ({ planId }: { planId: string }): object =>
        planId === 'p1' ? failure('plan-outdated') : { plan: next, undoId: 'u' },
    })
    await userEvent.click(await screen.findByRole('button', { name: 'Apply' }, wait))
    expect(await screen.findByText(/This is the new plan/, {}, wait)).toBeDefined()
    expect(screen.getByRole('region', { name: 'Removed' }).textContent).toContain('Line 5')
    await userEvent.click(screen.getByRole('button', { name: 'Apply' }))
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull(), wait)
    expect(app.asked).toContainEqual({ name: 'numbers.applySync', args: { planId: 'p2' } })
  })
})

test('progress stands in the button’s place, and two clicks are one sync', async () => {
  let answer: ((plan: SyncPlan) => void) | undefined
  const app = await openNumbers([owned(0)])
  await screen.findByText('1 unchanged · just now', {}, wait)
  const real = { ...app.bridge }
  app.bridge.request = (name: string, args: never) =>
    name === 'numbers.planSync'
      ? new Promise((resolve) => (answer = (value) => resolve({ ok: true, value } as never)))
      : real.request(name as never, args)
  await userEvent.click(button('Sync'))
  expect(button('Asking Twilio…').disabled).toBe(true)
  act(() => app.emit('numbers.progress', { work: 'sync', done: 3000, total: null }))
  expect(button('3000 numbers listed…')).toBeDefined()
  act(() => app.emit('numbers.progress', { work: 'sync', done: 4000, total: 10_000 }))
  expect(button('4000 of 10000 numbers…').disabled).toBe(true)
  await act(async () => answer?.(planOf()))
  await waitFor(() => expect(button('Sync').disabled).toBe(false), wait)
})

describe('a sync that fails', () => {
  test('says why where it began, and the list stays', async () => {
    const state: { plan: SyncPlan | Failure } = { plan: failure('twilio-unreachable') }
    await openNumbers([owned(0)], { 'numbers.planSync': () => state.plan })
    expect((await screen.findByRole('alert', {}, wait)).textContent).toContain('Twilio could not be reached')
    expect(screen.getByText('Line 0')).toBeDefined()
    state.plan = planOf()
    await userEvent.click(button('Try again'))
    await waitFor(() => expect(screen.queryByRole('alert')).toBeNull(), wait)
  })

  test('for want of an account leads to Settings', async () => {
    await openNumbers([owned(0)], { 'numbers.planSync': () => failure('account-missing') })
    expect(await screen.findByText('No Twilio account on this computer', {}, wait)).toBeDefined()
    await userEvent.click(screen.getByRole('link', { name: 'Open Settings' }))
    expect(location.hash).toBe('#/settings')
  })
})
