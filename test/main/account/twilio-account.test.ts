import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { AccountView } from '../../../contract/number-desktop.ts'
import { Desktop } from '../kit/desktop.ts'
import { startWorkspace, type Workspace } from '../kit/workspace.ts'
import { fastWaits } from '../twilio/kit.ts'

vi.setConfig({ testTimeout: 60_000 }) // restarts and several desktops, perhaps beside a browser
let at: Workspace
let ada: Desktop
beforeAll(async () => {
  at = await startWorkspace()
  ada = await at.desktop('Ada', 'manager', { withAccount: false })
})
afterAll(() => at.close())
beforeEach(async () => {
  at.sandbox.faults.status5xx = 0
  await ada.ask('account.setTransferNumber', { transferNumber: null })
  await ada.ask('account.forget', {})
  ada.events.length = 0
})

const hex = (digit: string) => digit.repeat(32)
const nothing: AccountView = {
  state: 'none',
  accountSid: null,
  name: null,
  kind: null,
  lastFour: null,
  isTrial: null,
  balance: null,
  checkedAt: null,
  failure: null,
  transferNumber: null,
}
const byToken = () => ({ accountSid: at.credentials.accountSid, authToken: at.account.authToken() })
const kept = () => ada.secrets.values.get('twilio')
const changes = () => ada.events.filter(({ event }) => event === 'account.changed').map(({ payload }) => payload as AccountView)

describe('setting it up', () => {
  test('with an API key: verified, kept as one secret, shown by name and last four', async () => {
    expect(await ada.ask('account.get', {})).toEqual(nothing)
    const view = await ada.ask('account.set', at.credentials)
    expect(view).toMatchObject({
      state: 'ok',
      accountSid: at.account.accountSid,
      name: at.account.state.friendlyName,
      kind: 'api-key',
      lastFour: 'apiKey' in at.credentials ? at.credentials.apiKey.slice(-4) : '',
      isTrial: false,
      balance: { amount: '20.00', currency: 'USD' },
      failure: null,
    })
    expect(await ada.ask('account.get', {})).toEqual(view)
    expect(changes()).toEqual([view])
    await ada.restart()
    expect(await ada.ask('account.get', {})).toEqual(view)
  })

  test('with the auth token it stays one, unless a key of our own is asked for', async () => {
    expect(await ada.ask('account.set', byToken())).toMatchObject({
      state: 'ok',
      kind: 'auth-token',
      lastFour: at.account.authToken().slice(-4),
    })
    const before = at.account.state.keys.length
    const view = await ada.ask('account.set', { ...byToken(), createKey: true })
    const made = at.account.state.keys.at(-1)
    expect(at.account.state.keys).toHaveLength(before + 1)
    expect(made?.friendlyName).toBe('Linekeeper Laptop')
    expect(view).toMatchObject({ state: 'ok', kind: 'api-key', lastFour: made?.sid.slice(-4) })
    expect(kept()).toContain(made?.secret)
    expect(kept()).not.toContain(at.account.authToken())
    expect((await ada.ask('numbers.listRemote', {})).length).toBe(at.account.state.numbers.length)
  })

  test('no secret is shown, told or logged', async () => {
    const secrets = [at.account.authToken(), ...at.account.state.keys.map(({ secret }) => secret)]
    const seen = [
      await ada.ask('account.set', byToken()),
      await ada.ask('account.set', { ...byToken(), createKey: true }),
      await ada.ask('account.test', {}),
      await ada.fails('account.set', { ...byToken(), authToken: hex('0') }),
      ada.events,
      ada.ports.lines,
    ]
    for (const secret of [...secrets, at.account.state.keys.at(-1)?.secret ?? '']) expect(JSON.stringify(seen)).not.toContain(secret)
  })

  test('what cannot be a credential is refused before Twilio is asked', async () => {
    const before = at.account.entries().length
    const given = { accountSid: at.account.accountSid, apiKey: 'AC123', apiSecret: 'x' }
    expect(await ada.fails('account.set', given)).toMatchObject({ code: 'account-key-invalid', details: { field: 'apiKey' } })
    expect(at.account.entries().length).toBe(before)
  })

  test('what Twilio refuses is not kept, and what was kept stays', async () => {
    const view = await ada.ask('account.set', byToken())
    const refused = await ada.fails('account.set', { ...byToken(), authToken: hex('0') })
    expect(refused).toMatchObject({ code: 'account-wrong', details: { status: 401, twilioCode: 20003 } })
    expect(await ada.ask('account.get', {})).toEqual(view)
    expect(await ada.fails('account.set', { ...byToken(), accountSid: `AC${hex('1')}` })).toMatchObject({ code: 'account-wrong' })
    at.sandbox.faults.status5xx = 100
    expect(await ada.fails('account.set', byToken())).toMatchObject({ code: 'twilio-failed', retry: 'later' })
    at.sandbox.faults.status5xx = 0
    expect(await ada.ask('account.get', {})).toEqual(view)
  })

  test('spaces around what was pasted do not matter', async () => {
    const { accountSid, authToken } = byToken()
    expect(await ada.ask('account.set', { accountSid: ` ${accountSid}\n`, authToken: `\t${authToken} ` })).toMatchObject({ state: 'ok' })
  })

  test('another account than the relay’s is refused: its numbers would never ring here', async () => {
    const other = await startWorkspace({ seed: 6 })
    try {
      const eve = await other.desktop('Eve', 'manager', { withAccount: false, twilioApiBase: at.sandbox.url })
      expect(await eve.fails('account.set', byToken())).toMatchObject({
        code: 'account-not-the-relays',
        details: { lastFour: other.account.accountSid.slice(-4) },
      })
      expect(await eve.ask('account.get', {})).toEqual(nothing)
    } finally {
      await other.close()
    }
  })

  test('with the relay away it is kept all the same, and works once the relay was asked', async () => {
    const fay = await at.desktop('Fay', 'manager', { withAccount: false })
    await at.stopRelay()
    expect(await fay.ask('account.set', byToken())).toMatchObject({ state: 'ok' })
    for (const name of ['numbers.planSync', 'numbers.listRemote'] as const)
      expect(await fay.fails(name, {})).toMatchObject({ code: 'relay-unreachable' })
    await at.startRelay()
    await fay.online()
    expect(await fay.ask('numbers.planSync', {})).toMatchObject({ removed: [] })
    await at.stopRelay()
    expect(await fay.ask('account.set', byToken())).toMatchObject({ state: 'ok' }) // the same account: known to be the relay's
    expect(await fay.ask('numbers.planSync', {})).toMatchObject({ removed: [] })
    await at.startRelay()
    await fay.online()
  })
})

describe('another account than the relay’s, set up while the relay was away', () => {
  let other: Workspace
  let eve: Desktop
  beforeAll(async () => {
    other = await startWorkspace({ seed: 6 })
    eve = await other.desktop('Eve', 'manager', { withAccount: false, twilioApiBase: at.sandbox.url })
    await other.stopRelay()
    await eve.ask('account.set', byToken())
    await other.startRelay()
    await eve.online()
  })
  afterAll(() => other.close())

  test('is found out as soon as the relay is back, and says so by itself', async () => {
    const lastFour = other.account.accountSid.slice(-4)
    const wrong = { state: 'wrong', failure: { code: 'account-not-the-relays', details: { lastFour } } }
    await vi.waitFor(async () => expect(await eve.ask('account.get', {})).toMatchObject(wrong), 20_000)
    expect(eve.events.filter(({ event }) => event === 'account.changed').at(-1)?.payload).toMatchObject(wrong)
    await eve.restart()
    await eve.online()
    expect(await eve.ask('account.get', {})).toMatchObject(wrong)
  })

  test('plans, buys, releases and connects nothing, and no number is gone', async () => {
    const { numbers } = await eve.ask('numbers.list', { limit: 100 })
    expect(numbers.length).toBeGreaterThan(0)
    const phoneNumbers = numbers.map(({ phoneNumber }) => phoneNumber)
    const item = { intentId: randomUUID(), country: 'US', type: 'local', place: null, monthly: null, name: null }
    for (const [name, args] of [
      ['numbers.planSync', {}],
      ['numbers.purchase', { items: [{ ...item, phoneNumber: '+14155550177' }], assignTo: [] }],
      ['numbers.release', { items: phoneNumbers.map((phoneNumber) => ({ phoneNumber, lastFour: phoneNumber.slice(-4) })) }],
    ] as const)
      expect(await eve.fails(name, args), name).toMatchObject({ code: 'account-not-the-relays' })
    const { results } = await eve.ask('numbers.connect', { phoneNumbers })
    for (const { ok, failure } of results) expect([ok, failure?.code]).toEqual([false, 'account-not-the-relays'])
    expect((await eve.ask('numbers.list', { limit: 100 })).numbers.filter(({ state }) => state === 'left')).toEqual([])
    expect(other.account.state.numbers).toHaveLength(phoneNumbers.length)
  })
})

describe('afterwards', () => {
  test('a test says what went wrong, and a renewed token is set over it', async () => {
    await ada.ask('account.set', byToken())
    at.account.state.authToken = hex('7')
    const wrong = await ada.ask('account.test', {})
    expect(wrong).toMatchObject({ state: 'wrong', failure: { code: 'account-wrong', details: { twilioCode: 20003 } } })
    expect(changes().at(-1)).toEqual(wrong)
    expect(await ada.fails('numbers.listRemote', {})).toMatchObject({ code: 'account-wrong' })
    expect(await ada.ask('account.set', byToken())).toMatchObject({ state: 'ok', failure: null })
  })

  test('a key that was deleted shows as wrong as soon as anything is asked with it', async () => {
    await ada.ask('account.set', at.credentials)
    const keys = at.account.state.keys.splice(0)
    const asked = await Promise.all([1, 2, 3].map(() => ada.fails('numbers.listRemote', {})))
    expect(asked.map(({ code }) => code)).toEqual(Array(3).fill('account-wrong'))
    await vi.waitFor(() => expect(changes().at(-1)).toMatchObject({ state: 'wrong', failure: { code: 'account-wrong' } }), 10_000)
    at.account.state.keys.push(...keys)
    expect(await ada.ask('account.test', {})).toMatchObject({ state: 'ok', failure: null })
  })

  test('a test over a broken network changes nothing', async () => {
    const view = await ada.ask('account.set', byToken())
    at.sandbox.faults.status5xx = 100
    expect(await ada.fails('account.test', {})).toMatchObject({ code: 'twilio-failed' })
    expect(await ada.ask('account.get', {})).toEqual(view)
  })

  test('forgotten, nothing of it is left; the transfer number is no part of it, and stays', async () => {
    await ada.ask('account.set', byToken())
    await ada.ask('account.setTransferNumber', { transferNumber: '+14155550142' })
    expect(await ada.ask('account.forget', {})).toMatchObject({ ...nothing, transferNumber: '+14155550142' })
    expect(kept()).toBeUndefined()
    for (const name of ['account.test', 'numbers.listRemote', 'numbers.countries'] as const)
      expect(await ada.fails(name, {})).toMatchObject({ code: 'account-missing', retry: 'never' })
  })

  test('each leaves a line in the trace, without a secret; one that waited for the relay is told when it is back', async () => {
    const gus = await at.desktop('Gus', 'manager', { withAccount: false })
    const subject = at.account.accountSid
    const traced = async () => {
      const { entries } = await gus.ask('audit.list', { limit: 50 })
      return entries.filter(({ userName }) => userName === 'Gus').toReversed()
    }
    await gus.ask('account.set', { ...byToken(), createKey: true })
    await at.stopRelay()
    const [key, token] = [at.account.state.keys.at(-1)?.sid.slice(-4), at.account.authToken().slice(-4)]
    await gus.ask('account.set', byToken())
    await gus.ask('account.setTransferNumber', { transferNumber: '+14155550142' })
    await gus.ask('account.setTransferNumber', { transferNumber: '+14155550142' }) // nothing new
    await gus.ask('account.forget', {})
    await gus.ask('account.forget', {}) // there is none any more
    await gus.restart() // what is owed survives
    await at.startRelay()
    await gus.online()
    const [byKey, byAuthToken] = [
      { kind: 'api-key', lastFour: key },
      { kind: 'auth-token', lastFour: token },
    ]
    await vi.waitFor(async () => expect(await traced()).toHaveLength(5), 20_000)
    const lines = await traced()
    expect(lines.map(({ action, subject: of, before, after }) => [action, of, before, after])).toEqual([
      ['account.key-created', subject, {}, { lastFour: key }],
      ['account.set', subject, {}, byKey],
      ['account.set', subject, byKey, byAuthToken],
      ['account.transfer-number-set', '+14155550142', { transferNumber: null }, { transferNumber: '+14155550142' }],
      ['account.forgotten', subject, byAuthToken, {}],
    ])
    for (const secret of [at.account.authToken(), ...at.account.state.keys.map((one) => one.secret)])
      expect(JSON.stringify(lines)).not.toContain(secret)
  })

  test('a transfer number is kept as E.164, in the country of this person', async () => {
    await ada.ask('preferences.set', { country: 'US' })
    expect((await ada.ask('account.setTransferNumber', { transferNumber: '(415) 555-0142' })).transferNumber).toBe('+14155550142')
    expect(await ada.fails('account.setTransferNumber', { transferNumber: 'nobody' })).toMatchObject({ code: 'number-invalid' })
    await ada.restart()
    expect((await ada.ask('account.get', {})).transferNumber).toBe('+14155550142')
    expect((await ada.ask('account.setTransferNumber', { transferNumber: ' ' })).transferNumber).toBeNull()
  })
})

describe('who may', () => {
  test('staff see and change nothing of it', async () => {
    const sam = await at.desktop('Sam', 'staff')
    for (const [name, args] of [
      ['account.get', {}],
      ['account.set', byToken()],
      ['account.test', {}],
      ['account.forget', {}],
      ['account.setTransferNumber', { transferNumber: null }],
      ['numbers.listRemote', {}],
      ['numbers.countries', {}],
      ['numbers.savedSearches', {}],
      ['numbers.shortlist', {}],
    ] as const)
      expect(await sam.fails(name, args), name).toMatchObject({ code: 'forbidden' })
    expect(sam.secrets.values.get('twilio')).toBeUndefined()
  })

  test('signing out forgets it: the next person is somebody else', async () => {
    const lea = await at.desktop('Lea', 'manager', { withAccount: false })
    await lea.ask('account.set', byToken())
    await lea.ask('account.setTransferNumber', { transferNumber: '+14155550142' })
    await lea.ask('session.signOut', {})
    await vi.waitFor(() => expect(lea.secrets.values.get('twilio')).toBeUndefined(), 10_000)
    expect(await lea.fails('account.get', {})).toMatchObject({ code: 'not-signed-in' })
    await lea.ask('session.enroll', { relayUrl: at.relayUrl, code: await at.invite('Eve', 'manager') })
    expect(await lea.ask('account.get', {})).toEqual(nothing)
  })

  test('Try the sandbox brings its account along', async () => {
    const sandbox = { relayUrl: at.relayUrl, invite: await at.invite('Tim', 'manager') }
    const tim = await new Desktop({ twilioApiBase: at.sandbox.url, twilioWaits: fastWaits, demoAccount: at.credentials, sandbox }).start()
    expect(await tim.fails('account.get', {})).toMatchObject({ code: 'not-signed-in' })
    await tim.ask('session.trySandbox', {})
    expect(await tim.ask('account.get', {})).toMatchObject({ state: 'ok', accountSid: at.account.accountSid })
    await tim.end()
  })

  test('a desktop closes at once while Twilio is being asked', async () => {
    const zoe = await at.desktop('Zoe', 'manager')
    at.sandbox.faults.delayMs = 30_000
    const tested = zoe.ask('account.test', {}).catch((error: unknown) => error)
    await zoe.restart()
    expect(await tested).toMatchObject({ code: 'twilio-unreachable', details: { reason: 'closing' } })
    at.sandbox.faults.delayMs = 0
  })

  test('the demo account comes by itself, to managers of the sandbox’s workspace', async () => {
    const kim = await at.desktop('Kim', 'manager')
    expect(await kim.ask('account.get', {})).toMatchObject({ state: 'ok', kind: 'api-key', name: at.account.state.friendlyName })
    await kim.ask('account.forget', {})
    expect(await kim.ask('account.get', {})).toEqual(nothing) // as wished, until the next start
    await kim.restart()
    expect(await kim.ask('account.get', {})).toMatchObject({ state: 'ok' })
  })
})
