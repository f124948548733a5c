import { afterEach, beforeEach, expect, test } from 'vitest'
import { plainDetails } from '../../../contract/number.ts'
import type { SnapshotReply } from '../../../contract/relay.ts'
import { makeRelay, type Enrolled, type TestRelay } from '../kit.ts'

const numberOf = (index: number) => ({
  sid: `PN${String(index).padStart(32, '0')}`,
  phoneNumber: `+1415555${String(1000 + index)}`,
  name: `Line ${index}`,
})
let relay: TestRelay
let ada: Enrolled
let sam: Enrolled
beforeEach(async () => {
  relay = await makeRelay(
    {},
    Array.from({ length: 450 }, (_, index) => numberOf(index)),
  )
  ada = await relay.enrolled('Ada', 'manager')
  sam = await relay.enrolled('Sam', 'staff')
  await relay.core.numberSync.refresh()
})
afterEach(() => relay.close())

const page = async (who: Enrolled, table: string, after?: string) =>
  (
    await relay.get(`/api/sync/snapshot?table=${table}${after ? `&after=${encodeURIComponent(after)}` : ''}`, who.headers)
  ).json<SnapshotReply>()
async function all(who: Enrolled, table: string) {
  const pages = [await page(who, table)]
  for (let next = pages[0]?.next; next; next = pages.at(-1)?.next) pages.push(await page(who, table, next))
  return { pages, rows: pages.flatMap((one) => one.rows as Record<string, unknown>[]) }
}

test('pages of 200 cover a table once, with the log’s position', async () => {
  const { pages, rows } = await all(ada, 'numbers')
  expect(pages.map((one) => one.rows.length)).toEqual([200, 200, 50])
  expect(new Set(rows.map((row) => row['phoneNumber'])).size).toBe(450)
  expect(pages[0]).toMatchObject({ epoch: relay.core.events.epoch, asOf: relay.core.events.head() })
})

test('staff see their numbers and devices; everybody sees who works here', async () => {
  expect((await all(sam, 'numbers')).rows).toEqual([])
  await relay.core.admin({ command: 'assign', number: '+14155551003', users: ['Sam', 'Ada'] })
  const userIds = [sam.session.user.userId, ada.session.user.userId]
  const line = { phoneNumber: '+14155551003', numberName: 'Line 3', isActive: true, sid: numberOf(3).sid, details: plainDetails() }
  expect((await all(sam, 'numbers')).rows).toEqual([{ ...line, userIds }])
  expect((await all(sam, 'devices')).rows.map((row) => row['userId'])).toEqual([sam.session.user.userId])
  expect((await all(ada, 'devices')).rows).toHaveLength(2)
  expect(new Set((await all(sam, 'users')).rows.map((row) => row['name']))).toEqual(new Set(['Ada', 'Sam']))
  expect((await all(sam, 'calls')).rows).toEqual([])
})

test('a row is what the table’s event would carry', async () => {
  await relay.core.admin({ command: 'assign', number: '+14155551003', users: ['Sam'] })
  const events = relay.core.events.after(0, { userId: 'm', role: 'manager' }, 10_000)
  const last = (type: string, key: string, value: unknown) =>
    events.findLast((event) => event.type === type && (event.payload as Record<string, unknown>)[key] === value)?.payload
  for (const row of (await all(ada, 'users')).rows) expect(row).toEqual(last('user.changed', 'userId', row['userId']))
  for (const row of (await all(ada, 'devices')).rows) expect(row).toEqual(last('device.changed', 'deviceId', row['deviceId']))
  expect((await all(sam, 'numbers')).rows).toEqual([last('number.changed', 'phoneNumber', '+14155551003')])
})

test('an unknown table or a repeated parameter is refused', async () => {
  for (const query of ['table=invites', 'table=users&table=calls', 'table=users&limit=9', ''])
    expect((await relay.get(`/api/sync/snapshot?${query}`, ada.headers)).json()).toMatchObject({ code: 'bad-request' })
})
