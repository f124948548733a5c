import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { dominantFrequency } from '../../../sandbox/twilio/media/ear.ts'
import { eventually, CALLER, createWorld, OURS, twiml, type WorldOptions } from './kit.ts'

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const fast = { dialBufferMs: 500 }
const clients = (attributes: string, ...identities: string[]) =>
  twiml(
    `<Dial answerOnBridge="true" action="/action" ${attributes}>${identities
      .map((identity) => `<Client statusCallback="/leg" statusCallbackEvent="initiated ringing answered completed">${identity}</Client>`)
      .join('')}</Dial>`,
  )
const action = { '/action': twiml('<Hangup/>') }

/** A Device calls `number` through the app; resolves when its call is over. */
async function outgoing(number: string, dial = `callerId="${OURS}" answerOnBridge="true" action="/action"`, options: WorldOptions = {}) {
  const world = await createWorld({
    ...options,
    switches: { ...fast, ...options.switches },
    routes: { '/app': twiml(`<Dial ${dial}>${number}</Dial>`), ...action, ...options.routes },
  })
  const leg = world.connect({ To: number })
  return { world, leg, status: () => world.calls.get(leg.sid)?.status }
}
const lastAction = (world: Awaited<ReturnType<typeof createWorld>>) => world.server.at('/action').at(-1)?.params

test.each([
  ['+15005550103', 'busy', 'busy', 'busy'],
  ['+15005550104', 'no-answer', 'no-answer', 'canceled'],
  ['+15005550105', 'failed', 'failed', 'unreachable'],
])('%s: DialCallStatus %s, and an unanswered caller ends the same way', async (number, dialStatus, status, told) => {
  const run = await outgoing(number, `callerId="${OURS}" answerOnBridge="true" action="/action" timeout="5"`)
  await eventually(() => expect(run.status()).toBe(status))
  expect(lastAction(run.world)).toMatchObject({ DialCallStatus: dialStatus, DialBridged: 'false', CallStatus: 'ringing' })
  expect(lastAction(run.world)).not.toHaveProperty('DialCallDuration')
  expect(run.leg.state).toMatchObject({ isAnswered: false, ended: told })
  expect(run.world.child(run.leg.sid)).toMatchObject({ status: dialStatus, price: null })
  await eventually(() => expect(run.world.server.at('/status')[0]?.params).toMatchObject({ CallStatus: status, CallDuration: '0' }))
  expect(run.world.warnings()).toEqual([])
})

test('…0106 hangs up after three seconds: completed, with its duration', async () => {
  const { world, status } = await outgoing('+15005550106')
  await eventually(() => expect(status()).toBe('completed'))
  const fields = lastAction(world)!
  expect(fields).toMatchObject({ DialCallStatus: 'completed', DialBridged: 'true', CallStatus: 'in-progress' })
  expect(Number(fields['DialCallDuration'])).toBeGreaterThanOrEqual(3)
})

test.each([
  ['no callerId', 'action="/action"'],
  ['somebody else’s callerId', 'callerId="+14155559999" action="/action"'],
])('%s on a client leg: 13214, nobody is dialled', async (_name, attributes) => {
  const { world } = await outgoing('+15005550102', attributes)
  await eventually(() => expect(lastAction(world)).toMatchObject({ DialCallStatus: 'failed' }))
  expect(lastAction(world)).not.toHaveProperty('DialCallSid')
  expect(world.warnings()).toMatchObject([{ kind: 'error', code: 13_214 }])
  expect(world.calls.size).toBe(1)
})

test('without answerOnBridge, or with a verb before it, the caller is answered at once', async () => {
  const plain = await outgoing('+15005550104', `callerId="${OURS}"`)
  await eventually(() => expect(plain.status()).toBe('in-progress'))
  const routes = { '/app': twiml(`<Pause length="0"/><Dial answerOnBridge="true" callerId="${OURS}">+15005550104</Dial>`) }
  const second = await outgoing('+15005550104', '', { routes })
  await eventually(() => expect(second.status()).toBe('in-progress'))
})

test.each(['canceled', 'no-answer'] as const)('the first answer wins, losers end %s', async (losers) => {
  const world = await createWorld({ switches: { losers }, routes: { '/voice': clients('', 'a', 'b', 'c'), ...action } })
  const { sid } = world.engine.incoming({ from: CALLER, to: OURS, script: 'silent' })
  await eventually(() => expect(world.invites).toHaveLength(3))
  for (const { leg } of world.invites) leg.emit({ type: 'ringing' })
  world.invites[1]!.leg.emit({ type: 'answered' })
  world.invites[2]!.leg.emit({ type: 'answered' })
  await eventually(() => expect(world.calls.get(sid)?.status).toBe('in-progress'))
  expect(world.invites[0]!.leg.state.ended).toBe('canceled')
  world.engine.hangUp(sid, 'completed')
  await eventually(() => {
    const finals = world.server.at('/leg').filter(({ params }) => params['SipResponseCode'])
    expect(finals.map(({ params }) => [params['To'], params['CallStatus']]).toSorted(([a = ''], [b = '']) => a.localeCompare(b))).toEqual([
      ['client:a', losers],
      ['client:b', 'completed'],
      ['client:c', expect.any(String)],
    ])
  })
  expect(world.calls.get(world.invites[0]!.leg.sid)).toMatchObject({ status: losers, parentCallSid: sid, direction: 'outbound-dial' })
})

test('sequential: one after the other', async () => {
  const world = await createWorld({ switches: fast, routes: { '/voice': clients('sequential="true" timeout="5"', 'a', 'b'), ...action } })
  world.engine.incoming({ from: CALLER, to: OURS, script: 'silent' })
  await eventually(() => expect(world.invites).toHaveLength(1))
  world.invites[0]!.leg.emit({ type: 'ended', why: 'declined' })
  await eventually(() => expect(world.invites).toHaveLength(2))
  await eventually(() => expect(lastAction(world)).toMatchObject({ DialCallStatus: 'no-answer', DialCallSid: world.invites[1]!.leg.sid }))
})

test('a declined Device is busy; all declined ends the ringing at once', async () => {
  const world = await createWorld({ routes: { '/voice': clients('', 'a', 'b'), ...action } })
  world.engine.incoming({ from: CALLER, to: OURS, script: 'silent' })
  await eventually(() => expect(world.invites).toHaveLength(2))
  world.invites[0]!.leg.emit({ type: 'ended', why: 'declined' })
  await wait(50)
  expect(lastAction(world)).toBeUndefined()
  world.invites[1]!.leg.emit({ type: 'ended', why: 'declined' })
  await eventually(() => expect(lastAction(world)).toMatchObject({ DialCallStatus: 'busy' }))
})

test.each([
  ['at-once', 'failed'],
  ['after-timeout', 'no-answer'],
] as const)('nobody registered, switch %s: %s', async (unregisteredClient, status) => {
  const world = await createWorld({
    switches: { ...fast, unregisteredClient },
    routes: { '/voice': clients('timeout="5"', 'a'), ...action },
  })
  world.engine.incoming({ from: CALLER, to: OURS, script: 'silent' })
  await eventually(() => expect(world.invites).toHaveLength(1))
  world.invites[0]!.leg.emit({ type: 'ended', why: 'unreachable' })
  await eventually(() => expect(lastAction(world)).toMatchObject({ DialCallStatus: status }))
})

test('the caller gives up while it rings: the action is asked all the same, with final statuses', async () => {
  const world = await createWorld({ routes: { '/voice': clients('', 'a'), '/action': twiml('<Say>too late</Say>') } })
  const { sid } = world.engine.incoming({ from: CALLER, to: OURS, script: 'wait' })
  await eventually(() => expect(world.invites).toHaveLength(1))
  const line = world.engine.live(sid)!.leg as unknown as { person: { hangUp(): void } }
  line.person.hangUp()
  await eventually(() =>
    expect(lastAction(world)).toMatchObject({ DialCallStatus: 'canceled', DialBridged: 'false', CallStatus: 'no-answer' }),
  )
  expect(world.calls.get(sid)?.status).toBe('no-answer')
  expect(world.invites[0]!.leg.state.ended).toBe('canceled')
  expect(world.server.at('/action')).toHaveLength(1)
})

test.each(['action-first', 'url-first'] as const)(
  'a redirected caller: action and new URL are both asked (%s), the new document runs',
  async (redirectOrder) => {
    const world = await createWorld({
      switches: { redirectOrder },
      routes: { '/voice': clients('', 'a'), '/new': twiml('<Play digits="7"/><Pause length="180"/>'), ...action },
    })
    const { sid } = world.engine.incoming({ from: CALLER, to: OURS, script: 'silent' })
    await eventually(() => expect(world.invites).toHaveLength(1))
    expect(world.engine.redirect(sid, { url: `${world.server.base}/new` })).toBe(false)
    world.invites[0]!.leg.emit({ type: 'answered' })
    await eventually(() => expect(world.calls.get(sid)?.status).toBe('in-progress'))
    await wait(50)
    expect(world.engine.redirect(sid, { url: `${world.server.base}/new` })).toBe(true)
    const line = world.engine.live(sid)!.leg as unknown as { digitsHeard(): string }
    await eventually(() => expect(line.digitsHeard()).toBe('7'))
    await eventually(() => expect(world.server.at('/action')).toHaveLength(1))
    const order = world.server.seen.map(({ path }) => path).filter((path) => path === '/action' || path === '/new')
    expect(order).toEqual(redirectOrder === 'action-first' ? ['/action', '/new'] : ['/new', '/action'])
    expect(lastAction(world)).toMatchObject({ DialCallStatus: 'completed', CallStatus: 'in-progress' })
    expect(world.invites[0]!.leg.state.ended).toBe('hangup')
    expect(world.calls.get(sid)?.status).toBe('in-progress')
  },
)

test('a redirected child leaves its Dial; the parent’s action has no duration', async () => {
  const world = await createWorld({ routes: { '/voice': clients('', 'a'), '/new': twiml('<Pause length="180"/>'), ...action } })
  const { sid } = world.engine.incoming({ from: CALLER, to: OURS, script: 'silent' })
  await eventually(() => expect(world.invites).toHaveLength(1))
  const { leg } = world.invites[0]!
  leg.emit({ type: 'answered' })
  await eventually(() => expect(world.calls.get(sid)?.status).toBe('in-progress'))
  await wait(50)
  expect(world.engine.redirect(leg.sid, { url: `${world.server.base}/new` })).toBe(true)
  await eventually(() => expect(world.calls.get(sid)?.status).toBe('completed'))
  expect(lastAction(world)).toMatchObject({ DialCallStatus: 'completed', DialBridged: 'true' })
  expect(lastAction(world)).not.toHaveProperty('DialCallDuration')
  expect(world.calls.get(leg.sid)?.status).toBe('in-progress')
})

test('keys cross the bridge; hangupOnStar ends it; timeLimit too', async () => {
  const { world, leg, status } = await outgoing(
    '+15005550101',
    `callerId="${OURS}" answerOnBridge="true" hangupOnStar="true" action="/action"`,
  )
  await eventually(() => expect(status()).toBe('in-progress'))
  await wait(50)
  for (const digit of '15#') leg.emit({ type: 'digit', digit })
  const line = world.engine.live(world.child(leg.sid)!.sid)!.leg as unknown as { digitsHeard(): string }
  expect(line.digitsHeard()).toBe('15#')
  leg.emit({ type: 'digit', digit: '*' })
  await eventually(() => expect(status()).toBe('completed'))
  const limited = await outgoing('+15005550101', `callerId="${OURS}" answerOnBridge="true" timeLimit="2" action="/action"`)
  await eventually(() =>
    expect(lastAction(limited.world)).toMatchObject({
      DialCallStatus: 'completed',
      DialCallDuration: expect.stringMatching(/^([2-9]|\d\d)$/),
    }),
  )
})

test('a number’s url screens: hanging up there refuses, the next caller is not bridged', async () => {
  const routes = {
    '/voice': twiml('<Dial action="/action"><Number url="/screen">+15005550101</Number></Dial>'),
    '/screen': twiml('<Hangup/>'),
    ...action,
  }
  const refused = await createWorld({ routes })
  refused.engine.incoming({ from: CALLER, to: OURS, script: 'silent' })
  await eventually(() => expect(lastAction(refused)).toMatchObject({ DialBridged: 'false', DialCallStatus: 'no-answer' }))
  const passed = await createWorld({ routes: { ...routes, '/screen': twiml('<Pause length="1"/>') } })
  const { sid } = passed.engine.incoming({ from: CALLER, to: OURS, script: 'silent' })
  await eventually(() => expect(passed.server.at('/screen')[0]?.params).toMatchObject({ ParentCallSid: sid, CallStatus: 'in-progress' }))
  await wait(1000) // for its Pause to be over, and the bridge to stand
  passed.engine.hangUp(sid, 'completed')
  await eventually(() => expect(lastAction(passed)).toMatchObject({ DialBridged: 'true' }))
})

test.each([
  ['record-from-answer-dual', 2, [[1000], [440]]],
  ['record-from-ringing-dual', 2, [[1000], [440]]],
  ['record-from-answer', 1, [[440, 1000]]],
  ['true', 1, [[440, 1000]]],
])('record=%s: channel 1 is the parent, 2 the child', async (record, channels, tones) => {
  const attributes = `callerId="${OURS}" answerOnBridge="true" action="/action" record="${record}" recordingStatusCallback="/rec" recordingStatusCallbackEvent="in-progress completed absent"`
  const { world, leg, status } = await outgoing('+15005550102', attributes, { speed: 1, switches: { recordingDelayMs: [10, 20] } })
  leg.say(1000)
  await eventually(() => expect(status()).toBe('in-progress'))
  await wait(1200)
  leg.emit({ type: 'ended', why: 'hangup' })
  await eventually(() => expect(world.server.at('/rec')).toHaveLength(2))
  const [begun, done] = world.server.at('/rec').map(({ params }) => params)
  expect(begun).toMatchObject({ RecordingStatus: 'in-progress', RecordingSource: 'DialVerb', CallSid: leg.sid })
  expect(done).toEqual({
    AccountSid: world.account.accountSid,
    CallSid: leg.sid,
    RecordingSid: expect.stringMatching(/^RE[0-9a-f]{32}$/),
    RecordingUrl: expect.stringMatching(/^https:\/\/api\.twilio\.com\/2010-04-01\/Accounts\/AC[^/]+\/Recordings\/RE[0-9a-f]{32}$/),
    RecordingStatus: 'completed',
    RecordingDuration: expect.stringMatching(/^[1-9]\d*$/),
    RecordingChannels: String(channels),
    RecordingStartTime: expect.stringMatching(/\+0000$/),
    RecordingSource: 'DialVerb',
    RecordingTrack: 'both',
  })
  expect(lastAction(world)).toMatchObject({ RecordingUrl: done!['RecordingUrl'] })
  const recording = world.recordings.get(done!['RecordingSid']!)!
  expect(recording).toMatchObject({ status: 'completed', channels, price: '-0.00250' })
  expect(heardIn(recording.file!, channels).map((hz, which) => tones[which]!.includes(hz))).toEqual(tones.map(() => true))
})

/** The tone in the middle of each channel, to 10 Hz. */
function heardIn(file: string, channels: number): number[] {
  const bytes = readFileSync(file)
  const pcm = new Int16Array(bytes.buffer.slice(bytes.byteOffset + 44, bytes.byteOffset + bytes.length))
  const middle = Math.floor(pcm.length / channels / 2) - 1600
  const channel = (which: number) => Float64Array.from({ length: 3200 }, (_, i) => pcm[channels * (middle + i) + which] ?? 0)
  return Array.from({ length: channels }, (_, which) => Math.round(dominantFrequency(channel(which)) / 10) * 10)
}

test('too many legs at once: 10004, the call fails', async () => {
  const { world } = await outgoing('+15005550101', undefined, { switches: { concurrencyLimit: 1 } })
  await eventually(() => expect(lastAction(world)).toMatchObject({ DialCallStatus: 'failed' }))
  expect(world.warnings()).toMatchObject([{ code: 10_004 }])
})
