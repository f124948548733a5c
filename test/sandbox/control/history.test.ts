import { afterEach, beforeEach, expect, test } from 'vitest'
import twilio from 'twilio'
import { createOpenApi } from '../../kit/oai/validator.ts'
import { LocalRequestClient } from '../rest/kit.ts'
import { startWorld, type World } from './kit.ts'

let world: World
let client: twilio.Twilio
beforeEach(async () => {
  world = await startWorld()
  const { account, url } = world.sandbox
  account.calls.clear()
  client = twilio(account.accountSid, account.authToken(), { httpClient: new LocalRequestClient(url) })
})
afterEach(() => world.close())

test('calls of the past are listed at once: pairs of legs, over, rated, by time', async () => {
  const { status, body } = await world.control('/history', { calls: 90, days: 30, clients: ['u7_d7'] })
  expect({ status, ...body }).toEqual({ status: 201, calls: 90, days: 30, legs: 180, recordings: 0 })
  const rows = await client.calls.list({ pageSize: 100 })
  expect(rows).toHaveLength(180)
  const parents = new Set(rows.flatMap((row) => (row.parentCallSid ? [] : [row.sid])))
  expect(rows.every((row) => !row.parentCallSid || parents.has(row.parentCallSid))).toBe(true)
  expect(new Set(rows.map((row) => row.status))).toEqual(new Set(['completed', 'no-answer', 'busy']))
  expect(rows.filter((row) => row.status === 'completed' && row.price === null)).toEqual([])
  expect(rows.some((row) => row.to === 'client:u7_d7')).toBe(true)
  expect(rows.some((row) => row.from === 'client:u7_d7')).toBe(true)
  const newest = world.sandbox.clock.now()
  const ages = rows.map((row) => (newest - row.startTime.getTime()) / 86_400_000)
  expect(Math.min(...ages)).toBeGreaterThan(0)
  expect(Math.max(...ages)).toBeLessThan(30)
  expect(Math.max(...ages)).toBeGreaterThan(28)
  const week = new Date(newest - 7 * 86_400_000)
  expect(await client.calls.list({ startTimeAfter: week })).toHaveLength(ages.filter((age) => age < 7).length)
})

test('some have a recording with audio: calls in two channels, messages in one', async () => {
  const { body } = await world.control('/history', { calls: 40, days: 2, recordings: 12 })
  expect(body['recordings']).toBe(12)
  const recordings = await client.recordings.list()
  expect(recordings).toHaveLength(12)
  expect(new Set(recordings.map((one) => `${one.source} ${one.channels}`))).toEqual(new Set(['DialVerb 2', 'RecordVerb 1']))
  const { url, account } = world.sandbox
  const authorization = `Basic ${Buffer.from(`${account.accountSid}:${account.authToken()}`).toString('base64')}`
  const media = await fetch(`${url}/2010-04-01/Accounts/${account.accountSid}/Recordings/${recordings[0]!.sid}.wav`, {
    headers: { authorization },
  })
  expect((await media.arrayBuffer()).byteLength).toBe(44 + 3 * 16_000)
  expect(await client.recordings(recordings[0]!.sid).remove()).toBe(true)
  expect(await client.recordings.list()).toHaveLength(11)
  const openApi = createOpenApi()
  const answer = await fetch(`${url}/2010-04-01/Accounts/${account.accountSid}/Recordings.json`, { headers: { authorization } })
  expect(openApi.problems('GET', '/2010-04-01/Accounts/{AccountSid}/Recordings.json', 200, await answer.json())).toEqual([])
})

test('they stay in the account’s folder, and are forgotten with a reset', async () => {
  await world.control('/history', { calls: 5, days: 1, recordings: 2 })
  expect([...world.sandbox.account.calls.all()]).toHaveLength(10)
  await world.control('/reset', {})
  expect(await client.calls.list()).toEqual([])
  expect(await client.recordings.list()).toEqual([])
})

test('ten thousand take no time worth speaking of, and a page of them is a page', async () => {
  await world.control('/history', { calls: 10_000, days: 365 })
  const first = await client.calls.page({ pageSize: 1000, startTimeAfter: new Date(world.sandbox.clock.now() - 90 * 86_400_000) })
  expect(first.instances).toHaveLength(1000)
  const second = await first.nextPage()
  expect(second?.instances).toHaveLength(1000)
  expect(new Set([...first.instances, ...(second?.instances ?? [])].map((row) => row.sid)).size).toBe(2000)
})

test.each([
  [{ calls: 0, days: 1 }, 'body/calls must be >= 1'],
  [{ calls: 1 }, "body must have required property 'days'"],
  [{ calls: 1, days: 1, clients: ['a b'] }, 'body/clients/0 must be the identity of a Device like u1_d1'],
  [{ calls: 1, days: 1, mood: 'good' }, 'body must NOT have additional properties: mood'],
])('%o is refused', async (order, error) => {
  expect(await world.control('/history', order)).toEqual({ status: 400, body: { error } })
})
