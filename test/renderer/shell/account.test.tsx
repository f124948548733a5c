import { act, screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, describe, expect, test } from 'vitest'
import { failure } from '../../../contract/failure.ts'
import { firstRun, openApp } from '../kit/app-kit.tsx'
import { record } from '../kit/phone-kit.ts'

const button = (name: string) => screen.getByRole<HTMLButtonElement>('button', { name })
const signOuts = ({ asked }: { asked: { name: string }[] }) => asked.filter(({ name }) => name === 'session.signOut').length

const dot = () => within(screen.getByRole('link', { name: 'Calls' })).queryByTestId('missed')
const missed = (startedAt: string, callId: string) => record({ callId, outcome: 'missed', reason: 'rang-out', startedAt })

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
    expect(screen.getByRole('button', { name: 'Try the sandbox' })).toBeTruthy()
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

describe('the dot of missed calls', () => {
  beforeEach(() => localStorage.clear())

  test('stands while any call was missed since Calls was looked at', async () => {
    const answered = record({ callId: 'b', outcome: 'answered', startedAt: '2026-11-21T10:00:00.000Z' })
    const calls = [answered, missed('2026-11-21T09:00:00.000Z', 'a')]
    const app = await openApp({ calls })
    expect(dot()).toBeTruthy()
    await userEvent.click(screen.getByRole('link', { name: 'Calls' }))
    expect(dot()).toBeNull()
    await userEvent.click(screen.getByRole('link', { name: 'Phone' }))
    expect(dot()).toBeNull()
    act(() => app.state.calls.setState({ calls: [missed('2026-11-21T11:00:00.000Z', 'c'), ...calls] }))
    expect(dot()).toBeTruthy()
  })
})
