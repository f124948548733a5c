import { randomBytes } from 'node:crypto'
import { createLegAudio } from '../media/leg-audio.ts'
import type { Pacer } from '../media/pacer.ts'
import { createPeer, type Peer } from '../media/peer.ts'
import type { Clock, LegAudio, LegEnd, LegEvent } from '../ports.ts'
import type { Switches } from '../switches.ts'
import type { ServerMessageType } from './wire.ts'

/** Structured log; pino fits. */
export interface Log {
  info(details: object, text: string): void
  warn(details: object, text: string): void
}

/** A Device's socket as calls see it. */
export interface DeviceSocket {
  readonly identity: string
  /** For how long the Device wants its calls kept while its socket is away, in ms (`listen.reconnectTimeout`). */
  readonly reconnectTimeoutMs: number
  send(type: ServerMessageType, payload: object): void
}

/** What every call of the gateway needs. */
export interface CallContext {
  clock: Clock
  pacer: Pacer
  switches: () => Switches
  log: Log
  iceAddress: string
}

/** What a Device's messages about a call do. */
export interface DeviceCall {
  /** Every id that messages may use for it: CA…, and TJS… for calls the Device began. */
  readonly sids: readonly string[]
  onAnswer(socket: DeviceSocket, sdp: string): Promise<void>
  onReject(socket: DeviceSocket): void
  onHangup(socket: DeviceSocket): void
  onDigits(digits: string): void
  onReinvite(socket: DeviceSocket, sdp: string): void
  /** A reconnect invite; false when the token is not this call's. */
  onReconnect(socket: DeviceSocket, token: string, sdp: string): Promise<boolean>
  onSocketClosed(socket: DeviceSocket): void
  /** A Device registered (again): pending invites may wait for it. */
  onRegistered(socket: DeviceSocket): void
  /** The gateway closes. */
  close(): void
}

const WATCHDOG_CHECKS = 4

/** The state both kinds of calls share: events, media, the socket and its absence, dead peers. */
export interface Talk {
  readonly sid: string
  readonly reconnectToken: string
  readonly media: LegMedia
  readonly hold: SocketHold
  readonly isEnded: boolean
  on(listener: (event: LegEvent) => void): () => void
  emit(event: LegEvent): void
  /** Starts to watch for a vanished person. */
  watch(): void
  /** Ends everything; `why` is told to listeners, null when it was our own end. */
  finish(why: LegEnd | null): void
}

export interface LegMedia {
  readonly audio: LegAudio
  readonly peer: Peer | undefined
  makePeer(): Peer
  /** From now on this peer carries the audio; the former one is closed. */
  use(peer: Peer): void
}

export interface SocketHold {
  readonly socket: DeviceSocket | undefined
  attach(socket: DeviceSocket): void
  /** If it was ours: ends the call as lost unless a socket comes back within the grace. */
  closed(socket: DeviceSocket): void
}

export interface TalkHooks {
  /** Runs once, at the end. */
  onFinish(): void
  /** The person's media or socket is gone for good: tell the Device, if it can be told. */
  onLost(): void
}

/** Starts the shared state of a call. */
export function createTalk(context: CallContext, sid: string, hooks: TalkHooks): Talk {
  const events = createEvents()
  let isEnded = false
  const lose = () => {
    if (isEnded) return
    hooks.onLost()
    finish('lost')
  }
  const media = createLegMedia(context, (digit) => talk.emit({ type: 'digit', digit }))
  const hold = createHold(context, lose)
  const watchdog = createWatchdog(context, () => media.peer?.silentForMs() ?? 0, lose)
  const finish = (why: LegEnd | null) => {
    if (isEnded) return
    isEnded = true
    hold.cancel()
    watchdog.stop()
    media.close()
    hooks.onFinish()
    if (why) events.emit({ type: 'ended', why })
  }
  const talk: Talk = {
    sid,
    reconnectToken: randomBytes(16).toString('hex'),
    media,
    hold,
    get isEnded() {
      return isEnded
    },
    on: (listener) => events.on(listener),
    emit: (event) => void (isEnded || events.emit(event)),
    watch: () => watchdog.start(),
    finish,
  }
  return talk
}

/** The leg's audio, carried by one peer at a time. */
function createLegMedia(context: CallContext, onDigit: (digit: string) => void) {
  let peer: Peer | undefined
  const audio = createLegAudio(
    { send: (frame, skipped) => peer?.send(frame, skipped), isReady: () => peer?.isReady() ?? false },
    context.pacer,
  )
  return {
    audio,
    get peer() {
      return peer
    },
    makePeer(): Peer {
      const made: Peer = createPeer({
        iceAddress: context.iceAddress,
        impairments: () => context.switches(),
        voice: (frame, at) => void (peer === made && audio.said(frame, at)),
        digit: (digit) => void (peer === made && onDigit(digit)),
      })
      return made
    },
    use(next: Peer) {
      if (peer !== next) peer?.close()
      peer = next
    },
    close() {
      audio.close()
      peer?.close()
    },
  }
}

/** The socket of a call, and the grace in which another may take its place. */
function createHold({ clock, switches }: CallContext, lose: () => void) {
  let socket: DeviceSocket | undefined
  let cancel: (() => void) | undefined
  return {
    get socket() {
      return socket
    },
    attach(next: DeviceSocket) {
      socket = next
      cancel?.()
    },
    closed(which: DeviceSocket) {
      if (which !== socket) return
      socket = undefined
      cancel = clock.later(Math.max(switches().reconnectGraceMs, which.reconnectTimeoutMs), lose)
    },
    cancel: () => cancel?.(),
  }
}

/** Finds vanished people: in ICE-lite mode a dead browser looks connected for ever, only its silence tells (mute still sends packets). */
function createWatchdog({ clock, switches }: CallContext, silentForMs: () => number, lose: () => void) {
  let cancel: (() => void) | undefined
  const start = () => {
    cancel?.()
    const { deadPeerMs } = switches()
    cancel = clock.later(deadPeerMs / WATCHDOG_CHECKS, () => {
      if (silentForMs() >= deadPeerMs) lose()
      else start()
    })
  }
  return { start, stop: () => cancel?.() }
}

/** Events wait for the first listener: who is handed a leg may listen a little later. */
function createEvents() {
  const listeners = new Set<(event: LegEvent) => void>()
  const waiting: LegEvent[] = []
  return {
    on(listener: (event: LegEvent) => void): () => void {
      listeners.add(listener)
      queueMicrotask(() => {
        for (const event of waiting.splice(0)) listener(event)
      })
      return () => void listeners.delete(listener)
    },
    emit(event: LegEvent) {
      if (!listeners.size) waiting.push(event)
      for (const listener of listeners) listener(event)
    },
  }
}
