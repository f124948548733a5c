import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { Account } from '../engine-port.ts'
import type { ClientCall, ClientGateway } from '../ports.ts'
import { offersPcmu } from './sdp.ts'
import { createCallBook, type CallBook } from './calls.ts'
import { createConnection, type CallRequest, type Connection, type ConnectionPorts } from './connection.ts'
import { createIncomingCall } from './incoming.ts'
import { isOriginAllowed } from './origin.ts'
import { createOutgoingCall } from './outgoing.ts'
import { createRegistry } from './registry.ts'
import type { CallContext } from './talk.ts'
import { badMedia } from './wire.ts'

export type { Log } from './talk.ts'

/** Twilio's client drops a socket after 15 s without a frame. */
const HEARTBEAT_MS = 5000
const MAX_FRAME_BYTES = 64 * 1024

export interface GatewayOptions extends Omit<CallContext, 'iceAddress'> {
  account: Account
  /** Origins besides this machine's pages, as `app://linekeeper`. */
  allowedOrigins?: () => readonly string[]
  /** The only address media is offered at and bound to. */
  iceAddress?: string
  heartbeatMs?: number
}

export interface SignalingServer extends ClientGateway {
  /** Takes over an upgrade request of the HTTP server (path /signal). */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  sockets(): { identity: string; registered: boolean }[]
  /** Ends every call and socket. */
  close(): Promise<void>
}

/** The signaling side of the sandbox: what Voice SDK Devices connect to. */
export function createClientGateway(options: GatewayOptions): SignalingServer {
  const context: CallContext = { ...options, iceAddress: options.iceAddress ?? '127.0.0.1' }
  const calls = createCallBook()
  const registry = createRegistry(context.clock)
  const listeners = new Set<(call: ClientCall) => void>()
  const door = createDoor({
    ...context,
    account: options.account,
    registry,
    calls,
    startCall: (request) => startCall(context, calls, request, (call) => listeners.forEach((listener) => listener(call))),
  })
  const heartbeat = setInterval(() => door.beat(), options.heartbeatMs ?? HEARTBEAT_MS).unref()
  return {
    onCall: (listener) => void listeners.add(listener),
    invite(identity, invitation) {
      const { leg, call } = createIncomingCall(context, {
        identity,
        invitation,
        ...registry.of(identity),
        onFinish: () => calls.remove(call),
      })
      calls.add(call)
      return leg
    },
    registered(identity) {
      const { sockets, ghosts } = registry.of(identity)
      return sockets.length + ghosts
    },
    dropSignaling: (which) => door.drop(which),
    handleUpgrade: (request, socket, head) => door.handleUpgrade(request, socket, head, options.allowedOrigins?.() ?? []),
    sockets: () => door.connections().map(({ socket, isRegistered }) => ({ identity: socket.identity, registered: isRegistered() })),
    async close() {
      clearInterval(heartbeat)
      for (const call of calls.all()) call.close()
      await door.close()
      registry.close()
    },
  }
}

/** Lets Devices in, and throws them out. */
function createDoor(ports: Omit<ConnectionPorts, 'isRefused'>) {
  const server = new WebSocketServer({ noServer: true, maxPayload: MAX_FRAME_BYTES })
  const connections = new Set<Connection>()
  const refused = new Set<string | undefined>()
  return {
    connections: () => [...connections],
    beat() {
      for (const connection of connections) connection.beat()
    },
    handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, origins: readonly string[]) {
      if (!isOriginAllowed(request.headers['origin'], origins)) return refuseUpgrade(socket, '403 Forbidden')
      if (refused.has(undefined)) return refuseUpgrade(socket, '503 Service Unavailable')
      server.handleUpgrade(request, socket, head, (ws) => {
        const connection = createConnection(ws, { ...ports, isRefused: (identity) => refused.has(identity) })
        connections.add(connection)
        ws.once('close', () => connections.delete(connection))
      })
    },
    drop({ identity, refuseMs = 0 }: { identity?: string; refuseMs?: number }) {
      if (refuseMs > 0) {
        refused.add(identity)
        ports.clock.later(refuseMs, () => refused.delete(identity))
      }
      for (const connection of connections) if (identity === undefined || connection.socket.identity === identity) connection.drop()
    },
    async close() {
      for (const connection of connections) connection.drop()
      await new Promise<void>((done) => server.close(() => done()))
    },
  }
}

function refuseUpgrade(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}

function startCall(context: CallContext, calls: CallBook, request: CallRequest, announce: (call: ClientCall) => void): void {
  const { temporarySid, offer, params, socket, grant } = request
  if (!offersPcmu(offer) || !grant.applicationSid) return socket.send('hangup', { callsid: temporarySid, error: badMedia })
  const sid = `CA${randomBytes(16).toString('hex')}`
  const { leg, call } = createOutgoingCall(context, { sid, temporarySid, offer, socket, onFinish: () => calls.remove(call) })
  calls.add(call)
  context.log.info({ sid, identity: grant.identity }, 'a Device calls')
  announce({ leg, identity: grant.identity, applicationSid: grant.applicationSid, params, grantParams: grant.params })
}
