import { generateKeyPairSync } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Session } from '../../../contract/relay.ts'
import { makeRelay, publicKeyOf, type TestRelay } from '../kit.ts'

let relay: TestRelay
beforeEach(async () => void (relay = await makeRelay()))
afterEach(() => relay.close())

const DAY = 24 * 3_600_000
const invite = async (name = 'Ada', role = 'staff') =>
  (await relay.core.admin({ command: 'invite', name, role })) as { code: string; userId: string }
const tokens = () => relay.core.db.prepare<[], { n: number }>('SELECT count(*) AS n FROM refresh_tokens').get()?.n
const users = (headers: object) => relay.get('/api/users', headers)

test('an invite becomes a session of this user, on a device with an identity of its own', async () => {
  const { code, userId } = await invite()
  const reply = await relay.enroll(code)
  expect(reply.statusCode).toBe(200)
  const session = reply.json<Session>()
  expect(session.user).toEqual({ userId, name: 'Ada', role: 'staff' })
  expect(session.device.identity).toBe(`u${userId}_d${session.device.deviceId}`)
  expect(session.device.identity).toMatch(/^[A-Za-z0-9_]{1,121}$/)
  expect(session.workspace).toMatchObject({ name: 'Workspace', isSandbox: true })
  expect(session.voice).toEqual({ signalingUrl: 'ws://127.0.0.1:9/signal', soundsUrl: 'http://127.0.0.1:9/sounds' })
  expect((await users({ authorization: `Bearer ${session.token}` })).statusCode).toBe(200)
})

test('a code may be typed in small letters and without dashes; it works once, and only for a while', async () => {
  const { code } = await invite()
  expect((await relay.enroll(code.toLowerCase().replaceAll('-', ' '))).statusCode).toBe(200)
  expect((await relay.enroll(code)).json()).toMatchObject({ code: 'invite-used' })
  const late = await invite('Sam')
  relay.time.movedMs += 7 * DAY + 1000
  expect((await relay.enroll(late.code)).json()).toMatchObject({ code: 'invite-expired' })
})

test('an enrollment whose answer was lost may be repeated with the same key, until it is used', async () => {
  const { code } = await invite()
  const key = generateKeyPairSync('ed25519')
  const lost = (await relay.enroll(code, key)).json<Session>()
  const again = (await relay.enroll(code, key)).json<Session>()
  expect(again.device).toEqual(lost.device)
  expect(again.refreshToken).toBe(lost.refreshToken)
  expect((await relay.refresh({ session: again, key: key.privateKey })).statusCode).toBe(200)
  expect((await relay.enroll(code, key)).json()).toMatchObject({ code: 'invite-used' })
})

test('a key that is not Ed25519 is refused and uses nothing up', async () => {
  const { code } = await invite()
  const rsa = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const body = { code, deviceName: 'Laptop', publicKey: publicKeyOf(rsa.publicKey) }
  expect((await relay.post('/api/auth/enroll', body)).json()).toMatchObject({ code: 'bad-request' })
  expect((await relay.enroll(code)).statusCode).toBe(200)
})

test('ten lost answers in a row leave the user signed in, and the old token ends with the first use of the new one', async () => {
  const ada = await relay.enrolled('Ada', 'staff')
  const answers = []
  for (let lost = 0; lost < 10; lost++) answers.push((await relay.refresh(ada)).json<Session>().refreshToken)
  expect(new Set(answers).size).toBe(1)
  expect(tokens()).toBe(2)
  const next = await relay.refresh(ada, answers[0])
  expect(next.statusCode).toBe(200)
  expect((await relay.refresh(ada, next.json<Session>().refreshToken)).statusCode).toBe(200)
})

test('an old token used after the new one ends the family: the device is revoked, a manager is told', async () => {
  const ada = await relay.enrolled('Ada', 'staff')
  const next = (await relay.refresh(ada)).json<Session>()
  const last = (await relay.refresh(ada, next.refreshToken)).json<Session>()
  expect((await relay.refresh(ada)).json()).toMatchObject({ code: 'session-revoked' })
  expect((await relay.refresh(ada, last.refreshToken)).json()).toMatchObject({ code: 'session-revoked' })
  expect((await users({ authorization: `Bearer ${last.token}` })).json()).toMatchObject({ code: 'session-revoked' })
  const told = relay.core.events.after(0, { userId: 'm', role: 'manager' }, 100)
  expect(told.map((event) => event.type)).toContain('security.rejected')
  const seen = relay.core.events.after(0, { userId: ada.session.user.userId, role: 'staff' }, 100)
  expect(seen.map((event) => event.type)).not.toContain('security.rejected')
})

test('a lost answer may be repeated for a day, not longer', async () => {
  const ada = await relay.enrolled('Ada', 'staff')
  await relay.refresh(ada)
  relay.time.movedMs += DAY - 1000
  expect((await relay.refresh(ada)).statusCode).toBe(200)
  relay.time.movedMs += 2000
  expect((await relay.refresh(ada)).json()).toMatchObject({ code: 'session-revoked' })
})

test('a stolen refresh token is nothing without the device key, and harms nobody', async () => {
  const ada = await relay.enrolled('Ada', 'staff')
  const thief = { session: ada.session, key: generateKeyPairSync('ed25519').privateKey }
  expect((await relay.refresh(thief)).statusCode).toBe(401)
  const sam = await relay.enrolled('Sam', 'staff')
  expect((await relay.refresh(sam, ada.session.refreshToken)).statusCode).toBe(401)
  expect((await relay.refresh(ada)).statusCode).toBe(200)
})

test('a signature is for its own time: five minutes and a bit are too much', async () => {
  const ada = await relay.enrolled('Ada', 'staff')
  const clockNow = relay.clock.now()
  const late = { ...relay.clock, now: () => new Date(clockNow.getTime() - 301_000) }
  expect((await relay.refresh(ada, undefined, late)).statusCode).toBe(401)
  expect((await relay.refresh(ada)).statusCode).toBe(200)
})

test('session tokens run out, are bound to their secret, and a role changes at once', async () => {
  const ada = await relay.enrolled('Ada', 'manager')
  const [head, , tail] = ada.session.token.split('.')
  const claims = Buffer.from(JSON.stringify({ sub: ada.session.user.userId, device: ada.session.device.deviceId, exp: 9e9 })).toString(
    'base64url',
  )
  const none = Buffer.from('{"alg":"none"}').toString('base64url')
  for (const forged of [`${head}.${claims}.${tail}`, `${none}.${claims}.`, 'x'.repeat(3000)])
    expect((await users({ authorization: `Bearer ${forged}` })).json()).toMatchObject({ code: 'unauthorized' })
  await relay.core.admin({ command: 'invite', name: 'ada', role: 'staff' })
  expect((await relay.post(`/api/devices/${ada.session.device.deviceId}/revoke`, {}, ada.headers)).statusCode).toBe(403)
  relay.time.movedMs += 15 * 60_000 + 1000
  expect((await users(ada.headers)).json()).toMatchObject({ code: 'session-expired', retry: 'now' })
})

test('logging out ends the device', async () => {
  const ada = await relay.enrolled('Ada', 'staff')
  expect((await relay.post('/api/auth/logout', {}, ada.headers)).statusCode).toBe(204)
  expect((await users(ada.headers)).json()).toMatchObject({ code: 'session-revoked' })
  expect((await relay.refresh(ada)).json()).toMatchObject({ code: 'session-revoked' })
  expect(relay.core.directory.devicesOf(ada.session.user.userId)).toEqual([])
})

test('no secret is in the database file or the log', async () => {
  const { code } = await invite()
  const key = generateKeyPairSync('ed25519')
  const session = (await relay.enroll(code, key)).json<Session>()
  await relay.refresh({ session, key: key.privateKey })
  await relay.enroll('AAAA-BBBB-CCCC-DDDD')
  const dump = ['invites', 'refresh_tokens', 'devices', 'meta', 'events'].map((table) =>
    relay.core.db.prepare(`SELECT * FROM ${table}`).all(),
  )
  const seen = JSON.stringify([dump, relay.lines])
  for (const secret of [code, code.replaceAll('-', ''), session.refreshToken, session.token, 'BBBB']) expect(seen).not.toContain(secret)
})

test('too many enrollments from one address are held back', async () => {
  await relay.close()
  relay = await makeRelay({ RELAY_ENROLL_PER_MINUTE: '3' })
  const replies = []
  for (let tries = 0; tries < 5; tries++) replies.push((await relay.enroll('AAAA-BBBB-CCCC-DDDD')).statusCode)
  expect(replies).toEqual([403, 403, 403, 429, 429])
})
