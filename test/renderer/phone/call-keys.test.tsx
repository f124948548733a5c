import { act, fireEvent, screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test } from 'vitest'
import { openApp } from '../kit/app-kit.tsx'

const field = () => screen.getByRole<HTMLInputElement>('textbox', { name: 'Phone number' })
const button = (name: string) => screen.getByRole<HTMLButtonElement>('button', { name })

test("after Enter the keys are the call's: mute, digits, hang up; the field is empty", async () => {
  const app = await openApp()
  await userEvent.type(field(), '4155552671{Enter}')
  await waitFor(() => expect(document.activeElement?.id).toBe('call-party'))
  await waitFor(() => expect(field().value).toBe(''))
  act(() => app.device().connects[0]!.call.open())
  await userEvent.keyboard('m')
  await waitFor(() => expect(button('Mute').getAttribute('aria-pressed')).toBe('true'))
  expect(screen.getByText('Muted')).toBeTruthy()
  await userEvent.keyboard('7')
  await waitFor(() => expect(app.device().connects[0]!.call.digits).toEqual(['7']))
  await userEvent.keyboard('h')
  expect(app.phone.view().call?.state).toBe('ended')
})

test('a ring is answered and declined from the number field', async () => {
  const app = await openApp()
  await userEvent.type(field(), '415')
  act(() => void app.ring())
  await userEvent.keyboard('d')
  expect(app.phone.view().call?.state).toBe('declined')
  act(() => void app.ring('call-2.leg-1'))
  await userEvent.keyboard('a')
  expect(app.phone.view().call?.state).toBe('connecting')
  expect(field().value.replaceAll(/\D/g, '')).toBe('415')
})

test('letters of the next number do not hang up', async () => {
  const app = await openApp()
  await act(() => app.dial())
  act(() => app.device().connects[0]!.call.open())
  act(() => field().focus())
  fireEvent.change(field(), { target: { value: '1800' } })
  await userEvent.keyboard('H')
  expect(app.phone.view().call?.state).toBe('in-call')
  expect(field().value.replaceAll(/\D/g, '')).toBe('18004')
})

test('the second click on Hang up in the dock leads nowhere', async () => {
  const app = await openApp()
  await act(() => app.dial())
  act(() => app.device().connects[0]!.call.open())
  await userEvent.click(screen.getByRole('link', { name: 'Calls' }))
  const dock = screen.getByRole('region', { name: 'Current call' })
  expect(dock.querySelector('a')).not.toBeNull()
  await userEvent.click(button('Hang up'))
  expect(dock.querySelector('a')).toBeNull()
})

test('with the microphone blocked the page does not say that calls ring here', async () => {
  await openApp({ phone: { microphone: 'denied' } })
  expect(screen.getByRole('heading', { name: 'Nobody on the line' })).toBeTruthy()
  expect(screen.queryByText(/ring here/)).toBeNull()
})
