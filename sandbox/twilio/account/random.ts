/** A seeded source of numbers in [0, 1): the same seed gives the same world, so that a failing run can be repeated. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    // mulberry32: small, and good enough for choices that are no secret
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** `length` lower-case hex digits. */
export function hex(random: () => number, length: number): string {
  let digits = ''
  while (digits.length < length) digits += Math.floor(random() * 16).toString(16)
  return digits
}

/** A SID as Twilio writes them: two letters and 32 hex digits. */
export const newSid = (random: () => number, prefix: string): string => prefix + hex(random, 32)
