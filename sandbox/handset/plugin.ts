import type { FastifyInstance } from 'fastify'
import { readFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type WebSocket } from 'ws'
import type { Legs } from '../control/legs.ts'
import { isLoopback } from '../control/loopback.ts'
import type { LineLeg } from '../twilio/exchange/line.ts'

/** The page's files, by path. */
const files: Record<string, { name: string; type: string }> = {
  '/': { name: 'index.html', type: 'text/html; charset=utf-8' },
  '/handset/handset.css': { name: 'handset.css', type: 'text/css; charset=utf-8' },
  '/handset/start.js': { name: 'start.js', type: 'text/javascript; charset=utf-8' },
  '/handset/handset.js': { name: 'handset.js', type: 'text/javascript; charset=utf-8' },
  '/handset/audio.js': { name: 'audio.js', type: 'text/javascript; charset=utf-8' },
  '/handset/line-worklet.js': { name: 'line-worklet.js', type: 'text/javascript; charset=utf-8' },
}
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const frameBytes = 160
/** More than this waiting to be sent (a second of sound) is dropped: the page is not listening. */
const mostBuffered = 50 * frameBytes

/** Serves the handset page at `/`. */
export function serveHandset(server: FastifyInstance): void {
  for (const [path, { name, type }] of Object.entries(files))
    server.get(path, async (_request, reply) => {
      const content = await readFile(join(import.meta.dirname, 'page', name))
      return reply
        .header('content-type', type)
        .header('content-security-policy', policy)
        .header('x-content-type-options', 'nosniff')
        .header('cache-control', 'no-cache')
        .send(content)
    })
}

/** The handset's sound: a WebSocket per call at /handset/audio?call=CA…, binary frames of 160 bytes mu-law in both directions. */
export function createHandsetAudio(legs: Legs): {
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  close(): void
} {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: frameBytes })
  return {
    handleUpgrade: (request, socket, head) => {
      const sid = new URL(request.url ?? '/', 'http://sandbox').searchParams.get('call') ?? ''
      const line = isLoopback(request) ? legs.line(sid) : undefined
      if (line) sockets.handleUpgrade(request, socket, head, (opened) => talk(opened, line))
      else socket.end(`HTTP/1.1 ${isLoopback(request) ? '404 Not Found' : '403 Forbidden'}\r\nConnection: close\r\n\r\n`)
    },
    close: () => {
      for (const one of sockets.clients) one.terminate()
      sockets.close()
    },
  }
}

/** Connects a page with the person's side of a line until either is gone. */
function talk(socket: WebSocket, { person }: LineLeg): void {
  const unsubscribe = person.onHeard((frame) => {
    if (socket.readyState === socket.OPEN && socket.bufferedAmount < mostBuffered) socket.send(frame)
  })
  socket.on('message', (data, isBinary) => {
    if (isBinary && Buffer.isBuffer(data) && data.length === frameBytes) person.speak(new Uint8Array(data))
  })
  socket.on('close', unsubscribe)
  socket.on('error', () => socket.terminate())
  person.onOver(() => socket.close(1000))
}
