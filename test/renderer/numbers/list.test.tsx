import { act, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, expect, test, vi } from 'vitest'
import { failure } from '../../../contract/failure.ts'
import { openNumbers, owned, planOf, rowOf, rows, table } from './kit.tsx'

afterEach(() => vi.restoreAllMocks())
const button = (name: string) => screen.getByRole<HTMLButtonElement>('button', { name })
const wait = { timeout: 15_000 }

test('each row says what it is, whose, what it costs and how it does', async () => {
  await openNumbers([
    owned(0, { name: 'Main line', userIds: ['ada', 'sam'], calls30: 12, health: 'bad', troubles: ['points-here'] }),
    owned(1, { state: 'held', monthly: null }),
  ])
  await waitFor(() => expect(rows()).toHaveLength(2), wait)
  const first = rowOf('Main line')!
  for (const text of ['(415) 555-0100', 'Ada Lovelace, Sam', 'Active', 'San Francisco, CA', '12', '$1.15', 'Problem'])
    expect(within(first).getByText(text)).toBeDefined()
  expect(rowOf('Line 1')!.textContent).toContain('On hold')
  expect(within(rowOf('Line 1')!).getByText('Price unknown')).toBeDefined()
})
