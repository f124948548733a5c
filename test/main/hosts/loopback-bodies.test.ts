import { request } from 'node:http'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createBridge, type Handlers } from '../../../main/bridge/bridge.ts'
import { listenLocally } from '../../../main/hosts/loopback/server.ts'
import { testPorts } from '../kit/memory-ports.ts'

const token = 'a-token-of-enough-characters-000000'
const MANY = 10_000
/** How many numbers each request named, as its handler got them. */
let heard: [string, number][]
let server: Awaited<ReturnType<typeof listenLocally>>

/** The real bridge with its schemas; behind it only somebody who counts. */
const handlers: Partial<Handlers> = {
  'numbers.hold': ({ phoneNumbers }) => count('hold', phoneNumbers),
  'numbers.unhold': ({ phoneNumbers }) => count('unhold', phoneNumbers),
  'numbers.connect': ({ phoneNumbers }) => count('connect', phoneNumbers),
  'numbers.assign': ({ phoneNumbers }) => count('assign', phoneNumbers),
  'numbers.update': ({ changes }) => count('update', changes),
}
function count(name: string, items: unknown[]) {
  heard.push([name, items.length])
  return { results: [] }
}

const media = () => Promise.resolve(new Response(null, { status: 404 }))

beforeEach(async () => {
  heard = []
  const bridge = createBridge({ handlers: handlers as Handlers, log: testPorts().log })
  const app = { ...bridge, media, on: () => () => undefined, pageGone: () => undefined }
  server = await listenLocally({ app, page: () => Promise.resolve(new Response('the page')), token, port: 0, pageGoneMs: 50 })
})
afterEach(() => server.close())

/** Not fetch: its errors hide the answer. */
function post(name: string, body: string, bearer = token): Promise<{ status: number; body: unknown }> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' }
    const call = request({ host: '127.0.0.1', port: server.port, method: 'POST', path: `/bridge/${name}`, headers }, (response) => {
      let text = ''
      response.on('data', (chunk: Buffer) => (text += chunk.toString()))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) }))
    })
    call.on('error', reject)
    call.end(body)
  })
}

const phoneNumbers = Array.from({ length: MANY }, (_, at) => `+1415${String(5_000_000 + at)}`)
const userIds = Array.from({ length: 10 }, (_, at) => `0199aa00-0000-7000-8000-00000000000${at}`)
const patch = {
  name: 'N'.repeat(64),
  isActive: true,
  ringMode: 'sequential',
  notes: 'n'.repeat(500),
  tags: Array.from({ length: 5 }, (_, at) => `tag ${at}`),
  userIds,
}

test.each<[string, object]>([
  ['hold', { phoneNumbers, days: 7, message: 'm'.repeat(500) }],
  ['unhold', { phoneNumbers }],
  ['connect', { phoneNumbers }],
  ['assign', { phoneNumbers, userIds, ringMode: 'simultaneous' }],
  ['update', { changes: phoneNumbers.map((phoneNumber) => ({ phoneNumber, patch })) }],
])('ten thousand numbers at once are taken: %s', async (name, args) => {
  const { status, body } = await post(`numbers.${name}`, JSON.stringify(args))
  expect([status, body]).toEqual([200, { ok: true, value: { results: [] } }])
  expect(heard).toEqual([[name, MANY]])
})

const tooLong = (name: string) => JSON.stringify({ [name]: 'x'.repeat(17 * 1024 * 1024) })

test('17 MiB are too much: that is said, and the next request is answered', async () => {
  const { status, body } = await post('numbers.hold', tooLong('phoneNumbers'))
  expect([status, body]).toMatchObject([413, { ok: false, failure: { code: 'too-large' } }])
  expect(heard).toEqual([])
  expect((await post('numbers.unhold', JSON.stringify({ phoneNumbers: ['+14155550100'] }))).status).toBe(200)
})

test('without the token nothing of a body is looked at', async () => {
  const { status, body } = await post('numbers.hold', JSON.stringify({ phoneNumbers, days: 7, message: null }), 'wrong')
  expect([status, body]).toMatchObject([401, { ok: false, failure: { code: 'unauthorized' } }])
  expect(heard).toEqual([])
})
