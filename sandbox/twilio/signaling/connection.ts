import type { WebSocket } from 'ws'
import type { Account } from '../engine-port.ts'
import type { CallBook } from './calls.ts'
import type { Registry } from './registry.ts'
import type { CallContext, DeviceSocket } from './talk.ts'
import { checkToken, type Grant } from './tokens.ts'
import {
  HEARTBEAT,
  connectParams,
  expiredToken,
  malformed,
  parseFrame,
  textOf,
  unauthorized,
  unknownCall,
  type ClientMessage,
  type SignalingError,
} from './wire.ts'

/** Heartbeats a client may leave unanswered before its socket counts as dead. */
const MAX_MISSED_BEATS = 4

/** A Device wants to call. */
export interface CallRequest {
  temporarySid: string
  offer: string
  params: Record<string, string>
  socket: DeviceSocket
  grant: Grant
}

export interface ConnectionPorts extends CallContext {
  account: Account
  registry: Registry
  calls: CallBook
  startCall(request: CallRequest): void
  /** Fault: Devices of this identity are not let in now. */
  isRefused(identity: string): boolean
}

export interface Connection {
  readonly socket: DeviceSocket
  isRegistered: () => boolean
  /** Sends a heartbeat; a client that left several unanswered is cut off. */
  beat(): void
  /** Cuts the socket without a word. */
  drop(): void
}

interface State {
  identity: string
  reconnectTimeoutMs: number
  grant: Grant | undefined
  cancelExpiry: () => void
  hasSaidGoodbye: boolean
}

/** Serves one Device's socket: heartbeats at once, messages strictly one after the other. */
export function createConnection(ws: WebSocket, ports: ConnectionPorts): Connection {
  const state: State = { identity: '', reconnectTimeoutMs: 0, grant: undefined, cancelExpiry: () => undefined, hasSaidGoodbye: false }
  let missedBeats = 0
  let work = Promise.resolve()
  const socket = deviceSocket(ws, state)
  const handle = createHandler(socket, state, ports, () => ws.close(1000))
  ws.on('message', (data) => {
    missedBeats = 0
    const text = (data as Buffer).toString('utf8')
    if (text === HEARTBEAT) return
    const message = parseFrame(text)
    if (!message) return socket.send('error', { error: malformed })
    work = work
      .then(() => handle(message))
      .catch((error: unknown) => ports.log.warn({ error, type: message.type }, 'a signaling message could not be handled'))
  })
  ws.on('error', (error) => ports.log.info({ error: error.message }, 'signaling socket failed'))
  ws.on('close', () => {
    state.cancelExpiry()
    ports.registry.remove(socket, state.hasSaidGoodbye, ports.switches().ghostRegistrationMs)
    for (const call of ports.calls.all()) call.onSocketClosed(socket)
  })
  return {
    socket,
    isRegistered: () => ports.registry.has(socket),
    beat() {
      if (missedBeats++ >= MAX_MISSED_BEATS) ws.terminate()
      else if (ws.readyState === ws.OPEN) ws.send(HEARTBEAT)
    },
    drop: () => ws.terminate(),
  }
}

const deviceSocket = (ws: WebSocket, state: State): DeviceSocket => ({
  get identity() {
    return state.identity
  },
  get reconnectTimeoutMs() {
    return state.reconnectTimeoutMs
  },
  send(type, payload) {
    if (ws.readyState === ws.OPEN) ws.send(JSON.stringify({ type, payload }))
  },
})

type Handler = (payload: Record<string, unknown>) => void | Promise<void>

function createHandler(socket: DeviceSocket, state: State, ports: ConnectionPorts, close: () => void) {
  const { calls } = ports
  const call = (payload: Record<string, unknown>) => calls.find(textOf(payload, 'callsid'))
  const handlers: Record<ClientMessage['type'], Handler> = {
    listen: (payload) => listen(socket, state, ports, payload, close),
    register: (payload) => register(socket, state, ports, payload),
    invite: (payload) => invite(socket, state, ports, payload),
    async answer(payload) {
      const found = call(payload)
      if (found) await found.onAnswer(socket, textOf(payload, 'sdp'))
      // It ended while the person picked up.
      else socket.send('hangup', { callsid: textOf(payload, 'callsid') })
    },
    reject: (payload) => call(payload)?.onReject(socket),
    hangup: (payload) => call(payload)?.onHangup(socket),
    dtmf: (payload) => call(payload)?.onDigits(textOf(payload, 'dtmf')),
    reinvite(payload) {
      const found = call(payload)
      if (found) found.onReinvite(socket, textOf(payload, 'sdp'))
      else socket.send('hangup', { callsid: textOf(payload, 'callsid'), error: unknownCall })
    },
    message(payload) {
      const ids = { callsid: textOf(payload, 'callsid'), voiceeventsid: textOf(payload, 'voiceeventsid') }
      if (call(payload)) socket.send('ack', { acktype: 'message', ...ids })
      else socket.send('error', { ...ids, error: { code: 31210, message: 'Call message could not be delivered' } })
    },
  }
  return (message: ClientMessage) => {
    if (message.type === 'listen' || state.grant) return handlers[message.type](message.payload)
    socket.send('error', { error: unauthorized })
  }
}

async function listen(socket: DeviceSocket, state: State, ports: ConnectionPorts, payload: Record<string, unknown>, close: () => void) {
  const check = await checkToken(textOf(payload, 'token'), ports.account, ports.clock.now())
  state.cancelExpiry()
  if (!check.ok) {
    ports.log.info({ code: check.code, reason: check.message }, 'access token refused')
    socket.send('error', { error: { code: check.code, message: check.message } })
    socket.send('close', {})
    return close()
  }
  const { grant } = check
  if (ports.isRefused(grant.identity)) return close()
  const isOther = state.identity !== grant.identity
  if (isOther) ports.registry.remove(socket, true, 0)
  state.identity = grant.identity
  state.grant = grant
  state.reconnectTimeoutMs = Math.max(0, Number(payload['reconnectTimeout']) || 0) * 1000
  const lifeMs = grant.expiresAt - ports.clock.now()
  state.cancelExpiry = ports.clock.later(lifeMs, () => {
    // Calls go on; only being called and calling need a valid token.
    ports.registry.remove(socket, true, 0)
    socket.send('error', { error: expiredToken })
  })
  const token = { identity: grant.identity, ttl: Math.floor(lifeMs / 1000) }
  socket.send('connected', { region: 'US_EAST_VIRGINIA', edge: 'ashburn', home: 'us1', token })
}

function register(socket: DeviceSocket, state: State, ports: ConnectionPorts, payload: Record<string, unknown>): void {
  const media = payload['media'] as { audio?: unknown } | undefined
  if (media?.audio === false) {
    state.hasSaidGoodbye = true
    ports.registry.remove(socket, true, 0)
    return socket.send('offline', {})
  }
  const refusal = refusalOf(state, ports)
  if (refusal) return socket.send('error', { error: refusal })
  state.hasSaidGoodbye = false
  socket.send('ready', {})
  if (!state.grant?.allowsIncoming) return
  ports.registry.add(socket)
  for (const call of ports.calls.all()) call.onRegistered(socket)
}

async function invite(socket: DeviceSocket, state: State, ports: ConnectionPorts, payload: Record<string, unknown>): Promise<void> {
  const callsid = textOf(payload, 'callsid')
  const token = textOf(payload, 'reconnect')
  const offer = textOf(payload, 'sdp')
  const refuse = (error: SignalingError) => socket.send('hangup', { callsid, error })
  if (token) {
    if (!(await ports.calls.find(callsid)?.onReconnect(socket, token, offer))) refuse(unknownCall)
    return
  }
  const refusal = refusalOf(state, ports)
  if (refusal) return refuse(refusal)
  if (!state.grant?.applicationSid) return refuse(unauthorized)
  if (!callsid || ports.calls.find(callsid) || !offer) return refuse(malformed)
  ports.startCall({ temporarySid: callsid, offer, params: connectParams(payload), socket, grant: state.grant })
}

const refusalOf = ({ grant }: State, { clock }: ConnectionPorts): SignalingError | undefined =>
  !grant ? unauthorized : grant.expiresAt <= clock.now() ? expiredToken : undefined
