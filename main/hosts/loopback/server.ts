import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream } from 'node:stream/web'
import { failure, type FailureCode } from '../../../contract/failure.ts'
import type { App } from '../../app.ts'
import { MEDIA_PATH } from '../../media/tickets.ts'
import { isForUs, isToken } from './door.ts'
import { pageNamed, servePageEvents } from './events.ts'

export interface LoopbackOptions {
  app: Pick<App, 'request' | 'describe' | 'on' | 'pageGone' | 'media'>
  page: (request: Request) => Promise<Response>
  token: string
  /** Tried first; another is taken when somebody else has it. 0: any. */
  port: number
  pageGoneMs: number
}

/** The longest body of the bridge, read only with the token: 10,000 numbers with all that people give them at once fit, with room to spare. */
const MAX_BODY = 16 * 1024 * 1024
/** What is longer is read to its end and dropped, so that the page hears why; from here on nobody listens any more. */
const MAX_DROPPED = 4 * MAX_BODY
const STATUS: Partial<Record<FailureCode, number>> = {
  unauthorized: 401,
  forbidden: 403,
  'not-found': 404,
  'too-large': 413,
  'bad-request': 400,
}

/** The app served to a browser on this machine: the page, its requests and its events. Only 127.0.0.1, only with the token. */
export async function listenLocally(options: LoopbackOptions): Promise<{ port: number; close(): Promise<void> }> {
  const server = createServer({ headersTimeout: 10_000, requestTimeout: 60_000 }, (request, response) => {
    void answer({ ...options, port, seen: events.seen }, request, response).catch(() => response.destroy())
  })
  await listen(server, options.port).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE' || options.port === 0) throw error
    return listen(server, 0)
  })
  const { port } = server.address() as AddressInfo
  const events = servePageEvents(server, { ...options, port })
  return {
    port,
    async close() {
      events.close()
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}

const listen = (server: Server, port: number) =>
  new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject)
      resolve()
    })
  })

type Answering = LoopbackOptions & { seen: (page: string) => void }

async function answer(options: Answering, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (!isForUs(request, options.port)) return refuse(response, 'forbidden')
  const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1')
  if (pathname.startsWith(MEDIA_PATH)) return serveMedia(options, request, response)
  if (pathname !== '/bridge' && !pathname.startsWith('/bridge/')) return servePage(options, request, response)
  const bearer = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1]
  if (!isToken(bearer, options.token)) return refuse(response, 'unauthorized')
  if (pathname === '/bridge' && request.method === 'GET') return reply(response, 200, options.app.describe())
  if (request.method !== 'POST') return refuse(response, 'not-found')
  if (!/^application\/json\b/.test(request.headers['content-type'] ?? '')) return refuse(response, 'bad-request', 'JSON is needed')
  const body = await readBody(request)
  if (body === undefined) return refuse(response, 'too-large')
  const args = parse(body)
  if (args === undefined) return refuse(response, 'bad-request', '/ is not JSON')
  const page = pageNamed(request.headers['x-linekeeper-page']?.toString())
  options.seen(page)
  reply(response, 200, await options.app.request(pathname.slice('/bridge/'.length), args, page))
}

async function servePage({ page }: LoopbackOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, 'not-found')
  const answered = await page(new Request(new URL(request.url ?? '/', 'http://127.0.0.1')))
  const body = Buffer.from(await answered.arrayBuffer())
  response.writeHead(answered.status, { ...Object.fromEntries(answered.headers), 'content-length': body.length })
  response.end(request.method === 'HEAD' ? undefined : body)
}

/** An <audio> can send no header: the ticket in the path is all it needs, besides coming from us. As fast as the page takes it. */
async function serveMedia({ app }: LoopbackOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, 'not-found')
  const { range } = request.headers
  const url = new URL(request.url ?? '/', 'http://127.0.0.1')
  const answered = await app.media(new Request(url, { method: request.method, headers: range === undefined ? {} : { range } }))
  response.writeHead(answered.status, Object.fromEntries(answered.headers))
  if (!answered.body) return void response.end()
  await pipeline(Readable.fromWeb(answered.body as ReadableStream<Uint8Array>), response)
}

/** The body as text, or undefined when it is too large: then nothing of it is kept. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAX_DROPPED) return undefined // leaving the loop ends the connection
    if (size <= MAX_BODY) chunks.push(chunk)
    else chunks.length = 0
  }
  return size > MAX_BODY ? undefined : Buffer.concat(chunks).toString('utf8')
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

function reply(response: ServerResponse, status: number, value: object): void {
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' }
  response.writeHead(status, headers).end(JSON.stringify(value))
}

function refuse(response: ServerResponse, code: FailureCode, message?: string): void {
  if (code === 'too-large') response.setHeader('connection', 'close')
  reply(response, STATUS[code] ?? 500, { ok: false, failure: failure(code, message) })
}
