import twilio from 'twilio'
import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest'
import type { SessionView } from '../../contract/desktop.ts'
import { eventually, history } from './kit/eventually.ts'
import { MAIN_LINE, SUPPORT, startStack, type Desktop, type Stack } from './kit/stack.ts'

// The desktop's own link against the relay's own hub, as processes, without a page.
let stack: Stack
let ada: Desktop
let sam: Desktop
let kim: Desktop
beforeAll(async () => {
  stack = await startStack()
  const start = async (name: string, role: 'staff' | 'manager') => stack.desktop({ invite: await stack.invite(name, role) })
  ;[ada, sam, kim] = await Promise.all([start('Ada', 'manager'), start('Sam', 'staff'), start('Kim', 'manager')])
  await stack.assign(MAIN_LINE, 'Ada')
  await stack.assign(SUPPORT, 'Sam')
}, 60_000)
afterAll(() => stack?.close())
const onFailure = () => onTestFailed(() => console.error(stack.logs()))

async function webhook(name: string, fields: Record<string, string>): Promise<void> {
  const url = `${stack.relayUrl}/api/twilio/${name}`
  const headers = { 'x-twilio-signature': twilio.getExpectedTwilioSignature(stack.sandbox.authToken, url, fields) }
  const reply = await fetch(url, { method: 'POST', headers, body: new URLSearchParams(fields) })
  expect(reply.ok).toBe(true)
}

let count = 0
/** Somebody calls a number and gives up. Resolves with the call's SID. */
async function callTo(number: string): Promise<string> {
  const CallSid = `CA${String(++count).padStart(32, '0')}`
  const party = { AccountSid: stack.sandbox.accountSid, CallSid, From: '+14155552671', To: number, Direction: 'inbound' }
  await webhook('twiml', { ...party, CallStatus: 'ringing' })
  await webhook('status-callback', { ...party, CallStatus: 'no-answer', CallDuration: '0' })
  return CallSid
}

const sidsOf = async (desktop: Desktop) =>
  (await history(desktop)).flatMap((call) => call.legs.filter((leg) => leg.sid).map((leg) => leg.sid))
const snapshots = (desktop: Desktop) => desktop.log().split('taking a snapshot').length - 1
const session = (desktop: Desktop) => desktop.request<SessionView>('session.get')
const isOnline = (desktop: Desktop) =>
  eventually(async () => expect(await desktop.request('app.status')).toMatchObject({ relay: 'online' }))

test('a relay whose backup was put back: the desktop takes a snapshot, and has the same calls', async () => {
  onFailure()
  const sid = await callTo(SUPPORT)
  await eventually(async () => expect(await sidsOf(sam)).toEqual([sid]))
  const before = await history(sam)
  const taken = snapshots(sam)
  await stack.relayCommand('restored')
  await stack.outage(0)
  await eventually(() => expect(snapshots(sam)).toBe(taken + 1))
  await isOnline(sam)
  expect(await history(sam)).toEqual(before)
  const next = await callTo(SUPPORT)
  await eventually(async () => expect(new Set(await sidsOf(sam))).toEqual(new Set([sid, next])))
})

test('whose role changes takes a snapshot, and keeps nothing it may not see', async () => {
  onFailure()
  const [own, foreign] = [await callTo(MAIN_LINE), await callTo(SUPPORT)]
  await eventually(async () => expect(await sidsOf(kim)).toEqual(expect.arrayContaining([own, foreign])))
  await stack.invite('Kim', 'staff')
  await eventually(async () => expect(await sidsOf(kim)).toEqual([]))
  expect(await session(kim)).toMatchObject({ state: 'signed-in' })
  expect(await sidsOf(ada)).toEqual(expect.arrayContaining([own, foreign]))
})

test('whose numbers change takes a snapshot, and hears of the new number’s calls', async () => {
  onFailure()
  const taken = snapshots(kim)
  await stack.assign(SUPPORT, 'Sam', 'Kim')
  await eventually(() => expect(snapshots(kim)).toBe(taken + 1))
  await isOnline(kim)
  const sid = await callTo(SUPPORT)
  await eventually(async () => expect(await sidsOf(kim)).toEqual([sid]))
})

test('a revoked device is signed out within a second, and says why', async () => {
  onFailure()
  await isOnline(sam)
  const { deviceId } = await session(sam)
  await stack.relayCommand('revoke', '--device', deviceId ?? '')
  await eventually(async () => expect(await session(sam)).toMatchObject({ state: 'signed-out', endedBy: 'session-revoked' }), 1000)
  expect(await session(ada)).toMatchObject({ state: 'signed-in' })
})

test('so is every device of a user who is deactivated', async () => {
  onFailure()
  await isOnline(kim)
  await stack.relayCommand('deactivate', '--name', 'Kim')
  await eventually(async () => expect(await session(kim)).toMatchObject({ state: 'signed-out', endedBy: 'session-revoked' }), 1000)
})
