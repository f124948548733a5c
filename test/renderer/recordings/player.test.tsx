import { act, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { failure } from '../../../contract/failure.ts'
import type { CallNote } from '../../../contract/history.ts'
import type { RecordingItem } from '../../../contract/recording.ts'
import { FakeAudio, FakeAudioContext } from './fake-sound.ts'
import { openedOf, openRecordings, recordingOf, sidOf, voicemailOf } from './kit.tsx'
import { undo } from './undo.ts'

vi.setConfig({ testTimeout: 60_000 }) // a loaded machine takes seconds for a screen
beforeEach(() => void (FakeAudioContext.all = []))
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})
const wait = { timeout: 15_000 }
type Answers = Parameters<typeof openRecordings>[1]

/** The recording opened in its player, with its sound there. */
async function openPlayer(item: RecordingItem, answers: Answers = {}, options: { role?: 'manager' | 'staff' } = {}) {
  const app = await openRecordings([item, recordingOf(50)], answers, {
    at: `${item.isVoicemail ? 'voicemail/' : ''}${item.sid}`,
    ...options,
  })
  const player = within(await screen.findByRole('region', { name: 'Player' }, wait))
  return { ...app, player }
}

async function openSound(item = recordingOf(0), answers: Answers = {}, options = {}) {
  const app = await openPlayer(item, answers, options)
  const play = await app.player.findByRole('button', { name: 'Play' }, wait)
  act(() => app.audio().come(item.durationSeconds ?? 60))
  const askedOf = (name: string) => app.asked.filter((one) => one.name === name).map((one) => one.args)
  return { ...app, play, askedOf, slider: app.player.getByRole('slider', { name: 'Position' }) }
}

describe('playing', () => {
  test('begins with the click, on the address that main gave, and pauses', async () => {
    const { player, play, audio } = await openSound()
    expect(audio().src).toBe(`/media/${sidOf(0)}`)
    await userEvent.click(play)
    expect(audio().paused).toBe(false)
    await userEvent.click(await player.findByRole('button', { name: 'Pause' }, wait))
    expect(audio().paused).toBe(true)
  })

  test('goes on where somebody stopped, and remembers where that is', async () => {
    const { play, audio, askedOf, slider } = await openSound(recordingOf(0, { positionSeconds: 20 }))
    expect(audio().currentTime).toBe(20)
    expect(slider.getAttribute('aria-valuetext')).toBe('0:20 of 1:00')
    await userEvent.click(play)
    act(() => audio().run(6))
    expect(askedOf('recordings.position')).toEqual([{ sid: sidOf(0), seconds: 25 }])
    act(() => audio().pause())
    expect(askedOf('recordings.position').at(-1)).toEqual({ sid: sidOf(0), seconds: 26 })
    await userEvent.click(play)
    act(() => audio().end())
    expect(askedOf('recordings.position').at(-1)).toEqual({ sid: sidOf(0), seconds: 0 })
  })

  test('the time never passes the end, and there it does not say that it goes on where somebody stopped', async () => {
    const app = await openSound(recordingOf(0, { durationSeconds: 5, positionSeconds: 2 }))
    expect(app.player.getByText('Goes on where you stopped.')).toBeDefined()
    act(() => app.audio().come(5.97))
    await userEvent.click(app.play)
    act(() => app.audio().run(3.97))
    act(() => app.audio().end())
    expect(app.slider.getAttribute('aria-valuetext')).toBe('0:05 of 0:05')
    expect(app.player.queryByText('Goes on where you stopped.')).toBeNull()
  })

  test('its row pauses it', async () => {
    const app = await openSound()
    await userEvent.click(app.play)
    await userEvent.click(await screen.findByRole('button', { name: 'Pause the recording with (212) 555-0100' }, wait))
    expect(app.audio().paused).toBe(true)
    expect(await screen.findByRole('button', { name: 'Play the recording with (212) 555-0100' }, wait)).toBeDefined()
  })

  test('left while it plays: where it was is kept, and the sound is let go', async () => {
    const { play, audio, askedOf } = await openSound()
    const sound = audio()
    await userEvent.click(play)
    act(() => sound.run(3))
    await userEvent.click(screen.getByRole('button', { name: 'Close' }))
    await waitFor(() => expect(sound.isReleased).toBe(true), wait)
    expect(sound.paused).toBe(true)
    expect(askedOf('recordings.position').at(-1)).toEqual({ sid: sidOf(0), seconds: 3 })
    expect(FakeAudioContext.all.every((context) => context.isClosed)).toBe(true)
  })

  test('the keys of the slider move and play', async () => {
    const { slider, audio } = await openSound()
    act(() => slider.focus())
    await userEvent.keyboard('{ArrowRight}')
    expect(audio().currentTime).toBe(5)
    await userEvent.keyboard('{Shift>}{ArrowRight}{/Shift}')
    expect(audio().currentTime).toBe(20)
    await userEvent.keyboard('{ArrowLeft}')
    expect(audio().currentTime).toBe(15)
    await userEvent.keyboard('{End}')
    expect(slider.getAttribute('aria-valuenow')).toBe('60')
    await userEvent.keyboard('{Home} ')
    expect(audio().currentTime).toBe(0)
    expect(audio().paused).toBe(false)
    await userEvent.keyboard(' ')
    expect(audio().paused).toBe(true)
  })

  test('a click on the waveform goes there', async () => {
    const { slider, audio } = await openSound()
    vi.spyOn(slider, 'getBoundingClientRect').mockReturnValue({ left: 100, width: 200 } as DOMRect)
    await userEvent.pointer([
      { target: slider, coords: { clientX: 150 } },
      { target: slider, coords: { clientX: 150 }, keys: '[MouseLeft]' },
    ])
    expect(audio().currentTime).toBe(15)
    expect(within(slider).getByTestId('hover-time').textContent).toBe('0:15')
  })

  test('speed stays from one recording to the next; pitch stays as it is', async () => {
    const { player, audio } = await openSound()
    await userEvent.selectOptions(player.getByRole('combobox', { name: 'Speed' }), '2×')
    expect(audio().playbackRate).toBe(2)
    expect(audio().preservesPitch).toBe(true)
    location.hash = `#/recordings/${sidOf(50)}`
    await waitFor(() => expect(FakeAudio.all.length).toBe(2), wait)
    await waitFor(() => expect(audio().playbackRate).toBe(2), wait)
  })

  test('silence is skipped when it is asked for', async () => {
    const { player, play, audio } = await openSound()
    await userEvent.click(player.getByRole('checkbox', { name: 'Skip silence' }))
    await userEvent.click(play)
    act(() => audio().run(10.5))
    expect(audio().currentTime).toBeGreaterThan(19)
  })

  test('a loop of a part begins again at its first mark, one of everything at the start', async () => {
    const { player, play, audio, slider } = await openSound()
    await userEvent.click(player.getByRole('button', { name: 'Loop' }))
    act(() => slider.focus())
    await userEvent.keyboard('{ArrowRight}')
    await userEvent.click(player.getByRole('button', { name: 'Loop from here' }))
    act(() => slider.focus())
    await userEvent.keyboard('{ArrowRight}')
    await userEvent.click(player.getByRole('button', { name: 'Loop to here' }))
    expect(player.getByText('From 0:05 to 0:10')).toBeDefined()
    act(() => slider.focus())
    await userEvent.keyboard('{Home}')
    await userEvent.click(play)
    act(() => audio().run(10.25))
    expect(audio().currentTime).toBeLessThan(7)
    await userEvent.click(player.getByRole('button', { name: 'Loop everything' }))
    act(() => audio().end())
    expect(audio().currentTime).toBe(0)
    expect(audio().paused).toBe(false)
  })
})

/** How loud channel 1 and 2 are. */
const gains = () => FakeAudioContext.all.at(-1)!.gains.map((gain) => gain.value)

describe('who is heard', () => {
  test('incoming: them is channel 1; each side alone, then both', async () => {
    const { player, play } = await openSound(recordingOf(0, { channelRoles: ['them', 'us'] }))
    const group = within(player.getByRole('radiogroup', { name: 'Who is heard' }))
    expect(FakeAudioContext.all).toHaveLength(0)
    await userEvent.click(play)
    expect(gains()).toEqual([1, 1])
    await userEvent.click(group.getByRole('radio', { name: 'Them' }))
    expect(gains()).toEqual([1, 0])
    await userEvent.click(group.getByRole('radio', { name: 'You' }))
    expect(gains()).toEqual([0, 1])
    await userEvent.click(group.getByRole('radio', { name: 'Both' }))
    expect(gains()).toEqual([1, 1])
    expect(FakeAudioContext.all).toHaveLength(1)
  })

  test('outgoing: you are channel 1, also when it was chosen before playing', async () => {
    const { player, play } = await openSound(recordingOf(0, { direction: 'outgoing', channelRoles: ['us', 'them'] }))
    await userEvent.click(player.getByRole('radio', { name: 'You' }))
    await userEvent.click(play)
    expect(gains()).toEqual([1, 0])
  })

  test('one channel: nothing is offered that cannot be told apart, and no sound hardware is taken', async () => {
    const { player, play } = await openSound(recordingOf(0, { channels: 1, channelRoles: null }))
    expect(player.queryByRole('radio', { name: 'You' })).toBeNull()
    await userEvent.click(play)
    expect(FakeAudioContext.all).toHaveLength(0)
  })
})

describe('one at a time', () => {
  test('a call that rings pauses it, and says so until it is over', async () => {
    const app = await openSound()
    await userEvent.click(app.play)
    let call: ReturnType<typeof app.ring> | undefined
    act(() => void (call = app.ring()))
    await waitFor(() => expect(app.audio().paused).toBe(true), wait)
    expect(await app.player.findByText('Paused while a call rings.', {}, wait)).toBeDefined()
    expect(app.player.getByRole<HTMLButtonElement>('button', { name: 'Play' }).disabled).toBe(true)
    act(() => call?.emit('cancel'))
    await waitFor(() => expect(app.player.getByRole<HTMLButtonElement>('button', { name: 'Play' }).disabled).toBe(false), wait)
  })

  test('Play in a row opens it and plays at once; the other player has gone', async () => {
    const app = await openSound()
    await userEvent.click(app.play)
    const first = app.audio()
    await userEvent.click(screen.getByRole('button', { name: 'Play the recording with (212) 555-0150' }))
    await waitFor(() => expect(app.audio()).not.toBe(first), wait)
    await waitFor(() => expect(app.audio().paused).toBe(false), wait)
    expect(first.paused).toBe(true)
  })
})

describe('a voicemail', () => {
  test('counts as heard after two seconds, once', async () => {
    const { play, audio, askedOf } = await openSound(voicemailOf(0))
    await userEvent.click(play)
    act(() => audio().run(1.5))
    expect(askedOf('voicemail.mark')).toEqual([])
    act(() => audio().run(3))
    expect(askedOf('voicemail.mark')).toEqual([{ sid: sidOf(0), mark: 'heard' }])
  })

  test('a shorter one counts when it was played to its end; a jump does not count', async () => {
    const { play, audio, askedOf, slider } = await openSound(voicemailOf(0, { durationSeconds: 8 }))
    act(() => slider.focus())
    await userEvent.keyboard('{ArrowRight}')
    expect(askedOf('voicemail.mark')).toEqual([])
    await userEvent.click(play)
    act(() => audio().run(0.5))
    act(() => audio().end())
    expect(askedOf('voicemail.mark')).toEqual([{ sid: sidOf(0), mark: 'heard' }])
  })
})

describe('notes at a time mark', () => {
  const note: CallNote = {
    noteId: 'n1',
    text: 'Price agreed',
    at: '2026-11-21T10:00:00.000Z',
    byUserId: 'sam',
    recordingSid: sidOf(0),
    atSeconds: 30,
    isPending: false,
  }

  test('are written at the time that is heard, stand on the waveform and lead there', async () => {
    const { player, slider, audio, askedOf } = await openSound(recordingOf(0), {
      'calls.note': ({ noteId, text, atSeconds }: { noteId: string; text: string; atSeconds: number }) => [
        note,
        { ...note, noteId, text, atSeconds, byUserId: 'ada', isPending: true },
      ],
      'calls.get': () => ({
        callId: 'call-0',
        notes: [note, { ...note, noteId: 'n2', text: 'Of the call', recordingSid: null, atSeconds: null }],
      }),
    })
    await userEvent.click(await player.findByRole('button', { name: 'Note at 0:30: Price agreed' }, wait))
    expect(audio().currentTime).toBe(30)
    expect(player.queryByText(/Of the call/)).toBeNull()
    act(() => slider.focus())
    await userEvent.keyboard('{ArrowRight}')
    await userEvent.click(player.getByRole('button', { name: 'Note at 0:35' }))
    await userEvent.type(player.getByRole('textbox', { name: 'Note' }), 'Deadline Friday{Enter}')
    expect(await player.findByText(/Deadline Friday/, {}, wait)).toBeDefined()
    expect(askedOf('calls.note')).toMatchObject([{ callId: 'call-0', text: 'Deadline Friday', recordingSid: sidOf(0), atSeconds: 35 }])
    expect(player.getByText(/waits to be sent/)).toBeDefined()
  })

  test('are removed with a way back; what cannot be written stays typed', async () => {
    const state = { isBroken: false }
    const { player, askedOf } = await openSound(recordingOf(0), {
      'calls.note': ({ text }: { text: string | null }) => (state.isBroken ? failure('store-failed') : text === null ? [] : [note]),
      'calls.get': () => ({ callId: 'call-0', notes: [note] }),
    })
    await userEvent.click(await player.findByRole('button', { name: 'Remove the note at 0:30' }, wait))
    await waitFor(() => expect(player.queryByText(/Price agreed/)).toBeNull(), wait)
    await undo()
    expect(await player.findByText(/Price agreed/, {}, wait)).toBeDefined()
    expect(askedOf('calls.note').at(-1)).toMatchObject({ noteId: 'n1', text: 'Price agreed', atSeconds: 30 })
    state.isBroken = true
    await userEvent.click(player.getByRole('button', { name: /^Note at 0:00$/ }))
    await userEvent.type(player.getByRole('textbox', { name: 'Note' }), 'Lost?{Enter}')
    await player.findByRole('alert', {}, wait)
    expect(player.getByRole<HTMLInputElement>('textbox', { name: 'Note' }).value).toBe('Lost?')
  })

  test('staff change their own alone', async () => {
    const { player } = await openSound(recordingOf(0), { 'calls.get': () => ({ callId: 'call-0', notes: [note] }) }, { role: 'staff' })
    await player.findByText(/Price agreed/, {}, wait)
    expect(player.queryByRole('button', { name: 'Edit the note at 0:30' })).toBeNull()
  })
})

describe('what is done with it', () => {
  test('to the trash, and back by Undo', async () => {
    const app = await openSound()
    await userEvent.click(app.player.getByRole('button', { name: 'Move to trash' }))
    await undo()
    expect(app.asked.map(({ name }) => name)).toEqual(expect.arrayContaining(['recordings.trash', 'recordings.restore']))
  })

  test('what was moved to the trash leaves the focus beside it', async () => {
    const app = await openSound()
    await userEvent.click(app.player.getByRole('button', { name: 'Move to trash' }))
    act(() => app.emit('records.changed', { callIds: ['call-0'], kinds: ['recording'] }))
    await app.player.findByRole('button', { name: 'Restore' }, wait)
    await waitFor(() => expect(document.activeElement).not.toBe(document.body), wait)
  })

  test('a legal hold needs a reason, keeps it from the trash, and ends', async () => {
    const app = await openSound()
    await userEvent.click(app.player.getByRole('button', { name: 'Legal hold…' }))
    const dialog = within(await screen.findByRole('dialog', { name: 'Legal hold' }, wait))
    const save = dialog.getByRole<HTMLButtonElement>('button', { name: 'Hold this recording' })
    expect(save.disabled).toBe(true)
    await userEvent.type(dialog.getByRole('textbox', { name: 'Why' }), 'Case 7{Enter}')
    await waitFor(() => expect(app.asked).toContainEqual({ name: 'recordings.hold', args: { sid: sidOf(0), note: 'Case 7' } }), wait)
    act(() => app.emit('records.changed', { callIds: ['call-0'], kinds: ['recording'] }))
    expect(await app.player.findByText(/Case 7$/, {}, wait)).toBeDefined()
    expect(app.player.getByRole<HTMLButtonElement>('button', { name: 'Move to trash' }).disabled).toBe(true)
    expect(await screen.findByText('Under legal hold now.', {}, wait)).toBeDefined()
    await userEvent.click(app.player.getByRole('button', { name: 'End the hold' }))
    const asking = within(await screen.findByRole('dialog', { name: 'End the legal hold?' }, wait))
    expect(app.asked).not.toContainEqual({ name: 'recordings.hold', args: { sid: sidOf(0), note: null } })
    await userEvent.click(asking.getByRole('button', { name: 'End the hold' }))
    await waitFor(() => expect(app.asked).toContainEqual({ name: 'recordings.hold', args: { sid: sidOf(0), note: null } }), wait)
    const changed = () => act(() => app.emit('records.changed', { callIds: ['call-0'], kinds: ['recording'] }))
    app.change(sidOf(0), { isPending: true })
    changed()
    expect(await app.player.findByText(/^Not sent yet/, {}, wait)).toBeDefined()
    expect(screen.queryByText('The legal hold has ended.')).toBeNull()
    app.change(sidOf(0), { isPending: false })
    changed()
    expect(await screen.findByText('The legal hold has ended.', {}, wait)).toBeDefined()
  })

  test('staff hold nothing', async () => {
    const { player } = await openSound(recordingOf(0), {}, { role: 'staff' })
    expect(player.queryByRole('button', { name: 'Legal hold…' })).toBeNull()
  })

  test('a download is saved under the name that main gave', async () => {
    const click = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => undefined)
    const { player } = await openSound()
    await userEvent.click(player.getByRole('button', { name: 'Download' }))
    expect(await screen.findByText('2026-11-21 call.wav is being saved.', {}, wait)).toBeDefined()
    expect(click).toHaveBeenCalledTimes(1)
  })
})

describe('what cannot be played says why', () => {
  test.each([
    [{ state: 'processing' }, 'Twilio is still preparing this recording'],
    [{ state: 'absent', errorCode: 16_101 }, 'This call was not recorded: too short to keep'],
    [{ state: 'absent', errorCode: 16_999 }, "This call was not recorded: Twilio's code 16999"],
    [{ state: 'failed' }, 'Twilio could not record this call'],
    [{ state: 'deleted' }, 'This recording was deleted'],
    [{ state: 'recording' }, 'The call goes on'],
  ] as const)('%o', async (rest, words) => {
    const { player } = await openPlayer(recordingOf(0, rest))
    expect(await player.findByText(words, {}, wait)).toBeDefined()
    expect(player.queryByRole('button', { name: 'Play' })).toBeNull()
  })

  test('as soon as Twilio has it, it plays', async () => {
    const app = await openPlayer(recordingOf(0, { state: 'processing' }))
    await app.player.findByText('Twilio is still preparing this recording', {}, wait)
    app.change(sidOf(0), { state: 'ready' })
    act(() => app.emit('calls.changed', { callIds: ['call-0'] }))
    expect(await app.player.findByRole('button', { name: 'Play' }, wait)).toBeDefined()
  })

  test.each(['recording-not-ready', 'rate-limited'] as const)('%s passes by itself: nobody has to ask again', async (code) => {
    const item = recordingOf(0)
    let refused = 0
    const app = await openPlayer(item, { 'recordings.open': () => (refused++ === 0 ? failure(code) : openedOf(item)) })
    await app.player.findByRole('button', { name: 'Play' }, wait)
    expect(refused).toBe(2)
  })

  test('not here and no relay: what to do; the relay back: it opens by itself', async () => {
    const state = { isOffline: true }
    const item = recordingOf(0, { isCached: false })
    const app = await openPlayer(item, { 'recordings.open': () => (state.isOffline ? failure('relay-unreachable') : openedOf(item)) })
    await app.player.findByRole('alert', {}, wait)
    expect(app.player.getByRole('button', { name: 'Try again' })).toBeDefined()
    const status = app.state.status.getState().status!
    act(() => app.emit('status.changed', { ...status, relay: 'offline' }))
    state.isOffline = false
    act(() => app.emit('status.changed', { ...status, relay: 'online' }))
    await app.player.findByRole('button', { name: 'Play' }, wait)
  })

  test('while it comes it says how far it is; whole, it gets its waveform and goes on playing', async () => {
    const state = { isWhole: false }
    const item = recordingOf(0, { isCached: false })
    const app = await openPlayer(item, {
      'recordings.open': () =>
        state.isWhole ? openedOf({ ...item, isCached: true }, { url: '/media/other' }) : openedOf(item, { peaks: null, silences: null }),
    })
    await userEvent.click(await app.player.findByRole('button', { name: 'Play' }, wait))
    app.audio().duration = 60
    app.audio().loadedSeconds = 15
    act(() => app.audio().say('progress'))
    expect(await app.player.findByText(/^Loading 25 %/, {}, wait)).toBeDefined()
    expect(app.player.getByRole<HTMLInputElement>('checkbox', { name: 'Skip silence' }).disabled).toBe(true)
    state.isWhole = true
    act(() => app.emit('recordings.cached', { sid: sidOf(0), isCached: true }))
    await waitFor(() => expect(app.player.getByRole<HTMLInputElement>('checkbox', { name: 'Skip silence' }).disabled).toBe(false), wait)
    expect(app.audio().src).toBe(`/media/${sidOf(0)}`)
    expect(app.audio().paused).toBe(false)
  })

  test('an address that has expired: Try again takes another, from where it was', async () => {
    const urls = ['/media/first', '/media/second']
    const item = recordingOf(0)
    const app = await openSound(item, { 'recordings.open': () => openedOf(item, { url: urls.shift() }) })
    await userEvent.click(app.play)
    act(() => app.audio().run(12))
    act(() => {
      app.audio().error = { code: 4 }
      app.audio().say('error')
    })
    await userEvent.click(await app.player.findByRole('button', { name: 'Try again' }, wait))
    await waitFor(() => expect(app.audio().src).toBe('/media/second'), wait)
    expect(app.audio().currentTime).toBe(12)
    expect(app.audio().paused).toBe(false)
  })

  test('after a long pause its address has expired: it takes another by itself, and goes on', async () => {
    const urls = ['/media/first', '/media/second']
    const item = recordingOf(0)
    const app = await openSound(item, { 'recordings.open': () => openedOf(item, { url: urls.shift() }) })
    const now = Date.now()
    vi.spyOn(Date, 'now').mockImplementation(() => now + 11 * 60_000)
    act(() => app.audio().run(12))
    await userEvent.click(app.play)
    act(() => {
      app.audio().paused = true // as an element is that was given another address
      app.audio().error = { code: 2 }
      app.audio().say('error')
    })
    await waitFor(() => expect(app.audio().src).toBe('/media/second'), wait)
    expect(app.audio().currentTime).toBe(12)
    await waitFor(() => expect(app.audio().paused).toBe(false), wait)
  })
})
