import { generateKeyPairSync } from 'node:crypto'
import { createServer, type AddressInfo } from 'node:net'
import path from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { CallRecord } from '../../../contract/call.ts'
import type { NumberChange, NumberChangesReply } from '../../../contract/number-relay.ts'
import type { AccessTokenReply, Role, Session } from '../../../contract/relay.ts'
import { createRelay, type RunningRelay } from '../../../relay/app.ts'
import { configOf } from '../../../relay/config.ts'
import { createTwilioClient } from '../../../relay/twilio/client.ts'
import { createTwilioNumbers } from '../../../relay/twilio/numbers.ts'
import { createSandbox, type Sandbox } from '../../../sandbox/app.ts'
import { createTestPeer, openClient, type RawClient, type TestPeer } from '../../sandbox/signaling/device.ts'
import { environment, memoryLog, publicKeyOf, temporaryFolder } from '../kit.ts'

// The relay over the sandbox's own webhooks, and Devices that speak its signaling: what managers set is what callers get.

const NUMBER = '+14155550100'
const OUTSIDE = '+15005550144'
const SLOW = { timeout: 20_000 }
let place: ReturnType<typeof temporaryFolder>
let sandbox: Sandbox
let relay: RunningRelay
const clients: RawClient[] = []
const peers: TestPeer[] = []

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
  const client = createTwilioClient(config.twilio)
  const twilio = createTwilioNumbers(client, config.twilio.twimlAppSid)
  relay = await createRelay(config, { clock: { now: () => new Date() }, log: memoryLog().log, client, twilio })
  await relay.app.listen({ host: '127.0.0.1', port })
  await relay.core.admin({ command: 'setup' })
})
afterEach(async () => {
  // Nothing that we said was strange to Twilio (RULES R35).
  const { entries } = await control<{ entries: { kind: string; what: string }[] }>('/ledger')
  const complaints = entries.filter(({ kind }) => kind === 'warning' || kind === 'error')
  for (const { ws } of clients.splice(0)) ws.terminate()
  await Promise.all(peers.splice(0).map((peer) => peer.close()))
  await relay.close()
  await sandbox.close()
  place.remove()
  if (complaints.length > 0) throw new Error(JSON.stringify(complaints))
})

const authorization = ({ token }: Session) => ({ authorization: `Bearer ${token}` })
async function enrolled(name: string, role: Role): Promise<Session> {
  const { code } = (await relay.core.admin({ command: 'invite', name, role })) as { code: string }
  const payload = { code, deviceName: 'Desk', publicKey: publicKeyOf(generateKeyPairSync('ed25519').publicKey) }
  return (await relay.app.inject({ method: 'POST', url: '/api/auth/enroll', payload })).json<Session>()
}
async function change(by: Session, more: Omit<NumberChange, 'phoneNumber'>): Promise<void> {
  const payload = { changes: [{ phoneNumber: NUMBER, ...more }] }
  const reply = await relay.app.inject({ method: 'POST', url: '/api/numbers/changes', headers: authorization(by), payload })
  expect(reply.json<NumberChangesReply>().results).toEqual([{ phoneNumber: NUMBER, status: 'applied' }])
}
/** This session's Device, registered with the relay's own token. */
async function device(of: Session): Promise<RawClient> {
  const reply = await relay.app.inject({ url: '/api/twilio/access-token', headers: authorization(of) })
  const client = await openClient(Number(new URL(sandbox.url).port))
  clients.push(client)
  client.send('listen', { token: reply.json<AccessTokenReply>().token, reconnectTimeout: 0, browserinfo: {} })
  await client.take('connected')
  client.send('register', { media: { audio: true } })
  await client.take('ready')
  return client
}
async function control<T>(at: string, body?: object): Promise<T> {
  const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  return (await (await fetch(`${sandbox.url}/control${at}`, body ? post : {})).json()) as T
}
const callIn = async () => (await control<{ callSid: string }>('/incoming-calls', { from: OUTSIDE, to: NUMBER })).callSid
const record = (by: Session, callSid: string) =>
  relay.app.inject({ url: `/api/twilio/call-logs/${callSid}`, headers: authorization(by) }).then((reply) => reply.json<CallRecord>())
async function invited(client: RawClient) {
  await expect.poll(() => client.has('invite'), SLOW).toBe(true)
  return client.take('invite')
}
async function reject(client: RawClient) {
  const { callsid } = await invited(client)
  client.send('reject', { callsid })
}

test('on hold, callers hear the message and nobody rings; held no more, they are put through; off, they hear that', async () => {
  const ada = await enrolled('Ada', 'manager')
  const phone = await device(ada)
  await change(ada, { action: 'number.assigned', patch: { userIds: [ada.user.userId], inactiveMessage: 'Closed for good.' } })
  await change(ada, { action: 'number.held', hold: { until: '2030-01-01T00:00:00Z', message: 'We have moved.' } })
  const held = await callIn()
  await expect.poll(() => record(ada, held), SLOW).toMatchObject({ outcome: 'missed', reason: 'number-held' })
  expect(phone.has('invite')).toBe(false)
  await change(ada, { action: 'number.unheld', hold: null })
  const through = await callIn()
  await invited(phone)
  await control(`/calls/${through}/hangup`, {})
  await expect.poll(() => record(ada, through), SLOW).toMatchObject({ outcome: 'abandoned' })
  await change(ada, { action: 'number.updated', patch: { isActive: false } })
  const off = await callIn()
  await expect.poll(() => record(ada, off), SLOW).toMatchObject({ outcome: 'missed', reason: 'number-inactive' })
}, 60_000)

test('one after another: the first declines, the second answers and talks', async () => {
  const ada = await enrolled('Ada', 'manager')
  const sam = await enrolled('Sam', 'staff')
  const [first, second] = [await device(ada), await device(sam)]
  await change(ada, { action: 'number.assigned', patch: { userIds: [ada.user.userId, sam.user.userId], ringMode: 'sequential' } })
  const callSid = await callIn()
  await expect.poll(() => first.has('invite'), SLOW).toBe(true)
  expect(second.has('invite')).toBe(false)
  await reject(first)
  const invite = await invited(second)
  const peer = createTestPeer()
  peers.push(peer)
  second.send('answer', { callsid: invite.callsid, sdp: await peer.answer(invite.sdp ?? '') })
  await peer.connected()
  await expect.poll(() => control<{ status: string }>(`/calls/${callSid}`), SLOW).toMatchObject({ status: 'in-progress' })
  await control(`/calls/${callSid}/hangup`, {})
  await expect.poll(() => record(ada, callSid), SLOW).toMatchObject({ outcome: 'answered', userId: sam.user.userId })
  expect(first.has('invite')).toBe(false)
}, 60_000)

test('one after another: both decline, voicemail takes it', async () => {
  const ada = await enrolled('Ada', 'manager')
  const sam = await enrolled('Sam', 'staff')
  const [first, second] = [await device(ada), await device(sam)]
  await change(ada, { action: 'number.assigned', patch: { userIds: [sam.user.userId, ada.user.userId], ringMode: 'sequential' } })
  const callSid = await callIn()
  await reject(second)
  await reject(first)
  await expect.poll(() => control<{ status: string }>(`/calls/${callSid}`), SLOW).toMatchObject({ status: 'in-progress' })
  await control(`/calls/${callSid}/hangup`, {})
  await expect
    .poll(() => record(ada, callSid), SLOW)
    .toMatchObject({ reason: 'declined', outcome: expect.stringMatching(/^(missed|voicemail)$/) as string })
}, 60_000)
