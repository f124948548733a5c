import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createTwilioPages } from '../../../relay/backfill/twilio-pages.ts'
import { createTwilioClient } from '../../../relay/twilio/client.ts'
import { createSandbox, type Sandbox } from '../../../sandbox/app.ts'

let sandbox: Sandbox
beforeEach(async () => {
  sandbox = await createSandbox({ port: 0, profile: 'kind', seed: 5, log: pino({ level: 'silent' }) })
  sandbox.account.calls.clear()
  const seed = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ calls: 130, days: 10, recordings: 5 }),
  }
  const answer = await fetch(`${sandbox.url}/control/history`, seed)
  if (!answer.ok) throw new Error(await answer.text())
})
afterEach(() => sandbox.close())

function reading(paceMs: number, pageSize: number) {
  const { account, url } = sandbox
  const key = account.state.keys[0]
  const access = { accountSid: account.accountSid, apiKey: key?.sid ?? '', apiSecret: key?.secret ?? '', apiBase: url, timeoutMs: 10_000 }
  const client = createTwilioClient(access, { retries: 6, firstMs: 10, leastMs: paceMs, capMs: 5000 })
  return createTwilioPages(client, paceMs, pageSize)
}
const whole = () => ({ from: new Date(sandbox.clock.now() - 11 * 86_400_000), to: new Date(sandbox.clock.now()) })
const never = new AbortController().signal
const requests = () => sandbox.account.entries().filter((entry) => entry.kind === 'request' && entry.what.includes('.json?'))

test('all pages of a span, with recordings', async () => {
  const pages = reading(0, 100)
  const rows = await pages.calls(whole(), Infinity, never)
  expect(rows).toHaveLength(260)
  expect(new Set((rows as { sid: string }[]).map((row) => row.sid)).size).toBe(260)
  expect(requests()).toHaveLength(3)
  expect(await pages.recordings(whole(), Infinity, never)).toHaveLength(5)
})

test('of a span with too many nothing is given, and reading stops early', async () => {
  expect(await reading(0, 50).calls(whole(), 100, never)).toBe('too-many')
  expect(requests()).toHaveLength(2)
})

test('one call, and one that is not there', async () => {
  const pages = reading(0, 50)
  const [first] = [...sandbox.account.calls.all()]
  expect((await pages.call(first?.sid ?? '', never))?.sid).toBe(first?.sid)
  expect(await pages.call(`CA${'0'.repeat(32)}`, never)).toBeUndefined()
})

test('one question at a time, however many are asked at once, and never faster than the pace', async () => {
  const pages = reading(60, 100)
  const before = performance.now()
  await Promise.all([pages.calls(whole(), Infinity, never), pages.recordings(whole(), Infinity, never)])
  // Four questions: three waits at least. Slower is right as well.
  expect(performance.now() - before).toBeGreaterThanOrEqual(3 * 59)
})

test('throttled, it waits as long as it is told and goes on', async () => {
  Object.assign(sandbox.switches, { retryAfterSeconds: 1 })
  sandbox.faults.tooManyRequests = 2
  const before = performance.now()
  expect(await reading(0, 1000).calls(whole(), Infinity, never)).toHaveLength(260)
  expect(performance.now() - before).toBeGreaterThanOrEqual(1990)
})

test('what it tries again, and what it asks after that, keeps the pace too', async () => {
  sandbox.faults.tooManyRequests = 1
  await reading(200, 100).calls(whole(), Infinity, never)
  const [refused, again, next] = requests().map(({ at }) => Date.parse(at))
  expect((again ?? 0) - (refused ?? 0)).toBeGreaterThanOrEqual(198)
  expect((next ?? 0) - (again ?? 0)).toBeGreaterThanOrEqual(198)
})

test('told to end, it asks nothing more', async () => {
  const pages = reading(60_000, 100)
  const end = new AbortController()
  await pages.call(`CA${'0'.repeat(32)}`, end.signal)
  const waiting = pages.calls(whole(), Infinity, end.signal)
  end.abort()
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' })
  expect(requests()).toEqual([])
})
