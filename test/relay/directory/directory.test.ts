import { afterEach, beforeEach, expect, test } from 'vitest'
import type { LogEvent } from '../../../contract/event.ts'
import { parseIdentity } from '../../../contract/sid.ts'
import type { StoredEvent } from '../../../relay/ports.ts'
import { makeRelay, type TestRelay } from '../kit.ts'

const main = { sid: `PN${'1'.repeat(32)}`, phoneNumber: '+14155550100', name: 'Main line' }
const support = { sid: `PN${'2'.repeat(32)}`, phoneNumber: '+14155550111', name: 'Support' }
let relay: TestRelay
const heard: StoredEvent[] = []
beforeEach(async () => {
  relay = await makeRelay({}, [main, support])
  for (const name of ['Ada', 'Sam', 'Kim']) await relay.core.admin({ command: 'invite', name, role: name === 'Ada' ? 'manager' : 'staff' })
  await relay.core.numberSync.refresh()
  heard.length = 0
  relay.core.events.subscribe((events) => heard.push(...events))
})
afterEach(() => relay.close())

const userId = (name: string) => relay.core.directory.userNamed(name)?.userId ?? ''
const assign = (number: string, ...users: string[]) => relay.core.admin({ command: 'assign', number, users })
const told = () =>
  heard.map(({ type, payload, audience }) => ({ type, payload, to: audience.kind === 'users' ? audience.userIds : audience.kind }))

test('assignment tells who gains and who loses it, in order', async () => {
  await assign(main.phoneNumber, 'Sam', 'kim')
  heard.length = 0
  await assign(main.phoneNumber, 'Ada', 'Sam')
  const [ada, sam, kim] = [userId('Ada'), userId('Sam'), userId('Kim')]
  expect(relay.core.directory.number(main.phoneNumber)?.userIds).toEqual([ada, sam])
  const [changed, ...access] = told()
  expect(changed).toMatchObject({ type: 'number.changed', payload: { userIds: [ada, sam] } })
  expect(new Set(changed?.to)).toEqual(new Set([ada, sam, kim]))
  expect(new Set(access.flatMap((event) => event.to))).toEqual(new Set([ada, kim]))
  expect(access.every((event) => event.type === 'access.changed')).toBe(true)
})

test('the same again changes and tells nothing', async () => {
  await assign(main.phoneNumber, 'Sam')
  heard.length = 0
  await assign(main.phoneNumber, 'Sam')
  await relay.core.numberSync.refresh()
  await relay.core.admin({ command: 'invite', name: 'SAM', role: 'staff' })
  expect(told()).toEqual([])
  expect(relay.core.directory.users()).toHaveLength(3)
})

test('an unknown name or number is refused in a sentence, and nothing is half done', async () => {
  await expect(assign(main.phoneNumber, 'Sam', 'Nobody')).rejects.toThrow('no user named Nobody')
  await expect(assign('+14155559999', 'Sam')).rejects.toThrow('not a number of this workspace')
  expect(relay.core.directory.number(main.phoneNumber)?.userIds).toEqual([])
})

test('the default caller ID is the number where the user comes first; inactive ones are none', async () => {
  await assign(support.phoneNumber, 'Sam')
  await assign(main.phoneNumber, 'Kim', 'Sam')
  const { directory, numberSync } = relay.core
  expect(directory.callerIdsOf(userId('Sam')).map((number) => number.name)).toEqual(['Support', 'Main line'])
  relay.memory.numbers.splice(1, 1)
  await numberSync.refresh()
  expect(directory.callerIdsOf(userId('Sam')).map((number) => number.name)).toEqual(['Main line'])
  expect(directory.number(support.phoneNumber)).toMatchObject({ isActive: false, userIds: [userId('Sam')] })
})

test('a number missing from a list stays active while Twilio still knows it', async () => {
  const { twilio } = relay.memory
  const whole = twilio.list.bind(twilio)
  twilio.list = async () => (await whole()).slice(0, 1)
  await relay.core.numberSync.refresh()
  expect(relay.core.directory.number(support.phoneNumber)?.isActive).toBe(true)
  twilio.list = () => Promise.reject(new Error('429'))
  await expect(relay.core.numberSync.refresh()).rejects.toThrow('429')
  expect(relay.core.directory.number(main.phoneNumber)?.isActive).toBe(true)
})

test('setup lists the numbers and points them and the TwiML app at this relay', async () => {
  expect(await relay.core.admin({ command: 'setup' })).toEqual({ numbers: [main.phoneNumber, support.phoneNumber] })
  const voiceUrl = 'https://relay.example/api/twilio/twiml#ct=1500&rt=3000&tt=6000&rc=1&rp=ct,rt,5xx'
  expect(relay.memory.configured).toEqual([`app ${voiceUrl}`, `${main.sid} ${voiceUrl}`, `${support.sid} ${voiceUrl}`])
})

test('ids of users and devices make an identity that can be taken apart again', async () => {
  const { session } = await relay.enrolled('Sam', 'staff')
  expect(parseIdentity(session.device.identity)).toEqual({ userId: session.user.userId, deviceId: session.device.deviceId })
})

test('a call for an unknown number makes the relay list again', async () => {
  relay.memory.numbers.push({ ...main, sid: `PN${'3'.repeat(32)}`, phoneNumber: '+14155550122', name: 'New' })
  const fact = { subject: 'call', field: 'emptyReason', value: 'number-unknown', source: 'relay', at: '2026-01-01T00:00:00Z' } as const
  const event: LogEvent = { type: 'call.facts', payload: { callId: 'c1', facts: [fact] } }
  await relay.core.writer.submit(() => relay.core.events.append(event, { kind: 'managers' }))
  await expect.poll(() => relay.core.directory.number('+14155550122')?.name).toBe('New')
})
