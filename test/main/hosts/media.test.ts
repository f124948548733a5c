import { get, request as send, type IncomingMessage } from 'node:http'
import type { Protocol } from 'electron'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { serveApp } from '../../../main/hosts/electron/protocol.ts'
import { listenLocally } from '../../../main/hosts/loopback/server.ts'
import { tone, wavOf } from '../media/kit.ts'
import { startMedia, until, type MediaTest } from '../media/media-relay.ts'

const token = 'a-token-of-enough-characters-000000'
const page = () => Promise.resolve(new Response('the page'))
const wav = wavOf(tone(10, [0.5]))
type Served = Awaited<ReturnType<typeof listenLocally>>

interface Answer {
  status: number
  headers: IncomingMessage['headers']
  bytes: Buffer
}
/** Not fetch: it would not let us lie about Host, and asks for more than it is read. */
function ask(port: number, path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = send({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      const pieces: Buffer[] = []
      response.on('data', (piece: Buffer) => pieces.push(piece))
      response.on('error', reject)
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, bytes: Buffer.concat(pieces) }))
    })
    call.on('error', reject)
    call.end()
  })
}

describe('the loopback host', () => {
  let at: MediaTest
  let server: Served
  let url: string
  beforeAll(async () => {
    at = await startMedia()
    server = await listenLocally({ app: at.desktop.app, page, token, port: 0, pageGoneMs: 50 })
    const sid = await at.recorded({ callId: 'c1', talkSeconds: 10 })
    at.audio.set(sid, { bytes: wav })
    url = (await at.desktop.ask('recordings.open', { sid })).url
    await at.cached(sid)
  })
  afterAll(async () => {
    await server.close()
    await at.close()
  })

  test('serves a recording to whoever has the ticket: a player sends no token', async () => {
    const { status, headers, bytes } = await ask(server.port, url)
    expect([status, bytes.equals(wav)]).toEqual([200, true])
    expect(headers).toMatchObject({
      'content-type': 'audio/wav',
      'content-length': String(wav.length),
      'accept-ranges': 'bytes',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    })
  })

  test('by ranges, and only about it', async () => {
    const part = await ask(server.port, url, { range: 'bytes=1000-1999' })
    expect([part.status, part.headers['content-range']]).toEqual([206, `bytes 1000-1999/${wav.length}`])
    expect(part.bytes.equals(wav.subarray(1000, 2000))).toBe(true)
    expect((await ask(server.port, url, { range: `bytes=${wav.length}-` })).status).toBe(416)
    const head = await ask(server.port, url, {}, 'HEAD')
    expect([head.status, head.headers['content-length'], head.bytes.length]).toEqual([200, String(wav.length), 0])
  })

  test.each([
    ['another Host, as after DNS rebinding', { host: 'evil.example' }, 403],
    ['a page of another site', { origin: 'https://evil.example' }, 403],
  ])('%s is refused', async (_what, headers, status) => expect((await ask(server.port, url, headers)).status).toBe(status))

  test('without a ticket that is known there is nothing', async () => {
    expect((await ask(server.port, '/media/AAAAAAAAAAAAAAAAAAAAAA')).status).toBe(404)
    expect((await ask(server.port, '/media/../index.html')).bytes.toString()).toBe('the page')
    expect((await ask(server.port, url, {}, 'POST')).status).toBe(404)
  })
})

describe('a slow or vanished listener', () => {
  let server: Served | undefined
  afterEach(() => server?.close())

  const PIECE = 64 * 1024
  /** A host whose media never ends by itself. */
  async function endless(onPull: (count: number) => void = () => undefined) {
    const seen = { pulled: 0, isCancelled: false }
    const body = () =>
      new ReadableStream<Uint8Array>(
        {
          pull(controller) {
            seen.pulled += 1
            onPull(seen.pulled)
            controller.enqueue(new Uint8Array(PIECE))
          },
          cancel: () => void (seen.isCancelled = true),
        },
        { highWaterMark: 0 },
      )
    const app = {
      request: () => Promise.resolve({ ok: true as const, value: {} }),
      describe: () => ({}),
      on: () => () => undefined,
      pageGone: () => undefined,
      media: () => Promise.resolve(new Response(body(), { headers: { 'content-type': 'audio/wav' } })),
    }
    server = await listenLocally({ app, page, token, port: 0, pageGoneMs: 50 })
    return { seen, port: server.port }
  }

  test('who does not read is not read for: memory holds no whole file', async () => {
    const { seen, port } = await endless()
    const response = await new Promise<IncomingMessage>((resolve, reject) =>
      get({ host: '127.0.0.1', port, path: '/media/x' }, resolve).on('error', reject),
    )
    response.pause()
    let before = -1
    await until(() => {
      const isStill = seen.pulled === before // the sockets' buffers are full
      before = seen.pulled
      return new Promise((resolve) => setTimeout(() => resolve(isStill), 300))
    })
    expect(seen.pulled * PIECE).toBeLessThan(64 * 1024 * 1024)
    response.destroy()
    await until(() => Promise.resolve(seen.isCancelled))
  })

  test('what breaks in the middle is no end: the connection is cut', async () => {
    const { port } = await endless((count) => {
      if (count > 5) throw new Error('the file is broken')
    })
    await expect(ask(port, '/media/x')).rejects.toThrow('aborted')
  })
})

describe('Electron', () => {
  test('serves media on the page’s own origin, the page beside it, and nothing for another host', async () => {
    const asked: string[] = []
    const handles: Parameters<Protocol['handle']>[1][] = []
    serveApp(
      { handle: (_scheme, given) => void handles.push(given) },
      () => Promise.resolve(new Response('the page')),
      (request) => Promise.resolve(new Response(`media ${asked.push(request.method)}`)),
    )
    const text = async (address: string, method = 'GET') => {
      const response = await handles[0]?.(new Request(address, { method }))
      return [response?.status, await response?.text()]
    }
    expect(await text('app://linekeeper/media/abc')).toEqual([200, 'media 1'])
    expect(await text('app://linekeeper/media/abc', 'HEAD')).toEqual([200, 'media 2'])
    expect(await text('app://linekeeper/')).toEqual([200, 'the page'])
    expect(await text('app://linekeeper/', 'POST')).toEqual([404, ''])
    expect(await text('app://elsewhere/media/abc')).toEqual([404, ''])
    expect(asked).toEqual(['GET', 'HEAD'])
  })
})
