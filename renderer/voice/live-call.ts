import type { CallFact } from '../../contract/call.ts'
import type { FailureCode } from '../../contract/failure.ts'
import type { Party } from '../../contract/party.ts'
import { isLive, isOver, type CallView, type Levels } from '../model/phone.ts'
import { awaitWord, type WordPorts } from './await-word.ts'
import { begin, isUndecided, step, type CallEvent, type CallProgress } from './call-machine.ts'
import { DigitSender } from './digit-sender.ts'
import { endValues, failureOf, reasonOf, type Sample } from './end-facts.ts'
import { callFacts, instant, legFacts, type FactValues } from './facts.ts'
import { followSdk } from './follow-sdk.ts'
import { qualityOf } from './quality.ts'
import type { SdkCall } from './sdk.ts'
import { Timers } from './timers.ts'
import type { PhoneTiming } from './timing.ts'
import { Witness, type Testimony } from './witness.ts'

export interface LiveCallPorts extends WordPorts {
  observe(callId: string, facts: CallFact[]): void
  /** Once, when it is over. */
  witness(callId: string, testimony: Testimony): void
  timing: PhoneTiming
}

export interface LiveCallEvents {
  changed(call: LiveCall): void
  levels(levels: Levels): void
  /** The SDK closed it without a word and may stay busy for good: its Device cannot be trusted. */
  zombie(): void
}

interface Identity {
  /** Undefined for a ring that carries no id of ours: it is shown, and nothing is reported of it. */
  callId: string | undefined
  direction: CallView['direction']
  party: Party
  ourNumber: string | null
}

/** One call of the SDK, watched: its progress, its facts, and the timers the SDK does not have. */
export class LiveCall {
  readonly identity: Identity
  readonly #ports: LiveCallPorts
  readonly #events: LiveCallEvents
  readonly #startedAt = Date.now()
  readonly #warnings = new Set<string>()
  readonly #timers = new Timers()
  readonly #witness = new Witness()
  readonly #sender = new DigitSender((digits) => this.#sdk?.sendDigits(digits))
  #progress: CallProgress
  #sdk: SdkCall | undefined
  #sid: string | undefined
  #answeredAt: number | null = null
  #endedAt: number | null = null
  #isMuted = false
  #digits = ''
  #failure: FailureCode | null = null
  #sample: Sample | undefined
  #stopListening: (() => void) | undefined

  constructor(identity: Identity, ports: LiveCallPorts, events: LiveCallEvents) {
    this.identity = identity
    this.#ports = ports
    this.#events = events
    this.#progress = begin(identity.direction)
    this.#wait('signal', identity.direction === 'incoming' ? ports.timing.ringMs : ports.timing.signalMs)
  }

  get sid() {
    return this.#sid
  }
  get state() {
    return this.#progress.state
  }
  get isOver() {
    return isOver(this.state)
  }
  /** Offer and answer are still under way: no other call may negotiate meanwhile (RULES R25). */
  get isNegotiating() {
    return this.state === 'connecting' || this.state === 'ringing'
  }
  get isSettled() {
    return this.isOver && !isUndecided(this.#progress)
  }

  view(isAnswerBlocked: boolean): CallView {
    const { state, note, reason } = this.#progress
    return {
      callId: this.identity.callId ?? this.#sid ?? '',
      direction: this.identity.direction,
      party: this.identity.party,
      ourNumber: this.identity.ourNumber,
      state,
      startedAt: this.#startedAt,
      answeredAt: this.#answeredAt,
      endedAt: this.#endedAt,
      isMuted: this.#isMuted,
      quality: qualityOf(this.#warnings, this.#isMuted),
      digits: this.#digits,
      note,
      reason,
      failure: this.#failure,
      isAnswerBlocked,
    }
  }

  /** Follows the SDK's call. One given up meanwhile is ended at once. */
  attach(sdk: SdkCall): void {
    if (this.isOver) return sdk.disconnect()
    this.#sdk = sdk
    this.#sid = sdk.parameters['CallSid']
    followSdk(sdk, {
      apply: (event) => this.#hear(event),
      muted: (isMuted) => this.#setMuted(isMuted),
      levels: (you, them) => this.#events.levels({ you, them }),
      warned: (name, isRaised) => this.#warn(name, isRaised),
      sampled: (sample) => this.#witness.sampled((this.#sample = sample)),
      transportClosed: () => this.#checkZombie(),
    })
    if (this.identity.direction === 'incoming') this.#witness.saw('incoming')
    if (this.identity.direction === 'incoming') this.#report({ role: 'device', status: 'ringing', ringAt: instant(Date.now()) })
    this.#timers.every('zombie', this.#ports.timing.zombieCheckMs, () => this.#checkZombie())
  }

  apply(event: CallEvent): void {
    const before = this.#progress
    this.#learnSid()
    this.#progress = step(before, event)
    if (this.#progress === before) return
    this.#follow(before, this.#progress)
    this.#events.changed(this)
  }

  /** It could not begin: said before Twilio knew of it. */
  fail(code: FailureCode): void {
    if (this.isOver) return
    this.#failure = code
    this.#observe(callFacts(Date.now(), { failure: reasonOf(code) }))
    this.apply({ type: 'error', code: 0 })
  }

  answer(): void {
    this.apply({ type: 'answer' })
    this.#report({ clicked: 'answer' })
    this.#sdk?.accept()
  }

  hangUp(): void {
    const isRinging = this.state === 'incoming'
    const sdk = this.#sdk
    this.#report({ clicked: isRinging ? 'decline' : 'hangup' })
    this.apply({ type: 'hang-up' })
    if (isRinging) sdk?.reject()
    else sdk?.disconnect()
  }

  /** Ends a ring that nobody declined: this window stops being a phone. */
  refuse(): void {
    const sdk = this.#sdk
    this.close()
    sdk?.reject()
  }

  toggleMute(): void {
    if (this.#progress.wasAnswered) this.#sdk?.mute(!this.#isMuted)
  }

  sendDigits(text: string): void {
    if (!this.#progress.wasAnswered || this.isOver) return
    this.#sender.add(text)
    this.#digits = (this.#digits + text).slice(-32)
    this.#events.changed(this)
  }

  /** Puts back a CallSid that another call's `ringing` overwrote (facts/voice.md §6). */
  repairSid(): void {
    if (this.#sdk && this.#sid && !this.isNegotiating) this.#sdk.parameters['CallSid'] = this.#sid
  }

  close(): void {
    this.#timers.stop()
    this.#sender.stop()
    this.#stopListening?.()
  }

  /** What the SDK said. */
  #hear(event: CallEvent): void {
    this.#witness.saw(event.type, event.type === 'error' ? String(event.code) : null)
    this.apply(event)
  }

  #learnSid(): void {
    const sid = this.#sdk?.parameters['CallSid']
    if (!this.#sid && sid) this.#sid = sid
  }

  #follow(before: CallProgress, now: CallProgress): void {
    if (now.state === 'ringing') this.#report({ role: 'device', status: 'ringing' })
    if (now.state === 'ringing') this.#timers.clear('signal')
    if (now.state === 'connecting') this.#wait('signal', this.#ports.timing.signalMs)
    if (now.wasAnswered && !before.wasAnswered) this.#answered()
    if (now.state === 'reconnecting') this.#wait('lost', this.#ports.timing.reconnectMs)
    else this.#timers.clear('lost')
    if (isOver(now.state) && !isOver(before.state)) this.#ended(now)
    if (isUndecided(now) && !isUndecided(before)) this.#awaitWord()
    if (!isUndecided(now)) this.#stopListening?.()
  }

  #answered(): void {
    this.#timers.clear('signal')
    this.#answeredAt = Date.now()
    this.#report({ role: 'device', status: 'in-progress', answerAt: instant(this.#answeredAt) })
  }

  #ended(now: CallProgress): void {
    this.#timers.stop()
    this.#sender.stop()
    this.#endedAt = Date.now()
    this.#report(endValues(now, this.#endedAt, this.#sample))
    if (now.endedBy) this.#observe(callFacts(Date.now(), { endedBy: now.endedBy }))
    if (this.identity.callId && this.#sdk) this.#ports.witness(this.identity.callId, this.#witness.testimony())
    const isNeverSeen = this.identity.direction === 'outgoing' && !this.#sid && !this.#failure && now.endedBy !== 'us'
    if (isNeverSeen) this.#observe(callFacts(Date.now(), { failure: failureOf(now) }))
    if (now.state === 'failed' && now.note === 'no-signal') this.#sdk?.disconnect()
  }

  #awaitWord(): void {
    this.#stopListening = awaitWord({ callId: this.identity.callId, sid: this.#sid }, this.#ports, (event) => this.apply(event))
  }

  #checkZombie(): void {
    if (this.isOver || this.#sdk?.status() !== 'closed') return
    this.apply({ type: 'lost' })
    this.#events.zombie()
  }

  #wait(name: 'signal' | 'lost', delayMs: number): void {
    const run = () => {
      if (name === 'signal' && this.state !== 'incoming') return this.apply({ type: 'no-signal' })
      if (this.state === 'reconnecting') this.#sdk?.disconnect()
      this.apply({ type: 'lost' })
    }
    this.#timers.after(name, delayMs, run)
  }

  #setMuted(isMuted: boolean): void {
    this.#isMuted = isMuted
    this.#witness.saw(isMuted ? 'mute' : 'unmute')
    this.#report({ isMuted })
    this.#events.changed(this)
  }

  #warn(name: string, isRaised: boolean): void {
    if (isRaised) this.#warnings.add(name)
    else this.#warnings.delete(name)
    this.#witness.saw(isRaised ? 'warning' : 'warning-cleared', name)
    if (isLive(this.state)) this.#events.changed(this)
  }

  #report(values: FactValues): void {
    this.#learnSid()
    if (this.#sid?.startsWith('CA')) this.#observe(legFacts(this.#sid, Date.now(), values))
  }

  #observe(facts: CallFact[]): void {
    if (this.identity.callId && facts.length > 0) this.#ports.observe(this.identity.callId, facts)
  }
}
