import { act, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, expect, test, vi } from 'vitest'
import type { DueHolds } from '../../../contract/number-requests.ts'
import { openApp, signedIn } from '../kit/app-kit.tsx'
import { numbersMain, owned, rows } from '../numbers/kit.tsx'

vi.setConfig({ testTimeout: 60_000 }) // a loaded machine takes seconds for a screen
afterEach(() => vi.restoreAllMocks())
const wait = { timeout: 15_000 }
const YESTERDAY = new Date(Date.now() - 86_400_000).toISOString()
const held = (at: number, until: string) =>
  owned(at, { state: 'held', hold: { until, message: null, at: '2026-11-01T10:00:00.000Z', byUserId: 'sam' } })
const due = (count: number, latest: string | null = YESTERDAY): DueHolds => ({ count, latest })
const badge = () => screen.queryByTestId('due')?.textContent
const link = () => screen.getByRole('link', { name: 'Numbers' })

test('a manager who is anywhere is told of holds that are over, and led to those numbers alone', async () => {
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(704)
  const numbers = [held(0, YESTERDAY), held(1, new Date(Date.now() + 86_400_000).toISOString()), owned(2)]
  await openApp({ answers: { ...numbersMain(numbers), 'numbers.due': () => due(1) } })
  expect(await screen.findByText('1 number is due for release', {}, wait)).toBeDefined()
  expect([badge(), link().title]).toEqual(['1', 'Numbers · 1 number is due for release'])
  await userEvent.click(screen.getByRole('button', { name: 'Review' }))
  await waitFor(() => expect(rows().map((row) => /Line \d+/.exec(row.textContent)?.[0])).toEqual(['Line 0']), wait)
  expect(screen.getByText('1 of 3')).toBeDefined()
  expect(within(screen.getByRole('main')).getByRole('button', { name: 'State: Due for release' })).toBeDefined()
  await userEvent.click(screen.getByRole('button', { name: 'Clear filters' }))
  await waitFor(() => expect(rows()).toHaveLength(3), wait)
  await userEvent.click(screen.getByRole('link', { name: 'Phone' }))
  expect([badge(), screen.queryByText('1 number is due for release')]).toEqual(['1', null]) // seen; the mark stays until somebody decides
})

test('said once, until another hold is over; decided elsewhere, the mark goes', async () => {
  const app = await openApp({ answers: { 'numbers.due': () => due(0, null) } })
  await waitFor(() => expect(app.asked.some(({ name }) => name === 'numbers.due')).toBe(true), wait)
  expect(badge()).toBeUndefined()
  act(() => app.emit('numbers.dueChanged', due(2)))
  expect(await screen.findByText('2 numbers are due for release', {}, wait)).toBeDefined()
  await userEvent.click(screen.getByRole('button', { name: 'Later' }))
  expect([badge(), screen.queryByRole('button', { name: 'Review' })]).toEqual(['2', null])
  act(() => app.emit('numbers.dueChanged', due(3, new Date().toISOString())))
  expect(await screen.findByText('3 numbers are due for release', {}, wait)).toBeDefined()
  act(() => app.emit('numbers.dueChanged', due(0, null)))
  await waitFor(() => expect(screen.queryByRole('button', { name: 'Review' })).toBeNull(), wait)
  expect(badge()).toBeUndefined()
})

test('staff are asked nothing', async () => {
  const session = { ...signedIn, user: { userId: 'ada', name: 'Ada', role: 'staff' as const } }
  const app = await openApp({ session, answers: { 'numbers.due': () => due(2) } })
  act(() => app.emit('numbers.dueChanged', due(2)))
  expect([badge(), screen.queryByRole('button', { name: 'Review' })]).toEqual([undefined, null])
  expect(app.asked.some(({ name }) => name === 'numbers.due')).toBe(false)
})
