import { Compile } from 'typebox/compile'
import type { AppStatus } from '../../contract/desktop.ts'
import { eventPayloads, type EventPayload } from '../../contract/event.ts'
import { closeCodes } from '../../contract/frames.ts'
import { FailureError } from '../../contract/failure.ts'
import { backoffMs } from '../../base/backoff.ts'
import type { Timings } from '../config.ts'
import type { Ports } from '../ports.ts'
import type { Position } from '../store/position.ts'
import type { Changes } from '../store/replica.ts'
import type { Store } from '../store/store.ts'
import { createApplier } from './applier.ts'
import { Connection, type ConnectionEnd, type ConnectionListeners } from './connection.ts'
import type { Outbox } from './outbox.ts'
import type { RelayClock } from './relay-clock.ts'
import type { SessionRecord } from './session-record.ts'
import type { SessionService } from './session.ts'
import { takeSnapshot } from './snapshot.ts'
import { wait } from './wait.ts'

export type LinkState = AppStatus['relay']
export interface Presence {
  registered: boolean
  microphone: AppStatus['microphone']
}

export interface LinkOptions {
  ports: Ports
  timings: Timings
  session: SessionService
  clock: RelayClock
  replica: Store['replica']
  outbox: Outbox
  presence: () => Presence
  /** State or evidence changed. */
  onStatus: () => void
  onChanges: (changes: Changes) => void
  onCalls: (callIds: string[]) => void
  /** A snapshot was taken: everything may be different. */
  onSnapshot: () => void
  /** This person may see less, or more: told before the replica knows, and again once a snapshot has purged it. */
  onAccess: () => void
  onOffer: (payload: EventPayload<'call.offered'>, at: string) => void
  onWelcome: () => void
}

/** What came of one attempt: whether going on at once makes sense, and for how long it was online. */
interface Attempt {
  isResumable: boolean
  livedMs: number
}

const offers = Compile(eventPayloads['call.offered'])
const accesses = Compile(eventPayloads['access.changed'])
/** How much longer than its ringing an offer is worth showing, ms. */
const OFFER_GRACE = 5000
/** Evidence is told at most this often, ms: a catch-up of thousands of events is one sign of life. */
const SIGN_EVERY = 1000
const FAILED: Attempt = { isResumable: false, livedMs: 0 }

/** Follows the relay's log for as long as there is a session: reconnects, resumes, and takes snapshots when it must. */
export class Link {
  readonly #options: LinkOptions
  readonly #applier
  #state: LinkState = 'off'
  #seenAt: string | null = null
  #toldSeenAt = 0
  #connection: Connection | undefined
  #awake = new AbortController()
  /** The relay has said welcome, and the connection stands. */
  #isWelcome = false
  /** Access changed, and no snapshot was taken since. */
  #hasAccessChanged = false
  #life: { stop: AbortController; done: Promise<void> } | undefined

  constructor(options: LinkOptions) {
    this.#options = options
    this.#applier = createApplier({
      replica: options.replica,
      log: options.ports.log,
      onFailure: () => this.#connection?.stop('lost'),
      onChanges: (changes) => {
        options.onChanges(changes)
        if (changes.needsSnapshot) this.#connection?.stop('gap')
      },
    })
  }

  state = (): LinkState => this.#state
  seenAt = (): string | null => this.#seenAt

  /** Follows this session; what was followed before is let go first. */
  start = async (record: SessionRecord): Promise<void> => {
    await this.stop()
    const controller = new AbortController()
    this.#life = { stop: controller, done: this.#run(record, controller.signal) }
  }

  stop = async (): Promise<void> => {
    const ending = this.#life
    this.#life = undefined
    ending?.stop.abort()
    await ending?.done
    this.#setState('off')
  }

  /** The network came back: no use in waiting any longer. */
  wake = (): void => {
    if (!this.#isWelcome) this.#awake.abort()
  }

  tellPresence = (): void => {
    const { registered, microphone } = this.#options.presence()
    this.#connection?.send({ type: 'presence', registered, microphone })
  }

  #setState(next: LinkState): void {
    if (this.#state === next) return
    this.#options.ports.log.info({ from: this.#state, to: next }, 'link')
    this.#state = next
    this.#options.onStatus()
  }

  async #run(record: SessionRecord, signal: AbortSignal): Promise<void> {
    const { timings, ports } = this.#options
    this.#setState('connecting')
    for (let attempt = 0; !signal.aborted; attempt++) {
      this.#awake = new AbortController() // before the attempt: a network that comes back during it is not waited for
      const { isResumable, livedMs } = await this.#attempt(record, signal)
      if (signal.aborted) break
      // A relay that flaps is not hammered: only a link that held for a while starts the waits anew.
      if (livedMs > timings.retryCap) attempt = 0
      if (isResumable && attempt === 0) continue
      if (this.#state !== 'refused') this.#setState('offline')
      const pause = backoffMs(attempt, ports.random(), timings.retryFirst, timings.retryCap)
      await wait(pause, AbortSignal.any([signal, this.#awake.signal]))
    }
  }

  async #attempt(record: SessionRecord, signal: AbortSignal): Promise<Attempt> {
    const { log } = this.#options.ports
    try {
      const position = await this.#prepare(signal)
      const { livedMs, ...end } = await this.#connect(record, position, signal)
      if (signal.aborted) return FAILED
      if (end.code !== closeCodes.shuttingDown) log.info(end, 'the link ended')
      return { isResumable: await this.#settle(end), livedMs }
    } catch (error) {
      if (signal.aborted) return FAILED
      if (this.#state !== 'offline') log.warn({ error: String(error) }, 'the relay is not reached')
      const isRefused = error instanceof FailureError && error.code === 'relay-refused'
      this.#setState(isRefused ? 'refused' : 'offline')
      return FAILED
    }
  }

  /** What must be in order before the log is followed: our commands sent, and a replica that can go on from its cursor. */
  async #prepare(signal: AbortSignal): Promise<Position> {
    const { session, outbox, replica, timings, ports, onCalls, onSnapshot } = this.#options
    await session.token()
    const limit = new AbortController()
    const flushed = outbox.flush().catch((error: unknown) => ports.log.info({ error: String(error) }, 'the outbox was not flushed'))
    await Promise.race([flushed, wait(timings.flush, AbortSignal.any([signal, limit.signal]))])
    limit.abort()
    await this.#applier.settled()
    if ((await replica.position()).needsSnapshot) {
      ports.log.info({}, 'taking a snapshot')
      const pauseMs = (failed: number) => backoffMs(failed, ports.random(), timings.retryFirst, timings.retryCap)
      await takeSnapshot({ session, replica, onCalls, pauseMs }, signal)
      if (this.#hasAccessChanged) this.#accessChanged(false)
      onSnapshot()
    }
    return replica.position()
  }

  /** One connection to its end. `livedMs`: how long it was online. */
  async #connect(record: SessionRecord, position: Position, signal: AbortSignal): Promise<ConnectionEnd & { livedMs: number }> {
    const { ports, timings, session } = this.#options
    let onlineAt: number | undefined
    const now = () => ports.clock.now().getTime()
    const connection = new Connection({
      openSocket: ports.openSocket,
      log: ports.log,
      token: await session.token(),
      url: new URL('/api/events', record.relayUrl.replace(/^http/, 'ws')).href,
      hello: position,
      welcomeMs: timings.welcome,
      deadMs: timings.deadLink,
      listeners: this.#listeners(record.user.userId, position.epoch ?? '', () => (onlineAt = now())),
    })
    this.#connection = connection
    const stop = () => connection.stop()
    signal.addEventListener('abort', stop)
    if (signal.aborted) stop()
    const end = await connection.ended
    this.#isWelcome = false
    signal.removeEventListener('abort', stop)
    this.#connection = undefined
    await this.#applier.settled()
    return { ...end, livedMs: onlineAt === undefined ? 0 : now() - onlineAt }
  }

  #listeners(userId: string, epoch: string, onOnline: () => void): ConnectionListeners {
    const { clock, session, outbox, onWelcome } = this.#options
    return {
      onSign: () => this.#sign(),
      onAuth: session.refresh,
      onWelcome: (frame) => {
        clock.note(frame.at)
        if (frame.epoch !== epoch) return this.#connection?.stop('gap')
        onOnline()
        this.#isWelcome = true
        this.tellPresence()
        this.#setState('online')
        outbox.kick()
        onWelcome()
        return undefined
      },
      onEvent: ({ seq, at, name, payload }) => {
        if (name === 'call.offered') this.#offer(payload, at)
        if (accesses.Check(payload) && name === 'access.changed' && payload.userId === userId) this.#accessChanged(true)
        this.#applier.push(epoch, userId, { seq, at, name, payload })
      },
    }
  }

  /** Before anything of it is on the disk: killed after, what goes with it has gone. */
  #accessChanged(isSnapshotDue: boolean): void {
    this.#hasAccessChanged = isSnapshotDue
    this.#options.onAccess()
  }

  #sign(): void {
    const now = this.#options.ports.clock.now()
    this.#seenAt = now.toISOString()
    if (now.getTime() - this.#toldSeenAt < SIGN_EVERY) return
    this.#toldSeenAt = now.getTime()
    this.#options.onStatus()
  }

  #offer(payload: unknown, at: string): void {
    if (!offers.Check(payload)) return
    const age = this.#options.clock.now().getTime() - Date.parse(at)
    if (age <= payload.ringSeconds * 1000 + OFFER_GRACE) this.#options.onOffer(payload, at)
  }

  /** Draws the consequences of an end. Returns whether going on at once makes sense. */
  async #settle(end: ConnectionEnd): Promise<boolean> {
    const { replica, session } = this.#options
    if (end.code === closeCodes.accessChanged) this.#accessChanged(true)
    if (end.why === 'gap' || end.code === closeCodes.accessChanged) {
      await replica.markStale()
      return true
    }
    if (end.code === closeCodes.revoked) {
      await session.end('session-revoked')
      return false
    }
    if (end.code === closeCodes.expired || end.status === 401) {
      await session.refresh()
      return true
    }
    if (end.why === 'too-new' || end.status === 403) this.#setState('refused')
    return end.why === 'lost'
  }
}

export const createLink = (options: LinkOptions): Link => new Link(options)
