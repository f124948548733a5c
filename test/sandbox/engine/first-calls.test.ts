import { expect, test } from 'vitest'
import { createEar } from '../../../sandbox/twilio/media/ear.ts'
import { eventually, CALLER, createWorld, OURS, twiml } from './kit.ts'

const numberWith = (to: string) =>
  twiml(`<Dial callerId="${OURS}" answerOnBridge="true" action="/action?s=1"><Number statusCallback="/leg"
    statusCallbackEvent="initiated ringing answered completed">${to}</Number></Dial>`)

test('a Device calls a number: TwiML, child leg, bridge, hang-up, callbacks', async () => {
  const world = await createWorld({ routes: { '/app': ({ params }) => numberWith(params['To']!), '/action': twiml('<Hangup/>') } })
  const leg = world.connect({ To: '+15005550102', LkCall: 'x' })
  await eventually(() => expect(leg.state.isAnswered).toBe(true))
  expect(leg.state.isRinging).toBe(true)
  const ear = createEar((listener) => leg.audio.onHeard(listener))
  await eventually(() => expect(Math.abs(ear.frequencyHz - 440)).toBeLessThan(5))
  const [asked] = world.server.at('/app')
  expect(asked!.params).toEqual({
    AccountSid: world.account.accountSid,
    ApiVersion: '2010-04-01',
    ApplicationSid: expect.stringMatching(/^AP/),
    CallSid: leg.sid,
    CallStatus: 'ringing',
    Called: '',
    Caller: 'client:u1_d1',
    Direction: 'inbound',
    From: 'client:u1_d1',
    To: '+15005550102',
    LkCall: 'x',
  })
  leg.emit({ type: 'ended', why: 'hangup' })
  await eventually(() => {
    expect(world.server.at('/leg').map(({ params }) => [params['SequenceNumber'], params['CallStatus']])).toEqual([
      ['0', 'initiated'],
      ['1', 'ringing'],
      ['2', 'in-progress'],
      ['3', 'completed'],
    ])
    expect(world.server.at('/status')).toHaveLength(1)
    expect(world.server.at('/action')).toHaveLength(1)
  })
  const child = world.child(leg.sid)!
  expect(world.server.at('/leg')[3]!.params).toMatchObject({
    ParentCallSid: leg.sid,
    CallSid: child.sid,
    Direction: 'outbound-dial',
    From: OURS,
  })
  expect(world.server.at('/action')[0]!.params).toMatchObject({
    CallStatus: 'completed',
    DialCallStatus: 'completed',
    DialBridged: 'true',
    DialCallSid: child.sid,
  })
  expect(world.server.at('/status')[0]!.params).toMatchObject({ CallStatus: 'completed', CallSid: leg.sid, SequenceNumber: '0' })
  expect(world.engine.active()).toEqual([])
  expect(world.warnings()).toEqual([])
})

test('somebody calls our number: the Device rings, answers, both hear each other', async () => {
  const answer = twiml(
    '<Dial answerOnBridge="true" timeout="20" action="/action"><Client><Identity>u1</Identity><Parameter name="lk" value="a.b"/></Client></Dial>',
  )
  const world = await createWorld({ routes: { '/voice': answer, '/action': twiml('<Hangup/>') } })
  const { sid } = world.engine.incoming({ from: CALLER, to: OURS, script: 'tone:700' })
  await eventually(() => expect(world.invites).toHaveLength(1))
  const { leg, params, from, identity } = world.invites[0]!
  expect({ params, from, identity }).toEqual({ params: { lk: 'a.b' }, from: CALLER, identity: 'u1' })
  leg.emit({ type: 'ringing' })
  expect(world.calls.get(sid)?.status).toBe('ringing')
  leg.say(1000)
  leg.emit({ type: 'answered' })
  await eventually(() => expect(world.calls.get(sid)?.status).toBe('in-progress'))
  const ear = createEar((listener) => leg.audio.onHeard(listener))
  const theirs = createEar((listener) => world.engine.live(sid)!.leg.audio.onHeard(listener))
  await eventually(() => {
    expect(Math.abs(ear.frequencyHz - 700)).toBeLessThan(5)
    expect(Math.abs(theirs.frequencyHz - 1000)).toBeLessThan(5)
  })
  expect(world.engine.hangUp(sid, 'completed')).toBe(true)
  await eventually(() => expect(world.server.at('/status')).toHaveLength(1))
  expect(leg.state.ended).toBe('hangup')
  expect(world.calls.get(sid)).toMatchObject({ status: 'completed', price: expect.stringMatching(/^-0\.\d{5}$/) })
  const names =
    'AccountSid ApiVersion CallSid CallStatus CallToken Called CalledCity CalledCountry CalledState CalledZip Caller CallerCity CallerCountry ' +
    'CallerState CallerZip Direction From FromCity FromCountry FromState FromZip StirVerstat To ToCity ToCountry ToState ToZip'
  expect(Object.keys(world.server.at('/voice')[0]!.params).toSorted()).toEqual(names.split(' ').toSorted())
  expect(world.warnings()).toEqual([])
})
