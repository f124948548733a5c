import type { Bridge, BridgeEvent, BridgeEventPayload } from '../../contract/desktop.ts'
import { failure } from '../../contract/failure.ts'
import { backoffMs } from '../../base/backoff.ts'

type Listener = (payload: never) => void
const KEY = 'linekeeper.token'
/** Refused by main, which says what to do. */
const NO_TOKEN = 'none'
/** No event of main has this name. */
const REOPENED = ''

/** Takes `#token=…` out of the address, so that it is in no history and no screenshot, and keeps it for reloads of this tab. */
export function takeToken(page: Pick<Window, 'location' | 'history' | 'sessionStorage'>): string {
  const token = new URLSearchParams(page.location.hash.slice(1)).get('token')
  if (!token) return page.sessionStorage.getItem(KEY) ?? ''
  page.sessionStorage.setItem(KEY, token)
  page.history.replaceState(null, '', page.location.pathname + page.location.search)
  return token
}

export interface LoopbackBridge extends Bridge {
  /** Each time the events' socket opened again: events were lost meanwhile. */
  onReopen(listener: () => void): () => void
  close(): void
}

export interface LoopbackOptions {
  origin: string
  token: string
  fetch: typeof fetch
  WebSocket: typeof WebSocket
}

/** The bridge over HTTP and one WebSocket to main's loopback host. */
export function createLoopbackBridge({ origin, token: given, fetch, WebSocket }: LoopbackOptions): LoopbackBridge {
  const token = /^[\w-]+$/.test(given) ? given : NO_TOKEN // a socket's protocol and a header take no other: they would throw
  const page = crypto.randomUUID() // of this load: main keeps one claim of a Device per page
  const listeners = new Map<string, Set<Listener>>()
  const reopened = new Set<() => void>()
  const events = connectEvents(origin.replace(/^http/, 'ws'), [token, page], WebSocket, (name, payload) => {
    if (name === REOPENED) reopened.forEach((listener) => listener())
    for (const listener of listeners.get(name) ?? []) listener(payload as never)
  })
  return {
    async request(name, args) {
      try {
        const answer = await fetch(`${origin}/bridge/${name}`, {
          method: 'POST',
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'x-linekeeper-page': page },
          body: JSON.stringify(args),
          keepalive: name === 'calls.observe' || name === 'calls.witness', // outlives the page: how a call ended is told while the page closes
        })
        return (await answer.json()) as never
      } catch (error) {
        return { ok: false, failure: failure(error instanceof TypeError ? 'app-gone' : 'internal', String(error)) }
      }
    },
    on<E extends BridgeEvent>(event: E, listener: (payload: BridgeEventPayload<E>) => void) {
      const all = listeners.get(event) ?? new Set()
      listeners.set(event, all.add(listener))
      return () => void all.delete(listener)
    },
    onReopen(listener) {
      reopened.add(listener)
      return () => void reopened.delete(listener)
    },
    close: () => events.close(),
  }
}

/** Keeps the events' socket open: reconnects with jitter until closed. */
function connectEvents(origin: string, credentials: string[], Socket: typeof WebSocket, emit: (name: string, payload: unknown) => void) {
  let socket: WebSocket
  let attempt = 0
  let hasOpened = false
  let timer: ReturnType<typeof setTimeout> | undefined
  let isClosed = false
  const open = () => {
    socket = new Socket(`${origin}/bridge/events`, ['linekeeper', ...credentials])
    socket.addEventListener('open', () => {
      attempt = 0
      if (hasOpened) emit(REOPENED, undefined)
      hasOpened = true
    })
    socket.addEventListener('message', ({ data }) => {
      const frame = JSON.parse(String(data)) as { event?: string; payload?: unknown }
      if (frame.event) emit(frame.event, frame.payload)
    })
    socket.addEventListener('close', () => {
      if (!isClosed) timer = setTimeout(open, 100 + backoffMs(attempt++, Math.random(), 250, 5000))
    })
  }
  open()
  return {
    close() {
      isClosed = true
      clearTimeout(timer)
      socket.close()
    },
  }
}
