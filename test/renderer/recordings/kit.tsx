import { screen } from '@testing-library/react'
import { vi } from 'vitest'
import type { RecordingAuditRow, RecordingItem } from '../../../contract/recording.ts'
import { openApp, signedIn } from '../kit/app-kit.tsx'
import { FakeAudio, FakeAudioContext } from './fake-sound.ts'

export const sidOf = (index: number) => `RE${String(index).padStart(32, '0')}`

/** The recording at `index`: of an answered call of a minute, the newest first. */
export function recordingOf(index: number, rest: Partial<RecordingItem> = {}): RecordingItem {
  const at = new Date(Date.parse('2026-11-21T09:00:00.000Z') - index * 60_000).toISOString()
  return {
    sid: sidOf(index),
    callId: `call-${index}`,
    legSid: null,
    source: 'DialVerb',
    status: 'completed',
    channels: 2,
    durationSeconds: 60,
    startedAt: at,
    errorCode: null,
    channelRoles: ['them', 'us'],
    state: 'ready',
    isVoicemail: false,
    direction: 'incoming',
    party: { kind: 'number', number: `+1212${String(5_550_100 + index)}` },
    ourNumber: '+14155550100',
    userId: 'ada',
    callStartedAt: at,
    talkSeconds: 60,
    trash: null,
    hold: null,
    isCached: true,
    positionSeconds: 0,
    heardBy: [],
    isRead: false,
    transcript: null,
    noTranscript: null,
    ...rest,
  }
}

export const voicemailOf = (index: number, rest: Partial<RecordingItem> = {}) =>
  recordingOf(index, {
    isVoicemail: true,
    source: 'RecordVerb',
    channels: 1,
    channelRoles: null,
    durationSeconds: 12,
    userId: null,
    ...rest,
  })

export const auditRowOf = (index: number, rest: Partial<RecordingAuditRow> = {}): RecordingAuditRow => ({
  callId: `call-${index}`,
  startedAt: '2026-11-21T09:00:00.000Z',
  party: { kind: 'number', number: `+1212${String(5_550_100 + index)}` },
  ourNumber: '+14155550100',
  userId: 'ada',
  wanted: 'number',
  state: 'complete',
  errorCode: null,
  talkSeconds: 60,
  recordedSeconds: 60,
  recordingSid: sidOf(index),
  ...rest,
})

type Answers = { [name: string]: (args: never) => object }
interface Asked {
  limit: number
  after?: string
}
const paged = <T,>(all: readonly T[], { limit, after = '0' }: Asked) => {
  const from = Number(after)
  return { page: all.slice(from, from + limit), next: from + limit < all.length ? String(from + limit) : null }
}

/** Main with these recordings and voicemails; what is done to them changes them, as an event would tell. */
export function recordingsMain(all: RecordingItem[]) {
  const find = (sid: string) => all.find((one) => one.sid === sid)!
  const change = (sid: string, rest: Partial<RecordingItem>) => void Object.assign(find(sid), rest)
  const of = (isVoicemail: boolean, isTrashed: boolean) =>
    all.filter((one) => one.isVoicemail === isVoicemail && (one.state === 'trashed') === isTrashed)
  const trash = ({ sid }: { sid: string }) => {
    change(sid, { state: 'trashed', trash: { at: '2026-11-21T10:00:00.000Z', until: '2026-12-21T10:00:00.000Z', byUserId: 'ada' } })
    return {}
  }
  const answers: Answers = {
    'recordings.page': (args: Asked & { trash?: boolean }) => {
      const { page, next } = paged(of(false, args.trash === true), args)
      return { recordings: page.map((one) => ({ ...one })), next }
    },
    'voicemail.list': (args: Asked & { trash?: boolean; unreadOnly?: boolean }) => {
      const { page, next } = paged(
        of(true, args.trash === true).filter((one) => !args.unreadOnly || !one.isRead),
        args,
      )
      return { voicemails: page.map((one) => ({ ...one })), next, unread: of(true, false).filter((one) => !one.isRead).length }
    },
    'recordings.audit': () => ({ rows: [], next: null, counts: { wanted: 0, complete: 0, pending: 0, trouble: 0 } }),
    'recordings.get': ({ sid }: { sid: string }) => ({ ...find(sid) }),
    'recordings.open': ({ sid }: { sid: string }) => openedOf(find(sid)),
    'recordings.position': () => ({}),
    'recordings.download': () => ({ url: '/media/x', fileName: '2026-11-21 call.wav' }),
    'recordings.trash': trash,
    'voicemail.trash': trash,
    'recordings.restore': ({ sid }: { sid: string }) => (change(sid, { state: 'ready', trash: null }), {}),
    'recordings.hold': ({ sid, note }: { sid: string; note: string | null }) => {
      change(sid, { hold: note === null ? null : { at: '2026-11-21T10:00:00.000Z', byUserId: 'ada', note } })
      return {}
    },
    'voicemail.mark': ({ sid, mark }: { sid: string; mark: string }) => (change(sid, { isRead: mark !== 'unread' }), {}),
    'calls.get': ({ callId }: { callId: string }) => ({ callId, notes: [] }),
  }
  return { answers, change }
}

/** A whole recording in the cache: two lanes, and a silence from 10 to 20 s. */
export const openedOf = (recording: RecordingItem, rest: object = {}) => ({
  recording: { ...recording },
  url: `/media/${recording.sid}`,
  durationSeconds: recording.durationSeconds,
  channels: recording.channels,
  peaks: Array.from({ length: recording.channels ?? 1 }, () => [0.1, 0.9, 0.4, 0.2]),
  silences: [[10, 20]],
  ...rest,
})

/** The Recordings screen of the page, opened, with sound that a test holds. happy-dom lays nothing out: the list is told its height. */
export async function openRecordings(
  all: RecordingItem[],
  answers: Answers = {},
  { at = '', role = 'manager' }: { at?: string; role?: 'manager' | 'staff' } = {},
) {
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(704)
  vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(704)
  FakeAudio.all = []
  vi.stubGlobal('Audio', FakeAudio)
  vi.stubGlobal('AudioContext', FakeAudioContext)
  const main = recordingsMain(all)
  const session = { ...signedIn, user: { userId: 'ada', name: 'Ada', role } }
  const app = await openApp({ session, answers: { ...main.answers, ...answers } })
  location.hash = at ? `#/recordings/${at}` : '#/recordings'
  await screen.findByRole('heading', { level: 1, name: 'Recordings' }, { timeout: 15_000 })
  return { ...app, change: main.change, audio: () => FakeAudio.all.at(-1)! }
}
