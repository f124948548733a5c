import type { Clock } from '../ports.ts'
import type { Switches } from '../switches.ts'
import type { WebhookFaults, WebhookRequest } from './webhooks.ts'

export interface CallbackQueueDeps {
  switches: () => Switches
  clock: Clock
  random: () => number
  faults: WebhookFaults
  send: (request: WebhookRequest) => Promise<void>
}

/** A callback waits at most so long for the one before it: a dead receiver must not hold up the rest of the leg. */
const PATIENCE_MS = 1000
const REORDER_MS = 1000

/**
 * Sends callbacks late, as the switches say. Callbacks of one leg keep their order (unless the reorder fault takes them out of it); those of
 * different legs overtake each other.
 */
export function createCallbackQueue({ switches, clock, random, faults, send }: CallbackQueueDeps) {
  const tails = new Map<string, Promise<unknown>>()
  let isClosed = false
  const wait = (ms: number) => new Promise<void>((resolve) => void clock.later(ms, resolve))

  const take = (name: 'duplicate' | 'reorder') => {
    if (!faults[name]) return false
    faults[name] -= 1
    return true
  }
  const deliver = async (request: WebhookRequest) => {
    if (isClosed) return
    const sent = send(request)
    await Promise.race([sent, wait(PATIENCE_MS)])
  }
  return {
    add(leg: string, request: WebhookRequest): void {
      const [from, to] = switches().callbackDelayMs
      const late = from + random() * (to - from)
      if (take('duplicate')) void wait(late + random() * REORDER_MS).then(() => deliver(request))
      if (take('reorder')) {
        void wait(late + REORDER_MS / 2 + (random() * REORDER_MS) / 2).then(() => deliver(request))
        return
      }
      const due = wait(late)
      const tail = (tails.get(leg) ?? Promise.resolve()).then(() => due).then(() => deliver(request))
      tails.set(leg, tail)
      void tail.finally(() => tails.get(leg) === tail && tails.delete(leg))
    },
    close() {
      isClosed = true
    },
  }
}
