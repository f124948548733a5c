import { afterEach, beforeEach, expect, test } from 'vitest'
import { createReconciliation } from '../../../relay/calls/reconciliation.ts'
import { createReconciler, type Reconciler } from '../../../relay/reconcile/reconciler.ts'
import { createMissingTranscripts, type TranscriptSource } from '../../../relay/voicemail/missing-transcripts.ts'
import type { Transcript } from '../../../relay/voicemail/transcription.ts'
import { callerForm, createBench, sidOf, type Bench } from '../calls/bench.ts'

const call = sidOf('CA', 1)
const RECORDING = sidOf('RE', 1)
const words: Transcript = { status: 'completed', text: 'Call me.', provider: 'twilio', sid: sidOf('TR', 1) }
let bench: Bench
let reconciler: Reconciler
let asked: string[]
let answer: TranscriptSource
beforeEach(async () => {
  bench = await createBench()
  asked = []
  answer = () => Promise.resolve(words)
  const source: TranscriptSource = (sid) => {
    asked.push(sid)
    return answer(sid)
  }
  const findTranscripts = createMissingTranscripts({ ...bench.deps, db: bench.db, source })
  const history = { calls: none, call: () => Promise.resolve(undefined), children: none, recordings: none }
  reconciler = createReconciler({ ...bench.deps, history, state: createReconciliation(bench.db), findTranscripts, everyMs: 600_000 })
})
afterEach(async () => {
  await reconciler.close()
  await bench.close()
})

const kept = () => bench.deps.records.get('transcript', RECORDING)?.value
const none = () => Promise.resolve([])
const pass = (minutes: number) => (bench.now = new Date(bench.now.getTime() + minutes * 60_000))
async function message(over: Record<string, string> = {}) {
  await bench.post('/api/twilio/twiml', callerForm(over['CallSid'] ?? call))
  const fields = {
    CallSid: call,
    RecordingSid: RECORDING,
    RecordingStatus: 'completed',
    RecordingDuration: '7',
    RecordingSource: 'RecordVerb',
  }
  return bench.post('/api/twilio/recording-callback', { ...fields, RecordingStartTime: bench.now.toUTCString(), ...over })
}

test('words whose callback was lost are asked for, once their time has come', async () => {
  await message()
  expect(await reconciler.run()).toMatchObject({ transcripts: 0 })
  pass(6)
  expect(await reconciler.run()).toMatchObject({ transcripts: 1 })
  expect(kept()).toEqual(words)
  pass(20)
  await reconciler.run()
  expect(asked).toEqual([RECORDING])
})

test('not made yet: asked again at later ages, not at every look', async () => {
  answer = () => Promise.resolve(undefined)
  await message()
  for (const minutes of [6, 2, 2, 6, 10, 10, 10]) {
    pass(minutes)
    await reconciler.run()
  }
  expect(asked).toHaveLength(2)
  answer = () => Promise.resolve({ ...words, status: 'failed', text: '' })
  pass(120)
  await reconciler.run()
  expect([asked.length, kept()?.status]).toEqual([3, 'failed'])
})

test.each<[string, Record<string, string>]>([
  ['too short', { RecordingDuration: '1' }],
  ['too long', { RecordingDuration: '121' }],
  ['a call', { RecordingSource: 'DialVerb' }],
  ['empty', { RecordingStatus: 'absent' }],
])('%s: nobody asks', async (_, over) => {
  await message(over)
  pass(6)
  await reconciler.run()
  expect(asked).toEqual([])
})

test('what cannot be had does not keep calls from being compared', async () => {
  answer = () => Promise.reject(new Error('busy'))
  await message()
  pass(6)
  expect(await reconciler.run()).toMatchObject({ transcripts: 0 })
  expect(bench.lines.map((line) => line.message)).toContain('the words of a message could not be had')
  answer = () => Promise.resolve(words)
  pass(10)
  await reconciler.run()
  expect(kept()).toEqual(words)
})

test('after a long time without looking it is asked for once; very old ones are left alone', async () => {
  await message()
  await message({
    CallSid: sidOf('CA', 2),
    RecordingSid: sidOf('RE', 2),
    RecordingStartTime: new Date(bench.now.getTime() - 80 * 3_600_000).toUTCString(),
  })
  pass(3000)
  await reconciler.run()
  expect(asked).toEqual([RECORDING])
})

test('many new messages that are not due do not hide an old one that is', async () => {
  answer = () => Promise.resolve(undefined)
  await message()
  for (const minutes of [6, 12]) {
    pass(minutes)
    await reconciler.run()
  }
  pass(95)
  for (let n = 0; n < 100; n++) await message({ RecordingSid: sidOf('RE', 100 + n) })
  pass(6)
  await reconciler.run()
  expect(asked).toHaveLength(102)
  asked.length = 0
  pass(2)
  await reconciler.run()
  expect(asked).toEqual([RECORDING])
})
