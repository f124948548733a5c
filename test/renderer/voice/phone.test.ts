import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { microphoneDenied, OURS, phoneKit, record, SID, type Options } from '../kit/phone-kit.ts'

beforeEach(() => vi.useFakeTimers({ now: Date.parse('2026-11-21T09:00:00Z') }))
afterEach(() => vi.useRealTimers())

async function turnedOn(options?: Options) {
  const kit = phoneKit(options)
  await kit.phone.turnOn()
  return kit
}
const after = (ms: number) => vi.advanceTimersByTimeAsync(ms)

describe('outgoing', () => {
  test('connects in the task of the click, with exactly the parameters the relay requires', async () => {
    const kit = await turnedOn()
    kit.phone.connect('+15005550102', OURS)
    expect(kit.device().connects.map((one) => one.params)).toEqual([
      { To: '+15005550102', LkCallerId: OURS, LkCall: '0190a0c0-0000-7000-8000-000000000001', LkRecord: 'false' },
    ])
    expect(kit.phone.view().call).toMatchObject({ state: 'connecting', party: { kind: 'number', number: '+15005550102' }, ourNumber: OURS })
    expect(kit.fact('direction')).toBe('outgoing')
    expect(kit.fact('to')).toBe('+15005550102')
  })

  test('from ring to end: state, time, and what is reported of our leg', async () => {
    const kit = await turnedOn()
    const call = await kit.dial()
    call.ring()
    expect(kit.phone.view().call?.state).toBe('ringing')
    call.open()
    expect(kit.phone.view().call).toMatchObject({ state: 'in-call', answeredAt: Date.now() })
    await after(5000)
    call.end()
    expect(kit.phone.view().call).toMatchObject({ state: 'ended', endedAt: Date.now() })
    expect(
      kit.observed
        .flatMap((one) => one.facts)
        .filter((fact) => fact.subject === `leg:${SID}` && fact.field === 'status')
        .map((fact) => fact.value),
    ).toEqual(['ringing', 'in-progress', 'completed'])
    expect(kit.fact('endedBy')).toBe('them')
    await after(3000)
    expect(kit.phone.view().call).toBeNull()
  })

  test('no second call while one is in hand or rings (R25)', async () => {
    const kit = await turnedOn()
    await kit.dial()
    kit.phone.connect('+15005550103', OURS)
    expect(kit.device().connects).toHaveLength(1)
    expect(kit.phone.view().problem?.code).toBe('call-in-progress')
    const ringing = await turnedOn()
    ringing.ring()
    ringing.phone.connect('+15005550103', OURS)
    expect(ringing.device().connects).toHaveLength(0)
  })

  test('a call that rings while the browser asks for the microphone comes first (R25)', async () => {
    const kit = await turnedOn({ microphone: 'prompt' })
    kit.phone.connect('+15005550102', OURS)
    kit.ring()
    await after(0)
    expect(kit.device().connects).toEqual([])
    expect(kit.phone.view()).toMatchObject({
      call: { state: 'failed', failure: 'call-in-progress' },
      incoming: { callId: 'call-1', isAnswerBlocked: false },
    })
  })

  test('a denied microphone ends it before Twilio knows, with the reason', async () => {
    const kit = await turnedOn({ microphone: 'denied', microphoneProblem: microphoneDenied })
    kit.phone.connect('+15005550102', OURS)
    await after(0)
    expect(kit.device().connects).toHaveLength(0)
    expect(kit.phone.view().call).toMatchObject({ state: 'failed', failure: 'microphone-denied' })
    expect(kit.fact('failure')).toBe('microphone-denied')
  })

  test('Twilio silent for 15 s: failed, and the SDK is told to give up', async () => {
    const kit = await turnedOn()
    const call = await kit.dial()
    await after(15_000)
    expect(kit.phone.view().call).toMatchObject({ state: 'failed', note: 'no-signal' })
    expect(call.did).toContain('disconnect')
    expect(kit.fact('failure')).toBe('offline')
  })

  test('hung up before the SDK has a call: it is ended as soon as there is one', async () => {
    const kit = await turnedOn()
    kit.phone.connect('+15005550102', OURS)
    kit.phone.hangUp()
    await after(0)
    expect(kit.device().connects[0]?.call.did).toEqual(['disconnect'])
  })

  test('ended unanswered and without a code: the relay says that it was busy', async () => {
    const kit = await turnedOn()
    const call = await kit.dial()
    call.ring()
    call.end()
    const callId = kit.phone.view().call!.callId
    await after(300)
    kit.tell(record({ callId, direction: 'outgoing', outcome: 'not-reached', reason: 'canceled' })) // not decided yet
    await after(0)
    expect(kit.phone.view().call?.state).toBe('ended')
    kit.tell(record({ callId, direction: 'outgoing', outcome: 'not-reached', reason: 'busy' }))
    await after(0)
    expect(kit.phone.view().call?.state).toBe('busy')
  })

  test('…and without the relay it is No answer after two seconds', async () => {
    const kit = await turnedOn()
    const call = await kit.dial()
    call.ring()
    call.end()
    await after(1999)
    expect(kit.phone.view().call?.state).toBe('ended')
    await after(1)
    expect(kit.phone.view().call?.state).toBe('no-answer')
  })

  test('digits go at once, pauses are ours, and nothing is sent after the end', async () => {
    const kit = await turnedOn()
    const call = await kit.dial()
    call.open()
    kit.phone.sendDigits('159')
    expect(call.digits).toEqual(['159'])
    kit.phone.sendDigits('1w2') // while the first run still sounds: queued behind it
    expect(call.digits).toEqual(['159'])
    await after(5000)
    expect(call.digits).toEqual(['159', '1', '2'])
    kit.phone.sendDigits('w9')
    call.end()
    await after(5000)
    expect(call.digits).toEqual(['159', '1', '2'])
  })
})

describe('incoming', () => {
  test('rings by the SDK alone, keeps the id of ours, and is answered', async () => {
    const kit = await turnedOn()
    const call = kit.ring('call-7.leg-7')
    expect(kit.phone.view().incoming).toMatchObject({
      callId: 'call-7',
      state: 'incoming',
      party: { kind: 'number', number: '+14155552671' },
    })
    kit.phone.answer()
    expect(call.did).toEqual(['accept'])
    expect(kit.fact('clicked')).toBe('answer')
    call.open()
    expect(kit.phone.view()).toMatchObject({ incoming: null, call: { callId: 'call-7', state: 'in-call' } })
  })

  test('declined: rejected on this device, said so to the relay', async () => {
    const kit = await turnedOn()
    const call = kit.ring()
    kit.phone.decline()
    expect(call.did).toEqual(['reject'])
    expect(kit.fact('clicked')).toBe('decline')
    expect(kit.phone.view()).toMatchObject({ incoming: null, call: { state: 'declined' } })
  })

  test('withheld numbers are shown as such', async () => {
    const kit = await turnedOn()
    kit.ring('call-1.leg-1', '+266696687')
    expect(kit.phone.view().incoming?.party).toEqual({ kind: 'withheld' })
  })

  test('cancelled: two seconds for the relay to say why (R24)', async () => {
    const kit = await turnedOn()
    const call = kit.ring()
    call.emit('cancel')
    expect(kit.phone.view()).toMatchObject({ incoming: null, call: { state: 'ended', note: 'ended-elsewhere' } })
    await after(1500)
    const taken = {
      legId: 'leg-2',
      sid: 'CA2',
      parentSid: null,
      role: 'device' as const,
      userId: 'sam',
      deviceId: 'd2',
      to: null,
      status: 'in-progress' as const,
    }
    const rest = {
      ringAt: null,
      answerAt: null,
      endAt: null,
      durationSeconds: null,
      bridged: null,
      errorCode: null,
      price: null,
      priceUnit: null,
    }
    kit.tell(record({ legs: [{ ...taken, ...rest }] }))
    await after(0)
    expect(kit.phone.view().call?.note).toBe('answered-elsewhere')
  })

  test('cancelled and no word: not guessed', async () => {
    const kit = await turnedOn()
    kit.ring().emit('cancel')
    await after(2000)
    expect(kit.phone.view().call).toMatchObject({ state: 'ended', note: 'unknown-end' })
    await after(3001)
    expect(kit.phone.view().call).toBeNull()
  })

  test('the socket drops while it rings: the ring is dismissed, since the SDK has forgotten it', async () => {
    const kit = await turnedOn()
    kit.ring().emit('transportClose')
    expect(kit.phone.view()).toMatchObject({ incoming: null, call: { note: 'lost-while-ringing' } })
  })

  test('Answer waits while our own call negotiates, and a CallSid that was overwritten is put back', async () => {
    const kit = await turnedOn()
    const ours = await kit.dial()
    const theirs = kit.ring('call-9.leg-9', '+14155552671', 'CA00000000000000000000000000000009')
    expect(kit.phone.view().incoming?.isAnswerBlocked).toBe(true)
    kit.phone.answer()
    expect(theirs.did).toEqual([])
    theirs.parameters['CallSid'] = SID // what the SDK does on a `ringing` that is not for it
    ours.ring()
    expect(theirs.parameters['CallSid']).toBe('CA00000000000000000000000000000009')
    ours.open()
    expect(kit.phone.view().incoming?.isAnswerBlocked).toBe(false)
    kit.phone.answer()
    expect(ours.did).toContain('disconnect')
    expect(theirs.did).toEqual(['accept'])
  })

  test('signing out while it rings ends the ring: none is left when the next user signs in', async () => {
    const kit = await turnedOn()
    const call = kit.ring()
    await kit.phone.turnOff()
    expect(call.did).toEqual(['reject'])
    expect(kit.fact('clicked')).toBeUndefined()
    await kit.phone.turnOn()
    expect(kit.phone.view()).toMatchObject({ power: 'on', incoming: null, call: null })
  })

  test('the instant of the last ring is kept: it proves that calls reach this computer (R27)', async () => {
    const kit = await turnedOn()
    expect(kit.phone.view().lastRang).toBeNull()
    const rangAt = Date.now()
    kit.ring().emit('cancel')
    await after(60_000)
    expect(kit.phone.view().lastRang).toEqual({ callId: 'call-1', at: rangAt })
  })

  test('what the relay announces after the invite fills the card in place (R23)', async () => {
    const kit = await turnedOn()
    kit.ring('call-3.leg-3')
    expect(kit.phone.view().incoming?.ourNumber).toBeNull()
    kit.phone.offered({ callId: 'call-3', party: { kind: 'withheld' }, ourNumber: OURS })
    expect(kit.phone.view().incoming).toMatchObject({ callId: 'call-3', party: { kind: 'withheld' }, ourNumber: OURS })
    kit.phone.offered({ callId: 'another', party: { kind: 'withheld' }, ourNumber: '+14155550111' })
    expect(kit.phone.view().incoming?.ourNumber).toBe(OURS)
  })

  test('answering needs the microphone: without it the call goes on ringing', async () => {
    const kit = await turnedOn({ microphone: 'denied', microphoneProblem: microphoneDenied })
    const call = kit.ring()
    kit.phone.answer()
    await after(0)
    expect(call.did).toEqual([])
    expect(kit.phone.view()).toMatchObject({ incoming: { state: 'incoming' }, problem: { code: 'microphone-denied' } })
  })
})

describe('sound', () => {
  test('is let begin for the Device of the gesture, again when one answers, and for a Device made anew', async () => {
    const kit = await turnedOn()
    expect(kit.resumedFor).toEqual([1])
    kit.ring()
    kit.phone.answer()
    expect(kit.resumedFor).toEqual([1, 1])
    kit.device().emit('destroyed')
    kit.phone.hangUp()
    await after(2000)
    expect(kit.resumedFor).toEqual([1, 1, 2])
  })
})

describe('the connection', () => {
  test('repeated reconnecting is one state, and the call goes on', async () => {
    const kit = await turnedOn()
    const call = await kit.dial()
    call.open()
    for (let attempt = 0; attempt < 6; attempt++) {
      call.emit('transportClose')
      call.emit('reconnecting', { code: 53_001 })
    }
    expect(kit.phone.view().call?.state).toBe('reconnecting')
    call.emit('reconnected')
    expect(kit.phone.view().call?.state).toBe('in-call')
  })

  test('a reconnect that never comes ends the call after 45 s', async () => {
    const kit = await turnedOn()
    const call = await kit.dial()
    call.open()
    call.current = 'reconnecting'
    call.emit('reconnecting', { code: 53_001 })
    await after(45_000)
    expect(kit.phone.view().call?.state).toBe('ended')
    expect(call.did).toContain('disconnect')
  })

  test('a zombie: closed without a word; the call ends and the Device is made anew', async () => {
    const kit = await turnedOn()
    const call = await kit.dial()
    call.open()
    call.current = 'closed'
    await after(1000)
    expect(kit.phone.view().call).toMatchObject({ state: 'ended', note: 'connection-lost' })
    await after(10)
    expect(kit.devices).toHaveLength(2)
    expect(kit.devices[0]?.isDestroyed).toBe(true)
    expect(kit.phone.view().registered).toBe(true)
  })

  test('register() hangs: after 10 s it is said, and tried anew', async () => {
    let tries = 0
    const kit = phoneKit({ onRegister: (device) => (++tries === 1 ? new Promise(() => undefined) : device.succeed()) })
    void kit.phone.turnOn()
    await after(10_000)
    expect(kit.phone.view().problem?.code).toBe('not-registered')
    await after(2000)
    expect(kit.devices).toHaveLength(2)
    expect(kit.phone.view()).toMatchObject({ registered: true, problem: null })
  })

  test('unregistered for 15 s: made anew, but never during a call', async () => {
    const kit = await turnedOn()
    const call = await kit.dial()
    call.open()
    kit.device().emit('unregistered')
    expect(kit.phone.view().registered).toBe(false)
    await after(30_000)
    expect(kit.devices).toHaveLength(1)
    call.end()
    await after(2000)
    expect(kit.devices).toHaveLength(2)
  })

  test('an expired token: the next Device gets a fresh one', async () => {
    const kit = await turnedOn()
    kit.device().emit('error', { code: 20_104 })
    kit.device().emit('unregistered')
    await after(3000)
    expect(kit.devices).toHaveLength(2)
    expect(kit.asked.at(-1)).toBe(true)
  })

  test('what main is told: registered and microphone, whenever they change', async () => {
    const kit = await turnedOn()
    kit.device().emit('unregistered')
    expect(kit.reports).toContainEqual({ registered: true, microphone: 'granted' })
    expect(kit.reports.at(-1)).toEqual({ registered: false, microphone: 'granted' })
  })
})

describe('the token (R26)', () => {
  test('renewed at 75 % of its life', async () => {
    const kit = await turnedOn({ lifeSeconds: 3600 })
    await after(2699_000)
    expect(kit.asked).toEqual([false])
    await after(1000)
    expect(kit.asked).toEqual([false, true])
    expect(kit.device().tokens).toHaveLength(2)
  })

  test('while talking: at five minutes before its end, then again', async () => {
    const kit = await turnedOn({ lifeSeconds: 3600 })
    const call = await kit.dial()
    call.open()
    await after(3299_000)
    expect(kit.asked).toEqual([false])
    await after(1000)
    expect(kit.asked).toEqual([false, true])
    await after(3300_000)
    expect(kit.asked).toEqual([false, true, true])
  })

  test('a token of 12 s is renewed in time within a call', async () => {
    const kit = await turnedOn({ lifeSeconds: 12 })
    const call = await kit.dial()
    call.open()
    await after(24_000)
    expect(kit.asked.filter(Boolean).length).toBeGreaterThanOrEqual(2)
  })

  test('a renewal that fails is tried again', async () => {
    const kit = await turnedOn({ lifeSeconds: 3600 })
    kit.loseTokens(true)
    await after(2700_000)
    expect(kit.device().tokens).toHaveLength(1)
    kit.loseTokens(false)
    await after(60_000)
    expect(kit.device().tokens).toHaveLength(2)
  })
})

describe('one phone per profile', () => {
  test('a window without the phone says nothing of it: main would take its word for the owner’s', async () => {
    const kit = await turnedOn({ lockIsFree: false })
    kit.changeMicrophone('granted')
    kit.phone.reportAgain()
    expect(kit.reports).toEqual([])
    kit.lock().onGained()
    await after(0)
    expect(kit.reports.at(-1)).toEqual({ registered: true, microphone: 'granted' })
    kit.lock().onAsked()
    expect(kit.reports.at(-1)).toEqual({ registered: false, microphone: 'granted' })
    const count = kit.reports.length
    kit.changeMicrophone('denied')
    kit.phone.reportAgain()
    expect(kit.reports).toHaveLength(count)
  })

  test('a window that nobody turned calls on in says nothing either', () => {
    const kit = phoneKit()
    kit.changeMicrophone('granted')
    kit.phone.reportAgain()
    expect(kit.reports).toEqual([])
  })

  test('the owner says it again when main has lost it', async () => {
    const kit = await turnedOn()
    const count = kit.reports.length
    kit.phone.reportAgain()
    expect(kit.reports.slice(count)).toEqual([{ registered: true, microphone: 'granted' }])
  })

  test('turned off before the lock was granted: it is let go, and no Device is made', async () => {
    const kit = phoneKit()
    const turningOn = kit.phone.turnOn()
    await kit.phone.turnOff()
    await turningOn
    expect(kit.devices).toHaveLength(0)
    expect(kit.phone.view().power).toBe('waiting')
  })
  test('another window has it: no Device here until it is gained', async () => {
    const kit = await turnedOn({ lockIsFree: false })
    expect(kit.phone.view().power).toBe('elsewhere')
    expect(kit.devices).toHaveLength(0)
    kit.lock().onGained()
    await after(0)
    expect(kit.phone.view()).toMatchObject({ power: 'on', registered: true })
  })

  test('it is given up when asked, but not during a call', async () => {
    const kit = await turnedOn()
    const call = await kit.dial()
    call.open()
    expect(kit.lock().onAsked()).toBe(false)
    call.end()
    expect(kit.lock().onAsked()).toBe(true)
    expect(kit.phone.view().power).toBe('elsewhere')
    expect(kit.device().isDestroyed).toBe(true)
  })
})
