import { expect, test } from 'vitest'
import { guessedText, transcribe, transcribeUrl } from '../../../sandbox/twilio/engine/transcriptions.ts'
import type { EngineDeps } from '../../../sandbox/twilio/engine/deps.ts'
import type { LiveCall } from '../../../sandbox/twilio/engine/live-call.ts'
import type { SandboxCall, SandboxRecording, SandboxTranscription } from '../../../sandbox/twilio/engine-port.ts'
import type { RecordVerb } from '../../../sandbox/twilio/twiml/verbs.ts'
import type { WebhookRequest } from '../../../sandbox/twilio/webhooks/webhooks.ts'
import { switchesOf } from '../../../sandbox/twilio/switches.ts'
import { CALLER, createWorld, eventually, OURS, twiml } from './kit.ts'

const voicemail = (attributes = 'transcribe="true" transcribeCallback="/transcribed"') =>
  twiml(`<Record action="/after" timeout="2" ${attributes}/><Hangup/>`)

test('a message in words comes as those words, with the fields that Twilio sends, and is charged', async () => {
  const world = await createWorld({ speed: 1, routes: { '/voice': voicemail(), '/after': twiml('<Hangup/>') } })
  const { sid } = world.engine.incoming({
    from: CALLER,
    to: OURS,
    script: 'beep speech:Please_call_me_back_about_the_order_today wait:300ms hangup',
  })
  await eventually(() => expect(world.server.at('/transcribed')).toHaveLength(1))
  const [recording] = [...world.recordings.values()]
  const [transcription] = [...world.transcriptions.values()]
  expect(transcription).toMatchObject({ status: 'completed', recordingSid: recording?.sid, price: '-0.05000' })
  const { params } = world.server.at('/transcribed')[0]!
  const names =
    'AccountSid ApiVersion CallSid CallStatus Called Caller Direction From RecordingSid RecordingUrl To ' +
    'TranscriptionSid TranscriptionStatus TranscriptionText TranscriptionType TranscriptionUrl'
  expect(Object.keys(params).toSorted()).toEqual(names.split(' '))
  expect(params).toMatchObject({
    CallSid: sid,
    CallStatus: 'completed',
    Caller: CALLER,
    Called: OURS,
    RecordingSid: recording?.sid,
    TranscriptionSid: transcription?.sid,
    TranscriptionStatus: 'completed',
    TranscriptionText: 'Please call me back about the order today',
    TranscriptionType: 'fast',
    TranscriptionUrl: `${params['RecordingUrl']}/Transcriptions/${transcription?.sid}`,
  })
  expect(world.ledger).toContainEqual({ kind: 'charge', what: 'transcription', callSid: sid, amount: '-0.05000' })
  expect(world.warnings()).toEqual([])
})

test('without the attribute nothing is transcribed', async () => {
  const world = await createWorld({ speed: 1, routes: { '/voice': voicemail('transcribeCallback="/transcribed"'), '/after': twiml('') } })
  world.engine.incoming({ from: CALLER, to: OURS, script: 'beep tone:500:600ms hangup' })
  await eventually(() => expect([...world.recordings.values()][0]?.status).toBe('completed'))
  expect(world.transcriptions.size).toBe(0)
})

/** The pieces that transcribing needs, and time that passes when it is told to. */
function desk() {
  const work: { ms: number; run: () => void }[] = []
  const [kept, told, ledger] = [new Map<string, SandboxTranscription>(), [] as WebhookRequest[], [] as { kind: string; code?: number }[]]
  const deps = {
    account: {
      transcriptions: { put: (one: SandboxTranscription) => kept.set(one.sid, one) },
      ledger: (entry: never) => ledger.push(entry),
    },
    clock: { now: () => 1_000_000, later: (ms: number, run: () => void) => work.push({ ms, run }) },
    random: () => 0.5,
    switches: () => switchesOf('typical', () => 0),
    webhooks: { tell: (request: WebhookRequest) => told.push(request) },
  } as unknown as EngineDeps
  const call = {
    sid: `CA${'1'.repeat(32)}`,
    from: CALLER,
    to: OURS,
    status: 'completed',
    direction: 'inbound',
    forwardedFrom: '+14155550177',
  }
  const live = { call: call as SandboxCall } as LiveCall
  const recording = (durationSeconds: number) =>
    ({ sid: `RE${'2'.repeat(32)}`, accountSid: 'AC1', callSid: call.sid, durationSeconds }) as SandboxRecording
  return { deps, live, work, kept, told, ledger, recording, url: 'http://127.0.0.1:1/t' }
}

test.each([1, 121, 600])('%d s cannot be transcribed: failed, and a warning (13617)', (seconds) => {
  const { deps, live, work, kept, told, ledger, recording, url } = desk()
  transcribe(deps, recording(seconds), { live, words: 'Hello', url })
  expect([...kept.values()]).toMatchObject([{ status: 'in-progress', text: '' }])
  work[0]!.run()
  expect([...kept.values()]).toMatchObject([{ status: 'failed', text: '', price: null }])
  expect(ledger).toMatchObject([{ kind: 'warning', code: 13_617 }])
  const params = Object.fromEntries(told[0]!.params)
  expect(params).toMatchObject({ TranscriptionStatus: 'failed', ForwardedFrom: '+14155550177' })
  expect(params).not.toHaveProperty('TranscriptionText')
})

test.each([2, 120])('%d s are transcribed, minutes late in the typical profile; words that are not known are made up', (seconds) => {
  const { deps, live, work, kept, told, ledger, recording, url } = desk()
  transcribe(deps, recording(seconds), { live, words: '', url })
  expect(work[0]!.ms).toBeGreaterThanOrEqual(60_000)
  expect(told).toEqual([])
  work[0]!.run()
  expect([...kept.values()]).toMatchObject([{ status: 'completed', text: guessedText(seconds) }])
  expect(told).toHaveLength(1)
  expect(ledger).toMatchObject([{ kind: 'charge', what: 'transcription' }])
})

test('nobody is told without an address, and the words are there all the same', () => {
  const { deps, live, work, kept, told, recording } = desk()
  transcribe(deps, recording(5), { live, words: 'Hello', url: undefined })
  work[0]!.run()
  expect([...kept.values()]).toMatchObject([{ status: 'completed', text: 'Hello' }])
  expect(told).toEqual([])
})

test('longer messages have more words', () => {
  expect(guessedText(2)).toBe('Hello, please call me back.')
  const lengths = [2, 10, 30, 60, 120].map((seconds) => guessedText(seconds).split(' ').length)
  expect(lengths.toSorted((a, b) => a - b)).toEqual(lengths)
  expect(new Set(lengths).size).toBe(lengths.length)
})

test('the callback is relative to its document', () => {
  const verb = { transcribeCallback: '/t?x=1' } as RecordVerb
  expect(transcribeUrl(verb, 'http://127.0.0.1:1/voice')).toBe('http://127.0.0.1:1/t?x=1')
  expect(transcribeUrl({} as RecordVerb, 'http://127.0.0.1:1/voice')).toBeUndefined()
})
