import { act, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import axe from 'axe-core'
import { expect, test, vi } from 'vitest'
import { failure } from '../../../contract/failure.ts'
import { createRefusedStore } from '../../../renderer/state/refused.ts'
import { openApp, signedIn } from '../kit/app-kit.tsx'

vi.setConfig({ testTimeout: 60_000 })

test('a change that the relay took back is said wherever one is, with the reason, until it was read', async () => {
  const app = await openApp({ session: signedIn })
  const refuse = (kind: string, recordId: string) =>
    act(() => app.emit('records.refused', { kind, recordId, callId: 'c1', failure: failure('forbidden') }))
  // What listens is loaded a little after the screen: the first word that it hears is shown.
  await vi.waitFor(
    () => {
      refuse('note', 'n1')
      screen.getByText(/A note\. Your role does not allow this\./)
    },
    { timeout: 20_000, interval: 200 },
  )
  refuse('tags', 'c1')
  await screen.findByText(/A note, Tags\./)
  expect((await axe.run(screen.getByRole('alert'), { rules: { region: { enabled: false } } })).violations).toEqual([])
  await userEvent.click(screen.getByRole('button', { name: 'Understood' }))
  expect(screen.queryByRole('alert')).toBeNull()
})

test('who signs out takes it along', () => {
  const ears = new Map<string, (payload: never) => void>()
  const store = createRefusedStore({
    request: () => Promise.reject(new Error('nothing is asked')),
    on: (event, hear) => {
      ears.set(event, hear)
      return () => undefined
    },
  })
  const say = (event: string, payload: unknown) => ears.get(event)?.(payload as never)
  say('records.refused', { kind: 'note', recordId: 'n1', callId: 'c1', failure: failure('forbidden') })
  expect(store.getState().refused).toHaveLength(1)
  say('session.changed', { ...signedIn, state: 'signed-out' })
  expect(store.getState().refused).toEqual([])
})
