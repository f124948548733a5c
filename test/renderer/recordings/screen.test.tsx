import { act, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { failure } from '../../../contract/failure.ts'
import { auditRowOf, openRecordings, recordingOf, sidOf, voicemailOf } from './kit.tsx'

vi.setConfig({ testTimeout: 60_000 }) // a loaded machine takes seconds for a screen
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})
const wait = { timeout: 15_000 }
const list = (name: string) => screen.findByRole('list', { name }, wait)

describe('recordings', () => {
  test('a row says who, on which number, how long, and its state with the reason', async () => {
    await openRecordings([
      recordingOf(0),
      recordingOf(1, { state: 'absent', errorCode: 16_101, status: 'absent' }),
      recordingOf(2, { state: 'absent', errorCode: 16_102, status: 'absent' }),
      recordingOf(3, { state: 'processing', status: 'processing' }),
      recordingOf(4, { party: { kind: 'withheld' }, hold: { at: '2026-11-21T10:00:00.000Z', byUserId: 'ada', note: 'Case 7' } }),
    ])
    const rows = within(await list('Recordings')).getAllByRole('listitem')
    expect(rows[0]!.textContent).toContain('(212) 555-0100')
    expect(rows[0]!.textContent).toContain('Main line')
    expect(rows[0]!.textContent).toContain('1:00')
    expect(rows[1]!.textContent).toContain('Not recorded: too short to keep')
    expect(rows[2]!.textContent).toContain('Not recorded: nothing was to be heard')
    expect(rows[3]!.textContent).toContain('Twilio is still preparing it')
    expect(within(rows[4]!).getByLabelText('Legal hold')).toBeDefined()
    expect(rows[4]!.textContent).toContain('Number withheld')
  })

  test('thousands come page by page as one goes on; only those in sight are in the DOM', async () => {
    const app = await openRecordings(Array.from({ length: 500 }, (_, index) => recordingOf(index)))
    const ul = await list('Recordings')
    expect(within(ul).getAllByRole('listitem').length).toBeLessThan(40)
    const pages = () => app.asked.filter(({ name }) => name === 'recordings.page').length
    const before = pages()
    within(ul)
      .getAllByRole('button', { name: /555-0100/ })[1]!
      .focus()
    await userEvent.keyboard('{End}')
    await waitFor(() => expect(pages()).toBeGreaterThan(before), wait)
  })

  test('arrows move, Enter opens beside the list, Escape closes', async () => {
    await openRecordings([recordingOf(0), recordingOf(1)])
    const ul = await list('Recordings')
    act(() => ul.querySelector<HTMLElement>('[data-row]')!.focus())
    await userEvent.keyboard('{ArrowDown}{Enter}')
    expect(await screen.findByRole('heading', { level: 2, name: '(212) 555-0101' }, wait)).toBeDefined()
    expect(location.hash).toBe(`#/recordings/${sidOf(1)}`)
    act(() => ul.querySelectorAll<HTMLElement>('[data-row]')[1]!.focus())
    await userEvent.keyboard('{Escape}')
    await waitFor(() => expect(screen.queryByRole('region', { name: 'Player' })).toBeNull(), wait)
  })

  test('text and days narrow the list; what finds nothing says how to go on', async () => {
    const app = await openRecordings([recordingOf(0)], {
      'recordings.page': ({ text }: { text?: string }) => ({ recordings: text ? [] : [recordingOf(0)], next: null }),
    })
    await list('Recordings')
    await userEvent.selectOptions(screen.getByRole('combobox', { name: 'Time' }), 'Last 7 days')
    await userEvent.type(screen.getByRole('searchbox', { name: 'Search recordings' }), 'nobody')
    await screen.findByRole('heading', { name: 'Nothing found' }, wait)
    const last = app.asked.findLast(({ name }) => name === 'recordings.page')?.args as { text: string; filter: { from: string } }
    expect(last.text).toBe('nobody')
    expect(Date.now() - Date.parse(last.filter.from)).toBeGreaterThan(5.9 * 86_400_000)
    await userEvent.click(screen.getByRole('button', { name: 'Clear search and dates' }))
    await list('Recordings')
  })

  test('days in the wrong order are said so, and nothing is asked', async () => {
    const app = await openRecordings([recordingOf(0)])
    await list('Recordings')
    await userEvent.selectOptions(screen.getByRole('combobox', { name: 'Time' }), 'Between two days')
    await userEvent.type(screen.getByLabelText('From'), '2026-11-20')
    const before = app.asked.length
    await userEvent.type(screen.getByLabelText('To'), '2026-11-01')
    expect((await screen.findByRole('alert', {}, wait)).textContent).toContain('The first day is after the last one.')
    expect(app.asked.slice(before).filter(({ name }) => name === 'recordings.page')).toEqual([])
  })

  test('none yet, could not be read, and read again', async () => {
    const state = { isBroken: true }
    await openRecordings([], { 'recordings.page': () => (state.isBroken ? failure('store-failed') : { recordings: [], next: null }) })
    await screen.findByRole('alert', {}, wait)
    state.isBroken = false
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
    expect(await screen.findByRole('heading', { name: 'No recordings yet' }, wait)).toBeDefined()
  })

  test('what changed is read again, what is cached is marked at once', async () => {
    const app = await openRecordings([recordingOf(0, { isCached: false, state: 'processing' })])
    const ul = await list('Recordings')
    app.change(sidOf(0), { state: 'ready' })
    act(() => app.emit('calls.changed', { callIds: ['call-0'] }))
    await within(ul).findByRole('button', { name: 'Play the recording with (212) 555-0100' }, wait)
    act(() => app.emit('recordings.cached', { sid: sidOf(0), isCached: true }))
    expect(await within(ul).findByLabelText('Kept on this computer', {}, wait)).toBeDefined()
  })
})

describe('voicemail', () => {
  test('unread are counted and told apart; marking is shared', async () => {
    const app = await openRecordings(
      [
        voicemailOf(0, { noTranscript: 'too-short' }),
        voicemailOf(1, { isRead: true, transcript: { status: 'completed', text: 'Please call me', provider: 'twilio', sid: null } }),
      ],
      {},
      { at: 'voicemail' },
    )
    const tab = screen.getByRole('tab', { name: 'Voicemail' })
    await waitFor(() => expect(tab.getAttribute('aria-description')).toBe('1 unread'), wait)
    const rows = within(await list('Voicemails')).getAllByRole('listitem')
    expect(rows[0]!.textContent).toContain('unread')
    expect(rows[1]!.textContent).toContain('Please call me')
    await userEvent.click(rows[0]!.querySelector<HTMLElement>('[data-row]')!)
    expect(await screen.findByText('No transcript: too short, Twilio writes down 2 seconds and more.', {}, wait)).toBeDefined()
    expect(screen.getByText('Nobody has listened to it yet.')).toBeDefined()
    await userEvent.click(screen.getByRole('button', { name: 'Mark as read' }))
    expect(app.asked).toContainEqual({ name: 'voicemail.mark', args: { sid: sidOf(0), mark: 'read' } })
    act(() => app.emit('records.changed', { callIds: ['call-0'], kinds: ['voicemail'] }))
    await screen.findByRole('button', { name: 'Mark as unread' }, wait)
    await waitFor(() => expect(tab.hasAttribute('aria-description')).toBe(false), wait)
  })

  test('it is called back from the number they called; a withheld one cannot be', async () => {
    const heardBy = [{ userId: 'sam', at: '2026-11-20T09:42:00.000Z' }]
    const app = await openRecordings(
      [voicemailOf(0, { heardBy }), voicemailOf(1, { party: { kind: 'withheld' } })],
      {},
      { at: 'voicemail' },
    )
    const rows = within(await list('Voicemails')).getAllByRole('listitem')
    await userEvent.click(rows[0]!.querySelector<HTMLElement>('[data-row]')!)
    await userEvent.click(await screen.findByRole('button', { name: 'Call back' }, wait))
    await waitFor(
      () => expect(app.device().connects.at(-1)?.params).toMatchObject({ To: '+12125550100', LkCallerId: '+14155550100' }),
      wait,
    )
    expect(screen.getByText(/^Listened: Sam, /)).toBeDefined()
    await userEvent.click(rows[1]!.querySelector<HTMLElement>('[data-row]')!)
    await screen.findByText('The number is withheld: nobody to call back.', {}, wait)
    expect(screen.queryByRole('button', { name: 'Call back' })).toBeNull()
  })

  test('only those nobody listened to', async () => {
    await openRecordings([voicemailOf(0, { isRead: true })], {}, { at: 'voicemail' })
    await list('Voicemails')
    await userEvent.click(screen.getByRole('checkbox', { name: 'Unread' }))
    expect(await screen.findByRole('heading', { name: 'No unread voicemails' }, wait)).toBeDefined()
  })
})

test('the trash holds both kinds, newest first, and gives them back', async () => {
  const trash = { at: '2026-11-21T10:00:00.000Z', until: '2026-12-21T10:00:00.000Z', byUserId: 'sam' }
  const app = await openRecordings(
    [voicemailOf(0, { state: 'trashed', trash }), recordingOf(1, { state: 'trashed', trash }), recordingOf(2)],
    {},
    { at: 'trash' },
  )
  const ul = await list('Recordings in the trash')
  expect(
    within(ul)
      .getAllByRole('listitem')
      .map((row) => /555-\d{4}/.exec(row.textContent)?.[0]),
  ).toEqual(['555-0100', '555-0101'])
  await userEvent.click(ul.querySelector<HTMLElement>('[data-row]')!)
  const player = within(await screen.findByRole('region', { name: 'Player' }, wait))
  expect(await player.findByText('In the trash by Sam', {}, wait)).toBeDefined()
  expect(player.queryByRole('button', { name: 'Play' })).toBeNull()
  await userEvent.click(player.getByRole('button', { name: 'Restore' }))
  expect(app.asked).toContainEqual({ name: 'recordings.restore', args: { sid: sidOf(0) } })
  act(() => app.emit('records.changed', { callIds: ['call-0'], kinds: ['recording'] }))
  await waitFor(() => expect(within(ul).getAllByRole('listitem')).toHaveLength(1), wait)
  await player.findByRole('button', { name: 'Play' }, wait)
})

test('what a rule put into the trash says so, with the rule', async () => {
  const trash = { at: '2026-11-21T10:00:00.000Z', until: '2026-12-21T10:00:00.000Z', byUserId: null }
  await openRecordings(
    [recordingOf(0, { state: 'trashed', trash })],
    { 'greetings.list': () => [{ phoneNumber: '+14155550100', greeting: null, retentionDays: 30 }] },
    { at: `trash/${sidOf(0)}` },
  )
  const player = within(await screen.findByRole('region', { name: 'Player' }, wait))
  expect(await player.findByText(/^In the trash by the rule of .+: 30 days$/, {}, wait)).toBeDefined()
})

test('on a list without a search `/` stays, and digits after it call nobody', async () => {
  await openRecordings([voicemailOf(0)], {}, { at: 'voicemail' })
  await list('Voicemails')
  await userEvent.keyboard('/212')
  expect(location.hash).toBe('#/recordings/voicemail')
})

test('who was called is called again', async () => {
  await openRecordings([recordingOf(0, { direction: 'outgoing' })], {}, { at: sidOf(0) })
  expect(await screen.findByRole('button', { name: 'Call again' }, wait)).toBeDefined()
  expect(screen.queryByRole('button', { name: 'Call back' })).toBeNull()
})

test('the audit counts, explains and leads to the call', async () => {
  const rows = [
    auditRowOf(0, { state: 'short', recordedSeconds: 20 }),
    auditRowOf(1, { state: 'absent', errorCode: 16_102, recordedSeconds: null }),
    auditRowOf(2, { state: 'missing', recordedSeconds: null, wanted: 'caller' }),
    auditRowOf(3),
  ]
  await openRecordings(
    [],
    {
      'recordings.audit': ({ troubleOnly }: { troubleOnly?: boolean }) => ({
        rows: troubleOnly ? rows.slice(0, 3) : rows,
        next: null,
        counts: { wanted: 4, complete: 1, pending: 0, trouble: 3 },
      }),
    },
    { at: 'audit' },
  )
  const ul = await list('Calls that should be recorded')
  expect(screen.getByText('4 calls should be recorded')).toBeDefined()
  expect(screen.getByText('3 in trouble')).toBeDefined()
  const texts = within(ul)
    .getAllByRole('listitem')
    .map((row) => row.textContent)
  expect(texts[0]).toContain('Incomplete: 0:20 of 1:00 are there')
  expect(texts[1]).toContain('Not recorded: nothing was to be heard')
  expect(texts[2]).toContain('Missing: Twilio never spoke of a recording')
  expect(texts[2]).toContain('the caller asked for it')
  await userEvent.click(screen.getByRole('checkbox', { name: 'Only trouble' }))
  await waitFor(() => expect(within(ul).getAllByRole('listitem')).toHaveLength(3), wait)
  await userEvent.click(ul.querySelector<HTMLElement>('[data-row]')!)
  expect(location.hash).toBe('#/calls/call-0')
})
