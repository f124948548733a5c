import { screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test, vi } from 'vitest'
import { openApp } from '../kit/app-kit.tsx'

vi.setConfig({ testTimeout: 60_000 }) // a loaded machine takes seconds for a screen
const wait = { timeout: 15_000 }
const title = (name: string) => screen.findByRole('heading', { level: 1, name }, wait)

test.each(['Numbers', 'Settings'])('%s comes with its words when it is first opened', async (name) => {
  await openApp()
  await userEvent.click(screen.getByRole('link', { name }))
  expect((await title(name)).textContent).toBe(name)
})

test('G N and G S lead there, Search numbers to the search, and back', async () => {
  await openApp()
  await userEvent.keyboard('gs')
  await title('Settings')
  await userEvent.keyboard('gn')
  await title('Numbers')
  await userEvent.click(await screen.findByRole('button', { name: 'Search numbers' }, wait))
  expect(location.hash).toBe('#/numbers/search')
  expect(screen.getByRole('link', { name: 'Numbers' }).getAttribute('aria-current')).toBe('page')
})
