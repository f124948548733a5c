import { failure, type Failure } from '../../contract/failure.ts'
import type { Microphone } from '../model/phone.ts'

/** What the browser knows of the microphone, found before a call needs it. */
export interface MicrophonePort {
  state(): Microphone
  /** Opens the microphone once, which asks the person where nobody has yet. Undefined: it can be used. */
  ensure(): Promise<Failure | undefined>
  onChange(listener: (state: Microphone) => void): () => void
  close(): void
}

type Devices = Pick<MediaDevices, 'getUserMedia' | 'enumerateDevices' | 'addEventListener' | 'removeEventListener'>
type Permissions = Pick<Navigator['permissions'], 'query'>

/** The microphone of this browser. @param devices undefined in an insecure context, where there is none. */
export function createMicrophone(devices: Devices | undefined, permissions: Permissions | undefined): MicrophonePort {
  return new BrowserMicrophone(devices, permissions)
}

class BrowserMicrophone implements MicrophonePort {
  readonly #devices: Devices | undefined
  readonly #listeners = new Set<(state: Microphone) => void>()
  #state: Microphone = 'unknown'
  #permission: PermissionStatus | undefined
  readonly #look = () => void this.#inspect()

  constructor(devices: Devices | undefined, permissions: Permissions | undefined) {
    this.#devices = devices
    devices?.addEventListener('devicechange', this.#look)
    void this.#watch(permissions)
  }

  state = () => this.#state

  async ensure(): Promise<Failure | undefined> {
    if (!this.#devices) return this.#is('missing')
    try {
      const stream = await this.#devices.getUserMedia({ audio: true })
      for (const track of stream.getTracks()) track.stop()
      return this.#is('granted')
    } catch (error) {
      const name = error instanceof Error ? error.name : ''
      if (name === 'NotAllowedError' || name === 'SecurityError') return this.#is('denied')
      if (name === 'NotFoundError' || name === 'OverconstrainedError') return this.#is('missing')
      return failure('microphone-busy', String(error)) // NotReadableError, AbortError: there, but another program holds it
    }
  }

  onChange(listener: (state: Microphone) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  close(): void {
    this.#devices?.removeEventListener('devicechange', this.#look)
    this.#permission?.removeEventListener('change', this.#look)
  }

  async #watch(permissions: Permissions | undefined): Promise<void> {
    // Firefox knows no such permission; then only asking tells.
    this.#permission = await permissions?.query({ name: 'microphone' }).catch(() => undefined)
    this.#permission?.addEventListener('change', this.#look)
    await this.#inspect()
  }

  async #inspect(): Promise<void> {
    const inputs = await this.#devices?.enumerateDevices().catch(() => undefined)
    if (inputs && !inputs.some((device) => device.kind === 'audioinput')) this.#set('missing')
    else if (this.#permission) this.#set(this.#permission.state)
    else if (this.#state === 'missing') this.#set('unknown')
  }

  #is(state: 'granted' | 'denied' | 'missing'): Failure | undefined {
    this.#set(state)
    return state === 'granted' ? undefined : failure(state === 'denied' ? 'microphone-denied' : 'microphone-missing')
  }

  #set(state: Microphone): void {
    if (state === this.#state) return
    this.#state = state
    for (const listener of this.#listeners) listener(state)
  }
}
