import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { openDatabase } from '../../../main/store/open-database.ts'
import type { Desktop } from '../kit/desktop.ts'
import { LONDON, MAIN, numberIn, PATIENCE, shown, startManaged, SUPPORT, synced, userId, type Managed } from './manage-kit.ts'

vi.setConfig({ testTimeout: 60_000 })

let at: Managed
let ada: Desktop
beforeAll(async () => {
  at = await startManaged()
  ada = at.ada
}, 60_000)
afterAll(() => at.close())

const list = async (desktop: Desktop) => (await desktop.ask('numbers.list', { limit: 1000 })).numbers
const rowsIn = (desktop: Desktop, table: string) => {
  const db = openDatabase(path.join(desktop.folder, 'app.db'), { readonly: true })
  const count = Number(db.prepare(`select count(*) from ${table}`).pluck().get())
  db.close()
  return count
}

describe('the list', () => {
  test('is by number, in pages that follow each other, with its rent in its currency once Twilio has said it', async () => {
    await shown(ada, MAIN, { monthly: { amount: '1.15', currency: 'USD' }, country: 'US', type: 'local' })
    const first = await ada.ask('numbers.list', { limit: 2 })
    expect(first.numbers.map((one) => one.phoneNumber)).toEqual([MAIN, SUPPORT])
    const { next } = first
    expect(next).toBe(SUPPORT)
    const second = await ada.ask('numbers.list', { limit: 2, after: next! })
    expect(second).toMatchObject({ numbers: [{ phoneNumber: LONDON, country: 'GB' }], next: null })
  })

  test('answers without relay and Twilio, after a restart too', async () => {
    const areAllPriced = async () => expect((await list(ada)).map(({ monthly }) => monthly)).not.toContain(null)
    await vi.waitFor(areAllPriced, PATIENCE) // each country's price is asked for by itself
    const before = await list(ada)
    await at.stopRelay()
    await ada.restart()
    expect((await list(ada)).map(({ phoneNumber, name, monthly }) => ({ phoneNumber, name, monthly }))).toEqual(
      before.map(({ phoneNumber, name, monthly }) => ({ phoneNumber, name, monthly })),
    )
    await at.startRelay()
    await ada.online()
  })

  test('counts a call soon after it was, and says that the number changed', async () => {
    const before = (await numberIn(ada, SUPPORT))?.calls30 ?? 0
    const from = ada.events.length
    const { callSid } = await at.control('/incoming-calls', { from: '+14155552671', to: SUPPORT })
    await vi.waitFor(() => at.control(`/calls/${String(callSid)}/hangup`, {}), PATIENCE)
    const number = await shown(ada, SUPPORT, { calls30: before + 1 })
    expect(number.lastUsedAt).not.toBeNull()
    expect(number.perDay.reduce((sum, count) => sum + count, 0)).toBe(before + 1)
    await vi.waitFor(
      () =>
        expect(
          ada.events.slice(from).some(({ event, payload }) => event === 'numbers.changed' && payload.phoneNumbers?.includes(SUPPORT)),
        ).toBe(true),
      PATIENCE,
    )
  })

  test('needs somebody signed in', async () => {
    const stranger = await at.join('Stranger', 'manager', false)
    await stranger.ask('session.signOut', {})
    expect(await stranger.fails('numbers.list', { limit: 10 })).toMatchObject({ code: 'not-signed-in' })
    expect(await stranger.fails('numbers.export', {})).toMatchObject({ code: 'not-signed-in' })
  })
})

describe('staff', () => {
  test('see what is assigned to them, with nothing of Twilio’s, and export no more than that', async () => {
    const sam = await at.join('Sam', 'staff')
    await sam.online()
    expect(await list(sam)).toEqual([])
    await at.admin({ command: 'assign', number: MAIN, users: ['Sam', 'Ada'] })
    const number = await shown(sam, MAIN, { userIds: [await userId(sam), await userId(ada)] })
    expect(number).toMatchObject({ capabilities: null, monthly: null, health: 'unknown' })
    expect((await list(sam)).map((one) => one.phoneNumber)).toEqual([MAIN])
    expect((await sam.ask('numbers.list', { limit: 10 })).syncedAt).toBeNull()
    const { text, fileName } = await sam.ask('numbers.export', { phoneNumbers: [LONDON, MAIN] })
    expect(text.trim().split('\r\n')).toHaveLength(2)
    expect(text).toContain(MAIN)
    expect(fileName).toMatch(/^numbers-\d{4}-\d\d-\d\d\.csv$/)
    await at.admin({ command: 'assign', number: MAIN, users: ['Ada'] })
    await expect.poll(() => list(sam), PATIENCE).toEqual([])
    expect(rowsIn(sam, 'remote_numbers')).toBe(0)
  })

  test('who sign in where a manager was find nothing of what the manager saw', async () => {
    const desk = await at.join('Bob', 'manager')
    await desk.online()
    await synced(desk)
    await list(desk) // brings what the relay guards and counts
    await expect.poll(() => rowsIn(desk, 'number_guards'), PATIENCE).toBe(3)
    expect(rowsIn(desk, 'remote_numbers')).toBe(3)
    await desk.ask('session.signOut', {})
    await desk.ask('session.enroll', { relayUrl: at.relayUrl, code: await at.invite('Kim', 'staff') })
    await desk.online()
    expect(await list(desk)).toEqual([])
    for (const table of ['remote_numbers', 'number_guards', 'number_usage', 'number_undo', 'number_reports'])
      expect(rowsIn(desk, table), table).toBe(0)
  })
})

test('the account is forgotten: what Twilio said of the numbers goes with it, the relay’s word stays', async () => {
  const desk = await at.join('Cleo', 'manager', false)
  await desk.online()
  await desk.ask('account.set', at.credentials)
  await synced(desk)
  await shown(desk, MAIN, { capabilities: { voice: true, sms: true, mms: true, fax: false } })
  await desk.ask('account.forget', {})
  const number = await shown(desk, MAIN, { capabilities: null })
  expect(number).toMatchObject({ name: 'Main line', state: 'active' })
  expect(rowsIn(desk, 'remote_numbers')).toBe(0)
})

test('cost: of all numbers that are paid, priced first where that was not known', async () => {
  const report = await ada.ask('numbers.cost', {})
  expect(report.total).toEqual({
    key: 'total',
    count: 3,
    monthly: [{ amount: expect.stringMatching(/^\d/) as string, currency: 'USD' }],
    unpriced: 0,
  })
  expect(report.byCountry.map(({ key, count }) => [key, count])).toEqual([
    ['GB', 1],
    ['US', 2],
  ])
  const unused = report.unused.map(({ phoneNumber }) => phoneNumber)
  expect(unused).toContain(LONDON)
  expect(unused).not.toContain(SUPPORT)
})
