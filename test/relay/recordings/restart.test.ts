import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createRelay, type RunningRelay } from '../../../relay/app.ts'
import { configOf } from '../../../relay/config.ts'
import { createTwilioClient } from '../../../relay/twilio/client.ts'
import { environment, memoryLog, memoryTwilio, temporaryFolder } from '../kit.ts'
import { factsOfCall, sidOf } from '../records/kit.ts'

const SID = sidOf('RE', 1)
const boss = { userId: 'boss', role: 'manager' } as const
let place: ReturnType<typeof temporaryFolder>
let twilio: Server
/** Whether Twilio answers what it has done. */
let isAnswering: boolean
let isThere: boolean
let asked: number
const relays: RunningRelay[] = []

beforeEach(async () => {
  ;[isAnswering, isThere, asked] = [false, true, 0]
  place = temporaryFolder()
  twilio = createServer((_request, response) => {
    asked += 1
    const status = isThere ? 204 : 404
    isThere = false
    if (isAnswering) response.writeHead(status, { 'content-type': 'application/json' }).end(status === 404 ? '{"code":20404}' : undefined)
  })
  await new Promise<void>((resolve) => void twilio.listen(0, '127.0.0.1', resolve))
})
afterEach(async () => {
  for (const relay of relays.splice(0)) await relay.close()
  twilio.closeAllConnections()
  await new Promise((resolve) => twilio.close(resolve))
  place.remove()
})

/** A relay over the same file, so many days after the call. */
async function start(days: number): Promise<RunningRelay> {
  const base = `http://127.0.0.1:${(twilio.address() as AddressInfo).port}`
  const config = configOf({ ...environment(path.join(place.folder, 'relay.db')), TWILIO_API_BASE: base })
  const clock = { now: () => new Date(Date.now() + days * 86_400_000) }
  const client = createTwilioClient(config.twilio)
  const relay = await createRelay(config, { clock, log: memoryLog().log, client, twilio: memoryTwilio().twilio })
  relays.push(relay)
  return relay
}
const deletedAt = (relay: RunningRelay) => relay.core.records.get('recording', SID)?.value?.deletedAt

test('a relay that ends before it hears that a recording is deleted, says so when it is back', async () => {
  const first = await start(0)
  await first.core.writer.submit(() => {
    first.telephony.deps.events.record('c1', factsOfCall({ callId: 'c1', recordings: [{ sid: SID }] }))
    first.telephony.trash.put(SID, boss)
  })
  await first.close()

  const second = await start(31)
  second.telephony.sweeper.start()
  await vi.waitFor(() => expect(asked).toBe(1), { timeout: 20_000 })
  expect(deletedAt(second)).toBeNull()
  await second.close()

  isAnswering = true
  const third = await start(31)
  // Nobody is told meanwhile that it was saved.
  await expect(third.core.writer.submit(() => third.telephony.trash.restore(SID, boss))).rejects.toMatchObject({ code: 'conflict' })
  third.telephony.sweeper.start()
  await vi.waitFor(() => expect(deletedAt(third)).toEqual(expect.any(String)), { timeout: 20_000 })
  expect([asked, isThere]).toEqual([2, false])
  const { entries } = third.core.audit.page({ limit: 9 })
  expect(entries.map(({ action, userId }) => [action, userId])).toEqual([
    ['recording.deleted', 'relay'],
    ['recording.trashed', 'boss'],
  ])
})
