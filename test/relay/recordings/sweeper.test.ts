import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { AuditEntry } from '../../../contract/number.ts'
import { createSweeper } from '../../../relay/recordings/sweeper.ts'
import { DAY_MS, idOf, instant, makeOffice, putOf, sidOf, type Office } from '../records/kit.ts'

const line = { sid: `PN${'1'.repeat(32)}`, phoneNumber: '+14155550101', name: 'Sales' }
const [A, B, C] = [sidOf('RE', 1), sidOf('RE', 2), sidOf('RE', 3)]

/** Twilio's recordings: what is there, and how it answers. `hang`: it deletes and never says so. */
let twilio: Server
let there: Set<string>
let answers: (number | 'hang')[]
let asked: string[]
let office: Office

const serve = () =>
  createServer((request, response) => {
    const sid = /Recordings\/(RE[0-9a-f]{32})\.json$/.exec(request.url ?? '')?.[1] ?? ''
    asked.push(`${request.method} ${sid}`)
    const status = answers.shift() ?? (there.has(sid) ? 204 : 404)
    if (status === 'hang' || status === 204) there.delete(sid)
    if (status === 'hang') request.socket.destroy()
    else response.writeHead(status, { 'content-type': 'application/json' }).end(status === 204 ? undefined : `{"status":${status}}`)
  })

beforeEach(async () => {
  there = new Set([A, B, C])
  answers = []
  asked = []
  twilio = serve()
  await new Promise<void>((resolve) => void twilio.listen(0, '127.0.0.1', resolve))
  office = await makeOffice({ TWILIO_API_BASE: `http://127.0.0.1:${(twilio.address() as AddressInfo).port}` }, [line])
  await office.core.numberSync.refresh()
  // At ten o'clock of the test's day, whatever today is.
  await office.later(Date.parse(instant(3600)) - office.clock.now().getTime())
  await office.call({ callId: 'c1', answeredBy: office.sam, recordings: [{ sid: A }] })
  await office.call({ callId: 'c2', recordings: [{ sid: B, source: 'RecordVerb' }] }, [office.sam])
  await office.call({ callId: 'c3', ourNumber: '+14155550199', answeredBy: office.sam, recordings: [{ sid: C }] })
})
afterEach(async () => {
  await office.close()
  await new Promise((resolve) => twilio.close(resolve))
})

const trash = (sid: string, isTrashed = true) => office.send(office.ada, { name: 'recording.trash', sid, isTrashed })
const hold = (sid: string, note: string | null) => office.send(office.ada, { name: 'recording.hold', sid, note })
const keep = (days: number | null) =>
  office.send(office.ada, { ...putOf('retention', line.phoneNumber, null, days && { days }), phoneNumber: line.phoneNumber })
const run = () => office.telephony.sweeper.run()
const later = (days: number) => office.later(days * DAY_MS)
const lines = async () =>
  (await office.get('/api/audit?limit=100', office.ada.headers))
    .json<{ entries: AuditEntry[] }>()
    .entries.map((one) => `${one.action} ${one.subject}`)

test('what was thrown away is deleted when its days are over, and not before', async () => {
  await trash(A)
  await later(29)
  expect(await run()).toEqual({ trashed: 0, deleted: 0, failed: 0 })
  await later(2)
  expect(await run()).toEqual({ trashed: 0, deleted: 1, failed: 0 })
  expect(asked).toEqual([`DELETE ${A}`])
  expect(office.kept('recording', A)).toMatchObject({
    deletedAt: office.told(office.sam).at(-1)?.at,
    trash: { byUserId: idOf(office.ada) },
  })
  expect(office.telephony.deps.calls.record('c1')?.recordings).toMatchObject([{ sid: A, status: 'deleted' }])
  expect((await lines())[0]).toBe(`recording.deleted ${A}`)
  expect(await run()).toEqual({ trashed: 0, deleted: 0, failed: 0 })
  expect(await trash(A, false)).toBe('not-found')
  expect(await hold(A, 'Too late')).toBe('not-found')
  expect(await trash(A)).toBe('applied')
  expect((await office.get(`/api/twilio/recordings/${A}`, office.ada.headers)).statusCode).toBe(404)
})

test('a voicemail that is deleted was a voicemail still; its words are gone', async () => {
  const { transcripts } = office.telephony.deps
  const words = { status: 'completed', text: 'Call me', provider: 'twilio', sid: null } as const
  await office.core.writer.submit(() => transcripts.keep('c2', B, words))
  await trash(B)
  await later(31)
  expect(office.kept('transcript', B)).toEqual(words)
  await run()
  expect(office.kept('transcript', B)).toBeNull()
  expect(office.telephony.deps.calls.record('c2')).toMatchObject({ outcome: 'voicemail', recordings: [{ status: 'deleted' }] })
})

test('what Twilio has deleted before is deleted', async () => {
  await trash(A)
  there.delete(A)
  await later(31)
  expect(await run()).toMatchObject({ deleted: 1, failed: 0 })
})

test('a hold keeps it, however late; without it the recording goes', async () => {
  await trash(A)
  await hold(A, 'Lawsuit')
  await later(400)
  expect(await run()).toMatchObject({ deleted: 0 })
  expect(asked).toEqual([])
  await hold(A, null)
  expect(await run()).toMatchObject({ deleted: 1 })
})

test.each([
  ['broken', 500],
  ['without our key', 401],
])('Twilio is %s: nothing is said to be deleted, the others wait, and all are tried again', async (_what, status) => {
  await trash(A)
  await trash(C)
  await later(31)
  answers = [status]
  expect(await run()).toEqual({ trashed: 0, deleted: 0, failed: 1 })
  expect(asked).toHaveLength(1)
  expect(office.kept('recording', A)?.deletedAt).toBeNull()
  // Twilio said that it is still there: it may be saved.
  expect(await hold(A, 'Just in time')).toBe('applied')
  expect(await run()).toEqual({ trashed: 0, deleted: 1, failed: 0 })
  expect([...there].toSorted()).toEqual([A, B])
})

test('one that Twilio refuses to delete does not hold up the others', async () => {
  await trash(A)
  await trash(C)
  await later(31)
  answers = [400]
  expect(await run()).toEqual({ trashed: 0, deleted: 1, failed: 1 })
  expect(await run()).toEqual({ trashed: 0, deleted: 1, failed: 0 })
})

test('a lost answer is asked for again; meanwhile nobody is told that it is saved', async () => {
  await trash(A)
  await later(31)
  answers = ['hang']
  expect(await run()).toEqual({ trashed: 0, deleted: 0, failed: 1 })
  expect([await hold(A, 'Too late'), await trash(A, false)]).toEqual(['conflict', 'conflict'])
  expect(await run()).toEqual({ trashed: 0, deleted: 1, failed: 0 })
  expect(asked).toHaveLength(2)
})

test('a relay that dies between Twilio’s answer and our note finishes when it is back', async () => {
  await trash(A)
  await later(31)
  const { deps } = office.telephony
  const dead = new Promise<never>(() => undefined)
  // The answer arrives, and nothing after it happens.
  const removed = new Promise<void>((resolve) => {
    const shared = { ...office.core, ...deps, trash: office.telephony.trash, everyMs: 60_000 }
    const twilioRecordings = {
      remove: (sid: string) => {
        there.delete(sid)
        resolve()
        return dead
      },
    }
    void createSweeper({ ...shared, twilio: twilioRecordings }).run()
  })
  await removed
  expect(office.kept('recording', A)?.deletedAt).toBeNull()
  expect(await trash(A, false)).toBe('conflict')
  expect(await run()).toEqual({ trashed: 0, deleted: 1, failed: 0 })
  expect(office.kept('recording', A)?.deletedAt).not.toBeNull()
  expect((await lines()).filter((one) => one.startsWith('recording.deleted'))).toEqual([`recording.deleted ${A}`])
})

test('a number’s old recordings go to the trash, voicemails too, and from there', async () => {
  await keep(10)
  await later(9)
  expect(await run()).toMatchObject({ trashed: 0 })
  await later(2)
  expect(await run()).toMatchObject({ trashed: 2, deleted: 0 })
  expect(office.kept('recording', A)?.trash).toMatchObject({ byUserId: null })
  expect(office.kept('recording', B)?.trash).toMatchObject({ byUserId: null })
  expect(office.kept('recording', C)).toBeUndefined()
  expect((await lines())[0]).toBe(`number.retention.applied ${line.phoneNumber}`)
  expect(await run()).toMatchObject({ trashed: 0 })
  await later(31)
  expect(await run()).toMatchObject({ deleted: 2 })
  expect(await run()).toEqual({ trashed: 0, deleted: 0, failed: 0 })
})

test('what is held or was taken out of the trash is not taken at once; a rule that was taken back does nothing', async () => {
  await keep(10)
  await later(11)
  await hold(A, 'Lawsuit')
  expect(await run()).toMatchObject({ trashed: 1 })
  await trash(B, false)
  expect(await run()).toMatchObject({ trashed: 0 })
  await hold(A, null)
  await later(11)
  expect(await run()).toMatchObject({ trashed: 2 })
  await trash(B, false)
  await keep(null)
  await later(11)
  expect(await run()).toMatchObject({ trashed: 0 })
})

test('many old calls are looked through a piece at a time', async () => {
  const many = Array.from({ length: 450 }, (_, index) => sidOf('RE', 100 + index))
  for (const [index, sid] of many.entries())
    await office.call({ callId: `old${index}`, start: index % 50, answeredBy: office.sam, recordings: [{ sid }] })
  await keep(1)
  await later(2)
  expect(await run()).toMatchObject({ trashed: 452 })
  expect(await run()).toMatchObject({ trashed: 0 })
  // One that is learnt of late is found within a day.
  await office.call({ callId: 'late', start: 1, answeredBy: office.sam, recordings: [{ sid: sidOf('RE', 999) }] })
  await later(1)
  expect(await run()).toMatchObject({ trashed: 1 })
})
