import { afterEach, beforeEach, expect, test } from 'vitest'
import { createRecords, type Records } from '../../../relay/records/records.ts'
import { callerForm, createBench, pathIn, sidOf, type Bench } from '../calls/bench.ts'

const NUMBER = '+15005550006'
const call = sidOf('CA', 1)
const RECORDING = sidOf('RE', 1)
const TRANSCRIPT = sidOf('TR', 1)
let bench: Bench
let records: Records
let ada: ReturnType<Bench['user']>
let voicemail: string
beforeEach(async () => {
  bench = await createBench()
  records = createRecords({ db: bench.db, events: bench.eventLog })
  ada = bench.user('Ada')
  bench.directory.putNumber({ phoneNumber: NUMBER, sid: null, name: 'Front desk', isActive: true })
  bench.directory.assignNumber(NUMBER, [ada.userId])
  const { body } = await bench.post('/api/twilio/twiml', callerForm(call))
  const missed = { ...callerForm(call), CallStatus: 'in-progress', DialCallStatus: 'no-answer', DialBridged: 'false' }
  voicemail = (await bench.post(pathIn(body, 'action'), missed)).body
})
afterEach(() => bench.close())

const fields = {
  ...callerForm(call, { CallStatus: 'completed' }),
  RecordingSid: RECORDING,
  RecordingUrl: `https://api.twilio.com/2010-04-01/Accounts/AC/Recordings/${RECORDING}`,
  TranscriptionSid: TRANSCRIPT,
  TranscriptionStatus: 'completed',
  TranscriptionText: 'Please call me back.',
  TranscriptionType: 'fast',
  TranscriptionUrl: `https://api.twilio.com/2010-04-01/Accounts/AC/Recordings/${RECORDING}/Transcriptions/${TRANSCRIPT}`,
}
const tell = (changes: Record<string, string> = {}, path = pathIn(voicemail, 'transcribeCallback')) =>
  bench.post(path, { ...fields, ...changes })
const recorded = () =>
  bench.post(pathIn(voicemail, 'recordingStatusCallback'), {
    AccountSid: callerForm(call).AccountSid,
    CallSid: call,
    RecordingSid: RECORDING,
    RecordingStatus: 'completed',
    RecordingDuration: '7',
    RecordingChannels: '1',
    RecordingSource: 'RecordVerb',
  })
const kept = () => records.get('transcript', RECORDING)
const told = () => bench.events.flatMap((event) => (event.type === 'record.changed' ? [event] : []))

test('the message is asked to be transcribed, and where its words go', () => {
  expect(voicemail).toMatch(/<Record transcribe="true" transcribeCallback="[^"]+transcription-callback\?c=[\w-]+&amp;l=party&amp;s=vm#rc=3/)
  expect(voicemail).toContain('maxLength="120"')
})

test('the words are the call’s, told to those who may see it', async () => {
  await recorded()
  expect(await tell()).toMatchObject({ status: 204, body: '' })
  const value = { status: 'completed', text: 'Please call me back.', provider: 'twilio', sid: TRANSCRIPT }
  expect(kept()).toMatchObject({ callId: bench.deps.calls.callOf(call), value, byUserId: null })
  expect(told()).toMatchObject([
    { payload: { kind: 'transcript', recordId: RECORDING, value }, audience: { kind: 'users', userIds: [ada.userId] } },
  ])
})

test('twice is once; after they came, a word that it failed is nothing', async () => {
  await tell()
  await tell()
  await tell({ TranscriptionSid: sidOf('TR', 2), TranscriptionStatus: 'failed', TranscriptionText: '' })
  expect([told().length, kept()?.value?.status]).toEqual([1, 'completed'])
})

test('failed, and then after all made', async () => {
  const { TranscriptionText: _text, ...failed } = { ...fields, TranscriptionStatus: 'failed' }
  await bench.post(pathIn(voicemail, 'transcribeCallback'), failed)
  expect(kept()?.value).toEqual({ status: 'failed', text: '', provider: 'twilio', sid: TRANSCRIPT })
  await tell()
  expect(kept()?.value).toMatchObject({ status: 'completed', text: 'Please call me back.' })
})

test('they may come before their recording, and make no voicemail by themselves', async () => {
  await tell()
  const callId = bench.deps.calls.callOf(call) ?? ''
  expect(bench.deps.calls.record(callId)?.recordings).toEqual([])
  expect(kept()?.callId).toBe(callId)
  await recorded()
  await bench.post('/api/twilio/status-callback', { ...callerForm(call), CallStatus: 'completed', CallDuration: '9' })
  expect(bench.deps.calls.record(callId)).toMatchObject({ outcome: 'voicemail', recordings: [{ sid: RECORDING }] })
})

test('without our ids in the address the SID says whose they are; of a call nobody knows they are dropped', async () => {
  await recorded()
  await tell({ CallSid: sidOf('CA', 99), RecordingSid: sidOf('RE', 99) }, '/api/twilio/transcription-callback')
  await tell({ RecordingSid: sidOf('RE', 98) }, '/api/twilio/transcription-callback?c=nobody&l=party&s=vm')
  expect(told()).toEqual([])
  await tell({}, '/api/twilio/transcription-callback')
  expect(kept()?.callId).toBe(bench.deps.calls.callOf(call))
})

test('the words of a recording that was deleted do not come back', async () => {
  await recorded()
  const value = { trash: null, hold: null, deletedAt: bench.now.toISOString() }
  const callId = bench.deps.calls.callOf(call) ?? ''
  const mark = { kind: 'recording', recordId: RECORDING, callId, phoneNumber: null, value, at: value.deletedAt, byUserId: null } as const
  await bench.deps.writer.submit(() => records.put<'recording'>(mark))
  await tell()
  expect(kept()).toBeUndefined()
})

test.each([
  ['under way', { TranscriptionStatus: 'in-progress' }],
  ['of nothing', { RecordingSid: '' }],
  ['of something else', { RecordingSid: 'RE../..' }],
  ['in a word that is none', { TranscriptionStatus: 'great' }],
])('%s: nothing is kept', async (_, changes) => {
  expect((await tell(changes)).status).toBe(204)
  expect(told()).toEqual([])
})

test('long and broken words are cut and mended', async () => {
  await tell({ TranscriptionText: `\ud800${'word '.repeat(5000)}`, TranscriptionSid: 'x' })
  expect(kept()?.value?.text).toHaveLength(20_000)
  expect(kept()?.value).toMatchObject({ sid: null })
})

test('switched off, nothing is asked for; what comes all the same is kept', async () => {
  await bench.close()
  bench = await createBench({ isTranscribed: false })
  records = createRecords({ db: bench.db, events: bench.eventLog })
  bench.directory.putNumber({ phoneNumber: NUMBER, sid: null, name: 'Front desk', isActive: true })
  bench.directory.assignNumber(NUMBER, [bench.user('Ada').userId])
  const { body } = await bench.post('/api/twilio/twiml', callerForm(call))
  const after = await bench.post(pathIn(body, 'action'), { ...callerForm(call), CallStatus: 'in-progress', DialCallStatus: 'no-answer' })
  expect(after.body).toContain('<Record')
  expect(after.body).not.toContain('transcri')
  await tell({}, '/api/twilio/transcription-callback')
  expect(kept()?.value?.status).toBe('completed')
})

test('a number’s own greeting is heard before the beep: words, or sound', async () => {
  const at = bench.now.toISOString()
  const greeting = (value: Parameters<typeof records.put<'greeting'>>[0]['value']) =>
    bench.deps.writer.submit(() =>
      records.put({ kind: 'greeting', recordId: NUMBER, callId: null, phoneNumber: NUMBER, value, at, byUserId: null }),
    )
  const plain = { text: null, mediaId: null, durationSeconds: null, name: null }
  const heard = async (sid: string) => {
    const { body } = await bench.post('/api/twilio/twiml', callerForm(sid))
    return (await bench.post(pathIn(body, 'action'), { ...callerForm(sid), CallStatus: 'in-progress', DialCallStatus: 'no-answer' })).body
  }
  await greeting({ ...plain, kind: 'spoken', text: 'Sales & more' })
  expect(await heard(sidOf('CA', 2))).toContain('<Response><Say>Sales &amp; more</Say><Record ')
  await greeting({ ...plain, kind: 'uploaded', mediaId: 'f00d' })
  expect(await heard(sidOf('CA', 3))).toContain('<Response><Play>https://relay.example/api/twilio/greetings/f00d</Play><Record ')
  await greeting(null)
  expect(await heard(sidOf('CA', 4))).toMatch(/<Response><Say>[^<]+<\/Say><Record /)
})
