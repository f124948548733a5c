import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { NumberDetails } from '../../../contract/number.ts'
import type { AccessTokenReply, NumberRow } from '../../../contract/relay.ts'
import { createRinging } from '../../../relay/calls/ringing.ts'
import { callerForm, clientForm, createBench, pathIn, sidOf, type Bench } from '../calls/bench.ts'

const NUMBER = '+15005550006'
const OTHER = '+15005550007'
const call = sidOf('CA', 1)
let bench: Bench
type User = ReturnType<Bench['user']>
let ada: User
let sam: User
beforeEach(async () => {
  bench = await createBench()
  ada = bench.user('Ada', 'manager')
  sam = bench.user('Sam')
  bench.directory.putNumber({ phoneNumber: NUMBER, sid: null, name: 'Front desk', isActive: true })
  bench.directory.assignNumber(NUMBER, [ada.userId, sam.userId])
})
afterEach(() => bench.close())

const numberOf = (phoneNumber = NUMBER): NumberRow => {
  const found = bench.directory.number(phoneNumber)
  if (!found) throw new Error(`no ${phoneNumber}`)
  return found
}
const set = (details: Partial<NumberDetails>, of: Partial<NumberRow> = {}) =>
  bench.directory.saveNumber({ ...numberOf(), ...of, details: { ...numberOf().details, ...details } })
const hold = (message: string | null) => ({
  until: '2026-12-01T00:00:00.000Z',
  message,
  at: '2026-11-21T00:00:00.000Z',
  byUserId: ada.userId,
})
const ring = () => bench.post('/api/twilio/twiml', callerForm(call))
const record = (sid = call) => bench.deps.calls.record(bench.deps.calls.callOf(sid) ?? '')
const pass = (seconds: number) => (bench.now = new Date(bench.now.getTime() + seconds * 1000))
const offers = () => bench.events.flatMap((event) => (event.type === 'call.offered' ? [event] : []))
const end = () => bench.post('/api/twilio/status-callback', { ...callerForm(call), CallStatus: 'completed', CallDuration: '4' })
/** How Twilio asks what comes after a Dial that nobody answered. */
const unanswered = (twiml: string, child = sidOf('CA', 2), more: Record<string, string> = {}) =>
  bench.post(pathIn(twiml, 'action'), {
    ...callerForm(call),
    DialCallStatus: 'no-answer',
    DialCallSid: child,
    DialBridged: 'false',
    ...more,
  })
const progress = (twiml: string, child: string, CallStatus: string) =>
  bench.post(pathIn(twiml, 'statusCallback'), { ...callerForm(child), ParentCallSid: call, CallStatus, Timestamp: bench.now.toUTCString() })

describe('what callers hear', () => {
  test.each<[string, () => void, string, string]>([
    ['off', () => set({}, { isActive: false }), 'number-inactive', 'not in use'],
    [
      'off, with a message',
      () => set({ inactiveMessage: 'Gone fishing & hunting.' }, { isActive: false }),
      'number-inactive',
      'Gone fishing &amp; hunting.',
    ],
    ['on hold', () => set({ hold: hold(null) }), 'number-held', 'not answered at the moment'],
    ['on hold, with a message', () => set({ hold: hold('We have moved.') }), 'number-held', 'We have moved.'],
    [
      'off and on hold',
      () => set({ hold: hold('We have moved.'), inactiveMessage: 'x' }, { isActive: false }),
      'number-held',
      'We have moved.',
    ],
    ['gone', () => set({ leftAt: '2026-11-20T00:00:00.000Z' }, { isActive: false }), 'number-unknown', 'not in service'],
  ])('%s', async (_name, change, reason, sentence) => {
    change()
    const { body } = await ring()
    expect(body).toMatch(/<Response><Say>[^<]+<\/Say><Hangup\/><\/Response>/)
    expect(body).toContain(sentence)
    await end()
    expect(record()).toMatchObject({ outcome: 'missed', reason })
    expect(offers()).toEqual([])
  })

  test('a hold that ends lets calls through again', async () => {
    set({ hold: hold(null) })
    expect((await ring()).body).not.toContain('<Dial')
    set({ hold: null })
    expect((await bench.post('/api/twilio/twiml', callerForm(sidOf('CA', 9)))).body).toContain('<Dial')
  })
})

describe('one after another', () => {
  beforeEach(() => void set({ ringMode: 'sequential' }))

  test('the first user’s devices, then the next one’s, then voicemail', async () => {
    const laptop = bench.directory.addDevice(ada.userId, 'Laptop', 'key')
    const first = await ring()
    expect(first.body).toContain('<Dial answerOnBridge="true" timeout="20"')
    for (const one of [ada, laptop]) expect(first.body).toContain(`>${one.identity}</Identity>`)
    expect(first.body).not.toContain(sam.identity)
    pass(25)
    const second = await unanswered(first.body)
    expect(pathIn(second.body, 'action')).toContain('&s=2')
    expect(second.body).toContain(`value="${bench.deps.calls.callOf(call)}.d2-${sam.deviceId}"`)
    expect(second.body).not.toContain(ada.identity)
    expect(record()).toMatchObject({ outcome: 'ongoing' })
    expect(offers().map(({ payload, audience }) => [new Set(payload.deviceIds), audience])).toEqual([
      [new Set([ada.deviceId, laptop.deviceId]), { kind: 'users', userIds: [ada.userId] }],
      [new Set([sam.deviceId]), { kind: 'users', userIds: [sam.userId] }],
    ])
    pass(25)
    expect((await unanswered(second.body, sidOf('CA', 3))).body).toContain('<Record')
    await end()
    expect(record()).toMatchObject({ outcome: 'missed', reason: 'rang-out' })
    expect(record()?.legs.filter((leg) => leg.role === 'device')).toHaveLength(3)
  })

  test('the same question again gets the same answer, and nobody rings twice', async () => {
    const first = await ring()
    const second = await unanswered(first.body)
    expect((await unanswered(first.body)).body).toBe(second.body)
    expect(offers()).toHaveLength(2)
  })

  test('time that a decline left goes to the next', async () => {
    const first = await ring()
    pass(4)
    const second = await unanswered(first.body, undefined, { DialCallStatus: 'busy' })
    expect(second.body).toContain('timeout="20"')
    bench.directory.assignNumber(NUMBER, [ada.userId, sam.userId, bench.user('Kim').userId, bench.user('Lee').userId])
    const four = await bench.post('/api/twilio/twiml', callerForm(sidOf('CA', 20)))
    expect(four.body).toContain('timeout="8"')
  })

  test('answered at the second step: that is who talked, nobody else is rung', async () => {
    const first = await ring()
    await progress(first.body, sidOf('CA', 2), 'ringing')
    pass(25)
    await progress(first.body, sidOf('CA', 2), 'no-answer')
    const second = await unanswered(first.body)
    for (const status of ['ringing', 'in-progress', 'completed']) await progress(second.body, sidOf('CA', 3), status)
    const after = await unanswered(second.body, sidOf('CA', 3), { DialCallStatus: 'completed', DialBridged: 'true' })
    expect(after.body).toContain('<Response><Hangup/></Response>')
    await end()
    expect(record()).toMatchObject({ outcome: 'answered', userId: sam.userId, deviceId: sam.deviceId })
  })

  test('the caller gives up at the first or at the second step: nobody else is rung, and the call was abandoned', async () => {
    const first = await ring()
    const given = { CallStatus: 'completed' }
    pass(5)
    expect((await unanswered(first.body, undefined, given)).body).toContain('<Response><Hangup/></Response>')
    expect(record()).toMatchObject({ outcome: 'abandoned' })
    const late = sidOf('CA', 20)
    const again = await bench.post('/api/twilio/twiml', callerForm(late))
    pass(25)
    const next = await bench.post(pathIn(again.body, 'action'), {
      ...callerForm(late),
      DialCallStatus: 'no-answer',
      DialCallSid: sidOf('CA', 21),
      DialBridged: 'false',
    })
    pass(5)
    await bench.post(pathIn(next.body, 'action'), {
      ...callerForm(late, given),
      DialCallStatus: 'no-answer',
      DialCallSid: sidOf('CA', 22),
      DialBridged: 'false',
    })
    expect(record(late)).toMatchObject({ outcome: 'abandoned' })
  })

  test('declined for everybody: voicemail at once; while the second rings that leg is ended', async () => {
    const first = await ring()
    const callId = bench.deps.calls.callOf(call) ?? ''
    const second = await unanswered(first.body)
    await progress(second.body, sidOf('CA', 3), 'ringing')
    const ended: string[] = []
    const port = { children: () => Promise.resolve([]), end: (sid: string) => Promise.resolve(void ended.push(sid)) }
    await createRinging(port, bench.deps.calls, bench.deps.log, [0]).stop(callId)
    expect(ended).toContain(sidOf('CA', 3))
    bench.directory.assignNumber(NUMBER, [ada.userId, sam.userId, bench.user('Kim').userId])
    const at = bench.now.toISOString()
    await bench.deps.writer.submit(() =>
      bench.deps.events.record(callId, [{ subject: 'call', field: 'declinedBy', value: sam.userId, source: 'relay', at }]),
    )
    expect((await unanswered(second.body, sidOf('CA', 3))).body).toContain('<Record')
    await end()
    expect(record()).toMatchObject({ outcome: 'missed', reason: 'declined' })
  })

  test('what changed meanwhile counts: who was taken off is not rung, who was added is; a hold goes to voicemail', async () => {
    const kim = bench.user('Kim')
    const first = await ring()
    bench.directory.assignNumber(NUMBER, [kim.userId])
    const second = await unanswered(first.body)
    expect(second.body).toContain(kim.identity)
    expect(second.body).not.toContain(sam.identity)
    bench.directory.assignNumber(NUMBER, [kim.userId, sam.userId])
    set({ hold: hold(null) })
    expect((await unanswered(second.body, sidOf('CA', 3))).body).toContain('<Record')
  })

  test('a user without a device takes no turn, and the timeline names them', async () => {
    const { userId } = bench.directory.putUser('Lee', 'staff')
    bench.directory.assignNumber(NUMBER, [userId, sam.userId])
    expect((await ring()).body).toContain(sam.identity)
    expect(record()?.legs.find((leg) => leg.userId === userId)).toMatchObject({ status: 'failed' })
  })

  test('a step that Twilio names wrongly goes to voicemail', async () => {
    const first = await ring()
    const action = pathIn(first.body, 'action').replace('&s=1', '&s=vm')
    expect((await bench.post(action, { ...callerForm(call), DialCallStatus: 'no-answer', DialBridged: 'false' })).body).toContain('<Record')
  })
})

describe('recording by number', () => {
  test('calls of a recorded number are recorded, in and out, others are not', async () => {
    set({ isRecorded: true })
    bench.directory.putNumber({ phoneNumber: OTHER, sid: null, name: 'Other', isActive: true })
    bench.directory.assignNumber(OTHER, [ada.userId])
    expect((await ring()).body).toContain('record="record-from-answer-dual"')
    const from = async (LkCallerId: string, n: number, LkRecord = 'false') =>
      (await bench.post('/api/twilio/twiml', clientForm(ada.identity, sidOf('CA', n), { LkCallerId, LkRecord }))).body
    expect(await from(NUMBER, 11)).toContain('record="record-from-answer-dual"')
    expect(await from(OTHER, 12)).not.toContain('record=')
    expect(await from(OTHER, 13, 'true')).toContain('record="record-from-answer-dual"')
    expect((await bench.post('/api/twilio/twiml', callerForm(sidOf('CA', 14), { To: OTHER }))).body).not.toContain('record=')
    // And each says why it is, for whoever asks afterwards whether it was.
    expect(await from(NUMBER, 15, 'true')).toContain('record="record-from-answer-dual"')
    const wanted = [call, ...[11, 12, 13, 14, 15].map((n) => sidOf('CA', n))].map(
      (sid) => bench.deps.calls.record(bench.deps.calls.callOf(sid) ?? '')?.recordWanted,
    )
    expect(wanted).toEqual(['number', 'number', null, 'caller', null, 'number'])
  })
})

const reports = () => bench.events.filter((event) => event.type === 'security.rejected').length

describe('the caller ID', () => {
  beforeEach(() => {
    bench.directory.putNumber({ phoneNumber: OTHER, sid: null, name: 'Other', isActive: true })
    bench.directory.assignNumber(OTHER, [ada.userId])
  })
  let n = 100
  const dial = (who: User, LkCallerId = '') =>
    bench
      .post('/api/twilio/twiml', clientForm(who.identity, sidOf('CA', ++n), { LkCallerId }))
      .then(({ body }) => /callerId="([^"]+)"/.exec(body)?.[1] ?? body)

  test('is the user’s default, else the first; the token says so', async () => {
    expect(await dial(ada)).toBe(NUMBER)
    const other = numberOf(OTHER)
    bench.directory.saveNumber({ ...other, details: { ...other.details, defaultFor: [ada.userId] } })
    expect(await dial(ada)).toBe(OTHER)
    expect(await dial(ada, NUMBER)).toBe(NUMBER)
    const { body } = await bench.get('/api/twilio/access-token', ada.session)
    expect((body as AccessTokenReply).availableNumbers).toEqual([
      { phoneNumber: OTHER, name: 'Other', isDefault: true },
      { phoneNumber: NUMBER, name: 'Front desk', isDefault: false },
    ])
  })

  test.each<[string, () => void]>([
    ['taken away', () => bench.directory.assignNumber(NUMBER, [sam.userId])],
    ['switched off', () => set({}, { isActive: false })],
    ['on hold', () => set({ hold: hold(null) })],
    ['gone', () => set({ leftAt: '2026-11-20T00:00:00.000Z' }, { isActive: false, userIds: [] })],
  ])('that was %s meanwhile falls back to what is left, without an alarm', async (_name, change) => {
    change()
    expect(await dial(ada, NUMBER)).toBe(OTHER)
    bench.directory.assignNumber(OTHER, [])
    expect(await dial(ada, NUMBER)).toContain('<Reject/>')
    expect(reports()).toBe(0)
  })

  test('that never was the user’s is refused and reported', async () => {
    expect(await dial(sam, OTHER)).toContain('<Reject/>')
    expect(await dial(sam, '+15005559999')).toContain('<Reject/>')
    expect(reports()).toBe(2)
  })
})
