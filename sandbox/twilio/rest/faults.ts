/** What shall go wrong with the next REST answers; counters fall by one with each. */
export interface RestFaults {
  /** Requests that are carried out, but whose answer never arrives. */
  dropNextAnswer: number
  /** Every answer is so much later, in ms. */
  delayMs: number
  /** Requests refused with 429. */
  tooManyRequests: number
  /** Requests refused with 503. */
  status5xx: number
  /** Purchases that are charged, but whose answer never arrives. */
  dropNextPurchase: number
  /** Purchases before which somebody else takes the number. */
  takenBeforePurchase: number
  /** Later pages of lists that take so much longer, in ms. */
  slowPages: number
  slowPageMs: number
}

/** Faults that hit a number of requests. */
export type FaultCounter = Exclude<keyof RestFaults, 'delayMs' | 'slowPageMs'>

export const noFaults = (): RestFaults => ({
  dropNextAnswer: 0,
  delayMs: 0,
  tooManyRequests: 0,
  status5xx: 0,
  dropNextPurchase: 0,
  takenBeforePurchase: 0,
  slowPages: 0,
  slowPageMs: 5000,
})

/** Takes one of a counter; false when there is none left. */
export function take(faults: RestFaults, name: FaultCounter): boolean {
  if (faults[name] <= 0) return false
  faults[name] -= 1
  return true
}
