import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type WebSocket } from 'ws'
import { SOME_PAGE } from '../../account/device-report.ts'
import type { App } from '../../app.ts'
import { isForUs, isToken } from './door.ts'

export interface PageEventsOptions {
  app: Pick<App, 'on' | 'pageGone'>
  token: string
  port: number
  /** How long a page may be without its socket until its Device counts as gone, ms. */
  pageGoneMs: number
}

const PROTOCOL = 'linekeeper'

/** Which page speaks, as it says itself; SOME_PAGE for one that says nothing, or nonsense. */
export const pageNamed = (name: string | undefined): string => (name && /^[\w-]{1,64}$/.test(name) ? name : SOME_PAGE)

/** Knows which pages have a socket. One that is without for `pageGoneMs` is gone; a reload is another page. */
function watchPages(onGone: (page: string) => void, pageGoneMs: number) {
  const open = new Map<string, number>()
  const absences = new Map<string, NodeJS.Timeout>()
  let isStopped = false
  const seen = (page: string): void => {
    if (isStopped || open.has(page) || absences.has(page)) return
    const gone = () => {
      absences.delete(page)
      onGone(page)
    }
    absences.set(page, setTimeout(gone, pageGoneMs).unref())
  }
  return {
    seen,
    opened(page: string): void {
      clearTimeout(absences.get(page))
      absences.delete(page)
      open.set(page, (open.get(page) ?? 0) + 1)
    },
    closed(page: string): void {
      const left = (open.get(page) ?? 1) - 1
      if (left > 0) return void open.set(page, left)
      open.delete(page)
      return seen(page)
    },
    stop(): void {
      isStopped = true
      for (const timer of absences.values()) clearTimeout(timer)
    },
  }
}

/**
 * `/bridge/events`: each event as `{event, payload}`. The token travels as the second subprotocol and the page's name for itself as the
 * third, since a page can set no header.
 */
export function servePageEvents(server: Server, { app, token, port, pageGoneMs }: PageEventsOptions) {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 1024, handleProtocols: () => PROTOCOL, perMessageDeflate: false })
  const pages = watchPages((page) => app.pageGone(page), pageGoneMs)
  const off = app.on((event) => {
    const text = JSON.stringify(event)
    for (const socket of sockets.clients) socket.send(text)
  })
  sockets.on('connection', (socket: WebSocket, request: IncomingMessage) => {
    const page = pageNamed(protocolsOf(request)[2])
    pages.opened(page)
    socket.on('error', () => undefined) // 'close' follows
    socket.on('close', () => pages.closed(page))
  })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1')
    const [protocol, given] = protocolsOf(request)
    if (pathname !== '/bridge/events') return deny(socket, '404 Not Found')
    if (!isForUs(request, port)) return deny(socket, '403 Forbidden')
    if (protocol !== PROTOCOL || !isToken(given, token)) return deny(socket, '401 Unauthorized')
    return sockets.handleUpgrade(request, socket, head, (open) => sockets.emit('connection', open, request))
  })
  return {
    /** A page that asks something must soon have a socket too, else nobody would notice its end. */
    seen: pages.seen,
    close(): void {
      off()
      pages.stop()
      for (const socket of sockets.clients) socket.terminate()
      sockets.close()
    },
  }
}

const protocolsOf = ({ headers }: IncomingMessage) => (headers['sec-websocket-protocol'] ?? '').split(',').map((text) => text.trim())
const deny = (socket: Duplex, status: string) => void socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
