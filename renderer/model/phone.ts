import type { OutcomeReason } from '../../contract/call.ts'
import type { AccessTokenReply } from '../../contract/relay.ts'
import type { AppStatus } from '../../contract/desktop.ts'
import type { Failure, FailureCode } from '../../contract/failure.ts'
import type { Party } from '../../contract/party.ts'

/** What the state word of a call may be; `ready` is the phone's when there is no call. Words: call.state. */
export const callStates = [
  'ready',
  'connecting',
  'ringing',
  'incoming',
  'in-call',
  'on-hold',
  'reconnecting',
  'ended',
  'busy',
  'no-answer',
  'declined',
  'not-reachable',
  'failed',
] as const
export type CallState = (typeof callStates)[number]

const OVER: ReadonlySet<CallState> = new Set(['ended', 'busy', 'no-answer', 'declined', 'not-reachable', 'failed'])
/** Whether a call in this state is over. */
export const isOver = (state: CallState) => OVER.has(state)
/** Whether sound may flow or soon will: the call is in hand. */
export const isLive = (state: CallState) => !isOver(state) && state !== 'incoming' && state !== 'ready'

/** Why a call ended as it did, where the state word alone does not say it. Words: call.note. */
export type CallNote =
  | 'ended-elsewhere'
  | 'answered-elsewhere'
  | 'caller-hung-up'
  | 'rang-out'
  | 'voicemail'
  | 'declined-elsewhere'
  | 'unknown-end'
  | 'lost-while-ringing'
  | 'connection-lost'
  | 'no-signal'

export type QualityCause =
  'loss' | 'jitter' | 'delay' | 'score' | 'no-sound-in' | 'no-sound-out' | 'silent-microphone' | 'silent-speaker' | 'reconnecting'
export interface Quality {
  word: 'good' | 'fair' | 'poor'
  cause: QualityCause | null
}

/** A call as a screen shows it: serialisable, no SDK object. Instants are milliseconds since 1970. */
export interface CallView {
  callId: string
  direction: 'incoming' | 'outgoing'
  party: Party
  ourNumber: string | null
  state: CallState
  startedAt: number
  answeredAt: number | null
  endedAt: number | null
  isMuted: boolean
  quality: Quality
  digits: string
  note: CallNote | null
  /** Reason the relay gave for the end, once known. */
  reason: OutcomeReason | null
  failure: FailureCode | null
  /** Answer waits while a call of ours is being set up (RULES R25). */
  isAnswerBlocked: boolean
}

export type Microphone = AppStatus['microphone']
/** `waiting`: a browser lets sound begin only after a gesture. `elsewhere`: another window of this profile has the phone. */
export type Power = 'waiting' | 'turning-on' | 'on' | 'elsewhere'

/** All that the page knows of its phone. */
export interface PhoneView {
  power: Power
  registered: boolean
  /** Milliseconds since 1970. */
  registeredSince: number | null
  /** The last call that rang here, `at` in milliseconds since 1970: the one proof that calls reach this computer. */
  lastRang: { callId: string; at: number } | null
  microphone: Microphone
  /** The call in hand, or the last one for the few seconds its end is shown. */
  call: CallView | null
  /** A call that rings; beside `call` when we are in one. */
  incoming: CallView | null
  problem: Failure | null
  isTakeOverRefused: boolean
}

export const initialView: PhoneView = {
  power: 'waiting',
  registered: false,
  registeredSince: null,
  lastRang: null,
  microphone: 'unknown',
  call: null,
  incoming: null,
  problem: null,
  isTakeOverRefused: false,
}

/** Whether a call is in hand or rings. */
export const hasCall = ({ call, incoming }: Pick<PhoneView, 'call' | 'incoming'>) =>
  incoming !== null || (call !== null && isLive(call.state))

export interface Levels {
  /** 0…1: what our microphone sends and what we hear. */
  you: number
  them: number
}

/**
 * How long after the click a call of ours is drawn: the SDK opens the microphone and sends its offer in that time, and the drawing falls
 * into the wait for Twilio. Too short to be seen.
 */
export const DRAW_AFTER_MS = 40

/** The verbs of the phone. Failures show in the view; none of these throws. */
export interface Phone {
  /** Makes the Device. Called in a gesture, or at once where none is needed. */
  turnOn(): Promise<void>
  turnOff(): Promise<void>
  takeOver(): Promise<void>
  /** Begins an outgoing call, in the same task as the click. `to` and `from` are E.164. `isRecorded`: Twilio is to record it. */
  connect(to: string, from: string, isRecorded?: boolean): void
  answer(): void
  decline(): void
  /** Declines here and for every other device that it rings on: the caller gets voicemail at once. */
  declineEverywhere(): void
  hangUp(): void
  toggleMute(): void
  sendDigits(digits: string): void
  /** Removes an ended call from the view at once. */
  dismiss(): void
  /** Asks for the microphone again, after a person allowed or plugged it in. */
  checkMicrophone(): Promise<void>
  renewToken(): Promise<void>
  /** The relay announced a call; when it rings already, its card is filled in place (RULES R23). */
  offered(offer: { callId: string; party: Party; ourNumber: string }): void
  /** Main has lost what it was told of the Device. A window that has not the phone says nothing. */
  reportAgain(): void
  /** The network is back, or the computer woke up: look at once instead of at the next timer. */
  nudge(): void
  subscribe(listener: (view: PhoneView) => void): () => void
  view(): PhoneView
  /** About 20 times a second while in a call. */
  onLevels(listener: (levels: Levels) => void): () => void
  onToken(listener: (reply: AccessTokenReply) => void): () => void
  close(): void
}
