import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { NumberChangesReply } from '../../../contract/number-relay.ts'
import { makeRelay, type Enrolled, type TestRelay } from '../kit.ts'

const MAIN = '+14155550100'
const SUPPORT = '+14155550111'
const sidOf = (digit: string) => `PN${digit.repeat(32)}`
let relay: TestRelay
let ada: Enrolled
beforeEach(async () => {
  relay = await makeRelay({}, [
    { sid: sidOf('1'), phoneNumber: MAIN, name: 'Main' },
    { sid: sidOf('2'), phoneNumber: SUPPORT, name: 'Support' },
  ])
  ada = await relay.enrolled('Ada', 'manager')
  await relay.core.numberSync.refresh()
})
afterEach(() => relay.close())

async function told(action: string, ...phoneNumbers: string[]) {
  const changes = phoneNumbers.map((phoneNumber) => ({ phoneNumber, action, hasLeft: true }))
  return (await relay.post('/api/numbers/changes', { changes }, ada.headers)).json<NumberChangesReply>().results
}
const leave = (sid: string) => relay.memory.numbers.splice(0, 2, ...relay.memory.numbers.filter((number) => number.sid !== sid))
const number = (phoneNumber = MAIN) => relay.core.directory.number(phoneNumber)

describe.each(['number.removed', 'number.released'])('%s', (action) => {
  test('is refused while Twilio has the number: the desktop may have asked another account', async () => {
    const before = number()
    expect(await told(action, MAIN)).toEqual([{ phoneNumber: MAIN, status: 'refused', code: 'conflict' }])
    expect(number()).toEqual(before)
  })

  test('is believed when Twilio answers 404, each number by itself', async () => {
    leave(sidOf('1'))
    expect(await told(action, MAIN, SUPPORT)).toEqual([
      { phoneNumber: MAIN, status: 'applied' },
      { phoneNumber: SUPPORT, status: 'refused', code: 'conflict' },
    ])
    expect(number()?.details.leftAt).toMatch(/^\d{4}-/)
    expect(number(SUPPORT)?.details.leftAt).toBeNull()
    relay.memory.twilio.exists = () => Promise.reject(new Error('nobody has to be asked twice'))
    expect(await told(action, MAIN)).toEqual([{ phoneNumber: MAIN, status: 'applied' }])
  })

  test.each([
    ['is not reached', new Error('ECONNREFUSED'), 'twilio-unreachable'],
    ['is busy', Object.assign(new Error('busy'), { status: 429, code: 20429 }), 'twilio-busy'],
    ['breaks', Object.assign(new Error('broken'), { status: 503 }), 'twilio-failed'],
  ])('waits while Twilio %s', async (_how, error, code) => {
    leave(sidOf('1'))
    relay.memory.twilio.exists = () => Promise.reject(error)
    expect(await told(action, MAIN)).toEqual([{ phoneNumber: MAIN, status: 'refused', code }])
    expect(number()?.details.leftAt).toBeNull()
  })

  test('of a number that came back with another SID while Twilio was asked is refused', async () => {
    leave(sidOf('1'))
    relay.memory.twilio.exists = async () => {
      const again = { phoneNumber: MAIN, action: 'number.returned' as const, sid: sidOf('9') }
      await relay.core.writer.submit(() => relay.core.changeNumber(again, { userId: ada.session.user.userId }))
      return false
    }
    expect(await told(action, MAIN)).toEqual([{ phoneNumber: MAIN, status: 'refused', code: 'conflict' }])
    expect(number()).toMatchObject({ sid: sidOf('9'), details: { leftAt: null } })
  })
})

test('the writer is free while Twilio is asked, and a Twilio that never answers is given up', { timeout: 60_000 }, async () => {
  relay.memory.twilio.exists = () => new Promise(() => undefined)
  const asked = told('number.removed', MAIN)
  await relay.core.writer.submit(() => undefined)
  expect(await asked).toEqual([{ phoneNumber: MAIN, status: 'refused', code: 'twilio-unreachable' }])
})
