import { afterAll, expect, test } from 'vitest'
import { makeRelay } from './kit.ts'

const relay = await makeRelay()
afterAll(() => relay.close())

test('an unknown invite code is refused with a failure', async () => {
  const reply = await relay.enroll('abcd-efgh-0000-0000')
  expect(reply.statusCode).toBe(403)
  expect(reply.json()).toMatchObject({ code: 'invite-unknown', retry: 'never' })
})

test('a field the contract does not know is refused, not dropped; a number is not turned into text', async () => {
  const body = { code: 'abcd-efgh', deviceName: 'Laptop', publicKey: 'a'.repeat(60) }
  expect((await relay.post('/api/auth/enroll', { ...body, role: 'manager' })).json()).toMatchObject({ code: 'bad-request' })
  expect((await relay.post('/api/auth/enroll', { ...body, code: 12_345_678 })).statusCode).toBe(400)
})
