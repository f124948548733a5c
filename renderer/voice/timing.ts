import { DRAW_AFTER_MS } from '../model/phone.ts'

/** Every wait of the phone in milliseconds, so that tests need not wait as long. */
export interface PhoneTiming {
  /** register() may hang for ever (facts/voice.md §4). */
  registerMs: number
  /** The Device repairs itself; when it has not by then, it is made anew. */
  unregisteredMs: number
  /** From click to the first answer of Twilio, and from Answer to sound: the SDK has no such timers. */
  signalMs: number
  /** A ring that nobody ended. */
  ringMs: number
  reconnectMs: number
  /** How long the relay's word on an ended call is waited for (RULES R24). */
  wordMs: number
  endShownMs: number
  zombieCheckMs: number
  drawAfterMs: number
}

export const phoneTiming: PhoneTiming = {
  registerMs: 10_000,
  unregisteredMs: 15_000,
  signalMs: 15_000,
  ringMs: 90_000,
  reconnectMs: 45_000,
  wordMs: 2000,
  endShownMs: 3000,
  zombieCheckMs: 1000,
  drawAfterMs: DRAW_AFTER_MS,
}
