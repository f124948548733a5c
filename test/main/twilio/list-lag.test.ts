import { afterEach, beforeEach, expect, test } from 'vitest'
import { withoutLag } from '../../../main/twilio/list-lag.ts'
import type { TwilioAccount } from '../../../main/twilio/port.ts'
import { forSale, startAccount, type TestAccount } from './kit.ts'

let at: TestAccount
let twilio: TwilioAccount
beforeEach(async () => {
  at = await startAccount()
  twilio = at.twilio
  at.rest.switches.numberListLagMs = [3_600_000, 3_600_000]
})
afterEach(() => at.rest.close())

const names = async () => new Map((await twilio.numbers()).map(({ sid, settings }) => [sid, settings.friendlyName]))
async function first(): Promise<string> {
  const [number] = await twilio.numbers()
  return number?.sid ?? ''
}

test('a list shows what we just wrote, although Twilio’s does not yet', async () => {
  const sid = await first()
  await twilio.update(sid, { friendlyName: 'Front desk' })
  expect((await names()).get(sid)).toBe('Front desk')
  expect((await at.over(at.credentials).numbers()).find((one) => one.sid === sid)?.settings.friendlyName).not.toBe('Front desk')
})

test('… and what somebody else made of it since: it is asked for, not remembered', async () => {
  const sid = await first()
  await twilio.update(sid, { friendlyName: 'Front desk' })
  await at.over(at.credentials).update(sid, { friendlyName: 'Bot' })
  expect((await names()).get(sid)).toBe('Bot')
})

test('… and what a look at the number itself has shown: a list of before does not hide it', async () => {
  const sid = await first()
  await at.over(at.credentials).update(sid, { friendlyName: 'Bot' })
  expect((await names()).get(sid)).not.toBe('Bot')
  expect((await twilio.number(sid))?.settings.friendlyName).toBe('Bot')
  expect((await names()).get(sid)).toBe('Bot')
})

test('a number just bought is there, one just released is not', async () => {
  const sid = await first()
  const bought = await twilio.buy({ phoneNumber: forSale(at.rest, 'US', 'Local'), friendlyName: 'lk:1', settings: {} })
  await twilio.release(sid)
  const listed = await names()
  expect([listed.has(bought.sid), listed.has(sid)]).toEqual([true, false])
})

test('after the lag the list is believed again; of more writes than are asked for, the answers stand', async () => {
  let now = 0
  const [number] = await twilio.numbers()
  if (!number) throw new Error('the account has a number')
  const named = (friendlyName: string) => ({ ...number, settings: { ...number.settings, friendlyName } })
  const own: Pick<TwilioAccount, 'numbers' | 'number' | 'buy' | 'update' | 'release'> = {
    numbers: () => Promise.resolve([named('as listed')]),
    number: () => Promise.resolve(named('as asked')),
    buy: () => Promise.reject(new Error('not bought')),
    update: () => Promise.resolve(named('as written')),
    release: () => Promise.resolve(),
  }
  const account = withoutLag(own, () => now, { lagMs: 15_000, asked: 0 })
  const shown = async () => (await account.numbers())[0]?.settings.friendlyName
  await account.update(number.sid, {})
  expect(await shown()).toBe('as written')
  now = 15_001
  expect(await shown()).toBe('as listed')
})
