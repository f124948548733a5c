import { afterEach, beforeEach, expect, test } from 'vitest'
import type { AuditReply } from '../../../contract/number-relay.ts'
import { makeRelay, type Enrolled, type TestRelay } from '../kit.ts'

const MAIN = '+14155550100'
let relay: TestRelay
let ada: Enrolled
let sam: Enrolled
beforeEach(async () => {
  relay = await makeRelay()
  ada = await relay.enrolled('Ada', 'manager')
  sam = await relay.enrolled('Sam', 'staff')
  await relay.core.writer.submit(() => relay.core.directory.putNumber({ phoneNumber: MAIN, sid: null, name: 'Main', isActive: true }))
})
afterEach(() => relay.close())

const trace = async () => (await relay.get('/api/audit', ada.headers)).json<AuditReply>().entries
const idOf = (who: Enrolled) => who.session.user.userId

test('what the operator changes is traced as the operator’s, once', async () => {
  for (let times = 0; times < 2; times++) {
    await relay.core.admin({ command: 'assign', number: MAIN, users: ['Sam'] })
    await relay.core.admin({ command: 'deactivate', name: 'Sam' })
    await relay.core.admin({ command: 'invite', name: 'Sam', role: 'manager' })
    await relay.core.admin({ command: 'revoke', device: sam.session.device.deviceId })
  }
  expect(await trace()).toMatchObject([
    { action: 'device.revoked', subject: sam.session.device.deviceId, after: { isRevoked: true, userId: idOf(sam), name: 'Laptop' } },
    { action: 'user.changed', subject: idOf(sam), before: { role: 'staff' }, after: { role: 'manager' } },
    { action: 'user.changed', subject: idOf(sam), before: { isActive: true }, after: { isActive: false } },
    { action: 'number.assigned', subject: MAIN, before: { userIds: [] }, after: { userIds: [idOf(sam)] } },
  ])
  expect(new Set((await trace()).map((line) => `${line.userId} ${line.userName}`))).toEqual(new Set(['operator operator']))
})

test('a number is not given to somebody who is switched off, in a sentence that says what to do', async () => {
  await relay.core.admin({ command: 'deactivate', name: 'Sam' })
  const assign = (...users: string[]) => relay.core.admin({ command: 'assign', number: MAIN, users })
  await expect(assign('Sam')).rejects.toThrow('Sam is not active; run activate first')
  await relay.core.admin({ command: 'activate', name: 'Sam' })
  await assign('Sam')
  await relay.core.admin({ command: 'deactivate', name: 'Sam' })
  await assign('Ada', 'Sam')
  expect(relay.core.directory.number(MAIN)?.userIds).toEqual([idOf(ada), idOf(sam)])
})

test('a manager who revokes a device is in the trace', async () => {
  const { deviceId } = sam.session.device
  for (let times = 0; times < 2; times++)
    expect((await relay.post(`/api/devices/${deviceId}/revoke`, {}, ada.headers)).statusCode).toBe(204)
  expect(await trace()).toMatchObject([{ action: 'device.revoked', subject: deviceId, userId: idOf(ada), userName: 'Ada' }])
})
