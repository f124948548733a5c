import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import twilio from 'twilio'
import { expect, onTestFinished, test } from 'vitest'
import { switchesOf, type Switches } from '../../../sandbox/twilio/switches.ts'
import { createWebhooks } from '../../../sandbox/twilio/webhooks/webhooks.ts'
import { eventually, ACCOUNT, fastClock, listen, TOKEN } from '../engine/kit.ts'

type Routes = NonNullable<Parameters<typeof listen>[0]>
const SID = `CA${'1'.repeat(32)}`

async function start(routes: Routes = {}, patch: Partial<Switches> = {}, random = () => 0) {
  const server = await listen(routes)
  const ledger: { kind: string; code?: number }[] = []
  const switches = { ...switchesOf('kind', () => 0), ...patch }
  const webhooks = createWebhooks({
    account: { accountSid: ACCOUNT, authToken: () => TOKEN, ledger: (entry) => void ledger.push(entry) },
    switches: () => switches,
    clock: fastClock(20),
    random,
  })
  onTestFinished(() => webhooks.close())
  const ask = (path: string, params: [string, string][] = [], method: 'GET' | 'POST' = 'POST') =>
    webhooks.ask({ url: path.startsWith('http') ? path : server.base + path, method, params, callSid: SID })
  const tell = (path: string, n: string, callSid = SID) =>
    webhooks.tell({ url: server.base + path, method: 'POST', params: [['n', n]], callSid })
  return { server, webhooks, ask, tell, ledger, switches }
}
const numbers = (seen: { params: Record<string, string> }[]) => seen.map(({ params }) => params['n'])

test('a signed form POST, as Twilio’s proxy sends it', async () => {
  const { ask, server } = await start({ '/a': { body: '<Response/>' } })
  const answer = await ask('/a?c=1#rc=2', [
    ['To', '+1 5'],
    ['A', 'ä'],
  ])
  expect(answer).toMatchObject({ ok: true, status: 200, contentType: 'text/xml', url: `${server.base}/a?c=1` })
  const [seen] = server.seen
  expect(seen!.headers).toMatchObject({
    'user-agent': 'TwilioProxy/1.1',
    'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
    'i-twilio-idempotency-token': expect.stringMatching(/^[0-9a-f-]{36}$/),
    connection: 'close',
  })
  const signature = seen!.headers['x-twilio-signature'] as string
  expect(twilio.validateRequest(TOKEN, signature, `${server.base}/a?c=1`, seen!.params)).toBe(true)
})

test('GET carries the parameters in its signed query', async () => {
  const { ask, server } = await start({ '/a': '' })
  await ask('/a?c=1', [['To', '+15']], 'GET')
  const [seen] = server.seen
  expect(seen).toMatchObject({ method: 'GET', url: '/a?c=1&To=%2B15' })
  expect(twilio.validateRequest(TOKEN, seen!.headers['x-twilio-signature'] as string, server.base + seen!.url, {})).toBe(true)
})

test.each([
  ['#rc=2&rp=5xx', 500, 3],
  ['#rc=2&rp=4xx', 500, 1],
  ['#rc=2&rp=4xx', 404, 3],
  ['#rc=2&rp=all', 404, 3],
  ['', 500, 1],
])('overrides %s, status %i: %i requests with one idempotency token', async (fragment, status, count) => {
  const { ask, server, webhooks } = await start({ '/a': { status } })
  expect(await ask(`/a${fragment}`)).toMatchObject({ ok: false, code: 11_200, status })
  expect(server.seen).toHaveLength(count)
  expect(new Set(server.seen.map(({ headers }) => headers['i-twilio-idempotency-token'])).size).toBe(1)
  expect(webhooks.journal().map((entry) => [entry.attempt, entry.status])).toEqual(server.seen.map((_, index) => [index, status]))
})

test.each([
  ['always', [true, true]],
  ['retries', [false, true]],
  ['never', [false, false]],
] as const)('idempotency token %s', async (idempotencyToken, expected) => {
  const { ask, server } = await start({ '/a': { status: 500 } }, { idempotencyToken })
  await ask('/a#rc=1&rp=5xx')
  expect(server.seen.map(({ headers }) => 'i-twilio-idempotency-token' in headers)).toEqual(expected)
})

test('an answer that takes longer than 15 s (scaled) is none, whatever the retries', async () => {
  const { ask, server } = await start({ '/a': { delayMs: 3000 } })
  expect(await ask('/a#rc=5&rp=all')).toMatchObject({ ok: false, code: 11_200 })
  expect(server.seen).toHaveLength(1)
})

test('rt makes retries of slow answers possible', async () => {
  const { ask, server } = await start({ '/a': { delayMs: 1000 } })
  expect(await ask('/a#rt=2000&rc=2&rp=rt&tt=15000')).toMatchObject({ ok: false })
  expect(server.seen).toHaveLength(3)
})

test('nobody listens: one more try by default, then 11205', async () => {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  const { ask, webhooks } = await start()
  expect(await ask(`http://127.0.0.1:${port}/`)).toMatchObject({ ok: false, code: 11_205 })
  expect(webhooks.journal().map(({ attempt, status }) => [attempt, status])).toEqual([
    [0, 0],
    [1, 0],
  ])
  expect(await ask('ftp://127.0.0.1/')).toMatchObject({ ok: false, code: 11_100 })
})

test('redirects are followed with GET and without the fields; too many are 11215', async () => {
  const { ask, server } = await start({
    '/a': { status: 302, location: '/b?x=1' },
    '/b': 'hello',
    '/loop': { status: 307, location: '/loop' },
  })
  expect(await ask('/a', [['To', '1']])).toMatchObject({ ok: true, url: `${server.base}/b?x=1` })
  expect(server.seen[1]).toMatchObject({ method: 'GET', url: '/b?x=1' })
  expect(await ask('/loop')).toMatchObject({ ok: false, code: 11_215 })
})

test('callbacks of one leg keep their order, legs overtake each other', async () => {
  const draws = [0.9, 0.1, 0.05]
  const { tell, server } = await start({ '/s': '' }, { callbackDelayMs: [0, 10_000] }, () => draws.shift() ?? 0)
  tell('/s', 'late')
  tell('/s', 'second')
  tell('/s', 'other', 'CAother')
  await eventually(() => expect(numbers(server.seen)).toEqual(['other', 'late', 'second']))
})

test('faults: lost, doubled, reordered, slow, another status', async () => {
  const { tell, ask, server, webhooks, ledger } = await start({ '/s': '' })
  Object.assign(webhooks.faults, { dropNext: 1 })
  tell('/s', 'lost')
  await eventually(() => expect(webhooks.faults.dropNext).toBe(0))
  expect(ledger).toEqual([])
  Object.assign(webhooks.faults, { duplicate: 1 })
  tell('/s', 'twice')
  await eventually(() => expect(numbers(server.seen)).toEqual(['twice', 'twice']))
  Object.assign(webhooks.faults, { reorder: 1 })
  tell('/s', 'first')
  tell('/s', 'second')
  await eventually(() => expect(numbers(server.seen).slice(2)).toEqual(['second', 'first']))
  Object.assign(webhooks.faults, { status: 503, dropNext: 1 })
  expect(await ask('/s')).toMatchObject({ ok: false, message: 'lost by a fault' })
  expect(await ask('/s')).toMatchObject({ ok: false, status: 503 })
  tell('/s', 'refused')
  await eventually(() => expect(ledger).toEqual([expect.objectContaining({ kind: 'warning', code: 15_003 })]))
})
