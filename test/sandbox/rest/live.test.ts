import twilio from 'twilio'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { readWav } from '../../../sandbox/twilio/media/wav.ts'
import { dominantFrequency } from '../../../sandbox/twilio/media/ear.ts'
import { createOpenApi } from '../../kit/oai/validator.ts'
import { startWorld, type World } from '../control/kit.ts'
import { LocalRequestClient } from './kit.ts'

// REST over the real engine: what calls leave behind is what Twilio's document describes.
let world: World
let client: twilio.Twilio
const openApi = createOpenApi()
beforeAll(async () => {
  world = await startWorld({
    '/first': '<Say>Please hold</Say><Pause length="60"/>',
    '/second': '<Pause length="60"/>',
  })
  const { account, url } = world.sandbox
  client = twilio(account.accountSid, account.authToken(), { httpClient: new LocalRequestClient(url) })
})
afterAll(() => world.close())

const problemsOf = async (documented: string, path: string) => {
  const { account, url } = world.sandbox
  const authorization = `Basic ${Buffer.from(`${account.accountSid}:${account.authToken()}`).toString('base64')}`
  const answer = await fetch(`${url}/2010-04-01/Accounts/${account.accountSid}${path}`, { headers: { authorization } })
  return openApi.problems('GET', `/2010-04-01/Accounts/{AccountSid}${documented}`, answer.status, await answer.json())
}
const order = (over: object = {}) =>
  client.calls.create({ to: '+15005550102', from: '+14155550100', url: `${world.relayUrl}/first`, ...over })
const statusOf = async (sid: string) => (await client.calls(sid).fetch()).status

test('a call is made, redirected, hung up, and its dual recording is heard', { timeout: 30_000 }, async () => {
  const { sid } = await order({ record: true, recordingChannels: 'dual' })
  await vi.waitFor(async () => expect(await statusOf(sid)).toBe('in-progress'), { timeout: 8000 })
  expect(await problemsOf('/Calls/{Sid}.json', `/Calls/${sid}.json`)).toEqual([])
  await client.calls(sid).update({ url: `${world.relayUrl}/second` })
  await vi.waitFor(() => expect(world.hooks.some(({ path }) => path === '/second')).toBe(true), { timeout: 8000 })
  await new Promise((resolve) => setTimeout(resolve, 1000)) // something to record
  await client.calls(sid).update({ status: 'completed' })
  await vi.waitFor(async () => expect(await statusOf(sid)).toBe('completed'))
  const recordings = await vi.waitFor(
    async () => {
      const rows = await client.recordings.list({ callSid: sid })
      expect(rows).toMatchObject([{ status: 'completed', source: 'OutboundAPI', channels: 2 }])
      return rows
    },
    { timeout: 8000 },
  )
  for (const [documented, path] of [
    ['/Calls.json', '/Calls.json'],
    ['/Recordings.json', '/Recordings.json'],
    ['/Calls/{CallSid}/Recordings.json', `/Calls/${sid}/Recordings.json`],
  ] as const)
    expect(await problemsOf(documented, path)).toEqual([])
  const { account, url } = world.sandbox
  const media = await fetch(`${url}/2010-04-01/Accounts/${account.accountSid}/Recordings/${recordings[0]?.sid ?? ''}.wav`, {
    headers: { authorization: `Basic ${btoa(`${account.accountSid}:${account.authToken()}`)}` },
  })
  const samples = readWav(new Uint8Array(await media.arrayBuffer()))
  expect(Math.round(dominantFrequency(samples.slice(-4000)))).toBe(440)
})

test.each([
  ['+15005550103', 'busy'],
  ['+15005550105', 'failed'],
])('%s ends %s', async (to, status) => {
  const { sid } = await order({ to })
  await vi.waitFor(async () => expect(await statusOf(sid)).toBe(status), { timeout: 8000 })
  expect((await client.calls(sid).fetch()).duration).toBe('0')
})

test('a ringing call is canceled', async () => {
  const { sid } = await order({ to: '+15005550104' })
  await vi.waitFor(async () => expect(await statusOf(sid)).toBe('ringing'), { timeout: 8000 })
  await client.calls(sid).update({ status: 'canceled' })
  await vi.waitFor(async () => expect(await statusOf(sid)).toBe('canceled'))
})

test('calls beyond the calls per second wait in the queue', async () => {
  world.sandbox.switches.callsPerSecond = 1
  // Enough of them that the last still waits when it is asked for, on a slow machine too.
  const made = await Promise.all(Array.from({ length: 8 }, () => order()))
  const statuses = await Promise.all(made.map(({ sid }) => statusOf(sid)))
  expect(statuses.filter((status) => status === 'queued').length).toBeGreaterThanOrEqual(1)
  for (const { sid } of made) await client.calls(sid).update({ status: 'completed' })
  await vi.waitFor(() => expect(world.sandbox.engine.active()).toEqual([]))
})
