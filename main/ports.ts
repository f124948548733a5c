/** Time as the app sees it; a manual one in tests. */
export interface Clock {
  now: () => Date
}

/** Small strings kept encrypted by the host. `set` has reached the disk when it resolves: a refresh token is used only after that. */
export interface SecretStore {
  get: (name: string) => Promise<string | undefined>
  set: (name: string, value: string) => Promise<void>
  delete: (name: string) => Promise<void>
}

/** What the app needs of a WebSocket. `onClose` is called exactly once, also when it never opened; `status`: of a refused upgrade. */
export interface Socket {
  send: (text: string) => void
  close: (code?: number) => void
  /** Ends it without the closing handshake: for a link found dead. */
  terminate: () => void
}
export interface SocketListeners {
  onOpen: () => void
  onMessage: (text: string) => void
  onClose: (end: { code: number; status?: number; reason: string }) => void
}
export type OpenSocket = (url: string, headers: Record<string, string>, listeners: SocketListeners) => Socket

/** Structured lines. Never a token, a key or a whole phone number. */
export interface Log {
  info: (fields: object, message: string) => void
  warn: (fields: object, message: string) => void
  error: (fields: object, message: string) => void
}

/** What hosts give to the app: everything with an effect outside of it but its own files. */
export interface Ports {
  clock: Clock
  /** [0, 1) */
  random: () => number
  secrets: SecretStore
  fetch: typeof fetch
  openSocket: OpenSocket
  log: Log
  /** Calls the listener when the network or the machine came back, and trying again at once makes sense. Returns the undoing. */
  onWake: (listener: () => void) => () => void
}
