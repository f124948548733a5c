import twilio from 'twilio'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { proofOf } from '../../../relay/calls/proof.ts'
import type { Enrolled } from '../kit.ts'
import { pathIn as pathOf } from '../calls/bench.ts'
import { idOf, makeOffice, sidOf, type Office } from './kit.ts'

// What Twilio says, signed as it signs: a caller is missed, and called back.
const NUMBER = '+14155550101'
const CALLER = '+14155550102'
let office: Office
beforeEach(async () => {
  office = await makeOffice({}, [{ sid: `PN${'1'.repeat(32)}`, phoneNumber: NUMBER, name: 'Sales' }])
  await office.core.numberSync.refresh()
  await office.core.admin({ command: 'assign', number: NUMBER, users: ['Sam', 'Joe'] })
})
afterEach(() => office.close())

async function webhook(path: string, fields: Record<string, string>): Promise<string> {
  const { authToken, accountSid } = office.config.twilio
  const form = { AccountSid: accountSid, ApiVersion: '2010-04-01', ...fields }
  const signature = twilio.getExpectedTwilioSignature(authToken, office.config.serverUrl + path, form)
  const headers = { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': signature }
  const payload = new URLSearchParams(form).toString()
  const reply = await office.app.inject({ method: 'POST', url: path, headers, payload })
  expect([path, reply.statusCode]).toEqual([path, expect.toBeOneOf([200, 204])])
  return reply.body
}
const pathIn = (twiml: string, attribute: string) => pathOf(twiml, attribute)
const caller = (sid: string, CallStatus = 'ringing') => ({ CallSid: sid, CallStatus, Direction: 'inbound', From: CALLER, To: NUMBER })

/** Rings both desks until the caller is told to leave a message, and hangs up. Gives the call's id. */
async function miss(sid: string): Promise<string> {
  const twiml = await webhook('/api/twilio/twiml', caller(sid))
  const voicemail = await webhook(pathIn(twiml, 'action'), {
    ...caller(sid, 'in-progress'),
    DialCallStatus: 'no-answer',
    DialBridged: 'false',
  })
  expect(voicemail).toContain('<Record')
  await webhook('/api/twilio/status-callback', { ...caller(sid, 'completed'), CallDuration: '9' })
  return office.telephony.deps.calls.callOf(sid) ?? ''
}

/** Who calls the party, and whether it is answered. */
async function callBack(who: Enrolled, sid: string, isAnswered: boolean): Promise<string> {
  const { identity } = who.session.device
  const device = { CallSid: sid, Direction: 'inbound', From: `client:${identity}`, Caller: `client:${identity}`, To: CALLER }
  const proof = { LkProof: proofOf(office.config.secret, identity), ApplicationSid: office.config.twilio.twimlAppSid }
  const twiml = await webhook('/api/twilio/twiml', { ...device, ...proof, CallStatus: 'ringing', LkRecord: 'true' })
  const child = sid.replace('CA', 'CA9').slice(0, 34)
  const leg = { CallSid: child, ParentCallSid: sid, Direction: 'outbound-dial', From: NUMBER, To: CALLER }
  const end = isAnswered ? 'completed' : 'no-answer'
  for (const [n, CallStatus] of ['initiated', 'ringing', ...(isAnswered ? ['in-progress'] : []), end].entries())
    await webhook(pathIn(twiml, 'statusCallback'), {
      ...leg,
      CallStatus,
      SequenceNumber: String(n),
      CallbackSource: 'call-progress-events',
    })
  const dial = { DialCallStatus: end, DialCallSid: child, DialBridged: String(isAnswered) }
  await webhook(pathIn(twiml, 'action'), { ...device, CallStatus: 'completed', ...dial })
  await webhook('/api/twilio/status-callback', { ...device, CallStatus: 'completed', CallDuration: '3' })
  return office.telephony.deps.calls.callOf(sid) ?? ''
}

test('a missed caller stays in the inbox of all who were rung, until one of them reaches the caller', async () => {
  const missed = await miss(sidOf('CA', 1))
  expect(office.telephony.deps.calls.record(missed)).toMatchObject({ direction: 'incoming', outcome: 'missed' })
  await callBack(office.sam, sidOf('CA', 2), false)
  expect(office.kept('missed', missed)).toBeUndefined()
  office.time.movedMs += 5000
  const reached = await callBack(office.joe, sidOf('CA', 3), true)
  expect(office.telephony.deps.calls.record(reached)).toMatchObject({ outcome: 'answered', recordWanted: 'caller' })
  const closed = { recordId: missed, value: { how: 'called-back', byCallId: reached }, byUserId: idOf(office.joe) }
  expect(office.told(office.sam)).toEqual([expect.objectContaining(closed)])
  expect(office.told(office.joe)).toEqual([expect.objectContaining(closed)])
})

test('the same webhook twice closes once', async () => {
  const missed = await miss(sidOf('CA', 1))
  office.time.movedMs += 5000
  await callBack(office.sam, sidOf('CA', 2), true)
  await webhook('/api/twilio/status-callback', { ...caller(sidOf('CA', 1), 'completed'), CallDuration: '9' })
  expect(office.told(office.sam).map((one) => one.recordId)).toEqual([missed])
})
