import path from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { BackfillState } from '../../../contract/history.ts'
import { createSandbox, type Sandbox } from '../../../sandbox/app.ts'
import { makeRelay, temporaryFolder, type Enrolled, type TestRelay } from '../kit.ts'

let place: ReturnType<typeof temporaryFolder>
let sandbox: Sandbox
let relay: TestRelay
let ada: Enrolled
beforeEach(async () => {
  place = temporaryFolder()
  sandbox = await createSandbox({ port: 0, profile: 'kind', seed: 5, log: pino({ level: 'silent' }) })
  sandbox.account.calls.clear()
  relay = await open('60000')
  ada = await relay.enrolled('Ada', 'manager')
})
afterEach(async () => {
  await relay.close()
  await sandbox.close()
  place.remove()
})

/** A relay over the same file; `pace` in ms. */
function open(pace: string): Promise<TestRelay> {
  const { account } = sandbox
  const env = {
    RELAY_DATABASE: path.join(place.folder, 'relay.db'),
    RELAY_BACKFILL_PACE_MS: pace,
    TWILIO_ACCOUNT_SID: account.accountSid,
    TWILIO_AUTH_TOKEN: account.authToken(),
    TWILIO_API_KEY: account.state.keys[0]?.sid ?? '',
    TWILIO_API_SECRET: account.state.keys[0]?.secret ?? '',
    TWILIO_TWIML_APP_SID: account.state.applications[0]?.sid ?? '',
    TWILIO_API_BASE: sandbox.url,
  }
  return makeRelay(env, [], { overRest: true })
}
const state = async () => (await relay.get('/api/backfill', ada.headers)).json<BackfillState>()
const callCount = () => relay.core.db.prepare<[], { n: number }>('SELECT count(*) AS n FROM calls').get()?.n

test('a relay that ended while it read older calls goes on reading when it starts', async () => {
  const seed = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ calls: 80, days: 90, recordings: 6 }),
  }
  expect((await fetch(`${sandbox.url}/control/history`, seed)).status).toBe(201)
  const from = new Date(Date.now() - 100 * 86_400_000).toISOString()
  expect((await relay.post('/api/backfill', { from }, ada.headers)).json<BackfillState>()).toMatchObject({ state: 'running', calls: 0 })
  await relay.close()
  relay = await open('0')
  expect(await state()).toMatchObject({ state: 'running', calls: 0, byUserId: ada.session.user.userId })
  relay.start()
  await expect.poll(state, { timeout: 20_000 }).toMatchObject({ state: 'done', calls: 80, recordings: 6 })
  // What comparing brought at its start is the same calls.
  expect(callCount()).toBe(80)
})
