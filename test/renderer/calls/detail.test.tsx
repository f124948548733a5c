import { act, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import axe from 'axe-core'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { failure } from '../../../contract/failure.ts'
import type { TimelineEntry } from '../../../contract/timeline.ts'
import { askedFor, at, item, note, openCalls, rows, timeline, undo } from './kit.tsx'

vi.setConfig({ testTimeout: 60_000 })
afterEach(() => vi.restoreAllMocks())

const call = item({
  callId: 'call-1',
  outcome: 'abandoned',
  ringSeconds: 12,
  startedAt: at(0),
  endedAt: at(0),
  cost: { amount: '0.0085', currency: 'USD', isFinal: false },
})
const button = (name: string) => screen.getByRole<HTMLButtonElement>('button', { name })
const region = (name: string) => within(screen.getByRole('region', { name }))
/** The note at this place. */
const noteAt = (index: number) => within(region('Notes').getAllByRole('listitem')[index]!)
const open = async (answers = {}, options = {}, one = call) => {
  const app = await openCalls([{ ...one }], answers, { to: `/${one.callId}`, ...options })
  await screen.findByRole('region', { name: 'Timeline' })
  return app
}

describe('a call opened', () => {
  test('says who, what became of it, when, what it cost so far; unknown is never 0', async () => {
    await open()
    expect(screen.getByRole('heading', { level: 2, name: '(415) 555-2671' })).toBeDefined()
    expect(screen.getByText('Rang 12 s, caller hung up')).toBeDefined()
    const facts = region('Facts')
    expect(facts.getByText('$0.0085 USD so far')).toBeDefined()
    expect(facts.getByText('no talk')).toBeDefined()
    expect(facts.getByText('12 s')).toBeDefined()
    expect(facts.queryByText(/^\$0(\.00)?$/)).toBeNull()
  })

  test('a note that a colleague changes while one types is saved as a change of what one saw', async () => {
    const view = { ...call, notes: [note({ noteId: 'n1', text: 'first' })] }
    const app = await open({ 'calls.get': () => view })
    await userEvent.click(await screen.findByRole('button', { name: 'Edit' }))
    await userEvent.type(screen.getByRole('textbox', { name: 'Note' }), ' mine')
    view.notes = [note({ noteId: 'n1', text: 'theirs' })]
    act(() => app.emit('records.changed', { callIds: ['call-1'], kinds: ['note'] }))
    await waitFor(() => expect(askedFor(app, 'calls.get').length).toBeGreaterThan(1))
    await userEvent.click(button('Save note'))
    expect(askedFor(app, 'calls.note')).toMatchObject([{ noteId: 'n1', text: 'first mine', seen: 'first' }])
  })

  test('what will never be rated is said', async () => {
    const gone = { ...call, unrated: ['deleted-recording' as const] }
    await open({ 'calls.get': () => ({ ...gone, notes: [] }) }, {}, gone)
    const facts = region('Facts')
    expect(facts.getByText('$0.0085 USD so far')).toBeDefined()
    expect(facts.getByText(/A recording was deleted before its price was known/)).toBeDefined()
  })

  test('an answered call whose talk and price are not known says so', async () => {
    await open({}, {}, item({ callId: 'call-1', outcome: 'answered', talkSeconds: null, cost: null, startedAt: at(0) }))
    expect(region('Facts').getByText('not known yet')).toBeDefined()
    expect(region('Facts').getByText('Not rated yet')).toBeDefined()
  })

  test('calls back from the number they called, with a name that says so', async () => {
    const app = await open({}, {}, item({ ...call, ourNumber: '+14155550111' }))
    await userEvent.click(button('Call back'))
    expect(app.device().connects[0]?.params).toMatchObject({ To: '+14155552671', LkCallerId: '+14155550111' })
  })

  test('while calls are off in this window it says so where Call back is', async () => {
    await open({}, { isOn: false })
    expect(button('Call back').disabled).toBe(true)
    expect(screen.getByText(/^Calls are off in this window\./)).toBeDefined()
    expect(screen.getByRole('link', { name: 'Turn them on in Phone' }).getAttribute('href')).toBe('#/phone')
  })

  test('a withheld number cannot be called back or copied, and that is said', async () => {
    await open({}, {}, item({ ...call, party: { kind: 'withheld' } }))
    expect(screen.queryByRole('button', { name: 'Call back' })).toBeNull()
    expect(screen.queryByRole('button', { name: /^Copy/ })).toBeNull()
    expect(screen.getByText(/nobody can call it back/)).toBeDefined()
  })

  test('Escape goes back to the row', async () => {
    await open()
    await userEvent.click(button('Close'))
    await waitFor(() => expect(location.hash).toBe('#/calls'))
    act(() => void (location.hash = '#/calls/call-1'))
    await screen.findByRole('region', { name: 'Timeline' })
    act(() => button('Call back').focus())
    await userEvent.keyboard('{Escape}')
    await waitFor(() => expect(location.hash).toBe('#/calls'))
    await waitFor(() => expect(document.activeElement).toBe(within(rows()[0]!).getByRole('link')))
  })

  test('one that is not here says so and leads back', async () => {
    await openCalls([call], {}, { to: '/other' })
    await screen.findByRole('heading', { name: 'This call is not here' })
    await userEvent.click(button('Back to calls'))
    expect(location.hash).toBe('#/calls')
  })

  test('legs are there on request, each with its status and price', async () => {
    const leg = {
      legId: 'l1',
      sid: `CA${'1'.repeat(32)}`,
      parentSid: null,
      role: 'party' as const,
      userId: null,
      deviceId: null,
      to: '+14155550100',
    }
    const times = { ringAt: null, answerAt: null, endAt: null, durationSeconds: 12, bridged: null, errorCode: null }
    const planned = {
      ...leg,
      ...times,
      legId: 'l2',
      sid: null,
      role: 'device' as const,
      deviceId: 'away',
      status: 'failed' as const,
      price: null,
      priceUnit: null,
    }
    await open({}, {}, item({ ...call, legs: [{ ...leg, ...times, status: 'completed', price: '-0.0085', priceUnit: 'USD' }, planned] }))
    expect(screen.queryByText('Legs (2)')).toBeNull()
    await userEvent.click(button('Legs (1)'))
    const table = within(screen.getByRole('table'))
    expect(table.queryByText('(415) 555-0100')).toBeNull() // our number is not the other side of a call that came in
    for (const text of ['(415) 555-2671', 'completed', '0:12', '$0.0085', leg.sid]) expect(table.getByText(text)).toBeDefined()
  })

  test('no accessibility violation', async () => {
    await open()
    const result = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false } } })
    expect(result.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`)).toEqual([])
  })
})

describe('notes', () => {
  test('one is written, changed, taken away and brought back', async () => {
    const app = await open()
    await userEvent.click(button('Add a note'))
    await userEvent.type(screen.getByRole('textbox', { name: 'Note' }), 'Wants a quote')
    await userEvent.click(button('Save note'))
    const notes = region('Notes')
    await notes.findByText('Wants a quote')
    await userEvent.click(button('Edit'))
    await userEvent.type(screen.getByRole('textbox', { name: 'Note' }), ' by Friday')
    await userEvent.keyboard('{Control>}{Enter}{/Control}')
    await notes.findByText('Wants a quote by Friday')
    await userEvent.click(button('Remove'))
    await waitFor(() => expect(notes.queryByText('Wants a quote by Friday')).toBeNull())
    await undo()
    await notes.findByText('Wants a quote by Friday')
    const ids = askedFor(app, 'calls.note').map((one) => one['noteId'])
    expect(new Set(ids).size).toBe(1) // the same note all along
  })

  test('saved, changed or taken away, the focus stays beside it and Escape still closes the call', async () => {
    await open({}, { notes: { 'call-1': [note({ noteId: 'a', text: 'One' }), note({ noteId: 'b', text: 'Two' })] } })
    await userEvent.click(button('Add a note'))
    await userEvent.type(screen.getByRole('textbox', { name: 'Note' }), 'Three')
    await userEvent.click(button('Save note'))
    await waitFor(() => expect(document.activeElement).toBe(button('Add a note')))
    await userEvent.click(noteAt(0).getByRole('button', { name: 'Edit' }))
    await userEvent.type(screen.getByRole('textbox', { name: 'Note' }), '!')
    await userEvent.click(button('Save note'))
    await waitFor(() => expect(document.activeElement?.textContent).toBe('Edit'))
    await userEvent.click(noteAt(0).getByRole('button', { name: 'Remove' }))
    await waitFor(() => expect(region('Notes').getAllByRole('listitem')).toHaveLength(2))
    await waitFor(() => expect(document.activeElement).toBe(noteAt(0).getByRole('button', { name: 'Edit' })))
    await userEvent.keyboard('{Escape}')
    await waitFor(() => expect(location.hash).toBe('#/calls'))
  })

  test('what could not be kept is kept in the field, with the reason', async () => {
    const state = { isDown: true }
    await open({ 'calls.note': () => (state.isDown ? failure('store-failed') : [note({ text: 'Later' })]) })
    await userEvent.click(button('Add a note'))
    await userEvent.type(screen.getByRole('textbox', { name: 'Note' }), 'Later')
    await userEvent.click(button('Save note'))
    await screen.findByRole('alert')
    expect(screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'Note' }).value).toBe('Later')
    state.isDown = false
    await userEvent.click(button('Save note'))
    await waitFor(() => expect(screen.queryByRole('textbox', { name: 'Note' })).toBeNull())
  })

  test("a colleague's note is not mine to change; one that waits for the network says so", async () => {
    const notes = {
      'call-1': [note({ noteId: 'a', byUserId: 'sam', text: 'Theirs' }), note({ noteId: 'b', text: 'Mine', isPending: true })],
    }
    await open({}, { role: 'staff', notes })
    const [theirs, mine] = region('Notes').getAllByRole('listitem')
    expect(within(theirs!).queryByRole('button')).toBeNull()
    expect(theirs!.textContent).toContain('Sam')
    expect(within(mine!).getByText('not sent yet')).toBeDefined()
    expect(within(mine!).getByRole('button', { name: 'Edit' })).toBeDefined()
  })
})

describe('tags', () => {
  test('are typed, suggested, taken away and brought back', async () => {
    const app = await open()
    const tags = region('Tags')
    const field = tags.getByRole('combobox', { name: 'Add a tag' })
    await userEvent.type(field, '#vip{Enter}')
    await tags.findByRole('link', { name: 'vip' })
    expect(askedFor(app, 'calls.tag')[0]).toEqual({ callIds: ['call-1'], add: ['vip'], remove: [] })
    await userEvent.type(field, 'a, b{Enter}')
    expect(tags.getByText('At most 40 characters, without commas.')).toBeDefined()
    await userEvent.click(button('Remove tag vip'))
    await waitFor(() => expect(tags.queryByRole('link', { name: 'vip' })).toBeNull())
    await undo()
    await tags.findByRole('link', { name: 'vip' })
  })

  test('one that could not be kept is taken back, with the reason', async () => {
    await open({ 'calls.tag': () => failure('store-failed') })
    await userEvent.type(region('Tags').getByRole('combobox', { name: 'Add a tag' }), 'vip{Enter}')
    await screen.findByRole('alert')
    expect(region('Tags').queryByRole('link', { name: 'vip' })).toBeNull()
  })
})

const entry = (what: string, ms: number, rest: Partial<TimelineEntry> = {}): TimelineEntry => ({
  at: new Date(Date.parse(call.startedAt) + ms).toISOString(),
  clock: 'relay',
  source: 'relay',
  what,
  params: {},
  legId: null,
  isOrderCertain: true,
  ...rest,
})

describe('the timeline', () => {
  test('answers why first, then says each thing with its time, source and clock', async () => {
    await open({
      'calls.timeline': () =>
        timeline({
          why: { what: 'why-rang-out', params: { here: 'skipped', seconds: 20, rung: 2, devices: 2, isVoicemail: true } },
          entries: [
            entry('arrived', 0, { params: { from: '+14155552671', to: '+14155550100' }, clock: 'twilio', source: 'webhook' }),
            entry('rings-planned', 400, { params: { seconds: 25, devices: 2 } }),
            entry('later-word', 65_000, { source: 'rest' }),
          ],
        }),
    })
    const part = region('Timeline')
    expect((await part.findByTestId('why')).textContent).toBe(
      'It rang 20 s on 2 devices and nobody answered.The caller left a voicemail. This computer was left out: it was known to be away.',
    )
    const lines = part.getAllByRole('listitem').map((line) => line.textContent)
    expect(lines[0]).toContain('A call came in from (415) 555-2671 to (415) 555-0100')
    expect(lines[0]).toContain("Twilio, told · Twilio's clock, ±1 s")
    expect(lines[1]).toMatch(/^\+0\.4 sThe relay rang 2 devices for at most 25 s/)
    expect(lines[2]).toMatch(/^\+1:05Something that a later version of Linekeeper knows: later-word/)
  })

  test('entries whose order is not certain stand in a bracket that says so', async () => {
    await open({
      'calls.timeline': () =>
        timeline({
          entries: [
            entry('arrived', 0),
            entry('leg-rang', 1000, { clock: 'twilio', isOrderCertain: false, params: { role: 'device', userId: 'sam' } }),
            entry('rang-here', 1300, { clock: 'desktop', source: 'sdk', isOrderCertain: false, params: { role: 'device', userId: 'sam' } }),
            entry('relay-ended', 9000),
          ],
        }),
    })
    const bracket = await region('Timeline').findByTitle(/^These came too close/)
    expect(
      within(bracket)
        .getAllByRole('listitem')
        .map((line) => line.textContent),
    ).toEqual([expect.stringContaining('Twilio says that Sam rang'), expect.stringContaining('Sam rang, says the computer itself')])
  })

  test('times never run backwards: what its own clock puts earlier stands where its cause puts it, and says so', async () => {
    await open({
      'calls.timeline': () =>
        timeline({
          entries: [entry('arrived', 0), entry('leg-rang', 13_100), entry('leg-answered', 12_300), entry('relay-ended', 13_200)],
        }),
    })
    const lines = await region('Timeline').findAllByRole('listitem')
    expect(lines.map((line) => /^(≈ )?\+[\d.]+ s/.exec(line.textContent)?.[0])).toEqual(['+0.0 s', '+13.1 s', '≈ +13.1 s', '+13.2 s'])
    expect(within(lines[2]!).getByTitle(/\+12\.3 s/)).toBeDefined()
  })

  test('the sound has a sentence and a table beside its chart', async () => {
    const samples: [number, number | null, number | null, number | null, number | null][] = [
      [0, 4.2, 5, 0, 40],
      [5, 3, 30, 0.02, 60],
      [10, null, null, null, null],
    ]
    await open({ 'calls.timeline': () => timeline({ quality: [{ deviceId: 'desk', userId: 'ada', samples }] }) })
    const part = region('Timeline')
    await part.findByText('Heard by Ada, this computer')
    expect(part.getByText('MOS 3.6 on average, 3.0 at worst; jitter up to 30 ms; loss up to 2.0 %.')).toBeDefined()
    expect(part.getByRole('img', { name: /^Chart of MOS, jitter and loss/ })).toBeDefined()
    await userEvent.click(button('Show as a table'))
    expect(within(part.getByRole('table')).getAllByRole('row')).toHaveLength(4)
  })

  test('a dialog that closes gives the focus back, and Escape closes the call', async () => {
    await open()
    await userEvent.click(button('Export timeline'))
    await screen.findByRole('button', { name: 'Save JSON' })
    await userEvent.keyboard('{Escape}')
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    await waitFor(() => expect(document.activeElement).toBe(button('Export timeline')))
    await userEvent.keyboard('{Escape}')
    await waitFor(() => expect(location.hash).toBe('#/calls'))
  })

  test('is exported, masked unless one chooses otherwise', async () => {
    const files: Blob[] = []
    vi.spyOn(URL, 'createObjectURL').mockImplementation((file) => (files.push(file as Blob), 'blob:x'))
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => undefined)
    const app = await open()
    await userEvent.click(button('Export timeline'))
    await userEvent.click(await screen.findByRole('button', { name: 'Save JSON' }))
    await waitFor(() => expect(files).toHaveLength(1))
    expect(JSON.parse(await files[0]!.text())).toMatchObject({ callId: 'call-1', about: { isMasked: true } })
    await userEvent.click(button('Export timeline'))
    await userEvent.click(await screen.findByRole('checkbox', { name: 'Mask numbers and names' }))
    await userEvent.click(button('Save JSON'))
    await waitFor(() => expect(files).toHaveLength(2))
    expect(askedFor(app, 'calls.timeline').at(-1)).toEqual({ callId: 'call-1', mask: false })
  })

  test('a change is read again', async () => {
    const state = { what: 'why-ongoing' }
    const app = await open({ 'calls.timeline': () => timeline({ why: { what: state.what, params: {} } }) })
    await screen.findByText('The call is not over.')
    state.what = 'why-nobody-assigned'
    act(() => app.emit('calls.changed', { callIds: ['call-1'] }))
    expect(await screen.findByText('It did not ring: nobody is assigned to this number.')).toBeDefined()
  })
})

describe('recordings', () => {
  test.each([
    ['absent', 16_101, 'The call was too short (Twilio 16101)'],
    ['absent', 16_102, 'Nobody was heard (Twilio 16102)'],
    ['failed', 1, 'It failed (Twilio 1)'],
    ['processing', null, 'Twilio is still preparing it'],
    ['in-progress', null, 'Being recorded'],
    ['deleted', null, 'It was deleted'],
  ])('%s, code %s, says why it cannot be played', async (status, errorCode, text) => {
    const recording = {
      sid: `RE${'1'.repeat(32)}`,
      callId: 'call-1',
      legSid: null,
      source: 'DialVerb',
      status,
      channels: 2,
      durationSeconds: null,
    }
    await open({}, {}, item({ ...call, recordings: [{ ...recording, startedAt: null, errorCode, channelRoles: null }] }))
    expect(region('Recordings').getByText(text)).toBeDefined()
  })
})
