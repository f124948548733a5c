import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createTwilioClient } from '../../../relay/twilio/client.ts'
import { createSandbox, type Sandbox } from '../../../sandbox/app.ts'
import { DAY_MS, makeOffice, type Office } from '../records/kit.ts'

// The trash against what the sandbox does with a DELETE: audio gone at once, its metadata soft.
let sandbox: Sandbox
let office: Office
beforeEach(async () => {
  sandbox = await createSandbox({ port: 0, profile: 'kind', seed: 5, log: pino({ level: 'silent' }) })
  const { account } = sandbox
  const [key, app] = [account.state.keys[0], account.state.applications[0]]
  if (!key || !app) throw new Error('the demo account has a key and an app')
  const env = {
    TWILIO_ACCOUNT_SID: account.accountSid,
    TWILIO_AUTH_TOKEN: account.authToken(),
    TWILIO_API_KEY: key.sid,
    TWILIO_API_SECRET: key.secret,
    TWILIO_TWIML_APP_SID: app.sid,
    TWILIO_API_BASE: sandbox.url,
  }
  account.calls.clear()
  office = await makeOffice(env, [], { overRest: true })
})
afterEach(async () => {
  await office.close()
  await sandbox.close()
})

const media = (sid: string) => office.get(`/api/twilio/recordings/${sid}/media`, office.ada.headers)
const trash = (sid: string) => office.send(office.ada, { name: 'recording.trash', sid, isTrashed: true })

test('what is deleted is gone at Twilio, stays deleted here, and the rest plays on', { timeout: 60_000 }, async () => {
  const reply = await fetch(`${sandbox.url}/control/history`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ calls: 12, days: 2, recordings: 4 }),
  })
  expect(reply.status).toBe(201)
  await office.telephony.reconciler.run()
  const listed = (await office.get('/api/twilio/recordings', office.ada.headers)).json<{ recordings: { sid: string }[] }>().recordings
  expect(listed).toHaveLength(4)
  const [gone = '', before = '', kept = ''] = listed.map((one) => one.sid)
  expect((await media(gone)).statusCode).toBe(200)

  expect([await trash(gone), await trash(before)]).toEqual(['applied', 'applied'])
  expect((await media(gone)).statusCode).toBe(404)
  // Somebody deletes one in Twilio's console.
  const client = createTwilioClient(office.config.twilio)
  expect(await client.recordings(before).remove()).toBe(true)
  await office.later(31 * DAY_MS)
  expect(await office.telephony.sweeper.run()).toEqual({ trashed: 0, deleted: 2, failed: 0 })
  await expect(client.recordings(gone).fetch()).rejects.toMatchObject({ status: 404 })
  expect(await client.recordings(gone).fetch({ includeSoftDeleted: true })).toMatchObject({ status: 'deleted' })

  // Whatever Twilio's lists say afterwards, here it stays deleted.
  await office.telephony.reconciler.run()
  const { calls } = office.telephony.deps
  const statusOf = (sid: string) => calls.record(calls.callOfRecording(sid) ?? '')?.recordings.find((one) => one.sid === sid)?.status
  expect([gone, before, kept].map(statusOf)).toEqual(['deleted', 'deleted', 'completed'])
  expect((await media(kept)).statusCode).toBe(200)
})
