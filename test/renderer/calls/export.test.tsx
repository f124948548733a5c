import { act, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { ExportProgress } from '../../../contract/history.ts'
import { failure } from '../../../contract/failure.ts'
import { askedFor, many, openCalls } from './kit.tsx'

vi.setConfig({ testTimeout: 60_000 })
afterEach(() => vi.restoreAllMocks())

const dialog = () => within(screen.getByRole('dialog', { name: 'Export calls' }))
const progress = (exportId: string, change: Partial<ExportProgress>): ExportProgress => ({
  exportId,
  done: 0,
  total: 100,
  state: 'running',
  url: null,
  fileName: null,
  failure: null,
  ...change,
})
type Begun = { exportId: string }
const running = {
  'calls.export': ({ exportId }: Begun) => progress(exportId, {}),
  'calls.cancelExport': ({ exportId }: Begun) => progress(exportId, { state: 'cancelled' }),
}
async function begin(answers: object = running, to = '') {
  const app = await openCalls(many(10), { ...(answers as typeof running) }, { to })
  await userEvent.click(await screen.findByRole('button', { name: 'Export' }))
  await waitFor(() => expect(dialog().getByText(/^\d+ calls?$/)).toBeDefined())
  return app
}
const start = () => userEvent.click(dialog().getByRole('button', { name: 'Export' }))
const idOf = (app: Awaited<ReturnType<typeof begin>>) => askedFor(app, 'calls.export')[0]!['exportId'] as string

describe('the export', () => {
  test('takes the list as it is narrowed, or all of it, in the chosen format', async () => {
    const app = await begin(running, '?talkmin=65')
    expect(dialog().getByText('5 calls')).toBeDefined()
    await userEvent.click(dialog().getByRole('radio', { name: 'All calls that you may see' }))
    await waitFor(() => expect(dialog().getByText('10 calls')).toBeDefined())
    await userEvent.click(dialog().getByRole('radio', { name: 'The calls in the list, as they are filtered' }))
    await userEvent.click(dialog().getByRole('radio', { name: /^JSON/ }))
    await start()
    expect(askedFor(app, 'calls.export')[0]).toMatchObject({ format: 'json', filter: { talkAtLeast: 65 } })
  })

  test('shows how far it is, goes on when it is closed, and ends with a link that works once', async () => {
    const app = await begin()
    await start()
    act(() => app.emit('calls.exported', progress(idOf(app), { done: 40 })))
    expect(dialog().getByText('40 of 100 calls')).toBeDefined()
    act(() => app.emit('calls.exported', progress(idOf(app), { done: 20 }))) // an older word
    act(() => app.emit('calls.exported', progress('another', { done: 90 })))
    expect(dialog().getByText('40 of 100 calls')).toBeDefined()
    await userEvent.keyboard('{Escape}')
    await userEvent.click(await screen.findByRole('button', { name: 'Exporting 40 %' }))
    act(() => app.emit('calls.exported', progress(idOf(app), { done: 100, state: 'done', url: '/media/x', fileName: 'calls.csv' })))
    const link = dialog().getByRole<HTMLAnchorElement>('link', { name: 'Save calls.csv' })
    expect(link.getAttribute('href')).toBe('/media/x')
    expect(link.download).toBe('calls.csv')
    link.addEventListener('click', (event) => event.preventDefault())
    await userEvent.click(link)
    await waitFor(() => expect(dialog().queryByRole('link')).toBeNull())
    await userEvent.click(dialog().getByRole('button', { name: 'New export' }))
    expect(dialog().getByRole('radio', { name: /^CSV/ })).toBeDefined()
  })

  test('what was exported of another list is not the news of this one', async () => {
    const app = await begin()
    await start()
    act(() => app.emit('calls.exported', progress(idOf(app), { done: 100, state: 'done', url: '/media/x', fileName: 'calls.csv' })))
    await dialog().findByRole('link', { name: 'Save calls.csv' })
    await userEvent.click(dialog().getAllByRole('button', { name: 'Close' })[0]!)
    act(() => void (location.hash = '#/calls?talkmin=65'))
    await userEvent.click(await screen.findByRole('button', { name: 'Export' }))
    await waitFor(() => expect(dialog().getByText('5 calls')).toBeDefined())
    expect(dialog().queryByRole('link')).toBeNull()
    await userEvent.click(dialog().getAllByRole('button', { name: 'Close' })[0]!)
    act(() => void (location.hash = '#/calls'))
    await userEvent.click(await screen.findByRole('button', { name: 'Export' }))
    expect(await dialog().findByRole('link', { name: 'Save calls.csv' })).toBeDefined()
  })

  test('is cancelled', async () => {
    const app = await begin()
    await start()
    await userEvent.click(dialog().getByRole('button', { name: 'Cancel export' }))
    expect(await dialog().findByText(/was cancelled/)).toBeDefined()
    act(() => app.emit('calls.exported', progress(idOf(app), { done: 50 }))) // a late word changes nothing
    expect(dialog().getByText(/was cancelled/)).toBeDefined()
  })

  test('says why it failed, at once or on the way', async () => {
    const state = { isBroken: true }
    const app = await begin({
      ...running,
      'calls.export': ({ exportId }: Begun) => (state.isBroken ? failure('store-failed') : progress(exportId, {})),
    })
    await start()
    expect((await dialog().findByRole('alert')).textContent).toContain('local database')
    state.isBroken = false
    await start()
    const id = askedFor(app, 'calls.export')[1]!['exportId'] as string
    act(() => app.emit('calls.exported', progress(id, { done: 10, state: 'failed', failure: failure('store-failed') })))
    expect(dialog().getByRole('alert').textContent).toContain('local database')
    expect(dialog().getByRole('button', { name: 'New export' })).toBeDefined()
  })
})
