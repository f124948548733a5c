import { act, fireEvent, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { describe, expect, test } from 'vitest'
import { openApp } from '../kit/app-kit.tsx'
import { item, OURS, record } from '../kit/phone-kit.ts'

const field = () => screen.getByRole<HTMLInputElement>('textbox', { name: 'Phone number' })
const button = (name: string) => screen.getByRole<HTMLButtonElement>('button', { name })
const suggested = () => within(screen.getByRole('listbox', { name: 'Suggestions' })).getAllByRole('option')
const callState = () => screen.getByRole('status', { name: 'Call state' })
const dialed = (app: Awaited<ReturnType<typeof openApp>>) => app.device().connects.map((one) => one.params)

describe('the number field', () => {
  test('Record is for the next call alone, and says what it means', async () => {
    const app = await openApp({ isOn: true })
    const toggle = screen.getByRole('button', { name: 'Record' })
    expect(toggle.getAttribute('aria-pressed')).toBe('false')
    await userEvent.click(toggle)
    expect(toggle.getAttribute('aria-pressed')).toBe('true')
    expect(screen.getByText(/Tell the other side/)).toBeDefined()
    await userEvent.type(screen.getByRole('textbox', { name: 'Phone number' }), '+15005550102{Enter}')
    await waitFor(() => expect(dialed(app)).toMatchObject([{ To: '+15005550102', LkRecord: 'true' }]))
    await waitFor(() => expect(app.state.dial.getState().isRecorded).toBe(false))
  })

  test('formats as one types, and knows the country', async () => {
    await openApp()
    await userEvent.type(field(), '4155552671')
    expect(field().value).toBe('(415) 555-2671')
    expect(screen.getByTitle('Country United States')).toBeTruthy()
    await userEvent.clear(field())
    await userEvent.type(field(), '+442079460958')
    expect(field().value).toBe('+44 20 7946 0958')
    expect(screen.getByTitle('Country United Kingdom')).toBeTruthy()
  })

  test('shows what is typed as it is until the plans have come, and calls it all the same', async () => {
    const app = await openApp({ hasPlans: false })
    fireEvent.change(field(), { target: { value: '020 7946' } })
    expect(field().value).toBe('0207946')
    act(() => app.state.settings.setState({ country: 'GB' }))
    fireEvent.change(field(), { target: { value: '02079460958' } })
    fireEvent.keyDown(field(), { key: 'Enter' })
    await waitFor(() => expect(dialed(app)).toMatchObject([{ To: '+442079460958' }]))
    await waitFor(() => expect(field().value).toBe(''))
  })

  test.each([
    ['tel:+1-415-555-2671', '+1 415 555 2671'],
    [' (415) 555-2671 ext. 12', '(415) 555-2671'],
    ['+44 (0)20 7946 0958', '+44 20 7946 0958'],
    ['\u202d+1 415\u00a0555‑2671\u202c', '+1 415 555 2671'],
    ['call me', ''],
  ])('pasted %j becomes %j', async (pasted, shown) => {
    await openApp()
    await userEvent.click(field())
    await userEvent.paste(pasted)
    expect(field().value).toBe(shown)
  })

  test('a digit put in the middle leaves the caret behind it', async () => {
    await openApp()
    await userEvent.type(field(), '4155552671')
    field().setSelectionRange(2, 2) // (4|15)
    await userEvent.type(field(), '9', { initialSelectionStart: 2, initialSelectionEnd: 2 })
    expect(field().value.replaceAll(/\D/g, '')).toBe('49155552671')
    expect(
      field()
        .value.slice(0, field().selectionStart ?? 0)
        .replaceAll(/\D/g, ''),
    ).toBe('49')
  })

  test('deleting a bracket deletes the digit before it: no key is dead', async () => {
    await openApp()
    await userEvent.type(field(), '4155552671')
    fireEvent.change(field(), { target: { value: '(415 555-2671', selectionStart: 4 } })
    expect(field().value.replaceAll(/\D/g, '')).toBe('415552671')
  })
})

describe('dialing', () => {
  test('Enter calls what was typed, from the default number', async () => {
    const app = await openApp()
    await userEvent.type(field(), '4155552671{Enter}')
    expect(dialed(app)).toMatchObject([{ To: '+14155552671', LkCallerId: OURS }])
    expect(callState().textContent).toBe('Connecting')
    expect(callState().dataset['state']).toBe('connecting')
  })

  test('the keypad, the choice of number, and Call', async () => {
    const app = await openApp()
    const pad = screen.getByRole('group', { name: 'Dial pad' })
    const quick = userEvent.setup({ delay: null }) // a turn between down and up, on a slow machine, is a long press on 0
    for (const name of ['4', '1', '5', '5', '5', '5', '0', '1', '4', '2']) await quick.click(within(pad).getByRole('button', { name }))
    expect(
      within(pad)
        .getAllByRole('button')
        .map((key) => key.getAttribute('aria-label')),
    ).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9', 'Star', '0', 'Pound'])
    await userEvent.selectOptions(screen.getByRole('combobox', { name: 'Call from' }), '+14155550111')
    await userEvent.click(button('Call'))
    expect(dialed(app)).toMatchObject([{ To: '+14155550142', LkCallerId: '+14155550111' }])
    expect(app.asked).toContainEqual({ name: 'preferences.set', args: { callFrom: '+14155550111' } })
  })

  test('keys pressed anywhere go into the field; in a call they are digits sent', async () => {
    const app = await openApp()
    await userEvent.keyboard('415')
    expect(field().value.replaceAll(/\D/g, '')).toBe('415')
    await act(() => app.dial())
    act(() => app.device().connects[0]!.call.open())
    act(() => field().blur())
    await userEvent.keyboard('7#')
    await waitFor(() => expect(app.device().connects[0]!.call.digits).toEqual(['7', '#'])) // one tone after the other
  })

  test('what cannot be dialed is said, and stays typed', async () => {
    const app = await openApp()
    await userEvent.type(field(), '12{Enter}')
    expect(screen.getByRole('alert').textContent).toContain('cannot be dialed')
    expect(field().value).toBe('1 2')
    expect(app.device().connects).toEqual([])
  })

  test('a recent call is called again, from the number it was with; a withheld one is not offered', async () => {
    const app = await openApp({
      calls: [
        record({ callId: 'a', party: { kind: 'withheld' }, outcome: 'missed', reason: 'rang-out' }),
        record({ callId: 'b', outcome: 'answered', ourNumber: '+14155550111', talkSeconds: 5 }),
        record({ callId: 'c', outcome: 'answered', talkSeconds: 5 }),
      ],
    })
    const again = screen.getAllByRole('button', { name: /^Call .* again$/ })
    expect(again).toHaveLength(1)
    await userEvent.click(again[0]!)
    expect(dialed(app)).toMatchObject([{ To: '+14155552671', LkCallerId: '+14155550111' }])
  })

  test('recent numbers that continue what is typed are chosen with arrow keys and called with Enter', async () => {
    const other = { kind: 'number', number: '+14155550142' } as const
    const app = await openApp({ calls: [record({ callId: 'a', ourNumber: '+14155550111' }), record({ callId: 'b', party: other })] })
    await userEvent.type(field(), '415555')
    expect(suggested().map((one) => one.textContent)).toEqual(['(415) 555-2671', '(415) 555-0142'])
    expect(field().getAttribute('aria-activedescendant')).toBeNull()
    await userEvent.keyboard('{ArrowDown}{ArrowDown}{ArrowUp}')
    expect(suggested().map((one) => one.getAttribute('aria-selected'))).toEqual(['true', 'false'])
    expect(field().getAttribute('aria-activedescendant')).toBe(suggested()[0]!.id)
    expect(document.activeElement).toBe(field())
    await userEvent.keyboard('{Enter}')
    expect(dialed(app)).toMatchObject([{ To: '+14155552671', LkCallerId: '+14155550111' }])
    expect(screen.queryByRole('listbox')).toBeNull()
  })

  test('Escape puts the suggestions away before it empties the field; Enter with none chosen calls what is typed', async () => {
    const app = await openApp({ calls: [record({})] })
    await userEvent.type(field(), '4155552{Escape}')
    expect(screen.queryByRole('listbox')).toBeNull()
    expect(field().value).toBe('(415) 555-2')
    await userEvent.type(field(), '6')
    expect(screen.getByRole('listbox')).toBeTruthy()
    await userEvent.type(field(), '70{Enter}')
    expect(dialed(app)).toMatchObject([{ To: '+14155552670' }])
  })

  test('without a number of our own nothing can be called', async () => {
    await openApp({
      answers: { 'voice.token': () => ({ token: 'h.e.s', identity: 'i', expiresAt: '2030-01-01T00:00:00Z', availableNumbers: [] }) },
    })
    await userEvent.type(field(), '4155552671')
    expect(button('Call').disabled).toBe(true)
  })
})

async function talking() {
  const app = await openApp()
  const call = await act(() => app.dial())
  act(() => call.open())
  return { ...app, call }
}

describe('a call', () => {
  test('that is recorded says so while it is', async () => {
    const app = await talking()
    expect(screen.queryByText('Recorded')).toBeNull()
    const recording = {
      sid: 'RE1',
      callId: 'c',
      legSid: null,
      source: 'DialVerb',
      status: 'in-progress',
      channels: 2,
      durationSeconds: null,
    }
    const rest = { startedAt: null, errorCode: null, channelRoles: null }
    const { callId } = app.phone.view().call!
    const told = (status: string) =>
      act(() => app.state.calls.setState({ calls: [item({ callId, recordings: [{ ...recording, ...rest, status }] })] }))
    told('in-progress')
    expect(screen.getByText('Recorded')).toBeTruthy()
    told('completed')
    expect(screen.queryByText('Recorded')).toBeNull()
  })
  test('shows its state outside of the timer, and takes mute, digits and hang up', async () => {
    const { call } = await talking()
    expect(callState().textContent).toBe('In call')
    expect(screen.getByRole('timer').closest('[role=status]')).toBeNull()
    await userEvent.click(button('Mute'))
    expect(button('Mute').getAttribute('aria-pressed')).toBe('true')
    await userEvent.click(button('Keypad'))
    const keypad = await screen.findByRole('group', { name: 'Call keypad' })
    for (const name of ['1', 'Star', 'Pound']) await userEvent.click(within(keypad).getByRole('button', { name }))
    await waitFor(() => expect(call.digits).toEqual(['1', '*', '#']))
    await userEvent.keyboard('{Escape}')
    await userEvent.click(button('Hang up'))
    expect(call.did).toEqual(['disconnect'])
    expect(callState().textContent).toBe('Call ended')
  })

  test('stays in sight on other screens, and is muted by a key', async () => {
    await talking()
    await userEvent.click(screen.getByRole('link', { name: 'Calls' }))
    expect(await screen.findByRole('heading', { name: 'Calls' }, { timeout: 15_000 })).toBeTruthy()
    expect(screen.getAllByRole('button', { name: 'Hang up' })).toHaveLength(1)
    await userEvent.keyboard('m')
    expect(button('Mute').getAttribute('aria-pressed')).toBe('true')
  })

  test('says the quality with its cause, and mute is not a fault', async () => {
    const { call } = await talking()
    act(() => call.emit('warning', 'high-jitter', {}))
    expect(screen.getByText('uneven network')).toBeTruthy()
    act(() => call.emit('warning-cleared', 'high-jitter'))
    expect(screen.getByText('Good')).toBeTruthy()
    act(() => call.mute(true))
    act(() => call.emit('warning', 'constant-audio-input-level', {}))
    expect(screen.getByText('Good')).toBeTruthy()
  })
})

describe('a call that rings', () => {
  test('never takes the focus, and its keys do nothing while one types', async () => {
    const app = await openApp()
    await userEvent.click(field())
    const call = await act(async () => app.ring())
    const dialog = screen.getByRole('alertdialog', { name: 'Incoming call' })
    expect(within(dialog).getByText('(415) 555-2671')).toBeTruthy()
    expect(document.activeElement).toBe(field())
    const other = document.body.appendChild(document.createElement('input'))
    other.focus()
    await userEvent.keyboard('ad')
    expect(call.did).toEqual([])
    other.remove()
    await userEvent.keyboard('d')
    expect(call.did).toEqual(['reject'])
    expect(screen.queryByRole('alertdialog')).toBeNull()
  })

  test('is declined for everybody, by button or key', async () => {
    const app = await openApp()
    const first = await act(async () => app.ring('call-1.leg-1'))
    await userEvent.click(button('Decline everywhere'))
    expect(first.did).toEqual(['reject'])
    await act(async () => app.ring('call-2.leg-1'))
    await userEvent.keyboard('e')
    expect(app.declined).toEqual(['call-1', 'call-2'])
    expect(screen.queryByRole('alertdialog')).toBeNull()
  })

  test('is answered by button, and the title says who', async () => {
    const app = await openApp()
    const call = await act(async () => app.ring())
    expect(document.title).toBe('Incoming call: (415) 555-2671')
    expect(callState().textContent).toBe('Incoming call')
    await userEvent.click(button('Answer'))
    act(() => call.open())
    expect(callState().textContent).toBe('In call')
    expect(document.title).toBe('Linekeeper')
  })

  test('in a call it is a line that says what answering does; while ours negotiates Answer waits', async () => {
    const app = await openApp()
    const ours = await act(() => app.dial())
    await act(async () => void app.ring('call-2.leg-2', 'anonymous', 'CA00000000000000000000000000000002'))
    expect(screen.getByText('Number withheld')).toBeTruthy()
    expect(button('Answer').disabled).toBe(true)
    act(() => ours.open())
    expect(button('Answer').disabled).toBe(false)
    expect(screen.getByText('Answering ends the call you are in')).toBeTruthy()
  })
})

describe('before calls are on', () => {
  test('a gesture turns them on; another window can be relieved of them', async () => {
    const app = await openApp({ isOn: false })
    expect(screen.getByRole('status', { name: 'Availability' }).textContent).toMatch(/^Calls are off/)
    await userEvent.click(button('Turn on calls'))
    expect(screen.getByRole('status', { name: 'Availability' }).textContent).toMatch(/^Available/)
    expect(app.devices).toHaveLength(1)
  })

  test('elsewhere: offers to take over', async () => {
    await openApp({ phone: { lockIsFree: false } })
    expect(button('Take over here')).toBeTruthy()
    expect(screen.getByRole('status', { name: 'Availability' }).textContent).toMatch(/^Calls are on in another window/)
  })
})
