import { screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test } from 'vitest'
import { openApp } from '../kit/app-kit.tsx'

test.each(['Numbers', 'Settings'])('%s comes with its words when it is first opened', async (name) => {
  await openApp()
  await userEvent.click(screen.getByRole('link', { name }))
  expect((await screen.findByRole('heading', { level: 1, name }, { timeout: 15_000 })).textContent).toBe(name)
})
