const NAME = 'linekeeper-phone'
type Message = 'take-over' | 'refused'

/** Which window of this profile has the phone: one at a time. */
export interface PhoneLock {
  /** True when the phone is ours now. Otherwise it becomes ours, and `onGained` says so, once the other window lets go. */
  acquire(): Promise<boolean>
  /** Asks the window that has it; it refuses while in a call. */
  requestTakeOver(): void
  release(): void
  close(): void
}

export interface PhoneLockEvents {
  onGained(): void
  /** Another window asks for the phone: give it up and return true, or return false. */
  onAsked(): boolean
  onRefused(): void
}

type Locks = Pick<LockManager, 'request'>
type Channel = Pick<BroadcastChannel, 'postMessage' | 'close' | 'addEventListener'>

/** A Web Lock per origin, hence per profile: each profile's host has a port of its own. */
export function createPhoneLock(locks: Locks, channel: Channel, events: PhoneLockEvents): PhoneLock {
  return new WebPhoneLock(locks, channel, events)
}

class WebPhoneLock implements PhoneLock {
  readonly #locks: Locks
  readonly #channel: Channel
  readonly #events: PhoneLockEvents
  #letGo: (() => void) | undefined
  #waiting: AbortController | undefined

  constructor(locks: Locks, channel: Channel, events: PhoneLockEvents) {
    this.#locks = locks
    this.#channel = channel
    this.#events = events
    channel.addEventListener('message', ({ data }: MessageEvent<Message>) => this.#hear(data))
  }

  acquire(): Promise<boolean> {
    if (this.#letGo) return Promise.resolve(true)
    return new Promise((resolve) => {
      void this.#locks.request(NAME, { ifAvailable: true }, (lock) => {
        resolve(lock !== null)
        if (lock) return this.#hold()
        this.#wait()
        return undefined
      })
    })
  }

  requestTakeOver(): void {
    this.#channel.postMessage('take-over' satisfies Message)
  }

  release(): void {
    this.#waiting?.abort()
    this.#waiting = undefined
    this.#letGo?.()
    this.#letGo = undefined
  }

  close(): void {
    this.release()
    this.#channel.close()
  }

  #hold(): Promise<void> {
    return new Promise((resolve) => (this.#letGo = resolve))
  }

  #wait(): void {
    if (this.#waiting) return
    this.#waiting = new AbortController()
    const gained = () => {
      this.#waiting = undefined
      const held = this.#hold()
      this.#events.onGained()
      return held
    }
    this.#locks.request(NAME, { signal: this.#waiting.signal }, gained).catch(() => undefined) // aborted: we no longer want it
  }

  #hear(message: Message): void {
    if (message === 'refused' && this.#waiting) this.#events.onRefused()
    if (message !== 'take-over' || !this.#letGo) return
    if (!this.#events.onAsked()) return this.#channel.postMessage('refused' satisfies Message)
    this.release()
    this.#wait() // and back again when the other window closes
  }
}
