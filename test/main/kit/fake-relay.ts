import { createPublicKey, randomBytes, verify } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer, type WebSocket } from 'ws'
import type { LogEvent } from '../../../contract/event.ts'
import type { ClientFrame, ServerFrame } from '../../../contract/frames.ts'
import { failure, type FailureCode } from '../../../contract/failure.ts'
import { refreshMessage, type Command, type RefreshBody, type Session } from '../../../contract/relay.ts'

/** What the fake answers with, and what it saw. Real HTTP and WebSocket on 127.0.0.1, the contract's shapes, no storage. */
export interface FakeState {
  epoch: string
  events: { seq: number; at: string; name: string; payload: unknown }[]
  /** Rows of `GET /api/sync/snapshot`, by table. */
  rows: Record<string, unknown[]>
  snapshotHead: number
  tokenSeconds: number
  voiceSeconds: number
  voice: Session['voice']
  isSandbox: boolean
  codes: Set<string>
  isRevoked: boolean
  /** Path → how many of its next answers are worked out and then lost. */
  lose: Map<string, number>
  /** Path → refusal of every request. */
  refuse: Map<string, FailureCode>
  delayMs: number
  pingMs: number
  /** Commands applied, once per id, in order; `commandBatches`: ids as they were sent. */
  applied: Command[]
  commandBatches: string[][]
  refusedCallIds: Set<string>
  requests: string[]
  hellos: Extract<ClientFrame, { type: 'hello' }>[]
  frames: ClientFrame[]
  liveRefresh: Set<string>
  publicKey: string
  welcomeAt: (() => string) | undefined
  isSilent: boolean
  /** Asked before everything else: true when it answers itself. */
  answer: ((request: IncomingMessage, response: ServerResponse, body: Buffer) => boolean) | undefined
}

const random = () => randomBytes(24).toString('base64url')

function newState(): FakeState {
  return {
    epoch: 'epoch-1',
    events: [],
    rows: { calls: [], numbers: [], users: [], devices: [] },
    snapshotHead: 0,
    tokenSeconds: 900,
    voiceSeconds: 3600,
    voice: { signalingUrl: null, soundsUrl: null },
    isSandbox: true,
    codes: new Set(['GOOD-CODE-1']),
    isRevoked: false,
    lose: new Map(),
    refuse: new Map(),
    delayMs: 0,
    pingMs: 50,
    applied: [],
    commandBatches: [],
    refusedCallIds: new Set(),
    requests: [],
    hellos: [],
    frames: [],
    liveRefresh: new Set(),
    publicKey: '',
    welcomeAt: undefined,
    isSilent: false,
    answer: undefined,
  }
}

export async function startFakeRelay(): Promise<FakeRelay> {
  const relay = new FakeRelay()
  await relay.start()
  return relay
}

export class FakeRelay {
  state = newState()
  sockets = new Set<WebSocket>()
  #server: Server | undefined
  #port = 0
  #tokens = new Map<string, number>()
  #successors = new Map<string, string>()
  #pings: NodeJS.Timeout | undefined

  get url() {
    return `http://127.0.0.1:${this.#port}`
  }

  async start(): Promise<void> {
    const server = createServer((request, response) => void this.#answer(request, response))
    const upgrades = new WebSocketServer({ noServer: true })
    server.on('upgrade', (request, socket, head) => {
      const token = request.headers.authorization?.replace('Bearer ', '') ?? ''
      if (!this.#isLive(token)) return socket.end('HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\nconnection: close\r\n\r\n')
      return upgrades.handleUpgrade(request, socket, head, (open) => this.#serve(open))
    })
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve))
    this.#port = (server.address() as AddressInfo).port
    this.#server = server
    let id = 0
    this.#pings = setInterval(() => {
      if (this.state.isSilent) return
      for (const socket of this.sockets) this.#send(socket, { type: 'ping', id: ++id, at: new Date().toISOString() })
    }, this.state.pingMs)
  }

  async stop(): Promise<void> {
    clearInterval(this.#pings)
    for (const socket of this.sockets) socket.terminate()
    const server = this.#server
    this.#server = undefined
    if (!server) return
    const closed = new Promise((resolve) => server.close(resolve))
    server.closeAllConnections()
    await closed
  }

  /** Appends to the log and sends it to who listens. */
  push(event: LogEvent | { type: string; payload: unknown }, at = new Date().toISOString()): number {
    const prev = this.state.events.at(-1)?.seq ?? this.state.snapshotHead
    const entry = { seq: prev + 1, at, name: event.type, payload: event.payload }
    this.state.events.push(entry)
    for (const socket of this.sockets) this.#send(socket, { type: 'event', prev, ...entry })
    return entry.seq
  }

  /** Sends a frame as it is, right or wrong. */
  raw(frame: unknown): void {
    for (const socket of this.sockets) socket.send(JSON.stringify(frame))
  }

  closeAll(code: number): void {
    for (const socket of this.sockets) socket.close(code)
  }

  /** Makes every access token given so far invalid. */
  expireTokens(): void {
    this.#tokens.clear()
  }

  #send = (socket: WebSocket, frame: ServerFrame) => socket.send(JSON.stringify(frame))
  #isLive = (token: string) => !this.state.isRevoked && (this.#tokens.get(token) ?? 0) > Date.now()

  #serve(socket: WebSocket): void {
    socket.on('message', (data: Buffer) => {
      const frame = JSON.parse(data.toString()) as ClientFrame
      this.state.frames.push(frame)
      if (frame.type === 'hello') this.#hello(socket, frame)
    })
    socket.on('close', () => this.sockets.delete(socket))
  }

  #hello(socket: WebSocket, frame: Extract<ClientFrame, { type: 'hello' }>): void {
    const { state } = this
    state.hellos.push(frame)
    const head = state.events.at(-1)?.seq ?? state.snapshotHead
    if (frame.epoch !== state.epoch || frame.cursor > head) {
      this.#send(socket, { type: 'gap', reason: 'another epoch' })
      return socket.close(1000)
    }
    const at = state.welcomeAt?.() ?? new Date().toISOString()
    this.#send(socket, { type: 'welcome', epoch: state.epoch, head, oldest: 1, schema: 1, at })
    let prev = frame.cursor
    for (const event of state.events.filter((one) => one.seq > frame.cursor)) {
      this.#send(socket, { type: 'event', prev, ...event })
      prev = event.seq
    }
    this.sockets.add(socket)
    return undefined
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
    const url = new URL(request.url ?? '/', this.url)
    this.state.requests.push(`${request.method} ${url.pathname}`)
    if (this.state.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, this.state.delayMs))
    if (this.state.answer?.(request, response, Buffer.concat(chunks))) return undefined
    const [status, body] = this.#route(url, request, chunks.length > 0 ? (JSON.parse(Buffer.concat(chunks).toString()) as unknown) : {})
    const losses = this.state.lose.get(url.pathname) ?? 0
    if (losses > 0) {
      this.state.lose.set(url.pathname, losses - 1)
      return void response.destroy()
    }
    return void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }

  #route(url: URL, request: IncomingMessage, body: unknown): [number, unknown] {
    const refused = this.state.refuse.get(url.pathname)
    if (refused) return [refused === 'internal' ? 500 : 400, failure(refused)]
    if (url.pathname === '/api/auth/enroll') return this.#enroll(body as { code: string; publicKey: string })
    if (url.pathname === '/api/auth/refresh') return this.#refresh(body as RefreshBody)
    if (!this.#isLive(request.headers.authorization?.replace('Bearer ', '') ?? '')) return [401, failure('session-expired')]
    if (url.pathname === '/api/auth/logout') return [200, {}]
    if (url.pathname === '/api/commands') return [200, this.#commands((body as { commands: Command[] }).commands)]
    if (url.pathname === '/api/sync/snapshot') return [200, this.#snapshot(url.searchParams)]
    if (url.pathname === '/api/twilio/access-token') {
      const expiresAt = new Date(Date.now() + this.state.voiceSeconds * 1000).toISOString()
      return [200, { token: random(), identity: 'uada_dlaptop', expiresAt, availableNumbers: [] }]
    }
    return [404, failure('unknown-request')]
  }

  #session(refreshToken: string): Session {
    const token = random()
    const expiresAt = Date.now() + this.state.tokenSeconds * 1000
    this.#tokens.set(token, expiresAt)
    this.state.liveRefresh.add(refreshToken)
    return {
      token,
      refreshToken,
      expiresAt: new Date(expiresAt).toISOString(),
      user: { userId: 'ada', name: 'Ada', role: 'manager' },
      device: { deviceId: 'laptop', name: 'Laptop', identity: 'uada_dlaptop' },
      workspace: { workspaceId: 'w1', name: 'Demo', isSandbox: this.state.isSandbox },
      voice: this.state.voice,
    }
  }

  #enroll({ code, publicKey }: { code: string; publicKey: string }): [number, unknown] {
    const isRetry = publicKey === this.state.publicKey
    if (!this.state.codes.delete(code) && !isRetry) return [403, failure('invite-unknown')]
    this.state.publicKey = publicKey
    return [200, this.#session(random())]
  }

  /** As R22: the old token works for the same key until the new one is first used; then it is dead. */
  #refresh(body: RefreshBody): [number, unknown] {
    const key = createPublicKey({ key: Buffer.from(this.state.publicKey, 'base64url'), format: 'der', type: 'spki' })
    const isSigned = verify(null, Buffer.from(refreshMessage(body)), key, Buffer.from(body.signature, 'base64url'))
    if (!isSigned || this.state.isRevoked || !this.state.liveRefresh.has(body.refreshToken)) return [401, failure('session-revoked')]
    for (const [old, next] of this.#successors) {
      if (next === body.refreshToken) this.state.liveRefresh.delete(old)
    }
    const next = this.#successors.get(body.refreshToken) ?? random()
    this.#successors.set(body.refreshToken, next)
    return [200, this.#session(next)]
  }

  #commands(commands: Command[]): object {
    this.state.commandBatches.push(commands.map((one) => one.commandId))
    const results = commands.map((command) => {
      if ('callId' in command && command.callId !== null && this.state.refusedCallIds.has(command.callId))
        return { commandId: command.commandId, status: 'refused', code: 'not-found' }
      if (!this.state.applied.some((one) => one.commandId === command.commandId)) this.state.applied.push(command)
      return { commandId: command.commandId, status: 'applied' }
    })
    return { results }
  }

  /** Pages of one row, so that every snapshot has several. */
  #snapshot(query: URLSearchParams): object {
    const rows = this.state.rows[query.get('table') ?? ''] ?? []
    const index = Number(query.get('after') ?? 0)
    const asOf = this.state.events.at(-1)?.seq ?? this.state.snapshotHead
    return { epoch: this.state.epoch, asOf, rows: rows.slice(index, index + 1), next: index + 1 < rows.length ? String(index + 1) : null }
  }
}
