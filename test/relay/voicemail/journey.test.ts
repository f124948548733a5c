import { generateKeyPairSync } from 'node:crypto'
import { createServer, type AddressInfo } from 'node:net'
import path from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { CallRecord } from '../../../contract/call.ts'
import type { GreetingRow } from '../../../contract/greeting.ts'
import type { RecordValue } from '../../../contract/record.ts'
import type { Session } from '../../../contract/relay.ts'
import { createRelay, type RunningRelay } from '../../../relay/app.ts'
import { configOf } from '../../../relay/config.ts'
import { createTwilioClient } from '../../../relay/twilio/client.ts'
import { createTwilioNumbers } from '../../../relay/twilio/numbers.ts'
import { createTranscriptionsOf, createTranscriptPrices } from '../../../relay/voicemail/transcript-prices.ts'
import { createSandbox, type Sandbox } from '../../../sandbox/app.ts'
import { wavOf } from '../../kit/wav.ts'
import { environment, memoryLog, publicKeyOf, temporaryFolder } from '../kit.ts'

// Callers of the sandbox's outside world, whom nobody answers: what they hear, what they leave, and what becomes of it.

const NUMBER = '+14155550100'
const SLOW = { timeout: 20_000, interval: 50 }
let place: ReturnType<typeof temporaryFolder>
let sandbox: Sandbox
let relay: RunningRelay
let ada: Session
let client: ReturnType<typeof createTwilioClient>

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  await new Promise((done) => server.close(done))
  return port
}

beforeEach(async () => {
  place = temporaryFolder()
  sandbox = await createSandbox({ port: 0, profile: 'kind', seed: 5, log: pino({ level: 'silent' }) })
  const { account } = sandbox
  const port = await freePort()
  const config = configOf({
    ...environment(path.join(place.folder, 'relay.db')),
    TWILIO_ACCOUNT_SID: account.accountSid,
    TWILIO_AUTH_TOKEN: account.authToken(),
    TWILIO_API_KEY: account.state.keys[0]?.sid ?? '',
    TWILIO_API_SECRET: account.state.keys[0]?.secret ?? '',
    TWILIO_TWIML_APP_SID: account.state.applications[0]?.sid ?? '',
    TWILIO_API_BASE: sandbox.url,
    SERVER_URL: `http://127.0.0.1:${port}`,
    RELAY_PORT: String(port),
  })
  client = createTwilioClient(config.twilio)
  const twilio = createTwilioNumbers(client, config.twilio.twimlAppSid)
  relay = await createRelay(config, { clock: { now: () => new Date() }, log: memoryLog().log, client, twilio })
  await relay.app.listen({ host: '127.0.0.1', port })
  await relay.core.admin({ command: 'setup' })
  const { code } = (await relay.core.admin({ command: 'invite', name: 'Ada', role: 'manager' })) as { code: string }
  const payload = { code, deviceName: 'Desk', publicKey: publicKeyOf(generateKeyPairSync('ed25519').publicKey) }
  ada = (await relay.app.inject({ method: 'POST', url: '/api/auth/enroll', payload })).json<Session>()
  await relay.core.writer.submit(() => relay.core.directory.assignNumber(NUMBER, [ada.user.userId]))
})
afterEach(async () => {
  const complaints = sandbox.account.entries().filter(({ kind }) => kind === 'warning' || kind === 'error')
  await relay.close()
  await sandbox.close()
  place.remove()
  if (complaints.length > 0) throw new Error(JSON.stringify(complaints))
})

const deps = () => relay.telephony.deps
/** Somebody calls, and Ada's computer is off. */
const ring = (script: string): string => sandbox.engine.incoming({ from: '+15005550144', to: NUMBER, script }).sid
const record = (sid: string): CallRecord | undefined => deps().calls.record(deps().calls.callOf(sid) ?? '')
const transcriptOf = (call: CallRecord | undefined): RecordValue<'transcript'> | null | undefined =>
  deps().records.get('transcript', call?.recordings[0]?.sid ?? '')?.value
const heardHz = (sid: string): number => sandbox.legs.report(sid, true)?.[0]?.heard?.frequencyHz ?? 0
const greet = (payload: Buffer | object, type: string) =>
  relay.app.inject({
    method: 'PUT',
    url: `/api/greetings/${encodeURIComponent(NUMBER)}`,
    payload,
    headers: { authorization: `Bearer ${ada.token}`, 'content-type': type },
  })

test('the number’s own greeting is what the caller hears, and the message comes with its words', async () => {
  const wav = Buffer.from(wavOf({ seconds: 5, rate: 16_000, hz: 620 }))
  expect((await greet(wav, 'audio/wav')).json<GreetingRow>().greeting).toMatchObject({ kind: 'uploaded', durationSeconds: 5 })
  const sid = ring('beep speech:Please_call_me_back_about_the_red_bicycle_tomorrow wait:500ms hangup')
  await expect.poll(() => Math.abs(heardHz(sid) - 620), SLOW).toBeLessThan(15)
  await expect
    .poll(() => record(sid), SLOW)
    .toMatchObject({ outcome: 'voicemail', recordings: [{ source: 'RecordVerb', status: 'completed' }] })
  await expect
    .poll(() => transcriptOf(record(sid)), SLOW)
    .toEqual({
      status: 'completed',
      text: 'Please call me back about the red bicycle tomorrow',
      provider: 'twilio',
      sid: expect.stringMatching(/^TR/) as string,
    })
  // Prices come late; the relay asks at their ages.
  const askPrices = createTranscriptPrices({ ...deps(), db: relay.core.db, transcriptionsOf: createTranscriptionsOf(client) })
  const priced = () =>
    deps()
      .calls.facts(record(sid)?.callId ?? '')
      .find(({ field }) => field === 'transcriptPrice')?.value
  await expect
    .poll(async () => {
      await askPrices(undefined, new Date(Date.now() + 3 * 60_000))
      return priced()
    }, SLOW)
    .toMatch(/^-0\.\d+$/)
  expect(deps().calls.mayView(record(sid)?.callId ?? '', { userId: ada.user.userId, role: 'staff' })).toBe(true)
})

test('words of one’s own are spoken, whatever they hold', async () => {
  expect((await greet({ kind: 'spoken', text: 'Tom & Jerry <are> out.' }, 'application/json')).statusCode).toBe(200)
  const sid = ring('beep tone:500:2500ms hangup')
  await expect.poll(() => record(sid)?.outcome, SLOW).toBe('voicemail')
})

test.each([
  ['says nothing until we hang up', 'silent'],
  ['hangs up after the beep', 'beep hangup'],
  ['hangs up while the greeting is spoken', 'wait:400ms hangup'],
  ['presses the key at once', 'beep digits:# wait'],
])('who %s leaves a missed call, and no voicemail', async (_, script) => {
  const sid = ring(script)
  await expect.poll(() => record(sid)?.endedAt ?? null, SLOW).not.toBeNull()
  await expect.poll(() => sandbox.account.calls.get(sid)?.status, SLOW).toBe('completed')
  // Whatever is still said of a recording is said soon.
  await expect
    .poll(() => [...sandbox.account.recordings.all()].filter((one) => one.callSid === sid && one.status !== 'absent'), SLOW)
    .toEqual([])
  await expect.poll(() => record(sid)?.recordings.filter((one) => one.status !== 'absent') ?? null, SLOW).toEqual([])
  expect(record(sid)?.outcome).toBe('missed')
  expect(transcriptOf(record(sid))).toBeUndefined()
  await relay.telephony.reconciler.run()
  expect(record(sid)?.outcome).toBe('missed')
})
