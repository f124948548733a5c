import { expect, test } from 'vitest'
import type { CallOrder } from '../../../sandbox/twilio/engine-port.ts'
import { eventually, createWorld, OURS, twiml, type WorldOptions } from './kit.ts'

const order: CallOrder = {
  to: '+15005550101',
  from: OURS,
  method: 'POST',
  fallbackMethod: 'POST',
  statusCallbackMethod: 'POST',
  statusCallbackEvents: [],
  timeoutSeconds: 60,
  timeLimitSeconds: 14_400,
  record: false,
  recordingChannels: 1,
}
const everything = ['initiated', 'ringing', 'answered', 'completed']

async function create(patch: Partial<CallOrder>, options: WorldOptions = {}) {
  const world = await createWorld(options)
  const absolute = (path: string | undefined) => (path?.startsWith('/') ? world.server.base + path : path)
  const url = absolute(patch.url)
  const call = world.engine.create({
    ...order,
    ...patch,
    ...(url ? { url } : {}),
    statusCallback: `${world.server.base}/progress`,
    recordingStatusCallback: `${world.server.base}/rec`,
  })
  const progress = () => world.server.at('/progress').map(({ params }) => params)
  return { world, sid: call.sid, call, progress, record: () => world.calls.get(call.sid)! }
}

test('progress of a REST call: four events, its document, the final fields', async () => {
  const { world, call, sid, progress, record } = await create(
    { url: '/doc', statusCallbackEvents: everything },
    { routes: { '/doc': twiml('<Pause length="3"/>') } },
  )
  expect(call.status).toBe('queued')
  await eventually(() => expect(progress()).toHaveLength(4))
  expect(progress().map((one) => [one['SequenceNumber'], one['CallStatus'], one['CallbackSource']])).toEqual(
    ['initiated', 'ringing', 'in-progress', 'completed'].map((status, index) => [String(index), status, 'call-progress-events']),
  )
  expect(progress()[3]).toMatchObject({
    CallSid: sid,
    Direction: 'outbound-api',
    CallDuration: expect.stringMatching(/^([3-9]|\d\d)$/),
    Duration: '1',
    SipResponseCode: '200',
    Timestamp: expect.stringMatching(/^\w{3}, \d\d \w{3} \d{4} .* \+0000$/),
  })
  expect(progress()[0]).not.toHaveProperty('Duration')
  expect(world.server.at('/doc')[0]!.params).toMatchObject({ CallStatus: 'in-progress', To: order.to, From: OURS })
  expect(record()).toMatchObject({ status: 'completed', price: '-0.01400' })
  expect(record().priceAt).toBeGreaterThan(record().endedAt!)
})

test.each([
  ['+15005550103', 'busy', '486'],
  ['+15005550105', 'failed', '404'],
  ['+15005550104', 'no-answer', '487'],
])('%s ends %s, with one callback by default', async (to, status, code) => {
  const { progress, record } = await create({ to, twiml: twiml('<Hangup/>'), timeoutSeconds: 5 })
  await eventually(() => expect(progress()).toHaveLength(1))
  expect(progress()[0]).toMatchObject({ CallStatus: status, SipResponseCode: code, CallDuration: '0', SequenceNumber: '0' })
  expect(record()).toMatchObject({ status, price: null, answeredAt: null })
})

test('one call per second: the others wait in the queue', async () => {
  const { world } = await create({ twiml: twiml('<Pause length="60"/>') }, { switches: { callsPerSecond: 1 }, speed: 2 })
  const second = world.engine.create({ ...order, twiml: twiml('') })
  const third = world.engine.create({ ...order, twiml: twiml('') })
  expect(world.calls.get(third.sid)).toMatchObject({ status: 'queued', startedAt: null, queueTimeMs: 0 })
  expect(world.engine.live(third.sid)).toBeUndefined()
  expect(world.engine.hangUp(second.sid, 'canceled')).toBe(true)
  await eventually(() => expect(world.calls.get(third.sid)!.status).toBe('completed'))
  expect(world.calls.get(third.sid)!.queueTimeMs).toBeGreaterThan(1900)
  expect(world.calls.get(second.sid)).toMatchObject({ status: 'canceled', startedAt: null })
})

test('canceled while ringing, completed while talking; an ended call can be neither', async () => {
  const ringing = await create({ to: '+15005550104', twiml: twiml('') })
  await eventually(() => expect(ringing.record().status).toBe('ringing'))
  expect(ringing.world.engine.hangUp(ringing.sid, 'canceled')).toBe(true)
  expect(ringing.record().status).toBe('canceled')
  const talking = await create({ twiml: twiml('<Pause length="60"/>') })
  await eventually(() => expect(talking.record().status).toBe('in-progress'))
  expect(talking.world.engine.hangUp(talking.sid, 'canceled')).toBe(false)
  expect(talking.world.engine.hangUp(talking.sid, 'completed')).toBe(true)
  expect(talking.world.engine.hangUp(talking.sid, 'completed')).toBe(false)
  expect(talking.world.engine.redirect(talking.sid, { twiml: twiml('') })).toBe(false)
})

test('SendDigits, TimeLimit and redirection by TwiML', async () => {
  const { world, sid, record } = await create({ sendDigits: 'w12W#', twiml: twiml('<Pause length="180"/>'), timeLimitSeconds: 120 })
  await eventually(() => expect(record().status).toBe('in-progress'))
  const line = world.engine.live(sid)!.leg as unknown as { digitsHeard(): string }
  await eventually(() => expect(line.digitsHeard()).toBe('12#'))
  await eventually(() => expect(world.engine.redirect(sid, { twiml: twiml('<Play digits="9"/><Pause length="180"/>') })).toBe(true))
  await eventually(() => expect(line.digitsHeard()).toBe('12#9'))
  await eventually(() => expect(record().status).toBe('completed'))
  expect(record().endedAt! - record().answeredAt!).toBeGreaterThanOrEqual(120_000)
})

test('Record=true: the completed callback names the recording', async () => {
  const { world, progress } = await create(
    { to: '+15005550102', record: true, recordingChannels: 2, twiml: twiml('<Pause length="1"/>') },
    { speed: 1 },
  )
  await eventually(() => expect(progress()).toHaveLength(1))
  expect(progress()[0]).toMatchObject({
    RecordingUrl: expect.stringMatching(/\/Recordings\/RE[0-9a-f]{32}$/),
    RecordingDuration: expect.stringMatching(/^[1-9]\d*$/),
  })
  await eventually(() =>
    expect(world.server.at('/rec')[0]?.params).toMatchObject({ RecordingSource: 'OutboundAPI', RecordingChannels: '2' }),
  )
})

test('a client is called with the parameters of its To', async () => {
  const { world, record } = await create({ to: 'client:bob?x=1&y=2', twiml: twiml('<Pause length="60"/>') })
  await eventually(() => expect(world.invites).toHaveLength(1))
  expect(world.invites[0]).toMatchObject({ identity: 'bob', params: { x: '1', y: '2' }, from: OURS, to: 'client:bob' })
  world.invites[0]!.leg.emit({ type: 'answered' })
  await eventually(() => expect(record().status).toBe('in-progress'))
})

test('a wrong StatusCallbackEvent: the call is made, its callbacks never come', async () => {
  const { world, progress, record } = await create({ statusCallbackEvents: ['initiated,ringing'], twiml: twiml('') })
  await eventually(() => expect(record().status).toBe('completed'))
  expect(world.warnings()).toMatchObject([{ code: 21_626 }])
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(progress()).toEqual([])
})
