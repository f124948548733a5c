import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { formatNumber } from '../../../../contract/e164.ts'
import type { Desktop } from '../../kit/desktop.ts'
import { startProxy, type Proxy } from '../../kit/proxy.ts'
import { startWorkspace, type Workspace } from '../../kit/workspace.ts'
import { charges, endOf, forSale, itemOf } from './kit.ts'

// Conditions are waited for up to 20 s each: the machine may be slow.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

let at: Workspace
let ada: Desktop
let sam: Desktop
let toTwilio: Proxy
beforeAll(async () => {
  at = await startWorkspace()
  toTwilio = await startProxy(at.sandbox.url)
  ada = await at.desktop('Ada', 'manager', { twilioApiBase: toTwilio.url })
  sam = await at.desktop('Sam', 'staff')
  for (const desktop of [ada, sam]) await desktop.online()
})
afterAll(async () => {
  await toTwilio.close()
  await at.close()
})
beforeEach(() => at.control('/reset', {}))

let sold = 0
const nextNumber = () => forSale(at, 'US', 'Local', (sold += 1))
const owned = (phoneNumber: string) => at.account.state.numbers.find((number) => number.phoneNumber === phoneNumber)
const userIdOf = async (desktop: Desktop) => (await desktop.ask('session.get', {})).user?.userId ?? ''
const isNaming = (line: string, body: string) => /^POST .*IncomingPhoneNumbers\/PN\w+\.json/.test(line) && body.includes('FriendlyName')
const misnamed = [
  ['64 emoji', '🙂'.repeat(64), 'long'],
  ['33 emoji', '🙂'.repeat(33), 'long'],
  ['two lines', 'Front\ndesk', 'control'],
  ['a purchase in progress', 'lk:intent-1', 'reserved'],
  ['blanks', '   ', 'empty'],
] as const

describe('a name that will not do', () => {
  test.each(misnamed)('%s: nothing is begun, nothing is charged', async (_, name, reason) => {
    const [bad, good] = [itemOf({ phoneNumber: nextNumber() }, { name }), itemOf({ phoneNumber: nextNumber() })]
    const failure = await ada.fails('numbers.purchase', { items: [good, bad], assignTo: [] })
    expect(failure).toMatchObject({ code: 'name-invalid', details: { reason, phoneNumber: bad.phoneNumber } })
    expect(await sam.fails('numbers.request', { item: bad, note: null })).toMatchObject({ code: 'name-invalid' })
    const begun = (await ada.ask('numbers.purchases', {})).map(({ intentId }) => intentId)
    expect(begun.filter((id) => id === bad.intentId || id === good.intentId)).toEqual([])
    expect(await charges(at)).toEqual([])
  })

  test('32 emoji are 64 characters: bought, and called that', async () => {
    const item = itemOf({ phoneNumber: nextNumber() }, { name: ` ${'🙂'.repeat(32)} ` })
    const [purchase] = await ada.ask('numbers.purchase', { items: [item], assignTo: [] })
    expect(purchase).toMatchObject({ state: 'done', isCharged: true })
    expect(owned(item.phoneNumber ?? '')?.friendlyName).toBe('🙂'.repeat(32))
  })
})

describe('a name that Twilio refuses after the purchase', () => {
  test('the number itself is its name; it is connected, assigned, and done', async () => {
    const phoneNumber = nextNumber()
    const plain = formatNumber(phoneNumber, 'US')
    const userId = await userIdOf(sam)
    const met = toTwilio.meet(isNaming, 400)
    const [purchase] = await ada.ask('numbers.purchase', { items: [itemOf({ phoneNumber }, { name: 'Front desk' })], assignTo: [userId] })
    await met
    expect(purchase && endOf(purchase)).toEqual(['done', null, true])
    expect(purchase?.name).toBeNull()
    expect(await charges(at)).toEqual([phoneNumber])
    const { voiceUrl, voiceFallbackUrl, statusCallback } = at.account.state.numbers[0] ?? {}
    expect(owned(phoneNumber)).toMatchObject({ friendlyName: plain, voiceUrl, voiceFallbackUrl, statusCallback })
    await vi.waitFor(
      async () => {
        const { numbers } = await ada.ask('numbers.list', { limit: 1000 })
        expect(numbers.find((one) => one.phoneNumber === phoneNumber)).toMatchObject({ name: plain, userIds: [userId], state: 'active' })
      },
      { timeout: 20_000, interval: 50 },
    )
    expect((await ada.ask('numbers.drift', {})).rows.filter((row) => row.phoneNumber === phoneNumber)).toEqual([])
  })
})
