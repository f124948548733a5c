import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { CallRecord } from '../../../contract/call.ts'
import type { RestCall, RestRecording } from '../../../relay/calls/facts-of-rest.ts'
import { callerForm, clientForm, createBench, pathIn, sidOf, type Bench } from '../calls/bench.ts'
import { backfillOn, ended, memoryPages } from './kit.ts'

const NUMBER = '+15005550006'
const FROM = '2026-11-20T00:00:00.000Z'
const [parent, child, recording] = [sidOf('CA', 1), sidOf('CA', 2), sidOf('RE', 1)]
const second = (at: number) => new Date(Date.UTC(2026, 10, 21, 10, 0, at))
const rfc2822 = (at: number) => second(at).toUTCString().replace('GMT', '+0000')

type User = ReturnType<Bench['user']>
/** One webhook, or one fetch of a document: steps come in their order, each at its second. */
type Step = (bench: Bench) => Promise<unknown>
interface Story {
  steps: (user: User) => Step[]
  calls: (user: User) => RestCall[]
  recordings: RestRecording[]
  /** Before which step its calls may be read first: the first request of a call placed from here asks for a SID that nobody knows (RULES R4). */
  first: number
}

const progress = (path: () => string, sid: string, more: Record<string, string>, sequence: number, at: number): Step => {
  return (bench) =>
    bench.post(path(), {
      ...callerForm(sid),
      ...more,
      Timestamp: rfc2822(at),
      CallbackSource: 'call-progress-events',
      SequenceNumber: String(sequence),
    })
}
const rowOf = (over: Partial<RestCall>): RestCall => ({
  sid: parent,
  parentCallSid: null,
  from: '+15005551234',
  to: NUMBER,
  status: 'completed',
  direction: 'inbound',
  startTime: second(0),
  endTime: second(30),
  dateCreated: second(0),
  dateUpdated: second(32),
  duration: '22',
  price: '-0.00850',
  priceUnit: 'USD',
  ...over,
})
const recordingRow = (over: Partial<RestRecording>): RestRecording => ({
  sid: recording,
  callSid: parent,
  status: 'completed',
  source: 'DialVerb',
  channels: 2,
  duration: '21',
  startTime: second(8),
  dateUpdated: second(33),
  errorCode: null,
  price: '-0.00250',
  priceUnit: 'USD',
  ...over,
})
const recorded = (path: () => string, over: Record<string, string>): Step => {
  const fields = { CallSid: parent, RecordingSid: recording, RecordingStatus: 'completed', RecordingStartTime: rfc2822(8) }
  return (bench) => bench.post(path(), { ...fields, ...over })
}

/** A call that came in and was answered, recorded. */
const answered: Story = {
  steps: ({ identity }) => {
    let twiml = ''
    const leg = { ParentCallSid: parent, To: `client:${identity}`, Direction: 'outbound-dial' }
    const status = (CallStatus: string, sequence: number, at: number, more = {}) =>
      progress(() => pathIn(twiml, 'statusCallback'), child, { ...leg, CallStatus, ...more }, sequence, at)
    const bridged = {
      DialCallStatus: 'completed',
      DialCallSid: child,
      DialBridged: 'true',
      DialCallDuration: '22',
      CallStatus: 'completed',
    }
    return [
      async (bench) => (twiml = (await bench.post('/api/twilio/twiml', callerForm(parent))).body),
      status('initiated', 0, 1),
      status('ringing', 1, 2),
      status('in-progress', 2, 8),
      status('completed', 3, 30, { CallDuration: '22' }),
      (bench) => bench.post(pathIn(twiml, 'action'), { ...callerForm(parent), ...bridged }),
      progress(() => '/api/twilio/status-callback', parent, { CallStatus: 'completed', CallDuration: '22' }, 0, 30),
      recorded(() => '/api/twilio/recording-callback', { RecordingDuration: '21', RecordingSource: 'DialVerb', RecordingChannels: '2' }),
    ]
  },
  calls: ({ identity }) => [
    rowOf({}),
    rowOf({
      sid: child,
      parentCallSid: parent,
      to: `client:${identity}`,
      direction: 'outbound-dial',
      startTime: second(1),
      price: '-0.00400',
    }),
  ],
  recordings: [recordingRow({})],
  first: 0,
}

/** One that nobody answered, and that left a message. */
const message: Story = {
  steps: ({ identity }) => {
    let [twiml, voicemail] = ['', '']
    const leg = { ParentCallSid: parent, To: `client:${identity}`, Direction: 'outbound-dial', CallStatus: 'no-answer', CallDuration: '0' }
    const missed = { DialCallStatus: 'no-answer', DialCallSid: child, DialBridged: 'false', CallStatus: 'in-progress' }
    const left = { RecordingSid: recording, RecordingDuration: '6', Digits: 'hangup', CallStatus: 'completed' }
    return [
      async (bench) => (twiml = (await bench.post('/api/twilio/twiml', callerForm(parent))).body),
      progress(() => pathIn(twiml, 'statusCallback'), child, leg, 0, 20),
      async (bench) => (voicemail = (await bench.post(pathIn(twiml, 'action'), { ...callerForm(parent), ...missed })).body),
      (bench) => bench.post(pathIn(voicemail, 'action'), { ...callerForm(parent), ...left }),
      progress(() => '/api/twilio/status-callback', parent, { CallStatus: 'completed', CallDuration: '10' }, 0, 30),
      recorded(() => pathIn(voicemail, 'recordingStatusCallback'), {
        RecordingDuration: '6',
        RecordingSource: 'RecordVerb',
        RecordingChannels: '1',
      }),
    ]
  },
  calls: ({ identity }) => [
    rowOf({ duration: '10' }),
    rowOf({
      sid: child,
      parentCallSid: parent,
      to: `client:${identity}`,
      direction: 'outbound-dial',
      status: 'no-answer',
      startTime: second(1),
      endTime: second(20),
      duration: '0',
      price: null,
    }),
  ],
  recordings: [recordingRow({ source: 'RecordVerb', channels: 1, duration: '6', startTime: second(22) })],
  first: 0,
}

/** One that was placed from here. */
const placed: Story = {
  steps: ({ identity }) => {
    let twiml = ''
    const leg = { ParentCallSid: parent, From: NUMBER, To: '+15005550102', Direction: 'outbound-dial' }
    const status = (CallStatus: string, sequence: number, at: number, more = {}) =>
      progress(() => pathIn(twiml, 'statusCallback'), child, { ...leg, CallStatus, ...more }, sequence, at)
    const after = {
      DialCallStatus: 'completed',
      DialCallSid: child,
      DialBridged: 'true',
      DialCallDuration: '20',
      CallStatus: 'in-progress',
    }
    return [
      async (bench) => (twiml = (await bench.post('/api/twilio/twiml', clientForm(identity, parent))).body),
      status('ringing', 1, 3),
      status('in-progress', 2, 10),
      status('completed', 3, 30, { CallDuration: '20' }),
      (bench) => bench.post(pathIn(twiml, 'action'), { ...clientForm(identity, parent), ...after }),
    ]
  },
  calls: ({ identity }) => [
    rowOf({ from: `client:${identity}`, to: '', duration: '28', price: '-0.00400' }),
    rowOf({
      sid: child,
      parentCallSid: parent,
      from: NUMBER,
      to: '+15005550102',
      direction: 'outbound-dial',
      startTime: second(1),
      duration: '20',
    }),
  ],
  recordings: [],
  first: 1,
}

/** What a person sees of the call: without the ids that are minted anew each time. */
function seen({ callId: _id, legs, recordings, ...call }: CallRecord, viewers: string[]) {
  const names = new Map(legs.map((leg) => [leg.legId, leg.sid]))
  return {
    ...call,
    legs: legs.map(({ legId, ...leg }) => ({ ...leg, leg: names.get(legId) })).toSorted((a, b) => ((a.sid ?? '') < (b.sid ?? '') ? -1 : 1)),
    recordings: recordings.map(({ callId: _of, ...one }) => one),
    viewers,
  }
}

/** Tells the story on a fresh relay, with Twilio's list read before the steps that `reads` names. */
async function tell(story: Story, reads: readonly number[]) {
  // Words are priced apart, later: not by what is read here.
  const bench = await createBench({ isTranscribed: false })
  const user = bench.user('Ada')
  bench.directory.putNumber({ phoneNumber: NUMBER, sid: null, name: 'Front desk', isActive: true })
  bench.directory.assignNumber(NUMBER, [user.userId])
  const { account, pages } = memoryPages()
  account.calls = story.calls(user)
  account.recordings = story.recordings
  const job = backfillOn(bench, pages)
  const read = async () => {
    const { now } = bench
    bench.now = second(3600)
    await job.start(FROM, { ...user.session, role: 'manager' })
    expect(await ended(job)).toBe('done')
    bench.now = now
  }
  try {
    for (const [index, step] of story.steps(user).entries()) {
      for (const at of reads) if (at === index) await read()
      await step(bench)
    }
    for (const at of reads) if (at >= story.steps(user).length) await read()
    const calls = bench.deps.calls.page({ userId: user.userId, role: 'manager' }, { limit: 10 }).calls
    const mine = calls.map((call) => seen(call, bench.deps.calls.viewersOf(call.callId)))
    const ids = { user: user.userId, device: user.deviceId }
    return JSON.parse(JSON.stringify(mine).replaceAll(ids.user, 'ADA').replaceAll(ids.device, 'DESK')) as unknown
  } finally {
    await job.close()
    await bench.close()
  }
}

test.each([
  ['answered', answered, 'answered'],
  ['a message', message, 'voicemail'],
  ['placed', placed, 'answered'],
])('%s: whenever and however often older calls are read, the call is the same, and one', async (_, story, outcome) => {
  const last = 99
  const expected = await tell(story, [last])
  expect(expected).toMatchObject([{ outcome, cost: { isFinal: true }, viewers: ['ADA'] }])
  expect(await tell(story, [last, last])).toEqual(expected)
  const reads = fc.array(fc.integer({ min: story.first, max: 9 }), { minLength: 1, maxLength: 3 })
  await fc.assert(
    fc.asyncProperty(reads, async (at) => {
      expect(await tell(story, at)).toEqual(expected)
    }),
    { numRuns: 12, examples: [[[story.first]], [[2]], [[story.first, 3, 5]]] },
  )
})
