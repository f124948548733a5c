import type { BulkReply } from '../../contract/number-desktop.ts'
import type { NumberChange } from '../../contract/number-relay.ts'
import { requireManager } from '../account/manager.ts'
import { inOrder, tellRelay } from './change-each.ts'
import { progressOf, type NumberParts } from './change-parts.ts'

const DAY_MS = 86_400_000

export interface HoldArgs {
  phoneNumbers: readonly string[]
  days: number
  /** What callers hear; null, or nothing but blanks: the usual sentence. */
  message: string | null
}

async function tellAll(parts: NumberParts, phoneNumbers: readonly string[], change: Omit<NumberChange, 'phoneNumber'>): Promise<BulkReply> {
  requireManager(parts.session)
  const wanted = [...new Set(phoneNumbers)]
  const changes = wanted.map((phoneNumber) => ({ phoneNumber, ...change }))
  const told = await tellRelay(parts.relay, changes, { log: parts.log, onDone: progressOf(parts, 'hold', wanted.length) })
  return { results: inOrder(phoneNumbers, told) }
}

/**
 * Parks numbers before they are released: callers hear a message, nobody calls from them, and Twilio is not touched, so that nothing is lost.
 * Nothing happens by itself at the end of a hold (RULES R31). Both throw FailureErrors `forbidden` and `not-signed-in`.
 */
export const createHolds = (parts: NumberParts) => ({
  /** For so many days from now, by the relay's clock. A number held already is held anew. */
  hold: ({ phoneNumbers, days, message }: HoldArgs) => {
    const until = new Date(parts.clock.now().getTime() + days * DAY_MS).toISOString()
    return tellAll(parts, phoneNumbers, { action: 'number.held', hold: { until, message: message?.trim() || null } })
  },
  /** The numbers work as before, at any time. */
  unhold: ({ phoneNumbers }: { phoneNumbers: readonly string[] }) => tellAll(parts, phoneNumbers, { action: 'number.unheld', hold: null }),
})
