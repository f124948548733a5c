import type { Sdk, SdkCall, SdkDevice } from '../../../renderer/voice/sdk.ts'

type Listener = (...args: never[]) => void

class Emitter {
  #listeners = new Map<string, Listener[]>()
  on(event: string, listener: Listener) {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener])
  }
  removeAllListeners() {
    this.#listeners.clear()
  }
  emit(event: string, ...args: unknown[]) {
    for (const listener of this.#listeners.get(event) ?? []) (listener as (...all: unknown[]) => void)(...args)
  }
}

/** A call that does what a test says: its events are emitted by hand, what we do with it is written down. */
export class FakeCall extends Emitter implements SdkCall {
  parameters: Record<string, string>
  customParameters: Map<string, string>
  did: string[] = []
  digits: string[] = []
  current = 'pending'
  constructor(parameters: Record<string, string> = {}, lk?: string) {
    super()
    this.parameters = parameters
    this.customParameters = new Map(lk ? [['lk', lk]] : [])
  }
  accept = () => void this.did.push('accept')
  reject = () => {
    this.did.push('reject')
    this.current = 'closed'
    this.emit('reject')
  }
  disconnect = () => {
    this.did.push('disconnect')
    this.current = 'closed'
    this.emit('disconnect', this)
  }
  mute = (isMuted: boolean) => this.emit('mute', isMuted)
  sendDigits = (digits: string) => void this.digits.push(digits)
  status = () => this.current
  ring(sid = 'CA00000000000000000000000000000001') {
    this.parameters['CallSid'] = sid
    this.current = 'ringing'
    this.emit('ringing', false)
  }
  open(sid = 'CA00000000000000000000000000000001') {
    this.parameters['CallSid'] ??= sid
    this.current = 'open'
    this.emit('accept', this)
  }
  end() {
    this.current = 'closed'
    this.emit('disconnect', this)
  }
}

export class FakeDevice extends Emitter implements SdkDevice {
  state = 'unregistered'
  isBusy = false
  tokens: string[]
  connects: { params: Record<string, string>; call: FakeCall }[] = []
  isDestroyed = false
  /** What register() does: by default it succeeds at once. */
  onRegister: () => Promise<void>
  constructor(token: string, onRegister?: (device: FakeDevice) => Promise<void>) {
    super()
    this.tokens = [token]
    this.onRegister = () => (onRegister ? onRegister(this) : this.succeed())
  }
  succeed() {
    this.state = 'registered'
    this.emit('registered')
    return Promise.resolve()
  }
  register = () => this.onRegister()
  connect({ params }: { params: Record<string, string> }) {
    const call = new FakeCall()
    this.connects.push({ params, call })
    call.current = 'connecting'
    return Promise.resolve(call)
  }
  updateToken = (token: string) => void this.tokens.push(token)
  destroy = () => void (this.isDestroyed = true)
}

/** An SDK whose Devices a test can hold. */
export function fakeSdk(onRegister?: (device: FakeDevice) => Promise<void>) {
  const devices: FakeDevice[] = []
  /** How many Devices there were each time sound was let begin. */
  const resumedFor: number[] = []
  const sdk: Sdk = {
    createDevice(token) {
      const device = new FakeDevice(token, onRegister)
      devices.push(device)
      return device
    },
    resumeAudio() {
      resumedFor.push(devices.length)
      return Promise.resolve()
    },
  }
  return { sdk, devices, device: () => devices.at(-1)!, resumedFor }
}
