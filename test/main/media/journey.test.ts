import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RecordingItem } from '../../../contract/recording.ts'
import { wavHead, wavSeconds } from '../../../main/media/wav.ts'
import type { Desktop } from '../kit/desktop.ts'
import { startWorkspace, type Workspace } from '../kit/workspace.ts'
import { tone, wavOf } from './kit.ts'
import { fetchMedia, until } from './media-relay.ts'

// Over the real relay and the sandbox: a caller leaves a message, which is fetched before anybody asks;
// the same with everything that Twilio's media may do to us; and a greeting that is set, heard and taken back.
let at: Workspace
let ada: Desktop
let number: string
beforeAll(async () => {
  at = await startWorkspace()
  ada = await at.desktop('Ada', 'manager', { withAccount: false })
  await ada.online()
  number = at.account.state.numbers[0]?.phoneNumber ?? ''
  await at.admin({ command: 'assign', number, users: ['Ada'] })
})
afterAll(() => at.close())

const voicemails = async () => (await ada.ask('voicemail.list', { limit: 50 })).voicemails
/** A caller leaves a message: nobody has a phone that rings. */
async function leaveMessage(): Promise<RecordingItem> {
  const before = new Set((await voicemails()).map(({ sid }) => sid))
  await at.control('/incoming-calls', { from: '+14155552671', to: number, script: 'voicemail' })
  let found: RecordingItem | undefined
  await until(async () => {
    found = (await voicemails()).find(({ sid, state }) => !before.has(sid) && state === 'ready')
    return found !== undefined
  }, 50_000)
  if (!found) throw new Error('no voicemail')
  return found
}
const isCached = async (sid: string) => (await ada.ask('recordings.get', { sid })).isCached
async function play(sid: string): Promise<Buffer> {
  const { url } = await ada.ask('recordings.open', { sid })
  return (await fetchMedia(ada, url)).bytes()
}
function secondsOf(file: Buffer): number {
  const head = wavHead(file)
  if (!head) throw new Error('no WAV')
  return wavSeconds(head, file.length)
}

test('a message is here before anybody asks, and sounds as long as Twilio says', { timeout: 120_000 }, async () => {
  const { sid, durationSeconds } = await leaveMessage()
  await until(() => isCached(sid), 30_000)
  const opened = await ada.ask('recordings.open', { sid })
  expect(opened).toMatchObject({ channels: 1, recording: { isVoicemail: true, isCached: true } })
  expect(Math.abs((opened.durationSeconds ?? 0) - (durationSeconds ?? -9))).toBeLessThanOrEqual(1)
  expect(opened.peaks?.[0]?.some((peak) => peak === 1)).toBe(true)
  expect(secondsOf(await play(sid))).toBe(opened.durationSeconds)
  await ada.ask('recordings.position', { sid, seconds: 2.5 })
  expect((await ada.ask('recordings.get', { sid })).positionSeconds).toBe(2.5)
})

test('404 first, then a redirect to a host that refuses Authorization, and no ranges', { timeout: 120_000 }, async () => {
  await at.control('/faults', { switches: { mediaFirst404: 3, mediaRedirect: true, mediaRange: false } })
  const { sid } = await leaveMessage()
  const codes: string[] = []
  await until(async () => {
    const outcome = await ada.app.request('recordings.open', { sid })
    if (!outcome.ok) codes.push(outcome.failure.code)
    return outcome.ok
  })
  expect(codes.every((code) => code === 'recording-not-ready')).toBe(true)
  const file = await play(sid)
  expect(secondsOf(file)).toBeGreaterThan(2)
  const part = await fetchMedia(ada, (await ada.ask('recordings.open', { sid })).url, { range: 'bytes=100-199' })
  expect([part.status, (await part.bytes()).equals(file.subarray(100, 200))]).toEqual([206, true])
  await until(() => isCached(sid), 30_000)
})

test('in the trash it is silent, and out of it again it plays', { timeout: 120_000 }, async () => {
  await at.control('/faults', { switches: { mediaFirst404: 0 } })
  const { sid } = await leaveMessage()
  await until(() => isCached(sid), 30_000)
  await ada.ask('voicemail.trash', { sid })
  await until(async () => !(await isCached(sid)))
  expect((await ada.fails('recordings.open', { sid })).code).toBe('not-found')
  await ada.ask('recordings.restore', { sid })
  await until(async () => (await ada.app.request('recordings.open', { sid })).ok)
  expect(secondsOf(await play(sid))).toBeGreaterThan(2)
})

test('a greeting is set, heard, and taken back', { timeout: 60_000 }, async () => {
  const wav = wavOf(tone(1, [0.5]))
  const sound = { kind: 'recorded', name: 'hello', wav: wav.toString('base64') } as const
  const { greeting } = await ada.ask('greetings.set', { phoneNumber: number, greeting: sound })
  expect(greeting).toMatchObject({ kind: 'recorded', name: 'hello', durationSeconds: 1 })
  await until(async () => (await ada.app.request('greetings.open', { phoneNumber: number })).ok) // the relay's log has told of it
  const { url } = await ada.ask('greetings.open', { phoneNumber: number })
  const heard = await fetchMedia(ada, url, { range: 'bytes=0-99' })
  expect([heard.status, (await heard.bytes()).equals(wav.subarray(0, 100))]).toEqual([206, true])
  expect((await (await fetchMedia(ada, url)).bytes()).equals(wav)).toBe(true)
  const spoken = await ada.ask('greetings.set', { phoneNumber: number, greeting: { kind: 'spoken', text: 'We are out.' } })
  expect(spoken.greeting).toMatchObject({ kind: 'spoken', text: 'We are out.' })
  expect(await ada.ask('greetings.set', { phoneNumber: number, greeting: null })).toEqual({ greeting: null })
  expect((await fetchMedia(ada, url)).status).toBe(404)
  await until(async () => !(await ada.app.request('greetings.open', { phoneNumber: number })).ok)
  expect((await ada.fails('greetings.open', { phoneNumber: number })).code).toBe('not-found')
})

test.each([
  ['no WAV at all', Buffer.from('<html>'), 'not-wav'],
  ['mu-law', wavOf(tone(1, [0.5]), { encoding: 'mulaw' }), 'not-pcm'],
  ['8 bits', wavOf(tone(1, [0.5]), { encoding: 'pcm8' }), 'bits'],
  ['a rate that Twilio would not play', wavOf(tone(1, [0.5], 11_025), { rate: 11_025 }), 'rate'],
  ['too short', wavOf(tone(0.2, [0.5])), 'too-short'],
  ['cut off', wavOf(tone(1, [0.5])).subarray(0, 9000), 'cut-off'],
])('a greeting that is %s is refused before it is sent', async (_name, bytes, reason) => {
  const greeting = { kind: 'uploaded', name: null, wav: bytes.toString('base64') } as const
  expect(await ada.fails('greetings.set', { phoneNumber: number, greeting })).toMatchObject({
    code: 'greeting-invalid',
    details: { reason },
  })
})

test('staff may not set one', async () => {
  const sam = await at.desktop('Sam', 'staff', { withAccount: false })
  const greeting = { kind: 'spoken', text: 'Hello.' } as const
  expect((await sam.fails('greetings.set', { phoneNumber: number, greeting })).code).toBe('forbidden')
})
