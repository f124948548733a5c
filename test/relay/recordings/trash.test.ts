import { afterEach, beforeEach, expect, test } from 'vitest'
import type { AuditEntry } from '../../../contract/number.ts'
import type { Enrolled } from '../kit.ts'
import { DAY_MS, deviceOf, fact, idOf, makeOffice, sidOf, type Office } from '../records/kit.ts'

const VOICEMAIL = sidOf('RE', 1)
const RECORDING = sidOf('RE', 2)

let office: Office
beforeEach(async () => {
  office = await makeOffice()
  await office.call({ callId: 'c1', recordings: [{ sid: VOICEMAIL, source: 'RecordVerb' }] }, [office.sam, office.joe])
  await office.call({ callId: 'c2', answeredBy: office.sam, recordings: [{ sid: RECORDING }] }, [office.joe])
})
afterEach(() => office.close())

const trash = (sid: string, isTrashed = true) => ({ name: 'recording.trash', sid, isTrashed })
const hold = (sid: string, note: string | null) => ({ name: 'recording.hold', sid, note })
const remove = (who: Enrolled, sid: string) =>
  office.app.inject({ method: 'DELETE', url: `/api/twilio/recordings/${sid}`, headers: who.headers })
const listed = async (who: Enrolled) =>
  (await office.get('/api/twilio/recordings', who.headers)).json<{ recordings: { sid: string }[] }>().recordings.map((one) => one.sid)
const lines = async () =>
  (await office.get('/api/audit', office.ada.headers))
    .json<{ entries: AuditEntry[] }>()
    .entries.map((one) => `${one.userName} ${one.action}`)
    .toReversed()

test('in the trash a recording is neither listed nor played, and comes back as it was', async () => {
  const { sam, joe } = office
  expect(await office.send(sam, trash(RECORDING))).toBe('applied')
  expect(await office.send(sam, trash(RECORDING))).toBe('applied')
  expect(await listed(sam)).toEqual([VOICEMAIL])
  expect((await office.get(`/api/twilio/recordings/${RECORDING}`, sam.headers)).statusCode).toBe(404)
  expect((await office.get(`/api/twilio/recordings/${RECORDING}/media`, office.ada.headers)).statusCode).toBe(404)
  const ofCall = await office.get(
    `/api/twilio/recordings/${office.telephony.deps.calls.record('c2')?.legs.find((leg) => leg.sid)?.sid ?? ''}`,
    sam.headers,
  )
  expect(ofCall.json()).toEqual({ recordings: [] })
  const [told] = office.told(joe)
  const { at, until } = office.kept('recording', RECORDING)?.trash ?? {}
  expect(told).toMatchObject({ kind: 'recording', recordId: RECORDING, callId: 'c2', byUserId: idOf(sam) })
  expect(Date.parse(until ?? '') - Date.parse(at ?? '')).toBe(30 * DAY_MS)
  expect(await office.send(sam, trash(RECORDING, false))).toBe('applied')
  expect(await office.send(sam, trash(RECORDING, false))).toBe('applied')
  expect((await listed(sam)).toSorted()).toEqual([VOICEMAIL, RECORDING])
  expect(await lines()).toEqual(['Sam recording.trashed', 'Sam recording.restored'])
})

test('DELETE is the trash, and twice is once', async () => {
  const { sam } = office
  const replies = [await remove(sam, RECORDING), await remove(sam, RECORDING)]
  expect(replies.map((reply) => [reply.statusCode, reply.body])).toEqual([
    [204, ''],
    [204, ''],
  ])
  expect(office.told(sam)).toHaveLength(1)
  expect((await remove(sam, sidOf('RE', 9))).statusCode).toBe(404)
  expect((await remove(sam, sidOf('CA', 9))).statusCode).toBe(400)
})

test('of the staff, only who spoke throws a recording away; a voicemail is anybody’s whom it concerns', async () => {
  const { ada, joe } = office
  expect(await office.send(joe, trash(RECORDING))).toBe('forbidden')
  expect((await remove(joe, RECORDING)).statusCode).toBe(403)
  expect(await office.send(joe, trash(VOICEMAIL))).toBe('applied')
  expect(await office.send(ada, trash(RECORDING))).toBe('applied')
  expect(await office.send(joe, trash(RECORDING, false))).toBe('forbidden')
  const kim = await office.enrolled('Kim', 'staff')
  expect(await office.send(kim, trash(VOICEMAIL))).toBe('not-found')
})

test('a hold is a manager’s: it keeps a recording out of the trash, and one in the trash from its end', async () => {
  const { ada, sam } = office
  expect(await office.send(sam, hold(RECORDING, 'Lawsuit'))).toBe('forbidden')
  expect(await office.send(ada, hold(RECORDING, 'Lawsuit'))).toBe('applied')
  expect(office.kept('recording', RECORDING)?.hold).toMatchObject({ note: 'Lawsuit', byUserId: idOf(ada) })
  expect(await office.send(sam, trash(RECORDING))).toBe('recording-held')
  expect(await office.send(ada, hold(RECORDING, null))).toBe('applied')
  expect(await office.send(sam, trash(RECORDING))).toBe('applied')
  expect(await office.send(ada, hold(RECORDING, 'Another'))).toBe('applied')
  await office.later(40 * DAY_MS)
  await office.telephony.sweeper.run()
  expect(await office.send(sam, trash(RECORDING, false))).toBe('applied')
  expect(await listed(sam)).toContain(RECORDING)
  expect(await lines()).toEqual([
    'Ada recording.held',
    'Ada recording.unheld',
    'Sam recording.trashed',
    'Ada recording.held',
    'Sam recording.restored',
  ])
})

test('who could not see a call learns with it that its recording is in the trash', async () => {
  await office.send(office.ada, trash(RECORDING))
  const kim = await office.enrolled('Kim', 'staff')
  await office.learn('c2', [fact('leg:k', 'userId', idOf(kim), 'relay'), fact('leg:k', 'deviceId', deviceOf(kim), 'relay')])
  expect(office.told(kim).map((one) => one.recordId)).toEqual([RECORDING])
})
