import { act, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import axe from 'axe-core'
import { describe, expect, test, vi } from 'vitest'
import type { BackfillState, BackupView } from '../../../contract/history.ts'
import { failure } from '../../../contract/failure.ts'
import { openApp, signedIn } from '../kit/app-kit.tsx'

vi.setConfig({ testTimeout: 60_000 })
const wait = { timeout: 15_000 }

const none: BackfillState = {
  state: 'none',
  from: null,
  reachedAt: null,
  calls: 0,
  recordings: 0,
  news: 0,
  startedAt: null,
  endedAt: null,
  byUserId: null,
  failureCode: null,
}
const running: BackfillState = {
  ...none,
  state: 'running',
  from: '2026-08-01T00:00:00.000Z',
  startedAt: '2026-11-01T00:00:00.000Z',
  reachedAt: '2026-09-15T12:00:00.000Z',
  calls: 1200,
  recordings: 1,
  news: 900,
  byUserId: 'sam',
}
const backup: BackupView = {
  backups: [{ backupId: 'b1', at: '2026-11-20T10:00:00.000Z', bytes: 12_345_678, calls: 4200 }],
  isRunning: false,
  checkedAt: '2026-11-21T08:00:00.000Z',
  check: 'ok',
  recovered: null,
  failure: null,
}
type Asked = { action: string; from?: string }
type Answers = NonNullable<NonNullable<Parameters<typeof openApp>[0]>['answers']>

async function open(answers: Answers = {}, session = signedIn) {
  const app = await openApp({ session, answers })
  act(() => void (location.hash = '#/settings'))
  await screen.findByRole('heading', { name: 'Settings' }, wait)
  return app
}
const part = (name: string) => within(screen.getByRole('region', { name }))
const history = () => part('Call history from Twilio')
const copies = () => part('Backup')

describe('the backfill', () => {
  test('is started from a chosen past, followed, and stopped', async () => {
    const state = { now: none }
    const asked: Asked[] = []
    const app = await open({
      'history.backfill': (args: Asked) => {
        asked.push(args)
        if (args.action === 'start') state.now = { ...running, from: args.from!, byUserId: 'ada' }
        if (args.action === 'stop') state.now = { ...state.now, state: 'stopped', endedAt: '2026-11-21T10:00:00.000Z' }
        return state.now
      },
    })
    await userEvent.selectOptions(await history().findByRole('combobox', { name: 'How far back' }), '30')
    await userEvent.click(history().getByRole('button', { name: 'Load history' }))
    const since = Date.now() - Date.parse(asked.at(-1)!.from!)
    expect(Math.round(since / 86_400_000)).toBe(30)
    expect(await history().findByText('1200 calls, 1 recording · 900 details were not known before')).toBeDefined()
    act(() => app.emit('history.backfillChanged', { ...running, calls: 1300 }))
    expect(history().getByText(/^1300 calls/)).toBeDefined()
    expect(history().getByText('Started by Sam')).toBeDefined()
    await userEvent.click(history().getByRole('button', { name: 'Stop' }))
    await history().findByText(/^Stopped /)
    const from = state.now.from
    await userEvent.click(history().getByRole('button', { name: 'Go on' }))
    expect(asked.at(-1)).toEqual({ action: 'start', from })
  })

  test('says why it ended early, and cannot be read while the relay is away', async () => {
    const state = { isDown: true }
    await open({
      'history.backfill': () =>
        state.isDown
          ? failure('relay-unreachable')
          : { ...running, state: 'failed', failureCode: 'twilio-unreachable', endedAt: '2026-11-21T10:00:00.000Z' },
    })
    expect(await history().findByRole('alert')).toBeDefined()
    state.isDown = false
    await userEvent.click(history().getByRole('button', { name: 'Try again' }))
    await history().findByText(/what was read is kept/)
    expect(history().getByRole('alert').textContent).toContain('Twilio')
  })

  test('is not for staff', async () => {
    await open({}, { ...signedIn, user: { userId: 'kim', name: 'Kim', role: 'staff' } })
    expect(screen.queryByRole('region', { name: 'Call history from Twilio' })).toBeNull()
    expect(screen.getByRole('region', { name: 'Backup' })).toBeDefined()
  })
})

describe('the backup', () => {
  test('lists copies and the last check, and makes another', async () => {
    const state = { now: backup }
    await open({
      'backup.get': () => state.now,
      'backup.make': () => (state.now = { ...backup, backups: [{ ...backup.backups[0]!, backupId: 'b2', calls: 1 }, ...backup.backups] }),
    })
    const list = () => within(copies().getByRole('list', { name: 'Copies' })).getAllByRole('listitem')
    await waitFor(() => expect(list()).toHaveLength(1))
    expect(list()[0]!.textContent).toContain('4200 calls')
    expect(list()[0]!.textContent).toContain('12.3 MB')
    expect(copies().getByText(/^Last check: sound,/)).toBeDefined()
    await userEvent.click(copies().getByRole('button', { name: 'Make a copy now' }))
    await waitFor(() => expect(list()).toHaveLength(2))
  })

  test('a restored copy is said to be, here and above the calls, until the relay has told the rest', async () => {
    const app = await open({ 'backup.get': () => backup, 'backup.restore': () => backup, 'calls.page': () => ({ calls: [], next: null }) })
    await userEvent.click(await copies().findByRole('button', { name: /^Restore the copy of/ }))
    const dialog = within(await screen.findByRole('dialog', { name: /^Restore the copy of/ }))
    await userEvent.type(dialog.getByRole('textbox'), 'restore{Enter}')
    expect(await copies().findByText(/^The copy of .+ was restored. What is newer comes/, {}, wait)).toBeDefined()
    act(() => void (location.hash = '#/calls'))
    expect(await screen.findByText(/^A copy was restored/, {}, wait)).toBeDefined()
    const status = app.state.status.getState().status!
    act(() => app.emit('status.changed', { ...status, relay: 'connecting' }))
    act(() => app.emit('status.changed', { ...status, relay: 'online' }))
    await waitFor(() => expect(screen.queryByText(/^A copy was restored/)).toBeNull(), wait)
  })

  test('restores only after the word was typed, and keeps the dialog when it fails', async () => {
    const state = { isBroken: true }
    const asked: object[] = []
    await open({
      'backup.get': () => backup,
      'backup.restore': (args: object) => {
        asked.push(args)
        return state.isBroken ? failure('store-failed') : backup
      },
    })
    await userEvent.click(await copies().findByRole('button', { name: /^Restore the copy of/ }))
    const dialog = within(await screen.findByRole('dialog', { name: /^Restore the copy of/ }))
    expect(dialog.getByText(/taken from the relay again/)).toBeDefined()
    const restore = dialog.getByRole<HTMLButtonElement>('button', { name: 'Restore' })
    expect(restore.disabled).toBe(true)
    await userEvent.type(dialog.getByRole('textbox'), 'Restore')
    await userEvent.click(restore)
    await dialog.findByRole('alert')
    state.isBroken = false
    await userEvent.click(restore)
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    expect(asked).toEqual([{ backupId: 'b1' }, { backupId: 'b1' }])
  })

  test('that the history was damaged is said wherever one is, until it was read', async () => {
    const recovered = { at: '2026-11-21T09:00:00.000Z', from: '2026-11-20T10:00:00.000Z', asideName: 'app.broken.db' }
    await openApp({ answers: { 'backup.get': () => ({ ...backup, recovered }), 'backup.dismiss': () => backup } })
    const alert = await screen.findByRole('alert')
    expect(alert.textContent).toContain('was damaged')
    expect(alert.textContent).toContain('app.broken.db')
    await userEvent.click(within(alert).getByRole('button', { name: 'Understood' }))
    await waitFor(() => expect(screen.queryByRole('alert')).toBeNull())
  })
})

test('no accessibility violation', async () => {
  await open({ 'backup.get': () => backup, 'history.backfill': () => running })
  await copies().findByRole('list', { name: 'Copies' })
  const result = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false } } })
  expect(result.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`)).toEqual([])
})
