import { afterEach, describe, expect, test } from 'vitest'
import { proofOf } from '../../../relay/calls/proof.ts'
import { callerForm, clientForm, createBench, pathIn, SECRET, sidOf, type Bench } from '../calls/bench.ts'

let bench: Bench
afterEach(() => bench.close())

const NUMBER = '+15005550006'
async function start(options: Parameters<typeof createBench>[0] = {}) {
  bench = await createBench(options)
  const ada = bench.user('Ada', 'manager')
  bench.directory.putNumber({ phoneNumber: NUMBER, sid: null, name: 'Front desk', isActive: true })
  bench.directory.assignNumber(NUMBER, [ada.userId])
  return ada
}
const securityEvents = () => bench.events.flatMap((event) => (event.type === 'security.rejected' ? [event.payload.what] : []))
const DEVICE_CALL = '0198f000-0000-7000-8000-000000000001'
const call = sidOf('CA', 1)
const child = sidOf('CA', 2)

const without = (form: Record<string, string>, name: string) => Object.fromEntries(Object.entries(form).filter(([key]) => key !== name))
const at = (s: number) => `Sat, 21 Nov 2026 10:00:${String(s).padStart(2, '0')} +0000`
const ring = () => bench.post('/api/twilio/twiml', callerForm(call))
const record = () => bench.deps.calls.record(bench.deps.calls.callOf(call) ?? '')

describe('a device calls', () => {
  test('its number is dialled, with our ids in every URL', async () => {
    const ada = await start()
    const reply = await bench.post('/api/twilio/twiml', clientForm(ada.identity, call, { LkCall: DEVICE_CALL }))
    expect(reply).toMatchObject({ status: 200, type: 'text/xml; charset=utf-8' })
    expect(reply.body).toContain(`<Dial answerOnBridge="true" callerId="${NUMBER}" timeout="45"`)
    expect(reply.body).toContain('statusCallbackEvent="initiated ringing answered completed">+15005550102</Number>')
    expect(reply.body).not.toContain('record=')
    expect(pathIn(reply.body, 'action')).toBe(`/api/twilio/dial-action?c=${DEVICE_CALL}&l=device&s=1`)
    expect(reply.body).toContain('#ct=1500&amp;rt=3000&amp;tt=6000&amp;rc=1&amp;rp=ct,rt,5xx')
    expect(bench.deps.calls.record(DEVICE_CALL)).toMatchObject({
      direction: 'outgoing',
      outcome: 'ongoing',
      party: { kind: 'number', number: '+15005550102' },
      ourNumber: NUMBER,
      userId: ada.userId,
      deviceId: ada.deviceId,
    })
  })

  test('answered: bridged, both legs over, one record', async () => {
    const ada = await start()
    const twiml = await bench.post('/api/twilio/twiml', clientForm(ada.identity, call, { LkCall: DEVICE_CALL, LkRecord: 'true' }))
    expect(twiml.body).toContain('record="record-from-answer-dual"')
    const status = pathIn(twiml.body, 'statusCallback')
    const leg = { ...clientForm('', child), From: NUMBER, To: '+15005550102', ParentCallSid: call, Direction: 'outbound-dial' }
    for (const [n, CallStatus] of ['initiated', 'ringing', 'in-progress', 'completed'].entries())
      expect(
        await bench.post(status, {
          ...leg,
          CallStatus,
          Timestamp: at(n * 2),
          CallbackSource: 'call-progress-events',
          SequenceNumber: String(n),
          ...(n === 3 ? { CallDuration: '2' } : {}),
        }),
      ).toMatchObject({ status: 204, body: '' })
    const began = bench.deps.calls.facts(DEVICE_CALL).filter(({ field }) => field === 'initiatedAt')
    expect(began.map(({ value, source }) => [value, source])).toEqual([[new Date(at(0)).toISOString(), 'webhook']])
    const after = await bench.post(pathIn(twiml.body, 'action'), {
      ...clientForm(ada.identity, call),
      CallStatus: 'in-progress',
      DialCallStatus: 'completed',
      DialCallSid: child,
      DialBridged: 'true',
      DialCallDuration: '2',
    })
    expect(after.body).toContain('<Response><Hangup/></Response>')
    expect(bench.deps.calls.record(DEVICE_CALL)).toMatchObject({
      outcome: 'answered',
      answeredAt: '2026-11-21T10:00:04.000Z',
      talkSeconds: 2,
      ringSeconds: 2,
      legs: [
        { legId: 'device', sid: call, role: 'device' },
        { legId: 'party', sid: child, parentSid: call, role: 'party', bridged: true },
      ],
    })
    expect(bench.events.every((event) => event.audience.kind === 'users')).toBe(true)
  })

  test('another identity, caller ID, account or call is refused and reported, whatever the client sends', async () => {
    const ada = await start()
    const kim = bench.user('Kim')
    bench.directory.putNumber({ phoneNumber: '+15005550007', sid: null, name: 'Kim', isActive: true })
    bench.directory.assignNumber('+15005550007', [kim.userId])
    const own = clientForm(ada.identity, call)
    await bench.post('/api/twilio/twiml', clientForm(kim.identity, sidOf('CA', 77), { LkCall: 'kims-call' }))
    const hostile = {
      'From overridden': { ...own, From: `client:${kim.identity}` },
      'From and Caller overridden, token unchanged': {
        ...clientForm(kim.identity, call),
        LkProof: proofOf(SECRET, ada.identity),
      },
      'no proof of whose token it was': without(own, 'LkProof'),
      'no app': without(own, 'ApplicationSid'),
      'the proof sent twice': { ...own, LkProof: [own.LkProof, own.LkProof] },
      'From sent twice': { ...own, From: [`client:${kim.identity}`, `client:${ada.identity}`] },
      'CallSid sent twice': { ...own, CallSid: [call, sidOf('CA', 77)] },
      "Kim's CallSid": clientForm(ada.identity, sidOf('CA', 77)),
      "Kim's call id": { ...own, LkCall: 'kims-call' },
      "Kim's caller ID": { ...own, LkCallerId: '+15005550007' },
      'an unknown device': clientForm(`u${ada.userId}_dffff`, call),
      "Ada's user with Kim's device": clientForm(`u${ada.userId}_d${kim.deviceId}`, call),
      'another account': { ...own, AccountSid: sidOf('AC', 3) },
      'another app': { ...own, ApplicationSid: sidOf('AP', 3) },
    }
    const calls = Object.entries(hostile)
    const before = bench.deps.calls.record('kims-call')
    for (const [index, [name, form]] of calls.entries()) {
      const reply = await bench.post('/api/twilio/twiml', form)
      expect(reply.body, name).toContain('<Response><Reject/></Response>')
      expect(securityEvents().length, name).toBe(index + 1)
    }
    expect(bench.deps.calls.record('kims-call')).toEqual(before)
  })

  // A name that Twilio fills itself, sent as a parameter of connect: nobody documents which of these Twilio makes of it.
  describe.each(['override', 'ignore', 'duplicate'] as const)('Twilio’s own names in connect, %s', (mode) => {
    const wire = (standard: Record<string, string>, custom: Record<string, string>): Record<string, string | string[]> => {
      if (mode === 'override') return { ...standard, ...custom }
      if (mode === 'ignore') return { ...standard, ...Object.fromEntries(Object.entries(custom).filter(([name]) => !standard[name])) }
      const both = Object.keys(custom).filter((name) => name in standard)
      return { ...standard, ...custom, ...Object.fromEntries(both.map((name) => [name, [standard[name] ?? '', custom[name] ?? '']])) }
    }
    const asCaller = { From: '+14155550123', Caller: '+14155550123', To: NUMBER }
    test.each<[string, Record<string, string>]>([
      ['a caller from outside', asCaller],
      ['a caller from outside, the app left empty', { ...asCaller, ApplicationSid: '' }],
      ['a caller from outside, the proof left empty', { ...asCaller, ApplicationSid: '', LkProof: '' }],
      ['a withheld caller', { From: '', Caller: '', To: NUMBER }],
      ['a caller and a new CallSid', { ...asCaller, CallSid: sidOf('CA', 99), Direction: 'inbound' }],
    ])('%s is never offered to anybody', async (_name, custom) => {
      const ada = await start()
      const standard = { ...clientForm(ada.identity, call), To: '' }
      const { body } = await bench.post('/api/twilio/twiml', wire(standard, custom))
      expect(body).not.toContain('<Client')
      expect(bench.events.filter((event) => event.type === 'call.offered')).toEqual([])
      expect([body.includes('<Reject/>'), securityEvents().length]).toEqual(mode === 'ignore' ? [false, 0] : [true, 1])
    })
  })

  test('a revoked device and an inactive user are refused', async () => {
    const ada = await start()
    const kim = bench.user('Kim')
    bench.directory.setUserActive(kim.userId, false)
    expect((await bench.post('/api/twilio/twiml', clientForm(kim.identity, sidOf('CA', 9)))).body).toContain('<Reject/>')
    bench.directory.revokeDevice(ada.deviceId)
    expect((await bench.post('/api/twilio/twiml', clientForm(ada.identity, call))).body).toContain('<Reject/>')
    expect(securityEvents()).toEqual(['the user is not active', 'the device is revoked'])
  })

  test('no number to show, or nothing to dial: refused, and the call says why', async () => {
    const ada = await start()
    bench.directory.assignNumber(NUMBER, [])
    expect((await bench.post('/api/twilio/twiml', clientForm(ada.identity, call, { LkCall: 'c1' }))).body).toContain('<Reject/>')
    expect(bench.deps.calls.record('c1')).toMatchObject({ outcome: 'not-reached', reason: 'not-allowed' })
    bench.directory.assignNumber(NUMBER, [ada.userId])
    const form = clientForm(ada.identity, sidOf('CA', 4), { LkCall: 'c2', To: 'client:somebody' })
    expect((await bench.post('/api/twilio/twiml', form)).body).toContain('<Reject/>')
    expect(bench.deps.calls.record('c2')).toMatchObject({ outcome: 'not-reached', reason: 'failed' })
    expect(securityEvents()).toEqual([])
  })

  test("the empty To of Twilio beside the desktop's own is no repetition", async () => {
    const ada = await start()
    const reply = await bench.post('/api/twilio/twiml', clientForm(ada.identity, call, { To: ['', '+15005550102'] }))
    expect(reply.body).toContain('>+15005550102</Number>')
  })
})

describe('somebody calls a number', () => {
  test('every device of every assigned user rings, each with its own leg', async () => {
    const ada = await start()
    const kim = bench.user('Kim')
    const second = bench.directory.addDevice(ada.userId, 'Laptop', 'key')
    bench.directory.assignNumber(NUMBER, [ada.userId, kim.userId])
    const { body } = await ring()
    const clients = [...body.matchAll(/<Identity>([^<]+)<\/Identity><Parameter name="lk" value="([^"]+)"\/>/g)].map(([, a, b]) => [a, b])
    const callId = bench.deps.calls.callOf(call)
    expect(clients).toHaveLength(3)
    for (const { identity, deviceId } of [ada, kim, second]) expect(clients).toContainEqual([identity, `${callId}.d1-${deviceId}`])
    expect(body).toContain('<Dial answerOnBridge="true" timeout="20"')
    const offered = bench.events.find((event) => event.type === 'call.offered')
    expect(offered).toMatchObject({
      audience: { kind: 'users', userIds: expect.arrayContaining([ada.userId, kim.userId]) },
      payload: { callId, party: { kind: 'number', number: '+15005551234' }, ourNumber: NUMBER, numberName: 'Front desk', ringSeconds: 20 },
    })
  })

  test('a device known to be away is left out, unless all are; unknown ones are dialled', async () => {
    const ada = await start()
    const laptop = bench.directory.addDevice(ada.userId, 'Laptop', 'key')
    const tablet = bench.directory.addDevice(ada.userId, 'Tablet', 'key')
    bench.presence.set(ada.deviceId, { ageMs: 100, registered: true })
    bench.presence.set(laptop.deviceId, { ageMs: 100, registered: false })
    const { body } = await ring()
    expect(body.indexOf(ada.identity)).toBeLessThan(body.indexOf(tablet.identity))
    expect(body).not.toContain(laptop.identity)
    expect(record()?.legs.find((leg) => leg.deviceId === laptop.deviceId)).toMatchObject({ status: 'failed' })
    bench.presence.clear()
    for (const one of [ada, laptop, tablet]) bench.presence.set(one.deviceId, { ageMs: 100, registered: false })
    const again = await bench.post('/api/twilio/twiml', callerForm(sidOf('CA', 50)))
    for (const one of [ada, laptop, tablet]) expect(again.body).toContain(one.identity)
  })

  test('at most ten devices are dialled', async () => {
    const ada = await start()
    for (let n = 0; n < 12; n++) bench.directory.addDevice(ada.userId, `Desk ${n}`, 'key')
    expect((await ring()).body.match(/<Client /g)).toHaveLength(10)
  })

  test.each([
    ['nobody is assigned', 'nobody-assigned', () => bench.directory.assignNumber(NUMBER, [])],
    [
      'the number is inactive',
      'number-inactive',
      () => bench.directory.putNumber({ phoneNumber: NUMBER, sid: null, name: 'x', isActive: false }),
    ],
  ])('%s: a sentence, and the reason', async (_name, reason, change) => {
    await start()
    change()
    const { body } = await ring()
    expect(body).toMatch(/<Response><Say>[^<]+<\/Say><Hangup\/><\/Response>/)
    await bench.post('/api/twilio/status-callback', { ...callerForm(call), CallStatus: 'completed', CallDuration: '4' })
    expect(record()).toMatchObject({ outcome: 'missed', reason })
    expect(bench.events.every((event) => event.audience.kind === 'managers')).toBe(true)
  })

  test('a field sent twice, or the CallSid of another call: refused and reported', async () => {
    const ada = await start()
    const twice = callerForm(call, { From: ['+15005551234', '+15005550001'] })
    expect((await bench.post('/api/twilio/twiml', twice)).body).toContain('<Response><Reject/></Response>')
    await bench.post('/api/twilio/twiml', clientForm(ada.identity, call, { LkCall: DEVICE_CALL }))
    const before = bench.deps.calls.facts(DEVICE_CALL)
    expect((await ring()).body).toContain('<Response><Reject/></Response>')
    expect(bench.deps.calls.facts(DEVICE_CALL)).toEqual(before)
    expect(securityEvents()).toEqual(['field From is repeated', 'the CallSid is of another call'])
  })

  test('an unknown number is answered with a sentence, never refused', async () => {
    await start()
    const { status, body } = await bench.post('/api/twilio/twiml', callerForm(call, { To: '+15005559999' }))
    expect(status).toBe(200)
    expect(body).toContain('<Say>')
  })

  test('nobody answers: voicemail, and the record says so', async () => {
    await start()
    const twiml = await ring()
    const after = await bench.post(pathIn(twiml.body, 'action'), {
      ...callerForm(call),
      DialCallStatus: 'no-answer',
      DialCallSid: child,
      DialBridged: 'false',
    })
    expect(after.body).toMatch(/^<\?xml [^>]*><Response><Say>[^<]+<\/Say><Record [^>]*maxLength="120"[^>]*\/><Say>[^<]+<\/Say><Hangup\/>/)
    const RecordingSid = sidOf('RE', 1)
    const thanks = await bench.post(pathIn(after.body, 'action'), {
      ...callerForm(call, { CallStatus: 'in-progress' }),
      RecordingSid,
      RecordingDuration: '7',
      Digits: '#',
    })
    expect(thanks.body).toContain('<Say>')
    const done = { AccountSid: callerForm(call).AccountSid, CallSid: call, RecordingSid, RecordingStatus: 'completed' }
    await bench.post(pathIn(after.body, 'recordingStatusCallback'), {
      ...done,
      RecordingDuration: '7',
      RecordingChannels: '1',
      RecordingSource: 'RecordVerb',
      RecordingStartTime: 'Sat, 21 Nov 2026 10:00:30 +0000',
    })
    await bench.post('/api/twilio/status-callback', { ...callerForm(call), CallStatus: 'completed', CallDuration: '40' })
    expect(record()).toMatchObject({
      outcome: 'voicemail',
      reason: 'rang-out',
      recordings: [{ sid: RecordingSid, source: 'RecordVerb', status: 'completed', durationSeconds: 7, legSid: call, channelRoles: null }],
    })
  })

  test('the caller gives up: hangup, never voicemail, and abandoned', async () => {
    await start()
    const twiml = await ring()
    const after = await bench.post(pathIn(twiml.body, 'action'), {
      ...callerForm(call, { CallStatus: 'completed' }),
      DialCallStatus: 'no-answer',
      DialCallSid: child,
      DialBridged: 'false',
    })
    expect(after.body).toContain('<Response><Hangup/></Response>')
    expect(record()).toMatchObject({ outcome: 'abandoned', reason: null })
  })
})

const over = () => bench.post('/api/twilio/status-callback', { ...callerForm(call), CallStatus: 'completed', CallDuration: '4' })

describe('the fallback', () => {
  const failed = { ErrorCode: '11200', ErrorUrl: 'https://relay.example/api/twilio/twiml' }
  const askAgain = (form: Record<string, string | string[]>, more: Record<string, string> = {}) =>
    bench.post('/api/twilio/fallback', { ...form, ...failed, ...more })
  const nothing = '<Response><Hangup/></Response>'
  test('a call whose first request never came: a sentence, the reason, and one line with the code', async () => {
    await start()
    expect((await askAgain(callerForm(call))).body).toContain('<Say>')
    await over()
    expect(record()).toMatchObject({ direction: 'incoming', party: { kind: 'number' }, outcome: 'missed', reason: 'relay-down' })
    const lines = bench.lines.filter((line) => line.level === 'warn')
    expect(lines).toMatchObject([{ details: { callSid: call, errorCode: '11200', path: '/api/twilio/twiml' } }])
  })

  test('an answer that came too late is given again, to a caller and to a device', async () => {
    const ada = await start()
    const late = sidOf('CA', 8)
    const first = await bench.post('/api/twilio/twiml', callerForm(late))
    expect((await askAgain(callerForm(late))).body).toBe(first.body)
    const own = clientForm(ada.identity, sidOf('CA', 9), { LkCall: DEVICE_CALL })
    const dialled = await bench.post('/api/twilio/twiml', own)
    expect((await askAgain(own)).body).toBe(dialled.body)
  })

  test('an answer that Twilio cannot run: a sentence, and the call is over as failed', async () => {
    const ada = await start()
    await ring()
    expect((await askAgain(callerForm(call), { ErrorCode: '12200' })).body).toContain('<Say>')
    await over()
    expect(record()).toMatchObject({ outcome: 'missed', reason: 'relay-down' })
    const own = clientForm(ada.identity, sidOf('CA', 9), { LkCall: DEVICE_CALL })
    await bench.post('/api/twilio/twiml', own)
    expect((await askAgain(own, { ErrorCode: '13214' })).body).toContain('<Say>')
    expect(bench.deps.calls.record(DEVICE_CALL)).toMatchObject({ outcome: 'not-reached', reason: 'unreachable' })
  })

  test('a device whose first request never came: a sentence, and not reached; a stranger gets nothing', async () => {
    const ada = await start()
    expect((await askAgain(clientForm(ada.identity, call, { LkCall: DEVICE_CALL }))).body).toContain('<Say>')
    expect(bench.deps.calls.record(DEVICE_CALL)).toMatchObject({ outcome: 'not-reached', reason: 'failed', deviceId: ada.deviceId })
    const forged = without(clientForm(ada.identity, sidOf('CA', 9), { LkCall: 'other' }), 'LkProof')
    expect((await askAgain(forged)).body).toContain(nothing)
    expect(bench.deps.calls.facts('other')).toEqual([])
  })

  test('after a conversation, a Dial or the end nothing is said', async () => {
    await start()
    const { body } = await ring()
    const action = { ErrorUrl: `https://relay.example${pathIn(body, 'action')}` }
    expect((await askAgain(callerForm(call), action)).body).toContain(nothing)
    expect((await askAgain(callerForm(call, { CallStatus: 'completed' }))).body).toContain(nothing)
    const leg = { ...callerForm(child), ParentCallSid: call, CallStatus: 'in-progress', Timestamp: at(4), SequenceNumber: '2' }
    await bench.post(pathIn(body, 'statusCallback'), { ...leg, CallbackSource: 'call-progress-events' })
    expect((await askAgain(callerForm(call), { ErrorCode: '12200' })).body).toContain(nothing)
    const second = sidOf('CA', 8)
    const twiml = await bench.post('/api/twilio/twiml', callerForm(second))
    await bench.post(pathIn(twiml.body, 'action'), { ...callerForm(second), DialCallStatus: 'no-answer', DialBridged: 'false' })
    expect((await askAgain(callerForm(second))).body).toContain(nothing)
  })
})
