import { Compile } from 'typebox/compile'
import type { RawData, WebSocket } from 'ws'
import { ClientFrame, closeCodes, LOG_SCHEMA, type ServerFrame } from '../../contract/frames.ts'
import type { RequestSession } from '../plugins/session.ts'
import type { Clock, EventLog, StoredEvent } from '../ports.ts'
import type { Claim } from './presence.ts'

export interface LinkOptions {
  helloMs: number
  pingMs: number
  /** Without a sign of life for so long a socket is given up. */
  deadMs: number
  /** More than this waiting to be sent: the socket is too slow (4008). */
  maxBufferedBytes: number
}

export interface LinkDeps {
  log: EventLog
  clock: Clock
  /** The session of a newer token. @throws FailureError */
  authenticate(token: string): Promise<LinkSession>
  /** One line per refused frame. */
  refused(why: string, link: { deviceId: string }): void
}
export type LinkSession = RequestSession & { expiresAt: Date }

/** Events per read of the log while catching up. */
const PAGE = 200
/** A peer that does not answer our close frame is cut off. */
const CLOSE_GRACE_MS = 500
const frames = Compile(ClientFrame)

/** An event's frame but for `prev`, so that it is made once for all sockets. */
export interface EventFrame {
  event: StoredEvent
  tail: string
}
export const frameOf = (event: StoredEvent): EventFrame => {
  const { at, type: name, json } = event
  return { event, tail: `,"at":${JSON.stringify(at)},"name":${JSON.stringify(name)},"payload":${json}}` }
}

/** One desktop's socket: hello, resume from the log, live events, pings, token renewal. */
export interface Link {
  readonly viewer: { userId: string; role: RequestSession['role'] }
  readonly deviceId: string
  /** ms since 1970 of its last frame. */
  pongAt(): number
  claim(): Claim | undefined
  /** A committed event of this audience. While catching up it is left to the log. */
  push(frame: EventFrame): void
  /** Everything that depends on time; called by the hub's timer. */
  tick(): void
  close(code: number, why: string): void
}

export const createLink = (socket: WebSocket, session: LinkSession, deps: LinkDeps, options: LinkOptions): Link =>
  new SocketLink(socket, session, deps, options)

class SocketLink implements Link {
  readonly viewer
  readonly deviceId
  readonly #socket
  readonly #deps
  readonly #options
  readonly #openedAt
  #state: 'new' | 'catching' | 'live' | 'closed' = 'new'
  /** Seq of the last event sent, or the one it said hello with. */
  #cursor = 0
  #expiresAt
  /** The expiry that a newer token was asked for. */
  #askedFor = 0
  #seenAt
  #pingAt = 0
  #pings = 0
  #claim: Claim | undefined

  constructor(socket: WebSocket, session: LinkSession, deps: LinkDeps, options: LinkOptions) {
    this.viewer = { userId: session.userId, role: session.role }
    this.deviceId = session.deviceId
    this.#socket = socket
    this.#deps = deps
    this.#options = options
    this.#openedAt = this.#seenAt = deps.clock.now().getTime()
    this.#expiresAt = session.expiresAt.getTime()
    socket.on('message', (data, isBinary) => this.#receive(data, isBinary))
    // ws itself closes on an oversized or invalid frame (1009, 1002, 1007); the error is our one line.
    socket.on('error', (error) => deps.refused(error.message, this))
    socket.on('close', () => (this.#state = 'closed'))
  }

  pongAt = () => this.#seenAt
  claim = () => this.#claim

  push(frame: EventFrame): void {
    if (this.#state !== 'live' || frame.event.seq <= this.#cursor) return
    if (this.#socket.bufferedAmount > this.#options.maxBufferedBytes) return this.close(closeCodes.overloaded, 'too slow')
    this.#deliver(frame)
  }

  tick(): void {
    const now = this.#now()
    if (this.#state === 'closed') return
    if (now >= this.#expiresAt) this.close(closeCodes.expired, 'token expired')
    else if (this.#state === 'new') this.#tickNew(now)
    else if (now - this.#seenAt > this.#options.deadMs) this.#socket.terminate()
    else this.#tickLive(now)
  }

  close(code: number, why: string): void {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    this.#socket.close(code, why)
    setTimeout(() => this.#socket.terminate(), CLOSE_GRACE_MS).unref()
  }

  #now = () => this.#deps.clock.now().getTime()
  #send = (frame: ServerFrame) => this.#socket.send(JSON.stringify(frame))

  #refuse(why: string): void {
    if (this.#state === 'closed') return
    this.#deps.refused(why, this)
    this.close(closeCodes.protocol, why)
  }

  #tickNew(now: number): void {
    if (now - this.#openedAt > this.#options.helloMs) this.#refuse('no hello in time')
  }

  #tickLive(now: number): void {
    if (now >= this.#pingAt) {
      this.#pingAt = now + this.#options.pingMs * (0.7 + 0.6 * Math.random()) // spread: all desktops connect at once after a restart
      this.#send({ type: 'ping', id: ++this.#pings, at: this.#deps.clock.now().toISOString() })
    }
    // Asked once per token, when a fifth of its life is left, at most a minute before.
    const left = this.#expiresAt - now
    if (this.#askedFor === this.#expiresAt || left > Math.min(60_000, (this.#expiresAt - this.#openedAt) / 5)) return
    this.#askedFor = this.#expiresAt
    this.#send({ type: 'auth', expiresAt: new Date(this.#expiresAt).toISOString() })
  }

  #receive(data: RawData, isBinary: boolean): void {
    if (this.#state === 'closed') return
    // Text comes as one Buffer: binaryType is ws's default.
    const frame = isBinary ? undefined : parse((data as Buffer).toString())
    if (!frame) return this.#refuse('malformed frame')
    this.#seenAt = this.#now()
    if (frame.type === 'hello') this.#hello(frame)
    else if (this.#state === 'new') this.#refuse('no hello')
    else if (frame.type === 'auth') void this.#renew(frame.token)
    else if (frame.type === 'presence') this.#claim = { registered: frame.registered, microphone: frame.microphone }
  }

  #hello(frame: Extract<ClientFrame, { type: 'hello' }>): void {
    if (this.#state !== 'new') return this.#refuse('a second hello')
    const { log, clock } = this.#deps
    const reason = gapOf(frame, log)
    if (reason) {
      this.#send({ type: 'gap', reason })
      return this.close(1000, 'gap')
    }
    const at = clock.now().toISOString()
    this.#send({ type: 'welcome', epoch: log.epoch, head: log.head(), oldest: log.oldest(), schema: LOG_SCHEMA, at })
    this.#cursor = frame.cursor
    this.#state = 'catching'
    this.#catchUp()
  }

  // Reads the log page by page, each when the one before has left, until there is nothing more: then live events go on without a gap,
  // because commits are announced in the same turn of the event loop.
  #catchUp(): void {
    if (this.#state !== 'catching') return
    const page = this.#deps.log.after(this.#cursor, this.viewer, PAGE)
    const isLast = page.length < PAGE
    page.forEach((event, index) => this.#deliver(frameOf(event), isLast || index < PAGE - 1 ? undefined : () => this.#catchUp()))
    if (isLast) this.#state = 'live'
  }

  #deliver({ event, tail }: EventFrame, done?: () => void): void {
    this.#socket.send(`{"type":"event","seq":${event.seq},"prev":${this.#cursor}${tail}`, done)
    this.#cursor = event.seq
  }

  async #renew(token: string): Promise<void> {
    try {
      const renewed = await this.#deps.authenticate(token)
      if (renewed.deviceId !== this.deviceId) this.#refuse('a token of another device')
      else this.#expiresAt = renewed.expiresAt.getTime()
    } catch {
      this.#deps.refused('a token that is not valid', this)
      this.close(closeCodes.expired, 'token not valid')
    }
  }
}

/** Why this cursor cannot be resumed (RULES R19), or undefined. Nothing yet (0, no epoch) can, while the log is whole. */
function gapOf(hello: { cursor: number; epoch: string | null }, log: EventLog): string | undefined {
  if (hello.epoch !== log.epoch && !(hello.epoch === null && hello.cursor === 0)) return 'another epoch'
  if (hello.cursor > log.head()) return 'beyond head'
  return hello.cursor < log.oldest() - 1 ? 'below oldest' : undefined
}

function parse(text: string): ClientFrame | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return frames.Check(value) ? value : undefined
  } catch {
    return undefined
  }
}
