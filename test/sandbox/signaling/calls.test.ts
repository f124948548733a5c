import { afterEach, describe, expect, test, vi } from 'vitest'
import { tone } from '../../../sandbox/twilio/media/sources.ts'
import { createEar } from '../../../sandbox/twilio/media/ear.ts'
import type { Leg, LegEnd, LegEvent } from '../../../sandbox/twilio/ports.ts'
import type { Switches } from '../../../sandbox/twilio/switches.ts'
import { createTestPeer, openClient, placeCall, registerClient, type RawClient, type TestPeer } from './device.ts'
import { ACCOUNT_SID, APP_SID, callSid, startGateway, tokenFor, type TestGateway } from './kit.ts'

let server: TestGateway
const peers: TestPeer[] = []
const start = async (switches: Partial<Switches> = {}) => (server = await startGateway(switches))
afterEach(async () => {
  await Promise.all(peers.splice(0).map((peer) => peer.close()))
  await server.close()
})
const keep = <T extends { peer: TestPeer }>(made: T): T => (peers.push(made.peer), made)
const newPeer = () => keep({ peer: createTestPeer() }).peer
const watch = (leg: Leg) => {
  const events: LegEvent[] = []
  leg.on((event) => events.push(event))
  return events
}
const VOICE = tone(1000).next()!

async function called(identity: string, sid = callSid()) {
  const leg = server.gateway.invite(identity, {
    sid,
    from: '+15005550199',
    to: `client:${identity}`,
    accountSid: ACCOUNT_SID,
    params: { lk: 'a.b' },
  })
  return { sid, leg, events: watch(leg) }
}
async function accept(client: RawClient) {
  const invite = await client.take('invite')
  const peer = newPeer()
  client.send('answer', { callsid: invite.callsid, sdp: await peer.answer(invite.sdp!) })
  return { peer, invite }
}
/** A call out that was answered, with its reconnect token. */
async function talking(client: RawClient) {
  const call = keep(await placeCall(server, client))
  const events = watch(call.leg)
  const answered = call.leg.answer()
  const { sdp, reconnect } = await client.take('answer')
  await call.peer.take(sdp!)
  await answered
  return { ...call, events, sdp: sdp!, token: reconnect! }
}

describe('a Device calls', () => {
  test('the engine learns who, with what; ringing, answer and hang-up take the ids they should', async () => {
    await start()
    const client = await registerClient(server, 'ada')
    const { call, leg, temporary, peer } = keep(await placeCall(server, client, 'To=%2B15005550102&X%20y=%C3%A4%26%3D%2B%201'))
    expect(call).toMatchObject({ identity: 'ada', applicationSid: APP_SID, grantParams: { fromGrant: 'yes' } })
    expect(call.params).toEqual({ To: '+15005550102', 'X y': 'ä&=+ 1' })
    expect(leg.sid).toMatch(/^CA[0-9a-f]{32}$/)
    const events = watch(leg)
    await leg.ring(false)
    expect(await client.take('ringing')).toEqual({ callsid: leg.sid })
    const answered = leg.answer()
    const answer = await client.take('answer')
    expect(answer).toEqual({ callsid: leg.sid, reconnect: expect.any(String), sdp: expect.stringContaining('a=ice-lite') })
    await peer.take(answer.sdp!)
    await answered
    expect(peer.pc.connectionState).toBe('connected')
    client.send('hangup', { callsid: temporary })
    await vi.waitFor(() => expect(events).toEqual([{ type: 'ended', why: 'hangup' }]))
  })

  test('early media: the description comes with ringing and not again', async () => {
    await start()
    const client = await registerClient(server, 'ada')
    const { leg, peer } = keep(await placeCall(server, client))
    const ringing = leg.ring(true)
    await peer.take((await client.take('ringing')).sdp!)
    await ringing
    void leg.audio.play(tone(350))
    await vi.waitFor(() => expect(peer.packets.length).toBeGreaterThan(10))
    await leg.answer()
    expect(await client.take('answer')).toEqual({ callsid: leg.sid, reconnect: expect.any(String) })
    leg.end('hangup')
    expect(await client.take('hangup')).toEqual({ callsid: leg.sid })
  })

  test('an answer that overtakes the ringing brings the description', async () => {
    await start()
    const client = await registerClient(server, 'ada')
    const { leg, peer } = keep(await placeCall(server, client))
    void leg.ring(true)
    const answered = leg.answer()
    await peer.take((await client.take('answer')).sdp!)
    await answered
    expect(peer.pc.connectionState).toBe('connected')
    expect(client.has('ringing')).toBe(false)
  })

  test.each([
    ['busy', 31486],
    ['declined', 31603],
    ['not-found', 31404],
    ['unreachable', 31480],
    ['expired', 31205],
    ['hangup', undefined],
  ] as [LegEnd, number | undefined][])('refused as %s: hang-up with %s', async (why, code) => {
    await start()
    const client = await registerClient(server, 'ada')
    const { leg, temporary } = keep(await placeCall(server, client))
    const events = watch(leg)
    leg.end(why)
    leg.end(why)
    const hangup = await client.take('hangup')
    expect([hangup.callsid, hangup.error?.code]).toEqual([temporary, code])
    expect(client.has('hangup')).toBe(false)
    expect(events).toEqual([])
  })

  test('who may not call, or offers nothing we speak, is told so', async () => {
    await start()
    const client = await openClient(server.port)
    client.send('listen', { token: tokenFor('ada', { voice: { incoming: { allow: true } } }) })
    await client.take('connected')
    client.send('invite', { callsid: 'TJS1', sdp: 'v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\n', twilio: {} })
    expect(await client.take('hangup')).toMatchObject({ callsid: 'TJS1', error: { code: 31201 } })
    client.send('listen', { token: tokenFor('ada') })
    await client.take('connected')
    client.send('invite', { callsid: 'TJS2', sdp: 'v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111 8\r\n', twilio: {} })
    expect(await client.take('hangup')).toMatchObject({ callsid: 'TJS2', error: { code: 31000 } })
    expect(server.calls).toEqual([])
  })

  test('media that cannot be answered ends the call on both sides', async () => {
    await start()
    const client = await registerClient(server, 'ada')
    const announced = server.nextCall()
    client.send('invite', { callsid: 'TJS1', sdp: 'v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\n', twilio: {} })
    const { leg } = await announced
    const events = watch(leg)
    await leg.answer()
    expect(await client.take('hangup')).toMatchObject({ callsid: 'TJS1', error: { code: 31000 } })
    expect(events).toEqual([{ type: 'ended', why: 'lost' }])
  })

  test('digits by RTP and by message, messages acknowledged, our digits as RTP events', async () => {
    await start()
    const client = await registerClient(server, 'ada')
    const { leg, peer, events } = await talking(client)
    peer.speak(VOICE)
    peer.press('12#')
    await vi.waitFor(() => expect(events.map((event) => event.type === 'digit' && event.digit)).toEqual(['1', '2', '#']), 3000)
    client.send('dtmf', { callsid: leg.sid, dtmf: '9ww*' })
    await vi.waitFor(() =>
      expect(events.slice(3)).toEqual([
        { type: 'digit', digit: '9' },
        { type: 'digit', digit: '*' },
      ]),
    )
    client.send('message', { callsid: leg.sid, content: '{}', messagetype: 'user-defined-message', voiceeventsid: 'KX1' })
    expect(await client.take('ack')).toEqual({ acktype: 'message', callsid: leg.sid, voiceeventsid: 'KX1' })
    client.send('message', { callsid: 'CA1', content: '{}', voiceeventsid: 'KX2' })
    expect(await client.take('error')).toMatchObject({ voiceeventsid: 'KX2', error: { code: 31210 } })
    leg.sendDigits('7')
    await vi.waitFor(() =>
      expect(peer.packets.filter(({ payloadType }) => payloadType === 126).map(({ payload }) => payload[0])).toContain(7),
    )
  })
})

describe('a Device is called', () => {
  test('invite, answer, sound both ways, hang-up by either', async () => {
    await start()
    const client = await registerClient(server, 'ada')
    const { sid, leg, events } = await called('ada')
    const { peer, invite } = await accept(client)
    expect(invite).toMatchObject({ callsid: sid, reconnect: expect.any(String) })
    expect(invite['parameters']).toEqual({
      CallSid: sid,
      AccountSid: ACCOUNT_SID,
      From: '+15005550199',
      To: 'client:ada',
      ApiVersion: '2010-04-01',
      Params: 'lk=a.b',
    })
    await peer.connected()
    expect(events).toEqual([{ type: 'ringing' }, { type: 'answered' }])
    const ear = createEar((listener) => leg.audio.onVoice(listener))
    peer.speak(VOICE)
    void leg.audio.play(tone(440))
    await vi.waitFor(() => expect(Math.abs(ear.frequencyHz - 1000)).toBeLessThan(20), 3000)
    await vi.waitFor(() => expect(peer.packets.length).toBeGreaterThan(10))
    client.send('hangup', { callsid: sid })
    await vi.waitFor(() => expect(events.at(-1)).toEqual({ type: 'ended', why: 'hangup' }))

    const second = await called('ada')
    const other = await accept(client)
    await other.peer.connected()
    second.leg.end('hangup')
    expect(await client.take('hangup')).toEqual({ callsid: second.sid })
  })

  test('cancelled before the answer; an answer that crossed it is hung up', async () => {
    await start()
    const client = await registerClient(server, 'ada')
    const { sid, leg } = await called('ada')
    const { sdp } = await client.take('invite')
    leg.end('canceled')
    expect(await client.take('cancel')).toEqual({ callsid: sid })
    client.send('answer', { callsid: sid, sdp: await newPeer().answer(sdp!) })
    expect(await client.take('hangup')).toEqual({ callsid: sid })
  })

  test('with two Devices the first to answer wins, the other is cancelled', async () => {
    await start()
    const [one, two] = [await registerClient(server, 'ada'), await registerClient(server, 'ada')]
    const { sid, events } = await called('ada')
    await two.take('invite')
    await accept(one)
    expect(await two.take('cancel')).toEqual({ callsid: sid })
    await vi.waitFor(() => expect(events.filter(({ type }) => type === 'answered')).toHaveLength(1))
    // A loser that hangs up or rejects late does no harm.
    two.send('reject', { callsid: sid })
    two.send('hangup', { callsid: sid })
    two.send('message', { callsid: sid, voiceeventsid: 'KX1' })
    await two.take('ack')
    expect(events.at(-1)).toEqual({ type: 'answered' })
  })

  test.each([
    ['reject-cancels-all', true],
    ['others-ring', false],
  ] as const)('one of two declines under %s', async (registeredTwice, endsAll) => {
    await start({ registeredTwice })
    const [one, two] = [await registerClient(server, 'ada'), await registerClient(server, 'ada')]
    const { sid, events } = await called('ada')
    await Promise.all([one.take('invite'), two.take('invite')])
    one.send('reject', { callsid: sid })
    const last = () => events.at(-1)?.type
    await vi.waitFor(() => expect([two.has('cancel'), last()]).toEqual(endsAll ? [true, 'ended'] : [false, 'ringing']))
    two.send('reject', { callsid: sid })
    await vi.waitFor(() => expect(events.at(-1)).toEqual({ type: 'ended', why: 'declined' }))
  })

  test('a Device whose socket drops while it rings gets the invite again; if it stays away it is unreachable', async () => {
    await start({ reconnectGraceMs: 3000 })
    const client = await registerClient(server, 'ada')
    const { sid, events } = await called('ada')
    await client.take('invite')
    client.ws.terminate()
    await client.closed
    const back = await registerClient(server, 'ada')
    const { peer } = await accept(back)
    await peer.connected()
    expect(events.at(-1)).toEqual({ type: 'answered' })
    back.send('hangup', { callsid: sid })
    await vi.waitFor(() => expect(events.at(-1)).toEqual({ type: 'ended', why: 'hangup' }))

    const second = await called('ada')
    await back.take('invite')
    back.ws.terminate()
    await vi.waitFor(() => expect(second.events.at(-1)).toEqual({ type: 'ended', why: 'unreachable' }), 3000)
  })

  test('a ghost is invited in vain, until the Device is back', async () => {
    await start({ ghostRegistrationMs: 60_000 })
    const client = await registerClient(server, 'ada')
    client.ws.terminate()
    await vi.waitFor(() => expect(server.gateway.sockets()).toEqual([]))
    const { events } = await called('ada')
    await new Promise((done) => setTimeout(done, 50))
    expect(events).toEqual([])
    const back = await registerClient(server, 'ada')
    await back.take('invite')
    await vi.waitFor(() => expect(events).toEqual([{ type: 'ringing' }]))
  })
})

describe('the socket goes away', () => {
  test('within the grace the call is resumed on the same media; the token decides', async () => {
    await start({ reconnectGraceMs: 15_000 })
    const client = await registerClient(server, 'ada')
    const { leg, peer, token, offer, events } = await talking(client)
    client.ws.terminate()
    const back = await registerClient(server, 'ada')
    back.send('invite', { callsid: leg.sid, reconnect: 'not the token', sdp: offer, twilio: {} })
    expect(await back.take('hangup')).toMatchObject({ callsid: leg.sid, error: { code: 31107 } })
    back.send('invite', { callsid: leg.sid, reconnect: token, sdp: peer.pc.localDescription!.sdp, twilio: {} })
    expect(await back.take('answer')).toEqual({ callsid: leg.sid, reconnect: token })
    const before = peer.packets.length
    await vi.waitFor(() => expect(peer.packets.length).toBeGreaterThan(before + 10))
    expect(events).toEqual([])
    leg.end('hangup')
    expect(await back.take('hangup')).toEqual({ callsid: leg.sid })
  })

  test('after the grace, or longer if the Device asked for it, the call is lost', async () => {
    await start({ reconnectGraceMs: 100 })
    const [hasty, patient] = [await registerClient(server, 'ada'), await registerClient(server, 'kim', { reconnectTimeout: 5 })]
    const [one, two] = [await talking(hasty), await talking(patient)]
    hasty.ws.terminate()
    patient.ws.close(1001)
    await vi.waitFor(() => expect(one.events).toEqual([{ type: 'ended', why: 'lost' }]))
    expect(two.events).toEqual([])
    await vi.waitFor(() => expect(two.events).toEqual([{ type: 'ended', why: 'lost' }]), 3000)
    const back = await registerClient(server, 'ada')
    back.send('invite', { callsid: one.leg.sid, reconnect: one.token, sdp: one.offer, twilio: {} })
    expect(await back.take('hangup')).toMatchObject({ error: { code: 31107 } })
  })

  test('before the answer nobody could come back: lost at once', async () => {
    await start()
    const client = await registerClient(server, 'ada')
    const { leg } = keep(await placeCall(server, client))
    const events = watch(leg)
    client.ws.terminate()
    await vi.waitFor(() => expect(events).toEqual([{ type: 'ended', why: 'lost' }]))
  })

  test('with connectToken another page takes the call over on new media', async () => {
    await start()
    const client = await registerClient(server, 'ada')
    const { leg, peer, token } = await talking(client)
    await peer.close()
    client.ws.terminate()
    const other = await registerClient(server, 'ada')
    const fresh = newPeer()
    other.send('invite', { callsid: leg.sid, reconnect: token, sdp: await fresh.offer(), twilio: {} })
    await fresh.take((await other.take('answer')).sdp!)
    await fresh.connected()
    const ear = createEar((listener) => leg.audio.onVoice(listener))
    fresh.speak(VOICE)
    await vi.waitFor(() => expect(ear.level).toBeGreaterThan(0.1), 3000)
    await vi.waitFor(() => expect(fresh.packets.length).toBeGreaterThan(5))
  })

  test('with connectToken another Device takes what rings elsewhere', async () => {
    await start()
    const [one, two] = [await registerClient(server, 'ada'), await registerClient(server, 'kim')]
    const { sid, events } = await called('ada')
    const { reconnect } = await one.take('invite')
    const peer = newPeer()
    two.send('invite', { callsid: sid, reconnect, sdp: await peer.offer(), twilio: {} })
    await peer.take((await two.take('answer')).sdp!)
    await peer.connected()
    expect(await one.take('cancel')).toEqual({ callsid: sid })
    expect(events.at(-1)).toEqual({ type: 'answered' })
  })
})

describe('media goes away', () => {
  test('an ICE restart gets the earlier description, also when the offer was ours; unknown calls do not exist', async () => {
    await start()
    const client = await registerClient(server, 'ada')
    const { leg, sdp, token } = await talking(client)
    client.send('reinvite', { callsid: leg.sid, sdp: 'v=0' })
    expect(await client.take('answer')).toEqual({ callsid: leg.sid, reconnect: token, sdp })
    const incoming = await called('ada')
    const { invite } = await accept(client)
    await vi.waitFor(() => expect(incoming.events.at(-1)).toEqual({ type: 'answered' }))
    client.send('reinvite', { callsid: incoming.sid, sdp: 'v=0' })
    expect((await client.take('answer')).sdp).toBe(invite.sdp!.replace('a=setup:actpass', 'a=setup:passive'))
    client.send('reinvite', { callsid: 'CA1', sdp: 'v=0' })
    expect(await client.take('hangup')).toMatchObject({ callsid: 'CA1', error: { code: 31107 } })
  })

  test('somebody of whom nothing is heard any more is lost; a muted one is not', async () => {
    await start({ deadPeerMs: 2500 })
    const client = await registerClient(server, 'ada')
    const { peer, leg, events } = await talking(client)
    const stop = peer.speak(new Uint8Array(160).fill(0xff))
    await new Promise((done) => setTimeout(done, 4000))
    expect(events).toEqual([])
    stop()
    await vi.waitFor(() => expect(events).toEqual([{ type: 'ended', why: 'lost' }]), 3000)
    expect(await client.take('hangup')).toEqual({ callsid: leg.sid })
  })

  test('faults: the first packet late, packets lost and delayed', async () => {
    await start({ mediaLateMs: 2000, mediaLoss: 0.5, mediaDelayMs: 50 })
    const client = await registerClient(server, 'ada')
    const call = keep(await placeCall(server, client))
    const answered = call.leg.answer()
    await call.peer.take((await client.take('answer')).sdp!)
    await call.peer.connected()
    expect(call.peer.packets).toEqual([])
    await answered
    const heard: number[] = []
    call.leg.audio.onHeard(() => heard.push(1))
    await vi.waitFor(() => expect(heard.length).toBeGreaterThan(60), 4000)
    const share = call.peer.packets.length / heard.length
    expect(share).toBeGreaterThan(0.2)
    expect(share).toBeLessThan(0.8)
  })
})
