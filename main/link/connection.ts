import { Compile } from 'typebox/compile'
import { closeCodes, LOG_SCHEMA, ServerFrame, type ClientFrame } from '../../contract/frames.ts'
import type { Log, OpenSocket, Socket } from '../ports.ts'

type FrameOf<T extends ServerFrame['type']> = Extract<ServerFrame, { type: T }>

export interface ConnectionListeners {
  onWelcome: (frame: FrameOf<'welcome'>) => void
  onEvent: (frame: FrameOf<'event'>) => void
  /** Any frame: the relay is there. */
  onSign: () => void
  /** The relay wants a newer token. */
  onAuth: () => Promise<string>
}

export interface ConnectionOptions {
  openSocket: OpenSocket
  log: Log
  url: string
  token: string
  hello: { cursor: number; epoch: string | null }
  listeners: ConnectionListeners
  /** ms until `welcome`, and ms without a frame after it, before the link counts as dead. */
  welcomeMs: number
  deadMs: number
}

/** How a connection ended. `gap`: take a snapshot; `lost`: an event was missed; `dead`: no sign of life; `too-new`: update first. */
export interface ConnectionEnd {
  why: 'closed' | 'refused' | 'gap' | 'lost' | 'dead' | 'too-new' | 'stopped'
  code: number
  /** HTTP status of a refused upgrade. */
  status?: number
}

const frames = Compile(ServerFrame)

function parseFrame(text: string): ServerFrame | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return frames.Check(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** One socket to the relay's log, from hello to its end. Knows the protocol; what is done with events is the link's business. */
export class Connection {
  readonly #options: ConnectionOptions
  readonly #ended = Promise.withResolvers<ConnectionEnd>()
  readonly #socket: Socket
  #received: number
  #isOpen = false
  #isOver = false
  #watchdog: NodeJS.Timeout

  constructor(options: ConnectionOptions) {
    this.#options = options
    this.#received = options.hello.cursor
    this.#socket = options.openSocket(
      options.url,
      { authorization: `Bearer ${options.token}` },
      {
        onOpen: () => this.#hello(),
        onMessage: (text) => this.#message(text),
        onClose: ({ code, status }) => this.#closed(code, status),
      },
    )
    this.#watchdog = setTimeout(() => this.stop('dead'), options.welcomeMs) // last: a socket that cannot be made leaves no timer
  }

  get ended(): Promise<ConnectionEnd> {
    return this.#ended.promise
  }

  send(frame: ClientFrame): void {
    if (this.#isOpen && !this.#isOver) this.#socket.send(JSON.stringify(frame))
  }

  /** Ends it from our side; the first reason counts. */
  stop(why: ConnectionEnd['why'] = 'stopped'): void {
    if (this.#isOver) return
    this.#over({ why, code: 0 })
    if (why === 'dead' || !this.#isOpen) this.#socket.terminate()
    else this.#socket.close(why === 'lost' ? closeCodes.protocol : 1000)
  }

  #over(end: ConnectionEnd): void {
    this.#isOver = true
    clearTimeout(this.#watchdog)
    this.#ended.resolve(end)
  }

  #hello(): void {
    this.#isOpen = true
    const { cursor, epoch } = this.#options.hello
    this.send({ type: 'hello', cursor, epoch, schema: LOG_SCHEMA })
  }

  #message(text: string): void {
    if (this.#isOver) return
    const frame = parseFrame(text)
    if (!frame) {
      this.#options.log.warn({ bytes: text.length }, 'a frame of the relay was not understood')
      return this.stop('lost')
    }
    this.#watchdog.refresh()
    this.#options.listeners.onSign()
    this.#take(frame)
  }

  #closed(code: number, status: number | undefined): void {
    this.#isOpen = false
    if (!this.#isOver) this.#over(status === undefined ? { why: 'closed', code } : { why: 'refused', code, status })
  }

  #take(frame: ServerFrame): void {
    const { listeners, log } = this.#options
    switch (frame.type) {
      case 'welcome':
        return this.#welcome(frame)
      case 'event':
        return this.#event(frame)
      case 'gap':
        log.info({ reason: frame.reason }, 'the log cannot be resumed: a snapshot is needed')
        return this.stop('gap')
      case 'ping':
        return this.send({ type: 'pong', id: frame.id })
      case 'auth':
        return void listeners.onAuth().then(
          (token) => this.send({ type: 'auth', token }),
          (error: unknown) => log.warn({ error: String(error) }, 'no newer token for the link'),
        )
    }
  }

  #welcome(frame: FrameOf<'welcome'>): void {
    if (frame.schema > LOG_SCHEMA) return this.stop('too-new')
    clearTimeout(this.#watchdog)
    this.#watchdog = setTimeout(() => this.stop('dead'), this.#options.deadMs)
    return this.#options.listeners.onWelcome(frame)
  }

  #event(frame: FrameOf<'event'>): void {
    if (frame.seq <= this.#received) return // sent twice
    if (frame.prev > this.#received) return this.stop('lost')
    this.#received = frame.seq
    this.#options.listeners.onEvent(frame)
  }
}
