// Calls are listed by one integer: it is the order of every list, the place a page ends at, and the call's row in the index.

const SLOTS = 4096
const EPOCH = Date.parse('2000-01-01T00:00:00Z')
const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7([0-9a-f]{3})-/

const alphabet = '-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz'
const digit = (text: string, fromEnd: number) => Math.max(0, alphabet.indexOf(text.at(-fromEnd) ?? '-'))

/** Where within its millisecond a call is, by its id: the same on every computer. */
function slotOf(callId: string): number {
  const random = UUID_V7.exec(callId)?.[1]
  return random === undefined ? digit(callId, 2) * 64 + digit(callId, 1) : Number.parseInt(random, 16)
}

/** The least key of an instant (ISO 8601), ms; NaN when it is none. Instants before 2000 are as 2000. */
export const keyAt = (instant: string): number => Math.max(0, Date.parse(instant) - EPOCH) * SLOTS

/**
 * The key of a call: greater is newer. 53 bits, exact in a double until 2069.
 * `isTaken`: by another call, which happens to calls of the same millisecond alone.
 */
export function keyOf(startedAt: string, callId: string, isTaken: (key: number) => boolean): number {
  const least = keyAt(startedAt) || 0
  const slot = slotOf(callId)
  for (let step = 0; step < SLOTS; step++) {
    const key = least + ((slot + step) % SLOTS)
    if (!isTaken(key)) return key
  }
  throw new Error(`${SLOTS} calls began at ${startedAt}`)
}

/** Whether two keys are of the same millisecond. */
export const isSameInstant = (a: number, b: number): boolean => Math.floor(a / SLOTS) === Math.floor(b / SLOTS)
