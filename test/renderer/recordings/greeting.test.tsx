import { act, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { failure } from '../../../contract/failure.ts'
import type { RecordValue } from '../../../contract/record.ts'
import { openNumbers, owned } from '../numbers/kit.tsx'
import { FakeAudio } from './fake-sound.ts'
import { undo } from './undo.ts'

vi.setConfig({ testTimeout: 60_000 }) // a loaded machine takes seconds for a screen
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
  Reflect.deleteProperty(navigator, 'mediaDevices')
})
const wait = { timeout: 15_000 }
const NUMBER = '+14155550100'
type Greeting = RecordValue<'greeting'>
const recorded: Greeting = { kind: 'recorded', text: null, mediaId: 'm1', durationSeconds: 7.2, name: null }

/** What a browser decodes: so many seconds of a tone in two channels, at the rate it is asked for. */
function stubDecoding(seconds: number, level = 0.5) {
  const samples = new Float32Array(Math.round(seconds * 8000)).fill(level)
  vi.stubGlobal(
    'OfflineAudioContext',
    class {
      decodeAudioData(bytes: ArrayBuffer) {
        if (bytes.byteLength < 50) return Promise.reject(new DOMException('Unable to decode', 'EncodingError'))
        return Promise.resolve({ duration: seconds, numberOfChannels: 2, getChannelData: () => samples })
      }
    },
  )
}

async function openGreeting(greeting: Greeting | null = null, answers = {}, options: { role?: 'manager' | 'staff' } = {}) {
  const state = { greeting, retentionDays: null as number | null }
  const main = {
    'greetings.list': () => [{ phoneNumber: NUMBER, ...state }],
    'greetings.set': ({ greeting: next }: { greeting: { kind: 'spoken' | 'recorded'; text?: string } | null }) => {
      state.greeting = next && { ...recorded, kind: next.kind, text: next.text ?? null }
      return { greeting: state.greeting }
    },
    'greetings.open': () => ({ url: '/media/greeting' }),
    'calls.count': () => ({ count: 0 }),
    'recordings.retention': ({ days }: { days: number | null }) => ((state.retentionDays = days), {}),
    ...answers,
  }
  const app = await openNumbers([owned(0)], main, { at: NUMBER, ...options })
  const asked = (name: string) => app.asked.filter((one) => one.name === name).map((one) => one.args)
  return { ...app, askedOf: asked }
}
const part = async () => within(await screen.findByRole('region', { name: 'Voicemail and recordings' }, wait))
const openDialog = async () => {
  await userEvent.click(await (await part()).findByRole('button', { name: 'Change the greeting' }, wait))
  return within(await screen.findByRole('dialog', { name: 'Change the greeting' }, wait))
}

describe('what callers hear', () => {
  test('the usual sentence is shown; words of one’s own replace it', async () => {
    const { askedOf } = await openGreeting()
    expect(await (await part()).findByText(/Nobody can take your call right now/, {}, wait)).toBeDefined()
    const dialog = await openDialog()
    const save = dialog.getByRole<HTMLButtonElement>('button', { name: 'Save greeting' })
    expect(save.disabled).toBe(true)
    await userEvent.type(dialog.getByRole('textbox', { name: 'Text' }), ' We are on holiday. ')
    await userEvent.click(save)
    await waitFor(
      () => expect(askedOf('greetings.set')).toEqual([{ phoneNumber: NUMBER, greeting: { kind: 'spoken', text: 'We are on holiday.' } }]),
      wait,
    )
    expect(await (await part()).findByText('“We are on holiday.”', {}, wait)).toBeDefined()
  })

  test('what the relay refuses stays typed, with why', async () => {
    await openGreeting(null, { 'greetings.set': () => failure('relay-unreachable') })
    const dialog = await openDialog()
    await userEvent.type(dialog.getByRole('textbox', { name: 'Text' }), 'Holiday')
    await userEvent.click(dialog.getByRole('button', { name: 'Save greeting' }))
    await dialog.findByRole('alert', {}, wait)
    expect(dialog.getByRole<HTMLTextAreaElement>('textbox', { name: 'Text' }).value).toBe('Holiday')
  })

  test('a greeting that is taken away comes back with its sound', async () => {
    vi.stubGlobal('fetch', () => Promise.resolve(new Response(Uint8Array.from([1, 2, 3]))))
    const { askedOf } = await openGreeting({ ...recorded, name: 'hello.wav' })
    const region = await part()
    expect(await region.findByText('Recorded here: hello.wav, 0:08', {}, wait)).toBeDefined()
    await userEvent.click(region.getByRole('button', { name: 'Use the usual sentence' }))
    await undo()
    await waitFor(() => expect(askedOf('greetings.set')).toHaveLength(2), wait)
    expect(askedOf('greetings.set')).toEqual([
      { phoneNumber: NUMBER, greeting: null },
      { phoneNumber: NUMBER, greeting: { kind: 'recorded', name: 'hello.wav', wav: 'AQID' } },
    ])
  })

  test('a sound that cannot be kept is not taken away', async () => {
    vi.stubGlobal('fetch', () => Promise.resolve(new Response(null, { status: 502 })))
    const { askedOf } = await openGreeting(recorded)
    const region = await part()
    await userEvent.click(await region.findByRole('button', { name: 'Use the usual sentence' }, wait))
    expect((await region.findByRole('alert', {}, wait)).textContent).toContain('The relay cannot be reached.')
    expect(askedOf('greetings.set')).toEqual([])
  })

  test('the present one can be listened to, and stopped', async () => {
    FakeAudio.all = []
    vi.stubGlobal('Audio', FakeAudio)
    await openGreeting(recorded)
    const region = await part()
    await userEvent.click(await region.findByRole('button', { name: 'Listen' }, wait))
    await userEvent.click(await region.findByRole('button', { name: 'Stop' }, wait))
    expect(FakeAudio.all.at(-1)!.paused).toBe(true)
  })

  test('staff do not see it', async () => {
    const { askedOf } = await openGreeting(recorded, {}, { role: 'staff' })
    await screen.findByRole('region', { name: '(415) 555-0100' }, wait)
    expect(screen.queryByRole('region', { name: 'Voicemail and recordings' })).toBeNull()
    expect(askedOf('greetings.list')).toEqual([])
  })
})

const wavFile = (size = 200) => {
  const bytes = new Uint8Array(size)
  bytes.set(new TextEncoder().encode('RIFF    WAVE'))
  return new File([bytes], 'hello.wav', { type: 'audio/wav' })
}

describe('a WAV file', () => {
  test('is brought to the telephone’s shape, listened to and saved under its name', async () => {
    stubDecoding(3)
    const { askedOf } = await openGreeting()
    const dialog = await openDialog()
    await userEvent.click(dialog.getByRole('radio', { name: 'A WAV file' }))
    await userEvent.upload(dialog.getByLabelText('WAV file'), wavFile())
    await dialog.findByLabelText('Your greeting', {}, wait)
    await userEvent.click(dialog.getByRole('button', { name: 'Save greeting' }))
    await waitFor(() => expect(askedOf('greetings.set')).toHaveLength(1), wait)
    const { greeting } = askedOf('greetings.set')[0] as { greeting: { kind: string; name: string; wav: string } }
    expect([greeting.kind, greeting.name]).toEqual(['uploaded', 'hello.wav'])
    const wav = Buffer.from(greeting.wav, 'base64')
    expect([wav.readUInt16LE(22), wav.readUInt32LE(24), wav.readUInt16LE(34), wav.length]).toEqual([1, 8000, 16, 44 + 3 * 8000 * 2])
  })

  test.each([
    ['longer than two minutes', () => stubDecoding(121), wavFile, 'It is longer than 2 minutes.'],
    ['too short', () => stubDecoding(0.2), wavFile, 'It is shorter than half a second.'],
    ['silent', () => stubDecoding(3, 0), wavFile, 'Nothing was heard.'],
    [
      'not a WAV',
      () => stubDecoding(3),
      () => new File(['ID3 and so on, which is an MP3 and not a WAV, of course'], 'a.wav'),
      'This is not a WAV file.',
    ],
    ['cut off', () => stubDecoding(3), () => wavFile(48), 'This is not a WAV file.'],
  ])('%s: said, and not saved', async (_, stub, file, words) => {
    stub()
    await openGreeting()
    const dialog = await openDialog()
    await userEvent.click(dialog.getByRole('radio', { name: 'A WAV file' }))
    await userEvent.upload(dialog.getByLabelText('WAV file'), file())
    expect((await dialog.findByRole('alert', {}, wait)).textContent).toContain(words)
    expect(dialog.getByRole<HTMLButtonElement>('button', { name: 'Save greeting' }).disabled).toBe(true)
  })
})

/** A microphone and a recorder as browsers have them; `tracks` tells whether they were let go. */
function stubMicrophone(refusal?: DOMException) {
  const tracks: { isStopped: boolean; stop: () => void }[] = []
  const getUserMedia = () => {
    if (refusal) return Promise.reject(refusal)
    const track = { isStopped: false, stop: () => void (track.isStopped = true) }
    tracks.push(track)
    return Promise.resolve({ getTracks: () => [track] })
  }
  Object.defineProperty(navigator, 'mediaDevices', { configurable: true, value: { getUserMedia } })
  vi.stubGlobal(
    'AudioContext',
    class {
      state = 'running'
      createAnalyser = () => ({ fftSize: 32, getFloatTimeDomainData: (samples: Float32Array) => samples.fill(0.1) })
      createMediaStreamSource = () => ({ connect: () => undefined })
      close = () => Promise.resolve((this.state = 'closed'))
    },
  )
  vi.stubGlobal(
    'MediaRecorder',
    class extends EventTarget {
      state = 'inactive'
      mimeType = 'audio/webm'
      start() {
        this.state = 'recording'
      }
      stop() {
        this.state = 'inactive'
        this.dispatchEvent(Object.assign(new Event('dataavailable'), { data: new Blob([new Uint8Array(100)]) }))
        this.dispatchEvent(new Event('stop'))
      }
    },
  )
  return tracks
}

/** Begins to record in the dialog. */
const begin = async () => {
  const dialog = await openDialog()
  await userEvent.click(dialog.getByRole('radio', { name: 'Record it here' }))
  await userEvent.click(dialog.getByRole('button', { name: 'Start recording' }))
  return dialog
}

describe('recorded here', () => {
  test('shows time and level, is listened to, and saved', async () => {
    stubDecoding(2)
    const tracks = stubMicrophone()
    const { askedOf } = await openGreeting()
    const dialog = await begin()
    expect(await dialog.findByText(/^Recording 0:0\d of 2:00$/, {}, wait)).toBeDefined()
    await waitFor(() => expect(dialog.getByLabelText('Level').getAttribute('value')).toBe('0.40'), wait)
    await userEvent.click(dialog.getByRole('button', { name: 'Stop recording' }))
    await dialog.findByLabelText('Your greeting', {}, wait)
    expect(tracks.map((track) => track.isStopped)).toEqual([true])
    await userEvent.click(dialog.getByRole('button', { name: 'Save greeting' }))
    await waitFor(() => expect(askedOf('greetings.set')).toMatchObject([{ greeting: { kind: 'recorded', name: null } }]), wait)
  })

  test('closed while it records: nothing is saved and the microphone is let go', async () => {
    const tracks = stubMicrophone()
    const { askedOf } = await openGreeting()
    const dialog = await begin()
    await dialog.findByRole('button', { name: 'Stop recording' }, wait)
    await userEvent.keyboard('{Escape}')
    await waitFor(() => expect(tracks.map((track) => track.isStopped)).toEqual([true]), wait)
    expect(askedOf('greetings.set')).toEqual([])
  })

  test.each([
    ['NotAllowedError', 'microphone'],
    ['NotFoundError', 'microphone'],
  ])('%s: what to do', async (name, words) => {
    stubMicrophone(new DOMException('no', name))
    await openGreeting()
    const dialog = await begin()
    expect((await dialog.findByRole('alert', {}, wait)).textContent.toLowerCase()).toContain(words)
    expect(dialog.getByRole('button', { name: 'Start recording' })).toBeDefined()
  })

  test('not during a call', async () => {
    const app = await openGreeting()
    const dialog = await openDialog()
    await userEvent.click(dialog.getByRole('radio', { name: 'Record it here' }))
    act(() => void app.ring())
    expect(await dialog.findByText('You can record a greeting when the call has ended.', {}, wait)).toBeDefined()
  })
})

describe('how long recordings are kept', () => {
  test('a usual time is one choice, with its meaning and a way back', async () => {
    const { askedOf } = await openGreeting()
    const region = await part()
    const keep = await region.findByRole('combobox', { name: 'Keep recordings' }, wait)
    expect(region.getByText('Nothing is deleted by itself.')).toBeDefined()
    await userEvent.selectOptions(keep, '90 days')
    expect(await region.findByText(/^After 90 days a recording/, {}, wait)).toBeDefined()
    await undo()
    await waitFor(
      () => expect(askedOf('recordings.retention').map((args) => (args as { days: number | null }).days)).toEqual([90, null]),
      wait,
    )
  })

  test('a time that would put something into the trash is asked about first, with how much it is', async () => {
    const { askedOf } = await openGreeting(null, { 'calls.count': () => ({ count: 3 }) })
    const region = await part()
    const keep = await region.findByRole('combobox', { name: 'Keep recordings' }, wait)
    await userEvent.selectOptions(keep, '30 days')
    const dialog = within(await screen.findByRole('dialog', { name: 'Keep recordings for 30 days?' }, wait))
    expect(dialog.getByText(/^The recordings and voicemails of 6 calls are older/)).toBeDefined()
    expect(askedOf('calls.count')).toContainEqual(expect.objectContaining({ filter: expect.objectContaining({ ourNumbers: [NUMBER] }) }))
    await userEvent.click(dialog.getByRole('button', { name: 'Leave it as it is' }))
    expect(askedOf('recordings.retention')).toEqual([])
    await userEvent.selectOptions(keep, '30 days')
    await userEvent.click(await screen.findByRole('button', { name: 'Keep them so long' }, wait))
    await waitFor(() => expect(askedOf('recordings.retention')).toEqual([{ phoneNumber: NUMBER, days: 30 }]), wait)
  })

  test('another time is typed; nonsense is said so', async () => {
    const { askedOf } = await openGreeting()
    const region = await part()
    await userEvent.selectOptions(await region.findByRole('combobox', { name: 'Keep recordings' }, wait), 'Other…')
    const field = region.getByRole('textbox', { name: 'Days' })
    await userEvent.type(field, '4000{Enter}')
    expect(region.getByText('A whole number from 1 to 3650.')).toBeDefined()
    await userEvent.clear(field)
    await userEvent.type(field, '45{Enter}')
    await waitFor(() => expect(askedOf('recordings.retention')).toEqual([{ phoneNumber: NUMBER, days: 45 }]), wait)
    expect(await region.findByRole('option', { name: '45 days' }, wait)).toBeDefined()
  })
})
