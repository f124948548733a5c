import { screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { describe, expect, test } from 'vitest'
import { failure } from '../../../contract/failure.ts'
import { addressOf } from '../../../renderer/first-run/first-run.tsx'
import { firstRun, openApp, signedIn } from '../kit/app-kit.tsx'

const box = (name: string) => screen.getByRole<HTMLInputElement>('textbox', { name })

describe('first-run', () => {
  test('Try the sandbox leads to the phone', async () => {
    await openApp({ session: firstRun, answers: { 'session.trySandbox': () => signedIn } })
    await userEvent.click(screen.getByRole('button', { name: 'Try the sandbox' }))
    expect(screen.getByRole('navigation', { name: 'Main' })).toBeTruthy()
    await userEvent.click(screen.getByRole('button', { name: 'Turn on calls' }))
    expect(screen.getByRole('heading', { name: 'Sound check' })).toBeTruthy()
    await userEvent.click(screen.getByRole('button', { name: 'Done' }))
    expect(screen.queryByRole('heading', { name: 'Sound check' })).toBeNull()
  })

  test('a refused invite says what and what next, and keeps what was typed', async () => {
    const app = await openApp({ session: firstRun, answers: { 'session.enroll': () => failure('invite-unknown') } })
    await userEvent.type(box('Relay URL'), 'relay.example.com/')
    await userEvent.type(box('Invite code'), 'WRONG-CODE')
    await userEvent.click(screen.getByRole('button', { name: 'Sign in' }))
    expect(app.asked).toContainEqual({ name: 'session.enroll', args: { relayUrl: 'https://relay.example.com', code: 'WRONG-CODE' } })
    expect(screen.getByRole('alert').textContent).toContain('does not know this invite code')
    expect(box('Relay URL').value).toBe('relay.example.com/')
    expect(box('Invite code').value).toBe('WRONG-CODE')
  })

  test.each(['zzz', '😀', 'z'.repeat(500)])('what is no code by its form alone is an unknown code: %s', async (code) => {
    await openApp({ session: firstRun, answers: { 'session.enroll': () => failure('bad-request') } })
    await userEvent.type(box('Relay URL'), 'relay.example.com')
    await userEvent.click(box('Invite code'))
    await userEvent.paste(code)
    await userEvent.click(screen.getByRole('button', { name: 'Sign in' }))
    expect(screen.getByRole('alert').textContent).toContain('does not know this invite code')
    expect(box('Invite code').value).toBe(code)
  })

  test('a sandbox that was tried before says how to have it again', async () => {
    await openApp({ session: firstRun, answers: { 'session.trySandbox': () => failure('invite-used') } })
    await userEvent.click(screen.getByRole('button', { name: 'Try the sandbox' }))
    expect(screen.getByRole('alert').textContent).toContain('run npm start again')
  })

  test('empty fields are named before anything is asked', async () => {
    const app = await openApp({ session: firstRun })
    await userEvent.click(screen.getByRole('button', { name: 'Sign in' }))
    expect(box('Relay URL').getAttribute('aria-invalid')).toBe('true')
    expect(box('Invite code').getAttribute('aria-invalid')).toBe('true')
    expect(app.asked.some((one) => one.name === 'session.enroll')).toBe(false)
  })

  test('no sandbox beside this app: said, not offered', async () => {
    await openApp({ session: { ...firstRun, canTrySandbox: false } })
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Try the sandbox' }).disabled).toBe(true)
    expect(screen.getByText(/npm start/)).toBeTruthy()
  })

  test('a session that was ended says why', async () => {
    await openApp({ session: { ...firstRun, state: 'signed-out', endedBy: 'session-revoked' } })
    expect(screen.getByRole('alert').textContent).toContain('withdrawn')
  })
})

test.each([
  ['relay.example.com', 'https://relay.example.com'],
  ['localhost:3000/', 'http://localhost:3000'],
  ['127.0.0.1:8080', 'http://127.0.0.1:8080'],
  ['http://10.0.0.5:1', 'http://10.0.0.5:1'],
  ['ftp://x', undefined],
  ['not an address', undefined],
  ['', undefined],
])('%j is the address %j', (typed, address) => expect(addressOf(typed)).toBe(address))
