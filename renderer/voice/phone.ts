import type { CallFact, CallRecord } from '../../contract/call.ts'
import { failure, type FailureCode } from '../../contract/failure.ts'
import { partyOf, type Party } from '../../contract/party.ts'
import type { AccessTokenReply } from '../../contract/relay.ts'
import { initialView, isLive, type Levels, type Microphone, type Phone, type PhoneView } from '../model/phone.ts'
import { DeviceLine } from './device-line.ts'
import { callFacts, instant } from './facts.ts'
import { LiveCall } from './live-call.ts'
import type { MicrophonePort } from './microphone.ts'
import type { PhoneLock, PhoneLockEvents } from './phone-lock.ts'
import type { Sdk, SdkCall } from './sdk.ts'
import type { PhoneTiming } from './timing.ts'
import type { Testimony } from './witness.ts'

export interface PhonePorts {
  sdk: () => Promise<Sdk>
  /** @throws FailureError */
  token: (renew: boolean) => Promise<AccessTokenReply>
  observe(callId: string, facts: CallFact[]): void
  /** What this device saw of a call that is over. */
  witness(callId: string, testimony: Testimony): void
  record(callId: string): Promise<CallRecord | undefined>
  declineEverywhere(callId: string): void
  onCallsChanged(listener: (callIds: string[]) => void): () => void
  /** What the relay announced of an incoming call (RULES R23). */
  offer(callId: string): { party: Party; ourNumber: string } | undefined
  report(registered: boolean, microphone: Microphone): void
  microphone: MicrophonePort
  lock(events: PhoneLockEvents): PhoneLock
  newId(): string
  timing: PhoneTiming
}

/** The phone: one Device, the call in hand and those that ring. Its view is what the screen believes for *now*. */
export const createPhone = (ports: PhonePorts): Phone => new SdkPhone(ports)

class SdkPhone implements Phone {
  readonly #ports: PhonePorts
  readonly #line: DeviceLine
  readonly #lock: PhoneLock
  readonly #listeners = new Set<(view: PhoneView) => void>()
  readonly #levels = new Set<(levels: Levels) => void>()
  readonly #tokens = new Set<(reply: AccessTokenReply) => void>()
  #view: PhoneView = initialView
  #call: LiveCall | undefined
  #ringing: LiveCall[] = []
  /** The lock is ours: only then may main hear of our Device and microphone, since it believes whoever spoke last. */
  #isOwner = false
  #linger: ReturnType<typeof setTimeout> | undefined

  constructor(ports: PhonePorts) {
    this.#ports = ports
    this.#line = new DeviceLine(
      { sdk: ports.sdk, token: ports.token, isTalking: () => this.#isTalking, timing: ports.timing },
      {
        registered: (registered) => this.#set({ registered, registeredSince: registered ? Date.now() : null }, true),
        incoming: (call) => this.#ring(call),
        problem: (problem) => this.#set({ problem }),
        token: (reply) => this.#tokens.forEach((listener) => listener(reply)),
      },
    )
    this.#lock = ports.lock({
      onGained: () => void this.#own(),
      onAsked: () => this.#giveUp(),
      onRefused: () => this.#set({ isTakeOverRefused: true }),
    })
    ports.microphone.onChange((microphone) => this.#set({ microphone }, true))
  }

  view = () => this.#view
  subscribe = (listener: (view: PhoneView) => void) => subscription(this.#listeners, listener)
  onLevels = (listener: (levels: Levels) => void) => subscription(this.#levels, listener)
  onToken = (listener: (reply: AccessTokenReply) => void) => subscription(this.#tokens, listener)

  async turnOn(): Promise<void> {
    if (this.#view.power !== 'waiting') return
    this.#set({ power: 'turning-on' })
    const isOurs = await this.#lock.acquire()
    if (this.view().power !== 'turning-on') return this.#lock.release() // turned off meanwhile
    if (isOurs) await this.#own()
    else this.#set({ power: 'elsewhere' })
  }

  turnOff(): Promise<void> {
    this.#call?.hangUp()
    for (const call of this.#ringing.splice(0)) call.refuse()
    this.#disown()
    this.#lock.release()
    this.#set({ power: 'waiting', problem: null })
    return Promise.resolve()
  }

  takeOver(): Promise<void> {
    this.#set({ isTakeOverRefused: false })
    this.#lock.requestTakeOver()
    return Promise.resolve()
  }

  connect(to: string, from: string, isRecorded = false): void {
    if (this.#isTalking || this.#ringing.length > 0) return this.#set({ problem: failure('call-in-progress') })
    const callId = this.#ports.newId()
    const call = this.#watch({ callId, direction: 'outgoing', party: { kind: 'number', number: to }, ourNumber: from })
    const params = { To: to, LkCallerId: from, LkCall: callId, LkRecord: String(isRecorded) } // nobody is recorded untold
    this.#hold(call)
    if (this.#ports.microphone.state() === 'granted') this.#place(call, params)
    else
      void this.#ports.microphone
        .ensure()
        .then((problem) => (problem ? call.fail(problem.code as FailureCode) : this.#placeUnlessRinging(call, params)))
    this.#look({ problem: null })
    setTimeout(() => this.#tell(), this.#ports.timing.drawAfterMs)
    const now = Date.now()
    this.#ports.observe(callId, callFacts(now, { direction: 'outgoing', to, ourNumber: from, startedAt: instant(now) }))
  }

  answer(): void {
    const call = this.#ringing[0]
    if (!call || this.#isNegotiating) return
    this.#line.resumeAudio()
    if (this.#ports.microphone.state() === 'granted') return this.#accept(call)
    void this.#ports.microphone.ensure().then((problem) => (problem ? this.#set({ problem }) : this.#accept(call)))
  }

  decline = () => this.#ringing[0]?.hangUp()
  declineEverywhere(): void {
    const callId = this.#ringing[0]?.identity.callId
    this.decline()
    if (callId) this.#ports.declineEverywhere(callId)
  }
  hangUp = () => this.#call?.hangUp()
  toggleMute = () => this.#call?.toggleMute()
  sendDigits = (digits: string) => this.#call?.sendDigits(digits)

  dismiss(): void {
    if (!this.#call?.isOver) return
    this.#call.close()
    this.#call = undefined
    this.#set({})
  }

  async checkMicrophone(): Promise<void> {
    const problem = await this.#ports.microphone.ensure()
    this.#set({ problem: problem ?? null, microphone: this.#ports.microphone.state() })
  }

  renewToken = () => this.#line.renewToken().then(() => undefined)
  /** The network is back, or the computer woke up. */
  nudge = () => this.#line.nudge()

  offered({ callId, party, ourNumber }: Parameters<Phone['offered']>[0]): void {
    const call = this.#ringing.find((one) => one.identity.callId === callId)
    if (!call) return
    Object.assign(call.identity, { party, ourNumber })
    this.#set({})
  }

  reportAgain(): void {
    if (this.#isOwner) this.#ports.report(this.#view.registered, this.#view.microphone)
  }

  close(): void {
    this.#line.stop()
    this.#lock.close()
    this.#ports.microphone.close()
    clearTimeout(this.#linger)
  }

  get #isTalking() {
    return this.#call !== undefined && isLive(this.#call.state)
  }
  get #isNegotiating() {
    return this.#call !== undefined && !this.#call.isOver && this.#call.isNegotiating
  }

  async #own(): Promise<void> {
    this.#isOwner = true
    await this.#start()
  }

  /** Stops the Device, says so while that may be said, and is no owner after. */
  #disown(): void {
    this.#line.stop()
    this.#isOwner = false
  }

  async #start(): Promise<void> {
    this.#set({ power: 'turning-on', isTakeOverRefused: false })
    const registering = this.#line.start()
    const problem = await this.#ports.microphone.ensure() // asks now, so that no call has to
    if (problem) this.#set({ problem })
    await registering
    if (this.#view.power !== 'turning-on') return // turned off, or given to another window meanwhile
    this.#set({ power: 'on', microphone: this.#ports.microphone.state() }, true)
  }

  #giveUp(): boolean {
    if (this.#isTalking || this.#ringing.length > 0) return false
    this.#disown()
    this.#set({ power: 'elsewhere' })
    return true
  }

  #watch(identity: LiveCall['identity']): LiveCall {
    return new LiveCall(identity, this.#ports, {
      changed: (call) => this.#changed(call),
      levels: (levels) => this.#levels.forEach((listener) => listener(levels)),
      zombie: () => this.#line.renew(),
    })
  }

  #hold(call: LiveCall): void {
    clearTimeout(this.#linger)
    if (this.#call !== call) this.#call?.close()
    this.#call = call
    this.#line.replan()
  }

  #take(call: LiveCall): void {
    this.#hold(call)
    this.#set({ problem: null })
  }

  /** The browser's question may have stood for long: a call that rings by now comes first (RULES R25). */
  #placeUnlessRinging(call: LiveCall, params: Record<string, string>): void {
    if (this.#ringing.length > 0) call.fail('call-in-progress')
    else this.#place(call, params)
  }

  #place(call: LiveCall, params: Record<string, string>): void {
    const device = this.#line.device
    if (!device) return call.fail(this.#view.power === 'elsewhere' ? 'line-in-use' : 'not-registered')
    if (call.isOver) return
    device.connect({ params }).then(
      (sdk) => call.attach(sdk),
      () => call.fail('call-failed'),
    )
  }

  #ring(sdk: SdkCall): void {
    const [callId = ''] = (sdk.customParameters.get('lk') ?? '').split('.')
    const offer = callId ? this.#ports.offer(callId) : undefined
    const from = sdk.parameters['From'] ?? ''
    const call = this.#watch({
      callId: callId || undefined,
      direction: 'incoming',
      party: offer?.party ?? partyOf(from),
      ourNumber: offer?.ourNumber ?? null,
    })
    call.attach(sdk)
    this.#ringing.push(call)
    if (callId) this.#ports.observe(callId, callFacts(Date.now(), { direction: 'incoming' }))
    this.#set({ lastRang: { callId, at: Date.now() } })
  }

  #accept(call: LiveCall): void {
    if (call.isOver || this.#isNegotiating) return
    if (this.#isTalking) this.#call?.hangUp() // one call at a time; the SDK would hang up without telling why
    this.#ringing = this.#ringing.filter((one) => one !== call)
    this.#take(call)
    call.answer()
  }

  #changed(call: LiveCall): void {
    for (const ringing of this.#ringing) if (ringing !== call) ringing.repairSid()
    if (call.isOver && this.#ringing.includes(call)) {
      this.#ringing = this.#ringing.filter((one) => one !== call)
      if (!this.#isTalking) this.#take(call) // its end is shown for a moment, unless we are in a call
    }
    if (call === this.#call && call.isOver) this.#lingerOn(call)
    this.#set({})
  }

  #lingerOn(call: LiveCall): void {
    this.#line.replan()
    clearTimeout(this.#linger)
    const { endShownMs, wordMs } = this.#ports.timing
    this.#linger = setTimeout(() => this.#call === call && this.dismiss(), call.isSettled ? endShownMs : endShownMs + wordMs)
  }

  #set(change: Partial<PhoneView>, isReported = false): void {
    this.#look(change)
    this.#tell()
    if (isReported) this.reportAgain()
  }

  #look(change: Partial<PhoneView>): void {
    const calls = { call: this.#call?.view(false) ?? null, incoming: this.#ringing[0]?.view(this.#isNegotiating) ?? null }
    this.#view = { ...this.#view, ...calls, ...change }
  }

  #tell(): void {
    for (const listener of this.#listeners) listener(this.#view)
  }
}

function subscription<T>(listeners: Set<T>, listener: T): () => void {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}
