import { vi } from 'vitest'

/** The least a condition is waited for, ms: on a machine that others use a stall of seconds says nothing of the product. */
const LEAST = 15_000
const { waitFor } = vi

// Of vitest's own waits only this one has no setting; without an argument it gives up after a second.
vi.waitFor = (check, options = {}) => {
  const given = typeof options === 'number' ? { timeout: options } : options
  return waitFor(check, { ...given, timeout: Math.max(given.timeout ?? 0, LEAST) })
}
