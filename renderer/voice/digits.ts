export const PAUSE_MS = 500
/** A tone of the SDK is 160 ms long with 70 ms between; the next run must not begin before the last has ended. */
const TONE_MS = 230
/** The browser starts a run a little late, later still on a busy machine: a next one too early would swallow a tone that has not begun. */
const SETTLE_MS = 150

/**
 * Digits and when to send them, in ms from now. The SDK's own `w` loses digits (a new run replaces the tone buffer after 500 ms),
 * so pauses are ours: `w` and `,` wait half a second each. `freeInMs`: when what was sent before has ended; keys pressed faster than
 * tones sound would otherwise cut one another off.
 */
export function planDigits(text: string, freeInMs = 0): { plan: { atMs: number; digits: string }[]; endsInMs: number } {
  const plan: { atMs: number; digits: string }[] = []
  let atMs = Math.max(0, freeInMs)
  for (const part of text.match(/[\d*#]+|[w,]/gi) ?? []) {
    if (/^[w,]$/i.test(part)) {
      atMs += PAUSE_MS
      continue
    }
    plan.push({ atMs, digits: part })
    atMs += part.length * TONE_MS + SETTLE_MS
  }
  return { plan, endsInMs: atMs }
}
