import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createCatchUp } from '../../../relay/records/catch-up.ts'
import { factsOfCall, instant, makeOffice, type Office, type PlannedCall } from './kit.ts'

let office: Office
beforeEach(async () => (office = await makeOffice()))
afterEach(() => office.close())

/** As an older relay kept it: the call, and nothing that follows from it. */
const older = (planned: PlannedCall) =>
  office.core.writer.submit(() => office.telephony.deps.calls.join(planned.callId, factsOfCall(planned)))
const partyOf = (index: number) => `+1415556${String(1000 + index)}`
const closed = () => office.core.db.prepare<[], { n: number }>("SELECT count(*) AS n FROM missed_calls WHERE closed_at < '9999'").get()?.n
const entries = () => office.core.db.prepare<[], { n: number }>('SELECT count(*) AS n FROM missed_calls').get()?.n

beforeEach(async () => {
  for (let index = 0; index < 120; index++) await older({ callId: `m${index}`, party: partyOf(index), start: index })
  for (let index = 0; index < 60; index++)
    await older({ callId: `b${index}`, party: partyOf(index), start: 9000, direction: 'outgoing', answeredBy: office.ada })
})

test('calls from before there was an inbox are in it, closed by what came after them', async () => {
  expect(entries()).toBe(0)
  office.telephony.catchUp.start()
  await vi.waitFor(() => expect([entries(), closed()]).toEqual([120, 60]), { timeout: 20_000 })
  expect(office.core.records.get('missed', 'm7')).toMatchObject({ value: { how: 'called-back', byCallId: 'b7' }, at: instant(9005) })
})

test('a relay that ends in the middle goes on where it was, and what is learnt meanwhile counts', async () => {
  const { deps } = office.telephony
  let pieces = 0
  const writer = {
    ...office.core.writer,
    submit: <T>(work: () => T) => ((pieces += 1) > 2 ? Promise.reject(new Error('the writer is closed')) : office.core.writer.submit(work)),
  }
  const first = createCatchUp({ ...deps, db: office.core.db, missed: office.core.missed, writer })
  await expect(first.run()).rejects.toThrow('closed')
  expect(entries()).toBeLessThan(120)
  await office.call({ callId: 'late', party: partyOf(119), start: 9500, direction: 'outgoing', answeredBy: office.ada })
  await office.telephony.catchUp.run()
  expect([entries(), closed()]).toEqual([120, 61])
  const head = office.core.events.head()
  await office.telephony.catchUp.run()
  expect(office.core.events.head()).toBe(head)
})
