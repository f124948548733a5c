import { createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'

/** What a request meets: never sent on (`before`), answered but the answer withheld (`after`), the connection cut likewise, or refused. */
export type Fate = 'hold-before' | 'hold-after' | 'cut-before' | 'cut-after' | 400 | 503

interface Meeting {
  match: (line: string, body: string) => boolean
  fate: Fate
  met: PromiseWithResolvers<void>
}

/** An HTTP server of 127.0.0.1 between a desktop and a server: passes everything on, WebSockets included, but what it was told to meet. */
export async function startProxy(target: string) {
  const to = new URL(target)
  const meetings: Meeting[] = []
  const sockets = new Set<Socket>()
  const seen: string[] = []

  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
    const body = Buffer.concat(chunks)
    const line = `${request.method} ${request.url}`
    seen.push(line)
    const at = meetings.findIndex(({ match }) => match(line, body.toString()))
    const [meeting] = at < 0 ? [] : meetings.splice(at, 1)
    if (typeof meeting?.fate === 'number') response.writeHead(meeting.fate).end()
    if (meeting?.fate === 'cut-before') request.socket.destroy()
    if (meeting && !meeting.fate.toString().endsWith('after')) return meeting.met.resolve()
    const forwarded = send({ host: to.hostname, port: to.port, method: request.method, path: request.url, headers: request.headers })
    forwarded.on('error', () => response.destroy())
    forwarded.on('response', (answer) => {
      if (!meeting) return void answer.pipe(response.writeHead(answer.statusCode ?? 502, answer.headers))
      answer.resume().once('end', () => {
        if (meeting.fate === 'cut-after') request.socket.destroy()
        meeting.met.resolve()
      })
      return undefined
    })
    forwarded.end(body)
    return undefined
  }

  const server = createServer((request, response) => void pass(request, response).catch(() => response.destroy()))
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
  })
  server.on('upgrade', (request, socket, head) => {
    const upstream = connect(Number(to.port), to.hostname, () => {
      const headers = request.rawHeaders.flatMap((name, index, all) => (index % 2 === 0 ? [`${name}: ${all[index + 1]}`] : []))
      upstream.write(`GET ${request.url} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`)
      upstream.write(head)
      socket.pipe(upstream).pipe(socket)
    })
    upstream.on('error', () => socket.destroy()).on('close', () => socket.destroy())
    socket.on('error', () => upstream.destroy()).on('close', () => upstream.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Every request so far, like `GET /healthz`. */
    seen,
    /** The next request that matches (its line and body) meets this; resolves when it has. */
    meet(match: Meeting['match'], fate: Fate): Promise<void> {
      const met = Promise.withResolvers<void>()
      meetings.push({ match, fate, met })
      return met.promise
    },
    async close(): Promise<void> {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}
export type Proxy = Awaited<ReturnType<typeof startProxy>>
