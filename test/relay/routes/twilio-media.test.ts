import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { proofOf } from '../../../relay/calls/proof.ts'
import { accessTokenFor } from '../../../relay/routes/twilio-token.ts'
import { ACCOUNT, APP, callerForm, config, createBench, SECRET, sidOf, type Bench } from '../calls/bench.ts'

type Handler = (request: IncomingMessage, response: ServerResponse) => void
let twilio: Server
let answer: Handler
let requests: { url: string; authorization: string | undefined; range: string | undefined }[]
let bench: Bench
let ada: ReturnType<Bench['user']>
const RE = sidOf('RE', 1)

beforeEach(async () => {
  requests = []
  twilio = createServer((request, response) => {
    requests.push({ url: request.url ?? '', authorization: request.headers.authorization, range: request.headers.range })
    answer(request, response)
  })
  await new Promise<void>((resolve) => void twilio.listen(0, '127.0.0.1', resolve))
  bench = await createBench({ apiBase: `http://127.0.0.1:${(twilio.address() as AddressInfo).port}` })
  ada = bench.user('Ada')
  bench.directory.putNumber({ phoneNumber: '+15005550006', sid: null, name: 'Front desk', isActive: true })
  bench.directory.assignNumber('+15005550006', [ada.userId])
  await bench.post('/api/twilio/twiml', callerForm(sidOf('CA', 1)))
  const recording = { AccountSid: ACCOUNT, CallSid: sidOf('CA', 1), RecordingSid: RE, RecordingStatus: 'completed', RecordingDuration: '2' }
  await bench.post('/api/twilio/recording-callback', { ...recording, RecordingChannels: '2', RecordingSource: 'DialVerb' })
})
afterEach(async () => {
  await bench.close()
  await new Promise((resolve) => twilio.close(resolve))
})

const wav: Handler = (_request, response) =>
  void response.writeHead(200, { 'content-type': 'audio/x-wav', 'content-length': '4' }).end('RIFF')
async function listen(headers: Record<string, string> = {}, session = ada.session) {
  return bench.app.inject({
    url: `/api/twilio/recordings/${RE}/media`,
    headers: { ...headers, authorization: `Bearer ${JSON.stringify(session)}` },
  })
}

describe("a recording's audio", () => {
  test('is streamed with our credentials, both channels, and kept nowhere', async () => {
    answer = wav
    const reply = await listen()
    expect([reply.statusCode, reply.body, reply.headers['content-type'], reply.headers['cache-control']]).toEqual([
      200,
      'RIFF',
      'audio/x-wav',
      'no-store',
    ])
    const credentials = Buffer.from(`${config.apiKeySid}:${config.apiKeySecret}`).toString('base64')
    const url = `/2010-04-01/Accounts/${ACCOUNT}/Recordings/${RE}.wav?RequestedChannels=2`
    expect(requests).toEqual([{ url, authorization: `Basic ${credentials}`, range: undefined }])
  })

  test('a range is passed on; 206 only when Twilio gave it', async () => {
    answer = wav
    expect((await listen({ range: 'bytes=0-1' })).statusCode).toBe(200)
    answer = (_request, response) => void response.writeHead(206, { 'content-range': 'bytes 0-1/4', 'content-length': '2' }).end('RI')
    const reply = await listen({ range: 'bytes=0-1' })
    expect([reply.statusCode, reply.body, reply.headers['content-range']]).toEqual([206, 'RI', 'bytes 0-1/4'])
    expect(requests.at(-1)?.range).toBe('bytes=0-1')
    expect((await listen({ range: 'lines=1' })).statusCode).toBe(400)
  })

  test('mono only: asked for again with one channel', async () => {
    answer = (request, response) => (request.url?.endsWith('=2') ? void response.writeHead(400).end('{}') : wav(request, response))
    expect((await listen()).body).toBe('RIFF')
    expect(requests.map((request) => request.url.at(-1))).toEqual(['2', '1'])
  })

  test('redirects are followed without our credentials', async () => {
    answer = (request, response) =>
      request.url?.startsWith('/2010') ? void response.writeHead(302, { location: '/elsewhere' }).end() : wav(request, response)
    expect((await listen()).body).toBe('RIFF')
    expect(requests.at(-1)).toMatchObject({ url: '/elsewhere', authorization: undefined })
  })

  test.each([
    ['not there yet', 404, 404, 'not-found'],
    ['too many requests', 429, 429, 'rate-limited'],
    ['broken', 500, 500, 'internal'],
    ['a loop of redirects', 302, 500, 'internal'],
  ])('%s', async (_name, theirs, status, code) => {
    answer = (_request, response) => void response.writeHead(theirs, { location: '/again' }).end('<html>')
    const reply = await listen()
    expect([reply.statusCode, reply.json()]).toEqual([status, expect.objectContaining({ code })])
  })

  test('only for those who may see the call; Twilio is not asked for others', async () => {
    answer = wav
    expect((await listen({}, bench.user('Kim').session)).statusCode).toBe(404)
    expect(requests).toEqual([])
    expect((await listen({}, bench.user('Boss', 'manager').session)).statusCode).toBe(200)
    expect(await bench.get('/api/twilio/recordings', ada.session)).toMatchObject({
      body: { recordings: [{ sid: RE, channelRoles: ['them', 'us'] }], next: null },
    })
    expect(await bench.get(`/api/twilio/recordings/${RE}`, ada.session)).toMatchObject({ status: 200, body: { sid: RE } })
    expect(await bench.get(`/api/twilio/recordings/${sidOf('CA', 1)}`, ada.session)).toMatchObject({ body: { recordings: [{ sid: RE }] } })
  })
})

describe('a voice access token', () => {
  test("is for the session's device alone, and proves it", async () => {
    const { status, body } = await bench.get('/api/twilio/access-token', ada.session)
    expect(status).toBe(200)
    const reply = body as ReturnType<typeof accessTokenFor>
    const claims = JSON.parse(Buffer.from(reply.token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>
    expect(claims).toMatchObject({
      sub: ACCOUNT,
      iss: config.apiKeySid,
      grants: {
        identity: ada.identity,
        voice: { incoming: { allow: true }, outgoing: { application_sid: APP, params: { LkProof: proofOf(SECRET, ada.identity) } } },
      },
    })
    expect(Number(claims['exp']) - Number(claims['iat'])).toBe(60)
    expect(reply).toMatchObject({
      identity: ada.identity,
      availableNumbers: [{ phoneNumber: '+15005550006', name: 'Front desk', isDefault: true }],
    })
  })

  test('is refused to a revoked device', () => {
    bench.directory.revokeDevice(ada.deviceId)
    expect(() => accessTokenFor(ada.session, bench.deps)).toThrow('revoked')
  })
})
