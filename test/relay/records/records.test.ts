import { afterEach, beforeEach, expect, test } from 'vitest'
import type { RecordOf, UserRecord } from '../../../contract/record.ts'
import type { SnapshotReply } from '../../../contract/relay.ts'
import { dropOld } from '../../../relay/database/housekeeping.ts'
import { makeRelay, type Enrolled, type TestRelay } from '../kit.ts'

let relay: TestRelay
let ada: Enrolled
let sam: Enrolled
beforeEach(async () => {
  relay = await makeRelay()
  ada = await relay.enrolled('Ada', 'manager')
  sam = await relay.enrolled('Sam', 'staff')
})
afterEach(() => relay.close())

const at = '2026-11-21T10:00:00.000Z'
const idOf = ({ session }: Enrolled) => session.user.userId
const write = <T>(work: () => T) => relay.core.writer.submit(work)
const call = (callId: string, entitled: string[]) =>
  write(() =>
    relay.telephony.deps.events.record(callId, [{ subject: 'call', field: 'direction', value: 'incoming', source: 'relay', at }], entitled),
  )
const note = (recordId: string, callId: string, text = 'Wants a quote'): RecordOf<'note'> => {
  const value = { text, recordingSid: null, atSeconds: null }
  return { kind: 'note', recordId, callId, phoneNumber: null, value, at, byUserId: idOf(sam) }
}
const retention = (phoneNumber: string, days: number): RecordOf<'retention'> => {
  return { kind: 'retention', recordId: phoneNumber, callId: null, phoneNumber, value: { days }, at, byUserId: idOf(ada) }
}
/** A number of ours, which these people answer. */
const assign = (phoneNumber: string, ...users: Enrolled[]) =>
  write(() => {
    if (!relay.core.directory.number(phoneNumber))
      relay.core.directory.putNumber({ phoneNumber, sid: null, name: phoneNumber, isActive: true })
    relay.core.directory.assignNumber(phoneNumber, users.map(idOf))
  })
const put = (...records: UserRecord[]) => write(() => records.map((one) => relay.core.records.put(one as RecordOf<'note'>)))
const ids = (rows: readonly UserRecord[]) => rows.map((row) => row.recordId).toSorted()
async function snapshot(who: Enrolled): Promise<UserRecord[]> {
  const rows: UserRecord[] = []
  let next: string | null = ''
  while (next !== null) {
    const after: string = next === '' ? '' : `&after=${encodeURIComponent(next)}`
    const page = (await relay.get(`/api/sync/snapshot?table=records${after}`, who.headers)).json<SnapshotReply>()
    rows.push(...(page.rows as UserRecord[]))
    next = page.next
  }
  return rows
}
const told = (who: Enrolled, role: 'staff' | 'manager') =>
  relay.core.events
    .after(0, { userId: idOf(who), role }, 10_000)
    .flatMap((event) => (event.type === 'record.changed' ? [event.payload] : []))

test('a record is for those who may see its call, or its number', async () => {
  await assign('+14155550101', sam)
  await assign('+14155550102')
  await call('c1', [idOf(sam)])
  await call('c2', [])
  await put(note('n1', 'c1'), note('n2', 'c2'), retention('+14155550101', 30), retention('+14155550102', 7))
  expect((await snapshot(ada)).map((row) => row.recordId)).toEqual(['+14155550101', '+14155550102', 'n1', 'n2'])
  expect(await snapshot(sam)).toEqual([retention('+14155550101', 30), note('n1', 'c1')])
  expect(told(sam, 'staff')).toEqual([note('n1', 'c1'), retention('+14155550101', 30)])
  expect(told(ada, 'manager')).toHaveLength(4)
})

test('who is assigned to a number takes a snapshot with what is said of it, who no longer is hears no more', async () => {
  await assign('+14155550101')
  await put(retention('+14155550101', 30))
  expect(await snapshot(sam)).toEqual([])
  await assign('+14155550101', sam)
  expect(await snapshot(sam)).toEqual([retention('+14155550101', 30)])
  await assign('+14155550101')
  await put(retention('+14155550101', 7))
  expect([await snapshot(sam), told(sam, 'staff')]).toEqual([[], []])
})

test('the latest is kept; what is the same is not told again; what is gone is told as gone', async () => {
  await call('c1', [idOf(sam)])
  expect(await put(note('n1', 'c1'))).toEqual([true])
  expect(await put(note('n1', 'c1'))).toEqual([false])
  expect(await put(note('n1', 'c1', 'Wants two'))).toEqual([true])
  expect(relay.core.records.get('note', 'n1')?.value?.text).toBe('Wants two')
  expect(relay.core.records.ofCall('c1')).toEqual([note('n1', 'c1', 'Wants two')])
  expect(await put({ ...note('n1', 'c1'), value: null }, { ...note('never', 'c1'), value: null })).toEqual([true, false])
  expect(relay.core.records.ofCall('c1')).toEqual([])
  expect(await snapshot(sam)).toEqual([])
  expect(told(sam, 'staff').map((one) => one.value === null)).toEqual([false, false, true])
})

test('pages cover every record once, of calls and of numbers', async () => {
  const numbers = Array.from({ length: 230 }, (_, index) => retention(`+1415555${String(1000 + index)}`, 30))
  const notes = Array.from({ length: 450 }, (_, index) => note(`n${index}`, `c${index % 7}`))
  for (let index = 0; index < 7; index++) await call(`c${index}`, index % 2 === 0 ? [idOf(sam)] : [])
  await put(...numbers, ...notes)
  expect(ids(await snapshot(ada))).toEqual(ids([...numbers, ...notes]))
  const answered = numbers.filter((_, index) => index % 3 > 0)
  for (const { recordId } of answered) await assign(recordId, sam)
  expect(ids(await snapshot(sam))).toEqual(ids([...answered, ...notes.filter((one) => Number(one.callId?.slice(1)) % 2 === 0)]))
})

test('long records make short pages', async () => {
  await call('c1', [])
  const samples = Array.from({ length: 600 }, (_, index): [number, number, number, number, number] => [
    index,
    4.123456,
    12.34567,
    0.0123,
    45.678,
  ])
  const quality = (index: number): RecordOf<'quality'> => {
    return { kind: 'quality', recordId: `c1:d${index}`, callId: 'c1', phoneNumber: null, value: { samples }, at, byUserId: null }
  }
  await put(...Array.from({ length: 100 }, (_, index) => quality(index)))
  const page = (await relay.get('/api/sync/snapshot?table=records', ada.headers)).json<SnapshotReply>()
  expect(page.rows.length).toBeLessThan(100)
  expect(page.next).not.toBeNull()
  expect(await snapshot(ada)).toHaveLength(100)
})

test('records outlive the events that told of them', async () => {
  await call('c1', [idOf(sam)])
  await assign('+14155550101', sam)
  await put(note('n1', 'c1'), retention('+14155550101', 30))
  const later = new Date(Date.now() + 400 * 24 * 3_600_000)
  await write(() => dropOld(relay.core.db, later, 1))
  expect(told(sam, 'staff').length).toBeLessThan(2)
  expect(await snapshot(sam)).toHaveLength(2)
})
