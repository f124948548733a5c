import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createEar } from '../../../sandbox/twilio/media/ear.ts'
import { wavBytes } from '../../../sandbox/twilio/media/wav.ts'
import { eventually, CALLER, createWorld, listen, OURS, twiml, type WorldOptions } from './kit.ts'

/** Somebody calls our number, whose document is `inner`. */
async function call(inner: string | WorldOptions['routes'], script = 'silent', options: WorldOptions = {}) {
  const routes = typeof inner === 'string' ? { '/voice': twiml(inner) } : inner!
  const world = await createWorld({ ...options, routes: { ...routes, ...options.routes } })
  const { sid } = world.engine.incoming({ from: CALLER, to: OURS, script })
  return {
    world,
    sid,
    status: () => world.calls.get(sid)?.status,
    over: () => eventually(() => expect(world.engine.active()).toEqual([])),
  }
}

test.each([
  ['<Reject/>', 'busy', null],
  ['<Reject reason="busy"/>', 'busy', null],
  ['<Hangup/>', 'completed', expect.any(Number)],
  ['', 'completed', expect.any(Number)],
  ['<Pause/>', 'completed', expect.any(Number)],
])('%s', async (inner, status, answeredAt) => {
  const { world, sid, over } = await call(inner)
  await over()
  expect(world.calls.get(sid)).toMatchObject({ status, answeredAt })
  await eventually(() => expect(world.server.at('/status')[0]?.params).toMatchObject({ CallStatus: status }))
})

test('a leading Pause delays the answer', async () => {
  const { world, sid, over } = await call('<Pause length="4"/><Pause length="1"/>')
  await over()
  const { startedAt, answeredAt } = world.calls.get(sid)!
  expect(answeredAt! - startedAt!).toBeGreaterThanOrEqual(3900)
})

test('Say is heard, Redirect goes on elsewhere with the method asked', async () => {
  const { world, status } = await call({
    '/voice': twiml('<Redirect method="GET">/next?x=1</Redirect>'),
    '/next': twiml('<Say>Hello there, this takes a while</Say><Pause length="180"/>'),
  })
  await eventually(() => expect(status()).toBe('in-progress'))
  const ear = createEar((listener) => world.engine.live([...world.calls.keys()][0]!)!.leg.audio.onHeard(listener))
  await eventually(() => expect(ear.level).toBeGreaterThan(0.05))
  expect(world.server.at('/next')[0]).toMatchObject({
    method: 'GET',
    params: expect.objectContaining({ x: '1', CallSid: expect.any(String) }),
  })
})

test('Play fetches a WAV; one that cannot be had is an error, and the document goes on', async () => {
  const pcm = Int16Array.from({ length: 8000 }, (_, i) => 9000 * Math.sin((2 * Math.PI * 620 * i) / 8000))
  const sounds = await listen()
  const wav = join(process.env['TMPDIR'] ?? '/tmp', `play-${process.pid}.wav`)
  writeFileSync(wav, wavBytes(pcm))
  const served = await import('node:http').then(({ createServer }) =>
    createServer((_, response) => response.end(Buffer.from(wavBytes(pcm)))),
  )
  await new Promise<void>((resolve) => served.listen(0, '127.0.0.1', resolve))
  const { port } = served.address() as { port: number }
  const { world, sid, over } = await call(
    `<Play>${sounds.base}/nothing.wav</Play><Play loop="2">http://127.0.0.1:${port}/a.wav</Play>`,
    'hangup:600s',
  )
  await eventually(() => expect(world.engine.live(sid)).toBeDefined())
  const ear = createEar((listener) => world.engine.live(sid)!.leg.audio.onHeard(listener))
  await eventually(() => expect(Math.abs(ear.frequencyHz - 620)).toBeLessThan(5))
  await over()
  served.close()
  expect(world.warnings()).toMatchObject([{ kind: 'error', code: 11_200 }])
})

const voicemail = twiml(
  '<Record action="/vm" maxLength="120" timeout="40" finishOnKey="#" recordingStatusCallback="/rec" recordingStatusCallbackEvent="completed absent"/><Say>Nothing</Say><Hangup/>',
)

test('Record until the caller hangs up: action with Digits=hangup and final status, callback, RecordVerb', async () => {
  const { world, over } = await call({ '/voice': voicemail, '/vm': twiml('<Hangup/>') }, 'beep tone:700:1s hangup')
  await over()
  await eventually(() => expect(world.server.at('/rec')).toHaveLength(1))
  expect(world.server.at('/vm')[0]!.params).toMatchObject({
    Digits: 'hangup',
    CallStatus: 'completed',
    RecordingDuration: expect.stringMatching(/^[1-9]\d*$/),
    RecordingSid: expect.stringMatching(/^RE/),
  })
  expect(world.server.at('/rec')[0]!.params).toMatchObject({
    RecordingSource: 'RecordVerb',
    RecordingChannels: '1',
    RecordingStatus: 'completed',
    RecordingTrack: 'inbound',
  })
  expect(world.server.at('/vm')).toHaveLength(1)
  expect(world.warnings()).toEqual([])
})

test('Record until a key', async () => {
  const { world, over } = await call({ '/voice': voicemail, '/vm': twiml('<Hangup/>') }, 'beep tone:700:1s digits:1# wait', { speed: 5 })
  await over()
  expect(world.server.at('/vm')[0]!.params).toMatchObject({ Digits: '#', CallStatus: 'in-progress' })
})

test('an empty Record is absent (16102), its action is not asked, the document goes on', async () => {
  const { world, over } = await call({ '/voice': voicemail, '/vm': twiml('<Hangup/>') }, 'silent')
  await over()
  await eventually(() =>
    expect(world.server.at('/rec')[0]?.params).toMatchObject({ RecordingStatus: 'absent', ErrorCode: '16102', RecordingDuration: '0' }),
  )
  expect(world.server.at('/vm')).toEqual([])
  expect([...world.recordings.values()][0]).toMatchObject({ status: 'absent', errorCode: 16_102, file: null })
})

const broken: [string, NonNullable<WorldOptions['routes']>[string], number][] = [
  ['status 500', { status: 500 }, 11_200],
  ['wrong content type', { body: twiml(''), type: 'text/html' }, 12_300],
  ['no XML', 'oops', 12_100],
  ['unknown verb', twiml('<Gather/>'), 12_200],
  ['too large', twiml(`<Say>${'x'.repeat(70_000)}</Say>`), 11_750],
  ['too slow', { body: twiml(''), delayMs: 1200 }, 11_200],
]
test.each(broken)('%s: the fallback is asked, with ErrorCode and ErrorUrl', async (_name, answer, code) => {
  const { world, sid, over } = await call({ '/voice': answer, '/fallback': twiml('<Reject/>') }, 'silent', {
    number: { voiceFallbackUrl: '/fallback' },
  })
  await over()
  expect(world.server.at('/fallback')[0]!.params).toMatchObject({
    ErrorCode: String(code),
    ErrorUrl: `${world.server.base}/voice`,
    CallSid: sid,
    From: CALLER,
  })
  expect(world.warnings()).toMatchObject([{ kind: 'error', code }])
})

test('without a fallback the caller hears an application error, and the call ends', async () => {
  const { world, sid, over } = await call({ '/voice': { status: 500 } })
  await eventually(() => expect(world.calls.get(sid)?.status).toBe('in-progress'))
  await over()
  expect(world.calls.get(sid)).toMatchObject({ status: 'completed', answeredAt: expect.any(Number) })
})

test('a failing action goes to the fallback as well', async () => {
  const routes = {
    '/voice': twiml('<Dial action="/gone"><Client>a</Client></Dial>'),
    '/gone': { status: 404 },
    '/fallback': twiml('<Hangup/>'),
  }
  const { world, over } = await call(routes, 'silent', { number: { voiceFallbackUrl: '/fallback' } })
  await eventually(() => expect(world.invites).toHaveLength(1))
  world.invites[0]!.leg.emit({ type: 'ended', why: 'busy' })
  await over()
  expect(world.server.at('/fallback')[0]!.params).toMatchObject({
    ErrorCode: '11200',
    ErrorUrl: `${world.server.base}/gone`,
    DialCallStatus: 'busy',
  })
})

test('an unknown attribute is reported and the call goes on', async () => {
  const { world, over } = await call('<Pause length="1" mood="good"/>')
  await over()
  expect(world.warnings()).toMatchObject([{ kind: 'warning', code: 12_200 }])
})

test.each([
  [
    'override',
    [
      ['From', 'client:boss'],
      ['CallSid', 'CAfake'],
    ],
  ],
  [
    'ignore',
    [
      ['From', 'client:u1_d1'],
      ['CallSid', `CA${'1'.repeat(32)}`],
    ],
  ],
  [
    'duplicate',
    [
      ['From', 'client:u1_d1'],
      ['From', 'client:boss'],
      ['CallSid', `CA${'1'.repeat(32)}`],
      ['CallSid', 'CAfake'],
    ],
  ],
] as const)('a hostile client’s parameters: %s', async (customParams, expected) => {
  const world = await createWorld({ switches: { customParams }, routes: { '/app': twiml('<Reject/>') } })
  world.connect({ To: '+15005550101', From: 'client:boss', CallSid: 'CAfake', LkCall: 'x' })
  await eventually(() => expect(world.server.at('/app')).toHaveLength(1))
  const { pairs, params } = world.server.at('/app')[0]!
  expect(pairs.filter(([name]) => name === 'From' || name === 'CallSid').toSorted(([a], [b]) => b.localeCompare(a))).toEqual(expected)
  expect(pairs.filter(([name]) => name === 'To')).toEqual([['To', '+15005550101']])
  expect(params).toMatchObject({ LkCall: 'x', Called: '' })
})

test('a number without voice URL says Twilio’s demo message; an application without one refuses', async () => {
  const world = await createWorld({ number: { voiceUrl: '' }, app: { voiceUrl: '' } })
  const { sid } = world.engine.incoming({ from: CALLER, to: OURS, script: 'silent' })
  await eventually(() => expect(world.calls.get(sid)?.status).toBe('in-progress'))
  const leg = world.connect({})
  expect(leg.state.ended).toBe('not-found')
  expect(world.warnings()).toMatchObject([{ kind: 'error', code: 21_218 }])
})

test('an application SID beside URLs is reported, and the application is what runs', async () => {
  const { world, over } = await call({ '/app': twiml('<Reject/>') }, 'silent', { number: { voiceApplicationSid: `AP${'b'.repeat(32)}` } })
  await over()
  expect(world.server.at('/app')).toHaveLength(1)
  expect(world.warnings()).toMatchObject([{ kind: 'warning' }])
})

test('a Record that is over before it began is too short (16101)', async () => {
  const { world, over } = await call({ '/voice': twiml('<Record playBeep="false" action="/vm"/><Hangup/>') }, 'wait:30ms digits:1 wait', {
    speed: 1,
  })
  await over()
  await eventually(() => expect([...world.recordings.values()][0]).toMatchObject({ status: 'absent', errorCode: 16_101 }))
  expect(world.server.at('/vm')).toEqual([])
})

test('overrides are no part of ErrorUrl', async () => {
  const { world, over } = await call(
    { '/voice': twiml('<Redirect>/gone#rc=0</Redirect>'), '/gone': { status: 404 }, '/fallback': twiml('') },
    'silent',
    {
      number: { voiceFallbackUrl: '/fallback' },
    },
  )
  await over()
  expect(world.server.at('/fallback')[0]!.params).toMatchObject({ ErrorUrl: `${world.server.base}/gone` })
})

test('closing ends every call and asks nobody', async () => {
  const { world, sid, status } = await call({ '/voice': twiml('<Dial action="/action"><Client>a</Client></Dial>') })
  await eventually(() => expect(world.invites).toHaveLength(1))
  await world.engine.close()
  expect(status()).toBe('completed')
  expect(world.invites[0]!.leg.state.ended).toBe('canceled')
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(world.server.at('/action')).toEqual([])
  expect(world.server.at('/status')).toEqual([])
  expect(world.engine.live(sid)).toBeUndefined()
  expect(world.warnings()).toEqual([])
})
