// What the sandbox's parts know of each other. Media and signaling make legs; the engine runs TwiML on them; REST and control steer the engine.
// Audio everywhere is G.711 mu-law, 8 kHz: a frame is 160 bytes, 20 ms.

/** Time, so that tests may scale or move it. Timers may be created with `clock.later` only. */
export interface Clock {
  now(): number
  /** Runs `work` after `ms` of sandbox time; the returned function cancels. */
  later(ms: number, work: () => void): () => void
}

export type Frame = Uint8Array

/** Something that says frames, one per 20 ms; null ends it. */
export interface AudioSource {
  next(): Frame | null
}

/** What the person on a leg hears and says. Switching what is heard keeps the leg's RTP sequence and timestamps continuous. */
export interface LegAudio {
  /** Plays from now on instead of what was playing; resolves true at its end, false when something replaced it or the leg ended. */
  play(source: AudioSource): Promise<boolean>
  /** Silence from now on (comfort for the jitter buffer: silent frames are still sent). */
  stop(): void
  /** Sends one frame at once, outside the pacing: a bridge forwards what the other leg said. */
  push(frame: Frame): void
  /** Every 20 ms frame the person says, in order. `at`: its place on the stream's clock in samples (RTP timestamp), when known. */
  onVoice(listener: (frame: Frame, at?: number) => void): () => void
  /** Every frame the person hears, in order: for recordings and for the control API's "what did each leg hear". */
  onHeard(listener: (frame: Frame, at?: number) => void): () => void
}

/** Why a leg ended or never began. */
export type LegEnd = 'hangup' | 'declined' | 'busy' | 'unreachable' | 'canceled' | 'lost' | 'not-found' | 'expired'

export type LegEvent =
  | { type: 'ringing' }
  /** The person accepted (called legs only). */
  | { type: 'answered' }
  | { type: 'digit'; digit: string }
  /** The far end ended it, or it was lost; never sent after our own `end`. */
  | { type: 'ended'; why: LegEnd }

/** A leg, whoever is at its end: a Voice SDK Device (`client:`) or a line of the exchange (a phone number). */
export interface Leg {
  readonly kind: 'client' | 'line'
  /** The CallSid of this leg. */
  readonly sid: string
  readonly audio: LegAudio
  on(listener: (event: LegEvent) => void): () => void
  /** Legs that called us: tells the caller that the called side rings. `withAudio`: early media from now on. */
  ring(withAudio: boolean): Promise<void>
  /** Legs that called us: answers. */
  answer(): Promise<void>
  /** Ends it from our side; `why` becomes the caller's error code (busy, declined, …) while unanswered. Idempotent. */
  end(why: LegEnd): void
  /** What the person says, in words, as each begins; absent where only the sound is known. */
  onWords?(listener: (words: string) => void): () => void
  /** Plays keypad digits to the far end. */
  sendDigits(digits: string): void
}

/** A Device called us (Voice SDK `connect`). */
export interface ClientCall {
  leg: Leg
  identity: string
  applicationSid: string
  /** Parameters of `connect`, plus those of the token's grant, before any rule about collisions (R4's customParams switch). */
  params: Record<string, string>
  grantParams: Record<string, string>
}

/** The signaling side: registered Devices. */
export interface ClientGateway {
  onCall(listener: (call: ClientCall) => void): void
  /**
   * Invites the Devices registered under `identity`. The leg reports `ringing` when an invite was delivered, `answered` when one accepts,
   * `ended` declined (all or one, by the registeredTwice switch), unreachable when nobody is registered (timing by profile).
   */
  invite(
    identity: string,
    call: { sid: string; from: string; to: string; accountSid: string; params: Record<string, string>; stir?: string },
  ): Leg
  /** How many sockets are registered under `identity`. */
  registered(identity: string): number
  /** Fault: drops every signaling socket, or those of an identity; `refuseMs` refuses new ones for so long. */
  dropSignaling(options: { identity?: string; refuseMs?: number }): void
}

/** The exchange: the outside world's phones. */
export interface Exchange {
  /** Dials a number; the leg behaves as the demo exchange says for this number. `unreachable` numbers end by themselves. */
  dial(number: string, call: { sid: string; from: string }): Leg
  /** A caller from outside, driven by a script or by hand (control API, handset). The engine answers, plays, ends it. */
  caller(call: { sid: string; from: string; to: string; script: string }): Leg
}
