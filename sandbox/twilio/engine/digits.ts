import type { Clock, Leg } from '../ports.ts'
import { pause } from './deps.ts'

const PAUSES: Record<string, number> = { w: 500, W: 1000 }
/** Between two keys, as Twilio plays them. */
const GAP_MS = 200

/** Plays keys to the far end one after the other; `w` waits half a second, `W` a whole one. */
export async function sendDigits(clock: Clock, leg: Leg, digits: string, signal: AbortSignal): Promise<void> {
  for (const digit of digits) {
    const wait = PAUSES[digit]
    if (signal.aborted) return
    if (wait === undefined) leg.sendDigits(digit)
    await pause(clock, wait ?? GAP_MS, signal)
  }
}
