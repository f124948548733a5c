import { act, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { describe, expect, test } from 'vitest'
import { failure } from '../../../contract/failure.ts'
import { firstRun, openApp } from '../kit/app-kit.tsx'

const button = (name: string) => screen.getByRole<HTMLButtonElement>('button', { name })
const signOuts = ({ asked }: { asked: { name: string }[] }) => asked.filter(({ name }) => name === 'session.signOut').length

const badge = () => within(screen.getByRole('link', { name: 'Calls' })).queryByTestId('missed')

describe('the account', () => {
  test('says who is signed in where, and signs out after a second question that says what is lost', async () => {
    const app = await openApp({ answers: { 'session.signOut': () => ({ ...firstRun, state: 'signed-out' }) } })
    await userEvent.click(button('Account'))
    const dialog = await screen.findByRole('dialog', { name: 'Account' })
    for (const text of ['Ada', 'Manager', 'Demo', 'desk']) expect(within(dialog).getByText(text)).toBeTruthy()
    await userEvent.click(button('Sign out'))
    expect(signOuts(app)).toBe(0)
    expect(dialog.textContent).toContain('new invite code')
    await userEvent.click(button('Sign out'))
    expect(signOuts(app)).toBe(1)
    expect(await screen.findByRole('button', { name: 'Try the sandbox' })).toBeTruthy()
  })

  test('never during a call', async () => {
    const app = await openApp()
    act(() => void app.ring())
    await userEvent.click(button('Account'))
    const dialog = await screen.findByRole('dialog', { name: 'Account' })
    expect(within(dialog).queryByRole('button', { name: 'Sign out' })).toBeNull()
    expect(dialog.textContent).toContain('when the call has ended')
  })
})

describe('the page without its key', () => {
  test('says which address to open', async () => {
    const app = await openApp({ session: firstRun })
    act(() => app.state.session.setState({ session: null, failure: failure('unauthorized') }))
    expect(screen.getByRole('heading', { name: 'This address lacks its key' })).toBeTruthy()
    expect(screen.getByText(/npm start printed/)).toBeTruthy()
  })
})

describe('the badge of missed calls', () => {
  test('says how many need somebody, and follows what is dealt with', async () => {
    const state = { openCount: 2 }
    const app = await openApp({ answers: { 'missed.list': () => ({ entries: [], next: null, ...state }) } })
    await waitFor(() => expect(badge()?.textContent).toBe('2'))
    expect(screen.getByRole('link', { name: 'Calls' }).title).toBe('Calls · 2 missed calls need somebody')
    state.openCount = 0
    act(() => app.emit('records.changed', { callIds: ['a'], kinds: ['missed'] }))
    await waitFor(() => expect(badge()).toBeNull())
  })
})
