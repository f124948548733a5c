import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import type { SyncPlan } from '../../../contract/number-desktop.ts'
import type { Desktop } from '../kit/desktop.ts'
import { MAIN, numberIn, PATIENCE, shown, startManaged, SUPPORT, synced, trace, userId, type Managed } from './manage-kit.ts'

vi.setConfig({ testTimeout: 60_000 })

let at: Managed
let ada: Desktop
beforeAll(async () => {
  at = await startManaged()
  ada = at.ada
}, 60_000)
afterAll(() => at.close())
afterEach(() => at.control('/faults', { status5xx: 0, slowPages: 0 }))

const plan = () => ada.ask('numbers.planSync', {})
const apply = ({ planId }: SyncPlan) => ada.ask('numbers.applySync', { planId })
const numbers = (rows: readonly { phoneNumber: string }[]) => rows.map((one) => one.phoneNumber)
const lines = (desktop: Desktop) => desktop.ports.lines.filter(({ message }) => message.startsWith('sync: '))
const remove = (phoneNumber: string) => at.script('DELETE', `/IncomingPhoneNumbers/${at.remote(phoneNumber)?.sid ?? ''}.json`)
/** One more number at Twilio that nobody here knows of. */
async function another(): Promise<string> {
  const bought = await at.script('POST', '/IncomingPhoneNumbers.json', { AreaCode: '415' })
  return String(bought['phone_number'])
}
/** A number that is here, assigned to Ada. */
async function owned(): Promise<string> {
  const phoneNumber = await another()
  await apply(await plan())
  await shown(ada, phoneNumber, { userIds: [] })
  await at.admin({ command: 'assign', number: phoneNumber, users: ['Ada'] })
  await shown(ada, phoneNumber, { userIds: [await userId(ada)] })
  return phoneNumber
}

describe('by itself', () => {
  test('a new desktop syncs when it is online; voice-capable numbers are marked', async () => {
    const bob = await at.join('Bob', 'manager')
    await shown(bob, MAIN, { capabilities: { voice: true, sms: true, mms: true, fax: false } })
    expect((await bob.ask('numbers.list', { limit: 10 })).syncedAt).not.toBeNull()
  })

  test('its lines name workspace, masked account, counts, what to remove and to add, and the result', async () => {
    const fresh = await another()
    const from = lines(ada).length
    await apply(await plan())
    const own = lines(ada).slice(from)
    expect(own.map(({ message }) => message)).toEqual([
      'sync: start',
      'sync: client',
      'sync: numbers in Twilio and in the database',
      'sync: to remove and to add',
      'sync: result',
    ])
    const { accountSid, state } = at.account
    expect(own.map(({ workspace }) => workspace)).toEqual(own.map(() => expect.stringMatching(/^\w+$/)))
    expect(own[1]?.['accountSid']).toBe(`AC…${accountSid.slice(-4)}`)
    expect(JSON.stringify(own)).not.toContain(accountSid)
    const total = state.numbers.length
    expect(own[2]).toMatchObject({ twilio: total, database: total - 1 })
    expect(own[3]).toMatchObject({ remove: { count: 0, numbers: [] }, add: { count: 1, numbers: [fresh] } })
    expect(own[4]).toMatchObject({ listed: total, added: 1, removed: 0, changed: 0, missing: 0, unchanged: total - 1 })
  })

  test('on reconnection what is new is taken, what would be removed waits for a person', async () => {
    const gone = await owned()
    await ada.app.close()
    await remove(gone)
    const from = lines(ada).length
    await ada.start()
    const waits = 'sync: waits for a person, since numbers would be removed'
    await vi.waitFor(
      () =>
        expect(
          lines(ada)
            .slice(from)
            .map(({ message }) => message),
        ).toContain(waits),
      PATIENCE,
    )
    expect(await numberIn(ada, gone)).toMatchObject({ state: 'active' })
    const made = await plan()
    expect(numbers(made.removed)).toEqual([gone])
    await apply(made)
    await shown(ada, gone, { state: 'left' })
    const fresh = await another()
    await ada.restart()
    await shown(ada, fresh, { state: 'active' })
  })
})

describe('a plan', () => {
  test('is one for all who ask at once, tells of its pages, and is applied once', async () => {
    const fresh = await another()
    const from = ada.events.length
    const [one, two] = await Promise.all([plan(), plan()])
    expect(two).toEqual(one)
    expect(one).toMatchObject({ removed: [], changed: [], missing: [] })
    expect(numbers(one.added)).toEqual([fresh])
    expect(one.listed).toBe(one.added.length + one.unchanged)
    const total = at.account.state.numbers.length
    expect(ada.events.slice(from).filter(({ event }) => event === 'numbers.progress')).toEqual([
      { event: 'numbers.progress', payload: { work: 'sync', done: total, total: null } },
    ])
    const first = await apply(one)
    expect(await apply(one)).toEqual(first)
    expect(await plan()).toMatchObject({ added: [], unchanged: total })
  })

  test('names the keys of what somebody changed at Twilio', async () => {
    await at.drift(SUPPORT, { FriendlyName: 'Help desk', SmsUrl: 'https://sms.example/in' })
    const made = await plan()
    expect(made.changed).toEqual([{ phoneNumber: SUPPORT, name: 'Support', keys: ['friendlyName', 'smsUrl'] }])
    await apply(made)
    expect((await plan()).changed).toEqual([])
  })

  test('that is outdated is refused: by what was written since, or by what Twilio lists since', async () => {
    await another()
    const old = await plan()
    await another()
    await plan()
    expect(await ada.fails('numbers.applySync', { planId: old.planId })).toMatchObject({ code: 'plan-outdated', retry: 'now' })
    expect(await ada.fails('numbers.applySync', { planId: 'unknown' })).toMatchObject({ code: 'plan-outdated' })
    await apply(await plan())
    expect(await ada.fails('numbers.applySync', { planId: old.planId })).toMatchObject({ code: 'plan-outdated' })
  })

  test('that another has carried out word for word is done already', async () => {
    await another()
    const mine = await plan()
    const other = await plan()
    const done = await apply(other)
    expect(await apply(mine)).toEqual({ plan: mine, undoId: done.undoId })
  })

  test('is not made when Twilio’s list breaks off, and the list still answers', async () => {
    const before = await ada.ask('numbers.list', { limit: 1000 })
    await at.control('/faults', { status5xx: 1000 })
    expect(await ada.fails('numbers.planSync', {})).toMatchObject({ code: 'twilio-failed', retry: 'later' })
    expect((await ada.ask('numbers.list', { limit: 1000 })).numbers.map(({ sid }) => sid)).toEqual(before.numbers.map(({ sid }) => sid))
    expect(lines(ada).at(-1)).toMatchObject({ level: 'warn', message: 'sync: result: failed, nothing was changed', code: 'twilio-failed' })
  })

  test('is for managers with an account alone', async () => {
    const sam = await at.join('Sam', 'staff')
    await sam.online()
    for (const name of ['numbers.planSync', 'numbers.cost'] as const) expect(await sam.fails(name, {})).toMatchObject({ code: 'forbidden' })
    expect(await sam.fails('numbers.applySync', { planId: 'x' })).toMatchObject({ code: 'forbidden' })
    expect(await sam.fails('numbers.undoSync', { undoId: 'x' })).toMatchObject({ code: 'forbidden' })
    const cleo = await at.join('Cleo', 'manager', false)
    expect(await cleo.fails('numbers.planSync', {})).toMatchObject({ code: 'account-missing' })
  })
})

describe('a number that is gone from Twilio', () => {
  test('is removed with its history kept, and undo brings it back with its owners, here and at the relay', async () => {
    const gone = await owned()
    const ownerIds = [await userId(ada)]
    await remove(gone)
    const made = await plan()
    expect(numbers(made.removed)).toEqual([gone])
    const { undoId } = await apply(made)
    await shown(ada, gone, { state: 'left', userIds: [], health: 'unknown' })
    expect((await ada.ask('numbers.export', {})).text).not.toContain(gone)
    expect((await ada.ask('numbers.export', { phoneNumbers: [gone] })).text).toContain(gone)
    expect(await trace(ada, gone)).toContain('number.removed')
    await ada.ask('numbers.undoSync', { undoId })
    await shown(ada, gone, { state: 'missing', userIds: ownerIds, monthly: null })
    expect((await trace(ada, gone)).at(-1)).toBe('number.returned')
    const { entries } = await ada.ask('audit.list', { subject: gone, limit: 1 })
    expect(entries[0]?.after).toMatchObject({ undone: true, userIds: ownerIds })
    expect(await ada.fails('numbers.undoSync', { undoId })).toMatchObject({ code: 'plan-outdated' })
    await synced(ada)
    await shown(ada, gone, { state: 'left' })
  })

  test('and was on hold: undo parks it again as it was, here and at the relay', async () => {
    const gone = await owned()
    await ada.ask('numbers.hold', { phoneNumbers: [gone], days: 7, message: 'We are moving.' })
    await shown(ada, gone, { state: 'held' })
    const hold = (await numberIn(ada, gone))?.hold
    await remove(gone)
    const { undoId } = await apply(await plan())
    await shown(ada, gone, { state: 'left', hold: null })
    await ada.ask('numbers.undoSync', { undoId })
    const parked = { state: 'held', hold: { until: hold?.until, message: 'We are moving.' }, userIds: [await userId(ada)] }
    await vi.waitFor(async () => expect(await numberIn(ada, gone)).toMatchObject(parked), PATIENCE)
    expect((await trace(ada, gone)).at(-1)).toBe('number.returned')
    const bob = await at.join('Boris', 'manager', false) // he has it from the relay alone
    await vi.waitFor(async () => expect(await numberIn(bob, gone)).toMatchObject(parked), PATIENCE)
  })

  test('and the relay is away: it is gone here at once, and the relay hears of it when it is back', async () => {
    const gone = await owned()
    await remove(gone)
    const made = await plan()
    await at.stopRelay()
    await apply(made)
    expect(await numberIn(ada, gone)).toMatchObject({ state: 'left', userIds: [await userId(ada)] })
    await ada.restart() // what is owed survives
    await at.startRelay()
    await shown(ada, gone, { state: 'left', userIds: [] })
    expect(await trace(ada, gone)).toContain('number.removed')
  })

  test('and is there again before the plan is applied: the plan is outdated, nothing was removed', async () => {
    const gone = await owned()
    const number = at.remote(gone)!
    await remove(gone)
    const made = await plan()
    expect(numbers(made.removed)).toEqual([gone])
    at.account.state.numbers.push(number)
    expect(await ada.fails('numbers.applySync', { planId: made.planId })).toMatchObject({ code: 'plan-outdated' })
    expect(await numberIn(ada, gone)).toMatchObject({ state: 'active' })
    at.account.state.numbers.splice(at.account.state.numbers.indexOf(number), 1)
  })
})
