import { backoffMs } from '../../base/backoff.ts'
import { failure, toFailure, type Failure } from '../../contract/failure.ts'
import type { AccessTokenReply } from '../../contract/relay.ts'
import type { Sdk, SdkCall, SdkDevice, SdkError } from './sdk.ts'
import type { PhoneTiming } from './timing.ts'
import { lastMomentMs, tokenLife, TokenRenewal } from './token-renewal.ts'

export interface LinePorts {
  sdk(): Promise<Sdk>
  /** @throws FailureError */
  token(renew: boolean): Promise<AccessTokenReply>
  /** A call is in hand: the Device must not be made anew. */
  isTalking: () => boolean
  timing: PhoneTiming
}

export interface LineEvents {
  registered(isRegistered: boolean): void
  incoming(call: SdkCall): void
  problem(failure: Failure | null): void
  token(reply: AccessTokenReply): void
}

// The token was refused: another one is needed, not another try.
const TOKEN_ERRORS = new Set([20101, 20104, 20151, 31204, 31205])

/** The Device and its registration: made once, watched, and made anew when it does not repair itself. */
export class DeviceLine {
  readonly #ports: LinePorts
  readonly #events: LineEvents
  readonly #renewal: TokenRenewal
  #sdk: Sdk | undefined
  #device: SdkDevice | undefined
  #isOn = false
  #isRegistered = false
  #needsFreshToken = false
  #generation = 0
  #attempt = 0
  #recovery: ReturnType<typeof setTimeout> | undefined

  constructor(ports: LinePorts, events: LineEvents) {
    this.#ports = ports
    this.#events = events
    this.#renewal = new TokenRenewal({ renew: () => this.renewToken(), isTalking: ports.isTalking })
  }

  get device() {
    return this.#device
  }
  get isRegistered() {
    return this.#isRegistered
  }

  async start(): Promise<void> {
    if (this.#isOn) return
    this.#isOn = true
    await this.#make()
  }

  stop(): void {
    this.#isOn = false
    this.#drop()
  }

  /** A call began or ended. */
  replan(): void {
    this.#renewal.replan()
  }

  /** The Device is in a state it will not leave by itself, or the network is back: make it anew as soon as no call is in hand. */
  renew(): void {
    if (this.#isOn) this.#recoverIn(0)
  }

  /** Looks again at once when the network came back. */
  nudge(): void {
    if (this.#isOn && !this.#isRegistered) this.#recoverIn(500)
  }

  async renewToken(): Promise<AccessTokenReply> {
    const reply = await this.#ports.token(true)
    this.#device?.updateToken(reply.token)
    this.#events.token(reply)
    return reply
  }

  /** Lets the Device's sound go on; best called in a gesture. */
  resumeAudio(): void {
    void this.#sdk?.resumeAudio()
  }

  async #make(): Promise<void> {
    const generation = ++this.#generation
    const isStale = () => generation !== this.#generation
    try {
      const [sdk, reply] = await Promise.all([this.#ports.sdk(), this.#ports.token(this.#needsFreshToken)])
      if (isStale()) return
      this.#sdk = sdk
      this.#needsFreshToken = false
      const { issuedMs, expiresMs } = tokenLife(reply, Date.now())
      this.#device = sdk.createDevice(reply.token, { tokenRefreshMs: Math.max(500, Math.round(lastMomentMs(expiresMs - issuedMs))) })
      this.#listen(this.#device)
      this.resumeAudio() // made in the gesture's wake, and yet a browser may begin it suspended: no ring, no levels
      this.#renewal.accept(reply)
      this.#events.token(reply)
      await within(this.#device.register(), this.#ports.timing.registerMs)
    } catch (error) {
      if (isStale()) return
      this.#events.problem(error === undefined ? failure('not-registered') : toFailure(error))
      this.#recoverIn(500 + backoffMs(this.#attempt++, Math.random(), 1000, 30_000))
    }
  }

  #listen(device: SdkDevice): void {
    device.on('registered', () => {
      this.#attempt = 0
      clearTimeout(this.#recovery)
      this.#recovery = undefined
      this.#events.problem(null)
      this.#register(true)
    })
    device.on('unregistered', () => {
      this.#register(false)
      if (!this.#recovery) this.#recoverIn(this.#ports.timing.unregisteredMs)
    })
    device.on('destroyed', () => this.renew()) // not by us: our listeners are off by then
    device.on('incoming', (call: SdkCall) => this.#events.incoming(call))
    device.on('tokenWillExpire', () => this.#renewal.expiring())
    device.on('error', ({ code }: SdkError) => {
      if (!TOKEN_ERRORS.has(code)) return
      this.#needsFreshToken = true
      this.#recoverIn(500 + backoffMs(this.#attempt++, Math.random(), 1000, 30_000))
    })
  }

  #register(isRegistered: boolean): void {
    if (isRegistered === this.#isRegistered) return
    this.#isRegistered = isRegistered
    this.#events.registered(isRegistered)
  }

  #recoverIn(delayMs: number): void {
    clearTimeout(this.#recovery)
    this.#recovery = setTimeout(() => {
      this.#recovery = undefined
      if (!this.#isOn) return
      if (this.#ports.isTalking()) return this.#recoverIn(1000)
      this.#drop()
      void this.#make()
    }, delayMs)
  }

  #drop(): void {
    this.#generation++
    clearTimeout(this.#recovery)
    this.#recovery = undefined
    this.#renewal.stop()
    const device = this.#device
    this.#device = undefined
    device?.removeAllListeners()
    device?.destroy()
    this.#register(false)
  }
}

/** Rejects with undefined after `ms`, as the SDK does when its connection closes: register() may also hang for ever. */
async function within<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => (timer = setTimeout(() => reject(undefined), ms)))
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
